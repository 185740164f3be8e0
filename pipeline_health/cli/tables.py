"""Tables for people: aligned columns, plain text, nothing that a pipe or a log would choke on."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

GAP = "  "


def table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Give the lines of a table; every row has one cell a heading."""
    widths = [max(len(row[column]) for row in (headings, *rows)) for column in range(len(headings))]
    for row in (headings, *rows):
        padded = [cell.ljust(width) for cell, width in zip(row, widths, strict=True)]
        yield GAP.join(padded).rstrip()


def moment(at: datetime) -> str:
    """Give a time as people read it, to the minute, in UTC."""
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")
