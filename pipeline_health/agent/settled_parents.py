"""What became of the portfolio incidents of a cycle: what was told of, and what is forgotten."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from pipeline_health.core.issue_text import digest
from pipeline_health.core.model.incident import Phase
from pipeline_health.core.model.parent import Parent
from pipeline_health.core.model.plan import OpenIssue, Outcome, ReopenIssue, UpdateIssue
from pipeline_health.core.outcomes import filing_after
from pipeline_health.core.parent_life import ended


def settled_parents(
    outcomes: Iterable[Outcome], parents: Sequence[Parent], *, now: datetime
) -> tuple[Parent, ...]:
    """Give *parents* with what became of the changes to their issues."""
    kept = {(parent.fingerprint, parent.nonce): parent for parent in parents}
    for outcome in outcomes:
        identity = (outcome.change.fingerprint, outcome.change.nonce)
        if identity in kept:
            kept[identity] = _with_outcome(kept[identity], outcome, now=now)
    return tuple(kept.values())


def forgotten(
    kept: Iterable[Parent], parents: Iterable[Parent], *, now: datetime
) -> tuple[Parent, ...]:
    """Give those of *kept* that are none of *parents* any more: nobody was told of them."""
    known = {(parent.fingerprint, parent.nonce) for parent in parents}
    return tuple(
        ended(parent, now=now)
        for parent in kept
        if (parent.fingerprint, parent.nonce) not in known and parent.phase is not Phase.RESOLVED
    )


def _with_outcome(parent: Parent, outcome: Outcome, *, now: datetime) -> Parent:
    if not outcome.applied:
        opens = isinstance(outcome.change, OpenIssue)
        return replace(parent, tried=parent.tried + 1) if opens else parent
    filing = filing_after(parent.filing, outcome, now=now)
    told = _is_told(outcome)
    phase = Phase.OPEN if parent.phase is Phase.PENDING and filing is not None else parent.phase
    return replace(
        parent,
        filing=filing,
        phase=phase,
        members=tuple(
            replace(member, named_at=member.named_at or now) if told and member.goes_on else member
            for member in parent.members
        ),
    )


def _is_told(outcome: Outcome) -> bool:
    """Tell whether the issue says now what was planned; one that was found may say less."""
    change = outcome.change
    if not isinstance(change, OpenIssue | UpdateIssue | ReopenIssue):
        return False
    return not outcome.found or outcome.told == digest(change.body)
