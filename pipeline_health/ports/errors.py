"""The errors by which the world says no."""


class PipelineHealthError(Exception):
    """Something that was being done could not be done; the message says what and to what.

    *retryable* says that the same act may succeed later without anybody changing anything.
    """

    def __init__(self, message: str, *, retryable: bool = False) -> None:
        super().__init__(message)
        self.retryable = retryable


class RequestError(PipelineHealthError):
    """Somebody else did not do what was asked of them.

    *unknown* says that it may have been done all the same: the answer was lost, not refused.
    """

    def __init__(self, message: str, *, retryable: bool = False, unknown: bool = False) -> None:
        super().__init__(message, retryable=retryable)
        self.unknown = unknown


class TrackerError(RequestError):
    """The tracker did not do what it was asked."""


class RunnerError(RequestError):
    """Jobs could not be run again."""


class LedgerError(PipelineHealthError):
    """The ledger could not be opened, read or written."""


class LeaseHeldError(LedgerError):
    """Another run holds the lease; nothing was done."""


class LeaseLostError(LedgerError):
    """The lease was lost while the plan was applied; no further write is made."""


class HistoryError(PipelineHealthError):
    """A recording of our own could not be written to, or is none that we can read."""
