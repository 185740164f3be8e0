"""When everything that is under way must be over, whoever waits for it, and however it dawdles.

httpx bounds each step of an exchange and not the whole of it: a name server, a handshake or a peer
that sends one byte a second keeps it busy for hours. So every exchange runs in a thread of its own
that its asker waits for only so long. The threads are daemons: none keeps the process alive.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import TypeAlias, TypeVar

from pipeline_health.ports import Clock
from pipeline_health.threads import Going

T = TypeVar("T")

_GLANCE = 0.1
"""How many seconds an asker waits before it looks whether the end came nearer."""


class TooLateError(Exception):
    """The time was over before there was an outcome; what was begun may still be under way."""


class Ending:
    """The end of a run: it is set for each part of the work, and can be called in at any moment.

    An ending *within* another one is never later than that. Both of our clocks must agree that
    there is time: the one that nobody sets stands still while the host is suspended, and what was
    seen before that is no reason to write any more.
    """

    def __init__(self, clock: Clock, *, within: "Ending | None" = None) -> None:
        self._clock = clock
        self._within = within
        self._ends = _NEVER
        self._called_in = _NEVER

    def end_within(self, left: timedelta) -> None:
        """Let nothing go on for longer than *left* from now, all together."""
        self._ends = self._in(left)

    def call_in(self, left: timedelta) -> None:
        """End within *left* from now, whatever `end_within` says then or later."""
        self._called_in = _earlier(self._called_in, self._in(left))

    @property
    def why(self) -> str:
        """Say why there is no time left, in words that «to ask somebody» follows."""
        if self._left(self._called_in) < self._left(self._ends):
            return "this run was told to end, so no time is left"
        return "no time is left in this cycle" if self._within is None else self._within.why

    def left(self) -> float:
        """Tell how many seconds are left; not more than zero when it is over."""
        own = min(self._left(self._ends), self._left(self._called_in))
        return own if self._within is None else min(own, self._within.left())

    def _in(self, left: timedelta) -> "_Moment":
        seconds = left.total_seconds()
        return self._clock.monotonic() + seconds, self._clock.now().timestamp() + seconds

    def _left(self, moment: "_Moment") -> float:
        steady, shown = moment
        return min(steady - self._clock.monotonic(), shown - self._clock.now().timestamp())


_Moment: TypeAlias = tuple[float, float]
"""By the steady clock, and by the one that shows the time."""

_NEVER: _Moment = (float("inf"), float("inf"))


def _earlier(one: _Moment, other: _Moment) -> _Moment:
    return min(one[0], other[0]), min(one[1], other[1])


def bounded(act: Callable[[], T], *, left: Callable[[], float]) -> T:
    """Give what *act* gives, or raise what it raises; TooLateError as soon as nothing is *left*.

    Nothing is begun when nothing is left before.
    """
    if left() <= 0:
        raise TooLateError
    going = Going(act)
    going.begin()
    while not going.is_over(max(min(left(), _GLANCE), 0.0)):
        if left() <= 0 and not going.is_over(0):  # what is there is taken, however late
            raise TooLateError
    return going.outcome()
