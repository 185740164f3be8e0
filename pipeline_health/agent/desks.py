"""Where issues can be filed: the repositories that this cycle saw, and what keeps one shut."""

from collections.abc import Mapping

from pipeline_health.agent.cases import repo_of
from pipeline_health.agent.looking import Look
from pipeline_health.core.model.ids import RepoName
from pipeline_health.core.model.readings import Seen
from pipeline_health.core.model.snapshot import ProjectView
from pipeline_health.core.reconcile import Desk


def desks_of(look: Look, stale: Mapping[RepoName, str]) -> Mapping[RepoName, Desk]:
    """Give the desk of every repository that was seen; *stale* says whose list of issues lags."""
    desks = {}
    for view in look.snapshot.projects:
        desk = _desk(view, stale)
        if desk is not None:
            desks[repo_of(view.policy.name, look)] = desk
    return desks


def _desk(view: ProjectView, stale: Mapping[RepoName, str]) -> Desk | None:
    seen = view.github.repository
    if not isinstance(seen, Seen) or not isinstance(view.github.issues, Seen):
        return None
    repository = seen.value
    why_not = stale.get(repository.name)
    if repository.archived:
        why_not = f"{repository.name} is archived, so no issue can be filed there"
    elif not repository.has_issues:
        why_not = f"issues are disabled in {repository.name}, so none can be filed there"
    return Desk(why_not=why_not)
