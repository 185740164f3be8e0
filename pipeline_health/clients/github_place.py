"""A repository as a place for issues: what it is called now, who sees it, whether it takes any."""

from pipeline_health.clients.errors import UnexpectedShapeError
from pipeline_health.clients.github_wire import Wire
from pipeline_health.core.model.ids import RepoName, as_repo
from pipeline_health.core.model.readings import Repository


def place_at(wire: Wire, repo: RepoName) -> Repository:
    """Read *repo* (REST `GET /repos/{owner}/{repo}`, which follows a rename)."""
    node = wire.get(f"/repos/{repo}")
    name = as_repo(node.text("full_name"))
    if name is None:
        msg = f"GitHub calls {repo} by a name that no repository can have"
        raise UnexpectedShapeError(msg)
    return Repository(
        node_id=node.text("node_id"),
        id=node.number("id"),
        name=name,
        private=node.flag("private"),
        archived=node.flag("archived"),
        has_issues=node.flag("has_issues"),
    )
