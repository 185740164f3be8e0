"""GitHub's REST service: which route a request takes, and who may take it."""

import re
from collections.abc import Callable
from urllib.parse import parse_qsl, unquote

from pipeline_health.simulator import (
    rest_code,
    rest_deployments,
    rest_files,
    rest_issues,
    rest_listing,
    rest_statuses,
    rest_workflows,
)
from pipeline_health.simulator.github_world import Repo
from pipeline_health.simulator.rest import DOCUMENTATION, Asked, RefusedError, Reply, refusal
from pipeline_health.simulator.rest_shapes import user_shape
from pipeline_health.simulator.world import Refusal, World

Route = tuple[str, re.Pattern[str], Callable[..., Reply]]


def _route(method: str, path: str, answer: Callable[..., Reply]) -> Route:
    """Make a route: `#` stands for a number, `*` for anything without a slash."""
    return method, re.compile(path.replace("#", r"(\d+)").replace("*", "([^/]+)")), answer


ROUTES = (
    _route("GET", "", rest_code.get_repo),
    _route("GET", "/issues", rest_issues.list_issues),
    _route("POST", "/issues", rest_issues.create_issue),
    _route("GET", "/issues/#", rest_issues.get_issue),
    _route("PATCH", "/issues/#", rest_issues.edit_issue),
    _route("GET", "/issues/#/comments", rest_issues.list_comments),
    _route("POST", "/issues/#/comments", rest_issues.create_comment),
    _route("GET", "/issues/#/labels", rest_issues.list_issue_labels),
    _route("POST", "/issues/#/labels", rest_issues.add_labels),
    _route("PUT", "/issues/#/labels", rest_issues.set_labels),
    _route("DELETE", "/issues/#/labels/*", rest_issues.remove_label),
    _route("GET", "/labels", rest_issues.list_labels),
    _route("POST", "/labels", rest_issues.create_label),
    _route("GET", "/labels/*", rest_issues.get_label),
    _route("GET", "/actions/workflows", rest_workflows.list_workflows),
    _route("GET", "/actions/workflows/#/runs", rest_workflows.list_runs_of),
    _route("GET", "/actions/runs", rest_code.list_runs),
    _route("GET", "/actions/runs/#", rest_code.get_run),
    _route("POST", "/actions/runs/#/rerun-failed-jobs", rest_code.rerun_failed_jobs),
    _route("GET", "/actions/runs/#/jobs", rest_code.list_jobs),
    _route("GET", "/actions/jobs/#/logs", rest_code.job_log),
    _route("POST", "/deployments", rest_deployments.create_deployment),
    _route("POST", "/deployments/#/statuses", rest_deployments.create_deployment_status),
    _route("GET", "/check-runs/#/annotations", rest_code.list_annotations),
    _route("GET", r"/compare/(.+)\.\.\.(.+)", rest_code.compare),
    _route("GET", "/git/trees/(.+)", rest_files.get_tree),
    _route("GET", "/contents/(.+)", rest_files.get_contents),
    _route("GET", "/commits/(.+)/status", rest_code.combined_status),
    _route("GET", "/commits/(.+)/check-suites", rest_code.list_suites),
    _route("POST", "/statuses/*", rest_statuses.create_status),
)


def answer_rest(
    world: World, login: str, *, base: str, method: str, target: str, body: bytes
) -> Reply:
    """Answer one REST request of *login*."""
    path, _, query = target.partition("?")
    if method == "GET" and path == "/user":
        return Reply(payload=user_shape(base, login))
    if method == "GET" and path == "/rate_limit":
        return _limits(world, login)
    try:
        if path in rest_listing.LISTS and method == "GET":
            return rest_listing.list_repositories(world, login, base=base, target=target)
        repo, rest = _repository(world, login, path)
    except _Moved as exc:
        return _elsewhere(exc, base=base, method=method, query=query)
    except RefusedError as exc:
        return exc.reply
    asked = Asked(
        world=world,
        login=login,
        base=base,
        path=path,
        repo=repo,
        query=dict(parse_qsl(query, keep_blank_values=True)),
        body=body,
    )
    return _routed(asked, method, rest)


def _routed(asked: Asked, method: str, rest: str) -> Reply:
    try:
        for verb, pattern, answer in ROUTES:
            match = pattern.fullmatch(rest) if verb == method else None
            if match is not None:
                _check_writable(asked.repo, method)
                _check_permitted(asked, rest)
                return answer(asked, *map(unquote, match.groups()))
    except RefusedError as exc:
        return exc.reply
    said = ("the simulator has no such route",)
    refused = Refusal(host="github", asked=f"{method} {asked.path}", problems=said)
    asked.world.refusals.append(refused)
    return Reply(status=404, payload=refusal(404, "Not Found"))


def _check_writable(repo: Repo, method: str) -> None:
    if repo.archived and method != "GET":
        raise RefusedError(403, "Repository was archived so is read-only.")


def _check_permitted(asked: Asked, rest: str) -> None:
    withheld = asked.world.withheld.get(asked.login, ())
    if rest.startswith("/actions/") and "actions" in withheld:
        raise RefusedError(403, "Resource not accessible by personal access token")


class _Moved(Exception):  # noqa: N818 - not an error: GitHub knows where it is
    def __init__(self, repo: Repo, rest: str) -> None:
        super().__init__(repo.full_name)
        self.repo = repo
        self.rest = rest


def _repository(world: World, login: str, path: str) -> tuple[Repo, str]:
    """Find the repository that a path is about, and what follows its name."""
    by_id = re.fullmatch(r"/repositories/(\d+)(/.*)?", path)
    by_name = re.fullmatch(r"/repos/([^/]+/[^/]+)(/.*)?", path)
    if by_id is not None:
        repo, rest = world.registry.numbered(int(by_id[1])), by_id[2] or ""
    elif by_name is not None:
        repo, rest = world.registry.named(by_name[1]), by_name[2] or ""
    else:
        repo, rest = None, ""
    if repo is None or login in world.shut_out:
        raise RefusedError(404, "Not Found")
    if by_name is not None and repo.full_name.lower() != by_name[1].lower():
        raise _Moved(repo, rest)
    return repo, rest


def _elsewhere(moved: _Moved, *, base: str, method: str, query: str) -> Reply:
    """Send the client on: 301 for a read, 307 for what must be sent again as it was."""
    status, message = (301, "Moved Permanently") if method == "GET" else (307, "Temporary Redirect")
    url = f"{base}/repositories/{moved.repo.id}{moved.rest}" + (f"?{query}" if query else "")
    payload = {"message": message, "url": url, "documentation_url": DOCUMENTATION}
    return Reply(status=status, payload=payload, headers={"Location": url})


def _limits(world: World, login: str) -> Reply:
    resources = {}
    for name in ("core", "graphql"):
        budget = world.budget(login, name)
        resources[name] = {
            "limit": budget.limit,
            "used": budget.used,
            "remaining": budget.remaining,
            "reset": int(budget.resets_at.timestamp()),
        }
    return Reply(payload={"resources": resources, "rate": resources["core"]})


def answer_blob(world: World, path: str) -> bytes | None:
    """Give the stored log that a redirect leads to, without asking who wants it."""
    match = re.fullmatch(r"/_blob/(\d+)/(\d+)", path)
    repo = None if match is None else world.registry.numbered(int(match[1]))
    if match is None or repo is None:
        return None
    job = rest_code.find_job(repo, match[2])
    return None if job is None else rest_code.stored_log(job)
