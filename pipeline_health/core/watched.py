"""The services of staging that are watched, each beside the look that it was seen in."""

from collections.abc import Iterator
from datetime import datetime
from urllib.parse import quote

from pipeline_health.core.model.findings import Kind, Scope, Subject, Symptom, Thing
from pipeline_health.core.model.ids import Sha
from pipeline_health.core.model.questions import DeployTrace
from pipeline_health.core.model.railway import Deployment, Environment, Service
from pipeline_health.core.model.readings import Seen
from pipeline_health.core.model.snapshot import ProjectView
from pipeline_health.core.observe import commit_of, is_archived, staging_scope
from pipeline_health.frozen import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """One service of one environment, as it was seen at *seen_at*."""

    view: ProjectView
    scope: Scope
    environment: Environment
    service: Service
    seen_at: datetime

    def symptom(self, kind: Kind) -> Symptom:
        """Name a failure of the service."""
        subject = Subject(Thing.SERVICE, self.service.name)
        return Symptom(kind=kind, scope=self.scope, subject=subject)

    def commit(self, deployment: Deployment) -> Sha | None:
        """Give the commit of *deployment*, where it is one of ours."""
        return commit_of(self.view, deployment)

    def trace(self, deployment: Deployment) -> DeployTrace:
        """Tell where *deployment* can be read."""
        return deploy_trace(self.view, self.environment, self.service, deployment)


def watched(view: ProjectView) -> Iterator[Watched]:
    """Give the services that are configured, else all that were ever deployed; none while unseen.

    A configured service that is not there is left out: the rule for failed deploys tells of it.
    """
    staging, scope = view.staging, staging_scope(view)
    if not isinstance(staging, Seen) or scope is None or is_archived(view):
        return
    for service in staging.value.services:
        names = view.policy.services
        if service.name in names or (not names and service.deployments):
            yield Watched(
                view=view,
                scope=scope,
                environment=staging.value,
                service=service,
                seen_at=staging.at,
            )


def deploy_trace(
    view: ProjectView, environment: Environment, service: Service, deployment: Deployment
) -> DeployTrace:
    """Tell where a deployment of *service* can be read, on Railway's own page."""
    project, place = quote(environment.project_id), quote(environment.id)
    return DeployTrace(
        project=view.policy.name,
        deployment_id=deployment.id,
        changed_at=deployment.changed_at,
        url=f"https://railway.com/project/{project}/service/{quote(service.id)}"
        f"?environmentId={place}&id={quote(deployment.id)}",
    )
