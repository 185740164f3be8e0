"""What is looked at: one protocol for each thing that is asked of a provider."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from pipeline_health.core.model.audit import Audit
from pipeline_health.core.model.commit import AtCommit
from pipeline_health.core.model.deployed import Deployed
from pipeline_health.core.model.ids import ProjectName, Sha
from pipeline_health.core.model.policy import ProjectPolicy
from pipeline_health.core.model.questions import (
    BranchRun,
    Contains,
    DeployTrace,
    Evidence,
    Job,
    Relation,
    RunsOf,
    RunTrace,
    WorkflowFile,
    WorkflowFileOf,
)
from pipeline_health.core.model.railway import Environment
from pipeline_health.core.model.readings import GitHubReading, Reading
from pipeline_health.core.model.report import Usage
from pipeline_health.core.model.urls import Target, UrlSights

LookT_co = TypeVar("LookT_co", covariant=True)


class Source(Protocol[LookT_co]):
    """One provider: looks at all projects in as few requests as it can."""

    def look(
        self, projects: Sequence[ProjectPolicy], *, now: datetime
    ) -> Mapping[ProjectName, LookT_co]:
        """Read what there is to see of every project; never raises, what failed is Blind."""
        ...

    def usage(self) -> Usage:
        """Tell what was asked of the provider so far."""
        ...


class CodeSource(Source[GitHubReading], Protocol):
    """Where the code is and where its checks run. What cannot be answered is Blind."""

    def evidence(self, trace: RunTrace, *, now: datetime) -> Reading[Evidence]:
        """Read what a failing run left behind."""
        ...

    def jobs(self, trace: RunTrace, *, now: datetime) -> Reading[tuple[Job, ...]]:
        """Read the jobs of a run, at its newest attempt."""
        ...

    def relation(self, question: Contains, *, now: datetime) -> Reading[Relation]:
        """Compare two commits."""
        ...

    def runs(self, question: RunsOf, *, now: datetime) -> Reading[tuple[BranchRun, ...]]:
        """List the newest runs of a branch, newest first (bounded)."""
        ...

    def workflow_file(self, question: WorkflowFileOf, *, now: datetime) -> Reading[WorkflowFile]:
        """Tell what became of the file of a run's workflow between two commits."""
        ...


class DeploySource(Source[Deployed], Protocol):
    """Where the code is deployed to. What cannot be answered is Blind."""

    def evidence(self, trace: DeployTrace, *, now: datetime) -> Reading[Evidence]:
        """Read what a failing deployment left behind."""
        ...


class CommitSource(Protocol):
    """Where exactly one commit is looked at; what cannot be read is Blind."""

    def at_commit(self, project: ProjectPolicy, sha: Sha, *, now: datetime) -> Reading[AtCommit]:
        """Read everything that GitHub shows of *sha*."""
        ...


class HistorySource(Protocol):
    """Where the deployments of single services are looked at, further back than a look does."""

    def history(
        self, project: ProjectPolicy, environment: Environment, *, now: datetime
    ) -> Reading[Environment]:
        """Give *environment* with the deployments of every service, as far as they are listed."""
        ...


class AuditSource(Protocol):
    """Where the variables of both environments and the files of the branch are compared."""

    def audit(
        self, project: ProjectPolicy, deployed: Deployed, head: Sha | None, *, now: datetime
    ) -> Audit:
        """Compare them now; *head* is the commit whose tree is read. Never raises."""
        ...


class UrlSource(Protocol):
    """Whether anything answers at the URLs of the projects."""

    def look(self, targets: Sequence[Target], *, gap: timedelta, now: datetime) -> UrlSights:
        """Ask each of *targets*; looks more than *gap* apart are not in a row."""
        ...
