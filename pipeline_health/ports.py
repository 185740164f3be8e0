"""What the agent needs of the world, as protocols, and the errors by which the world says no.

Every implementation, one floor up, passes the suite of its port in `tests/contract/`.
"""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from pipeline_health.core.model.audit import Audit
from pipeline_health.core.model.commit import AtCommit
from pipeline_health.core.model.deployed import Deployed
from pipeline_health.core.model.gate_policy import SmokeCheck, VersionCheck
from pipeline_health.core.model.ids import Fingerprint, ProjectName, RepoName, Sha
from pipeline_health.core.model.incident import Incident
from pipeline_health.core.model.issue import IssueRef, OtherIssue, Tracked, TrackedIssue
from pipeline_health.core.model.journal import Intent, TrailLine
from pipeline_health.core.model.live import Served, Tested
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
from pipeline_health.core.model.readings import GitHubReading, Reading, StatusState
from pipeline_health.core.model.report import CycleReport, Usage
from pipeline_health.core.model.urls import Target, UrlSights

LookT_co = TypeVar("LookT_co", covariant=True)


class PipelineHealthError(Exception):
    """Something that was being done could not be done; the message says what and to what.

    *retryable* says that the same act may succeed later without anybody changing anything.
    """

    def __init__(self, message: str, *, retryable: bool = False) -> None:
        super().__init__(message)
        self.retryable = retryable


class RequestError(PipelineHealthError):
    """Somebody else did not do what was asked of them.

    *unknown* says that it may have been done all the same: the answer was lost, not refused.
    """

    def __init__(self, message: str, *, retryable: bool = False, unknown: bool = False) -> None:
        super().__init__(message, retryable=retryable)
        self.unknown = unknown


class TrackerError(RequestError):
    """The tracker did not do what it was asked."""


class RunnerError(RequestError):
    """Jobs could not be run again."""


class LedgerError(PipelineHealthError):
    """The ledger could not be opened, read or written."""


class LeaseHeldError(LedgerError):
    """Another run holds the lease; nothing was done."""


class LeaseLostError(LedgerError):
    """The lease was lost while the plan was applied; no further write is made."""


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


class LiveSite(Protocol):
    """The live staging URL, as the promotion check tests it."""

    def reach(self, url: str, *, patience: timedelta) -> Tested:
        """Ask whether anything answers at *url*; what wakes up may take *patience*."""
        ...

    def smoke(
        self, base: str, checks: Sequence[SmokeCheck], *, patience: timedelta
    ) -> tuple[Tested, ...]:
        """Make every check, in its order, against the base URL."""
        ...

    def version(self, base: str, check: VersionCheck) -> Served:
        """Ask which commit is served."""
        ...


class EndToEnd(Protocol):
    """Where the operator's own tests are run."""

    def run(
        self,
        command: Sequence[str],
        *,
        passing: Sequence[str],
        base: str,
        commit: Sha,
        repo: RepoName,
        timeout: timedelta,
    ) -> Tested:
        """Run *command* against the base URL; *passing* names what it gets of our environment."""
        ...


class Publisher(Protocol):
    """Where a verdict is shown on its commit."""

    def publish(
        self, repo: RepoName, sha: Sha, *, state: StatusState, says: str, url: str | None
    ) -> None:
        """Set our commit status. The request is sent once; raises TrackerError when it failed."""
        ...


class UrlSource(Protocol):
    """Whether anything answers at the URLs of the projects."""

    def look(self, targets: Sequence[Target], *, gap: timedelta, now: datetime) -> UrlSights:
        """Ask each of *targets*; looks more than *gap* apart are not in a row."""
        ...


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

    def highest(self, repo: RepoName) -> int:
        """Give the highest issue or pull request number that the repository's list shows."""
        ...

    def after(self, repo: RepoName, number: int) -> tuple[TrackedIssue, ...]:
        """Read what our account wrote above *number*, each by its number and not by a list."""
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


class Runner(Protocol):
    """Where failed jobs can be run again."""

    def rerun_failed_jobs(self, repo: RepoName, run_id: int) -> None:
        """Run them again. The request is sent once; a lost answer raises with `unknown` set."""
        ...


class Lease(Protocol):
    """The right to write; only a ledger makes one."""

    def renew(self, *, now: datetime) -> None:
        """Prolong it, or raise LeaseLostError when somebody else has it now."""
        ...


class Memory(Protocol):
    """Small facts that outlive a cycle: ids that were looked up, answers that never change."""

    def recall(self, topic: str, key: str) -> str | None:
        """Give what was remembered, or None."""
        ...

    def remember(self, topic: str, key: str, fact: str, *, now: datetime) -> None:
        """Keep *fact* under *topic* and *key*, replacing what was there."""
        ...

    def forget(self, topic: str, key: str) -> None:
        """Drop what was remembered, if anything was."""
        ...


class Ledger(Memory, Protocol):
    """What the agent knows beside what it sees. Losing it costs comfort, never correctness."""

    def lease(self, *, now: datetime, lasting: timedelta) -> AbstractContextManager[Lease]:
        """Take the lease for one cycle, or raise LeaseHeldError."""
        ...

    def incidents(self) -> tuple[Incident, ...]:
        """Give every incident that is kept, oldest first."""
        ...

    def save(self, incidents: Iterable[Incident], *, lease: Lease) -> None:
        """Keep *incidents*, each by its fingerprint and nonce, in one transaction."""
        ...

    def note(self, fingerprint: Fingerprint, line: TrailLine) -> None:
        """Append one line to the decision trail of an incident, unless it repeats the last."""
        ...

    def trail(self, fingerprint: Fingerprint) -> tuple[TrailLine, ...]:
        """Give the decision trail of an incident, oldest first (bounded)."""
        ...

    def intend(self, intent: Intent, *, lease: Lease) -> None:
        """Note, durably, what is about to be created."""
        ...

    def intents(self) -> tuple[Intent, ...]:
        """Give the intents whose outcome is not known yet."""
        ...

    def settle(self, key: str) -> None:
        """Drop an intent: it happened, or it certainly did not."""
        ...

    def record(self, report: CycleReport) -> None:
        """Keep the report of a cycle."""
        ...

    def reports(self, *, limit: int) -> tuple[CycleReport, ...]:
        """Give the newest reports, newest first."""
        ...


class Clock(Protocol):
    """The only way to learn the time."""

    def now(self) -> datetime:
        """Tell the time, aware, in UTC."""
        ...

    def monotonic(self) -> float:
        """Tell seconds since some moment, unmoved by clock changes."""
        ...

    def sleep(self, seconds: float) -> None:
        """Wait."""
        ...
