"""GitHub's REST routes for the workflows of a repository."""

from pipeline_health.simulator.executor import Value
from pipeline_health.simulator.rest import Asked, RefusedError, Reply
from pipeline_health.simulator.rest_shapes import run_shape
from pipeline_health.simulator.timeline import seconds


def list_workflows(asked: Asked) -> Reply:
    """List the workflows that ever ran, whether they may run now or not."""
    names = asked.repo.workflows
    return asked.page([_workflow_shape(asked, name) for name in names], wrap="workflows")


def list_runs_of(asked: Asked, number: str) -> Reply:
    """List the runs of one workflow, newest first; only those of a status where that is asked."""
    if int(number) not in asked.repo.workflows.values():
        raise RefusedError(404, "Not Found")
    wanted = asked.query.get("status")
    found = [
        run
        for run in reversed(asked.repo.runs)
        if run.workflow_id == int(number) and wanted in (None, run.status, run.conclusion)
    ]
    return asked.page([run_shape(asked, run) for run in found], wrap="workflow_runs")


def _workflow_shape(asked: Asked, name: str) -> Value:
    repo = asked.repo
    number, file = repo.workflows[name], repo.path_of(name)
    made = seconds(asked.world.now())
    url = f"https://github.com/{repo.full_name}"
    return {
        "id": number,
        "node_id": f"W_{number}",
        "name": name,
        "path": file,
        "state": "disabled_manually" if name in repo.disabled else "active",
        "created_at": made,
        "updated_at": made,
        "url": f"{asked.url}/actions/workflows/{number}",
        "html_url": f"{url}/blob/{repo.default_branch}/{file}",
        "badge_url": f"{url}/workflows/{name}/badge.svg",
    }
