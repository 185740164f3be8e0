"""A pretend GitHub on a loopback port with our clients in front of it, for the tests."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from pipeline_health.clients.github import GitHub
from pipeline_health.clients.github_edits import GitHubEdits
from pipeline_health.clients.github_wire import Wire
from pipeline_health.clients.http import Http, Transport
from pipeline_health.core.model.gate_policy import GatePolicy
from pipeline_health.core.model.ids import Login, ProjectName, RepoName
from pipeline_health.core.model.policy import ProjectPolicy
from pipeline_health.core.model.readings import Blind, GitHubReading, Seen
from pipeline_health.ports import CodeSource
from pipeline_health.simulator import Loopback, World
from pipeline_health.sources.github import GitHubSource
from pipeline_health.tracker import GitHubTracker
from wire import Notebook

TOKEN = "gh-good-token"
OWN = "health-bot"
SHOP = RepoName("acme/shop")
MINUTE = timedelta(minutes=1)
PLANTED = "hunter2"


class WorldClock:
    """Tells the world's time; sleeping takes none, and is noted."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.slept: list[float] = []

    def now(self) -> datetime:
        """Tell the world's time."""
        return self._world.now()

    def monotonic(self) -> float:
        """Tell the seconds that were slept."""
        return sum(self.slept)

    def sleep(self, seconds: float) -> None:
        """Note it."""
        self.slept.append(seconds)


def redact(text: str) -> str:
    """Replace the planted secret."""
    return text.replace(PLANTED, "***")


@dataclass(kw_only=True)
class Stage:
    """One world, and everything of ours that looks at it or changes it."""

    world: World
    clock: WorldClock
    http: Http
    client: GitHub
    edits: GitHubEdits
    memory: Notebook
    url: str

    def source(
        self, *, batch: int = 25, identity: Login | None = None, at_once: int = 1
    ) -> GitHubSource:
        """Give a source; a new one stands for a new process."""
        return GitHubSource(
            self.client,
            self.memory,
            redact=redact,
            identity=identity,
            batch=batch,
            at_once=at_once,
        )

    def tracker(self, *, identity: Login | None = None) -> GitHubTracker:
        """Give a tracker; a new one stands for a new process."""
        return GitHubTracker(self.client, self.edits, memory=self.memory, identity=identity)

    def asked(self, part: str) -> int:
        """Count the requests whose method, path, query or document has *part* in it."""
        return sum(
            part in f"{request.method} {request.path}?{request.query} {request.document or ''}"
            for request in self.world.requests
        )


@contextmanager
def on_stage(
    *, token: str = TOKEN, way: Callable[[World, Loopback], Transport] | None = None
) -> Iterator[Stage]:
    """Serve a new world on loopback and put our clients in front of it, or find another *way*."""
    world = World()
    with Loopback(world) as loopback:
        clock = WorldClock(world)
        transport = None if way is None else way(world, loopback)
        http = Http(clock=clock, jitter=lambda: 0.0, transport=transport)
        memory = Notebook()
        wire = Wire(
            http,
            api=loopback.github_url,
            token=lambda: token,
            clock=clock,
            memory=memory,
            pace=timedelta(0),
        )
        try:
            yield Stage(
                world=world,
                clock=clock,
                http=http,
                client=GitHub(wire),
                edits=GitHubEdits(wire),
                memory=memory,
                url=loopback.github_url,
            )
        finally:
            http.close()
            assert [] == world.refusals


def project(  # noqa: PLR0913 - what the stories differ in
    name: str = "shop",
    *,
    repo: RepoName = SHOP,
    branch: str | None = None,
    deploy_workflow: str | None = None,
    railway_project: str | None = None,
    github_environment: str | None = None,
    e2e_check: str | None = None,
) -> ProjectPolicy:
    """Give a project as an operator would configure it."""
    return ProjectPolicy(
        name=ProjectName(name),
        repo=repo,
        branch=branch,
        deploy_workflow=deploy_workflow,
        railway_project=railway_project,
        github_environment=github_environment,
        gate=GatePolicy(e2e_check=e2e_check),
    )


SHOP_NAME = ProjectName("shop")


def look(stage: Stage) -> GitHubReading:
    """Look at the shop, as a new process would."""
    return look_by(stage.source(), stage.world)


def look_by(source: CodeSource, world: World) -> GitHubReading:
    """Look at the shop."""
    return source.look([project()], now=world.now())[SHOP_NAME]


def many(world: World, count: int) -> list[RepoName]:
    """Make repositories with one commit each."""
    names = [RepoName(f"acme/r{at}") for at in range(count)]
    for name in names:
        world.repo(name).push()
    return names


def is_seen(reading: GitHubReading) -> list[bool]:
    """Tell which parts were seen."""
    parts = (
        reading.repository,
        reading.branch,
        reading.checks,
        reading.deployments,
        reading.issues,
    )
    return [isinstance(part, Seen) for part in parts]


def reasons(reading: GitHubReading) -> set[str]:
    """Give the reasons of everything that was not seen."""
    parts = (
        reading.repository,
        reading.branch,
        reading.checks,
        reading.deployments,
        reading.issues,
        reading.production,
    )
    return {part.why for part in parts if isinstance(part, Blind)}
