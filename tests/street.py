"""A street of unrelated products: each answers at a URL of its own, and one host watches them."""

from dataclasses import dataclass
from pathlib import Path

from hosts import Host
from pipeline_health.simulator import Loopback, World
from pipeline_health.simulator.github_world import Repo
from pipeline_health.simulator.railway_world import RailwayService


@dataclass(slots=True)
class Product:
    """One product: its code, and the service behind its URL."""

    repo: Repo
    service: RailwayService


class Street:
    """Two unrelated products that answer at URLs of their own, and the host that watches them."""

    def __init__(self, world: World, loopback: Loopback, home: Path) -> None:
        self.world = world
        self.host = Host(world, loopback, home)
        self.loopback = loopback
        self.products: dict[str, Product] = {}
        for name in ("shop", "film"):
            self.open(name)
        self.host.cycle()

    def open(self, name: str) -> None:
        """Give a product a repository, staging on Railway, and a URL."""
        repo = self.world.repo(f"acme/{name}")
        repo.push("first")
        repo.run("CI", "success")
        railway = self.world.railway(name)
        service = railway.environment("staging").service("web", repo)
        service.deploy("SUCCESS")
        self.products[name] = Product(repo, service)
        self.host.watch(
            name,
            f"acme/{name}",
            f'railway_project = "{railway.id}"',
            f'staging_url = "{self.loopback.site_url(name)}/{name}"',
        )

    def silence(self, *names: str) -> None:
        """Let nobody answer at the URLs of *names*."""
        for name in names:
            self.world.site(name).status = None

    def mend(self, *names: str) -> None:
        """Let them answer again."""
        for name in names:
            self.world.site(name).status = 200

    def titles(self) -> list[str]:
        """Give the titles of all open issues."""
        return [title for each in self.products.values() for title in each.repo.open_titles]

    def url(self, name: str) -> str:
        """Give the base URL of a product."""
        return f"{self.loopback.site_url(name)}/{name}"
