"""The part of the configuration that decisions depend on, as the core knows it."""

from pipeline_health.core.model.gate_policy import (
    AuditPolicy,
    GatePolicy,
    HeaderCheck,
    JsonCheck,
    SmokeCheck,
    VersionCheck,
    Waivable,
)
from pipeline_health.core.model.policy import Limits, Policy, ProjectPolicy, Routing
from pipeline_health.settings.configuration import (
    PRODUCTION,
    Configuration,
    GateTable,
    LimitsTable,
    ProjectTable,
    RoutingTable,
)
from pipeline_health.settings.configuration import SmokeCheck as SmokeTable


def policy_of(configuration: Configuration) -> Policy:
    """Give the policy that *configuration* describes."""
    return Policy(
        projects=tuple(_project(project) for project in configuration.projects),
        routing=_routing(configuration.routing),
        limits=_limits(configuration.limits),
        rerun=configuration.remedies.rerun,
        sla=configuration.sla,
        poll_interval=configuration.poll_interval,
        remind=configuration.notify.remind,
    )


def _project(table: ProjectTable) -> ProjectPolicy:
    return ProjectPolicy(
        name=table.name,
        repo=table.repo,
        branch=table.branch,
        railway_project=table.railway_project,
        staging_environment=table.staging_environment,
        production_environment=table.production_environment or PRODUCTION,
        staging_url=table.staging_url,
        production_url=table.production_url,
        health_path=table.health_path,
        production_named=table.production_environment is not None,
        services=table.services,
        github_environment=table.github_environment,
        ci_workflows=table.ci_workflows,
        deploy_workflow=table.deploy_workflow,
        staging_job=table.staging_job,
        production_job=table.production_job,
        evidence=table.evidence,
        gate=_gate(table.gate),
        audit=_audit(table),
    )


def _gate(table: GateTable) -> GatePolicy:
    version = table.version
    return GatePolicy(
        smoke=tuple(map(_smoke, table.smoke)),
        version=None if version is None else VersionCheck(path=version.path, key=version.json_key),
        e2e=table.e2e,
        e2e_env=table.e2e_env,
        e2e_check=table.e2e_check,
        waive=frozenset(map(Waivable, table.waive)),
        timeout=table.timeout,
        max_age=table.max_age,
    )


def _smoke(table: SmokeTable) -> SmokeCheck:
    json, header = table.json_value, table.header
    return SmokeCheck(
        path=table.path,
        status=table.status,
        contains=table.contains,
        json=None if json is None else JsonCheck(key=json.key, value=json.value),
        header=None
        if header is None
        else HeaderCheck(name=header.name, contains=header.contains or ""),
        within=table.within,
    )


def _audit(table: ProjectTable) -> AuditPolicy:
    audit = table.audit
    return AuditPolicy(
        interval=audit.interval,
        strict=audit.strict,
        shared_ok=audit.shared_ok,
        staging=audit.supabase.staging,
        production=audit.supabase.production,
        required=table.required_secrets,
    )


def _routing(table: RoutingTable) -> Routing:
    return Routing(
        base=table.base,
        agent=table.agent,
        human=table.human,
        agent_states=table.agent_states,
        agent_over=table.agent_over,
        hands_off=table.hands_off,
        agent_logins=table.agent_logins,
        comment=table.comment,
        identity=table.identity,
        signature=table.signature,
    )


def _limits(table: LimitsTable) -> Limits:
    return Limits(
        issues_per_cycle=table.issues_per_cycle,
        issues_per_hour=table.issues_per_hour,
        attempts=table.attempts,
        agent_deadline=table.agent_deadline,
        reopen_within=table.reopen_within,
        cycle_deadline=table.cycle_deadline,
        ops_repo=table.ops_repo,
        retention=table.retention,
    )
