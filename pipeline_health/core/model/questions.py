"""What the core asks before it decides, and what the shell found out.

Rules and incidents are pure: when a fact is missing they name it as a question, the shell answers
what it can, and the same functions run again with the answers. A question without an answer leaves
things as they are.
"""

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime
from enum import StrEnum
from typing import Literal, TypeAlias

from pipeline_health.core.model.ids import ProjectName, RepoName, Sha
from pipeline_health.core.model.readings import (
    CheckConclusion,
    Reading,
    Suite,
    Unrecognised,
    WorkflowRun,
)
from pipeline_health.frozen import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class RunTrace:
    """Where an Actions run can be read; *updated_at* tells one attempt from the next."""

    repo: RepoName
    run_id: int
    updated_at: datetime
    url: str
    of: Literal["run"] = "run"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeployTrace:
    """Where a Railway deployment can be read; *changed_at* tells a crash from the build."""

    project: ProjectName
    deployment_id: str
    changed_at: datetime
    url: str
    of: Literal["deploy"] = "deploy"


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkTrace:
    """Another system's page: there is nothing that we could read, only where a person may look."""

    url: str
    of: Literal["link"] = "link"


Trace: TypeAlias = RunTrace | DeployTrace | LinkTrace


@dataclass(frozen=True, slots=True)
class EvidenceOf:
    """Ask what the failing run or deployment says."""

    trace: RunTrace | DeployTrace


@dataclass(frozen=True, slots=True)
class JobsOf:
    """Ask which jobs this run had, and how each ended."""

    trace: RunTrace


@dataclass(frozen=True, slots=True)
class Contains:
    """Ask how commit *newer* stands to commit *older*; immutable once known."""

    repo: RepoName
    newer: Sha
    older: Sha


@dataclass(frozen=True, slots=True, kw_only=True)
class RunsOf:
    """Ask for the newest Actions runs of a branch that one event began."""

    repo: RepoName
    branch: str
    event: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkflowFileOf:
    """Ask what became of the file of a run's workflow between two commits; immutable once known."""

    trace: RunTrace
    older: Sha
    newer: Sha


Question: TypeAlias = EvidenceOf | JobsOf | Contains | RunsOf | WorkflowFileOf


class Relation(StrEnum):
    """How one commit stands to another one (GitHub's compare), seen from the older one."""

    IDENTICAL = "identical"
    AHEAD = "ahead"
    BEHIND = "behind"
    DIVERGED = "diverged"
    MISSING = "missing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One job of a run, at its newest attempt; *step* is the first one that failed."""

    name: str
    conclusion: CheckConclusion | Unrecognised | None
    started_at: datetime | None = None
    completed_at: datetime | None = None
    step: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BranchRun:
    """An Actions run of a branch, with the suite that says how it ended, and its commit.

    *title* is what the run is called, untrusted text: a workflow's `run-name` may hold a commit.
    """

    sha: Sha
    suite: Suite
    run: WorkflowRun
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkflowFile:
    """The file of a workflow: whether it was there at the older commit and is at the newer one.

    *touched* is the newest commit, up to the newer one, that changed or removed it, None where that
    cannot be told. The id of a workflow goes with its file, not with the name that it shows.
    """

    path: str
    workflow_id: int
    was_there: bool
    is_there: bool
    touched: Sha | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What a failing run or deployment left behind: untrusted text, secrets already removed.

    *complete* is False while a log may still appear (a first look is often before it), so that the
    next cycle asks again. *steps* are `job / step` or Railway's deployment steps. *runtime* says
    that the tail is the output of the running product, not of a build: it may hold users' affairs.
    *passed_before* are the failing jobs that passed in an earlier attempt of the same run,
    *jobless* says that the run failed without a single job, and *approval* that it waits for one.
    """

    at: datetime
    complete: bool
    jobs: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()
    first_error: str | None = None
    tail: str = ""
    runtime: bool = False
    passed_before: tuple[str, ...] = ()
    jobless: bool = False
    approval: bool = False

    @property
    def is_telling(self) -> bool:
        """Tell whether anything is in it that could be read."""
        return bool(self.steps or self.jobs or self.first_error or self.tail.strip())


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What has been found out so far, question by question."""

    evidence: Mapping[EvidenceOf, Reading[Evidence]] = field(default_factory=dict)
    jobs: Mapping[JobsOf, Reading[tuple[Job, ...]]] = field(default_factory=dict)
    contains: Mapping[Contains, Reading[Relation]] = field(default_factory=dict)
    runs: Mapping[RunsOf, Reading[tuple[BranchRun, ...]]] = field(default_factory=dict)
    files: Mapping[WorkflowFileOf, Reading[WorkflowFile]] = field(default_factory=dict)

    def has(self, question: Question) -> bool:
        """Tell whether *question* was answered, were it only with «could not look»."""
        known = (self.evidence, self.jobs, self.contains, self.runs, self.files)
        return any(question in answers for answers in known)
