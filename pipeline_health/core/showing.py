"""What one look showed of a project, as facts: nothing is judged, and nothing is left to guess.

A fact has its provider's own time. What has none, a URL or whether a source could be read, has the
time of the look.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime

from pipeline_health.core import showing_code as code
from pipeline_health.core.model.policy import EvidenceMode, ProjectPolicy
from pipeline_health.core.model.questions import DeployTrace
from pipeline_health.core.model.railway import Deployment, Environment, Service
from pipeline_health.core.model.readings import NotAsked, Seen
from pipeline_health.core.model.recording import DeploymentTold, RecordedProject, UrlTold
from pipeline_health.core.model.shown import Shown, SourceTold
from pipeline_health.core.model.snapshot import ProjectView
from pipeline_health.core.model.urls import Place
from pipeline_health.core.showing_code import bare_url, log_of
from pipeline_health.core.sight import blind_of, sources_of
from pipeline_health.core.toml import quoted


def shown(view: ProjectView) -> Shown:
    """Give all that one look showed of a project."""
    return Shown(
        project=view.policy.name,
        at=view.now,
        whole=True,
        described=_described(view),
        head=view.github.head,
        pushes=tuple(code.pushes(view)),
        runs=tuple(dict.fromkeys(code.runs(view))),
        suites=tuple(dict.fromkeys(code.suites(view))),
        statuses=tuple(dict.fromkeys(code.statuses(view))),
        records=tuple(dict.fromkeys(code.records(view))),
        deployments=tuple(dict.fromkeys(_deployments(view))),
        urls=tuple(_urls(view)),
        sources=tuple(_sources(view)),
    )


# -- the project ---------------------------------------------------------------------------


def _described(view: ProjectView) -> RecordedProject | None:
    """Say what the project is; None while nobody knows what its branch is called."""
    policy, branch = view.policy, view.github.branch
    name = branch.value.name if isinstance(branch, Seen) else policy.branch
    if name is None:
        return None
    return RecordedProject(
        name=policy.name,
        repo=policy.repo,
        branch=name,
        railway_project=policy.railway_project,
        lines=tuple(_lines(policy)),
    )


def _lines(policy: ProjectPolicy) -> Iterator[str]:
    """Give the keys that what is watched depends on, as far as they are no defaults, as TOML."""
    yield from _texts("staging_environment", policy.staging_environment, but="staging")
    if policy.production_named:
        yield from _texts("production_environment", policy.production_environment)
    yield from _listed("services", policy.services)
    yield from _texts("staging_url", bare_url(policy.staging_url))
    yield from _texts("production_url", bare_url(policy.production_url))
    yield from _texts("health_path", policy.health_path, but="/")
    yield from _texts("evidence", policy.evidence, but=EvidenceMode.AUTO)
    yield from _texts("github_environment", policy.github_environment)
    yield from _listed("ci_workflows", policy.ci_workflows)
    yield from _texts("deploy_workflow", policy.deploy_workflow)
    yield from _texts("staging_job", policy.staging_job)
    yield from _texts("production_job", policy.production_job)


def _texts(key: str, value: str | None, *, but: str | None = None) -> Iterator[str]:
    if value is not None and value != but:
        yield f"{key} = {quoted(value)}"


def _listed(key: str, values: tuple[str, ...]) -> Iterator[str]:
    if values:
        yield f"{key} = [{', '.join(map(quoted, values))}]"


# -- Railway, URLs, and our own sight --------------------------------------------------------


def _deployments(view: ProjectView) -> Iterator[DeploymentTold]:
    """Give the deployments of every service in both environments, oldest first."""
    logs = _logs(view)
    told = [
        _deployment(
            view.policy.railway_project or part.value.project_id,
            part.value,
            service,
            deployment,
            log=logs.get((deployment.id, deployment.changed_at), ""),
        )
        for part in (view.staging, view.production)
        if isinstance(part, Seen)
        for service in part.value.services
        for deployment in (*service.deployments, *service.serving)
    ]
    yield from sorted(told, key=lambda each: (each.created_at, each.id))


def _deployment(
    project: str, environment: Environment, service: Service, deployment: Deployment, *, log: str
) -> DeploymentTold:
    return DeploymentTold(
        at=deployment.changed_at,
        project=project,
        environment=environment.name,
        service=service.name,
        id=deployment.id,
        status=deployment.status,
        created_at=deployment.created_at,
        commit=deployment.commit,
        built_from=deployment.repo or service.repo,
        image=deployment.image,
        cron=service.cron,
        skipped_reason=deployment.skipped_reason,
        stopped=deployment.stopped,
        log=log,
    )


def _logs(view: ProjectView) -> Mapping[tuple[str, datetime], str]:
    """Give what failing deployments left behind, by their ids and the times of their failures."""
    return {
        (question.trace.deployment_id, question.trace.changed_at): log_of(answer.value)
        for question, answer in view.answers.evidence.items()
        if isinstance(question.trace, DeployTrace) and isinstance(answer, Seen)
    }


def _urls(view: ProjectView) -> Iterator[UrlTold]:
    policy = view.policy
    named = {Place.STAGING: policy.staging_url, Place.PRODUCTION: policy.production_url}
    for place, sight in view.urls.items():
        if isinstance(sight, Seen):
            yield UrlTold(
                at=view.now,
                repo=policy.repo,
                place=place,
                answers=sight.value.answers,
                url=bare_url(named[place]),
            )


def _sources(view: ProjectView) -> Iterator[SourceTold]:
    """Say of every source that was asked whether all of it could be read."""
    for source, parts in sources_of(view).items():
        if any(not isinstance(part, NotAsked) for part in parts):
            blind = blind_of(parts)
            yield SourceTold(
                at=view.now,
                source=source,
                readable=blind is None,
                why="" if blind is None else blind.why,
            )
