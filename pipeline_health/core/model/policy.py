"""What the operator wants, as values: the part of the configuration that decisions depend on."""

from dataclasses import field
from datetime import timedelta
from enum import StrEnum

from pipeline_health.core.model.gate_policy import AuditPolicy, GatePolicy
from pipeline_health.core.model.ids import Login, ProjectName, RepoName
from pipeline_health.frozen import dataclass


class EvidenceMode(StrEnum):
    """How much of a provider's log an issue may show."""

    AUTO = "auto"
    FULL = "full"
    FIRST_ERROR = "first-error"
    LINK = "link"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectPolicy:
    """One watched project. Absent names mean that nobody asked for that source.

    *production_named* says that the operator wrote down what production is called: then it must be
    there, else only where there is one.
    """

    name: ProjectName
    repo: RepoName
    branch: str | None = None
    railway_project: str | None = None
    staging_environment: str = "staging"
    production_environment: str = "production"
    staging_url: str | None = None
    production_url: str | None = None
    health_path: str = "/"
    production_named: bool = False
    services: tuple[str, ...] = ()
    github_environment: str | None = None
    ci_workflows: tuple[str, ...] = ()
    deploy_workflow: str | None = None
    staging_job: str | None = None
    production_job: str | None = None
    evidence: EvidenceMode = EvidenceMode.AUTO
    gate: GatePolicy = field(default_factory=GatePolicy)
    audit: AuditPolicy = field(default_factory=AuditPolicy)


@dataclass(frozen=True, slots=True, kw_only=True)
class Routing:
    """Whose an issue is, said in labels; the defaults are what Archon's pickup keys on."""

    base: tuple[str, ...] = ("pipeline-health",)
    agent: tuple[str, ...] = ("bug", "archon:queued")
    human: tuple[str, ...] = ("human-needed", "archon:skipped")
    agent_states: tuple[str, ...] = (
        "archon:queued",
        "archon:triage-in-progress",
        "archon:in-progress",
        "archon:blocked",
    )
    agent_over: tuple[str, ...] = ("archon:done", "archon:failed")
    hands_off: tuple[str, ...] = (
        "manual-review",
        "wontfix",
        "duplicate",
        "question",
        "factory-gap",
    )
    agent_logins: tuple[Login, ...] = (Login("archon"),)
    comment: str = ""
    identity: Login | None = None
    signature: str = "Auto-filed by `pipeline-health-cron.sh`"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bounds on what one cycle, one hour and one agent may do, and on how long it is remembered."""

    issues_per_cycle: int = 5
    issues_per_hour: int = 20
    attempts: int = 3
    agent_deadline: timedelta = timedelta(hours=6)
    reopen_within: timedelta = timedelta(days=7)
    cycle_deadline: timedelta = timedelta(minutes=3)
    ops_repo: RepoName | None = None
    retention: timedelta = timedelta(days=90)


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """The portfolio as the operator wants it watched; *others* are not looked at this time.

    *rerun* allows one re-run of failed jobs before anyone is asked; *remind* is how often people
    are reminded of what waits for them.
    """

    projects: tuple[ProjectPolicy, ...]
    others: frozenset[ProjectName] = frozenset()
    other_repos: frozenset[RepoName] = frozenset()
    routing: Routing = field(default_factory=Routing)
    limits: Limits = field(default_factory=Limits)
    rerun: bool = False
    sla: timedelta = timedelta(minutes=30)
    poll_interval: timedelta = timedelta(minutes=5)
    remind: timedelta = timedelta(hours=24)
