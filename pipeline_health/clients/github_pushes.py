"""What the newest commits of many branches began, asked in one document.

The list of a branch's runs tells the same of one branch in a request, and of more commits.
"""

from collections.abc import Sequence

from pipeline_health.clients import commit_documents
from pipeline_health.clients.errors import ClientError
from pipeline_health.clients.github_look import owner_and_name
from pipeline_health.clients.github_parse import page_of, sha_of, suites_of
from pipeline_health.clients.github_rest import RunAt
from pipeline_health.clients.github_wire import Wire
from pipeline_health.clients.json import Json
from pipeline_health.core.model.ids import RepoName
from pipeline_health.frozen import dataclass

MOST_BRANCHES = 11
"""Each costs 21 requests inside GitHub, so that so many are two points."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """A branch of a repository, by the names that they have today."""

    repo: RepoName
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pushed:
    """The *runs* that pushes to a branch began, at its newest commits; *cut* where it has more."""

    runs: tuple[RunAt, ...]
    cut: bool


class Pushes:
    """Reads what was pushed lately, by way of *wire*."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def to(self, branches: Sequence[Branch]) -> tuple[Pushed | None, ...]:
        """Read every branch, in their order; None where not all of its answer can be believed.

        Raises ClientError when nothing came of it.
        """
        variables: dict[str, object] = {}
        for at, branch in enumerate(branches):
            owner, name = owner_and_name(branch.repo)
            variables |= {f"o{at}": owner, f"n{at}": name, f"b{at}": f"refs/heads/{branch.name}"}
        document = commit_documents.github_pushes(len(branches))
        result = self._wire.query(document, variables, splittable=len(branches) > 1)
        return tuple(
            None
            if result.problems_under(f"r{at}")
            else _pushed(result.data.at(f"r{at}", "ref", "target", "history"), branch.name)
            for at, branch in enumerate(branches)
        )


def _pushed(history: Json, branch: str) -> Pushed | None:
    try:
        commits = tuple(history.items("nodes"))
        if any(page_of(commit.at("checkSuites")) is not None for commit in commits):
            return None  # of a push of which a part is shown, nobody can tell what did not run
        runs = [run for commit in commits for run in _runs(commit, branch)]
    except ClientError:
        return None
    return Pushed(runs=tuple(runs), cut=len(commits) == commit_documents.COMMITS)


def _runs(commit: Json, branch: str) -> list[RunAt]:
    """Give what began when *commit* came to *branch*; it may have been on another one before."""
    sha = sha_of(commit, "oid")
    return [
        RunAt(sha=sha, suite=suite)
        for suite in suites_of(commit.at("checkSuites"))
        if suite.run is not None and suite.run.event == "push" and suite.branch == branch
    ]
