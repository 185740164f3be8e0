"""The verdict of the promotion check: eight criteria, each in one of five states, dated."""

from datetime import datetime
from enum import StrEnum

from pipeline_health.core.model.ids import ProjectName, RepoName, Sha
from pipeline_health.frozen import dataclass


class CriterionName(StrEnum):
    """What must be proved, in the order in which it is told."""

    MAIN_CI = "main-ci"
    STAGING_DEPLOY = "staging-deploy"
    GITHUB_DEPLOYMENT = "github-deployment"
    STAGING_REACHABLE = "staging-reachable"
    SMOKE = "smoke"
    E2E = "e2e"
    CREDENTIAL_ISOLATION = "credential-isolation"
    NO_OPEN_INCIDENT = "no-open-incident"


class CriterionState(StrEnum):
    """What is known of a criterion; only PASS and WAIVED let a commit through.

    PENDING will be decided without anybody doing anything; UNKNOWN could not be read.
    """

    PASS = "pass"  # noqa: S105 - a state, no secret
    FAIL = "fail"
    PENDING = "pending"
    UNKNOWN = "unknown"
    WAIVED = "waived"


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """One criterion. *says* is one sentence without its full stop, *next* what to do about it.

    *at* is when it was looked at, by our clock; *tail* is bounded, redacted output of a test.
    """

    name: CriterionName
    state: CriterionState
    says: str
    at: datetime
    url: str | None = None
    next: str = ""
    tail: str = ""


class Answer(StrEnum):
    """May this commit go to production? Nothing but PROMOTE is a yes."""

    PROMOTE = "promote"
    BLOCK = "block"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class ServedNow:
    """What one service of staging serves: a deployment, and the commit that it was made from."""

    service: str
    deployment: str
    commit: Sha | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The whole answer, for exactly one commit at one moment.

    *final* says that waiting changes nothing. *superseded_by* is the newer commit that staging
    serves and that contains this one. *rollback* says why a commit behind production is refused.
    *expires_at* is when the oldest proof is too old, None unless the answer is a yes.
    """

    answer: Answer
    reason: str
    next: str
    project: ProjectName
    repo: RepoName
    commit: Sha
    criteria: tuple[Criterion, ...]
    checked_at: datetime
    config_hash: str
    final: bool
    superseded_by: Sha | None = None
    rollback: str = ""
    url: str | None = None
    served: tuple[ServedNow, ...] = ()
    expires_at: datetime | None = None

    @property
    def waived(self) -> tuple[CriterionName, ...]:
        """The criteria that the operator does without."""
        return tuple(one.name for one in self.criteria if one.state is CriterionState.WAIVED)
