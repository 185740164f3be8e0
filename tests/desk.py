"""An operator's desk: one healthy product in a pretend world, and the files of an installation."""

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

from pipeline_health.simulator import Loopback, World

CONFIGURATION = """\
[[projects]]
name = "shop"
repo = "acme/shop"
railway_project = "{railway}"
"""


class Desk:
    """Holds the files and variables that the command reads."""

    def __init__(self, world: World, loopback: Loopback, home: Path) -> None:
        self.world = world
        self.loopback = loopback
        self.home = home
        self.repo = world.repo("acme/shop")
        self.repo.push("first")
        world.advance(timedelta(minutes=-20))
        self.repo.run("CI", "success", jobs={"build": "success", "test": "success"})
        self.web = world.railway("shop").environment("staging").service("web", self.repo)
        self.web.deploy("SUCCESS")
        world.advance(timedelta(minutes=20))
        self.configuration = home / ".config" / "archon-cron" / "pipeline-health.toml"
        self.configuration.parent.mkdir(parents=True)
        self.configuration.write_text(CONFIGURATION.format(railway=world.railway("shop").id))
        secrets = self.configuration.with_name("secrets.env")
        secrets.touch(mode=0o600)
        secrets.write_text("GITHUB_TOKEN=gh-good-token\nRAILWAY_TOKEN=rw-good-token\n")
        self.environment = {
            "HOME": str(home),
            "GITHUB_API_URL": loopback.github_url,
            "RAILWAY_API_URL": loopback.railway_url,
        }

    @property
    def ledger(self) -> Path:
        """Where the ledger is by default."""
        return self.home / ".local" / "state" / "archon-cron" / "pipeline-health.db"

    def start(self, *arguments: str) -> "subprocess.Popen[str]":
        """Start the command as a process of its own."""
        return subprocess.Popen(
            [sys.executable, "-m", "pipeline_health", *arguments],
            env={**_inherited(), **self.environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """Run the command as a process of its own."""
        process = self.start(*arguments)
        out, err = process.communicate(timeout=60)
        return subprocess.CompletedProcess(process.args, process.returncode, out, err)


def _inherited() -> dict[str, str]:
    """Give what a started process needs of our own environment: its path, and coverage's wish."""
    return {
        name: value
        for name, value in os.environ.items()  # noqa: TID251 - tests start processes
        if name == "PATH" or name.startswith("COVERAGE")
    }
