"""Keep what a cycle did: the incidents as they are now, the trail, and nothing in the journal."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from pipeline_health.core.model.case import Case
from pipeline_health.core.model.ids import Nonce
from pipeline_health.core.model.incident import Incident
from pipeline_health.core.model.journal import Intent, TrailLine
from pipeline_health.core.model.parent import Parent
from pipeline_health.core.model.plan import Change, OpenIssue, Outcome, RerunJobs
from pipeline_health.core.outcomes import with_outcome
from pipeline_health.frozen import dataclass
from pipeline_health.ports import Lease, Ledger


def settled_by(
    outcomes: Iterable[Outcome], cases: Sequence[Case], *, now: datetime
) -> tuple[Case, ...]:
    """Give *cases*, in their order, with what became of the changes to their incidents."""
    incidents = {case.incident.nonce: case.incident for case in cases}
    for outcome in outcomes:
        nonce = outcome.change.nonce
        if nonce in incidents:  # else it is an orphan's
            incidents[nonce] = with_outcome(incidents[nonce], outcome, now=now)
    return tuple(replace(case, incident=incidents[case.incident.nonce]) for case in cases)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What is to be kept: incidents, and those of the whole portfolio."""

    incidents: Sequence[Incident]
    parents: Sequence[Parent] = ()


def record(
    ledger: Ledger,
    kept: Kept,
    outcomes: Sequence[Outcome],
    *,
    before: Collection[Incident | Parent],
    lease: Lease,
    now: datetime,
) -> None:
    """Save what was not so *before*, settle what that makes good, and tell why: all at once.

    A run that died after its request, or before it settled, left an intent that no outcome of ours
    makes good: its issue was found by its marker.
    """
    incidents = [incident for incident in kept.incidents if incident not in before]
    parents = [parent for parent in kept.parents if parent not in before]
    filed = {nonce for incident in kept.incidents for nonce in _filed_under(incident)}
    filed |= {nonce for parent in kept.parents for nonce in _filed_under(parent)}
    settled = [
        intent.key
        for intent in ledger.intents()
        if intent.key in filed or any(_is_settled(intent, outcome) for outcome in outcomes)
    ]
    noted = [
        (outcome.change.fingerprint, TrailLine(at=now, says=_told_of(outcome.change)))
        for outcome in outcomes
        if outcome.applied
    ]
    ledger.save(incidents, parents, lease=lease, settled=settled, noted=noted)


def _told_of(change: Change) -> str:
    return f"{type(change).__name__}: {change.reason}"


def _filed_under(incident: Incident | Parent) -> tuple[Nonce, ...]:
    """Give the nonces under which *incident* is known to be filed: its own, and its issue's."""
    if incident.filing is None:
        return ()
    return tuple(filter(None, (incident.nonce, incident.filing.nonce)))


def _is_settled(intent: Intent, outcome: Outcome) -> bool:
    """Tell whether *outcome*, which was saved, is what became of *intent*."""
    match outcome.change:
        case OpenIssue(fingerprint=fingerprint):
            return intent.of == "issue" and intent.fingerprint == fingerprint and outcome.applied
        case RerunJobs(key=key):
            return intent.key == key
        case _:
            return False
