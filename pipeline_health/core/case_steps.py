"""What one incident needs of the tracker now: changes, each with its reason, and why some wait.

A change is planned only for an issue that our own account wrote; what people decided is left as it
is.
"""

from collections.abc import Iterator

from pipeline_health.core import issue_text
from pipeline_health.core.attempts import was_closed_by_a_fix
from pipeline_health.core.beside import reason_to_wait
from pipeline_health.core.calling import calls_of
from pipeline_health.core.convergence import merged_closed, strays_closed
from pipeline_health.core.incidents import proof_of
from pipeline_health.core.labels import label_that_keeps_us_off, labels_of, requeued
from pipeline_health.core.model.case import Case
from pipeline_health.core.model.incident import Filing, Incident, Owner, Phase
from pipeline_health.core.model.issue import Gone, TrackedIssue
from pipeline_health.core.model.plan import (
    Change,
    CloseIssue,
    Comment,
    HandOver,
    OpenIssue,
    ReopenIssue,
    UpdateIssue,
)
from pipeline_health.core.model.readings import Blind, NotAsked
from pipeline_health.core.remedy import is_overdue, remedies_of
from pipeline_health.core.silenced import reason_to_reopen_silenced
from pipeline_health.core.terms import Desk, Terms


def steps_of(case: Case, terms: Terms) -> Iterator[Change | str]:
    """Give the changes that *case* needs, and sentences about what must wait."""
    incident = case.incident
    if incident.filing is None:
        yield from _unfiled(case, terms)
        return
    if isinstance(case.issue, Blind):
        yield f"its issue could not be read ({case.issue.why})"
        return
    if isinstance(case.issue, NotAsked):
        return
    issue = case.issue.value
    if isinstance(issue, Gone):
        if incident.phase in (Phase.OPEN, Phase.RECOVERING):
            yield f"issue {issue.ref.number} is gone; if it is still gone in an hour, that counts"
        return
    if issue.ours:
        yield from _filed(case, incident.filing, issue, terms)
        yield from strays_closed(case, issue)
    else:
        yield f"issue {issue.ref.number} is not provably ours, so it is left alone"


def _unfiled(case: Case, terms: Terms) -> Iterator[Change | str]:
    incident = case.incident
    if incident.phase in (Phase.RESOLVED, Phase.MUTED) or incident.hidden_behind is not None:
        return
    if terms.is_told_elsewhere(incident):  # the issue of many projects says it
        return
    remedies = remedies_of(case, now=terms.now) if terms.rerun else ()
    yield from remedies
    if remedies or not (case.findings or is_overdue(case, now=terms.now)):
        return
    desk, waits = terms.desks.get(incident.repo), reason_to_wait(incident, now=terms.now)
    if waits is not None:
        yield waits
    elif desk is None:
        yield f"{incident.repo} was not seen"
    elif desk.why_not is not None:
        yield desk.why_not
    else:
        yield OpenIssue(
            fingerprint=incident.fingerprint,
            nonce=incident.nonce,
            repo=incident.repo,
            title=incident.title,
            body=_body(case, terms),
            labels=(*terms.routing.base, *labels_of(incident.cause.owner, terms.routing)),
            owner=incident.cause.owner,
            reason=f"{incident.newest.says} No open issue says so yet.",
        )


def _filed(case: Case, filing: Filing, issue: TrackedIssue, terms: Terms) -> Iterator[Change | str]:
    incident = case.incident
    if incident.phase is Phase.MUTED:
        return
    if incident.duplicate_of is not None:
        yield from merged_closed(case, issue)
        return
    if incident.phase is Phase.RESOLVED:
        if issue.open and filing.closed_at is None:
            yield _closing(case, issue, terms)
        return
    if not issue.open:
        reason = reason_to_reopen(case, issue, terms)
        desk = terms.desks.get(issue.ref.repo, Desk(why_not=f"{issue.ref.repo} was not seen"))
        if reason is not None and desk.why_not is not None:
            yield desk.why_not
        elif reason is not None and not _waits_elsewhere(incident, terms):
            yield from _handed(case, filing, issue, terms)
            yield ReopenIssue(
                fingerprint=incident.fingerprint,
                nonce=incident.nonce,
                ref=issue.ref,
                body=_body(case, terms, issue),
                comment=_comment_on_reopening(incident, issue, terms, why=reason),
                reason=reason,
            )
        return
    yield from _open_and_broken(case, filing, issue, terms)


def _waits_elsewhere(incident: Incident, terms: Terms) -> bool:
    """Tell whether what is closed stays so, because another issue says what is broken now."""
    return incident.hidden_behind is not None or terms.is_told_elsewhere(incident)


def _open_and_broken(
    case: Case, filing: Filing, issue: TrackedIssue, terms: Terms
) -> Iterator[Change | str]:
    incident = case.incident
    handed = tuple(_handed(case, filing, issue, terms))
    yield from handed
    if any(isinstance(step, HandOver) for step in handed):
        return
    yield from requeued(incident, issue, terms.routing)
    if label_that_keeps_us_off(issue, terms.routing) is None:
        yield from calls_of(incident, filing, issue, routing=terms.routing)
    if case.project is None:  # its project was not fully seen, so its facts are not all known now
        return
    body = _body(case, terms, issue)
    if issue_text.digest(body) != filing.told:
        yield UpdateIssue(
            fingerprint=incident.fingerprint,
            nonce=incident.nonce,
            ref=issue.ref,
            body=body,
            reason="The facts in it changed.",
        )


def _handed(
    case: Case, filing: Filing, issue: TrackedIssue, terms: Terms
) -> Iterator[HandOver | str]:
    """Give the issue to its owner of today, unless a label forbids us to change labels."""
    if filing.owner is case.incident.cause.owner:
        return
    kept = label_that_keeps_us_off(issue, terms.routing)
    if kept is None:
        yield _hand_over(case.incident, issue, _body(case, terms, issue), terms)
    else:
        yield f"its labels are left alone while it has {kept}"


def reason_to_reopen(case: Case, issue: TrackedIssue, terms: Terms) -> str | None:
    """Say why a closed issue must be open again, or None while nothing proves it."""
    if not case.findings:
        agents = frozenset(terms.routing.agent_logins)
        return reason_to_reopen_silenced(case.incident, issue, agents)
    since = max(found.finding.since for found in case.findings)
    filing, closed_at = case.incident.filing, issue.closed_at
    if filing is not None and filing.closed_at is not None:
        return "The same failure is back after it was proved to be over."
    if closed_at is None or since >= closed_at:  # both are told to the second
        return "It failed again after this issue was closed."
    if terms.now - closed_at >= terms.sla and not case.in_flight:
        return "It was closed, but it is still broken and nothing is under way that could mend it."
    return None


def _comment_on_reopening(
    incident: Incident, issue: TrackedIssue, terms: Terms, *, why: str
) -> Comment | None:
    """Give what to say, nothing of one more fix by an agent once a person has the issue."""
    agents = frozenset(terms.routing.agent_logins)
    if incident.cause.owner is Owner.HUMAN and was_closed_by_a_fix(issue, agents):
        return None
    return Comment(
        key=f"reopened {incident.nonce} {incident.failed_at:%Y%m%dT%H%M%SZ}",
        body=issue_text.reopened(incident, why=why),
    )


def _closing(case: Case, issue: TrackedIssue, terms: Terms) -> CloseIssue:
    incident = case.incident
    proof = proof_of(incident)
    assert proof is not None, "a resolved incident has a proof for every ailment"  # noqa: S101
    return CloseIssue(
        fingerprint=incident.fingerprint,
        nonce=incident.nonce,
        ref=issue.ref,
        body=_body(case, terms, issue),
        comment=Comment(
            key=f"closed {incident.nonce} {proof.at:%Y%m%dT%H%M%SZ}",
            body=issue_text.closing(incident, proof=proof),
        ),
        reason=proof.says,
    )


def _hand_over(incident: Incident, issue: TrackedIssue, body: str, terms: Terms) -> HandOver:
    new = incident.cause.owner
    old = Owner.HUMAN if new is Owner.AGENT else Owner.AGENT
    return HandOver(
        fingerprint=incident.fingerprint,
        nonce=incident.nonce,
        ref=issue.ref,
        body=body,
        add=labels_of(new, terms.routing),
        remove=tuple(
            label
            for label in (*labels_of(old, terms.routing), *terms.routing.agent_over)
            if label in issue.labels
        ),
        owner=new,
        comment=Comment(
            key=f"owner {incident.nonce} {new} {incident.attempts}",
            body=issue_text.handed_over(incident),
        ),
        reason=f"{incident.escalated or incident.cause.why} That is for the {new}.",
    )


def _body(case: Case, terms: Terms, issue: TrackedIssue | None = None) -> str:
    return issue_text.body(
        case.incident,
        routing=terms.routing,
        evidence_shown=case.shows,
        notes="" if issue is None else issue_text.notes_of(issue.body),
        project=case.project,
    )
