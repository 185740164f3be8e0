"""The installed units of systemd: their text, whether they are active, and what they start."""

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from pipeline_health.core.model.checkup import UnitFacts, Unread
from pipeline_health.frozen import dataclass
from pipeline_health.host.commands import Shell
from pipeline_health.host.shipped import shipped_units

UNITS = (
    "pipeline-health.timer",
    "pipeline-health.service",
    "pipeline-health-scheduler.service",
    "pipeline-health-failure.service",
)
PROGRAM = "pipeline-health"
_LARGEST = 64 * 1024
_STARTS = re.compile(r"^ExecStart=[-@:+!|]*(?P<program>\S+)", re.MULTILINE)
_VERSION = re.compile(r"\bversion (?P<version>\S+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Whose units: the *folder* that they are in, and how `systemctl` is told."""

    name: str
    folder: Path
    options: tuple[str, ...]


def scopes(home: Path, root: Path) -> tuple[Scope, Scope]:
    """Give the user's units and the system's."""
    return (
        Scope(name="user", folder=home / ".config/systemd/user", options=("--user",)),
        Scope(name="system", folder=root / "etc/systemd/system", options=()),
    )


def units_of(
    scope: Scope, *, shell: Shell, home: Path, package: Path | None
) -> Iterator[UnitFacts]:
    """Tell of each of our units in *scope*, and of each drop-in that we ship for one."""
    shipped = shipped_units(scope.name, package=package)
    texts = {name: _text(scope.folder / name) for name in dict.fromkeys((*UNITS, *shipped))}
    if not any(texts.values()):
        return
    states, versions = _states(scope, shell), _Versions(shell)
    for name, text in texts.items():
        started = None if text is None else _started(text, home)
        state = states.get(name)
        yield UnitFacts(
            name=name,
            scope=scope.name,
            path=str(scope.folder / name),
            text=text,
            shipped=shipped.get(name),
            active=None if state is None else state.word == "active",
            failed=state is not None and state.word == "failed",
            outdated=state is not None and state.outdated,
            started=started,
            version=None if started is None else versions.of(started),
        )


class _Versions:
    """Asks each program once which version it is."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell
        self._known: dict[str, str | Unread] = {}

    def of(self, program: str) -> str | Unread:
        if program not in self._known:
            self._known[program] = self._asked(program)
        return self._known[program]

    def _asked(self, program: str) -> str | Unread:
        try:
            owner = Path(program).stat().st_uid
        except OSError:
            return Unread("there is no such program")
        if owner not in (0, os.geteuid()):
            return Unread("it belongs to neither us nor root, and was not asked")
        ran = self._shell.run(program, "--version")
        if ran is None:
            return Unread("it may not be executed")
        found = _VERSION.search(ran.said)
        if ran.code != 0 or found is None:
            return Unread(f"it does not tell its version: {' '.join(ran.said.split())[:200]}")
        return found["version"]


def _started(text: str, home: Path) -> str | None:
    """Give the program that a unit starts, where it is one of ours."""
    found = _STARTS.search(text)
    program = None if found is None else found["program"].replace("%h", str(home))
    return program if program is not None and Path(program).name == PROGRAM else None


def _text(path: Path) -> str | None:
    try:
        with path.open(errors="replace") as file:
            return file.read(_LARGEST)
    except OSError:
        return None


@dataclass(frozen=True, slots=True)
class _State:
    """Systemd's word for a unit, and whether its file was changed since it was read."""

    word: str
    outdated: bool


def _states(scope: Scope, shell: Shell) -> Mapping[str, _State]:
    """Give the state of each unit; empty where systemd cannot be asked."""
    shown = "--property=Id,ActiveState,NeedDaemonReload"
    ran = shell.run("systemctl", *scope.options, "show", shown, "--", *UNITS)
    if ran is None or ran.code != 0:
        return {}
    states = {}
    for block in ran.said.split("\n\n"):
        told = dict(line.split("=", 1) for line in block.splitlines() if "=" in line)
        if "Id" in told and "ActiveState" in told:
            outdated = told.get("NeedDaemonReload") == "yes"
            states[told["Id"]] = _State(told["ActiveState"], outdated)
    return states
