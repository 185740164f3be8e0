"""What the changes of a plan came to, noted in the incidents that they were for."""

from dataclasses import replace
from datetime import datetime
from typing import TypeAlias, assert_never

from pipeline_health.core.model.incident import Filing, Incident, Phase
from pipeline_health.core.model.plan import (
    CloseIssue,
    CommentIssue,
    HandOver,
    OpenIssue,
    Outcome,
    ReopenIssue,
    Requeue,
    RerunJobs,
    UpdateIssue,
)
from pipeline_health.core.remedy import with_remedy

_OfAnIssue: TypeAlias = UpdateIssue | CommentIssue | CloseIssue | ReopenIssue | HandOver | Requeue


def with_outcome(incident: Incident, outcome: Outcome, *, now: datetime) -> Incident:
    """Give *incident* with what one change of the plan came to."""
    change = outcome.change
    if isinstance(change, RerunJobs):
        return with_remedy(incident, change, sent=outcome.applied, now=now)
    if not outcome.applied:
        return incident
    if isinstance(change, OpenIssue):
        return _filed(incident, change, outcome, now=now)
    if incident.filing is None:
        return incident
    filing = replace(incident.filing, told=outcome.told or incident.filing.told)
    return replace(incident, filing=_changed(filing, change, now=now))


def _changed(filing: Filing, change: _OfAnIssue, *, now: datetime) -> Filing:
    match change:
        case CloseIssue(ref=ref) if ref.number == filing.number:
            return replace(filing, closed_at=now)
        case UpdateIssue() | Requeue() | CloseIssue():  # a stray of the fingerprint was closed
            return filing
        case CommentIssue():
            return replace(filing, called=True)
        case ReopenIssue():
            return replace(filing, closed_at=None)
        case HandOver():
            return replace(filing, owner=change.owner, moves=filing.moves + 1)
        case _:
            assert_never(change)


def _filed(incident: Incident, change: OpenIssue, outcome: Outcome, *, now: datetime) -> Incident:
    if outcome.ref is None:
        return incident
    return replace(
        incident,
        phase=Phase.OPEN,
        filing=Filing(
            repo=outcome.ref.repo,
            number=outcome.ref.number,
            url=outcome.url,
            told=outcome.told,
            owner=change.owner,
            opened_at=outcome.opened_at or now,
        ),
    )
