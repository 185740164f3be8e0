"""`silence` and `unsilence`: windows of maintenance, which always end."""

import difflib
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

import click

from pipeline_health.cli import completing
from pipeline_health.cli.exits import Exit
from pipeline_health.cli.main import Options
from pipeline_health.cli.parameters import duration
from pipeline_health.cli.tables import moment, tell
from pipeline_health.cli.windows import window_as_json
from pipeline_health.core.as_json import JsonValue, as_line, incident_as_json
from pipeline_health.core.board import Silent
from pipeline_health.core.inert import visible
from pipeline_health.core.maintenance import LONGEST, open_windows, target_of
from pipeline_health.core.model.findings import Kind
from pipeline_health.core.model.ids import ProjectName
from pipeline_health.core.model.incident import Incident
from pipeline_health.core.model.maintenance import MaintenanceWindow
from pipeline_health.frozen import dataclass
from pipeline_health.ports import Ledger
from pipeline_health.settings import ConfigurationError

_LONGEST_REASON = 200


def _length(context: click.Context, parameter: click.Parameter, text: str) -> timedelta:
    length = duration(context, parameter, text)
    if length > LONGEST:
        msg = f"{text!r} is too long; a window ends after {LONGEST.days}d at the latest"
        raise click.BadParameter(msg)
    return length


def _reason(_: click.Context, __: click.Parameter, text: str) -> str:
    reason = " ".join(visible(text).split())
    if not reason or len(reason) > _LONGEST_REASON:
        msg = f"expected one line of 1 to {_LONGEST_REASON} characters that says what is done"
        raise click.BadParameter(msg)
    return reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What is to be silent: a project, or one kind of its failures."""

    project: ProjectName
    kind: Kind | None


@click.command(short_help="Open no issue for a while: somebody is working on it.")
@click.argument("target", metavar="PROJECT[/KIND]", shell_complete=completing.projects)
@click.option(
    "--for",
    "length",
    required=True,
    callback=_length,
    metavar="DURATION",
    help="How long, e.g. 90m, 2h or 3d; at most 30d.",
)
@click.option(
    "--reason", required=True, callback=_reason, metavar="TEXT", help="What is done meanwhile."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of text.")
@click.pass_obj
def silence(
    options: Options, target: str, length: timedelta, reason: str, *, as_json: bool
) -> Exit:
    """Open a window of maintenance for a project, or for one kind of its failures.

    Until it ends, what it covers opens no issue and reopens none, no agent is called and nothing
    is handed over. What is filed already is still edited, and closed with proof. What is still
    broken at the end is filed then. The time does not count against the promise (`sla`).

    It is no way around the promotion check, which looks for itself and asks for no window.

    A second window for the same PROJECT[/KIND] replaces the first: so it is made longer or
    shorter. KIND is a word as `pipeline-health incidents --json` has it, such as main-ci-red.
    An incident with failures of several kinds is silent only when each of them is.

    \b
    Examples:
      pipeline-health silence shop --for 2h --reason "a new database"
      pipeline-health silence shop/production-unreachable --for 30m --reason "DNS moves"
      pipeline-health unsilence shop
    """  # noqa: D301 - click reads the backspace as «do not rewrap»
    from pipeline_health import aside  # noqa: PLC0415 - `--help` needs none of it

    names = [project.name for project in aside.policy(options.config).projects]
    of = target_among(target, names)
    now = aside.now()
    window = MaintenanceWindow(
        project=of.project,
        kind=of.kind,
        since=now,
        until=now + length,
        reason=aside.redaction(options.config)(reason),
    )
    with aside.open_to_write() as ledger:
        replaced = ledger.silence(window)
        hides = _hidden_by(window, ledger, now=now)
    if as_json:
        told: Mapping[str, JsonValue] = {
            "window": window_as_json(window, now=now),
            "replaced": None if replaced is None else window_as_json(replaced, now=now),
            "hides": [incident_as_json(each, silent=window) for each in hides],
        }
        click.echo(as_line(told))
    else:
        for line in _silenced(window, replaced, hides):
            tell(line)
    return Exit.DONE


@click.command(short_help="End a window of maintenance before its time.")
@click.argument("target", metavar="PROJECT[/KIND]", shell_complete=completing.projects)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of text.")
@click.pass_obj
def unsilence(options: Options, target: str, *, as_json: bool) -> Exit:
    """End the window of maintenance of PROJECT[/KIND]; what is broken is filed by the next look.

    It ends the window that was opened under just this name: `unsilence shop` leaves one of
    shop/main-ci-red as it is. What is still silent is listed.

    \b
    Examples:
      pipeline-health unsilence shop
      pipeline-health unsilence shop/production-unreachable
    """  # noqa: D301 - click reads the backspace as «do not rewrap»
    from pipeline_health import aside  # noqa: PLC0415 - `--help` needs none of it

    wishes = aside.wishes(options.config)
    configured = [project.name for project in wishes.policy.projects]
    now = aside.now()
    with aside.open_to_write() as ledger:
        known = open_windows(ledger.windows(), now=now)
        names = (*configured, *(window.project for window in known))
        of = target_among(target, names, unread=wishes.unread)
        ended = ledger.unsilence(of.project, of.kind, now=now)
        left = open_windows(ledger.windows(), now=now)
    if as_json:
        told: Mapping[str, JsonValue] = {
            "ended": None if ended is None else window_as_json(ended, now=now),
            "open": [window_as_json(window, now=now) for window in left],
        }
        click.echo(as_line(told))
    else:
        for line in _unsilenced(target, ended, left):
            tell(line)
    return Exit.DONE


def target_among(text: str, projects: Collection[ProjectName], *, unread: str = "") -> Target:
    """Give the target that *text* names; raises ConfigurationError or a usage error for none.

    *unread* says why the projects of the configuration are not among them.
    """
    name, slash, kind = text.partition("/")
    project = next((known for known in projects if known == name), None)
    if project is None:
        known = ", ".join(dict.fromkeys(projects)) or "none"
        msg = f"no project {name} is configured{_nearest(name, projects)}; there are: {known}"
        raise ConfigurationError("\n".join(filter(None, (msg, unread))))
    if not slash:
        return Target(project=project, kind=None)
    found = next((one for one in Kind if one == kind), None)
    if found is None:
        msg = f"no kind {kind!r}{_nearest(kind, tuple(Kind))}; there are: {', '.join(Kind)}"
        raise click.UsageError(msg)
    return Target(project=project, kind=found)


def _nearest(word: str, known: Collection[str]) -> str:
    near = difflib.get_close_matches(word, known, n=1)
    return f" (did you mean {near[0]}?)" if near else ""


def _hidden_by(window: MaintenanceWindow, ledger: Ledger, *, now: datetime) -> tuple[Incident, ...]:
    """Give what is broken and silent now, and would not be without *window*."""
    silent = Silent(ledger.windows(), ledger.reports(limit=1), now=now)
    return tuple(
        each
        for each in ledger.incidents()
        if silent.of(each) is not None and silent.of(each, without=window) is None
    )


def _silenced(
    window: MaintenanceWindow, replaced: MaintenanceWindow | None, hides: Sequence[Incident]
) -> Iterator[str]:
    """Say what is silent now, and of what is broken already what becomes of it."""
    yield f"Silenced: {target_of(window)} until {moment(window.until)}: {window.reason}"
    if replaced is not None:
        yield f"It replaces the window until {moment(replaced.until)}: {replaced.reason}"
    for incident in hides:
        if incident.filing is None:
            yield f"Not filed meanwhile: {incident.title}"
        else:
            yield (
                f"Nobody is called meanwhile to {incident.repo}#{incident.filing.number}: "
                f"{incident.title}; it is still closed with proof"
            )
    if not hides:
        yield "It hides nothing that is known to be broken now."
    yield "The promotion check is not affected."


def _unsilenced(
    target: str, ended: MaintenanceWindow | None, left: Sequence[MaintenanceWindow]
) -> Iterator[str]:
    if ended is None:
        yield f"No window of {target} was open."
    else:
        yield f"Ended: {target}; what is broken is filed by the next look"
    for window in left:
        yield f"Still silent: {target_of(window)} until {moment(window.until)}: {window.reason}"
