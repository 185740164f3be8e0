"""An incident: one root cause, from the first failure seen to the proof that it is over."""

from datetime import datetime
from enum import StrEnum
from typing import assert_never

from pipeline_health.core.model.findings import Kind, Proof, Scope, Symptom
from pipeline_health.core.model.ids import Fingerprint, Nonce, ProjectName, RepoName, Sha
from pipeline_health.core.model.questions import Evidence, Trace
from pipeline_health.core.model.readings import Commit
from pipeline_health.frozen import dataclass


class Owner(StrEnum):
    """Who can mend it."""

    AGENT = "agent"
    HUMAN = "human"


class CauseClass(StrEnum):
    """The class of a root cause; it decides the owner."""

    CREDENTIAL = "credential"
    QUOTA = "quota"
    APPROVAL = "approval"
    PLATFORM = "platform"
    CONFIG = "config"
    DEPENDENCY = "dependency"
    FLAKY = "flaky"
    CODE = "code"
    UNKNOWN = "unknown"

    @property
    def owner(self) -> Owner:
        """Who can mend a cause of this class, as far as the class alone tells."""
        match self:
            case self.CREDENTIAL | self.QUOTA | self.APPROVAL | self.PLATFORM:
                return Owner.HUMAN
            case self.CONFIG | self.DEPENDENCY | self.FLAKY | self.CODE | self.UNKNOWN:
                return Owner.AGENT
            case unreachable:
                assert_never(unreachable)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """Why it is broken, as far as is known.

    *key* names what is to be mended: the secret, else the provider and its limit or failure, else
    the subject. *ours* says that the secret is a token that we ourselves look with, and no
    pipeline's.
    """

    of: CauseClass
    key: str
    owner: Owner
    why: str
    ours: bool = False


class Phase(StrEnum):
    """Where an incident is in its life; PENDING is seen and not filed yet, for whatever reason."""

    PENDING = "pending"
    OPEN = "open"
    RECOVERING = "recovering"
    RESOLVED = "resolved"
    MUTED = "muted"


LIVE = frozenset({Phase.PENDING, Phase.OPEN, Phase.RECOVERING})
"""What goes on, as far as is known, and nobody muted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """What speaks for a check that was taken away instead of mended.

    *looks* in a row heard nothing of it (only the first ones are counted), and *runs* of its
    workflow passed without *jobs*, which had failed. *says* is our sentence and *at* the time, once
    it is certain.
    """

    looks: int = 0
    runs: tuple[int, ...] = ()
    jobs: tuple[str, ...] = ()
    says: str = ""
    at: datetime | None = None

    def is_newer_than(self, moment: datetime) -> bool:
        """Tell whether it became certain after *moment*."""
        return self.at is not None and self.at > moment


@dataclass(frozen=True, slots=True, kw_only=True)
class Ailment:
    """One symptom of an incident: its newest failure, and the proof since then, if any.

    *jobs* are the names of the jobs that failed: the same jobs must pass before it is over. *made*
    tells who made the commit and when, where the look showed it; it is untrusted text.
    """

    symptom: Symptom
    failed_at: datetime
    commit: Sha | None
    trace: Trace
    says: str
    jobs: tuple[str, ...] = ()
    made: Commit | None = None
    healed: Proof | None = None
    silence: Silence = Silence()


@dataclass(frozen=True, slots=True, kw_only=True)
class Occurrence:
    """One failure that the incident was seen to cause."""

    at: datetime
    commit: Sha | None
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Remedy:
    """One re-run of the failed jobs of a run, at *at*, for its failure at *failed_at*.

    *sent* is False when GitHub refused it. It is made once for each cause, commit and run.
    """

    cause: CauseClass
    commit: Sha
    run_id: int
    failed_at: datetime
    at: datetime
    sent: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Filing:
    """Where an incident is filed.

    *told* is the digest of the text that we last wrote there, *owner* whom our labels name,
    *nonce* the one in its marker where that is not the incident's own (another host's, a lost
    ledger's), *opened_at* when it was opened (None where that was not kept), and *closed_at* when
    it was seen closed after the incident was proved to be over. *called* says that the agent was
    called to it by a comment, *moves* how often it was handed over.
    """

    repo: RepoName
    number: int
    url: str
    told: str = ""
    owner: Owner = Owner.AGENT
    nonce: Nonce | None = None
    opened_at: datetime | None = None
    closed_at: datetime | None = None
    called: bool = False
    moves: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Naming:
    """The issue of a portfolio incident that names this one, first *at* that time."""

    by: Fingerprint
    repo: RepoName
    number: int
    url: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """One root cause and its life. *failed_at* is the provider's time of its newest failure.

    *attempts* counts fixes by the agent that did not work and that ended by *counted_until*;
    *over_since* is when its run was first seen to be over, *moved_at* when anything last moved.
    *turns* are the times at which it was resolved lately; one that is *flapping* is held open until
    *green_looks* in a row are as many as *looks_wanted*. *held_since* is when its recovery was seen
    among too many at once, and not believed until a later look proves it again.
    *escalated* says why a person has it for good, empty while the cause alone decides.
    *remedies* are the re-runs that were tried before anyone was asked, *beside* is the number of
    the issue by which an older monitor told of it before we did.
    *duplicate_of* is the older incident that has its root cause, and now its symptoms too;
    *hidden_behind* is the one upstream whose consequence it is taken for, so that it is not filed.
    *part_of* is the portfolio incident that it is a member of now, and waits for while it is not
    filed itself; *named* is the issue that first told of it so.
    """

    fingerprint: Fingerprint
    nonce: Nonce
    kind: Kind
    project: ProjectName
    repo: RepoName
    scope: Scope
    phase: Phase
    cause: Cause
    first_seen: datetime
    first_failed_at: datetime
    ailments: tuple[Ailment, ...]
    title: str
    evidence: Evidence | None = None
    last_green: Sha | None = None
    occurrences: tuple[Occurrence, ...] = ()
    count: int = 0
    attempts: int = 0
    counted_until: datetime | None = None
    over_since: datetime | None = None
    moved_at: datetime | None = None
    escalated: str = ""
    resolved_at: datetime | None = None
    turns: tuple[datetime, ...] = ()
    green_looks: int = 0
    flapping: bool = False
    looks_wanted: int = 3
    held_since: datetime | None = None
    gone_since: datetime | None = None
    previous: int | None = None
    filing: Filing | None = None
    remedies: tuple[Remedy, ...] = ()
    beside: int | None = None
    duplicate_of: Fingerprint | None = None
    hidden_behind: Fingerprint | None = None
    part_of: Fingerprint | None = None
    named: Naming | None = None

    @property
    def newest(self) -> Ailment:
        """The ailment that failed last."""
        return max(self.ailments, key=lambda ailment: ailment.failed_at)

    @property
    def failed_at(self) -> datetime:
        """When it last failed, by the provider's clock."""
        return self.newest.failed_at

    @property
    def commit(self) -> Sha | None:
        """The newest failing commit, None when no failure names one."""
        return self.newest.commit

    @property
    def silenced(self) -> tuple[Silence, ...]:
        """The alarms that were taken away and of which nothing was heard since."""
        return tuple(each.silence for each in self.broken if each.silence.at is not None)

    @property
    def broken(self) -> tuple[Ailment, ...]:
        """What has not been proved to work since it failed; a duplicate has nothing of its own."""
        if self.duplicate_of is not None:
            return ()
        return tuple(ailment for ailment in self.ailments if ailment.healed is None)
