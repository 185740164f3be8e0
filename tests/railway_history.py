"""The history of the services of a simulated Railway, asked for through our source."""

import json
from datetime import timedelta

from pipeline_health.core.model.policy import ProjectPolicy
from pipeline_health.core.model.railway import Environment, Service
from pipeline_health.core.model.readings import Reading
from pipeline_health.ports import HistorySource
from pipeline_health.simulator.railway_world import RailwayEnvironment, RailwayProject
from railway_watch import Watch, policy_of, value_of


def looked(watch: Watch, shop: RailwayProject) -> Environment:
    """Look at staging, as a cycle does, and forget what was asked for it."""
    seen = value_of(watch.look(shop)["shop"])
    watch.world.requests.clear()
    return seen


def ask(
    source: HistorySource, policy: ProjectPolicy, seen: Environment, watch: Watch
) -> Reading[Environment]:
    """Ask for the history, by the port."""
    return source.history(policy, seen, now=watch.world.now())


def history(
    watch: Watch, shop: RailwayProject, seen: Environment, policy: ProjectPolicy | None = None
) -> Reading[Environment]:
    """Ask for the history as a new process does."""
    return ask(watch.source(), policy or policy_of(shop), seen, watch)


def services(reading: Reading[Environment]) -> dict[str, Service]:
    """Give the services by name, or fail with why there are none."""
    return {service.name: service for service in value_of(reading).services}


def staging(shop: RailwayProject) -> RailwayEnvironment:
    """Give the environment."""
    return shop.environment("staging")


def deploy_many(watch: Watch, shop: RailwayProject, count: int, status: str = "FAILED") -> None:
    """Deploy again and again, a second apart."""
    for _ in range(count):
        watch.world.advance(timedelta(seconds=1))
        staging(shop).service("web").deploy(status)


ENDS = {"hasNextPage": False, "endCursor": None}


def listed(*nodes: object) -> dict[str, object]:
    """Give a connection that ends here."""
    return {"edges": [{"node": node} for node in nodes], "pageInfo": ENDS}


def deployment(environment: Environment, **place: str) -> dict[str, object]:
    """Give what is served, in this *place* instead of its own."""
    [service] = environment.services
    return {
        "id": service.serving[0].id,
        "projectId": environment.project_id,
        "environmentId": environment.id,
        "serviceId": service.id,
        "status": "SUCCESS",
        "createdAt": "2026-03-02T10:00:00Z",
        "updatedAt": "2026-03-02T10:00:00Z",
        "statusUpdatedAt": None,
        "deploymentStopped": False,
        "meta": {},
        "instances": [],
        **place,
    }


def told(
    environment: Environment, *deployments: object, serves: object = None, **more: object
) -> str:
    """Give an answer that lists *deployments*, and one that the only service *serves*."""
    [service] = environment.services
    instance = {
        "serviceId": service.id,
        "serviceName": "web",
        "deletedAt": None,
        "cronSchedule": None,
        "source": None,
        "latestDeployment": serves,
        "activeDeployments": [] if serves is None else [serves],
    }
    shown = {"id": environment.id, "name": "staging", "projectId": environment.project_id}
    whole = {**shown, "serviceInstances": listed(instance)}
    return json.dumps({"data": {"environment": whole, "s0": listed(*deployments), **more}})


def answer(watch: Watch, body: str) -> None:
    """Let Railway give *body* to the next question about a history."""
    watch.world.faults.add(host="railway", mode="status", match="History", status=200, body=body)
