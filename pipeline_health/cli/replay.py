"""`replay`: what would have been filed, had we looked at a recorded history."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline_health.cli.exits import Exit
from pipeline_health.cli.main import Options
from pipeline_health.cli.parameters import duration
from pipeline_health.cli.replayed import diff_as_json, replayed_as_json
from pipeline_health.cli.sla import spelt
from pipeline_health.cli.tables import moment, screen, table, tell
from pipeline_health.core.as_json import as_line
from pipeline_health.core.issue_text.wording import counted as many
from pipeline_health.core.model.signal import Counted, Difference, Figures, Issue
from pipeline_health.core.signal import counted, differences

if TYPE_CHECKING:
    from pipeline_health.replaying import Replayed, Tick, Watch

ISSUES = ("ISSUE", "OWNER", "LEFT WITH", "FILED", "CLOSED", "AFTER", "COMMENTS", "CAUSE", "TITLE")
CAUSES = ("CAUSE", "OWNER", "ISSUES", "REPEATS", "WRONG OWNER", "FALSE", "AT THAT TIME", "WHAT")
FIGURES = ("FIGURE", "HERE", "AT THAT TIME")
_FILE = click.Path(path_type=Path, dir_okay=False)


@click.command(short_help="Replay a recorded incident: what would have been filed.")
@click.argument("recording", metavar="FILE", type=_FILE)
@click.option(
    "--config",
    type=_FILE,
    metavar="FILE",
    help="Configuration to replay under. Default: the one that the recording implies.",
)
@click.option(
    "--diff",
    type=_FILE,
    metavar="FILE",
    help="Replay under this configuration too, and show what would differ.",
)
@click.option(
    "--every",
    callback=lambda context, parameter, text: text and duration(context, parameter, text),
    metavar="DURATION",
    help="How often it looks, e.g. 30m. Default: poll_interval of the configuration.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of text.")
@click.pass_obj
def replay(
    options: Options,
    recording: Path,
    *,
    config: Path | None,
    diff: Path | None,
    every: timedelta | None,
    as_json: bool,
) -> Exit:
    """Run the real agent over the recorded history in FILE, under its clock, and sum up.

    Both providers and the URLs are played from the file; no secret is read, no ledger touched and
    nobody asked. Each cycle that did something is printed, then what was filed: for which root
    cause, for whom, how long after the failure; beside it the same of the monitor of that time,
    where the file has it. What the file does not record is not replayed, and is said.

    A false alarm is an issue that nobody had to mend, a repeat any other beyond the first for one
    root cause, a wrong owner one who could not mend it. Where only a bound of a time is recorded,
    the length from it is one too.

    FILE is what run-once --record wrote, or JSON of the schema replay/1. A configuration finds its
    projects by repo; what it watches and the file does not tell of is left out, and said.

    \b
    Examples:
      pipeline-health replay storm.json
      pipeline-health replay storm.json --every 30m --json | jq .summary
      pipeline-health replay storm.json --config now.toml --diff tomorrow.toml
    """  # noqa: D301 - click reads the backspace as «do not rewrap»
    from pipeline_health import replaying  # noqa: PLC0415 - `--help` needs none of it

    history = replaying.read(recording)
    wanted = [config or options.config, *([] if diff is None else [diff])]
    try:
        prepared = [replaying.prepare(history, each) for each in wanted]
    except replaying.RecordingError as exc:
        msg = f"{recording}: {exc}"
        raise replaying.RecordingError(msg) from exc
    with progress() as watch:
        first, *others = [replaying.replay(each, every=every, watch=watch) for each in prepared]
    second = next(iter(others), None)
    if as_json:
        whole = replayed_as_json(first)
        beside = {} if second is None else {"diff": diff_as_json(first, second)}
        click.echo(as_line({**whole, **beside}))
        return Exit.DONE
    for line in lines_of(first) if second is None else diff_lines(first, second):
        tell(line)
    return Exit.DONE


@contextmanager
def progress() -> "Iterator[Watch]":
    """Show on standard error how far it is, where that is a terminal."""
    if not sys.stderr.isatty():
        yield lambda _, __: None
        return
    with click.progressbar(length=1, label="Replaying", file=sys.stderr) as bar:

        def watch(number: int, total: int) -> None:
            bar.length, bar.pos = total, number - 1
            bar.update(1)

        yield watch


# -- one replay ------------------------------------------------------------------------------


def lines_of(of: "Replayed") -> Iterator[str]:
    """Give a replay for a person."""
    for tick in of.ticks:
        yield from _tick(tick)
    yield heading(of)
    yield from _issues(of)
    yield from _causes(of)
    columns = [_figures_told(each) for each in (of.figures, of.before) if each is not None]
    yield from table(FIGURES[: len(columns) + 1], list(zip(_NAMES, *columns, strict=True)))
    for line in of.lacks:
        yield f"Not as it was: {line}"


def heading(of: "Replayed") -> str:
    """Say what was replayed."""
    began, ended = moment(of.recording.began_at), moment(of.recording.ended_at)
    return (
        f"{of.recording.name}, {began} to {ended}: {many(of.cycles, 'cycle')}, one every "
        f"{spelt(of.every)}, under {of.configuration}"
    )


def _tick(tick: "Tick") -> Iterator[str]:
    yield f"{moment(tick.at)}  {tick.sentence}"
    for change in tick.changes:
        issue = change.repo if change.issue is None else f"{change.repo}#{change.issue}"
        undone = "" if change.applied else f" (not done: {change.why})"
        yield f"    {change.change} {issue}: {change.reason}{undone}"


def _issues(of: "Replayed") -> Iterator[str]:
    if not of.issues:
        yield "Nothing would have been filed."
        return
    rows = [_issue(issue, counted(issue, of.recording)) for issue in of.issues]
    yield from table(ISSUES, rows, screen=screen())


def _issue(issue: Issue, known: Counted) -> tuple[str, ...]:
    return (
        f"{issue.repo}#{issue.number}",
        issue.owner or "-",
        issue.left_with or "-",
        moment(issue.opened_at),
        "-" if issue.closed_at is None else moment(issue.closed_at),
        spelt(known.took),
        str(issue.comments),
        known.cause or "-",
        issue.title,
    )


def _causes(of: "Replayed") -> Iterator[str]:
    known = () if of.before is None else of.before.causes
    before = {each.cause.id: str(len(each.issues)) for each in known}
    rows = [
        (
            each.cause.id,
            each.cause.owner or "nobody",
            str(len(each.issues)),
            str(each.repeats),
            str(each.wrong_owner),
            str(each.false_alarms),
            before.get(each.cause.id, "-"),
            each.cause.label,
        )
        for each in of.figures.causes
    ]
    if rows:
        yield from table(CAUSES, rows, screen=screen())


_NAMES = (
    "issues",
    "root causes",
    "repeats",
    "false alarms",
    "wrong owner",
    "cause not recorded",
    "failure to issue, median",
    "failure to issue, longest",
    "comments",
    "reopened",
    "handed over",
)


def _figures_told(of: Figures) -> tuple[str, ...]:
    return (
        str(of.issues),
        _told(of.root_causes),
        _told(of.repeats),
        _told(of.false_alarms),
        _told(of.wrong_owner),
        str(len(of.unattributed)),
        f"{spelt(of.median)}{_bounds(of)}",
        spelt(of.longest),
        _told(of.comments),
        _told(of.reopened),
        _told(of.moved),
    )


def _told(number: int | None) -> str:
    return "-" if number is None else str(number)


def _bounds(of: Figures) -> str:
    """Say of how many of the times only a bound is known."""
    parts = [f"{of.at_least} at least"] if of.at_least else []
    parts += [f"{of.at_most} at most"] if of.at_most else []
    return f" (of {len(of.took)}, {', '.join(parts)})" if parts else ""


# -- two of them -----------------------------------------------------------------------------


def diff_lines(first: "Replayed", second: "Replayed") -> Iterator[str]:
    """Give for a person what differs between two configurations."""
    yield heading(first)
    yield heading(second)
    found: Sequence[Difference] = tuple(differences(first.issues, second.issues))
    for each in found:
        yield from _difference(each)
    if not found:
        yield "Both would have filed the same issues, at the same times, for the same owners."
    yield from table(
        ("FIGURE", "FIRST", "SECOND"),
        list(zip(_NAMES, _figures_told(first.figures), _figures_told(second.figures), strict=True)),
    )
    for line in dict.fromkeys((*first.lacks, *second.lacks)):
        yield f"Not as it was: {line}"


def _difference(each: Difference) -> Iterator[str]:
    one = each.before or each.after
    if one is not None:
        yield f"{one.repo}: {one.title}"
    for says in each.says:
        yield f"    {says}"
