"""A portfolio of so many products: each with a repository, CI, and two environments on Railway."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from pipeline_health.simulator import World
from pipeline_health.simulator.github_world import Repo
from pipeline_health.simulator.railway_world import RailwayService
from pipeline_health.simulator.world import A_MONDAY

__all__ = ["A_MONDAY", "Portfolio", "Product"]

SHARED = "npm ERR! network request to https://registry.npmjs.org/x failed, reason: ECONNRESET"
"""What half of the failing products fail with, all at once."""

PUSHES, APART = 4, timedelta(minutes=20)
"""Enough for what is learned from pushes to be learned."""

CONFIGURATION = """\
[limits]
ops_repo = "acme/operations"
"""
PROJECT = """
[[projects]]
name = "{name}"
repo = "{repo}"
railway_project = "{railway}"
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """One product of the portfolio."""

    name: str
    repo: Repo
    railway: str
    staging: RailwayService
    production: RailwayService


class Portfolio:
    """So many healthy products, each of which shipped now and then until *now*."""

    def __init__(self, number: int, *, now: datetime) -> None:
        self.world = World(now - PUSHES * APART)
        self.world.repo("acme/operations", private=True).push("first")
        self.products = [self._product(at) for at in range(number)]
        for _ in range(PUSHES):
            self._ship()

    def configuration(self) -> str:
        """Give the file by which they are watched."""
        watched = (
            PROJECT.format(name=each.name, repo=each.repo.full_name, railway=each.railway)
            for each in self.products
        )
        return "".join([CONFIGURATION, *watched])

    def fail(self, number: int) -> None:
        """Let so many fail in this moment, spread over all: half with one reason, half with own."""
        for nth, product in enumerate(self._spread(number)):
            product.repo.push("next")
            if nth % 2:
                self._fail_ci(product, SHARED)
            elif nth % 4:
                self._fail_ci(product, f"FAILED tests/test_{nth}.py::test_total")
            else:
                self._fail_staging(product, f"error: Cannot find module './cart-{nth}'")

    def _ship(self) -> None:
        """Let every product land a commit, test it, and deploy it to both environments."""
        for product in self.products:
            product.repo.push(f"commit {self.world.now():%H:%M}")
        self.world.advance(APART / 2)
        for product in self.products:
            product.repo.run("CI", "success", jobs={"build": "success", "test": "success"})
            product.staging.deploy("SUCCESS")
            product.production.deploy("SUCCESS")
        self.world.advance(APART / 2)

    def _spread(self, number: int) -> Sequence[Product]:
        step = len(self.products) / max(number, 1)
        return [self.products[int(nth * step)] for nth in range(number)]

    def _fail_ci(self, product: Product, log: str) -> None:
        jobs = {"build": "success", "test": "failure"}
        product.repo.run("CI", "failure", jobs=jobs, log=log)

    def _fail_staging(self, product: Product, log: str) -> None:
        product.repo.run("CI", "success", jobs={"build": "success", "test": "success"})
        product.staging.deploy("FAILED", log=log)

    def _product(self, at: int) -> Product:
        name = f"p{at}"
        repo = self.world.repo(f"acme/{name}")
        railway = self.world.railway(name)
        staging, production = (
            railway.environment(environment).service("web", repo)
            for environment in ("staging", "production")
        )
        for service in (staging, production):
            service.variables["API_KEY"] = f"{service.environment.name}-{at:016d}"
        return Product(
            name=name, repo=repo, railway=railway.id, staging=staging, production=production
        )
