"""What the tracker holds: issues as they are, and the marker that makes one ours."""

from dataclasses import field
from datetime import datetime
from typing import TypeAlias

from pipeline_health.core.model.findings import Kind, Symptom
from pipeline_health.core.model.ids import Fingerprint, Login, Nonce, ProjectName, RepoName, Sha
from pipeline_health.core.model.incident import CauseClass, Owner
from pipeline_health.frozen import dataclass


@dataclass(frozen=True, slots=True, order=True)
class IssueRef:
    """One issue of one repository."""

    repo: RepoName
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Marker:
    """What the first line of an issue of ours says; it finds the issue again without a ledger.

    *jobs* are the jobs that failed, symptom by symptom: the same ones must pass. *cause* is None in
    an issue that another version wrote.
    """

    fingerprint: Fingerprint
    nonce: Nonce
    kind: Kind
    project: ProjectName
    owner: Owner
    commit: Sha | None
    first_seen: datetime
    failed_at: datetime
    attempts: int
    symptoms: tuple[Symptom, ...]
    jobs: tuple[tuple[str, ...], ...] = ()
    cause: CauseClass | None = None

    @property
    def failures(self) -> tuple[tuple[Symptom, tuple[str, ...]], ...]:
        """Every symptom beside the jobs that failed in it, as far as they are known."""
        known = dict(enumerate(self.jobs))
        return tuple((symptom, known.get(at, ())) for at, symptom in enumerate(self.symptoms))


@dataclass(frozen=True, slots=True, kw_only=True)
class PullRequest:
    """A pull request that says it closes an issue; *merged_at* is None until it is merged."""

    number: int
    moved_at: datetime
    merged_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackedIssue:
    """An issue as the tracker shows it. *ours* means that our own account wrote it, no more.

    *closed_by* is None for an open issue, and where the tracker does not tell. *pulls* are the pull
    requests that say they close it.
    """

    ref: IssueRef
    open: bool
    not_planned: bool
    title: str
    body: str
    labels: frozenset[str]
    ours: bool
    created_at: datetime
    updated_at: datetime
    closed_at: datetime | None
    url: str
    closed_by: Login | None = None
    closed_by_bot: bool = False
    pulls: tuple[PullRequest, ...] = ()
    marker: Marker | None = field(default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherIssue:
    """An open issue of a trusted account that is not ours; its text is untrusted all the same."""

    number: int
    title: str
    body: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Gone:
    """The tracker says that there is no such issue (deleted, or the repository is)."""

    ref: IssueRef
    why: str


Tracked: TypeAlias = TrackedIssue | Gone
