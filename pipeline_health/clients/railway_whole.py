"""One environment to the end of its lists: all services, and each one's newest deployment.

The first answer holds 100 services and the newest 30 deployments of all of them together; where
that does not settle what is newest, further pages are read, and their number is bounded.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import TypeAlias

from pipeline_health.clients import documents
from pipeline_health.clients.errors import UnexpectedShapeError
from pipeline_health.clients.graphql import Result
from pipeline_health.clients.json import Json
from pipeline_health.clients.railway_facts import (
    Deployed,
    Instance,
    Page,
    deployed_of,
    deployment_of,
    horizon_of,
    instance_of,
    is_counted,
    knows_newest,
    page_of,
    pages,
    serving,
    union,
)
from pipeline_health.core.model.railway import Deployment, Environment, Service

INSTANCE_PAGES = 10
DEPLOYMENT_PAGES = 5
DEPLOYMENTS_A_PAGE = 50

Demand: TypeAlias = Callable[[str, Mapping[str, object]], Result]
"""Sends a document with its variables; raises ClientError for anything but a whole answer."""


def whole_environment(node: Json, demand: Demand) -> Environment:
    """Read the environment at *node*; raises ClientError when any part of it cannot be read."""
    environment = Environment(
        id=node.text("id"), name=node.text("name"), project_id=node.text("projectId")
    )
    listed = page_of(node.at("deployments"), deployed_of)
    services = tuple(
        _service(instance, listed, environment, demand)
        for instance in instances_of(node.at("serviceInstances"), environment.id, demand)
    )
    return replace(environment, services=services)


def instances_of(
    connection: Json,
    environment_id: str,
    demand: Demand,
    item: Callable[[Json], Instance | None] = instance_of,
) -> tuple[Instance, ...]:
    """Give every service of the environment, or raise: half of them would look like health."""

    def fetch(after: str) -> Page[Instance | None]:
        variables = {"id": environment_id, "after": after}
        result = demand(documents.RAILWAY_INSTANCES_PAGE, variables)
        return page_of(result.data.at("environment", "serviceInstances"), item)

    read = tuple(pages(page_of(connection, item), fetch, cap=INSTANCE_PAGES))
    if read[-1].more:
        msg = f"Railway's list of services did not end within {len(read)} pages"
        raise UnexpectedShapeError(msg)
    return tuple(one for page in read for one in page.items if one is not None)


def _service(
    instance: Instance, listed: Page[Deployed], environment: Environment, demand: Demand
) -> Service:
    deployments = union(
        () if instance.latest is None else (instance.latest,),
        instance.active,
        (one.deployment for one in listed.items if one.service_id == instance.service.id),
    )
    complete = knows_newest(instance, deployments, horizon=horizon_of(listed))
    if not complete:
        history, complete = _history(instance.service.id, environment, demand)
        deployments = union(deployments, history)
        if not complete:  # what lies beyond the gap must not be taken for the newest
            deployments = tuple(one for one in deployments if one.created_at >= oldest_of(history))
    return replace(
        instance.service,
        deployments=deployments,
        serving=serving(instance),
        complete=complete,
    )


def oldest_of(history: tuple[Deployment, ...]) -> datetime:
    """Give the time of the oldest deployment; where there is none, every time is before it."""
    return min((one.created_at for one in history), default=datetime.max.replace(tzinfo=UTC))


def _history(
    service_id: str, environment: Environment, demand: Demand
) -> tuple[tuple[Deployment, ...], bool]:
    """Read back to the newest counted deployment; the flag tells whether that was reached."""
    wanted = {
        "projectId": environment.project_id,
        "environmentId": environment.id,
        "serviceId": service_id,
    }

    def fetch(after: str | None) -> Page[Deployment]:
        variables = {"input": wanted, "first": DEPLOYMENTS_A_PAGE, "after": after}
        result = demand(documents.RAILWAY_DEPLOYMENTS_PAGE, variables)
        return page_of(result.data.at("deployments"), deployment_of)

    read: list[Deployment] = []
    for page in pages(fetch(None), fetch, cap=DEPLOYMENT_PAGES - 1):
        read += page.items
        if not page.more or any(is_counted(one) for one in page.items):
            return tuple(read), True
    return tuple(read), False
