from dataclasses import replace
from datetime import timedelta

import pytest

from incident_builders import MINUTE, PROJECT, REPO, T0
from pipeline_health.core.attempts import Patience
from pipeline_health.core.drill import Drill, Hop, body, exactly, nonce_of, pickup_of, result, title
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


def labelled(*labels: str) -> TrackedIssue:
    """Give the issue with other labels."""
    return replace(ISSUE, labels=frozenset(labels))


PULL = PullRequest(number=8, moved_at=T0, merged_at=None)


@pytest.mark.parametrize(
    ("issue", "says"),
    [
        (ISSUE, None),
        (labelled("archon:in-progress"), "it has the label archon:in-progress"),
        (
            labelled("archon:in-progress", "archon:blocked"),
            "it has the label archon:blocked, archon:in-progress",
        ),
        (labelled("archon:done"), "it has the label archon:done"),
        (labelled("archon:skipped"), "it has the label archon:skipped"),
        (replace(ISSUE, pulls=(PULL,)), "pull request 8 says that it closes it"),
        (replace(ISSUE, open=False), "somebody closed it"),
        (replace(ISSUE, open=False, closed_by=Login("archon")), "archon closed it"),
    ],
)
def test_a_pickup_shows_in_the_issue(issue: TrackedIssue, says: str | None) -> None:
    """The labels that we put on ourselves are none."""
    assert pickup_of(issue, PATIENCE) == says


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
    assert failed.hops[-1].says == "not within 20 min"
    twice = failed.with_hop(Hop.CLOSED, "refused", at=None)
    assert twice.sentence == "The drill of shop failed; what did not come: picked up, closed."
    assert result(failed) == (
        "The drill of shop failed; what did not come: picked up.\n\n"
        "| hop | since the drill began |\n|---|---|\n"
        "| filed | 0.0 s |\n| told: ntfy | 2.0 s |\n| picked up | did not come |\n"
    )


def test_the_whole_issue() -> None:
    """As a person and an agent read it."""
    assert body(DRILL, until=T0 + 20 * MINUTE) == (
        "<!-- pipeline-health-drill v1 0123abcd0123abcd0123abcd0123abcd -->\n"
        "**This is a fire drill. Nothing is broken in `shop`.** Nothing is to be fixed.\n\n"
        "`pipeline-health drill` filed it at 2026-11-22 10:05 UTC, to see how long the way from a\n"
        "failure to whoever acts on it takes. It has the labels of an issue for the agent.\n\n"
        "**For an agent**: take it up as any other issue, so that your label shows it. Then stop: "
        "change\nno file, open no pull request, run nothing else.\n\n"
        "**Done when**: `pipeline-health` has seen that somebody took it up, or at 2026-11-22 "
        "10:25 UTC at the\nlatest. It closes this issue itself, with the times.\n"
    )


@pytest.mark.parametrize(
    ("line", "nonce"),
    [
        ("<!-- pipeline-health-drill v1 0123abcd -->", "0123abcd"),
        ("<!-- pipeline-health-drill v1 0123abcd -->\r", "0123abcd"),
        (" <!-- pipeline-health-drill v1 0123abcd -->", None),
        ("<!-- pipeline-health-drill v1 0123abcd --> and more", None),
    ],
)
def test_only_a_first_line_that_is_the_marker_counts(line: str, nonce: str | None) -> None:
    """A quotation is none."""
    assert nonce_of(f"{line}\nbody") == nonce


@pytest.mark.parametrize(
    ("seconds", "says"), [(0, "0.0 s"), (59.94, "59.9 s"), (60, "1 min"), (60.5, "1 min")]
)
def test_what_is_short_is_told_to_the_second(seconds: float, says: str) -> None:
    """A minute is long enough to be told as one."""
    assert exactly(timedelta(seconds=seconds)) == says
