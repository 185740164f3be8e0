"""docs/performance.md: a part between markers that only the command writes, and prose around it."""

import os
import platform
from collections.abc import Iterable, Sequence
from pathlib import Path

from benchmarks.bounds import Bound, bounds
from benchmarks.rows import Row, read, written

BEGIN = "<!-- measured: written by `make bench`, by nobody else -->\n"
END = "<!-- /measured -->\n"
PROMISES = "| promise | at most | found | holds |\n| --- | --: | --: | --- |\n"


class MalformedError(ValueError):
    """The page is not as the command writes it."""


def measured_part(rows: Sequence[Row], extra: Iterable[Bound], *, machine: str, cold: str) -> str:
    """Write what stands between the markers; *cold* is the table of cold starts."""
    promises = "".join(bound.line() for bound in (*bounds(rows), *extra))
    return f"{machine}\n\n{PROMISES}{promises}\n{written(rows)}\n{cold}"


def replaced(page: str, part: str) -> str:
    """Give *page* with another part between its markers."""
    before, _, after = _cut(page)
    return f"{before}{BEGIN}\n{part}\n{END}{after}"


def rows_of(page: str) -> list[Row]:
    """Read the rows that the page states."""
    return read(paragraphs(page)[2])


def promises_of(page: str) -> list[str]:
    """Give the lines of the promises that the page states."""
    text = paragraphs(page)[1]
    if not text.startswith(PROMISES):
        msg = "the page has no table of promises where it should"
        raise MalformedError(msg)
    return text.removeprefix(PROMISES).strip().splitlines()


def paragraphs(page: str) -> list[str]:
    """Give the parts of what was measured: machine, promises, figures, cold starts."""
    found = _cut(page)[1].strip().split("\n\n")
    if len(found) != len(("machine", "promises", "figures", "cold starts")):
        msg = f"there should be four paragraphs between the markers, and there are {len(found)}"
        raise MalformedError(msg)
    return found


def _cut(page: str) -> tuple[str, str, str]:
    before, begin, rest = page.partition(BEGIN)
    part, end, after = rest.partition(END)
    if not begin or not end:
        msg = "the page lacks the markers of what is measured"
        raise MalformedError(msg)
    return before, part, after


def machine() -> str:
    """Say on what this runs, in words that name no host."""
    cores = len(os.sched_getaffinity(0))
    kind = f"{platform.system()} on {platform.machine()}, {_processor()}"
    python = f"{platform.python_implementation()} {platform.python_version()}"
    return f"Measured with {python} on {cores} cores: {kind}."


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, "an unnamed processor")
