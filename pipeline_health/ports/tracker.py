"""Where something is written that others see."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from pipeline_health.core.model.ids import RepoName, Sha
from pipeline_health.core.model.issue import IssueRef, OtherIssue, Tracked, TrackedIssue
from pipeline_health.core.model.readings import Reading, Repository, StatusState


class Tracker(Protocol):
    """Where incidents are filed. Every method raises TrackerError when it could not."""

    def read(
        self, refs: Sequence[IssueRef], *, now: datetime
    ) -> Mapping[IssueRef, Reading[Tracked]]:
        """Read issues by number, in as few requests as can be; what failed is Blind."""
        ...

    def ours(self, repo: RepoName) -> tuple[TrackedIssue, ...]:
        """List the issues that our account wrote, open and closed, newest first (bounded)."""
        ...

    def others(self, repo: RepoName) -> tuple[OtherIssue, ...]:
        """List the open issues of trusted accounts that are not ours, newest first (bounded)."""
        ...

    def place(self, repo: RepoName) -> Repository:
        """Tell what *repo* is as a place for issues: who sees it, and whether it takes any."""
        ...

    def highest(self, repo: RepoName) -> int:
        """Give the highest issue or pull request number that the repository's list shows."""
        ...

    def after(self, repo: RepoName, number: int) -> tuple[TrackedIssue, ...]:
        """Read what our account wrote above *number*, each by its number and not by a list."""
        ...

    def prepare(self, repo: RepoName, labels: Sequence[str]) -> None:
        """Make the labels that *repo* lacks; what could not be made shows in the next filing."""
        ...

    def create(
        self, repo: RepoName, *, title: str, body: str, labels: Sequence[str]
    ) -> TrackedIssue:
        """File an issue. The request is sent once; a lost answer raises with `unknown` set."""
        ...

    def edit(self, ref: IssueRef, *, body: str) -> None:
        """Replace the body."""
        ...

    def relabel(self, ref: IssueRef, *, add: Sequence[str], remove: Sequence[str]) -> None:
        """Add labels, creating what the repository lacks, and remove others; idempotent."""
        ...

    def close(self, ref: IssueRef, *, duplicate_of: int | None = None) -> None:
        """Close as completed, or as a duplicate; idempotent."""
        ...

    def reopen(self, ref: IssueRef) -> None:
        """Open again; idempotent."""
        ...

    def comments(self, ref: IssueRef) -> tuple[str, ...]:
        """Give the bodies of the comments that our account made, oldest first."""
        ...

    def comment(self, ref: IssueRef, *, body: str) -> None:
        """Comment. The request is sent once; a lost answer raises with `unknown` set."""
        ...


class Publisher(Protocol):
    """Where a verdict is shown on its commit."""

    def publish(
        self, repo: RepoName, sha: Sha, *, state: StatusState, says: str, url: str | None
    ) -> None:
        """Set our commit status. The request is sent once; raises TrackerError when it failed."""
        ...


class Runner(Protocol):
    """Where failed jobs can be run again."""

    def rerun_failed_jobs(self, repo: RepoName, run_id: int) -> None:
        """Run them again. The request is sent once; a lost answer raises with `unknown` set."""
        ...
