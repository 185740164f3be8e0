"""`incidents` and `why`: what the ledger knows of each root cause."""

from collections.abc import Iterator, Mapping, Sequence

import click

from pipeline_health.cli import completing
from pipeline_health.cli.exits import Exit
from pipeline_health.cli.main import Options
from pipeline_health.cli.portfolio import (
    explanation_of,
    portfolio_table,
    told_in,
)
from pipeline_health.cli.tables import moment, table, tell
from pipeline_health.cli.windows import lines_of
from pipeline_health.core.as_json import (
    JsonValue,
    as_line,
    incident_as_json,
    parent_as_json,
    written,
)
from pipeline_health.core.board import doubts
from pipeline_health.core.maintenance import told
from pipeline_health.core.model.incident import Ailment, Incident, Phase
from pipeline_health.core.model.journal import TrailLine
from pipeline_health.core.model.maintenance import MaintenanceWindow
from pipeline_health.core.model.parent import Parent

HEADINGS = ("INCIDENT", "PROJECT", "WHAT", "PHASE", "OWNER", "SINCE", "SEEN", "ISSUE")


@click.command(short_help="List the incidents: what is broken, whose it is, since when.")
@click.option("--all", "everything", is_flag=True, help="Also those that are over.")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON list instead of a table.")
@click.pass_obj
def incidents(options: Options, *, everything: bool, as_json: bool) -> Exit:
    """List the incidents that the ledger knows, oldest first. It asks no provider.

    Those of many projects that are one issue in ops_repo follow in a table of their own.

    \b
    Examples:
      pipeline-health incidents           what is broken now
      pipeline-health incidents --all     also what is over
      pipeline-health incidents --json | jq -r '.[].title'
    """  # noqa: D301 - click reads the backspace as «do not rewrap»
    from pipeline_health import aside  # noqa: PLC0415 - `--help` needs none of it

    now, wishes = aside.now(), aside.wishes(options.config)
    with aside.open_to_read() as ledger:
        board = aside.board(ledger, wishes, now=now)
    parents = board.facts.parents if everything else board.parents
    known = board.every if everything else board.open
    if as_json:
        click.echo(as_line([incident_as_json(it.incident, silent=it.silent) for it in known]))
        return Exit.DONE
    if known:
        for line in table(HEADINGS, [_row(it.incident) for it in known]):
            tell(line)
    else:
        unseen = "" if board.report else " No cycle has run yet: that is no health."
        click.echo(("No incidents." if everything else "No open incidents.") + unseen)
    windows = lines_of(board.facts.windows, now=now)
    for line in (*portfolio_table(parents), *windows, *doubts(board)):
        tell(line)
    return Exit.DONE


@click.command(short_help="Explain one incident: the evidence, and every decision.")
@click.argument("incident", shell_complete=completing.incidents)
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object instead of text.")
def why(incident: str, *, as_json: bool) -> Exit:
    """Explain one INCIDENT: an issue (7, shop#7 or acme/shop#7), or the start of a fingerprint.

    It may be one of many projects, too, which `incidents` lists by its fingerprint and issue.

    \b
    Examples:
      pipeline-health why shop#7          the evidence, and every decision with its time
      pipeline-health why 3fa9            by the start of its fingerprint, filed or not
    """  # noqa: D301 - click reads the backspace as «do not rewrap»
    from pipeline_health import aside  # noqa: PLC0415 - `--help` needs none of it

    now = aside.now()
    with aside.open_to_read() as ledger:
        board = aside.board(ledger, now=now)
        found = one_of((*board.facts.incidents, *board.facts.parents), incident)
        trail = ledger.trail(found.fingerprint)
    window = next((it.silent for it in board.every if it.incident is found), None)
    if as_json:
        click.echo(as_line(_as_json(found, trail, window)))
        return Exit.DONE
    silent = "" if window is None else told(window, now=now)
    lines = (
        explanation(found, trail, silent=silent)
        if isinstance(found, Incident)
        else explanation_of(found, trail)
    )
    for line in lines:
        tell(line)
    return Exit.DONE


def _as_json(
    found: Incident | Parent, trail: Sequence[TrailLine], window: MaintenanceWindow | None
) -> Mapping[str, JsonValue]:
    shown = (
        incident_as_json(found, silent=window)
        if isinstance(found, Incident)
        else parent_as_json(found)
    )
    return {**shown, "trail": [{"at": written(line.at), "says": line.says} for line in trail]}


def one_of(known: Sequence[Incident | Parent], wanted: str) -> Incident | Parent:
    """Give the one incident that *wanted* names; raises a usage error for none or several."""
    place, _, number = wanted.rpartition("#")
    found = [
        each
        for each in known
        if each.filing is not None
        and str(each.filing.number) == number
        and place in ("", *_places(each))
    ]
    found = found or [each for each in known if each.fingerprint.startswith(wanted)]
    if len({each.fingerprint for each in found}) > 1:
        names = ", ".join(f"{each.fingerprint} ({each.title})" for each in found)
        msg = f"{wanted!r} names several incidents: {names}. Give more of the fingerprint."
        raise click.UsageError(msg)
    if not found:
        msg = f"no incident {wanted!r}; `pipeline-health incidents --all` lists them"
        raise click.UsageError(msg)
    return found[-1]


def _places(of: Incident | Parent) -> tuple[str | None, ...]:
    """Give what may stand before the number of its issue."""
    return (of.project, of.repo) if isinstance(of, Incident) else (of.repo,)


def explanation(
    incident: Incident,
    trail: Sequence[TrailLine],
    *,
    silent: str = "",
) -> Iterator[str]:
    """Give the story of one incident, for a person; *silent* says why nobody is told of it now."""
    filing = incident.filing
    yield incident.title
    yield f"  phase        {incident.phase}, for the {incident.cause.owner}"
    yield f"  cause        {incident.cause.of}: {incident.cause.why}"
    yield f"  fingerprint  {incident.fingerprint}"
    never = "never filed" if incident.phase is Phase.RESOLVED else "not filed yet"
    yield f"  issue        {never if filing is None else filing.url}"
    yield from _relations(incident, silent)
    yield f"  first failed {moment(incident.first_failed_at)}, seen {moment(incident.first_seen)}"
    failures = incident.count or "not counted"  # of what was adopted from its issue
    yield f"  failures     {failures}, the newest {moment(incident.failed_at)}"
    for ailment in incident.ailments:
        yield f"  symptom      {_ailment(ailment)}"
    yield from _asides(incident)
    evidence = incident.evidence
    if evidence is not None:
        yield f"  failed steps {', '.join(evidence.steps) or 'not known'}"
        yield f"  first error  {evidence.first_error or 'not known'}"
    yield "Decisions:"
    for line in trail:
        yield f"  {moment(line.at)}  {line.says}"
    if not trail:
        yield "  none yet"


def _relations(incident: Incident, silent: str) -> Iterator[str]:
    """Say what keeps an incident from an issue of its own: others, or somebody's wish."""
    if incident.named is not None:
        yield f"  named in     {incident.named.url}, from {moment(incident.named.at)} on"
    if incident.part_of is not None:
        yield f"  part of      {incident.part_of}, with other projects"
    if silent:
        yield f"  maintenance  {silent}"
    if incident.hidden_behind is not None:
        yield f"  follows from {incident.hidden_behind}: not filed while that is broken"
    if incident.duplicate_of is not None:
        yield f"  duplicate of {incident.duplicate_of}, which lists its symptoms now"


def _asides(incident: Incident) -> Iterator[str]:
    """Say what else became of an incident: an alarm taken away, a re-run, an older monitor."""
    if incident.held_since is not None:
        yield (
            f"  held         it recovered {moment(incident.held_since)} with too many others at "
            "once; another look must prove it again"
        )
    for silence in incident.silenced:
        yield f"  silenced     {silence.says}"
    for remedy in incident.remedies:
        became = "tried" if remedy.sent else "refused by GitHub"
        yield f"  re-run       of run {remedy.run_id} {became} at {moment(remedy.at)}"
    if incident.beside is not None:
        yield f"  beside       issue {incident.beside} of another monitor"


def _ailment(ailment: Ailment) -> str:
    subject = ailment.symptom.subject
    state = "still broken" if ailment.healed is None else f"healed: {ailment.healed.says}"
    return f"{ailment.symptom.kind} of {subject.thing} {subject.name}; {state}"


def _row(incident: Incident) -> tuple[str, ...]:
    return (
        incident.fingerprint,
        incident.project,
        incident.title,
        incident.phase,
        incident.cause.owner,
        moment(incident.first_failed_at),
        str(incident.count or "-"),
        told_in(incident),
    )
