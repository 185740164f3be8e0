"""Beside an older monitor: what it filed already is linked and waited for, and not doubled.

An older monitor is a trusted account that is not ours and that signs as the portfolio's crons do.
It is looked for only when something is about to be filed.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from pipeline_health.core.model.case import Case
from pipeline_health.core.model.findings import Kind
from pipeline_health.core.model.ids import RepoName
from pipeline_health.core.model.incident import Incident
from pipeline_health.core.model.issue import OtherIssue
from pipeline_health.core.model.plan import OpenIssue, Plan

WAITS = timedelta(minutes=30)
_SHARED = ("Main CI red: ", "Prod deploy ", "Deploy down: ")
"""How the titles begin that the portfolio's crons have in common."""
_OF_EVERY_SERVICE = (("Prod deploy failed: ", "Prod deploy failed on "),)
"""Beginnings of ours that name a service, and of those that name none, for the same failure."""


def repos_in_question(cases: Sequence[Case], plan: Plan) -> frozenset[RepoName]:
    """Name the repositories whose open issues matter: something is to be filed, or waits there."""
    waiting = {case.incident.repo for case in cases if _waits(case)}
    opening = {change.repo for change in plan.changes if isinstance(change, OpenIssue)}
    return frozenset(waiting | opening)


def with_others(
    cases: Sequence[Case],
    others: Mapping[RepoName, Sequence[OtherIssue] | None],
    *,
    signature: str,
) -> tuple[Case, ...]:
    """Give *cases*, each that is not filed yet beside the oldest issue that says the same.

    Where the issues could not be listed (None), each stays beside what it was beside before.
    """
    return tuple(
        case
        if case.incident.filing is not None or (listed := others.get(case.incident.repo)) is None
        else replace(case, incident=_beside(case.incident, listed, signature))
        for case in cases
    )


def reason_to_wait(incident: Incident, *, now: datetime) -> str | None:
    """Say why *incident* is not filed yet although nothing else is in the way, or None."""
    if incident.beside is None or now - incident.first_seen >= WAITS:
        return None
    until = incident.first_seen + WAITS
    return (
        f"issue {incident.beside} of another monitor says so already; ours waits until "
        f"{until:%H:%M} UTC"
    )


def _waits(case: Case) -> bool:
    return case.incident.filing is None and case.incident.beside is not None and bool(case.findings)


def _beside(incident: Incident, others: Sequence[OtherIssue], signature: str) -> Incident:
    stems = tuple(_stems(incident))
    same = (
        other.number
        for other in others
        if signature in other.body and any(_is_about(other.title, stem) for stem in stems)
    )
    return replace(incident, beside=min(same, default=None))


def _stems(incident: Incident) -> Iterator[str]:
    """Give the titles, without the project, under which a cron would tell of *incident*."""
    own = incident.title.removesuffix(f" ({incident.project})")
    if own.startswith(_SHARED):
        yield own
    for ailment in incident.broken:
        if ailment.symptom.kind is Kind.MAIN_CI_RED:
            yield f"Main CI red: {ailment.symptom.subject.name}"


def _is_about(title: str, stem: str) -> bool:
    if title == stem or title.startswith(f"{stem} ("):
        return True
    return any(
        stem.startswith(ours) and title.startswith(theirs) for ours, theirs in _OF_EVERY_SERVICE
    )
