"""The words of GitHub's REST service: a request, a reply, a page, a refusal."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import Any
from urllib.parse import urlencode

from pipeline_health.frozen import dataclass
from pipeline_health.simulator.executor import Value
from pipeline_health.simulator.github_records import Issue
from pipeline_health.simulator.github_world import Repo
from pipeline_health.simulator.world import World

DOCUMENTATION = "https://docs.github.com/rest"


class RefusedError(Exception):
    """GitHub says no."""

    def __init__(
        self, status: int, message: str, errors: Sequence[Mapping[str, object]] = ()
    ) -> None:
        super().__init__(message)
        self.reply = Reply(status=status, payload=refusal(status, message, errors))


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What is sent back; no payload is an empty body."""

    payload: Any = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One authenticated REST request about *repo*; *base* is where the service is."""

    world: World
    login: str
    base: str
    path: str
    repo: Repo
    query: Mapping[str, str]
    body: bytes

    @property
    def url(self) -> str:
        """Tell the address of the repository in this API."""
        return f"{self.base}/repos/{self.repo.full_name}"

    def json(self) -> Any:
        """Give what was sent."""
        try:
            return json.loads(self.body or b"{}")
        except ValueError as exc:
            raise RefusedError(400, "Problems parsing JSON") from exc

    def page(self, items: Sequence[Value], *, wrap: str | None = None) -> Reply:
        """Reply with the page of *items* that was asked for, and links to the others."""
        return page_of(items, self.query, url=f"{self.base}{self.path}", wrap=wrap)


def page_of(
    items: Sequence[Value], query: Mapping[str, str], *, url: str, wrap: str | None = None
) -> Reply:
    """Reply with the page of *items* that *query* asks for, and links to the others."""
    size = min(max(int(query.get("per_page", 30)), 1), 100)
    number = max(int(query.get("page", 1)), 1)
    last = max(-(-len(items) // size), 1)
    shown = list(items[(number - 1) * size : number * size])
    payload = {"total_count": len(items), wrap: shown} if wrap else shown
    pages = {"next": number + 1, "last": last} if number < last else {}
    if number > 1:
        pages |= {"first": 1, "prev": number - 1}
    links = [
        f'<{url}?{urlencode({**query, "page": page})}>; rel="{name}"'
        for name, page in pages.items()
    ]
    return Reply(payload=payload, headers={"Link": ", ".join(links)} if links else {})


def refusal(status: int, message: str, errors: Sequence[Mapping[str, object]] = ()) -> Value:
    """Write an error as GitHub's REST service does."""
    told: Value = {"message": message}
    if errors:
        told["errors"] = list(errors)
    return {**told, "documentation_url": DOCUMENTATION, "status": str(status)}


def invalid(*, resource: str, name: str, code: str, message: str | None = None) -> RefusedError:
    """Give the refusal of a field that GitHub does not accept."""
    problem = {"resource": resource, "field": name, "code": code}
    said = {"message": message} if message else {}
    return RefusedError(422, "Validation Failed", [{**problem, **said}])


def issue_of(asked: Asked, number: str) -> Issue:
    """Find the issue or pull request that a path names."""
    repo = asked.repo
    if not repo.has_issues and int(number) not in repo.pulls:
        raise RefusedError(410, "Issues has been disabled in this repository.")
    if int(number) in repo.deleted:
        raise RefusedError(410, "This issue was deleted")
    found = repo.find(int(number))
    if found is None:
        raise RefusedError(404, "Not Found")
    return found
