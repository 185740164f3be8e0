"""Reads what our own looks showed: every line is checked, and what is missing is said."""

from collections.abc import Callable, Iterator, Sequence
from typing import Final, TypeVar

from pipeline_health.core.model.recording import Recording
from pipeline_health.core.model.shown import Entry, Heading
from pipeline_health.core.retold import retold
from pipeline_health.core.retold_sight import moment
from pipeline_health.history.file import SCHEMA_OF, heading_problem
from pipeline_health.history.lines import Line, LineError, oddity_of, read, read_heading
from pipeline_health.ports import HistoryError

LineT = TypeVar("LineT", bound=Line)

_SPACED: Final = b'{"schema": '
_COMPACT: Final = b'{"schema":'
_HALF: Final = "The last line was not written to its end, and is left out."


def read_recording(content: bytes) -> Recording | None:
    """Give the history that *content* tells, None where it is no recording of ours.

    Raises HistoryError naming the line that cannot be read.
    """
    *whole, rest = content.split(b"\n")
    beginning = b"".join(whole[:1]).replace(_SPACED, _COMPACT, 1)  # some write it by hand
    if SCHEMA_OF.match(beginning) is None:
        return None
    problem = heading_problem(beginning + b"\n")
    if problem is not None:
        raise HistoryError(problem)
    heading = _line(1, whole[0], by=read_heading)
    entries = tuple(_entries(whole[1:]))
    name = f"recorded from {moment(heading.began_at)} on"
    return retold(name, heading, entries, lacks=(_HALF,) if rest else ())


def _entries(lines: Sequence[bytes]) -> Iterator[Entry]:
    for number, line in enumerate(lines, start=2):
        entry = _line(number, line, by=read)
        if isinstance(entry, Heading):
            msg = f"line {number}: is a second heading; expected what a look showed"
            raise HistoryError(msg)
        yield entry


def _line(number: int, line: bytes, *, by: Callable[[bytes], LineT]) -> LineT:
    try:
        found = by(line)
    except LineError as exc:
        msg = f"line {number}: {exc}"
        raise HistoryError(msg) from exc
    oddity = oddity_of(found)
    if oddity is not None:
        msg = f"line {number}: {oddity}"
        raise HistoryError(msg)
    return found
