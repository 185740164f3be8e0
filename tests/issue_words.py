"""What issues say, way by way: kept in `issue_words.toml`, so that a change of it is seen.

    python tests/issue_words.py

writes the file anew from what is said now: read the difference before it is committed. The usual
issue is kept as a whole; of every other way the lines that the one it is like does not have, and,
behind `without`, how those begin that it lacks.
"""

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from incident_builders import BAD, FIXED, GOOD, proof
from issue_ways import ISSUES, USUAL, Issue
from pipeline_health.core.issue_text import body, closing, handed_over, reopened, title_of

KEPT = Path(__file__).with_suffix(".toml")
_NAMES = {GOOD: "GOOD", BAD: "BAD", FIXED: "FIXED"}
_BEGINNING = 24
_REPEATED = re.compile(r"(.)\1{49,}")


def told(way: str) -> list[str]:
    """Say how the issue of *way* reads, beside the one that it is like."""
    lines = _lines(ISSUES[way])
    if way == USUAL:
        return lines
    others = _lines(ISSUES[ISSUES[way].beside])
    return [
        *(line for line in lines if line not in others),
        *(f"without: {line[:_BEGINNING]}" for line in others if line not in lines),
    ]


def _lines(issue: Issue) -> list[str]:
    """Give title, body and comments line by line; the marker has tests of its own."""
    of, newest = issue.of, issue.of.newest
    title = title_of(
        of.kind,
        newest.symptom.subject,
        project=of.project,
        cause=of.cause,
        symptom_kind=newest.symptom.kind,
        commit=newest.commit,
    )
    whole = body(
        of,
        routing=issue.routing,
        evidence_shown=issue.shown,
        notes=issue.notes,
        project=issue.project,
    )
    comments = (
        closing(of, proof=proof(newest.symptom)),
        reopened(of, why="it is still broken"),
        handed_over(of),
    )
    texts = (title, whole.partition("\n")[2], *comments)
    return [_named(line) for text in texts for line in text.splitlines() if line]


def _named(line: str) -> str:
    """Say *line* with names for the commits, and by its number where a sign is repeated."""
    for sha, name in _NAMES.items():
        line = line.replace(sha, name).replace(sha[:7], name)
    return _REPEATED.sub(lambda found: f"{found[1]} {len(found[0])} times", line)


def _kept() -> Iterator[str]:
    yield "# What issues say, way by way; `python tests/issue_words.py` writes it anew."
    for way in ISSUES:
        yield f"\n{json.dumps(way)} = ["
        yield from (f"  {json.dumps(line, ensure_ascii=False)}," for line in told(way))
        yield "]"


if __name__ == "__main__":
    _ = KEPT.write_text("\n".join(_kept()) + "\n")
    sys.exit(0)
