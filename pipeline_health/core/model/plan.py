"""What should change in the tracker: values that can be printed, guarded and then applied.

Every change says why in one sentence, and names its incident by fingerprint and nonce. *key* makes
a comment findable, so that it is made once.
"""

from datetime import datetime
from typing import TypeAlias

from pipeline_health.core.model.ids import Fingerprint, Nonce, RepoName, Sha
from pipeline_health.core.model.incident import CauseClass, Owner
from pipeline_health.core.model.issue import IssueRef
from pipeline_health.core.model.parent import Parent
from pipeline_health.frozen import dataclass

BEYOND_CAPS = "filed when the caps allow it"
"""Why an incident waits that is one more than may be filed now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenIssue:
    """File a new issue; applied by way of the intent journal, so that it exists once."""

    fingerprint: Fingerprint
    nonce: Nonce
    repo: RepoName
    title: str
    body: str
    labels: tuple[str, ...]
    owner: Owner
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateIssue:
    """Edit the body in place because the facts changed."""

    fingerprint: Fingerprint
    nonce: Nonce
    ref: IssueRef
    body: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    """A comment that is made once: *key* is unique to what it tells."""

    key: str
    body: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentIssue:
    """Say something once in an issue, and change nothing else about it."""

    fingerprint: Fingerprint
    nonce: Nonce
    ref: IssueRef
    comment: Comment
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseIssue:
    """Close with proof, or as a duplicate of *duplicate_of*."""

    fingerprint: Fingerprint
    nonce: Nonce
    ref: IssueRef
    body: str | None
    comment: Comment
    reason: str
    duplicate_of: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReopenIssue:
    """Open again what was closed while it is still broken, or what broke again.

    Without a *comment* it is opened without a word: whoever has it was told before.
    """

    fingerprint: Fingerprint
    nonce: Nonce
    ref: IssueRef
    body: str
    comment: Comment | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOver:
    """Give an open issue to another owner: labels exchanged in place, said once."""

    fingerprint: Fingerprint
    nonce: Nonce
    ref: IssueRef
    body: str
    add: tuple[str, ...]
    remove: tuple[str, ...]
    owner: Owner
    comment: Comment
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Requeue:
    """Give an issue to the agent again: its run is over, and the failure is still there."""

    fingerprint: Fingerprint
    nonce: Nonce
    ref: IssueRef
    add: tuple[str, ...]
    remove: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RerunJobs:
    """Run the failed jobs of a run again, before anyone is asked; sent once, whatever happens."""

    fingerprint: Fingerprint
    nonce: Nonce
    repo: RepoName
    run_id: int
    commit: Sha
    cause: CauseClass
    failed_at: datetime
    reason: str

    @property
    def key(self) -> str:
        """The key of its intent: what it is once of."""
        return f"rerun {self.cause} {self.commit} {self.run_id}"


Change: TypeAlias = (
    OpenIssue
    | UpdateIssue
    | CommentIssue
    | CloseIssue
    | ReopenIssue
    | HandOver
    | Requeue
    | RerunJobs
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Everything that should change, in the order of its doing, and what waits and why.

    *parents* are the portfolio incidents as they are to be kept. *asks_ops* says that one of them
    wants an issue, and that nobody looked yet whether the operator's repository takes it.
    """

    changes: tuple[Change, ...] = ()
    waiting: tuple[str, ...] = ()
    parents: tuple[Parent, ...] = ()
    asks_ops: bool = False

    @property
    def crowded(self) -> tuple[str, ...]:
        """The titles of what waits for the caps alone."""
        end = f": {BEYOND_CAPS}"
        return tuple(each.removesuffix(end) for each in self.waiting if each.endswith(end))


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one change. *told* is the digest of the body that the issue holds now.

    *found* says that what was to be created was there already, since *opened_at*.
    """

    change: Change
    applied: bool
    ref: IssueRef | None = None
    url: str = ""
    told: str = ""
    why: str = ""
    found: bool = False
    opened_at: datetime | None = None
