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
    filing = filing_after(incident.filing, outcome, now=now)
    opened = isinstance(change, OpenIssue) and filing is not incident.filing
    return replace(incident, filing=filing, phase=Phase.OPEN if opened else incident.phase)


def filing_after(filing: Filing | None, outcome: Outcome, *, now: datetime) -> Filing | None:
    """Give where an incident is filed once *outcome*, which was applied, has happened."""
    change = outcome.change
    if isinstance(change, OpenIssue):
        return _opened(filing, change, outcome, now=now)
    if filing is None or isinstance(change, RerunJobs):
        return filing
    return _changed(replace(filing, told=outcome.told or filing.told), change, now=now)


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


def _opened(
    filing: Filing | None, change: OpenIssue, outcome: Outcome, *, now: datetime
) -> Filing | None:
    if outcome.ref is None:
        return filing
    return Filing(
        repo=outcome.ref.repo,
        number=outcome.ref.number,
        url=outcome.url,
        told=outcome.told,
        owner=change.owner,
        opened_at=outcome.opened_at or now,
    )
