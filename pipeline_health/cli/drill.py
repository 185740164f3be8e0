"""`drill`: a fire drill through the real path, each hop timed."""

from collections.abc import Mapping
from datetime import timedelta

import click

from pipeline_health.cli import completing
from pipeline_health.cli.exits import Exit
from pipeline_health.cli.main import Options
from pipeline_health.cli.parameters import duration
from pipeline_health.cli.tables import tell
from pipeline_health.core.as_json import JsonValue, as_line, written
from pipeline_health.core.drill import Drill


@click.command(short_help="Time the way of an issue from us to the agent and to people.")
@click.argument("project", shell_complete=completing.projects)
@click.option(
    "--wait",
    default="20m",
    show_default=True,
    callback=duration,
    metavar="DURATION",
    help="How long the agent is given to pick it up.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of text.")
@click.pass_obj
def drill(options: Options, project: str, *, wait: timedelta, as_json: bool) -> Exit:
    """File an issue about nothing in PROJECT's repository, and time each hop of its way.

    It goes the way of a real one: filed with the labels for the agent, shown by the list, told to
    whoever is configured (NTFY_TOPIC, NOTIFY_URLS, HEALTHCHECK_URL), picked up. Then it is closed,
    with the times in a comment; also after Control-C. Nothing is broken, and the issue says so. A
    drill that is left open because its process died is closed by the next one.

    \b
    Exit codes:
      0    every hop came in time
      1    a hop did not come: the way is broken there
      3    the issue could not be filed

    \b
    Examples:
      pipeline-health drill shop              wait 20 minutes for the pickup
      pipeline-health drill shop --wait 5m --json | jq .hops
    """  # noqa: D301 - click reads the backspace as «do not rewrap»
    from pipeline_health import bootstrap, drilling  # noqa: PLC0415 - `--help` needs none of it

    settings = bootstrap.load(options.config, log_format=options.log_format)
    shown: list[Drill] = []

    def show(made: Drill) -> None:
        before = len(shown[-1].hops) if shown else 0
        shown.append(made)
        for line in made.hops[before:]:
            took = "did not come" if line.took is None else f"{line.took.total_seconds():.1f} s"
            tell(f"{line.name:<16}  {took:>12}  {line.says}", err=as_json)

    ended = drilling.run_drill(settings, project, lasting=wait, tell=show)
    if as_json:
        click.echo(as_line(drill_as_json(ended)))
    else:
        tell(ended.sentence)
    return Exit.FOUND if ended.missed else Exit.DONE


def drill_as_json(ended: Drill) -> Mapping[str, JsonValue]:
    """Give the object that `drill --json` prints; times are milliseconds since it began."""
    return {
        "project": ended.project,
        "repo": ended.repo,
        "issue": None if ended.ref is None else {"number": ended.ref.number, "url": ended.url},
        "began_at": written(ended.began_at),
        "sentence": ended.sentence,
        "hops": [
            {
                "hop": str(line.hop),
                "to": line.to or None,
                "milliseconds": None
                if line.took is None
                else round(line.took / timedelta(milliseconds=1)),
                "says": line.says,
            }
            for line in ended.hops
        ],
    }
