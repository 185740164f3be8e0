"""`init`: the first configuration and the secrets file, from what the tokens can see."""

import shlex
import sys
from collections.abc import Callable
from pathlib import Path

import click

from pipeline_health.cli.exits import Exit
from pipeline_health.cli.main import Options
from pipeline_health.cli.tables import screen, table, tell
from pipeline_health.core.draft import narrowed
from pipeline_health.core.draft_text import skipped_lines, told
from pipeline_health.core.model.portfolio import Draft, ProjectDraft, Stage
from pipeline_health.secret import Secret
from pipeline_health.settings.new_file import STDOUT, write_new
from pipeline_health.settings.template import token_problem

HEADINGS = ("NUMBER", "PROJECT", "REPOSITORY", "ON RAILWAY", "STAGING URL")
TOKENS = {
    "GITHUB_TOKEN": "GitHub token (nothing is shown; Enter leaves it out)",
    "RAILWAY_TOKEN": "Railway token of your account or workspace (Enter leaves it out)",
}
_DIGITS = 6


@click.command("init", short_help="Write a first configuration from what the tokens see.")
@click.option(
    "--project",
    "only",
    multiple=True,
    metavar="NAME",
    help="Write this project only; may be given several times.",
)
@click.option(
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write the configuration to FILE; - prints it. Default: the place that --config names.",
)
@click.option("--yes", is_flag=True, help="Ask nothing; take all that was found for sure.")
@click.pass_obj
def init(options: Options, only: tuple[str, ...], *, output: Path | None, yes: bool) -> Exit:
    """Make the secrets file, then write a commented configuration from what its tokens see.

    Without a token it makes ~/.config/archon-cron/secrets.env (mode 0600), where each variable is
    explained. With one it asks Railway for projects, environments and domains and GitHub for
    repositories and workflows, and writes a project for each that it is sure of; the others are
    named with the reason. On a terminal it asks which to take; tokens are typed without being
    shown, and never said on a command line.

    It replaces no file, writes all of one or nothing, and changes nothing at Railway or GitHub.

    \b
    Exit codes:
      0    done, or the next step was told
      2    a configuration is there already, or the secrets are wrong; nothing was asked
      3    something could not be read; what was found for sure is written, if anything was

    \b
    Examples:
      pipeline-health init                     twice: for the secrets, then for the configuration
      pipeline-health init --output -          show what it would write
      pipeline-health init --project shop      one project only
    """  # noqa: D301 - click reads the backspace as «do not rewrap»
    from pipeline_health import drafting  # noqa: PLC0415 - `--help` needs none of it

    asks = not yes and sys.stdin.isatty() and sys.stderr.isatty()
    begun = drafting.begin(options.config, log_format=options.log_format)
    target = output or begun.config_path
    if begun.github is not None:
        drafting.require_free(target)
    if not (begun.has_secrets_file or (begun.github is not None and target == STDOUT)):
        tokens = _typed_tokens() if asks and begun.github is None else {}
        drafting.make_secrets_file(begun.secrets_path, tokens)
        tell(f"made {begun.secrets_path}, which only you can read", err=True)
        begun = drafting.begin(options.config, log_format=options.log_format)
    if begun.github is None:
        tell(f"Next: put your tokens in {begun.secrets_path}, then run again: pipeline-health init")
        return Exit.DONE
    drafting.require_free(target)
    if sys.stderr.isatty():
        tell("asking Railway and GitHub; of a large portfolio this takes minutes", err=True)
    with drafting.prepared(begun, begun.github) as looking:
        drafted = drafting.chosen(looking.draft(), only)
        for line in skipped_lines(drafted.skipped):
            tell(f"left out: {looking.redact(line)}", err=True)
        drafted = _picked(drafted, looking.redact) if asks and not only else drafted
        text = looking.text(drafted, target)
    _deliver(text, target, drafted, named=output is not None or options.config is not None)
    return Exit.BLIND if any(one.blind for one in drafted.skipped) else Exit.DONE


def _typed_tokens() -> dict[str, Secret]:
    """Ask for the tokens; what is typed is not shown, and Enter leaves one out."""
    typed = {
        name: click.prompt(
            says,
            default="",
            hide_input=True,
            show_default=False,
            err=True,
            value_proc=_token,
        )
        for name, says in TOKENS.items()
    }
    return {name: Secret(text) for name, text in typed.items() if text}


def _token(text: str) -> str:
    problem = token_problem(text.strip()) if text.strip() else None
    if problem:
        raise click.UsageError(problem)
    return text.strip()


def _picked(drafted: Draft, redact: Callable[[str], str]) -> Draft:
    """Show what was found, and keep what is picked by its numbers."""
    rows = [_row(number, project) for number, project in enumerate(drafted.projects, start=1)]
    for line in table(HEADINGS, rows, screen=screen()):
        tell(redact(line), err=True)
    kept = click.prompt(
        "Which of them? Numbers with blanks between them, or all",
        default="all",
        err=True,
        value_proc=lambda text: _numbers(text, len(rows)),
    )
    names = {drafted.projects[number - 1].name for number in kept}
    return narrowed(drafted, lambda project: project.name in names)


def _numbers(text: str, most: int) -> tuple[int, ...]:
    if text.strip().lower() == "all":
        return tuple(range(1, most + 1))
    words = text.replace(",", " ").split()
    if not words or not all(word.isascii() and word.isdigit() for word in words):
        msg = "numbers of the list, such as 1 3, or all"
        raise click.UsageError(msg)
    numbers = tuple(int(word[:_DIGITS]) for word in words)
    if not all(1 <= number <= most for number in numbers):
        msg = f"the list goes from 1 to {most}"
        raise click.UsageError(msg)
    return numbers


def _row(number: int, project: ProjectDraft) -> tuple[str, ...]:
    railway = "-" if project.railway is None else project.railway.name
    return (str(number), project.name, project.repo.name, told(railway), _urls(project.staging))


def _urls(stage: Stage | None) -> str:
    urls = () if stage is None else stage.urls
    return urls[0] if len(urls) == 1 else f"{len(urls)} to choose from" if urls else "-"


def _deliver(text: str, target: Path, drafted: Draft, *, named: bool) -> None:
    """Write the file and tell what comes next; or print the text, and nothing else."""
    if target == STDOUT:
        click.echo(text, nl=False)
        return
    write_new(target, text)
    names = ", ".join(project.name for project in drafted.projects)
    tell(f"Wrote {target}: {names}. Read it; what is a comment is a suggestion.")
    command = "pipeline-health" + (f" --config {shlex.quote(str(target))}" if named else "")
    tell("Next:")
    tell(f"  {command} doctor               whether tokens, names and URLs are right")
    tell(f"  {command} run-once --dry-run   what would be filed now; nothing is written")
