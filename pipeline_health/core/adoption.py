"""From an issue of ours back to its incident: what makes a lost ledger cost nothing but comfort."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from pipeline_health.core.issue_text import digest
from pipeline_health.core.model.findings import Kind, Symptom
from pipeline_health.core.model.ids import ProjectName
from pipeline_health.core.model.incident import (
    Ailment,
    Cause,
    CauseClass,
    Filing,
    Incident,
    Owner,
    Phase,
)
from pipeline_health.core.model.issue import Marker, TrackedIssue
from pipeline_health.core.model.questions import LinkTrace

HANDED_OVER = "It was handed to a person before; why is lost with the ledger."
_FOR_PEOPLE = frozenset(
    {
        Kind.SCHEDULED_WORKFLOW_RED,
        Kind.STAGING_DEPLOY_STUCK,
        Kind.SOURCE_BLIND,
        Kind.CREDENTIAL_SHARED,
        Kind.ENV_FILE_COMMITTED,
    }
)
"""What may be a person's without any credential: the owner does not tell the class."""


def is_worth_adopting(issue: TrackedIssue, *, reopen_within: timedelta, now: datetime) -> bool:
    """Tell whether *issue* still counts: open, or closed so lately that it would be reopened.

    One whose marker had no room for any symptom is found when its failure is to be filed again.
    """
    if issue.marker is None or not issue.marker.symptoms:
        return False
    return issue.open or (issue.closed_at is not None and now - issue.closed_at <= reopen_within)


def adopted(issue: TrackedIssue, marker: Marker, *, project: ProjectName) -> Incident:
    """Give the incident that *issue* was filed for, as far as its marker tells.

    Nothing in it counts as healed: a proof will say so, if it is over.
    """
    cause = _cause(marker)
    handed = cause.owner is Owner.HUMAN and cause.of.owner is Owner.AGENT
    return Incident(
        fingerprint=marker.fingerprint,
        nonce=marker.nonce,
        kind=marker.kind,
        project=project,
        repo=issue.ref.repo,
        scope=marker.symptoms[0].scope,
        phase=Phase.OPEN,
        cause=cause,
        first_seen=marker.first_seen,
        first_failed_at=min(marker.first_seen, marker.failed_at),
        ailments=tuple(_ailments(issue, marker)),
        title=issue.title,
        attempts=marker.attempts,
        counted_until=marker.failed_at,  # what ended before that failure is among the attempts
        escalated=HANDED_OVER if handed and marker.kind not in _FOR_PEOPLE else "",
        filing=filing_of(issue, owner=marker.owner),
    )


def _cause(marker: Marker) -> Cause:
    credential = marker.cause is None and marker.kind is Kind.CREDENTIAL_REJECTED
    return Cause(
        of=CauseClass.CREDENTIAL if credential else marker.cause or CauseClass.UNKNOWN,
        key="",
        owner=marker.owner,
        why="Its issue says so; what else was known of it is lost.",
    )


def _ailments(issue: TrackedIssue, marker: Marker) -> Iterator[Ailment]:
    for symptom, jobs in marker.failures:
        yield Ailment(
            symptom=symptom,
            failed_at=marker.failed_at,
            commit=marker.commit,
            trace=LinkTrace(url=issue.url),
            says=f"{issue.title}.",
            jobs=jobs,
        )


def caught_up(
    incident: Incident, issue: TrackedIssue, marker: Marker, *, elsewhere: Collection[Symptom]
) -> Incident:
    """Give *incident* as its issue tells it, where the ledger is the older of the two: a copy.

    What failed since then is not over by a proof of before; which of several symptoms it was,
    nobody knows any more. *elsewhere* are the symptoms of other incidents.
    """
    if marker.failed_at <= incident.failed_at:
        return incident
    told = dict(marker.failures)
    known = {ailment.symptom for ailment in incident.ailments}
    lost = (each for each in _ailments(issue, marker) if each.symptom not in {*known, *elsewhere})
    grown = replace(
        incident,
        attempts=max(incident.attempts, marker.attempts),
        ailments=(*(_failed_since(each, marker, told) for each in incident.ailments), *lost),
    )
    if grown.phase is not Phase.RESOLVED or grown.duplicate_of is not None or not grown.broken:
        return grown
    return replace(grown, phase=Phase.OPEN, resolved_at=None, counted_until=incident.resolved_at)


def _failed_since(
    ailment: Ailment, marker: Marker, told: Mapping[Symptom, tuple[str, ...]]
) -> Ailment:
    if ailment.symptom not in told:
        return ailment
    over = ailment.healed is not None and ailment.healed.at > marker.failed_at
    return replace(
        ailment,
        failed_at=max(ailment.failed_at, marker.failed_at),
        commit=marker.commit,
        jobs=tuple(dict.fromkeys((*ailment.jobs, *told[ailment.symptom]))),
        healed=ailment.healed if over else None,
    )


def found_again(incident: Incident, issue: TrackedIssue, marker: Marker) -> Incident:
    """Give *incident* with the issue that was filed for it: its answer was lost, or it moved."""
    if incident.filing is None:
        return replace(incident, filing=filing_of(issue, owner=marker.owner))
    return replace(
        incident,
        repo=issue.ref.repo,
        filing=replace(incident.filing, repo=issue.ref.repo, url=issue.url),
    )


def opened_again(incident: Incident, *, at: datetime) -> Incident:
    """Give *incident*, alive again if it was over: somebody opened its issue *at* that time.

    Who does so knows better than the proof that closed it: only a newer one closes it again.
    """
    if incident.phase is not Phase.RESOLVED or incident.filing is None:
        return incident
    return replace(
        incident,
        phase=Phase.OPEN,
        resolved_at=None,
        duplicate_of=None,
        moved_at=at,
        counted_until=incident.resolved_at,  # what was tried before it was over did work
        filing=replace(incident.filing, closed_at=None),
        ailments=tuple(
            replace(ailment, failed_at=max(at, ailment.failed_at), healed=None)
            for ailment in incident.ailments
        ),
    )


def moved_to(incident: Incident, issue: TrackedIssue, marker: Marker) -> Incident:
    """Give *incident* filed under another issue of the same fingerprint: the older one stays."""
    return replace(incident, filing=filing_of(issue, owner=marker.owner))


def filing_of(issue: TrackedIssue, *, owner: Owner) -> Filing:
    """Give the filing of an issue that was found rather than opened."""
    return Filing(
        repo=issue.ref.repo,
        number=issue.ref.number,
        url=issue.url,
        told=digest(issue.body),
        owner=owner,
        nonce=None if issue.marker is None else issue.marker.nonce,
        opened_at=issue.created_at,
    )
