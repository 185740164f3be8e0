"""Whom a comment calls, and how often."""

from dataclasses import replace

import pytest

from incident_builders import REPO, T0, UNKNOWN, incident
from pipeline_health.core.calling import calls_of
from pipeline_health.core.model.ids import Nonce
from pipeline_health.core.model.incident import Filing, Incident, Owner
from pipeline_health.core.model.issue import IssueRef, TrackedIssue
from pipeline_health.core.model.plan import Comment, CommentIssue, Outcome
from pipeline_health.core.model.policy import Routing
from pipeline_health.core.outcomes import with_outcome

FILED = Filing(repo=REPO, number=7, url="u")
ASKED = Routing(comment="@archon fix #{number}, that is {number}")
A_PERSONS = replace(incident(), cause=replace(UNKNOWN, owner=Owner.HUMAN))
ISSUE = TrackedIssue(
    ref=IssueRef(REPO, 7),
    open=True,
    not_planned=False,
    title="",
    body="",
    labels=frozenset(),
    ours=True,
    created_at=T0,
    updated_at=T0,
    closed_at=None,
    url="u",
)


def calls(of: Incident, filing: Filing, routing: Routing = ASKED) -> list[CommentIssue]:
    """Give the calls that *of* needs."""
    return list(calls_of(of, filing, ISSUE, routing=routing))


def test_the_number_of_the_issue_is_put_in_wherever_it_is_named() -> None:
    """The words are the operator's."""
    (call,) = calls(incident(), FILED)

    assert call == CommentIssue(
        fingerprint=incident().fingerprint,
        nonce=incident().nonce,
        ref=ISSUE.ref,
        comment=Comment(key="called n0nce", body="@archon fix #7, that is 7"),
        reason="The configuration wants the agent called by a comment.",
    )
    assert "called other" == calls(incident(), replace(FILED, nonce=Nonce("other")))[0].comment.key


@pytest.mark.parametrize(
    ("of", "filing", "routing"),
    [
        pytest.param(incident(), FILED, Routing(), id="nobody asked for it"),
        pytest.param(incident(), replace(FILED, called=True), ASKED, id="called before"),
        pytest.param(A_PERSONS, FILED, ASKED, id="it is to be handed to a person"),
        pytest.param(incident(), replace(FILED, owner=Owner.HUMAN), ASKED, id="still a person's"),
    ],
)
def test_nobody_is_called(of: Incident, filing: Filing, routing: Routing) -> None:
    """Once, ever, and to an agent's issue only."""
    assert [] == calls(of, filing, routing)


def test_a_call_that_was_made_is_noted() -> None:
    """The next cycle does not even ask."""
    known = replace(incident(), filing=FILED)
    (call,) = calls(known, FILED)

    after = with_outcome(known, Outcome(change=call, applied=True), now=T0)

    assert replace(FILED, called=True) == after.filing
