"""What a rule can say of a subject: it is broken, it is proved to work, or nobody can tell yet.

A subject that no rule mentions stays as it was. Only a Finding opens and only a Proof closes.
"""

from datetime import datetime
from enum import StrEnum
from typing import NewType, TypeAlias

from pipeline_health.core.model.ids import ProjectName, Sha
from pipeline_health.core.model.questions import Question, Trace
from pipeline_health.frozen import dataclass

Scope = NewType("Scope", str)
"""Where a failure lives: repository and branch for CI, Railway environment for deploys, which a URL
has too where Railway is configured."""


class Kind(StrEnum):
    """What is broken. Set when an incident opens, and never changed."""

    MAIN_CI_RED = "main-ci-red"
    STAGING_DEPLOY_FAILED = "staging-deploy-failed"
    CREDENTIAL_REJECTED = "credential-rejected"
    MAIN_CI_MISSING = "main-ci-missing"
    MAIN_CI_STUCK = "main-ci-stuck"
    STAGING_DEPLOY_STUCK = "staging-deploy-stuck"
    STAGING_DEPLOY_MISSING = "staging-deploy-missing"
    STAGING_TESTS_FAILED = "staging-tests-failed"
    SCHEDULED_WORKFLOW_RED = "scheduled-workflow-red"
    SOURCE_BLIND = "source-blind"
    STAGING_UNREACHABLE = "staging-unreachable"
    PRODUCTION_UNREACHABLE = "production-unreachable"
    PRODUCTION_DEPLOY_FAILED = "production-deploy-failed"
    PRODUCTION_LAGGING = "production-lagging"
    CREDENTIAL_SHARED = "credential-shared"
    ENV_FILE_COMMITTED = "env-file-committed"


class Thing(StrEnum):
    """What sort of thing a subject is; a SECRET is our own, a CREDENTIAL one of the product."""

    WORKFLOW = "workflow"
    STATUS = "status"
    SERVICE = "service"
    ENVIRONMENT = "environment"
    BRANCH = "branch"
    PROJECT = "project"
    SOURCE = "source"
    SECRET = "secret"  # noqa: S105 - a sort of thing, no value
    CREDENTIAL = "credential"
    FILE = "file"
    URL = "url"


@dataclass(frozen=True, slots=True)
class Subject:
    """The thing that is broken or works, named as its provider names it."""

    thing: Thing
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Symptom:
    """One way in which something can be broken: what continuity is decided by."""

    kind: Kind
    scope: Scope
    subject: Subject


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Broken. *since* is the provider's own time of the failure; *says* is our sentence, no log.

    *for_people* says that only a person can act on it, whatever its evidence tells of the cause;
    *approval* that it waits for somebody to approve it.
    """

    symptom: Symptom
    project: ProjectName
    since: datetime
    commit: Sha | None
    trace: Trace
    says: str
    for_people: bool = False
    approval: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """Proved to work at *commit*, at *at* by the provider's clock."""

    symptom: Symptom
    project: ProjectName
    at: datetime
    commit: Sha | None
    trace: Trace
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsettled:
    """Neither: something is under way or could not be seen. *asks* names what would settle it."""

    symptom: Symptom
    project: ProjectName
    why: str
    in_flight: bool = False
    asks: Question | None = None


Observation: TypeAlias = Finding | Proof | Unsettled
