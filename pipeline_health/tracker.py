"""GitHub issues as the place where incidents are filed: the `Tracker` port over `clients`.

What is ours is decided by who wrote it. The marker in a body is read by the core, not here.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime

from pipeline_health.clients.errors import ClientError, TimedOutError
from pipeline_health.clients.github import ISSUES_AT_ONCE, GitHub, Numbered
from pipeline_health.clients.github_edits import GitHubEdits
from pipeline_health.clients.github_login import OwnLogin
from pipeline_health.clients.github_place import place_at
from pipeline_health.clients.github_refusals import TooLargeError
from pipeline_health.core.model.ids import Login, RepoName
from pipeline_health.core.model.issue import IssueRef, OtherIssue, Tracked, TrackedIssue
from pipeline_health.core.model.readings import Blind, Reading, Repository
from pipeline_health.ports import Memory, TrackerError

WINDOW = 30
MOST_WINDOWS = 10
FEWEST_AT_ONCE = 6
"""What fails so small fails for another reason: in an outage not every issue is asked for alone."""


class GitHubTracker:
    """Files, reads and changes issues on GitHub. *identity* names our account when it is set."""

    def __init__(
        self,
        client: GitHub,
        edits: GitHubEdits,
        *,
        memory: Memory,
        identity: Login | None = None,
    ) -> None:
        self._client = client
        self._edits = edits
        self._login = OwnLogin(client, memory, identity=identity)
        self._identity = identity
        self._names: dict[RepoName, RepoName] = {}

    def read(
        self, refs: Sequence[IssueRef], *, now: datetime
    ) -> Mapping[IssueRef, Reading[Tracked]]:
        """Read issues by number, many in one request; what failed is Blind.

        Where GitHub gives up on so many, half of them are asked for, down to FEWEST_AT_ONCE.
        """
        found: dict[IssueRef, Reading[Tracked]] = {}
        at, size, fewest = 0, min(ISSUES_AT_ONCE, len(refs)), FEWEST_AT_ONCE
        while at < len(refs):
            chunk = refs[at : at + size]
            try:
                found.update(self._read(chunk, splittable=size > fewest).at)
            except ClientError as exc:
                if size > fewest and isinstance(exc, TooLargeError | TimedOutError):
                    size //= 2
                    continue
                found.update({ref: Blind(at=now, why=str(exc)) for ref in chunk})
                size = fewest = ISSUES_AT_ONCE  # it was not the size
            at += len(chunk)
        return found

    def ours(self, repo: RepoName) -> tuple[TrackedIssue, ...]:
        """List the issues that our account wrote, last changed first (at most 500)."""
        with _reading(f"listing our issues in {repo}"):
            author = self._login.author()
            listed = self._client.ours(repo, author=author, identity=self._identity)
            return tuple(issue for issue in listed if issue.ours)

    def others(self, repo: RepoName) -> tuple[OtherIssue, ...]:
        """List the open issues of owners, members and collaborators but us (of the newest 100)."""
        with _reading(f"listing the open issues of others in {repo}"):
            return self._client.open_issues_of_others(repo, own=self._login.all())

    def place(self, repo: RepoName) -> Repository:
        """Tell what *repo* is as a place for issues: who sees it, and whether it takes any."""
        with _reading(f"looking at {repo}"):
            return place_at(self._client.wire, repo)

    def highest(self, repo: RepoName) -> int:
        """Give the highest issue or pull request number that the repository's lists show."""
        with _reading(f"looking for the newest issue in {repo}"):
            return self._client.highest(repo)

    def after(self, repo: RepoName, number: int) -> tuple[TrackedIssue, ...]:
        """Read what our account wrote above *number*, by its numbers.

        A list can lag behind, a number cannot. Windows of numbers are read until one is empty.
        """
        with _reading(f"looking for issues above {number} in {repo}"):
            return tuple(issue for issue in self._above(repo, number) if issue.ours)

    def prepare(self, repo: RepoName, labels: Sequence[str]) -> None:
        """Make the labels that *repo* lacks; what could not be made shows in the next filing."""
        with suppress(ClientError):  # what counts are the labels in the answer to the filing
            self._edits.ensure_labels(self._names.get(repo, repo), labels)

    def create(
        self, repo: RepoName, *, title: str, body: str, labels: Sequence[str]
    ) -> TrackedIssue:
        """File an issue; the request is sent once, and a lost answer raises with `unknown` set."""
        here = self._names.get(repo, repo)
        with _writing(f"filing in {repo}"):
            return self._client.create_issue(here, title=title, body=body, labels=labels)

    def edit(self, ref: IssueRef, *, body: str) -> None:
        """Replace the body."""
        with _writing(f"editing {_name_of(ref)}"):
            self._edits.edit_body(self._now(ref), body)

    def relabel(self, ref: IssueRef, *, add: Sequence[str], remove: Sequence[str]) -> None:
        """Add labels, creating what the repository lacks, and remove others; idempotent."""
        here = self._now(ref)
        with _writing(f"relabelling {_name_of(ref)}"):
            self._edits.ensure_labels(here.repo, add)
            self._edits.add_labels(here, add)
            for label in remove:
                self._edits.remove_label(here, label)

    def close(self, ref: IssueRef, *, duplicate_of: int | None = None) -> None:
        """Close as completed, or as a duplicate; idempotent.

        REST wants no more than the reason; which issue it repeats, our comment says.
        """
        with _writing(f"closing {_name_of(ref)}"):
            reason = "completed" if duplicate_of is None else "duplicate"
            self._edits.close(self._now(ref), reason=reason)

    def reopen(self, ref: IssueRef) -> None:
        """Open again; idempotent."""
        with _writing(f"reopening {_name_of(ref)}"):
            self._edits.reopen(self._now(ref))

    def comments(self, ref: IssueRef) -> tuple[str, ...]:
        """Give the bodies of the comments that our account made, oldest first."""
        with _reading(f"reading the comments of {_name_of(ref)}"):
            return self._edits.comments(self._now(ref), by=self._login.all())

    def comment(self, ref: IssueRef, *, body: str) -> None:
        """Comment; the request is sent once, and a lost answer raises with `unknown` set."""
        with _writing(f"commenting on {_name_of(ref)}"):
            self._edits.comment(self._now(ref), body)

    def _now(self, ref: IssueRef) -> IssueRef:
        """Give *ref* under the repository's name of now, since a write follows no redirect."""
        return IssueRef(self._names.get(ref.repo, ref.repo), ref.number)

    def _read(self, refs: Sequence[IssueRef], *, splittable: bool = False) -> Numbered:
        found = self._client.issues(refs, identity=self._identity, splittable=splittable)
        self._names.update(found.names)
        return found

    def _above(self, repo: RepoName, number: int) -> Iterator[TrackedIssue]:
        for window in range(MOST_WINDOWS):
            first = number + 1 + window * WINDOW
            refs = [IssueRef(repo, at) for at in range(first, first + WINDOW)]
            found = self._read(refs)
            for reading in found.at.values():
                if isinstance(reading, Blind):
                    raise ClientError(reading.why, retryable=True)
                if isinstance(reading.value, TrackedIssue):
                    yield reading.value
            if not found.taken:
                return


@contextmanager
def _reading(doing: str) -> Iterator[None]:
    """Raise what a client says as the port's own error."""
    try:
        yield
    except ClientError as exc:
        msg = f"{doing} failed: {exc}"
        raise TrackerError(msg, retryable=exc.retryable) from exc


@contextmanager
def _writing(doing: str) -> Iterator[None]:
    """Raise what a client says as the port's own error; the change may have been made."""
    try:
        yield
    except ClientError as exc:
        msg = f"{doing} failed: {exc}"
        raise TrackerError(msg, retryable=exc.retryable, unknown=exc.lost) from exc


def _name_of(ref: IssueRef) -> str:
    return f"issue {ref.number} of {ref.repo}"
