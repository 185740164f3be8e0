"""A product whose head may go to production, and what the stories of the promotion check change."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from hosts import MINUTE, Host
from pipeline_health.core.model.ids import Sha
from pipeline_health.core.model.verdict import Criterion, CriterionName, CriterionState, Verdict
from pipeline_health.simulator import Loopback, World, WorldClock
from pipeline_health.simulator.github_world import Repo
from pipeline_health.simulator.railway_world import RailwayProject, RailwayService
from pipeline_health.simulator.site import Site

SMOKE = 'smoke = [{ path = "/healthz", contains = "ok" }]'


def gate(*lines: str) -> str:
    """Give a gate with the usual smoke check."""
    return "\n".join(["[projects.gate]", SMOKE, *lines])


GATE = gate('e2e = ["true"]')


class WaitingClock(WorldClock):
    """A clock by which waiting lets the world go on; *then* is what happens meanwhile."""

    def __init__(self, world: World, then: Callable[[], None] = lambda: None) -> None:
        super().__init__(world)
        self._waiting_world = world
        self._then = then
        self.waited = 0.0

    def monotonic(self) -> float:
        """Tell seconds, those that were waited among them."""
        return super().monotonic() + self.waited

    def sleep(self, seconds: float) -> None:
        """Let the world go on for so long."""
        self.waited += seconds
        self._waiting_world.advance(timedelta(seconds=seconds))
        self._then()


@dataclass(slots=True)
class Ready:
    """One product that may go to production, looked at once by the host that watches it."""

    world: World
    host: Host
    loopback: Loopback
    repo: Repo
    railway: RailwayProject
    web: RailwayService
    live: RailwayService
    site: Site

    @property
    def head(self) -> Sha:
        """The newest commit."""
        return Sha(self.repo.head)

    def land(self, message: str = "second") -> Sha:
        """Land a commit that is proved in every way but by the live URL."""
        sha = self.repo.push(message)
        self.repo.run("CI", "success")
        self.web.deploy("SUCCESS")
        self.repo.record_deployment("shop / staging", "success")
        self.world.advance(MINUTE)
        return sha

    def check(self, commit: Sha | None = None, *, rollback: bool = False) -> Verdict:
        """Ask about the head, or another commit."""
        return self.host.check("shop", commit or self.head, rollback=rollback)

    def configure(self, gate: str = GATE, *lines: str) -> None:
        """Configure the project anew."""
        self.host.projects.clear()
        self.host.watch(
            "shop",
            "acme/shop",
            f'railway_project = "{self.railway.id}"',
            f'staging_url = "{self.loopback.site_url("shop")}/shop"',
            'health_path = "/healthz"',
            *lines,
            gate,
        )


def ready(world: World, loopback: Loopback, home: Path) -> Ready:
    """Make the product, and look at it once."""
    repo, railway = world.repo("acme/shop"), world.railway("shop")
    repo.push("first", files={".gitignore": ".env.local\n"})
    world.advance(5 * MINUTE)
    repo.run("CI", "success", jobs={"build": "success", "test": "success"})
    staging, production = railway.environment("staging"), railway.environment("production")
    web, live = staging.service("web", repo), production.service("web", repo)
    for service, secret in ((web, "staging-secret-1234"), (live, "production-secret-1234")):
        service.variables = {"SESSION_SECRET": secret, "LOG_LEVEL": "info"}
        service.deploy("SUCCESS")
    for environment in (staging, production):
        environment.service("Postgres").deploy("SUCCESS", image="postgres:16")
    repo.record_deployment("shop / staging", "success")
    site = world.site("shop")
    site.body = "ok"
    product = Ready(world, Host(world, loopback, home), loopback, repo, railway, web, live, site)
    product.configure()
    product.host.cycle()
    return product


def of(verdict: Verdict, name: CriterionName) -> Criterion:
    """Give one criterion of a verdict."""
    return next(one for one in verdict.criteria if one.name is name)


def short_of(verdict: Verdict) -> dict[CriterionName, CriterionState]:
    """Give the criteria that do not let the commit through."""
    through = (CriterionState.PASS, CriterionState.WAIVED)
    return {one.name: one.state for one in verdict.criteria if one.state not in through}
