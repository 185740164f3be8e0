"""What a repository of the simulated GitHub holds: records that stories and requests change."""

from dataclasses import field
from datetime import datetime
from typing import TypeAlias

from pipeline_health.frozen import dataclass


@dataclass(slots=True, kw_only=True)
class Commit:
    """One commit: what it wrote and removed, and the *parent* that it was pushed upon."""

    sha: str
    message: str
    author: str
    committed_at: datetime
    parent: str | None
    files: dict[str, str] = field(default_factory=dict)
    removed: frozenset[str] = frozenset()


@dataclass(slots=True, kw_only=True)
class Step:
    """One step of a job; no conclusion means that it still runs."""

    name: str
    conclusion: str | None

    @property
    def status(self) -> str:
        """Tell how far the step is, in GitHub's words."""
        return "completed" if self.conclusion else "in_progress"


@dataclass(slots=True, kw_only=True)
class Job:
    """One job of one attempt of a run; an empty log is one that GitHub does not have.

    *annotations* are what was noted at the job; one that could not begin has no steps.
    """

    id: int
    name: str
    status: str
    conclusion: str | None
    started_at: datetime
    completed_at: datetime | None
    steps: list[Step]
    log: str = ""
    attempt: int = 1
    annotations: list[str] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class Run:
    """One Actions run, at its newest attempt; a re-run keeps the id and the check suite.

    *earlier* are the jobs of the attempts before; without a *title* it is called as its commit.
    """

    id: int
    suite_id: int
    workflow: str
    workflow_id: int
    event: str
    branch: str
    sha: str
    status: str
    conclusion: str | None
    created_at: datetime
    updated_at: datetime
    jobs: list[Job]
    step: str
    title: str | None = None
    attempt: int = 1
    earlier: list[Job] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class ExternalSuite:
    """A check suite of an app other than Actions, with so many check runs, all called *check*."""

    suite_id: int
    app: str
    sha: str
    status: str
    conclusion: str | None
    runs: int
    check: str
    created_at: datetime
    updated_at: datetime


Suite: TypeAlias = Run | ExternalSuite


@dataclass(slots=True, kw_only=True)
class CommitStatus:
    """One commit status; the newest of a context counts."""

    id: int
    context: str
    state: str
    creator: str | None
    created_at: datetime
    target_url: str | None
    description: str = ""


@dataclass(slots=True, kw_only=True)
class RecordStatus:
    """One status of a deployment record."""

    state: str
    created_at: datetime


@dataclass(slots=True, kw_only=True)
class DeploymentRecord:
    """A GitHub deployment with its statuses, oldest first."""

    id: int
    sha: str
    environment: str
    creator: str
    created_at: datetime
    statuses: list[RecordStatus] = field(default_factory=list)

    @property
    def state(self) -> str | None:
        """Tell the newest status, None when there is none."""
        return self.statuses[-1].state if self.statuses else None


@dataclass(slots=True, kw_only=True)
class Label:
    """One label that a repository knows."""

    id: int
    name: str
    color: str = "ededed"
    description: str | None = None


@dataclass(slots=True, kw_only=True)
class IssueComment:
    """One comment below an issue or pull request."""

    id: int
    body: str
    user: str
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """One closing of an issue; it stays in the timeline when the issue is opened again."""

    at: datetime
    by: str


@dataclass(slots=True, kw_only=True)
class Issue:
    """An issue, or with *is_pull* a pull request, which takes its number from the same row."""

    id: int
    number: int
    title: str
    body: str
    user: str
    created_at: datetime
    updated_at: datetime
    labels: list[str] = field(default_factory=list)
    state: str = "open"
    state_reason: str | None = None
    closed_at: datetime | None = None
    closed_by: str | None = None
    comments: list[IssueComment] = field(default_factory=list)
    closings: list[Closing] = field(default_factory=list)
    is_pull: bool = False
    merged_at: datetime | None = None
