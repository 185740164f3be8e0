"""What a portfolio incident needs of the tracker now: changes, each with its reason."""

from collections.abc import Iterator

from pipeline_health.core import issue_text
from pipeline_health.core.issue_text import parents as words
from pipeline_health.core.model.case import Case
from pipeline_health.core.model.incident import Filing, Owner, Phase
from pipeline_health.core.model.issue import Gone, TrackedIssue
from pipeline_health.core.model.parent import Parent, ParentCase
from pipeline_health.core.model.plan import (
    Change,
    CloseIssue,
    Comment,
    CommentIssue,
    OpenIssue,
    ReopenIssue,
    UpdateIssue,
)
from pipeline_health.core.model.readings import Blind, NotAsked
from pipeline_health.core.parent_life import JOINS, MANY
from pipeline_health.core.terms import Terms


def parent_steps(
    case: ParentCase, terms: Terms, *, specimen: Case | None
) -> Iterator[Change | str]:
    """Give the changes that the parent of *case* needs, and sentences about what must wait.

    *specimen* is the member whose steps and evidence its issue shows.
    """
    parent = case.parent
    if parent.filing is None:
        yield from _unfiled(parent, terms, specimen)
        return
    if isinstance(case.issue, Blind):
        yield f"its issue could not be read ({case.issue.why})"
        return
    if isinstance(case.issue, NotAsked) or isinstance(case.issue.value, Gone):
        return
    issue = case.issue.value
    if not issue.ours:
        yield f"issue {issue.ref.number} is not provably ours, so it is left alone"
        return
    steps: tuple[Change, ...] = tuple(_filed(parent, parent.filing, issue, terms, specimen))
    if issue.open or any(isinstance(step, ReopenIssue) for step in steps):
        steps = (*steps, *_strays(case, issue))
    desk = terms.portfolio.desk
    if steps and desk is not None and desk.why_not is not None:
        yield desk.why_not
    else:
        yield from steps


def _unfiled(parent: Parent, terms: Terms, specimen: Case | None) -> Iterator[Change | str]:
    desk = terms.portfolio.desk
    if parent.repo is None or parent.phase is not Phase.PENDING or desk is None:
        return
    if desk.why_not is not None:
        yield desk.why_not
        return
    projects = words.projects_of(parent.going_on)
    yield OpenIssue(
        fingerprint=parent.fingerprint,
        nonce=parent.nonce,
        repo=parent.repo,
        title=parent.title,
        body=words.parent_body(parent, routing=terms.routing, specimen=specimen),
        labels=(*terms.routing.base, *terms.routing.human),
        owner=Owner.HUMAN,
        reason=f"{len(projects)} projects are told of in one issue: {parent.title}.",
    )


def _filed(
    parent: Parent, filing: Filing, issue: TrackedIssue, terms: Terms, specimen: Case | None
) -> Iterator[Change]:
    if parent.phase is Phase.MUTED:
        return
    notes = issue_text.notes_of(issue.body)
    body = words.parent_body(parent, routing=terms.routing, specimen=specimen, notes=notes)
    if parent.phase is Phase.RESOLVED:
        if issue.open and filing.closed_at is None:
            yield _closing(parent, issue, body)
        return
    if not issue.open:
        why = _reason_to_reopen(parent, filing, issue, terms)
        if why is not None:
            yield _reopening(parent, issue, body, why=why)
        return
    yield from _more(parent, issue, terms)
    if issue_text.digest(body) != filing.told:
        yield UpdateIssue(
            fingerprint=parent.fingerprint,
            nonce=parent.nonce,
            ref=issue.ref,
            body=body,
            reason="The facts in it changed.",
        )


def _more(parent: Parent, issue: TrackedIssue, terms: Terms) -> Iterator[CommentIssue]:
    """Say it when many fail for the same reason long after the others: who reads, read of those."""
    new = [member for member in parent.going_on if member.named_at is None]
    named = [member.named_at for member in parent.members if member.named_at is not None]
    long_ago = bool(named) and terms.now - max(named) > JOINS
    if not long_ago or len(words.projects_of(new)) < MANY:
        return
    newest = max(member.since for member in new)
    yield CommentIssue(
        fingerprint=parent.fingerprint,
        nonce=parent.nonce,
        ref=issue.ref,
        comment=Comment(
            key=f"more {parent.nonce} {newest:%Y%m%dT%H%M%SZ}", body=words.parent_grown(new)
        ),
        reason="Many more fail for the same reason, long after the first ones.",
    )


def _closing(parent: Parent, issue: TrackedIssue, body: str) -> CloseIssue:
    return CloseIssue(
        fingerprint=parent.fingerprint,
        nonce=parent.nonce,
        ref=issue.ref,
        body=body,
        comment=Comment(
            key=f"closed {parent.nonce} {parent.resolved_at:%Y%m%dT%H%M%SZ}",
            body=words.parent_closing(parent),
        ),
        reason="Nothing of it goes on any more.",
    )


def _reopening(parent: Parent, issue: TrackedIssue, body: str, *, why: str) -> ReopenIssue:
    newest = max(member.since for member in parent.members)
    return ReopenIssue(
        fingerprint=parent.fingerprint,
        nonce=parent.nonce,
        ref=issue.ref,
        body=body,
        comment=Comment(
            key=f"reopened {parent.nonce} {newest:%Y%m%dT%H%M%SZ}",
            body=words.parent_reopened(parent, why=why),
        ),
        reason=why,
    )


def _reason_to_reopen(
    parent: Parent, filing: Filing, issue: TrackedIssue, terms: Terms
) -> str | None:
    """Say why a closed issue must be open again, or None while nothing proves it."""
    if not parent.going_on:
        return None
    closed_at = issue.closed_at
    if filing.closed_at is not None:
        return "The same is back after it was over."
    if closed_at is None or max(member.since for member in parent.going_on) >= closed_at:
        return "More of it failed after this issue was closed."
    if terms.now - closed_at >= terms.sla:
        return "It was closed, but it is still broken."
    return None


def _strays(case: ParentCase, issue: TrackedIssue) -> Iterator[CloseIssue]:
    """Close every younger issue of the same parent: another host filed it, too.

    Not so while its own issue is closed: what a person muted says nothing of what came after it.
    """
    parent = case.parent
    for stray in case.strays:
        if not stray.open or not stray.ours or stray.ref.number <= issue.ref.number:
            continue
        yield CloseIssue(
            fingerprint=parent.fingerprint,
            nonce=parent.nonce,
            ref=stray.ref,
            body=None,
            comment=Comment(
                key=f"duplicate {parent.nonce} {stray.ref.number}",
                body=issue_text.duplicate(of=issue.ref.number),
            ),
            reason=f"Issue {issue.ref.number} tells of the same and is older.",
            duplicate_of=issue.ref.number,
        )
