"""Create exactly once: note the intent, look for what is there, send one request, never again.

An answer that was lost leaves the intent behind. Later cycles look for the marker, by list and by
the numbers after the highest one known, and only when it was not found for `SETTLING` is the
request made anew: lists were measured to lag by seconds to minutes, and GitHub ends a request
after 10 seconds.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from pipeline_health.core.belonging import are_about_one_thing
from pipeline_health.core.issue_text import comment_key, digest, identity_of, posted, read_marker
from pipeline_health.core.model.ids import Fingerprint, RepoName
from pipeline_health.core.model.issue import IssueRef, TrackedIssue
from pipeline_health.core.model.journal import Intent
from pipeline_health.core.model.plan import Comment, OpenIssue, Outcome
from pipeline_health.ports import Lease, Ledger, Tracker, TrackerError

SETTLING = timedelta(minutes=10)


class Filer:
    """Files issues and comments for one cycle, under its lease."""

    def __init__(self, *, tracker: Tracker, ledger: Ledger, lease: Lease, now: datetime) -> None:
        self._tracker = tracker
        self._ledger = ledger
        self._lease = lease
        self._now = now

    def open_issue(self, change: OpenIssue) -> Outcome:
        """File the issue of *change*, or find the one that is there already.

        The intent stays: whoever has saved the number settles it, so that no crash loses both.
        """
        for intent in self._intents(change):
            found = self._filed_under(intent, change)
            if found is not None:
                return _found(change, found)
            left = self._left(intent)
            if left > timedelta(0):
                minutes = -(-left // timedelta(minutes=1))
                why = f"GitHub lost its answer to an earlier try; {minutes} min more to look for it"
                return Outcome(change=change, applied=False, why=why)
            self._ledger.settle(intent.key)
        intent = self._intend(change)
        # By number too: what was filed minutes ago is in no list yet, and perhaps in no ledger.
        unlisted = self._tracker.after(change.repo, intent.highest)
        found = self._listed(change) or _first_of(unlisted, change)
        if found is not None:
            return _found(change, found)
        told = _told_in(unlisted, change.body)
        if told is not None:
            self._ledger.settle(intent.key)
            return Outcome(change=change, applied=False, why=told)
        return self._create(change, intent)

    def told_unlisted(self, repo: RepoName, body: str) -> str | None:
        """Say which open issue of ours tells of what *body* tells of, and is in no list yet.

        Perhaps no ledger knows it either. It is taken up as soon as a list shows it.
        """
        return _told_in(self._tracker.after(repo, self._tracker.highest(repo)), body)

    def comment(self, ref: IssueRef, comment: Comment, fingerprint: Fingerprint) -> None:
        """Make *comment* unless it is there; raises TrackerError when that is not certain."""
        if comment.key in map(comment_key, self._tracker.comments(ref)):
            self._ledger.settle(comment.key)
            return
        earlier = next((i for i in self._ledger.intents() if i.key == comment.key), None)
        if earlier is not None and self._left(earlier) > timedelta(0):
            msg = f"GitHub lost its answer to an earlier comment on {ref.repo}#{ref.number}"
            raise TrackerError(msg, retryable=True)
        intent = Intent(
            key=comment.key, of="comment", fingerprint=fingerprint, repo=ref.repo, at=self._now
        )
        self._ledger.intend(intent, lease=self._lease)
        self._send_comment(ref, comment)
        self._ledger.settle(comment.key)

    def _send_comment(self, ref: IssueRef, comment: Comment) -> None:
        try:
            self._tracker.comment(ref, body=posted(comment))
        except TrackerError as exc:
            if not exc.unknown:
                self._ledger.settle(comment.key)
            raise

    def _intents(self, change: OpenIssue) -> tuple[Intent, ...]:
        return tuple(
            intent
            for intent in self._ledger.intents()
            if intent.of == "issue" and intent.fingerprint == change.fingerprint
        )

    def _left(self, intent: Intent) -> timedelta:
        """Tell how long its answer may be on its way; a clock that was set back begins anew."""
        if intent.at <= self._now:
            return SETTLING - (self._now - intent.at)
        self._ledger.intend(replace(intent, at=self._now), lease=self._lease)
        return SETTLING

    def _intend(self, change: OpenIssue) -> Intent:
        intent = Intent(
            key=change.nonce,
            of="issue",
            fingerprint=change.fingerprint,
            repo=change.repo,
            at=self._now,
            highest=self._tracker.highest(change.repo),
        )
        self._ledger.intend(intent, lease=self._lease)
        return intent

    def _filed_under(self, intent: Intent, change: OpenIssue) -> TrackedIssue | None:
        return self._listed(change) or _first_of(
            self._tracker.after(intent.repo, intent.highest), change
        )

    def _listed(self, change: OpenIssue) -> TrackedIssue | None:
        found = [issue for issue in self._tracker.ours(change.repo) if _is_of(issue, change)]
        return min(found, key=lambda issue: issue.ref.number, default=None)

    def _create(self, change: OpenIssue, intent: Intent) -> Outcome:
        self._tracker.prepare(change.repo, change.labels)
        self._lease.renew(now=self._now)  # nothing comes between this and the request
        try:
            issue = self._tracker.create(
                change.repo, title=change.title, body=change.body, labels=change.labels
            )
        except TrackerError as exc:
            if not exc.unknown:
                self._ledger.settle(intent.key)
            raise
        dropped = sorted(set(change.labels) - issue.labels)
        return Outcome(
            change=change,
            applied=True,
            ref=issue.ref,
            url=issue.url,
            told=digest(change.body),
            why=f"GitHub dropped the labels {', '.join(dropped)}: the token needs push access"
            if dropped
            else "",
        )


def _first_of(issues: Iterable[TrackedIssue], change: OpenIssue) -> TrackedIssue | None:
    return next((issue for issue in issues if _is_of(issue, change)), None)


def _told_in(unlisted: Iterable[TrackedIssue], body: str) -> str | None:
    marker = read_marker(body)
    for issue in unlisted:
        theirs = read_marker(issue.body)
        if not issue.open or not issue.ours or marker is None or theirs is None:
            continue
        if are_about_one_thing(marker, theirs):
            return f"issue {issue.ref.number}, which no list shows yet, is about the same thing"
    return None


def _found(change: OpenIssue, issue: TrackedIssue) -> Outcome:
    return Outcome(
        change=change,
        applied=True,
        ref=issue.ref,
        url=issue.url,
        told=digest(issue.body),
        opened_at=issue.created_at,
        why="it was filed before",
        found=True,
    )


def _is_of(issue: TrackedIssue, change: OpenIssue) -> bool:
    """Tell whether *issue* is the filing of *change*, or an open one of the same incident."""
    identity = identity_of(issue.body)
    if not issue.ours or identity is None:
        return False
    fingerprint, nonce = identity
    return fingerprint == change.fingerprint and (issue.open or nonce == change.nonce)


def with_marker(issue: TrackedIssue) -> TrackedIssue:
    """Give *issue* with the marker that its first line carries, if it carries one."""
    return replace(issue, marker=read_marker(issue.body))
