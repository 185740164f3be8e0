"""How fast we write to GitHub: a few at once, then one a second, and never too many in an hour.

Contract 3: a second between two writes «if you are making a large number», and of what makes
content no more than 80 a minute and 500 an hour; who passes that may be shut out.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from pipeline_health.clients.errors import RateLimitedError
from pipeline_health.ports import Clock, Memory

TOPIC = "made-lately"
BETWEEN_WRITES = timedelta(seconds=1)
BURST = 5
"""So many writes need no pause, as long as nothing was written for as many seconds: one failure is
an issue at once. With a second between all that follow it is 65 a minute at most."""
AN_HOUR = 480
"""Somebody else may write under the same account."""
_MAKES = "POST"
_SPAN = timedelta(minutes=5)
_HOUR = timedelta(hours=1)


class WritePace:
    """The pace of one *account*, whose last hour is kept in *memory*.

    *pace* is the time between two writes of many; with none there are no pauses.
    """

    def __init__(self, clock: Clock, memory: Memory, account: str, *, pace: timedelta) -> None:
        self._clock = clock
        self._memory = memory
        self._account = account
        self._pace = pace.total_seconds()
        self._spare = float(BURST)
        self._ended = clock.monotonic()

    def require_room(self, method: str) -> None:
        """Raise RateLimitedError, before anything is sent, where the hour has no room for more."""
        lately = dict(self._lately())
        if method != _MAKES or sum(lately.values()) < AN_HOUR:
            return
        room_at = min(lately) + _SPAN + _HOUR
        end = f"{room_at:%H:%M:%S} UTC"
        msg = f"GitHub takes {AN_HOUR} writes an hour from us, and there is room again at {end}"
        raise RateLimitedError(msg, retry_at=room_at)

    def begin(self, method: str) -> None:
        """Return when the next write may be sent; it is counted before, for it may be the last."""
        if method == _MAKES:
            self._count()
        if not self._pace:
            return
        rest = self._clock.monotonic() - self._ended
        self._spare = min(self._spare + rest / self._pace, BURST)
        if self._spare < 1:
            self._clock.sleep((1 - self._spare) * self._pace)
            self._spare = 1.0
        self._spare -= 1

    def end(self) -> None:
        """Let the pause begin."""
        self._ended = self._clock.monotonic()

    def _count(self) -> None:
        now, lately = self._clock.now(), dict(self._lately())
        start = _start(now)
        lately[start] = lately.get(start, 0) + 1
        text = " ".join(f"{int(at.timestamp())}:{number}" for at, number in sorted(lately.items()))
        self._memory.remember(TOPIC, self._account, text, now=now)

    def _lately(self) -> Iterator[tuple[datetime, int]]:
        """Give how many were made in each five minutes of the last hour, as far as it is kept."""
        now = self._clock.now()
        for part in (self._memory.recall(TOPIC, self._account) or "").split():
            at, _, number = part.partition(":")
            try:
                start, made = datetime.fromtimestamp(int(at), tz=UTC), int(number)
            except (ValueError, OverflowError, OSError):
                continue
            if now - _HOUR < start + _SPAN and start <= now:
                yield start, made


def _start(now: datetime) -> datetime:
    span = int(_SPAN.total_seconds())
    return datetime.fromtimestamp(int(now.timestamp()) // span * span, tz=UTC)
