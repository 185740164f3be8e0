"""The command itself, killed at each write to GitHub in turn, and started again.

Two processes die at each write: one whose request never has its effect, and one whose request has
it and whose answer is lost. `make boundaries` has them all; `make test` has those at the write that
must not come twice. The boundaries of the ledger are in test_boundaries.py.
"""

import signal
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest

from deaths import BEFORE, SETTLED, Story
from desk import Desk
from hosts import ours
from nursery import Nursery, There, desk_in, wait_for
from pipeline_health.cli.exits import Exit
from pipeline_health.simulator.faults import Mode

NEVER = 600.0
"""So many seconds does a request wait for what the process does not live to see."""

DEATHS: dict[str, Mode] = {"before its effect": "delay", "before its answer": "trickle"}


def counted(story: Story, home: Path, nursery: Nursery) -> list[str]:
    """Give the writes of a run that nobody disturbs, in their order."""
    with desk_in(home, minutes=-BEFORE) as desk:
        story.begins(desk, nursery)
        known = len(desk.world.writes("github"))
        assert desk.run("run-once").returncode == 0
        story.holds(desk)
        sent = desk.world.writes("github")[known:]
        return [f"{request.method} {request.path}" for request in sent]


def numbered(writes: Sequence[str]) -> Iterator[tuple[str, int]]:
    """Give each write, and how many of its like come before it."""
    before: Counter[str] = Counter()
    for write in writes:
        yield write, before[write]
        before[write] += 1


def awaits(desk: Desk, write: str, skipped: int, mode: Mode) -> There:
    """Let *write* hang once so many of its like have *skipped* it; tells when it hangs."""
    match = f"{write}?"
    desk.world.faults.add(host="github", mode="delay", match=match, times=skipped, seconds=0)
    fault = desk.world.faults.add(host="github", mode=mode, match=match, seconds=NEVER)
    return lambda: fault.times == 0


class Dying:
    """A command on its way to a write, at which it is killed."""

    def __init__(self, opened: ExitStack, home: Path, story: Story, nursery: Nursery) -> None:
        self.desk = opened.enter_context(desk_in(home, minutes=-BEFORE))
        story.begins(self.desk, nursery)
        self._opened = opened
        self._there: There = lambda: False
        self.is_dead = False

    def start(self, write: str, skipped: int, mode: Mode) -> None:
        """Set out."""
        self._there = awaits(self.desk, write, skipped, mode)
        self.process = self._opened.enter_context(self.desk.start("run-once"))
        self._opened.callback(self.process.kill)

    def dies(self) -> bool:
        """Be killed if it is there now; tells whether that has been done."""
        if not self.is_dead and self._there():
            self.process.kill()
            self.is_dead = True
        return self.is_dead


def test_the_command_that_is_killed_at_a_write_loses_and_doubles_nothing(
    story: Story, nursery: Nursery, tmp_path: Path, pytestconfig: pytest.Config
) -> None:
    """Started again it never makes a second issue, and soon there is exactly what should be."""
    writes = list(numbered(counted(story, tmp_path / "undisturbed", nursery)))
    assert len(writes) == story.writes
    if not pytestconfig.getoption("--thorough"):
        writes = [(write, skipped) for write, skipped in writes if write == story.once]
    assert writes
    with ExitStack() as opened:
        dying: dict[str, Dying] = {}
        for write, skipped in writes:
            for death, mode in DEATHS.items():
                place = f"{write} {skipped + 1}, {death}"
                home = tmp_path / str(len(dying))
                dying[place] = Dying(opened, home, story, nursery)
                dying[place].start(write, skipped, mode)
        wait_for(lambda: sum(each.dies() for each in dying.values()) == len(dying))
        for place, each in dying.items():
            assert each.process.wait() == -signal.SIGKILL, place
            each.desk.world.faults.clear()
            again = each.desk.run("run-once")
            assert again.returncode in (Exit.DONE, Exit.BLIND), (place, again.stderr)
            assert len(ours(each.desk.repo)) <= 1, place
            each.desk.world.advance(timedelta(minutes=SETTLED))
            assert nursery.live(each.desk, minutes=SETTLED).code == 0, place
            story.holds(each.desk)
