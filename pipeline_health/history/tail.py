"""What the end of a recording tells, as far as it must be known to go on with it."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from pipeline_health.core.model.ids import ProjectName
from pipeline_health.core.model.shown import LookedAt, Shown
from pipeline_health.history.lines import Line, LineError, read

MOST_LINES = 40
"""After so many lines of a project all of it is told anew, so that nobody has to read far back."""

_PROJECT = re.compile(rb'\{"project":("(?:[^"\\]|\\.)*"),')
_LIST = b'"projects":'


@dataclass(slots=True, kw_only=True)
class Told:
    """The lines of each project since all of it was told, oldest first, and the last list of them.

    *is_whole* says that nothing before them matters.
    """

    lines: dict[ProjectName, list[Shown]] = field(default_factory=dict)
    projects: tuple[ProjectName, ...] | None = None
    is_whole: bool = False

    def of(self, project: ProjectName) -> Sequence[Shown]:
        """Give the lines of *project*, none where all of it is to be told."""
        lines = self.lines.get(project, [])
        return lines if lines and lines[0].whole and len(lines) <= MOST_LINES else ()


def told_in(lines: Sequence[bytes], projects: frozenset[ProjectName]) -> Told:
    """Read *lines* from their end until all of *projects* is known.

    A line that cannot be read tells nothing: what it told is written again.
    """
    told, wanted = Told(), {json.dumps(name).encode(): name for name in projects}
    for line in reversed(lines):
        found = _PROJECT.match(line)
        if found is not None and found[1] in wanted:
            shown = _read(line)
            if isinstance(shown, Shown):
                told.lines.setdefault(shown.project, []).insert(0, shown)
                if shown.whole:
                    del wanted[found[1]]
        elif found is None and told.projects is None and _LIST in line:
            look = _read(line)
            told.projects = look.projects if isinstance(look, LookedAt) else None
        if not wanted and told.projects is not None:
            told.is_whole = True
            break
    return told


def _read(line: bytes) -> Line | None:
    try:
        return read(line)
    except LineError:
        return None
