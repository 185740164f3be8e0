"""Reads a recording of our own: every line is checked, and what is missing is said."""

import os
import stat
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final, TypeVar

from pipeline_health.core.model.recording import Recording
from pipeline_health.core.model.shown import Entry, Heading
from pipeline_health.core.retold import retold
from pipeline_health.ports import RecordingError
from pipeline_health.recordings.own_file import LARGEST, heading_problem
from pipeline_health.recordings.own_lines import LineError, read, read_heading

LineT = TypeVar("LineT")

_HALF: Final = "The last line was not written to its end, and is left out."


def read_own(path: Path) -> Recording:
    """Give the history that the file at *path* tells; raises RecordingError naming the line."""
    content = _content(path)
    *whole, rest = content.split(b"\n")
    if not whole:
        msg = f"{path}: holds no whole line; expected a recording that `run-once --record` made"
        raise RecordingError(msg)
    problem = heading_problem(whole[0] + b"\n")
    if problem is not None:
        msg = f"{path}: {problem}"
        raise RecordingError(msg)
    heading = _line(path, 1, whole[0], by=read_heading)
    entries = tuple(_entries(path, whole[1:]))
    return retold(path.name, heading, entries, lacks=(_HALF,) if rest else ())


def _content(path: Path) -> bytes:
    try:
        opened = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOCTTY)
        with os.fdopen(opened, "rb") as file:
            if not stat.S_ISREG(os.fstat(opened).st_mode):
                msg = f"{path}: is no regular file; expected a recording"
                raise RecordingError(msg)
            content = file.read(LARGEST + 1)
    except OSError as exc:
        msg = f"{path}: could not be read ({exc.strerror}); expected a recording"
        raise RecordingError(msg) from exc
    if len(content) > LARGEST:
        msg = f"{path}: is too large; expected at most {LARGEST // 1024 // 1024} MiB"
        raise RecordingError(msg)
    return content


def _entries(path: Path, lines: Sequence[bytes]) -> Iterator[Entry]:
    for number, line in enumerate(lines, start=2):
        entry = _line(path, number, line, by=read)
        if isinstance(entry, Heading):
            msg = f"{path}, line {number}: is a second heading; expected what a look showed"
            raise RecordingError(msg)
        yield entry


def _line(path: Path, number: int, line: bytes, *, by: Callable[[bytes], LineT]) -> LineT:
    try:
        return by(line)
    except LineError as exc:
        msg = f"{path}, line {number}: {exc}"
        raise RecordingError(msg) from exc
