"""`status`: what the last looks saw, project by project."""

from collections.abc import Iterator, Mapping, Sequence

import click

from pipeline_health.cli.exits import Exit
from pipeline_health.cli.main import Options
from pipeline_health.cli.portfolio import lines_of as portfolio_lines
from pipeline_health.cli.reporting import lights_as_json, orphans_as_json, project_as_json
from pipeline_health.cli.tables import moment, table, tell
from pipeline_health.cli.windows import lines_of, windows_as_json
from pipeline_health.core.as_json import JsonValue, as_line, parent_as_json, written
from pipeline_health.core.board import doubts
from pipeline_health.core.model.board import Board, Newest
from pipeline_health.core.model.report import CycleReport, FindingLine, ProjectLine

HEADINGS = ("PROJECT", "STATE", "BROKEN", "UNDECIDED", "BLIND", "LAST LOOK")


@click.command(short_help="Show what the last looks saw, project by project.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of a table.")
@click.pass_obj
def status(options: Options, *, as_json: bool) -> Exit:
    """Show the newest look at every project. It reads the ledger and asks no provider.

    \b
    Examples:
      pipeline-health status              a table, and what nothing watches
      pipeline-health status --json | jq '.projects[].name'
    """  # noqa: D301 - click reads the backspace as «do not rewrap»
    from pipeline_health import aside  # noqa: PLC0415 - `--help` needs none of it

    now, wishes = aside.now(), aside.wishes(options.config)
    with aside.open_to_read() as ledger:
        board = aside.board(ledger, wishes, now=now)
    windows, report = board.facts.windows, board.report
    if as_json:
        told = {
            **_as_json(board),
            "parents": [parent_as_json(parent) for parent in board.parents],
            "windows": windows_as_json(windows, now=now),
        }
        click.echo(as_line(told))
    elif report is None:
        click.echo(
            "No cycle has run yet. Run one: pipeline-health run-once (--dry-run only shows it)"
        )
        for line in lines_of(windows, now=now):
            tell(line)
    else:
        for line in table(HEADINGS, [_row(seen) for seen in board.newest]):
            tell(line)
        for line in portfolio_lines(board.parents):
            tell(line)
        transients = (line for seen in board.newest for line in _transients(seen.project))
        waiting = (f"Waits: {line}." for line in report.waiting)
        silent = lines_of(windows, now=now)
        unwatched = _unwatched(board.newest)
        doubt = doubts(board)
        for line in (*silent, *waiting, *transients, *unwatched, *_orphans(report), *doubt):
            tell(line)
        tell(f"Last cycle, {moment(report.finished_at)}: {report.sentence}")
    return Exit.DONE


def _unwatched(newest: Sequence[Newest]) -> Iterator[str]:
    """Give what nothing judges: about these things silence is no health."""
    for seen in newest:
        for line in seen.project.unwatched:
            yield f"Not watched, {seen.project.name}: {line.what}: {line.why}; {line.advice}."


def _orphans(report: CycleReport) -> Iterator[str]:
    for line in report.orphans:
        yield (
            f"Orphan: {line.repo} has issue {line.issue} open ({line.title}) and is not configured "
            "any more; close such issues with: pipeline-health run-once --close-orphans"
        )


def _row(seen: Newest) -> tuple[str, ...]:
    project = seen.project
    broken = (_broken(finding) for finding in project.findings)
    return (
        project.name,
        seen.state,
        ", ".join(broken) or "-",
        str(len(project.unsettled) or "-"),
        ", ".join(sorted({line.source for line in project.blind})) or "-",
        moment(seen.at),
    )


def _transients(project: ProjectLine) -> Iterator[str]:
    """Say of each URL at which hours it failed for a moment: never filed, but worth knowing."""
    hours: dict[str, list[str]] = {}
    for line in project.transients:
        hours.setdefault(line.url, []).append(f"{line.count} at {line.hour:02}h")
    for url, counts in hours.items():
        yield f"Transients of {url}, by hour (UTC, 30 days), not filed: {', '.join(counts)}"


def _broken(finding: FindingLine) -> str:
    told = ""
    if finding.hidden_behind is not None:
        told = f" (follows from {finding.hidden_behind})"
    elif finding.incident is None and finding.named is not None:
        told = f" (named in {finding.named.repo}#{finding.named.number})"
    return f"{finding.symptom.kind} {finding.symptom.subject.name}{told}"


def _as_json(board: Board) -> Mapping[str, JsonValue]:
    report = board.report
    return {
        "sentence": None if report is None else report.sentence,
        "at": None if report is None else written(report.finished_at),
        "stale": board.stale,
        "waiting": [] if report is None else list(report.waiting),
        "orphans": [] if report is None else orphans_as_json(report),
        "projects": [
            {
                **project_as_json(tile.newest.project),
                "lights": lights_as_json(tile.lights),
                "gate": {"state": tile.gate.glow, "why": tile.gate.why},
                "state": tile.newest.state,
                "at": written(tile.newest.at),
            }
            for tile in board.tiles
        ],
    }
