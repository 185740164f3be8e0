"""`status`: what the last looks saw, project by project."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

import click

from pipeline_health.cli.exits import Exit
from pipeline_health.cli.portfolio import lines_of as portfolio_lines
from pipeline_health.cli.portfolio import live, parent_as_json
from pipeline_health.cli.reporting import (
    JsonValue,
    as_line,
    orphans_as_json,
    project_as_json,
    written,
)
from pipeline_health.cli.tables import moment, table, tell
from pipeline_health.cli.windows import lines_of, windows_as_json
from pipeline_health.core.model.report import CycleReport, FindingLine, ProjectLine
from pipeline_health.frozen import dataclass

HEADINGS = ("PROJECT", "STATE", "BROKEN", "UNDECIDED", "BLIND", "LAST LOOK")
REPORTS = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Newest:
    """The newest word on one project, and when it was said."""

    project: ProjectLine
    at: datetime

    @property
    def state(self) -> str:
        """The worst thing that is true of it; blind counts as not known, never as healthy."""
        if self.project.findings:
            return "broken"
        if self.project.blind:
            return "not seen"
        if self.project.unproved:
            return "unproved"
        return "healthy" if self.project.healthy and not self.project.unsettled else "undecided"


@click.command(short_help="Show what the last looks saw, project by project.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of a table.")
def status(*, as_json: bool) -> Exit:
    """Show the newest look at every project. It reads the ledger and asks no provider.

    \b
    Examples:
      pipeline-health status              a table, and what nothing watches
      pipeline-health status --json | jq '.projects[].name'
    """  # noqa: D301 - click reads the backspace as «do not rewrap»
    from pipeline_health import aside  # noqa: PLC0415 - `--help` needs none of it

    now = aside.now()
    with aside.open_to_read() as ledger:
        reports, windows = ledger.reports(limit=REPORTS), ledger.windows()
        parents = live(ledger.parents())
    newest = newest_of(reports)
    if as_json:
        told = {
            **_as_json(reports, newest),
            "parents": [parent_as_json(parent) for parent in parents],
            "windows": windows_as_json(windows, now=now),
        }
        click.echo(as_line(told))
    elif not reports:
        click.echo(
            "No cycle has run yet. Run one: pipeline-health run-once (--dry-run only shows it)"
        )
        for line in lines_of(windows, now=now):
            tell(line)
    else:
        for line in table(HEADINGS, [_row(seen) for seen in newest]):
            tell(line)
        for line in portfolio_lines(parents):
            tell(line)
        transients = (line for seen in newest for line in _transients(seen.project))
        waiting = (f"Waits: {line}." for line in reports[0].waiting)
        silent = lines_of(windows, now=now)
        for line in (*silent, *waiting, *transients, *_unwatched(newest), *_orphans(reports[0])):
            tell(line)
        tell(f"Last cycle, {moment(reports[0].finished_at)}: {reports[0].sentence}")
    return Exit.DONE


def newest_of(reports: Sequence[CycleReport]) -> tuple[Newest, ...]:
    """Give the newest word on every project; a cycle may have looked at some of them only."""
    newest: dict[str, Newest] = {}
    for report in reports:
        for project in report.projects:
            newest.setdefault(project.name, Newest(project=project, at=report.finished_at))
    return tuple(newest[name] for name in sorted(newest))


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


def _as_json(reports: Sequence[CycleReport], newest: Sequence[Newest]) -> Mapping[str, JsonValue]:
    return {
        "sentence": reports[0].sentence if reports else None,
        "at": written(reports[0].finished_at) if reports else None,
        "waiting": list(reports[0].waiting) if reports else [],
        "orphans": orphans_as_json(reports[0]) if reports else [],
        "projects": [
            {**project_as_json(seen.project), "state": seen.state, "at": written(seen.at)}
            for seen in newest
        ],
    }
