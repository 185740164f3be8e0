"""The service in this process: cycles in real HTTP, signals to this thread, its own clock."""

import signal
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from hosts import MINUTE, Host
from pipeline_health.bootstrap import Machine
from pipeline_health.ledger import SqlLedger
from pipeline_health.serving import Service
from pipeline_health.settings import ConfigurationError, Settings
from pipeline_health.simulator import Loopback, World, WorldClock
from pipeline_health.supervisor import Supervisor


@dataclass
class Ear(Supervisor):
    """A supervisor that does something at each thing it hears, as a person would at a terminal."""

    told: list[str] = field(default_factory=list)
    then: list[Callable[[], None]] = field(default_factory=list)

    def ready(self, *, silent_for: timedelta) -> None:
        """Note it."""
        self.told.append(f"ready {silent_for}")

    def patient(self, *, silent_for: timedelta) -> None:
        """Note it."""
        self.told.append(f"patient {silent_for}")

    def alive(self, says: str) -> None:
        """Note it, and do what comes next."""
        self.told.append(says)
        if self.then:
            self.then.pop(0)()

    def stopping(self) -> None:
        """Note it."""
        self.told.append("stopping")


class Jumpy(WorldClock):
    """A world's clock beside a steady one that a test moves on."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.passed = 0.0

    def monotonic(self) -> float:
        """Tell what the test says."""
        return self.passed


@pytest.fixture
def host(tmp_path: Path) -> Iterator[Host]:
    """Watch one healthy product."""
    world = World()
    with Loopback(world) as loopback:
        repo = world.repo("acme/shop")
        repo.push("first")
        repo.run("CI", "success")
        host = Host(world, loopback, tmp_path)
        host.watch("shop", "acme/shop")
        yield host


def says(number: signal.Signals) -> Callable[[], None]:
    """Send a signal to the thread that listens: the other threads of a test know nothing of it."""
    thread = threading.get_ident()
    return lambda: signal.pthread_kill(thread, number)


TERM, HUP, CONTROL_C = signal.SIGTERM, signal.SIGHUP, signal.SIGINT


def test_it_looks_at_once_and_again_when_asked(host: Host) -> None:
    """The first look does not wait for an interval, and SIGHUP makes another one at once."""
    hup = says(HUP)

    def later() -> None:
        host.world.advance(timedelta(minutes=1))
        hup()

    ear = Ear(then=[later, says(TERM)])
    Service(host.settings, machine=host.machine, supervisor=ear).run()
    looked = "Looked at 1 project; nothing that was seen is broken."
    assert ear.told == ["ready 0:20:30", looked, looked, "stopping"]
    with SqlLedger.read_only(host.ledger) as ledger:
        assert len(ledger.reports(limit=9)) == 2


def test_it_looks_with_the_configuration_of_today(host: Host) -> None:
    """SIGHUP reads it anew; a wrong one is told, and the one from before stays."""
    ear = Ear()
    wrong: list[str] = []

    def load() -> Settings:
        if wrong:
            raise ConfigurationError(wrong[0])
        return host.settings()

    def another() -> None:
        host.world.repo("acme/film").push("first")
        host.watch("film", "acme/film")
        says_hup()

    says_hup, stop = says(HUP), says(TERM)

    def spoil() -> None:
        wrong.append("pipeline-health.toml: no such key")
        says_hup()

    ear.then = [another, spoil, stop]
    Service(load, machine=host.machine, supervisor=ear).run()
    assert [told.split(";")[0] for told in ear.told[1:-1]] == [
        "Looked at 1 project",
        "Looked at 2 projects",
        "Looked at 2 projects",
    ]


def test_the_watchdog_and_the_rota_hear_of_another_interval(host: Host) -> None:
    """A watchdog that was set for five minutes would kill what looks every half an hour now."""
    hup, stop = says(HUP), says(TERM)

    def slower() -> None:
        host.extra = 'sla = "3h"\npoll_interval = "30m"'
        hup()

    ear = Ear(then=[slower, stop])
    Service(host.settings, machine=host.machine, supervisor=ear).run()
    assert [told for told in ear.told if "Looked" not in told] == [
        "ready 0:20:30",
        "patient 1:35:30",
        "stopping",
    ]


def test_wrong_settings_that_take_long_to_tell_do_not_delay_the_end(host: Host) -> None:
    """The dead man's switch hangs; whoever wants us to stop is heard all the same."""
    hup, stop = says(HUP), says(TERM)
    loading = threading.Event()
    loaded = [host.settings()]

    def load() -> Settings:
        if loaded:
            return loaded.pop()
        loading.set()
        stop()
        until = time.monotonic() + 10
        while host.machine.ending.left() > MINUTE.total_seconds():
            assert time.monotonic() < until
            time.sleep(0.01)
        msg = "pipeline-health.toml: no such key"
        raise ConfigurationError(msg)

    ear = Ear(then=[hup])
    Service(load, machine=host.machine, supervisor=ear).run()
    assert loading.is_set()
    assert ear.told[-1].startswith("Looked")


def test_whoever_asks_as_a_look_begins_gets_one_with_what_he_wrote(host: Host) -> None:
    """A look that has begun with the settings of before is no answer."""
    hup, stop = says(HUP), says(TERM)

    class Asking(Ear):
        def ready(self, *, silent_for: timedelta) -> None:
            super().ready(silent_for=silent_for)
            host.world.repo("acme/film").push("first")
            host.watch("film", "acme/film")
            hup()

    ear = Asking()

    def enough() -> None:
        looked = sum("Looked at 2" in told for told in ear.told)
        (stop if looked else lambda: None)()

    ear.then = [enough, stop]
    Service(host.settings, machine=host.machine, supervisor=ear).run()
    assert any("Looked at 2 projects" in told for told in ear.told)


def test_a_clock_that_was_set_back_is_no_reason_to_wait(host: Host) -> None:
    """What knows only the clock on the wall would wait for as long as it was set back."""
    clock = Jumpy(host.world)
    stop = says(TERM)

    def hours_pass() -> None:
        clock.passed += 7200

    ear = Ear(then=[hours_pass, stop])
    Service(host.settings, machine=Machine(clock=clock), supervisor=ear).run()
    assert len(ear.told) == 4


def test_a_look_that_fails_is_told_and_not_the_last(host: Host) -> None:
    """Neither a ledger that is none nor a lease that another run holds ends the service."""
    host.ledger.parent.mkdir()
    host.ledger.write_text("no ledger")
    hup, stop = says(HUP), says(TERM)

    def mended() -> None:
        host.ledger.unlink()
        hup()

    ear = Ear(then=[mended, stop])
    Service(host.settings, machine=host.machine, supervisor=ear).run()
    assert ear.told[1].startswith("No cycle: ")
    assert ear.told[2].startswith("Looked at 1 project")


def test_a_defect_of_ours_is_told_and_not_the_last(host: Host) -> None:
    """It is one look's, and the next one is made."""
    hup, stop = says(HUP), says(TERM)
    defects = [ZeroDivisionError("7")]

    class Breaking(WorldClock):
        def now(self) -> datetime:
            if defects:
                raise defects.pop()
            return super().now()

    ear = Ear(then=[hup, stop])
    machine = Machine(clock=Breaking(host.world))
    Service(host.settings, machine=machine, supervisor=ear).run()
    assert ear.told[1] == "No cycle: a defect of ours (ZeroDivisionError)"
    assert ear.told[2].startswith("Looked at 1 project")


def test_control_c_ends_it_at_once(host: Host) -> None:
    """And the exit code will say so; what listens to signals is given back."""
    ear = Ear(then=[says(CONTROL_C)])
    service = Service(host.settings, machine=host.machine, supervisor=ear)
    with pytest.raises(KeyboardInterrupt):
        service.run()
    assert ear.told[-1] == "stopping"
    assert TERM not in signal.pthread_sigmask(signal.SIG_BLOCK, [])
