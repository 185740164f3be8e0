"""Where issues can be filed: the repositories that this cycle saw, and what keeps one shut."""

from collections.abc import Mapping

from pipeline_health.agent.cases import repo_of
from pipeline_health.agent.look import Look
from pipeline_health.core.model.ids import RepoName
from pipeline_health.core.model.readings import Seen
from pipeline_health.core.model.snapshot import ProjectView
from pipeline_health.core.terms import Desk


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
    never = _never(view)
    return Desk(why_not=never or stale.get(seen.value.name), shut=never is not None)


def shut(look: Look) -> Mapping[RepoName, str]:
    """Say which repositories take no issues at all, however often that is tried, and why."""
    found = {}
    for view in look.snapshot.projects:
        why_not = _never(view)
        if why_not is not None:
            found[repo_of(view.policy.name, look)] = why_not
    return found


def _never(view: ProjectView) -> str | None:
    seen = view.github.repository
    if not isinstance(seen, Seen):
        return None
    if seen.value.archived:
        return f"{seen.value.name} is archived, so no issue can be filed there"
    if not seen.value.has_issues:
        return f"issues are disabled in {seen.value.name}, so none can be filed there"
    return None
