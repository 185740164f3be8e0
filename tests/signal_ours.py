"""Reads what this product files on the recordings, from what `replay FILE --json` prints.

The shape of that output is known here and nowhere else of the figures.
"""

import json
import subprocess
import sys
from collections.abc import Mapping
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
    return tuple(
        Filed(
            repo=issue["repo"],
            number=issue["number"],
            cause=issue["cause"],
            false=owners.get(issue["cause"]) == NOBODY,
            fixer=owners.get(issue["cause"]),
            given_to=issue["owner"],
            failed_at=on(issue["failed_at"]),
            filed_after=on(issue["filed_at"]),
            filed_by=on(issue["filed_at"]),
        )
        for issue in printed["issues"]
    )
