"""`run-once`: one cycle, by hand or from a timer."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline_health import __version__
from pipeline_health.cli import completing
from pipeline_health.cli.exits import Exit
from pipeline_health.cli.main import Options
from pipeline_health.cli.reporting import report_as_json
from pipeline_health.cli.tables import moment, tell
from pipeline_health.core.as_json import as_line
from pipeline_health.core.model.report import ChangeLine, CycleReport, FindingLine, ProjectLine

if TYPE_CHECKING:
    from pipeline_health.history.recorder import HistoryRecorder
    from pipeline_health.settings import Settings


@click.command("run-once", short_help="Look once, decide, and make the issues say it.")
@click.option(
    "--dry-run",
    is_flag=True,
    help="Print the exact plan; write nothing anywhere, but what --record asks for.",
)
@click.option(
    "--project",
    "only",
    multiple=True,
    metavar="NAME",
    shell_complete=completing.projects,
    help="Look at this project only; may be given several times.",
)
@click.option(
    "--close-orphans",
    is_flag=True,
    help="Close our issues in repositories that are not configured any more.",
)
@click.option(
    "--record",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Append what the look showed to FILE, for `replay`; redacted, and at most 64 MiB.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of text.")
@click.pass_obj
def run_once(
    options: Options,
    only: tuple[str, ...],
    record: Path | None,
    *,
    dry_run: bool,
    close_orphans: bool,
    as_json: bool,
) -> Exit:
    """Run one cycle: look at every project, decide, and open, edit or close issues.

    Exit code 3 says that something could not be seen or written; what could be done was done.
    SIGTERM ends a cycle within seconds: what was seen by then is used, the rest is blind.

    \b
    Examples:
      pipeline-health run-once --dry-run           what would happen now
      pipeline-health run-once --project shop      one project only
      pipeline-health run-once --json | jq .sentence
      pipeline-health run-once --record ~/history.jsonl
    """  # noqa: D301 - click reads the backspace as «do not rewrap»
    from pipeline_health import bootstrap  # noqa: PLC0415 - `--help` needs none of it

    if close_orphans and only:
        msg = "--close-orphans looks at all projects; leave --project out"
        raise click.UsageError(msg)
    # Whoever looks by hand is told on the spot; a timer's silence is heard by nobody.
    load = bootstrap.load if dry_run or only else bootstrap.load_for_a_cycle
    settings = load(options.config, log_format=options.log_format)
    with recording(record, settings) as recorder, bootstrap.this_machine() as machine:
        report = bootstrap.run_once(
            settings,
            only=only,
            dry=dry_run,
            close_orphans=close_orphans,
            machine=replace(machine, recorder=recorder),
        )
    if as_json:
        click.echo(as_line(report_as_json(report)))
    else:
        for line in lines_of(report):
            tell(line)
        if not (sys.stdout.isatty() and sys.stderr.isatty()):  # there the log line shows it
            tell(report.sentence)
    if recorder is not None and recorder.trouble is not None:
        tell(f"pipeline-health: not recorded: {recorder.trouble}", err=True)
        return Exit.BLIND
    return exit_of(report)


@contextmanager
def recording(file: Path | None, settings: "Settings") -> "Iterator[HistoryRecorder | None]":
    """Open the recording that was asked for, if any; raises HistoryError where it cannot be."""
    if file is None:
        yield None
        return
    # Imported here: who records nothing pays for none of it.
    from pipeline_health.history.file import HistoryFile  # noqa: PLC0415
    from pipeline_health.history.recorder import HistoryRecorder  # noqa: PLC0415
    from pipeline_health.telemetry import Redaction  # noqa: PLC0415

    with HistoryFile.open(file) as opened:
        yield HistoryRecorder(opened, redact=Redaction(settings.secrets()), version=__version__)


def exit_of(report: CycleReport) -> Exit:
    """Give the exit code for *report*: 3 when anything was not seen or not done.

    A receiver of notices that is down changes nothing: it says nothing of the products, and the
    notice stays in the box. One that can never work as we are installed is ours to mend.
    """
    undone = not report.dry_run and any(not change.applied for change in report.changes)
    mistaken = any(line.mistake for line in report.untold)
    return Exit.BLIND if report.failed or report.blind or undone or mistaken else Exit.DONE


def lines_of(report: CycleReport) -> Iterator[str]:
    """Give what a person wants to read of *report*, but for its sentence."""
    for project in report.projects:
        yield from _project_lines(project)
    for change in report.changes:
        yield from _change_lines(change, dry=report.dry_run)
    for waiting in report.waiting:
        yield f"waits: {waiting}"
    for line in report.untold:
        yield f"not told: {line.receiver}: {line.why}"


def _project_lines(project: ProjectLine) -> Iterator[str]:
    for finding in project.findings:
        yield f"{project.name}: broken: {_finding(finding)}"
    for why in project.unsettled:
        yield f"{project.name}: not decided: {why}"
    for blind in project.blind:
        yield f"{project.name}: blind: {blind.source}: {blind.why}"


def _finding(finding: FindingLine) -> str:
    subject = finding.symptom.subject
    at = "" if finding.commit is None else f" at {finding.commit[:7]}"
    return (
        f"{finding.symptom.kind}: {subject.thing} {subject.name}{at} since "
        f"{moment(finding.since)} ({finding.cause}, for the {finding.owner}, {_issue(finding)})"
    )


def _issue(finding: FindingLine) -> str:
    if finding.incident is not None:
        return f"issue {finding.incident}"
    named = finding.named
    return "no issue yet" if named is None else f"named in issue {named.number} of {named.repo}"


def _change_lines(change: ChangeLine, *, dry: bool) -> Iterator[str]:
    what = f"{change.change} issue{'' if change.issue is None else f' {change.issue}'}"
    if dry:
        yield f"would {what} in {change.repo}: {change.reason}"
    elif change.applied:
        yield f"done: {what} in {change.repo}: {change.reason}"
    else:
        yield f"not done: {what} in {change.repo}: {change.why}"
