"""From an issue of ours back to its portfolio incident: what makes a lost ledger cost nothing here.

What its marker tells of is put to the rules again as a failure of before, so that only a proof ends
it, as it ended every other.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from pipeline_health.agent.look import Look
from pipeline_health.core.issue_text import digest
from pipeline_health.core.issue_text.parent_marker import (
    MemberMark,
    ParentMarker,
    read_parent_marker,
)
from pipeline_health.core.model.case import Diagnosed
from pipeline_health.core.model.findings import Finding, Symptom
from pipeline_health.core.model.ids import Fingerprint
from pipeline_health.core.model.incident import Cause, CauseClass, Filing, Incident, Owner, Phase
from pipeline_health.core.model.issue import TrackedIssue
from pipeline_health.core.model.parent import Parent
from pipeline_health.core.model.questions import LinkTrace
from pipeline_health.core.observe import blind_parts
from pipeline_health.core.parent_life import by_identity, member_of
from pipeline_health.frozen import dataclass

_WHY = "Its issue says so; what else was known of it is lost."


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """An open issue of ours that no portfolio incident of the ledger knows: its ledger was lost.

    *failures* are what its marker tells of, as findings of before.
    """

    issue: TrackedIssue
    marker: ParentMarker
    failures: tuple[Diagnosed, ...]


def strangers(
    listed: Sequence[TrackedIssue], known: Collection[Fingerprint], *, over: Collection[int] = ()
) -> Iterator[tuple[TrackedIssue, ParentMarker]]:
    """Give the oldest open issue of each parent that the ledger does not know to live.

    One of *over* that names something was opened again by us, and the ledger is older than that;
    one that names nothing any more was opened again by a person, who has it.
    """
    taken = set(known)
    for issue in sorted(listed, key=lambda each: each.ref.number):
        marker = read_parent_marker(issue.body)
        if not issue.open or not issue.ours or marker is None or marker.fingerprint in taken:
            continue
        if marker.members or issue.ref.number not in over:
            taken.add(marker.fingerprint)
            yield issue, marker


def over_of(parents: Iterable[Parent]) -> frozenset[int]:
    """Give the numbers of the issues whose portfolio incidents are over."""
    return frozenset(
        parent.filing.number
        for parent in parents
        if parent.filing is not None and parent.phase is Phase.RESOLVED
    )


def not_outlived(
    found: Collection[tuple[TrackedIssue, ParentMarker]], parents: Iterable[Parent]
) -> Iterator[Parent]:
    """Give *parents* but for those of whose issues more was *found* than they know of.

    One that was not filed yet, and is over since, knows of none: it has its identity alone.
    """
    told = {issue.ref.number for issue, _ in found}
    same = {(marker.fingerprint, marker.nonce) for _, marker in found}
    for parent in parents:
        number = None if parent.filing is None else parent.filing.number
        if number not in told and (parent.fingerprint, parent.nonce) not in same:
            yield parent


def is_hidden(marker: ParentMarker, look: Look) -> bool:
    """Tell whether a project of which *marker* tells could not be seen."""
    views = (look.view(mark.project) for mark in marker.members)
    return any(view is not None and any(blind_parts(view)) for view in views)


def found_by(issue: TrackedIssue, marker: ParentMarker, look: Look) -> Found:
    """Give what *marker* tells of, as failures of before."""
    failures = (each for mark in marker.members for each in _failures(mark, marker, issue, look))
    return Found(issue=issue, marker=marker, failures=tuple(failures))


def _failures(
    mark: MemberMark, marker: ParentMarker, issue: TrackedIssue, look: Look
) -> Iterator[Diagnosed]:
    """Give what *mark* tells as a failure of before, where the look shows the thing at all."""
    for symptom in dict.fromkeys(told.symptom for told in look.observations.get(mark.project, ())):
        if symptom.kind is mark.kind and symptom.subject == mark.subject:
            yield Diagnosed(
                finding=_finding(symptom, mark, marker, issue), cause=_cause(marker), evidence=None
            )


def _finding(
    symptom: Symptom, mark: MemberMark, marker: ParentMarker, issue: TrackedIssue
) -> Finding:
    return Finding(
        symptom=symptom,
        project=mark.project,
        since=marker.first_seen,
        commit=None,
        trace=LinkTrace(url=issue.url),
        says=f"{issue.title}.",
    )


def _cause(marker: ParentMarker) -> Cause:
    of = marker.cause or CauseClass.UNKNOWN
    return Cause(of=of, key=marker.key, owner=of.owner, why=_WHY)


def seen_before(
    incident: Incident,
    findings: Iterable[Diagnosed],
    restored: Collection[Diagnosed],
    *,
    now: datetime,
) -> Incident:
    """Give *incident* as seen when an issue for many projects says so, where that alone tells it.

    The issue that it gets says it, too, so that the next lost ledger does not take it for new.
    """
    if incident.first_seen < now:
        return incident
    told = (each.finding.since for each in findings if each in restored)
    return replace(incident, first_seen=min((*told, now)))


def adopted(found: Found, incidents: Sequence[Incident]) -> Parent:
    """Give the parent that an issue was filed for, with the incidents that it told of."""
    issue, marker = found.issue, found.marker
    told = {failure.finding.symptom for failure in found.failures}
    members = (
        replace(member_of(incident), named_at=issue.created_at)
        for incident in by_identity(incidents).values()
        if any(ailment.symptom in told for ailment in incident.ailments)
    )
    return Parent(
        fingerprint=marker.fingerprint,
        nonce=marker.nonce,
        repo=issue.ref.repo,
        title=issue.title,
        cause=None if marker.cause is None else replace(_cause(marker), owner=Owner.HUMAN),
        phase=Phase.OPEN,
        first_seen=marker.first_seen,
        members=tuple(members),
        filing=filing_of(issue),
    )


def filing_of(issue: TrackedIssue) -> Filing:
    """Give where a parent is filed whose issue was found rather than opened."""
    return Filing(
        repo=issue.ref.repo,
        number=issue.ref.number,
        url=issue.url,
        told=digest(issue.body),
        owner=Owner.HUMAN,
        opened_at=issue.created_at,
    )
