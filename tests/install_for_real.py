"""Follows the README word by word in a throwaway home, from a checkout to a timer, and back.

The environment, pip and the registry are real; systemd, crontab and login are the shims of
`newcomer.py`. `make newcomer` runs it: it takes half a minute, so `make test` does not.
"""

import os
import re
import shutil
import sys
import tempfile
from pathlib import Path

from desk import Desk
from newcomer import ROOT, Newcomer, Said
from pipeline_health.bootstrap import SystemClock
from pipeline_health.simulator import Loopback, World

NEEDED = ("PIP_", "SSL_", "REQUESTS_", "HTTP", "http", "NO_PROXY", "no_proxy")


SECRETS = "GITHUB_TOKEN=gh-good-token\nRAILWAY_TOKEN=rw-good-token\n"


def main() -> None:
    """Go the whole way of a newcomer, and raise AssertionError where it is not as promised."""
    world = World(SystemClock().now().replace(microsecond=0))
    with Loopback(world) as loopback, tempfile.TemporaryDirectory() as folder:
        newcomer = Newcomer(Path(folder))
        (newcomer.shims / "python3.13").unlink()
        desk = Desk(world, loopback, newcomer.home)
        desk.repo.push("second")
        desk.web.deploy("FAILED", log="error during build")
        shutil.rmtree(newcomer.config)  # a newcomer has none
        variables = {**_inherited(), **desk.environment}
        variables["PYTHON"] = sys._base_executable or sys.executable  # type: ignore[attr-defined]
        _follows_the_readme(newcomer, variables)
        assert not world.refusals
        assert not [it for it in world.requests if it.method == "POST" and "/issues" in it.path]
        _uninstalls(newcomer)
    print("installed, looked, and uninstalled for real")


def _follows_the_readme(newcomer: Newcomer, variables: dict[str, str]) -> None:
    """Type what stands there; only the editor is ours."""
    block = (ROOT / "README.md").read_text().partition("## Install it")[2]
    lines = [
        line.partition("#")[0].strip() for line in re.findall(r"^\$ (.+)$", block, re.MULTILINE)
    ]
    install, editor, init, again = lines[:4]
    said = _showing(newcomer.types(install, **variables))
    assert said.code == 0
    assert newcomer.running() == set()
    secrets = newcomer.config / "secrets.env"
    assert editor == "editor ~/.config/archon-cron/secrets.env"
    assert secrets.stat().st_mode & 0o777 == 0o600
    secrets.write_text(SECRETS)
    assert _showing(newcomer.types(init, **variables)).code == 0
    _is_installed(newcomer, _showing(newcomer.types(again, **variables)))
    before = newcomer.tree()
    once_more = newcomer.types(again, **variables)
    assert "Nothing to do" in once_more.text
    assert newcomer.tree() == before


def _is_installed(newcomer: Newcomer, said: Said) -> None:
    assert said.code == 0
    assert newcomer.running() == {"pipeline-health.timer"}
    assert "would open issue in acme/shop" in said.text
    assert said.text.index("run-once --dry-run") < said.text.index("started pipeline-health.timer")
    site = next(newcomer.share.glob("venv/lib/python3*/site-packages"))
    for package in ("pipeline_health", "httpx", "pydantic"):
        assert list((site / package / "__pycache__").glob("*.pyc")), package
    assert not list(site.glob("editables*"))


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
