"""What a source saw: every part is Seen, Blind, or was never asked for; and what GitHub shows.

Nothing here is judged yet. A value that a provider sent and that we do not know is `Unrecognised`,
a type of its own, so that no rule can take it for health.
"""

from datetime import datetime
from enum import StrEnum
from typing import Generic, TypeAlias, TypeVar

from pipeline_health.core.model.ids import Login, RepoName, Sha
from pipeline_health.frozen import dataclass

T_co = TypeVar("T_co", covariant=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen(Generic[T_co]):
    """A source looked, at *at* by the provider's clock, and this is what there was."""

    at: datetime
    value: T_co


class BlindCause(StrEnum):
    """Why a source could not look, as far as what follows from it differs.

    REFUSED: the provider does not take our token. MISPLACED: it takes it, but the token belongs to
    another environment. UNCONFIGURED: there is no token. UNSEEN: what is asked for is not shown to
    it. IMPLAUSIBLE: the answer lacks what was there before. UNREADABLE is all else: no answer, or
    none to be used.
    """

    UNREADABLE = "unreadable"
    REFUSED = "refused"
    MISPLACED = "misplaced"
    UNCONFIGURED = "unconfigured"
    UNSEEN = "unseen"
    IMPLAUSIBLE = "implausible"


@dataclass(frozen=True, slots=True, kw_only=True)
class Blind:
    """A source could not look. It says nothing about health.

    *token* is the variable that holds the token we looked with, empty where that is not known.
    """

    at: datetime
    why: str
    cause: BlindCause = BlindCause.UNREADABLE
    token: str = ""


@dataclass(frozen=True, slots=True)
class NotAsked:
    """The configuration names no such source, or *why* it cannot be had; that is no blindness."""

    why: str = ""


Reading: TypeAlias = Seen[T_co] | Blind
Part: TypeAlias = Seen[T_co] | Blind | NotAsked


@dataclass(frozen=True, slots=True)
class Unrecognised:
    """A value that the provider sent and that no table of ours holds: unknown, never healthy."""

    text: str


class CheckStatus(StrEnum):
    """How far a check suite is (GitHub GraphQL `CheckStatusState`)."""

    COMPLETED = "COMPLETED"
    IN_PROGRESS = "IN_PROGRESS"
    PENDING = "PENDING"
    QUEUED = "QUEUED"
    REQUESTED = "REQUESTED"
    WAITING = "WAITING"


class CheckConclusion(StrEnum):
    """How a check suite ended (GitHub GraphQL `CheckConclusionState`)."""

    ACTION_REQUIRED = "ACTION_REQUIRED"
    CANCELLED = "CANCELLED"
    FAILURE = "FAILURE"
    NEUTRAL = "NEUTRAL"
    SKIPPED = "SKIPPED"
    STALE = "STALE"
    STARTUP_FAILURE = "STARTUP_FAILURE"
    SUCCESS = "SUCCESS"
    TIMED_OUT = "TIMED_OUT"


class StatusState(StrEnum):
    """A commit status (GitHub GraphQL `StatusState`)."""

    ERROR = "ERROR"
    EXPECTED = "EXPECTED"
    FAILURE = "FAILURE"
    PENDING = "PENDING"
    SUCCESS = "SUCCESS"


class DeploymentState(StrEnum):
    """The newest status of a deployment (GitHub GraphQL `DeploymentStatusState`)."""

    ERROR = "ERROR"
    FAILURE = "FAILURE"
    INACTIVE = "INACTIVE"
    IN_PROGRESS = "IN_PROGRESS"
    PENDING = "PENDING"
    QUEUED = "QUEUED"
    SUCCESS = "SUCCESS"
    WAITING = "WAITING"


@dataclass(frozen=True, slots=True, kw_only=True)
class Repository:
    """A repository as the token sees it. `node_id` survives renames, `name` does not."""

    node_id: str
    id: int
    name: RepoName
    private: bool
    archived: bool
    has_issues: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Commit:
    """One commit; `subject` and `author` are untrusted text."""

    sha: Sha
    committed_at: datetime
    subject: str = ""
    author: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """A branch: its head, and the newest commits that the head contains, head first.

    *dates* are those of the commits in *history*, in its order, as far as they are known; *message*
    is the whole one of the head, untrusted text.
    """

    name: str
    head: Commit
    history: tuple[Sha, ...]
    dates: tuple[datetime, ...] = ()
    message: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkflowRun:
    """An Actions run behind a check suite. A re-run keeps the id and the suite."""

    id: int
    event: str
    workflow_id: int
    workflow: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Suite:
    """A check suite: one a workflow run, or one an app.

    `check_runs` is None when it was not asked for; `node_id` is empty where REST was read instead.
    *branch* is where the commit was pushed to, None where GitHub does not say, or it is gone.
    """

    id: int
    node_id: str = ""
    app: str
    status: CheckStatus | Unrecognised
    conclusion: CheckConclusion | Unrecognised | None
    created_at: datetime
    updated_at: datetime
    run: WorkflowRun | None = None
    check_runs: int | None = None
    branch: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitStatus:
    """The newest commit status of one context; *description* is untrusted text."""

    context: str
    state: StatusState | Unrecognised
    created_at: datetime
    creator: Login | None = None
    url: str | None = None
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checks:
    """Everything that judges one commit. *other_apps* is False when only Actions was visible."""

    sha: Sha
    suites: tuple[Suite, ...] = ()
    statuses: tuple[CommitStatus, ...] = ()
    other_apps: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class DeploymentRecord:
    """A GitHub deployment; *state* is its newest status, None when it has none."""

    id: int
    sha: Sha
    environment: str
    state: DeploymentState | Unrecognised | None
    created_at: datetime
    changed_at: datetime
    creator: Login | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueStub:
    """An issue of ours as a list shows it: enough to know whether it must be read."""

    number: int
    open: bool
    updated_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Habit:
    """A workflow that ran on the branch lately, and the names of the events that began its runs."""

    workflow: str
    events: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class GitHubReading:
    """One batched read of one repository; each part was seen or not on its own.

    *earlier* holds the checks of commits before the head, newest first; it is asked for only where
    a deploy workflow is judged. *deployments* are those to staging, *production* those to there.
    *required* are the workflows that ran on every one of the latest pushes; it is asked for only
    where the operator names no CI workflows. *habits* are what ran in the last week, however it
    began: no rule judges by them, they tell what nothing judges.
    """

    repository: Reading[Repository]
    branch: Reading[Branch]
    checks: Reading[Checks]
    earlier: Part[tuple[Checks, ...]]
    deployments: Reading[tuple[DeploymentRecord, ...]]
    issues: Reading[tuple[IssueStub, ...]]
    required: Part[frozenset[str]] = NotAsked()
    habits: Part[tuple[Habit, ...]] = NotAsked()
    production: Part[tuple[DeploymentRecord, ...]] = NotAsked()

    @property
    def head(self) -> Sha | None:
        """The newest commit of the branch, None where it was not seen."""
        return self.branch.value.head.sha if isinstance(self.branch, Seen) else None
