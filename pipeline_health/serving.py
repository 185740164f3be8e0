"""The long-running form: a look every `poll_interval`, and one at once when somebody asks for it.

Three threads: APScheduler's knows when it is time, one more runs the cycle, and the first one
listens. Signals are taken in synchronously, there, so that no handler breaks into anything.
"""

import signal
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import timedelta
from typing import Final, TypeAlias

import structlog

from pipeline_health import bootstrap, telemetry
from pipeline_health.bootstrap import LEASE_MARGIN, Machine
from pipeline_health.page.pulse import Pulse
from pipeline_health.ports import PipelineHealthError
from pipeline_health.rota import Rota, jitter_of
from pipeline_health.settings import ConfigurationError, Settings
from pipeline_health.stopping import GRACE
from pipeline_health.supervisor import Supervisor

LOOK_NOW: Final = signal.SIGHUP
_STOP: Final = signal.SIGTERM
_INTERRUPT: Final = signal.SIGINT
_TICK: Final = timedelta(seconds=1)
_MISSED: Final = 3
"""So many looks may be missed before a watchdog takes us for stuck."""


Page: TypeAlias = Callable[[Callable[[], Settings], Pulse], AbstractContextManager[object]]


def without_page(settings: Callable[[], Settings], pulse: Pulse) -> AbstractContextManager[object]:  # noqa: ARG001 - the shape of a page
    """Show nothing."""
    return nullcontext()


class Service:
    """Looks until it is told to stop; a look that fails is told of, and the next one is made.

    *load* reads the settings: at the start, and again whenever somebody asks for a look at once.
    *page* shows what is known meanwhile, by settings and a pulse of ours.
    """

    def __init__(
        self,
        load: Callable[[], Settings],
        *,
        machine: Machine,
        supervisor: Supervisor,
        page: Page = without_page,
    ) -> None:
        self._load = load
        self._settings = load()
        self._machine = machine
        self._supervisor = supervisor
        self._looking = False
        self._asked = False
        self._ended_at = machine.clock.monotonic()
        self._page = page
        self._pulse = Pulse(monotonic=machine.clock.monotonic, every=lambda: self._every)

    def run(self) -> None:
        """Look, again and again, until SIGTERM; then the look under way ends gently and soon.

        Raises KeyboardInterrupt for Control-C, which ends it at once.
        """
        with (
            _heard(LOOK_NOW, _STOP, _INTERRUPT) as hear,
            self._page(lambda: self._settings, self._pulse),
        ):
            self._supervisor.ready(silent_for=self._silence())
            with Rota(self._look, every=self._every) as rota:
                while (number := hear(_TICK)) not in (_STOP, _INTERRUPT):
                    self._asked = self._asked or number == LOOK_NOW
                    self._catch_up(rota)
                self._machine.ending.call_in(GRACE if number == _STOP else timedelta(0))
                self._supervisor.stopping()
        structlog.get_logger().info("stopped", signal=signal.Signals(number).name)
        if number == _INTERRUPT:
            raise KeyboardInterrupt

    @property
    def _every(self) -> timedelta:
        return self._settings.policy.poll_interval

    def _silence(self) -> timedelta:
        """Give how long nothing may be heard of a service that is well."""
        deadline = self._settings.policy.limits.cycle_deadline + LEASE_MARGIN
        return _MISSED * (self._every + jitter_of(self._every)) + deadline

    def _catch_up(self, rota: Rota) -> None:
        """Look now when somebody asked, or when it should have been done and was not.

        The look that begins next answers whoever asked: this thread only listens, so that nothing
        that hangs keeps it from hearing that it is to stop.

        APScheduler waits for a time of the clock on the wall: set back by an hour, it would wait
        for that hour. The clock that nobody sets tells.
        """
        if self._looking:
            return
        rota.keep(every=self._every)
        silent = self._machine.clock.monotonic() - self._ended_at
        if not self._asked:
            if silent <= 2 * (self._every + jitter_of(self._every)).total_seconds():
                return
            structlog.get_logger().warning("overdue", seconds=round(silent))
        self._ended_at = self._machine.clock.monotonic()
        rota.now()

    def _reload(self) -> None:
        """Read the settings anew; wrong ones change nothing."""
        self._asked, before = False, self._silence()
        try:
            self._settings = self._load()
        except ConfigurationError as exc:
            structlog.get_logger().error(
                "configuration", says=str(exc), then="the one that was read before stays"
            )
        if self._silence() != before:
            self._supervisor.patient(silent_for=self._silence())

    def _look(self) -> None:
        """Run one cycle; whatever comes of it is told, and the watchdog hears that we did it."""
        self._looking = True
        try:
            if self._asked:
                self._reload()
            report = bootstrap.run_once(self._settings, machine=self._machine)
            says = report.sentence
            if report.failed is None:
                self._pulse.beat()
        except PipelineHealthError as exc:
            says = f"No cycle: {exc}"
            structlog.get_logger().warning("cycle", sentence=says)
        except Exception as exc:  # noqa: BLE001 - one look's defect must not end all others
            says = f"No cycle: a defect of ours ({type(exc).__name__})"
            telemetry.tell_of_defect(exc)
        finally:
            self._ended_at = self._machine.clock.monotonic()
            self._looking = False
        self._supervisor.alive(says)


@contextmanager
def _heard(*numbers: signal.Signals) -> Iterator[Callable[[timedelta], int | None]]:
    """Hold *numbers* back from this thread and those that it starts; gives how to wait for one."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, numbers)

    def hear(patience: timedelta) -> int | None:
        told = signal.sigtimedwait(numbers, patience.total_seconds())
        return None if told is None else told.si_signo

    try:
        yield hear
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
