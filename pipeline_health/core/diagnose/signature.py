"""What one row of the table is."""

import re

from pipeline_health.core.model.incident import CauseClass
from pipeline_health.frozen import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """One row: a line that matches *line*, in a step that matches *step* where that is asked for.

    *outside_tests* says that the line proves nothing in a test, which may expect a refusal. A row
    without a line matches a failed step by itself, or with *jobless* a run that made no job. A
    *vague* row tells what failed and hardly why, so that it is asked last. *provider* is who can
    be told before the line is read; else the line names it.
    """

    name: str
    of: CauseClass
    line: re.Pattern[str] | None = None
    step: re.Pattern[str] | None = None
    provider: str | None = None
    outside_tests: bool = False
    vague: bool = False
    jobless: bool = False


def words(*patterns: str) -> re.Pattern[str]:
    """Give a pattern that matches where any of *patterns* does, in capitals or not."""
    return re.compile("|".join(patterns), re.IGNORECASE)


def exactly(*patterns: str) -> re.Pattern[str]:
    """Give a pattern that matches where any of *patterns* does, with capitals as written."""
    return re.compile("|".join(patterns))


START = r"^\s*(?:##\[error\]\s*)?"
"""The start of a line that its tool wrote itself: what quotes the line has something before it.

No two runs of blanks may meet: a line of blanks alone would be divided in every way between them.
"""

NPM = START + r"npm (?:ERR!|error) "
