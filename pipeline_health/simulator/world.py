"""A world to watch: a pretend GitHub and a pretend Railway under one clock."""

from datetime import UTC, datetime, timedelta
from typing import Literal

from pipeline_health.frozen import dataclass
from pipeline_health.simulator.faults import Faults
from pipeline_health.simulator.github_world import Registry, Repo
from pipeline_health.simulator.railway_world import RailwayEnvironment, RailwayProject
from pipeline_health.simulator.site import Site
from pipeline_health.simulator.timeline import Timeline

A_MONDAY = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
HOURLY = 5000
"""GitHub's primary limit for a user, requests and GraphQL points alike."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request that a provider got; *status* is 0 when its answer was cut off.

    *cost* is in GitHub's own measure: points for a document, one for any other request.
    """

    host: str
    method: str
    path: str
    query: str
    document: str | None
    status: int
    at: datetime
    cost: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Something that no provider would understand: a fault of the client that asked it."""

    host: str
    asked: str
    problems: tuple[str, ...]


@dataclass(slots=True, kw_only=True)
class Budget:
    """What is left of an hourly limit."""

    limit: int
    resets_at: datetime
    used: int = 0

    @property
    def remaining(self) -> int:
        """Tell what is left until the reset."""
        return max(self.limit - self.used, 0)


class World:
    """Everything that the two providers know, what was asked of them, and what shall go wrong.

    *list_lag* and *runs_lag* are how late new issues and runs show up in lists, *clock_skew* what
    the Date header is off by, *no_checks* the logins that may not read checks, *withheld* what else
    a login may not read ("actions", "deployments", "issues", "pull requests"), *tree_limit* how
    many entries of a tree GitHub lists. *github_scopes* and *github_ends* are what the headers of
    an answer tell of a token: only a classic one has scopes.
    """

    def __init__(self, start: datetime = A_MONDAY) -> None:
        self._timeline = Timeline(start)
        self.registry = Registry()
        self.projects: dict[str, RailwayProject] = {}
        self.sites: dict[str, Site] = {}
        self.github_tokens = {"gh-good-token": "health-bot"}
        self.railway_tokens = {"rw-good-token": "account"}
        self.github_scopes: dict[str, str] = {}
        self.github_ends: dict[str, datetime] = {}
        self.no_checks: set[str] = set()
        self.withheld: dict[str, set[str]] = {}
        self.list_lag = timedelta(0)
        self.runs_lag = timedelta(0)
        self.clock_skew = timedelta(0)
        self.github_limit = HOURLY
        self.railway_points = 1000
        self.tree_limit = 100_000
        self.faults = Faults()
        self.shut_out: set[str] = set()  # logins that GitHub shows no repository
        self.requests: list[Request] = []
        self.refusals: list[Refusal] = []
        self._budgets: dict[tuple[str, str], Budget] = {}

    def now(self) -> datetime:
        """Tell the simulated time."""
        return self._timeline.now()

    def number(self) -> int:
        """Give a number that nothing else in this world has."""
        return self._timeline.number()

    def advance(self, by: timedelta) -> None:
        """Let time pass."""
        self._timeline.advance(by)

    def repo(self, full_name: str, *, default_branch: str = "main", private: bool = False) -> Repo:
        """Give the repository of this name; the first use makes it, without any commit."""
        found = self.registry.named(full_name)
        if found is not None:
            return found
        return self.newcomer(full_name, default_branch=default_branch, private=private)

    def newcomer(
        self, full_name: str, *, default_branch: str = "main", private: bool = False
    ) -> Repo:
        """Make another repository of this name, which somebody gave up."""
        return Repo(
            self.registry,
            self._timeline,
            full_name=full_name,
            default_branch=default_branch,
            private=private,
        )

    def railway(self, name: str) -> RailwayProject:
        """Give the Railway project of this name; the first use makes it."""
        if name not in self.projects:
            self.projects[name] = RailwayProject(self._timeline, name)
        return self.projects[name]

    def site(self, name: str) -> Site:
        """Give the site of this name; the first use makes it, and it answers."""
        return self.sites.setdefault(name, Site())

    def find_environment(self, environment_id: str) -> RailwayEnvironment | None:
        """Find a Railway environment by its id."""
        found = (project.with_id(environment_id) for project in self.projects.values())
        return next((environment for environment in found if environment is not None), None)

    def writes(self, host: Literal["github", "railway"]) -> list[Request]:
        """List the requests to *host* that would change something, oldest first."""
        return [
            request
            for request in self.requests
            if request.host == host and request.method != "GET" and request.document is None
        ]

    def budget(self, login: str, resource: str) -> Budget:
        """Give the running hour of GitHub's primary limit for a login."""
        now = self.now()
        budget = self._budgets.get((login, resource))
        if budget is None or now >= budget.resets_at:
            budget = Budget(limit=self.github_limit, resets_at=now + timedelta(hours=1))
            self._budgets[login, resource] = budget
        return budget
