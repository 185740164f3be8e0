"""What a quiet cold `run-once` costs in CPU, beside the bare imports of what it stands on.

`python -m benchmarks.cold [ROUNDS]` lets commands take turns, against the simulator in a process of
its own, prints the medians, and ends with 1 when `run-once` costs more than it may.
"""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from pipeline_health.bootstrap import SystemClock
from pipeline_health.simulator import Loopback, World

BASELINE = "import httpx, pydantic, click, structlog, dotenv, sqlite3; httpx.Client()"
ALLOWED = 0.150
"""Seconds of CPU that a quiet cold `run-once` may cost beyond the baseline."""
ROUNDS = 15

_CONFIGURATION = """\
[[projects]]
name = "shop"
repo = "acme/shop"
railway_project = "{railway}"
staging_url = "{staging}"
production_url = "{production}"
"""
_LEARNING = 2  # the first look makes the ledger, the second one knows everything
_RUN, _BASELINE = "run-once", "baseline"
_COMMANDS: Mapping[str, Sequence[str]] = {
    _BASELINE: ("-c", BASELINE),
    _RUN: ("-m", "pipeline_health", "run-once"),
    "status": ("-m", "pipeline_health", "status"),
    "--help": ("-m", "pipeline_health", "--help"),
    "--version": ("-m", "pipeline_health", "--version"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Seconds of CPU, of user and system together, by what was run; *beyond* is the difference.

    All are medians: of each command, and of the differences between a run and the baseline beside.
    """

    seconds: Mapping[str, float]
    beyond: float
    rounds: int

    def lines(self) -> Iterator[str]:
        """Give them as a table of Markdown."""
        yield "| what | CPU, ms |"
        yield "|---|---:|"
        for name, seconds in self.seconds.items():
            yield f"| `{name}` | {1000 * seconds:.0f} |"
        yield f"| a quiet cold `{_RUN}` beyond the baseline | {1000 * self.beyond:.0f} |"


def figures(*, rounds: int = ROUNDS) -> Figures:
    """Run every command in turns, *rounds* times."""
    taken: dict[str, list[float]] = {name: [] for name in _COMMANDS}
    with TemporaryDirectory() as folder, _installation(Path(folder)) as environment:
        for _ in range(_LEARNING):
            _cpu(_COMMANDS[_RUN], environment)
        for _ in range(rounds):
            for name, command in _COMMANDS.items():
                taken[name].append(_cpu(command, environment))
    beside = zip(taken[_RUN], taken[_BASELINE], strict=True)
    return Figures(
        seconds={name: median(each) for name, each in taken.items()},
        beyond=median(ours - bare for ours, bare in beside),
        rounds=rounds,
    )


def _cpu(arguments: Sequence[str], environment: Mapping[str, str]) -> float:
    """Give the CPU of one run in seconds; it must end well."""
    process = subprocess.Popen(
        [sys.executable, *arguments],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        msg = f"{arguments} ended with {process.returncode}"
        raise RuntimeError(msg)
    return used.ru_utime + used.ru_stime


@contextmanager
def _installation(home: Path) -> Iterator[Mapping[str, str]]:
    """Give the environment of an installation whose providers are a process of their own."""
    command = [sys.executable, "-m", "benchmarks.cold", "--serve", str(home)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as providers:
        told = iter(providers.stdout or ())
        github, railway = next(told).split()
        yield {"HOME": str(home), "GITHUB_API_URL": github, "RAILWAY_API_URL": railway}
        providers.communicate()


def _serve(home: Path) -> None:
    """Be both providers and the two sites of one product, until standard input ends."""
    world = World(SystemClock().now().replace(microsecond=0))
    repo = world.repo("acme/shop")
    repo.push("first")
    world.advance(timedelta(minutes=-20))
    repo.run("CI", "success", jobs={"build": "success", "test": "success"})
    project = world.railway("shop")
    for name in ("staging", "production"):
        project.environment(name).service("web", repo).deploy("SUCCESS")
    world.advance(timedelta(minutes=20))
    folder = home / ".config" / "archon-cron"
    folder.mkdir(parents=True)
    with Loopback(world) as loopback:
        configuration = _CONFIGURATION.format(
            railway=project.id,
            staging=loopback.site_url("staging"),
            production=loopback.site_url("production"),
        )
        (folder / "pipeline-health.toml").write_text(configuration)
        secrets = folder / "secrets.env"
        secrets.touch(mode=0o600)
        secrets.write_text("GITHUB_TOKEN=gh-good-token\nRAILWAY_TOKEN=rw-good-token\n")
        sys.stdout.write(f"{loopback.github_url} {loopback.railway_url}\n")
        sys.stdout.flush()
        sys.stdin.read()


def main(arguments: Sequence[str]) -> int:
    """Print the figures; 1 says that a start became too dear."""
    if arguments[:1] == ["--serve"]:
        _serve(Path(arguments[1]))
        return 0
    found = figures(rounds=int(arguments[0]) if arguments else ROUNDS)
    sys.stdout.write("\n".join(found.lines()) + "\n")
    return int(found.beyond > ALLOWED)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
