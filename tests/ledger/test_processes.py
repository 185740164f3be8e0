"""Two real processes and one file."""

import multiprocessing
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest

from ledger_process import Pipe, compete, hold_until_killed
from ledger_samples import LASTING, MINUTE, T0, a_holder, an_incident, an_intent
from pipeline_health.ledger import SqlLedger
from pipeline_health.ports import LeaseHeldError

PATIENCE = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Other:
    """Another process, and how to talk with it."""

    process: BaseProcess
    ears: Pipe
    mouth: Pipe

    def heard(self) -> str:
        """Give the next thing that it says."""
        assert self.mouth.poll(PATIENCE)
        return self.mouth.recv()

    def tell(self) -> None:
        """Let it go on."""
        self.ears.send("go on")


@contextmanager
def running(act: Callable[[Path, Pipe, Pipe], None], path: Path) -> Iterator[Other]:
    """Run *act* on *path* in a new interpreter, and end it at the end."""
    context = multiprocessing.get_context("spawn")
    mouth, says = context.Pipe(duplex=False)
    hears, ears = context.Pipe(duplex=False)
    process = context.Process(target=act, args=(path, says, hears))
    process.start()
    try:
        yield Other(process=process, ears=ears, mouth=mouth)
    finally:
        process.kill()
        process.join(PATIENCE)
        for pipe in (mouth, says, hears, ears):
            pipe.close()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Name a ledger that does not exist yet."""
    return tmp_path / "state" / "ledger.db"


def test_the_living_holder_is_named_and_keeps_its_lease(path: Path) -> None:
    """Who comes second learns the process, since when, and until when."""
    with (
        running(hold_until_killed, path) as other,
        SqlLedger.open(path, holder=a_holder()) as ledger,
    ):
        assert "holding" == other.heard()
        with (
            pytest.raises(LeaseHeldError) as refused,
            ledger.lease(now=T0 + MINUTE, lasting=LASTING),
        ):
            pass

        said = str(refused.value)
        assert f"{path}: pid {other.process.pid} on {a_holder().host} has held it" in said
        assert "since 2026-03-01 12:00:00 UTC; it expires at 2026-03-01 12:05:00 UTC" in said


def test_a_living_holder_keeps_its_lease_when_the_clock_steps_back(path: Path) -> None:
    """A lease from the future is still a lease as long as its process lives."""
    with (
        running(hold_until_killed, path) as other,
        SqlLedger.open(path, holder=a_holder()) as ledger,
    ):
        assert "holding" == other.heard()
        with (
            pytest.raises(LeaseHeldError),
            ledger.lease(now=T0 - 60 * MINUTE, lasting=LASTING),
        ):
            pass


@pytest.mark.parametrize("minutes", [1, -60], ids=["at once", "clock stepped back"])
def test_the_lease_of_a_killed_process_is_taken_over(path: Path, minutes: int) -> None:
    """Nobody waits for the dead, and what they had noted is all there."""
    with running(hold_until_killed, path) as other:
        assert "holding" == other.heard()
        other.process.kill()
        other.process.join(PATIENCE)

    with (
        SqlLedger.open(path, holder=a_holder()) as ledger,
        ledger.lease(now=T0 + minutes * MINUTE, lasting=LASTING) as lease,
    ):
        lease.renew(now=T0 + 2 * MINUTE)

        assert ((an_incident(),), (an_intent(),)) == (ledger.incidents(), ledger.intents())


def test_what_a_killed_process_had_noted_can_be_looked_at(path: Path) -> None:
    """A write-ahead log that nobody has folded back is read along."""
    with running(hold_until_killed, path) as other:
        assert "holding" == other.heard()
        other.process.kill()
        other.process.join(PATIENCE)
    before = {one.name: one.read_bytes() for one in path.parent.glob("*[!m]")}

    with SqlLedger.read_only(path) as ledger:
        told = (ledger.incidents(), ledger.intents())

    assert ((an_incident(),), (an_intent(),)) == told
    assert before == {one.name: one.read_bytes() for one in path.parent.glob("*[!m]")}


def test_of_processes_that_start_at_once_one_works(path: Path) -> None:
    """They create, migrate and lease the same new file together; the others are told to go."""
    with (
        running(compete, path) as first,
        running(compete, path) as second,
        running(compete, path) as third,
    ):
        everyone = (first, second, third)
        for one in everyone:
            one.tell()

        assert ["held", "held", "worked"] == sorted(one.heard() for one in everyone)
