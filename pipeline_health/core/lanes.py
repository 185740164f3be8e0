"""What staging proved beside what production serves, lane by lane.

A lane is a service that Railway deploys to both, or the environment as a whole, for what only
GitHub tells of.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime

from pipeline_health.core.at_head import head_of
from pipeline_health.core.ci_verdict import STUCK_AFTER, State
from pipeline_health.core.deploy_runs import deploy_runs
from pipeline_health.core.deploy_verdict import (
    DeployState,
    is_watched_path_skip,
    judge_record,
    judge_service,
)
from pipeline_health.core.model.deployed import Passage
from pipeline_health.core.model.findings import Proof
from pipeline_health.core.model.ids import Sha
from pipeline_health.core.model.railway import Deployment, RailwayStatus, Service
from pipeline_health.core.model.readings import Seen
from pipeline_health.core.model.snapshot import ProjectView
from pipeline_health.core.observe import commit_of
from pipeline_health.core.passages import WHOLE, passages_of, proofs_of
from pipeline_health.core.recorded_deploys import newest_record, workflow_word
from pipeline_health.core.stages import Stage, production_of, staging_of
from pipeline_health.frozen import dataclass

_CI_RUNS = frozenset({State.PENDING, State.RED_RERUNNING})
_WORKS = frozenset({RailwayStatus.SUCCESS, RailwayStatus.SLEEPING})


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """One thing that is deployed to both stages.

    *passages* are what passed staging, oldest first, one at least, and *known* those of all lanes;
    *current* is what works there now, None where that cannot be told; *served* holds every commit
    that any source knows to be in production, one at least.
    """

    passages: tuple[Passage, ...]
    known: tuple[Passage, ...]
    current: Sha | None
    served: tuple[Sha, ...]


def lanes_of(view: ProjectView) -> Iterator[Lane]:
    """Give every lane of which it is known what passed staging, and what production serves.

    A service that staging does not have any more is no lane, whatever it once passed.
    """
    passages, present = passages_of(view), {one.name for one in _services(staging_of(view))}
    current = {lane: proof.commit for lane, proof in proofs_of(view)}
    services, whole = _of_services(view), tuple(_of_github(view))
    everything = tuple(sha for served in services.values() for sha in served)
    for name in sorted({passage.lane for passage in passages} & {WHOLE, *present}):
        served = (*(everything if name == WHOLE else services.get(name, ())), *whole)
        if served:
            yield Lane(
                passages=tuple(passage for passage in passages if passage.lane == name),
                known=passages,
                current=current.get(name),
                served=tuple(dict.fromkeys(served)),
            )


def served_in_production(view: ProjectView) -> tuple[Sha, ...]:
    """Give every commit that any source knows to be in production."""
    of_services = (sha for served in _of_services(view).values() for sha in served)
    return tuple(dict.fromkeys((*of_services, *_of_github(view))))


def is_on_its_way(view: ProjectView) -> bool:
    """Tell whether anything is under way that may still bring production up to date.

    What did not change for hours is stuck, and brings nothing.
    """
    head = head_of(view)
    if head is None or head.verdict.state in _CI_RUNS:
        return True
    begun = (
        *(run.suite.updated_at for run in deploy_runs(view) if not run.ended),
        *_being_deployed(view),
    )
    return any(head.seen_at - since <= STUCK_AFTER for since in begun)


def _being_deployed(view: ProjectView) -> Iterator[datetime]:
    """Give since when each deployment to production has been under way."""
    stage = production_of(view)
    for verdict in map(judge_service, _services(stage)):
        if verdict.state is DeployState.IN_FLIGHT and verdict.deployment is not None:
            yield verdict.deployment.changed_at
    record = newest_record(stage)
    if record is not None and judge_record(record.state) is DeployState.IN_FLIGHT:
        yield record.changed_at


def _services(stage: Stage) -> tuple[Service, ...]:
    return stage.environment.value.services if isinstance(stage.environment, Seen) else ()


def _of_services(view: ProjectView) -> Mapping[str, tuple[Sha, ...]]:
    """Give the commits that each service serves in production, as Railway tells."""
    return {
        service.name: tuple(
            commit
            for deployment in _standing(service)
            if (commit := commit_of(view, deployment)) is not None
        )
        for service in _services(production_of(view))
    }


def _standing(service: Service) -> Iterator[Deployment]:
    """Give the newest deployment that works, if its commit is known, and the skips since then.

    A commit that touches nothing of a service is served by what was built before it.
    """
    line = sorted(service.deployments, key=lambda one: (one.created_at, one.id), reverse=True)
    skipped = []
    for deployment in line:
        if is_watched_path_skip(deployment):
            skipped.append(deployment)
        elif deployment.status in _WORKS and not deployment.stopped:
            yield from (deployment, *skipped) if deployment.commit is not None else ()
            return


def _of_github(view: ProjectView) -> Iterator[Sha]:
    """Give the commits that were deployed to production, as the workflow and the records tell."""
    stage = production_of(view)
    word, record = workflow_word(stage), newest_record(stage, DeployState.HEALTHY)
    if isinstance(word, Proof) and word.commit is not None:
        yield word.commit
    if record is not None:
        yield record.sha
