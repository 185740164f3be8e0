"""When it is time to look again: APScheduler, held to one run at a time and to missing none."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Final, Self

from apscheduler.executors.pool import ThreadPoolExecutor  # type: ignore[import-untyped]
from apscheduler.schedulers.background import BackgroundScheduler  # type: ignore[import-untyped]
from apscheduler.triggers.interval import IntervalTrigger  # type: ignore[import-untyped]

_JOB: Final = "look"
_LONGEST_JITTER: Final = timedelta(seconds=30)


def jitter_of(every: timedelta) -> timedelta:
    """Give how much later than *every* a run may begin, so that many hosts do not ask at once."""
    return min(every / 10, _LONGEST_JITTER)


class Rota:
    """Runs *job* in a thread of its own: at once, then *every* so often, never twice at a time.

    However late a run is (a host that was asleep, a run before it that took long), it is made, and
    several that were missed are one.
    """

    def __init__(self, job: Callable[[], None], *, every: timedelta) -> None:
        self._job = job
        self._every = every
        self._scheduler = BackgroundScheduler(
            executors={"default": ThreadPoolExecutor(1)},
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
            timezone=UTC,
        )

    def __enter__(self) -> Self:
        now = datetime.now(UTC)  # noqa: TID251 - APScheduler goes by this clock and no other
        self._scheduler.add_job(self._job, self._trigger(), id=_JOB, next_run_time=now)
        self._scheduler.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Begin no other run, and wait for the one that is under way."""
        self._scheduler.shutdown(wait=True)

    def keep(self, *, every: timedelta) -> None:
        """Run the job *every* so often from now on, where that was not so before."""
        if every != self._every:
            self._every = every
            self._scheduler.reschedule_job(_JOB, trigger=self._trigger())

    def now(self) -> None:
        """Run the job now, and from then on as often as before; one that is under way is enough."""
        now = datetime.now(UTC)  # noqa: TID251 - as above
        self._scheduler.modify_job(_JOB, trigger=self._trigger(), next_run_time=now)

    def _trigger(self) -> IntervalTrigger:
        seconds = self._every.total_seconds()
        jitter = jitter_of(self._every).total_seconds()
        return IntervalTrigger(seconds=seconds, jitter=jitter, timezone=UTC)
