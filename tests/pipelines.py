"""What deploy/github/ holds, read as YAML, and its scripts, run as a runner would run them."""

import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from pipeline_health.simulator import Loopback, World

ROOT = Path(__file__).parents[1]
DEPLOY = ROOT / "deploy" / "github"
WORKFLOWS = sorted(DEPLOY.glob("*.yml"))
ACTIONS = sorted(DEPLOY.glob("*/action.yml"))
SCRIPTS = sorted(DEPLOY.glob("*/*.sh"))
COMMIT = "c" * 40
RAILWAY_TOKEN, GITHUB_TOKEN = "rw-good-token", "gh-good-token"
SPY = """#!/bin/sh
printf '%s\\n' "$@" >>"{log}"
exec {curl} "$@"
"""


def read(file: Path) -> Any:
    """Give what a YAML file holds; `on` stays a word."""
    return yaml.load(file.read_text(), Loader=yaml.BaseLoader)  # noqa: S506 - it makes text only


def steps_of(file: Path) -> Iterator[Mapping[str, Any]]:
    """Give each step of a workflow or an action."""
    told = read(file)
    if "runs" in told:
        yield from told["runs"]["steps"]
    for job in told.get("jobs", {}).values():
        yield from job["steps"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """What a script did: its exit code, what it printed, and the outputs that it set."""

    code: int
    said: str
    outputs: Mapping[str, str]


class Runner:
    """Runs a script with the environment that it is given, and the outputs of a step.

    Each run proves that no token is printed or was on a command line.
    """

    def __init__(self, world: World, loopback: Loopback, home: Path) -> None:
        self.world = world
        self.loopback = loopback
        self.home = home
        self._log = home / "curl.log"
        self._tools = [_tool(name) for name in ("bash", "curl", "jq")]
        spy = home / "bin" / "curl"
        spy.parent.mkdir()
        spy.write_text(SPY.format(log=self._log, curl=self._tools[1]))
        spy.chmod(0o755)

    def run(self, script: str, **variables: str) -> Ran:
        """Run *script*, `folder/name.sh`."""
        outputs = self.home / "outputs"
        outputs.write_text("")
        ran = subprocess.run(
            [str(self._tools[0]), str(DEPLOY / script)],
            env={**self._environment(outputs), **variables},
            cwd=self.home,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        said = ran.stdout + ran.stderr
        sent = self._log.read_text() if self._log.exists() else ""
        assert not [token for token in (RAILWAY_TOKEN, GITHUB_TOKEN) if token in said + sent]
        lines = outputs.read_text().splitlines()
        return Ran(
            code=ran.returncode,
            said=said,
            outputs=dict(line.split("=", 1) for line in lines),
        )

    def _environment(self, outputs: Path) -> dict[str, str]:
        places = [self.home / "bin", *(tool.parent for tool in self._tools), Path("/usr/bin")]
        return {
            "PATH": ":".join(str(place) for place in (*places, Path("/bin"))),
            "GITHUB_OUTPUT": str(outputs),
            "GITHUB_API_URL": self.loopback.github_url,
            "GITHUB_REPOSITORY": "acme/shop",
            "RAILWAY_API_URL": self.loopback.railway_url,
            "RUNNER_TEMP": str(self.home),
            "PAUSE": "0.02",
            "LOOKUP": "1",
        }


def _tool(name: str) -> Path:
    found = shutil.which(name)
    if found is None:
        pytest.fail(f"{name} is not there; on Debian: apt-get install {name}")
    return Path(found)
