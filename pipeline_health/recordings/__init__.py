"""Reads a recorded history, whatever its format: the file is read whole or refused.

A reader of one more format is a function `(bytes) -> Recording | None` in `READERS`, which gives
None for what is not of its format, and raises a PipelineHealthError for what is and is wrong.
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import TypeAlias

from pipeline_health.core.model.recording import (
    DeploymentTold,
    Recording,
    RecordTold,
    RunTold,
    SuiteTold,
)
from pipeline_health.history.file import LARGEST
from pipeline_health.history.lines import OUR_DAYS
from pipeline_health.history.reading import read_recording
from pipeline_health.ports import PipelineHealthError
from pipeline_health.recordings import replay_1
from pipeline_health.recordings.errors import RecordingError
from pipeline_health.settings.errors import ConfigurationError
from pipeline_health.settings.regular_file import read_regular

__all__ = ["LARGEST", "READERS", "RecordingError", "read"]

Reader: TypeAlias = Callable[[bytes], Recording | None]

READERS: tuple[Reader, ...] = (read_recording, replay_1.read)
"""Every format that is known, each asked in its turn."""

_EDGE = "has a time at the edge of the calendar; expected one of our days"
_EXPECTED = (
    "expected a recording: what `run-once --record` wrote, or JSON with"
    f' "schema": "{replay_1.SCHEMA}"'
)


def read(path: Path) -> Recording:
    """Give the recording at *path*; raises RecordingError, which says what was expected where."""
    content = _content(path)
    try:
        found = next((it for reader in READERS if (it := reader(content)) is not None), None)
    except PipelineHealthError as exc:
        msg = f"{path}: {exc}"
        raise RecordingError(msg) from exc
    except OverflowError as exc:
        msg = f"{path}: {_EDGE}"
        raise RecordingError(msg) from exc
    if found is None:
        msg = f"{path}: is of no known format; {_EXPECTED}"
        raise RecordingError(msg)
    if any(at.year not in OUR_DAYS for at in _times(found)):
        msg = f"{path}: {_EDGE}"
        raise RecordingError(msg)
    return found


def _times(recording: Recording) -> Iterator[datetime]:
    yield from (recording.began_at, recording.ended_at)
    for fact in recording.facts:
        yield fact.at
        if isinstance(fact, RunTold | SuiteTold | RecordTold | DeploymentTold):
            yield fact.created_at


def _content(path: Path) -> bytes:
    try:
        return read_regular(path, largest=LARGEST, expected="a recording")
    except ConfigurationError as exc:
        raise RecordingError(str(exc)) from exc
    except OSError as exc:
        msg = f"{path}: cannot be read: {exc.strerror or type(exc).__name__}; {_EXPECTED}"
        raise RecordingError(msg) from exc
