"""The two stages that a commit passes, staging and production, for what is judged alike in both."""

from pipeline_health.core.model.findings import Kind, Scope, Subject, Symptom, Thing
from pipeline_health.core.model.railway import Environment
from pipeline_health.core.model.readings import DeploymentRecord, Part
from pipeline_health.core.model.snapshot import ProjectView
from pipeline_health.core.observe import of_repository, production_scope, staging_scope
from pipeline_health.frozen import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One of the two, as one look saw it.

    *name* is what the operator calls it, *job* its job in the deploy workflow, *failed* the kind of
    a failed deployment to it.
    """

    view: ProjectView
    scope: Scope | None
    name: str
    failed: Kind
    environment: Part[Environment]
    records: Part[tuple[DeploymentRecord, ...]]
    job: str | None

    def symptom(self, subject: Subject | None = None) -> Symptom | None:
        """Give a failed deployment of *subject*, or to the whole; None while its scope is unknown.

        The scope of a service is built from the configuration wherever Railway is configured, so
        that it is the same whichever source was seen; that of the whole needs the repository's id.
        """
        scope = self.scope if subject is not None else of_repository(self.view, self.scope)
        if scope is None:
            return None
        whole = Subject(Thing.ENVIRONMENT, self.name)
        return Symptom(kind=self.failed, scope=scope, subject=subject or whole)

    @property
    def is_production(self) -> bool:
        """Tell whether it is the last one."""
        return self.failed is Kind.PRODUCTION_DEPLOY_FAILED


def staging_of(view: ProjectView) -> Stage:
    """Give staging."""
    return Stage(
        view=view,
        scope=staging_scope(view),
        name=view.policy.staging_environment,
        failed=Kind.STAGING_DEPLOY_FAILED,
        environment=view.staging,
        records=view.github.deployments,
        job=view.policy.staging_job,
    )


def production_of(view: ProjectView) -> Stage:
    """Give production."""
    return Stage(
        view=view,
        scope=production_scope(view),
        name=view.policy.production_environment,
        failed=Kind.PRODUCTION_DEPLOY_FAILED,
        environment=view.production,
        records=view.github.production,
        job=view.policy.production_job,
    )
