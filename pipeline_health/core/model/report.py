"""What one cycle did: stored, printed, and summed up in one sentence, also when it failed."""

from datetime import datetime
from enum import StrEnum

from pipeline_health.core.model.findings import Symptom
from pipeline_health.core.model.ids import Fingerprint, ProjectName, RepoName, Sha
from pipeline_health.core.model.incident import CauseClass, Owner
from pipeline_health.core.model.issue import IssueRef
from pipeline_health.frozen import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingLine:
    """One finding as the report tells it; *incident* is the number of its issue, if any.

    *hidden_behind* is the incident whose consequence it is taken for, *named* the issue for many
    projects that tells of it.
    """

    fingerprint: Fingerprint
    symptom: Symptom
    since: datetime
    commit: Sha | None
    cause: CauseClass
    owner: Owner
    incident: int | None
    hidden_behind: Fingerprint | None = None
    named: IssueRef | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BlindLine:
    """A source that could not be read, and why."""

    source: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UnwatchedLine:
    """Something that nothing judges: why, and what would change that."""

    what: str
    why: str
    advice: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OrphanLine:
    """An open issue of ours in a repository that is not configured any more."""

    repo: RepoName
    issue: int
    title: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TransientLine:
    """How often *url* failed for a moment in this *hour* of the day (UTC), of the last 30 days."""

    url: str
    hour: int
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UntoldLine:
    """How many notices wait for a *receiver*, and why; a *mistake* of ours never mends itself."""

    receiver: str
    notices: int
    why: str
    mistake: bool = False


class Station(StrEnum):
    """What a commit passes on its way to those who use the product."""

    CI = "ci"
    STAGING = "staging"
    PRODUCTION = "production"


class Glow(StrEnum):
    """How a station is, the worst first: only HEALTHY is health."""

    BROKEN = "broken"
    BLIND = "not seen"
    UNPROVED = "unproved"
    UNDECIDED = "undecided"
    UNWATCHED = "not watched"
    HEALTHY = "healthy"


@dataclass(frozen=True, slots=True, kw_only=True)
class Light:
    """How one station of a project is, and since when, as far as that is known.

    Of what is healthy that is the time of the newest proof, but for what each look proves anew.
    """

    of: Station
    glow: Glow
    since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectLine:
    """What was seen of one project; *unsettled* are sentences about what is under way.

    *unproved* are the titles of issues of which nothing is broken now and nothing proves that they
    are over; *unwatched* is what nothing judges. Nobody is to take either for health. *lights* has
    one for each station; reports of an older version have none.
    """

    name: ProjectName
    repo: RepoName
    findings: tuple[FindingLine, ...] = ()
    blind: tuple[BlindLine, ...] = ()
    unsettled: tuple[str, ...] = ()
    healthy: tuple[str, ...] = ()
    unproved: tuple[str, ...] = ()
    unwatched: tuple[UnwatchedLine, ...] = ()
    transients: tuple[TransientLine, ...] = ()
    lights: tuple[Light, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeLine:
    """One change to the tracker, planned or made."""

    change: str
    repo: RepoName
    issue: int | None
    fingerprint: Fingerprint
    reason: str
    applied: bool
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What a provider was asked in one cycle; *points* and *remaining* where it counts them."""

    requests: int = 0
    points: int | None = None
    remaining: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """When a cycle looked; one that *failed* looked at nothing to its end."""

    started_at: datetime
    finished_at: datetime
    failed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CycleReport:
    """One cycle, from start to end. *failed* names what ended it early, None when nothing did."""

    cycle: str
    started_at: datetime
    finished_at: datetime
    sentence: str
    dry_run: bool = False
    projects: tuple[ProjectLine, ...] = ()
    changes: tuple[ChangeLine, ...] = ()
    waiting: tuple[str, ...] = ()
    orphans: tuple[OrphanLine, ...] = ()
    github: Usage = Usage()
    railway: Usage = Usage()
    failed: str | None = None
    untold: tuple[UntoldLine, ...] = ()

    @property
    def blind(self) -> bool:
        """Tell whether any project was not fully seen."""
        return any(project.blind for project in self.projects)
