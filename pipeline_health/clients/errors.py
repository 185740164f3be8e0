"""How a provider can fail us, by what follows from it."""

from datetime import datetime

from pipeline_health.ports import PipelineHealthError


class ClientError(PipelineHealthError):
    """A provider could not be asked, or gave an answer that we cannot use.

    *lost* says that the request may have taken effect although no answer proves it.
    """

    def __init__(self, message: str, *, retryable: bool = False, lost: bool = False) -> None:
        super().__init__(message, retryable=retryable)
        self.lost = lost


class UnreachableError(ClientError):
    """No usable answer: no connection, a timeout, a cut, a 5xx, or a body that is no JSON."""

    def __init__(self, message: str, *, lost: bool = True) -> None:
        super().__init__(message, retryable=True, lost=lost)


class TimedOutError(UnreachableError):
    """Nothing came in the time that there was; it may come to less than was asked for."""


class RefusedError(ClientError):
    """The provider understood and said no. *status* is the HTTP status."""

    def __init__(self, message: str, *, status: int) -> None:
        super().__init__(message)
        self.status = status


class RateLimitedError(ClientError):
    """The provider wants us to wait, until *retry_at* where it says so."""

    def __init__(self, message: str, *, retry_at: datetime | None) -> None:
        super().__init__(message, retryable=True)
        self.retry_at = retry_at


class UnexpectedShapeError(ClientError):
    """The answer is JSON, but not of the shape that the contract promises; it names the place."""


class NothingThereError(ClientError):
    """The provider says that the thing asked for does not exist, or not for this token."""
