"""What the changes of a plan came to: noted where they were applied, and nowhere else."""

from dataclasses import replace

import pytest

from incident_builders import MINUTE, REPO, T0, incident
from pipeline_health.core.model.ids import Fingerprint, Nonce
from pipeline_health.core.model.incident import Filing, Owner, Phase
from pipeline_health.core.model.issue import IssueRef
from pipeline_health.core.model.plan import (
    Change,
    CloseIssue,
    Comment,
    CommentIssue,
    HandOver,
    OpenIssue,
    Outcome,
    ReopenIssue,
    Requeue,
    UpdateIssue,
)
from pipeline_health.core.outcomes import with_outcome

NOW = T0 + 60 * MINUTE
F, N, REF = Fingerprint("5f2c0d"), Nonce("n0nce"), IssueRef(REPO, 7)
SAID = Comment(key="k", body="b")
FILING = Filing(repo=REPO, number=7, url="u", told="before", closed_at=T0)
FILED = replace(incident(), filing=FILING)
OPEN = OpenIssue(
    fingerprint=F, nonce=N, repo=REPO, title="t", body="b", labels=(), owner=Owner.HUMAN, reason="r"
)
CLOSE = CloseIssue(fingerprint=F, nonce=N, ref=REF, body=None, comment=SAID, reason="r")
CHANGES: dict[str, tuple[Change, Filing]] = {
    "close": (CLOSE, replace(FILING, closed_at=NOW)),
    "close a stray": (replace(CLOSE, ref=IssueRef(REPO, 9)), FILING),
    "update": (UpdateIssue(fingerprint=F, nonce=N, ref=REF, body="b", reason="r"), FILING),
    "queue again": (
        Requeue(fingerprint=F, nonce=N, ref=REF, add=(), remove=(), reason="r"),
        FILING,
    ),
    "call": (
        CommentIssue(fingerprint=F, nonce=N, ref=REF, comment=SAID, reason="r"),
        replace(FILING, called=True),
    ),
    "open again": (
        ReopenIssue(fingerprint=F, nonce=N, ref=REF, body="b", comment=None, reason="r"),
        replace(FILING, closed_at=None),
    ),
    "hand over": (
        HandOver(
            fingerprint=F,
            nonce=N,
            ref=REF,
            body="b",
            add=(),
            remove=(),
            owner=Owner.HUMAN,
            comment=SAID,
            reason="r",
        ),
        replace(FILING, owner=Owner.HUMAN, moves=1),
    ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_what_was_changed_is_noted_in_the_filing(name: str) -> None:
    """And in nothing else; what the issue tells now is noted where it was written anew."""
    change, expected = CHANGES[name]

    plain = with_outcome(FILED, Outcome(change=change, applied=True), now=NOW)
    written = with_outcome(FILED, Outcome(change=change, applied=True, told="after"), now=NOW)

    assert plain == replace(FILED, filing=expected)
    assert written == replace(FILED, filing=replace(expected, told="after"))


@pytest.mark.parametrize("name", CHANGES)
def test_what_was_not_changed_is_not_noted(name: str) -> None:
    """The next cycle finds it as it is, and so does one whose issue is not known."""
    change, _ = CHANGES[name]
    lost = replace(incident(), filing=None)

    assert FILED == with_outcome(FILED, Outcome(change=change, applied=False), now=NOW)
    assert lost == with_outcome(lost, Outcome(change=change, applied=True), now=NOW)


def test_an_incident_that_is_filed_is_open_under_its_number() -> None:
    """Since it was found to be open, where it was found, else since now."""
    pending = replace(incident(), phase=Phase.PENDING)
    made = Outcome(change=OPEN, applied=True, ref=REF, url="u", told="digest")
    filing = Filing(repo=REPO, number=7, url="u", told="digest", owner=Owner.HUMAN, opened_at=NOW)

    found = replace(made, found=True, opened_at=T0)

    filed = replace(pending, phase=Phase.OPEN, filing=filing)
    assert filed == with_outcome(pending, made, now=NOW)
    assert with_outcome(pending, found, now=NOW) == replace(
        filed, filing=replace(filing, opened_at=T0)
    )


@pytest.mark.parametrize(
    "outcome", [Outcome(change=OPEN, applied=False, ref=REF), Outcome(change=OPEN, applied=True)]
)
def test_what_was_not_filed_stays_pending(outcome: Outcome) -> None:
    """Refused, or filed nobody knows where."""
    pending = replace(incident(), phase=Phase.PENDING)

    assert pending == with_outcome(pending, outcome, now=NOW)
