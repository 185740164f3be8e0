"""What a run dies in, and what must come of it: main turns red, or is green again."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from desk import Desk
from hosts import marker
from nursery import Nursery
from pipeline_health.core.model.incident import Incident, Phase
from pipeline_health.ledger import SqlLedger
from pipeline_health.simulator.github_records import Issue

_ISSUES = "/repos/acme/shop/issues"

SETTLED = 11
"""So many minutes later nobody waits for a lost answer any more."""

BEFORE = 10
"""So many minutes before the run that dies does a story begin."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """What was there before the run that dies, what must come of it, and how often it writes.

    Of its writes *once* is the one that must not come twice.
    """

    begins: Callable[[Desk, Nursery], None]
    holds: Callable[[Desk], None]
    writes: int
    once: str


def breaks(desk: Desk, _: Nursery) -> None:
    """Let main become red, while lists show a new issue late."""
    desk.world.advance(timedelta(minutes=BEFORE))
    _break(desk)


def was_mended(desk: Desk, nursery: Nursery) -> None:
    """Let main be red, told, and green again."""
    _break(desk)
    assert nursery.live(desk, minutes=-BEFORE).code == 0
    desk.world.advance(timedelta(minutes=BEFORE / 2))
    desk.repo.push("third")
    desk.repo.run("CI", "success", jobs={"test": "success"}, minutes=0)
    desk.world.advance(timedelta(minutes=BEFORE / 2))


def _break(desk: Desk) -> None:
    desk.world.list_lag = timedelta(minutes=3)
    desk.repo.push("second")
    desk.repo.run("CI", "failure", jobs={"test": "failure"}, log="FAILED test_total", minutes=0)


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


def is_done(story: Story, desk: Desk) -> bool:
    """Tell whether there is what must come of the story."""
    try:
        story.holds(desk)
    except AssertionError:
        return False
    return True


STORIES = {
    "opening": Story(begins=breaks, holds=one_is_open, writes=4, once=f"POST {_ISSUES}"),
    "closing": Story(
        begins=was_mended,
        holds=it_is_closed_with_proof,
        writes=3,
        once=f"POST {_ISSUES}/1/comments",
    ),
}
