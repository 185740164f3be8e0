"""Which URLs are to be asked, and what casts doubt on a look that fails."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from pipeline_health.core.deploy_runs import newest_deploy_run
from pipeline_health.core.deploy_verdict import DeployState, judge_record, judge_service
from pipeline_health.core.model.policy import ProjectPolicy
from pipeline_health.core.model.railway import Environment, RailwayStatus, Service
from pipeline_health.core.model.readings import Blind, DeploymentRecord, Part, Seen
from pipeline_health.core.model.snapshot import ProjectView, Snapshot
from pipeline_health.core.model.urls import Doubt, Place, Target, UrlSight
from pipeline_health.core.observe import is_archived

LONGEST_DEPLOY = timedelta(minutes=30)
"""What takes longer is stuck, which excuses nothing."""


def base_url(policy: ProjectPolicy, place: Place) -> str | None:
    """Give the URL that the operator named for *place*."""
    return policy.staging_url if place is Place.STAGING else policy.production_url


def targets(snapshot: Snapshot) -> Iterator[Target]:
    """Give every URL that is to be asked; of an archived repository nothing is expected."""
    control = any(isinstance(view.github.repository, Seen) for view in snapshot.projects)
    for view in snapshot.projects:
        for place in () if is_archived(view) else Place:
            base = base_url(view.policy, place)
            if base is not None:
                yield Target(
                    project=view.policy.name,
                    place=place,
                    url=f"{base}{view.policy.health_path}",
                    doubt=_doubt(view, place) if control else Doubt.CONTROL,
                    asleep=any(map(is_asleep, _services(view, place))),
                )


def with_urls(snapshot: Snapshot, seen: Mapping[Target, Part[UrlSight]]) -> Snapshot:
    """Give *snapshot* with what was seen of the URLs."""
    return replace(
        snapshot,
        projects=tuple(
            replace(
                view,
                urls={
                    target.place: sight
                    for target, sight in seen.items()
                    if target.project == view.policy.name
                },
            )
            for view in snapshot.projects
        ),
    )


def _doubt(view: ProjectView, place: Place) -> Doubt | None:
    if isinstance(_environment(view, place), Blind):
        return Doubt.UNSEEN
    return Doubt.DEPLOYING if any(_deployments(view, place)) else None


def _deployments(view: ProjectView, place: Place) -> Iterator[bool]:
    """Say of everything that deploys to *place* whether it is doing so."""
    for service in _services(view, place):
        yield _is_being_deployed(service, view.now)
    run = newest_deploy_run(view)
    if run is not None:
        yield not run.ended and _is_recent(run.suite.updated_at, view.now)
    records = _records(view, place)
    for record in records.value if isinstance(records, Seen) else ():
        in_flight = judge_record(record.state) is DeployState.IN_FLIGHT
        yield in_flight and _is_recent(record.changed_at, view.now)


def _environment(view: ProjectView, place: Place) -> Part[Environment]:
    return view.staging if place is Place.STAGING else view.production


def _records(view: ProjectView, place: Place) -> Part[tuple[DeploymentRecord, ...]]:
    return view.github.deployments if place is Place.STAGING else view.github.production


def _services(view: ProjectView, place: Place) -> tuple[Service, ...]:
    environment = _environment(view, place)
    return environment.value.services if isinstance(environment, Seen) else ()


def _is_being_deployed(service: Service, now: datetime) -> bool:
    """Tell whether *service* is being replaced; while Railway waits for CI, the old one serves."""
    verdict = judge_service(service)
    deployment = verdict.deployment
    return (
        verdict.state is DeployState.IN_FLIGHT
        and deployment is not None
        and deployment.status is not RailwayStatus.WAITING
        and _is_recent(deployment.created_at, now)
    )


def is_asleep(service: Service) -> bool:
    """Tell whether Railway put *service* to sleep."""
    deployment = judge_service(service).deployment
    return deployment is not None and deployment.status is RailwayStatus.SLEEPING


def _is_recent(at: datetime, now: datetime) -> bool:
    return now - at <= LONGEST_DEPLOY
