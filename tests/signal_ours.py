"""Reads what this product files on the recordings, from what `replay FILE --json` prints.

The shape of that output is known here and nowhere else of the figures.
"""

import json
import subprocess
import sys
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeAlias

from signal_records import NOBODY, RECORDINGS, Filed, on

REPLAYED = RECORDINGS[:3]
"""The single cases have no times: they are told as stories, not replayed."""

Printed: TypeAlias = Mapping[str, Any]


def filed(replay: Path, folder: Path | None = None) -> dict[str, tuple[Filed, ...]]:
    """Give the issues of each recording in *replay*, from *folder* if they were printed before."""
    return {name: read(_printed(replay / name, folder)) for name in REPLAYED}


def _printed(recording: Path, folder: Path | None) -> Printed:
    if folder is not None:
        printed = (folder / recording.name).read_text()
    else:
        command = [sys.executable, "-m", "pipeline_health", "replay", str(recording), "--json"]
        printed = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    told: Printed = json.loads(printed)
    return told


def read(printed: Printed) -> tuple[Filed, ...]:
    """Give the issues of one replay, in the order in which they were filed."""
    owners = {cause["id"]: cause["owner"] or NOBODY for cause in printed["causes"]}
    return tuple(_filed(issue, owners) for issue in printed["issues"])


def _filed(issue: Printed, owners: Mapping[str, str]) -> Filed:
    """Take the owner that it was filed for; whose it became later is another matter."""
    opened, took = on(issue["opened_at"]), issue["took_seconds"]
    fixer = NOBODY if issue["groundless"] else owners.get(issue["cause"])
    known = opened is not None and took is not None
    return Filed(
        repo=issue["repo"],
        number=issue["number"],
        cause=issue["cause"],
        false=fixer == NOBODY,
        fixer=fixer,
        given_to=issue["owner"],
        failed_at=opened - timedelta(seconds=took) if known and opened else None,
        a_bound=_BOUNDS[issue["bound"]],
        filed_after=opened,
        filed_by=opened,
    )


_BOUNDS = {"exact": False, "at least": True}
"""Whether the failure may have been earlier than its time; when we filed is always known."""
