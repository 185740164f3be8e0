"""Who tells people: one receiver of notices, and how it says no."""

from datetime import datetime, timedelta
from typing import Protocol

from pipeline_health.core.model.notice import Letter
from pipeline_health.ports.errors import RequestError


class NotifierError(RequestError):
    """A notice did not arrive, or nobody knows whether it did.

    *until* is when it may be tried again, None for the next cycle. A *mistake* is one of ours that
    only the operator can mend, such as a library that is not installed.
    """

    def __init__(
        self, message: str, *, until: datetime | None = None, mistake: bool = False
    ) -> None:
        super().__init__(message, retryable=True)
        self.until = until
        self.mistake = mistake


class Notifier(Protocol):
    """One receiver of notices."""

    @property
    def name(self) -> str:
        """What the receiver is called in the ledger and in logs; it holds no secret."""
        ...

    def send(self, letter: Letter, *, now: datetime, within: timedelta) -> None:
        """Send a letter and wait for a yes *within* that time, or raise NotifierError."""
        ...
