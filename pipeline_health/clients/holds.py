"""Until when a provider wants to be left alone: obeyed over cycles, and not slept through.

A cycle that sleeps holds its lease and sees nothing meanwhile; one that asks again too early is
answered with a longer wait, or with a ban (docs.github.com, "Exceeding the rate limit"). So the
moment is kept in the ledger, and until then nothing is asked.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from threading import Lock

from pipeline_health.clients.errors import RateLimitedError
from pipeline_health.ports import Clock, Memory

TOPIC = "asked-to-wait"

LONGEST = timedelta(hours=1)
"""GitHub's allowance is full again within the hour; no header and no stepping clock makes it more.

After it the provider is asked once, and says itself how it goes on.
"""


class Hold:
    """What one *provider* asked of one *account*, kept in *memory*; without one, of all of ours.

    Threads may share it.
    """

    def __init__(self, provider: str, *, memory: Memory, clock: Clock, account: str = "") -> None:
        self._provider = provider
        self._key = f"{provider}, {account}" if account else provider
        self._memory = memory
        self._clock = clock
        self._lock = Lock()

    @contextmanager
    def obeyed(self) -> Iterator[None]:
        """Ask inside this block; raises RateLimitedError before it while the wait is not over.

        The RateLimitedError that ends the block is remembered.
        """
        self._require_over()
        try:
            yield
        except RateLimitedError as exc:
            self._note(exc.retry_at)
            raise

    def _require_over(self) -> None:
        until = self._until(now=self._clock.now())
        if until is not None:
            end = f"{until:%H:%M:%S} UTC"
            msg = f"{self._provider} was not asked: its rate limit is used up until {end}"
            raise RateLimitedError(msg, retry_at=until)

    def _until(self, *, now: datetime) -> datetime | None:
        text = self._memory.recall(TOPIC, self._key)
        try:
            until = None if text is None else datetime.fromisoformat(text).astimezone(UTC)
        except (ValueError, OverflowError):
            return None
        return until if until is not None and now < until <= now + LONGEST else None

    def _note(self, until: datetime | None) -> None:
        now = self._clock.now()
        if until is None or until <= now:
            return
        with self._lock:
            # Whoever was asked side by side may have been told of another, shorter limit.
            kept = max(min(until, now + LONGEST), self._until(now=now) or now)
            self._memory.remember(TOPIC, self._key, kept.isoformat(), now=now)
