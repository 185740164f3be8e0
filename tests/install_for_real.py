"""Installs for real into a throwaway home, looks at a pretend GitHub, upgrades, and uninstalls.

The environment, pip and the registry are real; systemd, crontab and login are the shims of
`newcomer.py`. `make newcomer` runs it: it takes half a minute, so `make test` does not.
"""

import os
import sys
import tempfile
from pathlib import Path

from desk import Desk
from newcomer import Newcomer, Said
from pipeline_health.bootstrap import SystemClock
from pipeline_health.simulator import Loopback, World

NEEDED = ("PIP_", "SSL_", "REQUESTS_", "HTTP", "http", "NO_PROXY", "no_proxy")


def main() -> None:
    """Go the whole way of a newcomer, and raise AssertionError where it is not as promised."""
    world = World(SystemClock().now().replace(microsecond=0))
    with Loopback(world) as loopback, tempfile.TemporaryDirectory() as folder:
        newcomer = Newcomer(Path(folder))
        (newcomer.shims / "python3.13").unlink()
        desk = Desk(world, loopback, newcomer.home)
        desk.repo.push("second")
        desk.web.deploy("FAILED", log="error during build")
        variables = {**_inherited(), **desk.environment}
        variables["PYTHON"] = sys._base_executable or sys.executable  # type: ignore[attr-defined]
        _installs(newcomer, variables)
        assert not world.refusals
        assert not [it for it in world.requests if it.method == "POST" and "/issues" in it.path]
        _uninstalls(newcomer)
    print("installed, looked, and uninstalled for real")


def _installs(newcomer: Newcomer, variables: dict[str, str]) -> None:
    said = _showing(newcomer.install(**variables))
    assert said.code == 0
    assert newcomer.running() == {"pipeline-health.timer"}
    assert "would open issue in acme/shop" in said.text
    site = next(newcomer.share.glob("venv/lib/python3*/site-packages"))
    for package in ("pipeline_health", "httpx", "pydantic"):
        assert list((site / package / "__pycache__").glob("*.pyc")), package
    assert not list(site.glob("editables*"))
    before = newcomer.tree()
    again = newcomer.install(**variables)
    assert "Nothing to do" in again.text
    assert newcomer.tree() == before


def _uninstalls(newcomer: Newcomer) -> None:
    said = _showing(newcomer.uninstall())
    assert said.code == 0
    assert not newcomer.share.exists()
    assert (newcomer.config / "secrets.env").exists()


def _showing(said: Said) -> Said:
    print(said.text)
    return said


def _inherited() -> dict[str, str]:
    """Give what pip needs to know of the way to its registry."""
    found = os.environ.items()  # noqa: TID251 - a started process needs it
    return {name: value for name, value in found if name.startswith(NEEDED)}


if __name__ == "__main__":
    main()
