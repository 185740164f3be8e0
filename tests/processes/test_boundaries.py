"""The process dies at each boundary in turn, and the next runs finish what it began.

The boundaries are counted in a run that nobody disturbs: each write to GitHub (before its effect,
and after it but before the answer) and each commit of the ledger (before and after). `make
boundaries` dies at all of them, in every story; `make test` in the first story at those around the
writes to GitHub, where something can be lost or doubled, at the first, the last, and some of the
others.
"""

import signal
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from deaths import BEFORE, SETTLED, Story, is_done
from hosts import ours
from nursery import Life, Nursery, desk_in

AROUND = 4
"""So many boundaries before the first write to GitHub, and after the last one."""

EVERY = 20
"""One in so many of the others."""


def counted(story: Story, home: Path, nursery: Nursery) -> Life:
    """Give the life of the run that nobody disturbs."""
    with desk_in(home, minutes=-BEFORE) as desk:
        story.begins(desk, nursery)
        life = nursery.live(desk)
        story.holds(desk)
    return life


def chosen(passed: Sequence[str], *, thoroughly: bool) -> list[int]:
    """Choose the boundaries to die at, the first is 1."""
    every = range(1, len(passed) + 1)
    if thoroughly:
        return list(every)
    writes = [at for at in every if not passed[at - 1].startswith("ledger")]
    near = range(writes[0] - AROUND, writes[-1] + AROUND + 1)
    return [at for at in every if at in near or at in (1, len(passed)) or at % EVERY == 0]


def outlived(story: Story, home: Path, nursery: Nursery, *, dies_at: int, thoroughly: bool) -> None:
    """Die at a boundary, run again, and see that nothing is lost and nothing doubled.

    An answer that was lost is looked for until it must have come, and only then sent anew.
    """
    with desk_in(home, minutes=-BEFORE) as desk:
        story.begins(desk, nursery)
        assert nursery.live(desk, dies_at=dies_at).code == -signal.SIGKILL

        again = nursery.live(desk)

        assert (0, True) == (again.code, len(ours(desk.repo)) <= 1)
        if thoroughly or not is_done(story, desk):
            desk.world.advance(timedelta(minutes=SETTLED))
            nursery.live(desk, minutes=SETTLED)
            story.holds(desk)


def test_whoever_dies_at_a_boundary_loses_and_doubles_nothing(
    story: Story, nursery: Nursery, tmp_path: Path, pytestconfig: pytest.Config
) -> None:
    """Exactly one issue, whole, and known to the ledger; one comment, and closed once."""
    passed = counted(story, tmp_path / "undisturbed", nursery).passed
    assert 2 * story.writes == sum(not boundary.startswith("ledger") for boundary in passed)
    wrong = []
    thoroughly = bool(pytestconfig.getoption("--thorough"))
    for at in chosen(passed, thoroughly=thoroughly):
        try:
            outlived(story, tmp_path / str(at), nursery, dies_at=at, thoroughly=thoroughly)
        except AssertionError as exc:
            wrong.append(f"{at}, {passed[at - 1]}: {exc}")
    assert wrong == []
