"""`report`: the page as files."""

from pathlib import Path

import click

from pipeline_health.cli.exits import Exit
from pipeline_health.cli.main import Options
from pipeline_health.cli.tables import tell


@click.command(short_help="Write the page as files: the portfolio, each incident, the feed.")
@click.option(
    "--html",
    "directory",
    required=True,
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Where to write it: a directory that is empty, not there yet, or of an earlier report.",
)
@click.pass_obj
def report(options: Options, directory: Path) -> Exit:
    """Write what the page of `serve` shows into a directory, and nothing that needs a server.

    index.html is the portfolio, incidents/ has one page for each incident, feed.json is what `feed`
    prints. The directory is replaced as a whole, and only when all of it is written; one that holds
    anything else is refused. It reads the ledger and asks no provider.

    \b
    Examples:
      pipeline-health report --html /srv/www/pipelines
      pipeline-health report --html out && xdg-open out/index.html
    """  # noqa: D301 - click reads the backspace as «do not rewrap»
    # `--help` needs none of it.
    from pipeline_health import aside  # noqa: PLC0415
    from pipeline_health.page.files import ForeignDirectoryError, write_report  # noqa: PLC0415

    try:
        number = write_report(aside.reader(options.config), directory)
    except ForeignDirectoryError as exc:
        raise click.UsageError(str(exc)) from exc
    except OSError as exc:
        msg = f"cannot write to {directory}: {exc.strerror or exc}"
        raise click.UsageError(msg) from exc
    tell(f"Wrote {number} files to {directory}; begin with {directory / 'index.html'}")
    return Exit.DONE
