"""Tables for people: aligned columns, plain text, nothing that a pipe or a log would choke on."""

import re
import shutil
import sys
import textwrap
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

import click

from pipeline_health.core.inert import visible

GAP = "  "
NARROWEST = 24

# The runner of Actions obeys `::command::` after blanks, and `##[command]` anywhere in a line
# (actions/runner, ActionCommand.cs, 2026), whoever printed it.
_COMMAND = re.compile(r"^(\s*):(?=:)|##(?=\[)")


def tell(line: str, *, err: bool = False) -> None:
    """Print *line*, in which names and outputs of others may be, as one line that steers nobody.

    Neither the terminal that shows it nor the runner of Actions that reads it.
    """
    click.echo(disarmed(line), err=err)


def disarmed(line: str) -> str:
    """Give *line* as `tell` prints it."""
    return _COMMAND.sub(_broken, " ".join(visible(line).splitlines()))


def _broken(command: re.Match[str]) -> str:
    return "# #" if command[1] is None else f"{command[1]}: "


def screen() -> int | None:
    """Give how many columns standard output shows, None where it is no terminal."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None


def table(
    headings: Sequence[str], rows: Sequence[Sequence[str]], *, screen: int | None = None
) -> Iterator[str]:
    """Give the lines of a table; every row has one cell a heading.

    On a *screen* of so many columns the last cell goes on below itself.
    """
    widths = [max(len(row[column]) for row in (headings, *rows)) for column in range(len(headings))]
    for row in (headings, *rows):
        padded = [cell.ljust(width) for cell, width in zip(row, widths, strict=True)]
        before = "".join(f"{cell}{GAP}" for cell in padded[:-1])
        for number, text in enumerate(_folded(row[-1], screen, len(before))):
            yield f"{before if number == 0 else ' ' * len(before)}{text}".rstrip()


def _folded(text: str, screen: int | None, before: int) -> Sequence[str]:
    """Give *text* as lines that fit beside *before* columns, words whole where they can be."""
    if screen is None:
        return (text,)
    return textwrap.wrap(text, max(NARROWEST, screen - before), break_on_hyphens=False) or ("",)


def moment(at: datetime) -> str:
    """Give a time as people read it, to the minute, in UTC."""
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")
