"""Links to GitHub and Railway, put together from ids; no URL that somebody else wrote is followed.

What is not just as we would write it ourselves becomes no link at all.
"""

import re
from typing import assert_never
from urllib.parse import quote

from pipeline_health.core.model.ids import as_repo, as_sha
from pipeline_health.core.model.incident import Filing, Naming
from pipeline_health.core.model.questions import DeployTrace, LinkTrace, RunTrace, Trace

GITHUB = "https://github.com"
RAILWAY = "https://railway.com"

_ID = "[0-9a-zA-Z][0-9a-zA-Z-]{0,63}"
_RAILWAY_PAGE = re.compile(
    rf"https://railway\.com/project/({_ID})"
    rf"(?:/service/({_ID})(?:\?(?:environmentId=({_ID})&)?id=({_ID}))?)?"
)
_COMMIT_PAGE = re.compile(r"https://github\.com/([^/?#]+/[^/?#]+)/commit/([0-9a-f]{40})")


def repo_page(repo: str) -> str | None:
    """Give the page of a repository, None where its name could lead elsewhere."""
    known = as_repo(repo)
    return None if known is None else f"{GITHUB}/{known}"


def issue_page(place: Filing | Naming | None) -> str | None:
    """Give the page of an issue."""
    if place is None or (repo := repo_page(place.repo)) is None:
        return None
    return f"{repo}/issues/{int(place.number)}"


def commit_page(repo: str, commit: str | None) -> str | None:
    """Give the page of a commit."""
    page, sha = repo_page(repo), as_sha(commit)
    return None if page is None or sha is None else f"{page}/commit/{sha}"


def compare_page(repo: str, good: str | None, bad: str | None) -> str | None:
    """Give the page of what came between two commits."""
    page, first, last = repo_page(repo), as_sha(good), as_sha(bad)
    return None if None in (page, first, last) else f"{page}/compare/{first}...{last}"


def railway_page(project: str | None) -> str | None:
    """Give the page of a Railway project."""
    return None if project is None else rebuilt(f"{RAILWAY}/project/{project}")


def trace_page(trace: Trace) -> str | None:
    """Give the page on which a failure can be read: a run, a deployment, or a commit."""
    match trace:
        case RunTrace(repo=repo, run_id=run):
            page = repo_page(repo)
            return None if page is None else f"{page}/actions/runs/{int(run)}"
        case DeployTrace(url=url) | LinkTrace(url=url):
            return rebuilt(url)
        case unreachable:
            assert_never(unreachable)


def rebuilt(url: str) -> str | None:
    """Give *url* put together anew from the ids in it, None where it is no page that we know."""
    if found := _RAILWAY_PAGE.fullmatch(url):
        project, service, environment, deployment = found.groups()
        page = f"{RAILWAY}/project/{quote(project)}"
        page += "" if service is None else f"/service/{quote(service)}"
        place = "" if environment is None else f"environmentId={quote(environment)}&"
        return page + ("" if deployment is None else f"?{place}id={quote(deployment)}")
    if found := _COMMIT_PAGE.fullmatch(url):
        return commit_page(found[1], found[2])
    return None
