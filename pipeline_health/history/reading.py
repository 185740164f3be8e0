"""Reads what our own looks showed: every line is checked, and what is missing is said."""

import os
import stat
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final, TypeVar

from pipeline_health.core.model.recording import Recording
from pipeline_health.core.model.shown import Entry, Heading
from pipeline_health.core.retold import retold
from pipeline_health.core.retold_sight import moment
from pipeline_health.history.file import LARGEST, SCHEMA_OF, heading_problem
from pipeline_health.history.lines import LineError, read, read_heading
from pipeline_health.ports import HistoryError

LineT = TypeVar("LineT")

_HALF: Final = "The last line was not written to its end, and is left out."


def read_file(path: Path) -> Recording:
    """Give the history that the file at *path* tells; raises HistoryError naming file and line."""
    content = _content(path)
    try:
        found = read_recording(content)
    except HistoryError as exc:
        msg = f"{path}: {exc}"
        raise HistoryError(msg) from exc
    if found is None:
        msg = f"{path}: is no recording of ours; expected one that `run-once --record` made"
        raise HistoryError(msg)
    return found


def read_recording(content: bytes) -> Recording | None:
    """Give the history that *content* tells, None where it is no recording of ours.

    Raises HistoryError naming the line that cannot be read.
    """
    *whole, rest = content.split(b"\n")
    if not whole or SCHEMA_OF.match(whole[0]) is None:
        return None
    problem = heading_problem(whole[0] + b"\n")
    if problem is not None:
        raise HistoryError(problem)
    heading = _line(1, whole[0], by=read_heading)
    entries = tuple(_entries(whole[1:]))
    name = f"recorded from {moment(heading.began_at)} on"
    return retold(name, heading, entries, lacks=(_HALF,) if rest else ())


def _content(path: Path) -> bytes:
    try:
        opened = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOCTTY)
        with os.fdopen(opened, "rb") as file:
            if not stat.S_ISREG(os.fstat(opened).st_mode):
                msg = f"{path}: is no regular file; expected a recording"
                raise HistoryError(msg)
            content = file.read(LARGEST + 1)
    except OSError as exc:
        msg = f"{path}: could not be read ({exc.strerror}); expected a recording"
        raise HistoryError(msg) from exc
    if len(content) > LARGEST:
        msg = f"{path}: is too large; expected at most {LARGEST // 1024 // 1024} MiB"
        raise HistoryError(msg)
    return content


def _entries(lines: Sequence[bytes]) -> Iterator[Entry]:
    for number, line in enumerate(lines, start=2):
        entry = _line(number, line, by=read)
        if isinstance(entry, Heading):
            msg = f"line {number}: is a second heading; expected what a look showed"
            raise HistoryError(msg)
        yield entry


def _line(number: int, line: bytes, *, by: Callable[[bytes], LineT]) -> LineT:
    try:
        return by(line)
    except LineError as exc:
        msg = f"line {number}: {exc}"
        raise HistoryError(msg) from exc
