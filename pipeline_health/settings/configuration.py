"""Every key of `pipeline-health.toml`, what it may hold and what it is when it is left out.

Keys that no command reads yet are checked all the same, so that a mistake shows on the day it is
made.
"""

from datetime import timedelta
from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator

from pipeline_health.core.model import policy
from pipeline_health.settings import fields
from pipeline_health.settings.railway_names import railway_variables

_DEFAULTS = policy.Routing()
_BOUNDS = policy.Limits()
_PICKED_UP = "archon:in-progress"

Waivable: TypeAlias = Literal["github-deployment", "e2e", "railway"]


class Table(BaseModel):
    """A table of the file: no unknown keys, no conversions that nobody asked for."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, strict=True, hide_input_in_errors=True, validate_default=True
    )


class JsonCheck(Table):
    """A value that the JSON of the answer must hold."""

    key: fields.KeyPath
    value: fields.JsonScalar


class HeaderCheck(Table):
    """A header that the answer must have, and what its value must contain, if anything."""

    name: fields.HeaderName
    contains: Annotated[str, Field(min_length=1)] | None = None


class SmokeCheck(Table):
    """One HTTP check against the live staging URL; *within* is the longest it may take."""

    path: fields.UrlPath
    status: Annotated[tuple[fields.HttpStatus, ...], Field(strict=False), fields.AT_LEAST_ONE] = (
        200,
    )
    contains: Annotated[str, Field(min_length=1)] | None = None
    json_value: Annotated[JsonCheck | None, Field(alias="json")] = None
    header: HeaderCheck | None = None
    within: fields.Duration | None = None


class VersionCheck(Table):
    """Where the live URL tells its commit: a path, and a key of the JSON that is found there."""

    path: fields.UrlPath
    json_key: Annotated[fields.KeyPath, Field(alias="json")]


class GateTable(Table):
    """`[projects.gate]`: the promotion check."""

    smoke: Annotated[tuple[SmokeCheck, ...], Field(strict=False)] = ()
    version: VersionCheck | None = None
    e2e: fields.Lines = ()
    e2e_env: fields.PassedVariables = ()
    e2e_check: fields.Line | None = None
    waive: Annotated[tuple[Waivable, ...], Field(strict=False)] = ()
    timeout: fields.Duration = timedelta(minutes=10)
    max_age: fields.Duration = timedelta(minutes=10)

    @field_validator("e2e_check")
    @classmethod
    def _is_the_only_e2e(cls, check: str | None, others: ValidationInfo) -> str | None:
        if check is not None and others.data.get("e2e"):
            says = "excludes e2e; expected one of the two"
            raise fields.refusal(says)
        return check


class SupabaseTable(Table):
    """`supabase` of `[projects.audit]`: the project references of each environment."""

    staging: fields.Lines = ()
    production: fields.Lines = ()

    @field_validator("production")
    @classmethod
    def _is_not_staging(cls, given: tuple[str, ...], others: ValidationInfo) -> tuple[str, ...]:
        if set(given) & set(others.data.get("staging", ())):
            says = "has a reference that staging has too; expected each in one environment"
            raise fields.refusal(says)
        return given


class AuditTable(Table):
    """`[projects.audit]`: staging and production share no secret."""

    interval: fields.Duration = timedelta(hours=24)
    strict: bool = False
    shared_ok: fields.Lines = ()
    supabase: SupabaseTable = SupabaseTable()


class ProjectTable(Table):
    """`[[projects]]`: one watched project."""

    name: fields.Name
    repo: fields.Repo
    branch: fields.Branch | None = None
    railway_project: fields.Line | None = None
    staging_environment: fields.Line = "staging"
    production_environment: fields.Line = "production"
    services: fields.Lines = ()
    staging_url: fields.BaseUrl | None = None
    production_url: fields.BaseUrl | None = None
    health_path: fields.UrlPath = "/"
    evidence: Annotated[policy.EvidenceMode, Field(strict=False)] = policy.EvidenceMode.AUTO
    github_environment: fields.Line | None = None
    ci_workflows: fields.Lines = ()
    deploy_workflow: fields.Line | None = None
    staging_job: fields.Line | None = None
    production_job: fields.Line | None = None
    required_secrets: fields.VariableNames = ()
    gate: GateTable = GateTable()
    audit: AuditTable = AuditTable()

    @field_validator("staging_job", "production_job")
    @classmethod
    def _has_a_workflow(cls, job: str | None, others: ValidationInfo) -> str | None:
        if job is not None and others.data.get("deploy_workflow", "") is None:
            says = "needs deploy_workflow; expected the workflow that this job belongs to"
            raise fields.refusal(says)
        return job

    @field_validator("production_environment")
    @classmethod
    def _is_not_staging(cls, given: str, others: ValidationInfo) -> str:
        if given == others.data.get("staging_environment"):
            says = "is the staging environment; expected another one"
            raise fields.refusal(says)
        return given


class RoutingTable(Table):
    """`[routing]`: whose an issue is, said in labels."""

    agent: Annotated[fields.Labels, fields.AT_LEAST_ONE] = _DEFAULTS.agent
    base: Annotated[fields.Labels, fields.AT_LEAST_ONE] = _DEFAULTS.base
    human: Annotated[fields.Labels, fields.AT_LEAST_ONE] = _DEFAULTS.human
    agent_states: fields.Labels = _DEFAULTS.agent_states
    agent_over: fields.Labels = _DEFAULTS.agent_over
    hands_off: fields.Labels = _DEFAULTS.hands_off
    agent_logins: fields.Accounts = _DEFAULTS.agent_logins
    comment: str = _DEFAULTS.comment
    identity: fields.OptionalAccount = _DEFAULTS.identity
    signature: fields.Signature = _DEFAULTS.signature

    @field_validator("agent", "base", "human")
    @classmethod
    def _leaves_the_pickup_its_own(cls, labels: tuple[str, ...]) -> tuple[str, ...]:
        if _PICKED_UP in (label.lower() for label in labels):
            says = f'has "{_PICKED_UP}", which only the pickup sets; expected labels of ours'
            raise fields.refusal(says)
        return labels

    @field_validator("base", "human")
    @classmethod
    def _is_not_for_the_agent(
        cls, labels: tuple[str, ...], others: ValidationInfo
    ) -> tuple[str, ...]:
        ingested = {"bug", *(label.lower() for label in others.data.get("agent", ()))}
        for label in labels:
            if label.lower() in ingested:
                says = f'has "{label}", by which the agent takes an issue; expected other labels'
                raise fields.refusal(says)
        return labels


class LimitsTable(Table):
    """`[limits]`: bounds on what one cycle, one hour and one agent may do, and what is kept."""

    issues_per_cycle: fields.Count = _BOUNDS.issues_per_cycle
    issues_per_hour: fields.Count = _BOUNDS.issues_per_hour
    attempts: fields.Count = _BOUNDS.attempts
    agent_deadline: fields.Duration = _BOUNDS.agent_deadline
    reopen_within: fields.Duration = _BOUNDS.reopen_within
    cycle_deadline: fields.Deadline = _BOUNDS.cycle_deadline
    ops_repo: fields.OptionalRepo = None
    retention: fields.Retention = _BOUNDS.retention

    @field_validator("retention")
    @classmethod
    def _outlives_what_may_come_back(cls, given: timedelta, others: ValidationInfo) -> timedelta:
        if given < others.data.get("reopen_within", timedelta(0)):
            says = "is shorter than reopen_within; expected at least as long"
            raise fields.refusal(says)
        return given


class RemediesTable(Table):
    """`[remedies]`: what is tried before anyone is asked."""

    rerun: bool = False


class NotifyTable(Table):
    """`[notify]`: how often a human is reminded."""

    remind: fields.Duration = timedelta(hours=24)


class Configuration(Table):
    """The whole file."""

    sla: fields.Duration = timedelta(minutes=30)
    poll_interval: fields.Duration = timedelta(minutes=5)
    projects: Annotated[tuple[ProjectTable, ...], Field(strict=False), fields.AT_LEAST_ONE]
    routing: RoutingTable = RoutingTable()
    limits: LimitsTable = LimitsTable()
    remedies: RemediesTable = RemediesTable()
    notify: NotifyTable = NotifyTable()

    @field_validator("poll_interval")
    @classmethod
    def _leaves_time_for_three_looks(cls, interval: timedelta, others: ValidationInfo) -> timedelta:
        sla = others.data.get("sla")
        if sla is not None and interval * 3 > sla / 2:
            says = "three looks do not fit into half of sla; expected at most a sixth of sla"
            raise fields.refusal(says)
        return interval

    @field_validator("projects")
    @classmethod
    def _are_distinct(cls, projects: tuple[ProjectTable, ...]) -> tuple[ProjectTable, ...]:
        taken: dict[str, str] = {}
        for project in projects:
            for variable in railway_variables(project.name):
                if (other := taken.setdefault(variable, project.name)) != project.name:
                    says = (
                        f'"{other}" and "{project.name}" both have their token in {variable}; '
                        "expected names that differ in letters or digits"
                    )
                    raise fields.refusal(says)
        if len({project.name for project in projects}) < len(projects):
            says = "two have the same name; expected a name of its own for each"
            raise fields.refusal(says)
        return projects
