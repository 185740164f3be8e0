"""Whether we still look: by the clock that nobody sets."""

from collections.abc import Callable
from datetime import timedelta

from pipeline_health.core.service_level import LOOKS_MISSED


class Pulse:
    """Tells when the last cycle finished; the start of the service counts as one.

    *every* gives how long it is between two, which a reload may change.
    """

    def __init__(self, *, monotonic: Callable[[], float], every: Callable[[], timedelta]) -> None:
        self._monotonic = monotonic
        self._every = every
        self._beat = monotonic()

    def beat(self) -> None:
        """Note that a cycle has finished."""
        self._beat = self._monotonic()

    @property
    def is_late(self) -> bool:
        """Tell whether three intervals went by without a finished cycle."""
        silent = self._monotonic() - self._beat
        return silent > LOOKS_MISSED * self._every().total_seconds()
