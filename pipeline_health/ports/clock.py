"""The time."""

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """The only way to learn the time."""

    def now(self) -> datetime:
        """Tell the time, aware, in UTC."""
        ...

    def monotonic(self) -> float:
        """Tell seconds since some moment, unmoved by clock changes."""
        ...

    def sleep(self, seconds: float) -> None:
        """Wait."""
        ...
