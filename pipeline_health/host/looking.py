"""One look at this host."""

import importlib.util
import os
import pwd
import re
from collections.abc import Sequence
from pathlib import Path

from pipeline_health.core.model.checkup import HostFacts, Unread
from pipeline_health.host.commands import Shell
from pipeline_health.host.files import Watched, file_facts
from pipeline_health.host.units import scopes, units_of

_STARTS_US = re.compile(r"pipeline-health(-cron\.sh|.*\s(run-once|serve)\b)")
_NO_CRONTAB = re.compile(r"no crontab for|can't open '|not allowed to use this program")
"""None is there yet, in the words of cron and of BusyBox, or this user may have none at all."""


def look(
    watched: Sequence[Watched],
    *,
    shell: Shell,
    home: Path,
    root: Path = Path("/"),
    package: Path | None = None,
) -> HostFacts:
    """Look at the *watched* files, the units of *home* and *root*, and the crontab.

    *package* is where ours is, by default where it was imported from.
    """
    return HostFacts(
        files=tuple(map(file_facts, watched)),
        units=tuple(
            unit
            for scope in scopes(home, root)
            for unit in units_of(scope, shell=shell, home=home, package=package)
        ),
        crontab=_crontab(shell),
        lingers=_lingers(root),
        apprise=importlib.util.find_spec("apprise") is not None,
    )


def _crontab(shell: Shell) -> tuple[int, ...] | Unread:
    """Give the numbers of the lines that start us; what else is in them nobody gets to see."""
    ran = shell.run("crontab", "-l")
    if ran is None or (ran.code != 0 and _NO_CRONTAB.search(ran.said)):
        return ()
    if ran.code != 0:
        return Unread(f"crontab -l failed: {' '.join(ran.said.split())[:200]}")
    return tuple(
        number
        for number, line in enumerate(ran.said.splitlines(), start=1)
        if not line.lstrip().startswith("#") and _STARTS_US.search(line)
    )


def _lingers(root: Path) -> bool | None:
    """Tell whether our user's units go on without a session; None where nobody knows."""
    folder = root / "var/lib/systemd/linger"
    try:
        name = pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:  # pragma: no cover - a user of systemd's own making has no entry
        return None
    return (folder / name).exists() if folder.is_dir() else None
