"""A desk with a host around it, for `doctor` to look at: units, a crontab, programs of its own."""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import pytest

from desk import Desk
from pipeline_health.bootstrap import SystemClock
from pipeline_health.core.model.examination import Examination
from pipeline_health.examining import Surroundings, examine
from wire import StillClock


class Clinic:
    """Plants what is wrong with an installation, and examines it.

    Only programs that are planted are there: PATH leads to nothing else.
    """

    def __init__(self, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
        self.desk = desk
        self.world = desk.world
        self.bin = desk.home / "bin"
        self.root = desk.home / "root"
        self.package = desk.home / "lib" / "pipeline_health"
        self.units = desk.home / ".config" / "systemd" / "user"
        for folder in (self.bin, self.root, self.package, self.units):
            folder.mkdir(parents=True)
        monkeypatch.setenv("PATH", str(self.bin))

    @property
    def secrets_file(self) -> Path:
        """Where the secrets are."""
        return self.desk.configuration.with_name("secrets.env")

    def secrets(self, **values: str) -> None:
        """Write the secrets file anew."""
        self.secrets_file.write_text("".join(f"{key}={value}\n" for key, value in values.items()))

    def ship(self, name: str, text: str, *, scope: str = "user") -> None:
        """Let this version ship a unit."""
        file = self.package / "units" / scope / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    def install(self, name: str, text: str) -> None:
        """Install a unit for the user."""
        (self.units / name).write_text(text)

    def program(self, name: str, script: str) -> Path:
        """Put a program on the PATH."""
        file = self.bin / name
        file.write_text(f"#!/bin/sh\n{script}\n")
        file.chmod(0o755)
        return file

    def systemctl(self, states: Mapping[str, str]) -> None:
        """Let systemd know the user's units by their states; the system has none."""
        blocks = "\n\n".join(f"Id={name}\nActiveState={state}" for name, state in states.items())
        (self.root / "states").write_text(f"{blocks}\n")
        states_file = self.root / "states"
        self.program(
            "systemctl",
            f'[ "$1" = --user ] || exit 1\nwhile read l; do echo "$l"; done <{states_file}',
        )

    def crontab(self, text: str) -> None:
        """Let the user have a crontab."""
        (self.root / "crontab").write_text(text)
        self.program("crontab", f'while read -r l; do echo "$l"; done <{self.root / "crontab"}')

    def examined(self, *, after: timedelta = timedelta(0)) -> Examination:
        """Examine it all, *after* some time."""
        clock = StillClock(SystemClock().now() + after)
        here = Surroundings(root=self.root, package=self.package, clock=clock)
        return examine(None, log_format=None, here=here)

    def state(self) -> dict[str, bytes]:
        """Give every file below the home, and what was written outside."""
        files = {
            str(file): file.read_bytes() for file in self.desk.home.rglob("*") if file.is_file()
        }
        writes = [one for one in self.world.writes("github") if one.path != "/rate_limit"]
        return {**files, "writes": str(writes).encode()}
