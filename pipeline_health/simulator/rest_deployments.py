"""GitHub's REST routes for deployments: what a pipeline posts of its own deploys."""

from pipeline_health.simulator.executor import Value
from pipeline_health.simulator.github_records import DeploymentRecord
from pipeline_health.simulator.rest import Asked, RefusedError, Reply, invalid
from pipeline_health.simulator.rest_shapes import user_shape
from pipeline_health.simulator.timeline import seconds

STATES = frozenset({"error", "failure", "inactive", "in_progress", "queued", "pending", "success"})


def create_deployment(asked: Asked) -> Reply:
    """Record a deployment; unless told otherwise GitHub merges first, and wants green statuses."""
    sent = asked.json()
    if not sent.get("ref"):
        raise invalid(resource="Deployment", name="ref", code="missing_field")
    sha = asked.repo.find_commit(sent["ref"])
    if sha is None:
        raise RefusedError(422, f"No ref found for: {sent['ref']}")
    if sent.get("auto_merge", True) and sha != asked.repo.head:
        raise RefusedError(409, f"Conflict merging {asked.repo.default_branch} into {sent['ref']}.")
    if sent.get("required_contexts") != [] and not _is_green(asked, sha):
        raise RefusedError(409, f"Conflict: Commit status checks failed for {sent['ref']}.")
    environment = sent.get("environment") or "production"
    record = asked.repo.record_deployment(environment, None, sha=sha, creator=asked.login)
    return Reply(payload=deployment_shape(asked, record), status=201)


def create_deployment_status(asked: Asked, number: str) -> Reply:
    """Say what became of a deployment; a success makes earlier ones inactive."""
    found = (one for one in asked.repo.deployments if one.id == int(number))
    record = next(found, None)
    if record is None:
        raise RefusedError(404, "Not Found")
    state = asked.json().get("state")
    if state not in STATES:
        raise invalid(resource="DeploymentStatus", name="state", code="custom")
    asked.repo.move_deployment(record, state)
    status = record.statuses[-1]
    return Reply(
        payload={
            "id": record.id + len(record.statuses),
            "state": status.state,
            "creator": user_shape(asked.base, asked.login),
            "environment": record.environment,
            "created_at": seconds(status.created_at),
            "deployment_url": f"{asked.url}/deployments/{record.id}",
        },
        status=201,
    )


def deployment_shape(asked: Asked, record: DeploymentRecord) -> Value:
    """Write a deployment; its state is in its statuses."""
    return {
        "id": record.id,
        "sha": record.sha,
        "ref": record.sha,
        "environment": record.environment,
        "creator": user_shape(asked.base, record.creator),
        "created_at": seconds(record.created_at),
        "url": f"{asked.url}/deployments/{record.id}",
        "statuses_url": f"{asked.url}/deployments/{record.id}/statuses",
    }


def _is_green(asked: Asked, sha: str) -> bool:
    return all(status.state == "success" for status in asked.repo.statuses_of(sha))
