from dataclasses import replace
from datetime import timedelta

import pytest

from incident_builders import MINUTE, PROJECT, REPO, T0
from pipeline_health.core.attempts import Patience
from pipeline_health.core.drill import Drill, Hop, body, nonce_of, pickup_of, result, title
from pipeline_health.core.issue_text import read_marker
from pipeline_health.core.model.ids import Login, Nonce, ProjectName
from pipeline_health.core.model.issue import IssueRef, PullRequest, TrackedIssue
from pipeline_health.core.model.policy import Limits, Routing

PATIENCE = Patience(routing=Routing(), limits=Limits())
DRILL = Drill(project=PROJECT, repo=REPO, nonce=Nonce("0123abcd" * 4), began_at=T0)
ISSUE = TrackedIssue(
    ref=IssueRef(REPO, 7),
    open=True,
    not_planned=False,
    title="Drill",
    body="",
    labels=frozenset({"pipeline-health", "bug", "archon:queued"}),
    ours=True,
    created_at=T0,
    updated_at=T0,
    closed_at=None,
    url="https://github.example/7",
)
PULL = PullRequest(number=8, moved_at=T0, merged_at=None)


@pytest.mark.parametrize(
    ("issue", "says"),
    [
        (ISSUE, None),
        (replace(ISSUE, labels=frozenset({"archon:in-progress"})), "archon:in-progress"),
        (replace(ISSUE, labels=frozenset({"archon:done"})), "archon:done"),
        (replace(ISSUE, labels=frozenset({"archon:skipped"})), "archon:skipped"),
        (replace(ISSUE, pulls=(PULL,)), "pull request 8"),
        (replace(ISSUE, open=False), "somebody closed it"),
        (replace(ISSUE, open=False, closed_by=Login("archon")), "archon closed it"),
    ],
)
def test_a_pickup_shows_in_the_issue(issue: TrackedIssue, says: str | None) -> None:
    """The labels that we put on ourselves are none."""
    found = pickup_of(issue, PATIENCE)
    assert found == says if says is None else says in (found or "")


def test_the_issue_says_what_it_is_and_is_found_again() -> None:
    """By a marker that no cycle takes for an incident's."""
    text = body(DRILL, until=T0 + 20 * MINUTE)
    assert nonce_of(text) == DRILL.nonce
    assert nonce_of(f"Look:\n{text}") is None
    assert read_marker(text) is None
    assert "Nothing is broken in `shop`" in text
    assert "2026-11-22 10:25 UTC" in text
    assert title(DRILL) == "Drill: nothing is broken (shop)"
    assert len(title(replace(DRILL, project=ProjectName("x" * 200)))) == 120


def test_a_drill_sums_itself_up() -> None:
    """Hop by hop, from its beginning; one that did not come makes it fail."""
    ended = "The drill of shop was ended before anybody had picked it up."
    assert DRILL.sentence == ended
    filed = DRILL.with_hop(Hop.FILED, "there", at=T0 - MINUTE)
    assert filed.hops[0].took == timedelta(0)
    told = filed.with_hop(Hop.TOLD, "delivered", at=T0 + timedelta(seconds=2), to="ntfy")
    assert told.sentence == ended
    over = told.with_hop(Hop.PICKED_UP, "a label", at=T0 + 3 * MINUTE)
    assert over.sentence == "The drill of shop went through in 3 min."
    assert over.has(Hop.PICKED_UP)
    failed = told.with_hop(Hop.PICKED_UP, "not within 20 min", at=None)
    assert failed.sentence == "The drill of shop failed; what did not come: picked up."
    assert not failed.has(Hop.PICKED_UP)
    assert result(failed) == (
        "The drill of shop failed; what did not come: picked up.\n\n"
        "| hop | since the drill began |\n|---|---|\n"
        "| filed | 0.0 s |\n| told: ntfy | 2.0 s |\n| picked up | did not come |\n"
    )
