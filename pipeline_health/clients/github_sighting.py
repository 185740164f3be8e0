"""What a batched look wants of one repository and what it got, each part seen or not."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TypeVar

from pipeline_health.clients.errors import ClientError
from pipeline_health.clients.graphql import Problem, Result
from pipeline_health.core.model.ids import RepoName
from pipeline_health.core.model.readings import (
    Blind,
    BlindCause,
    Checks,
    GitHubReading,
    NotAsked,
    Part,
    Reading,
    Seen,
)
from pipeline_health.frozen import dataclass

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What to read of one repository. *earlier*: the checks of the commits before the head too.

    *environments* is what deployments to staging are called, *production* those to there. It is
    asked for by the id *node* where that is known, by its name where not.
    """

    repo: RepoName
    branch: str | None
    environments: tuple[str, ...]
    production: tuple[str, ...] = ()
    earlier: bool
    node: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """What one look saw of one repository.

    *viewer* is the login whose token looked. *forbidden* says that it may not see check suites,
    *nowhere* that it is shown no such repository, by the name or id that was asked for, *cut* that
    it was too much for GitHub even alone, which left parts of it out.
    *bare* and *bare_earlier* are the checks without their suites, for whoever adds these from
    elsewhere.
    """

    reading: GitHubReading
    viewer: str | None = None
    forbidden: bool
    bare: Reading[Checks]
    bare_earlier: Part[tuple[Checks, ...]]
    nowhere: bool = False
    cut: bool = False


def unseen(wanted: Wanted, blind: Blind, *, nowhere: bool = False) -> Sighting:
    """Give the sighting of a repository of which nothing could be seen."""
    earlier = blind if wanted.earlier else NotAsked()
    reading = GitHubReading(
        repository=blind,
        branch=blind,
        checks=blind,
        earlier=earlier,
        deployments=blind,
        issues=blind,
        production=blind,
    )
    return Sighting(
        reading=reading, forbidden=False, bare=blind, bare_earlier=earlier, nowhere=nowhere
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Blame:
    """The first problem of each part of one repository; what has none can be believed."""

    at: datetime
    problems: Mapping[str, Problem]

    def part(self, parse: Callable[[], T], *names: str) -> Reading[T]:
        """Read a part that depends on *names*, as far as nothing went wrong with these."""
        for name in ("repository", *names):
            if name in self.problems:
                return Blind(at=self.at, why=f"GitHub: {self.problems[name].message}")
        try:
            return Seen(at=self.at, value=parse())
        except ClientError as exc:
            return Blind(at=self.at, why=str(exc))

    @property
    def forbids_suites(self) -> bool:
        """Tell whether the token may not see check suites."""
        return "suites" in self.problems and self.problems["suites"].type == "FORBIDDEN"

    @property
    def is_nowhere(self) -> bool:
        """Tell whether there is no such repository for this token."""
        problem = next(iter(self.problems.values()), None)
        return problem is None or problem.type == "NOT_FOUND"

    @property
    def cause_of_absence(self) -> BlindCause:
        """Tell what is kept from this token from what GitHub could not read just now."""
        kinds = {problem.type for problem in self.problems.values()}
        hidden = self.is_nowhere or "FORBIDDEN" in kinds
        return BlindCause.UNSEEN if hidden else BlindCause.UNREADABLE

    def reason_of_absence(self, repo: RepoName) -> str:
        """Say why there is nothing at all of *repo*."""
        if self.is_nowhere:
            return f"GitHub shows no repository {repo} to this token"
        return f"GitHub does not show {repo}: {next(iter(self.problems.values())).message}"


def blame_of(result: Result, alias: str) -> Blame:
    """Sort the problems of the repository at *alias* by the part that each one spoils."""
    problems: dict[str, Problem] = {}
    for problem in result.problems_under(alias):
        problems.setdefault(_part_of(problem.path[1:]), problem)
    return Blame(at=result.at, problems=problems)


def _part_of(path: tuple[str, ...]) -> str:
    """Name the part that a problem at *path* spoils; the repository spoils them all."""
    if "checkSuites" in path:
        return "suites"
    match path:
        case ("branch", "target", "earlier" | "status" as part, *_):
            return part
        case ("branch" | "deployments" | "production" as part, *_):
            return part
        case ("opened" | "closed", *_):
            return "issues"
    return "repository"
