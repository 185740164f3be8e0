"""The process dies at each boundary in turn, and the next runs finish what it began.

The boundaries are counted in a run that nobody disturbs: each write to GitHub (before its effect,
and after it but before the answer) and each commit of the ledger (before and after). `make
boundaries` dies at all of them; `make test` at those around the writes to GitHub, where something
can be lost or doubled, at the first, the last, and some of the others.
"""

import signal
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from desk import Desk
from hosts import marker, ours
from nursery import Life, Nursery, desk_in
from pipeline_health.core.model.incident import Incident, Phase
from pipeline_health.ledger import SqlLedger
from pipeline_health.simulator.github_records import Issue

AROUND = 4
"""So many boundaries before the first write to GitHub, and after the last one."""

EVERY = 20
"""One in so many of the others."""

SETTLED = 11
"""So many minutes later nobody waits for a lost answer any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """What is there before the run that dies, *minutes* from now, and what must come of it."""

    begins: Callable[[Desk, Nursery], None]
    holds: Callable[[Desk], None]
    minutes: int
    writes: int


def breaks(desk: Desk, _: Nursery) -> None:
    """Let main become red, while lists show a new issue late."""
    desk.world.list_lag = timedelta(minutes=3)
    desk.repo.push("second")
    desk.repo.run("CI", "failure", jobs={"test": "failure"}, log="FAILED test_total")


def was_mended(desk: Desk, nursery: Nursery) -> None:
    """Let main be red, told, and green again."""
    breaks(desk, nursery)
    assert nursery.live(desk).code == 0
    desk.world.advance(timedelta(minutes=5))
    desk.repo.push("third")
    desk.repo.run("CI", "success", jobs={"test": "success"}, minutes=0)
    desk.world.advance(timedelta(minutes=5))


def kept(desk: Desk) -> Incident:
    """Give the one incident that is kept; nothing else is under way."""
    with SqlLedger.read_only(desk.ledger) as ledger:
        assert ledger.intents() == ()
        assert 1 == len(ledger.incidents())
        return ledger.incidents()[0]


def the_issue(desk: Desk) -> Issue:
    """Give the one issue that there is."""
    assert 1 == len(desk.repo.issues)
    return desk.repo.issues[1]


def one_is_open(desk: Desk) -> None:
    """See one issue, complete, in GitHub and in the ledger."""
    issue = the_issue(desk)
    incident = kept(desk)
    assert ("open", "Main CI red: CI (shop)", []) == (issue.state, issue.title, issue.comments)
    assert {"pipeline-health", "bug", "archon:queued"} == set(issue.labels)
    assert incident.filing is not None
    assert (issue.number, Phase.OPEN) == (incident.filing.number, incident.phase)
    assert incident.fingerprint == marker(issue).fingerprint


def it_is_closed_with_proof(desk: Desk) -> None:
    """See the issue closed, with one comment that says why."""
    issue = the_issue(desk)
    assert ("closed", "completed", 1) == (issue.state, issue.state_reason, len(issue.comments))
    assert Phase.RESOLVED is kept(desk).phase


STORIES = {
    "opening": Story(begins=breaks, holds=one_is_open, minutes=0, writes=4),
    "closing": Story(begins=was_mended, holds=it_is_closed_with_proof, minutes=10, writes=3),
}


def counted(story: Story, home: Path, nursery: Nursery) -> Life:
    """Give the life of the run that nobody disturbs."""
    with desk_in(home) as desk:
        story.begins(desk, nursery)
        life = nursery.live(desk, minutes=story.minutes)
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


def is_done(story: Story, desk: Desk) -> bool:
    """Tell whether there is what must come of the story."""
    try:
        story.holds(desk)
    except AssertionError:
        return False
    return True


def outlived(story: Story, home: Path, nursery: Nursery, *, dies_at: int, thoroughly: bool) -> None:
    """Die at a boundary, run again, and see that nothing is lost and nothing doubled.

    An answer that was lost is looked for until it must have come, and only then sent anew.
    """
    with desk_in(home) as desk:
        story.begins(desk, nursery)
        assert nursery.live(desk, minutes=story.minutes, dies_at=dies_at).code == -signal.SIGKILL

        again = nursery.live(desk, minutes=story.minutes)

        assert (0, True) == (again.code, len(ours(desk.repo)) <= 1)
        if thoroughly or not is_done(story, desk):
            desk.world.advance(timedelta(minutes=SETTLED))
            nursery.live(desk, minutes=story.minutes + SETTLED)
            story.holds(desk)


@pytest.mark.parametrize("story", STORIES.values(), ids=STORIES)
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
