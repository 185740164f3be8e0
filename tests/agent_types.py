"""The product that the stories of the agent are about."""

from dataclasses import dataclass

from hosts import Host
from pipeline_health.simulator import World
from pipeline_health.simulator.github_world import Repo
from pipeline_health.simulator.railway_world import RailwayService


@dataclass(slots=True)
class Shop:
    """One healthy product, and the host that watches it."""

    world: World
    host: Host
    repo: Repo
    web: RailwayService

    def fail_deploy(self, log: str = "error: boom") -> str:
        """Land a commit whose staging deploy fails; gives the commit."""
        sha = self.repo.push(f"commit {self.world.now().isoformat()}")
        self.repo.run("CI", "success")
        self.web.deploy("FAILED", log=log)
        return sha

    def fail_ci(self, log: str = "FAILED tests/test_cart.py::test_total") -> str:
        """Land a commit that breaks a test; gives the commit."""
        sha = self.repo.push(f"commit {self.world.now().isoformat()}")
        self.repo.run("CI", "failure", jobs={"build": "success", "test": "failure"}, log=log)
        return sha
