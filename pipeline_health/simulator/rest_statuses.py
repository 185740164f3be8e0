"""GitHub's REST route for making a commit status."""

from pipeline_health.simulator.rest import Asked, RefusedError, Reply, invalid
from pipeline_health.simulator.rest_shapes import status_shape

STATES = frozenset({"error", "failure", "pending", "success"})
LONGEST = 140


def create_status(asked: Asked, sha: str) -> Reply:
    """Post a commit status, to those who may push; the newest of its context counts."""
    if asked.repo.drops_labels:
        raise RefusedError(403, "Resource not accessible by personal access token")
    sent = asked.json()
    if sha not in asked.repo.commits:
        raise RefusedError(422, f"No commit found for SHA: {sha}")
    if sent.get("state") not in STATES:
        raise invalid(resource="Status", name="state", code="invalid")
    description = sent.get("description") or ""
    if len(description) > LONGEST:
        msg = f"description is too long (maximum is {LONGEST} characters)"
        raise invalid(resource="Status", name="description", code="custom", message=msg)
    url = sent.get("target_url")
    if url is not None and not str(url).startswith(("http://", "https://")):
        msg = "target_url must use http(s) scheme"
        raise invalid(resource="Status", name="target_url", code="custom", message=msg)
    status = asked.repo.status(
        sent.get("context") or "default",
        sent["state"],
        creator=asked.login,
        sha=sha,
        target_url=url,
        description=description,
    )
    return Reply(payload=status_shape(asked, status), status=201)
