"""Records of the simulated Railway as its GraphQL service writes them."""

from collections.abc import Iterable

from pipeline_health.simulator.executor import Arguments, Value, edges
from pipeline_health.simulator.railway_world import (
    BUILT,
    RailwayDeployment,
    RailwayEnvironment,
    RailwayService,
)
from pipeline_health.simulator.timeline import milliseconds

MOST_LINES = 5000
"""A log query with a greater limit was seen to give nothing at all."""


def instance_value(service: RailwayService) -> Value:
    """Write a service as one environment holds it."""
    latest = service.latest
    return {
        "serviceId": service.id,
        "serviceName": service.name,
        "deletedAt": milliseconds(service.deleted_at),
        "cronSchedule": service.cron,
        "source": {
            "repo": service.repo.full_name if service.repo else None,
            "image": service.image,
        },
        "latestDeployment": latest and deployment_value(service, latest),
        "domains": {
            "serviceDomains": [{"domain": it} for it in service.domains if _is_railways(it)],
            "customDomains": [{"domain": it} for it in service.domains if not _is_railways(it)],
        },
        "activeDeployments": [deployment_value(service, one) for one in service.active],
    }


def _is_railways(domain: str) -> bool:
    return domain.endswith(".up.railway.app")


def deployment_value(service: RailwayService, deployment: RailwayDeployment) -> Value:
    """Write one deployment."""
    changed = milliseconds(deployment.changed_at)
    running = _instance_status(deployment)
    return {
        "id": deployment.id,
        "projectId": service.environment.project.id,
        "environmentId": service.environment.id,
        "serviceId": service.id,
        "status": deployment.status,
        "statusUpdatedAt": changed,
        "createdAt": milliseconds(deployment.created_at),
        "updatedAt": changed,
        "deploymentStopped": _is_stopped(deployment),
        "meta": _meta(deployment),
        "instances": [{"status": running}] if running else [],
    }


def deployment_page(
    found: Iterable[tuple[RailwayService, RailwayDeployment]], given: Arguments
) -> Value:
    """Write a list of deployments, newest first."""
    line = sorted(found, key=lambda pair: pair[1].created_at, reverse=True)
    return edges(line, lambda pair: deployment_value(*pair), given)


def environment_deployments(environment: RailwayEnvironment, given: Arguments) -> Value:
    """Write the deployments of all services of an environment, newest first."""
    services = environment.services.values()
    found = ((service, one) for service in services for one in service.newest_first)
    return deployment_page(found, given)


def log_lines(deployment: RailwayDeployment, log: str, limit: int | None) -> list[Value]:
    """Write the tail of a log; times have nine digits after the second."""
    asked = 100 if limit is None else limit
    if not 0 < asked <= MOST_LINES:
        return []
    stamp = (milliseconds(deployment.changed_at) or "").replace("Z", "000000Z")
    return [{"timestamp": stamp, "message": line} for line in log.splitlines()[-asked:]]


def event_value(deployment: RailwayDeployment, event: tuple[str, str | None]) -> Value:
    """Write one step of a deployment."""
    step, error = event
    return {
        "step": step,
        "createdAt": milliseconds(deployment.created_at),
        "completedAt": milliseconds(deployment.changed_at),
        "payload": {"error": error, "reason": None, "detail": None},
    }


def _meta(deployment: RailwayDeployment) -> dict[str, str]:
    """Write the undocumented `meta`: empty at first, and without what does not apply."""
    if deployment.status == "INITIALIZING":
        return {}
    built = deployment.status in BUILT
    meta = {
        "commitHash": deployment.commit,
        "branch": deployment.branch,
        "repo": deployment.repo,
        "image": deployment.image,
        "skippedReason": deployment.skipped_reason,
        "imageDigest": f"sha256:{deployment.id}" if built else None,
    }
    return {key: value for key, value in meta.items() if value is not None}


def _is_stopped(deployment: RailwayDeployment) -> bool:
    return deployment.stopped or deployment.status in ("CRASHED", "REMOVED")


def _instance_status(deployment: RailwayDeployment) -> str | None:
    if deployment.status == "SUCCESS":
        return "EXITED" if deployment.stopped else "RUNNING"
    return "CRASHED" if deployment.status == "CRASHED" else None
