"""What a quiet cold `run-once` loads; `python tests/cold_modules.py` writes the list of it anew.

A module is told by its name. Those that the bare imports of our libraries load are none of ours,
and private ones (`_json`) differ from one Python to the next.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.cold import BASELINE
from desk import Desk
from pipeline_health.bootstrap import SystemClock
from pipeline_health.simulator import Loopback, World

LIST = Path(__file__).with_suffix(".txt")
_ELSEWHERE = {"html", "html.entities"}
"""What our libraries load with one Python, and we with another."""
_URLS = 'staging_url = "{staging}"\nproduction_url = "{production}"\n'
_SCRIPT = f"""\
import sys
{BASELINE}
before = set(sys.modules) - {{"rich"}}  # which structlog takes where a tool brings it
from pipeline_health.cli.main import run
code = run(["run-once"])
print(code, *sorted(set(sys.modules) - before))
"""


def loaded(home: Path) -> set[str]:
    """Let a run look at a product with all that one can have, and another find nothing new."""
    world = World(SystemClock().now().replace(microsecond=0))
    with Loopback(world) as loopback:
        desk = Desk(world, loopback, home)
        world.railway("shop").environment("production").service("web", desk.repo).deploy("SUCCESS")
        sites = {name: loopback.site_url(name) for name in ("staging", "production")}
        with desk.configuration.open("a") as configuration:
            configuration.write(_URLS.format(**sites))
        first = desk.run("run-once")
        assert first.returncode == 0, first.stderr
        told = subprocess.run(
            [sys.executable, "-c", _SCRIPT],
            env={"PATH": "", **desk.environment},
            capture_output=True,
            text=True,
            check=True,
        )
    code, *modules = told.stdout.splitlines()[-1].split()
    assert code == "0", told.stderr
    public = {name for name in modules if not any(it.startswith("_") for it in name.split("."))}
    return public - _ELSEWHERE


def listed() -> set[str]:
    """Give the modules that a quiet run may load."""
    return {line for line in LIST.read_text().splitlines() if line and not line.startswith("#")}


def main() -> None:
    """Write the list anew."""
    head = [line for line in LIST.read_text().splitlines() if line.startswith("#")]
    with tempfile.TemporaryDirectory() as home:
        LIST.write_text("\n".join([*head, *sorted(loaded(Path(home)))]) + "\n")


if __name__ == "__main__":
    main()
