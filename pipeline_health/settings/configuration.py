"""Every key of `pipeline-health.toml`, what it may hold and what it is when it is left out.

Keys that no command reads yet are checked all the same, so that a mistake shows on the day it is
made.
"""

from datetime import timedelta
from typing import Annotated, Literal, TypeAlias, TypeVar

from pipeline_health.core.model import policy
from pipeline_health.frozen import dataclass
from pipeline_health.settings import fields
from pipeline_health.settings.railway_names import railway_variables
from pipeline_health.shapes import Beside, Key, after, after_others, bounded

_DEFAULTS = policy.Routing()
_BOUNDS = policy.Limits()
_PICKED_UP = "archon:in-progress"

PRODUCTION = "production"

Waivable: TypeAlias = Literal["github-deployment", "e2e", "railway"]

Checked = TypeVar("Checked")


def _is_the_only_e2e(check: Checked, others: Beside) -> Checked:
    if check is not None and others.data.get("e2e"):
        says = "excludes e2e; expected one of the two"
        raise fields.refusal(says)
    return check


def _are_no_references_of_staging(given: tuple[str, ...], others: Beside) -> tuple[str, ...]:
    if set(given) & set(others.data.get("staging", ())):
        says = "has a reference that staging has too; expected each in one environment"
        raise fields.refusal(says)
    return given


def _has_a_workflow(job: Checked, others: Beside) -> Checked:
    if job is not None and others.data.get("deploy_workflow", "") is None:
        says = "needs deploy_workflow; expected the workflow that this job belongs to"
        raise fields.refusal(says)
    return job


def _is_not_staging(given: str | None, others: Beside) -> str | None:
    if (given or PRODUCTION) == others.data.get("staging_environment"):
        says = "is the staging environment; expected another one"
        raise fields.refusal(says)
    return given


def _leaves_the_pickup_its_own(labels: tuple[str, ...]) -> tuple[str, ...]:
    if _PICKED_UP in (label.lower() for label in labels):
        says = f'has "{_PICKED_UP}", which only the pickup sets; expected labels of ours'
        raise fields.refusal(says)
    return labels


def _are_not_for_the_agent(labels: tuple[str, ...], others: Beside) -> tuple[str, ...]:
    ingested = {"bug", *(label.lower() for label in others.data.get("agent", ()))}
    for label in labels:
        if label.lower() in ingested:
            says = f'has "{label}", by which the agent takes an issue; expected other labels'
            raise fields.refusal(says)
    return labels


def _leaves_time_for_three_looks(interval: timedelta, others: Beside) -> timedelta:
    sla = others.data.get("sla")
    if sla is not None and interval * 3 > sla / 2:
        says = "three looks do not fit into half of sla; expected at most a sixth of sla"
        raise fields.refusal(says)
    return interval


def _outlives_what_may_come_back(given: timedelta, others: Beside) -> timedelta:
    if given < others.data.get("reopen_within", timedelta(0)):
        says = "is shorter than reopen_within; expected at least as long"
        raise fields.refusal(says)
    return given


def _are_distinct(projects: "tuple[ProjectTable, ...]") -> "tuple[ProjectTable, ...]":
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


_Job: TypeAlias = Annotated[fields.Line | None, after_others(_has_a_workflow)]
_OurLabels: TypeAlias = Annotated[
    fields.Labels, fields.AT_LEAST_ONE, after(_leaves_the_pickup_its_own)
]


@dataclass(frozen=True, slots=True, kw_only=True)
class JsonCheck:
    """A value that the JSON of the answer must hold."""

    key: fields.KeyPath
    value: fields.JsonScalar


@dataclass(frozen=True, slots=True, kw_only=True)
class HeaderCheck:
    """A header that the answer must have, and what its value must contain, if anything."""

    name: fields.HeaderName
    contains: Annotated[str, bounded(min_length=1)] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SmokeCheck:
    """One HTTP check against the live staging URL; *within* is the longest it may take."""

    path: fields.UrlPath
    status: Annotated[tuple[fields.HttpStatus, ...], fields.AT_LEAST_ONE] = (200,)
    contains: Annotated[str, bounded(min_length=1)] | None = None
    json_value: Annotated[JsonCheck | None, Key("json")] = None
    header: HeaderCheck | None = None
    within: fields.Duration | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionCheck:
    """Where the live URL tells its commit: a path, and a key of the JSON that is found there."""

    path: fields.UrlPath
    json_key: Annotated[fields.KeyPath, Key("json")]


@dataclass(frozen=True, slots=True, kw_only=True)
class GateTable:
    """`[projects.gate]`: the promotion check."""

    smoke: tuple[SmokeCheck, ...] = ()
    version: VersionCheck | None = None
    e2e: fields.Lines = ()
    e2e_env: fields.PassedVariables = ()
    e2e_check: Annotated[fields.Line | None, after_others(_is_the_only_e2e)] = None
    waive: tuple[Waivable, ...] = ()
    timeout: fields.Duration = timedelta(minutes=10)
    max_age: fields.Duration = timedelta(minutes=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class SupabaseTable:
    """`supabase` of `[projects.audit]`: the project references of each environment."""

    staging: fields.Lines = ()
    production: Annotated[fields.Lines, after_others(_are_no_references_of_staging)] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditTable:
    """`[projects.audit]`: staging and production share no secret."""

    interval: fields.Duration = timedelta(hours=24)
    strict: bool = False
    shared_ok: fields.Lines = ()
    supabase: SupabaseTable = SupabaseTable()


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectTable:
    """`[[projects]]`: one watched project; one that names no production has it as PRODUCTION."""

    name: fields.Name
    repo: fields.Repo
    branch: fields.Branch | None = None
    railway_project: fields.Line | None = None
    staging_environment: fields.Line = "staging"
    production_environment: Annotated[fields.Line | None, after_others(_is_not_staging)] = None
    services: fields.Lines = ()
    staging_url: fields.BaseUrl | None = None
    production_url: fields.BaseUrl | None = None
    health_path: fields.UrlPath = "/"
    evidence: policy.EvidenceMode = policy.EvidenceMode.AUTO
    github_environment: fields.Line | None = None
    ci_workflows: fields.Lines = ()
    deploy_workflow: fields.Line | None = None
    staging_job: _Job = None
    production_job: _Job = None
    required_secrets: fields.VariableNames = ()
    gate: GateTable = GateTable()
    audit: AuditTable = AuditTable()


@dataclass(frozen=True, slots=True, kw_only=True)
class RoutingTable:
    """`[routing]`: whose an issue is, said in labels."""

    agent: _OurLabels = _DEFAULTS.agent
    base: Annotated[_OurLabels, after_others(_are_not_for_the_agent)] = _DEFAULTS.base
    human: Annotated[_OurLabels, after_others(_are_not_for_the_agent)] = _DEFAULTS.human
    agent_states: fields.Labels = _DEFAULTS.agent_states
    agent_over: fields.Labels = _DEFAULTS.agent_over
    hands_off: fields.Labels = _DEFAULTS.hands_off
    agent_logins: fields.Accounts = _DEFAULTS.agent_logins
    comment: str = _DEFAULTS.comment
    identity: fields.OptionalAccount = _DEFAULTS.identity
    signature: fields.Signature = _DEFAULTS.signature


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitsTable:
    """`[limits]`: bounds on what one cycle, one hour and one agent may do, and what is kept."""

    issues_per_cycle: fields.Count = _BOUNDS.issues_per_cycle
    issues_per_hour: fields.Count = _BOUNDS.issues_per_hour
    attempts: fields.Count = _BOUNDS.attempts
    agent_deadline: fields.Duration = _BOUNDS.agent_deadline
    reopen_within: fields.Duration = _BOUNDS.reopen_within
    cycle_deadline: fields.Deadline = _BOUNDS.cycle_deadline
    ops_repo: fields.OptionalRepo = None
    retention: Annotated[fields.Retention, after_others(_outlives_what_may_come_back)] = (
        _BOUNDS.retention
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class RemediesTable:
    """`[remedies]`: what is tried before anyone is asked."""

    rerun: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NotifyTable:
    """`[notify]`: how often a human is reminded."""

    remind: fields.Duration = timedelta(hours=24)


@dataclass(frozen=True, slots=True, kw_only=True)
class PageTable:
    """`[page]`: where `serve` shows what is known; None leaves it to `serve`."""

    listen: fields.Listen | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """The whole file."""

    sla: fields.Duration = timedelta(minutes=30)
    poll_interval: Annotated[fields.Duration, after_others(_leaves_time_for_three_looks)] = (
        timedelta(minutes=5)
    )
    projects: Annotated[tuple[ProjectTable, ...], fields.AT_LEAST_ONE, after(_are_distinct)]
    routing: RoutingTable = RoutingTable()
    limits: LimitsTable = LimitsTable()
    remedies: RemediesTable = RemediesTable()
    notify: NotifyTable = NotifyTable()
    page: PageTable = PageTable()
