"""What there is on GitHub for a token: the repositories that it is shown."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from pipeline_health.clients.errors import NothingThereError
from pipeline_health.clients.github import GitHub
from pipeline_health.clients.github_wire import PAGE, Wire
from pipeline_health.clients.json import Json
from pipeline_health.core.model.ids import RepoName, as_repo
from pipeline_health.core.model.portfolio import Habits, OnGitHub
from pipeline_health.frozen import dataclass

MOST_PAGES: Final = 10
"""A thousand repositories; what is beyond them is asked for by name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Repositories:
    """Lists by *wire*; an App's installation has another list than a person's token."""

    wire: Wire
    is_app: bool

    def all(self) -> tuple[OnGitHub, ...]:
        """Give the repositories that GitHub shows, the last pushed first, a thousand at most."""
        return tuple(self._listed())

    def one(self, repo: RepoName) -> OnGitHub | None:
        """Give one repository under the name that it has now, None where GitHub shows none."""
        try:
            return self._repository(self.wire.get(f"/repos/{repo}"))
        except NothingThereError:
            return None

    def habits(self, repo: OnGitHub) -> Habits:
        """Tell which workflows ran lately on the default branch, by what began them."""
        runs = [at.suite.run for at in GitHub(self.wire).runs_lately(repo.name, repo.branch)]
        names = [(run.workflow, run.event == "push") for run in runs if run is not None]
        pushed = dict.fromkeys(name for name, push in names if push)
        others = dict.fromkeys(name for name, _ in names if name not in pushed)
        return Habits(on_push=tuple(pushed), otherwise=tuple(others))

    def _listed(self) -> Iterator[OnGitHub]:
        for page in range(1, MOST_PAGES + 1):
            nodes = list(self._page(page))
            yield from (repo for repo in map(self._repository, nodes) if repo is not None)
            if len(nodes) < PAGE:
                return

    def _repository(self, node: Json) -> OnGitHub | None:
        """Read a repository; an App labels by its permission for issues, and need not push."""
        repo = repository_of(node)
        return replace(repo, may_push=True) if repo is not None and self.is_app else repo

    def _page(self, page: int) -> Iterator[Json]:
        if self.is_app:
            found = self.wire.get("/installation/repositories", per_page=PAGE, page=page)
            return found.items("repositories")
        return self.wire.get("/user/repos", sort="pushed", per_page=PAGE, page=page).items()


def repository_of(node: Json) -> OnGitHub | None:
    """Read a repository; None for one whose name no configuration could hold.

    What a token may do is left out for some kinds of token; then nothing is known against it.
    """
    name = as_repo(node.text("full_name"))
    may_push = node.at("permissions", "push")
    if name is None:
        return None
    return OnGitHub(
        name=name,
        branch=node.text("default_branch"),
        archived=node.flag("archived"),
        fork=node.flag("fork"),
        issues=node.flag("has_issues"),
        may_push=may_push.missing or may_push.flag(),
    )
