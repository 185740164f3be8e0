"""What Railway says of a commit, whichever service has it: GitHub's records name none."""

from collections.abc import Iterator

from pipeline_health.core.deploy_verdict import DeployState, judge_service
from pipeline_health.core.model.ids import Sha
from pipeline_health.core.model.railway import Deployment, Service
from pipeline_health.core.model.readings import Seen
from pipeline_health.core.model.snapshot import ProjectView
from pipeline_health.core.observe import commit_of, is_ours
from pipeline_health.core.serving import served_by
from pipeline_health.core.stages import Stage


def states_at(stage: Stage, commit: Sha) -> frozenset[DeployState]:
    """Give what Railway says of every service, watched or not, whose newest word is on *commit*."""
    verdicts = ((service, judge_service(service)) for service in _services(stage))
    return frozenset(
        verdict.state
        for service, verdict in verdicts
        if _commit(stage.view, service, verdict.deployment) == commit
    )


def working_commits(stage: Stage) -> Iterator[Sha]:
    """Give the commits at which a service works now, whatever their age.

    What was deployed before goes on working behind a commit that was skipped or failed to build,
    and until the next one is there.
    """
    for service in _services(stage):
        verdict = judge_service(service)
        newest = (verdict.deployment,) if verdict.state is DeployState.HEALTHY else ()
        for deployment in (*newest, *served_by(service)):
            commit = _commit(stage.view, service, deployment)
            if commit is not None:
                yield commit


def _services(stage: Stage) -> tuple[Service, ...]:
    return stage.environment.value.services if isinstance(stage.environment, Seen) else ()


def _commit(view: ProjectView, service: Service, deployment: Deployment | None) -> Sha | None:
    """Give the commit of *deployment*, also where it names our repository as it was called then.

    It does so for good. It is ours where the service is built from our repository and the commit is
    on our branch: a new name alone must not bring back what is over.
    """
    if deployment is None:
        return None
    if service.repo is not None and is_ours(view, service.repo):
        branch = view.github.branch
        if isinstance(branch, Seen) and deployment.commit in branch.value.history:
            return deployment.commit
    return commit_of(view, deployment)
