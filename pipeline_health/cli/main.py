"""The parser, and the way from an exception to an exit code."""

import importlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from pipeline_health import __version__
from pipeline_health.cli.exits import Exit
from pipeline_health.frozen import dataclass

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

COMMANDS = {
    "demo": "pipeline_health.cli.demo:demo",
    "init": "pipeline_health.cli.init:init",
    "doctor": "pipeline_health.cli.doctor:doctor",
    "run-once": "pipeline_health.cli.run_once:run_once",
    "serve": "pipeline_health.cli.serve:serve",
    "promotion-check": "pipeline_health.cli.promotion_check:promotion_check",
    "credentials-audit": "pipeline_health.cli.credentials_audit:credentials_audit",
    "status": "pipeline_health.cli.status:status",
    "incidents": "pipeline_health.cli.incidents:incidents",
    "why": "pipeline_health.cli.incidents:why",
    "sla": "pipeline_health.cli.sla:sla",
    "feed": "pipeline_health.cli.feed:feed",
    "report": "pipeline_health.cli.report:report",
    "silence": "pipeline_health.cli.silence:silence",
    "unsilence": "pipeline_health.cli.silence:unsilence",
    "drill": "pipeline_health.cli.drill:drill",
    "replay": "pipeline_health.cli.replay:replay",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What was said before the command's name."""

    config: Path | None
    log_format: Literal["json", "console"] | None


class LazyGroup(click.Group):
    """A group that imports a command when it is asked for: a quiet `run-once` pays for no other."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Give the commands in the order in which a newcomer needs them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import the command of that name, or give None."""
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name].partition(":")
        command = getattr(importlib.import_module(module), name)
        assert isinstance(command, click.Command)  # noqa: S101 - COMMANDS names commands only
        return command

    def shell_complete(self, ctx: click.Context, incomplete: str) -> "list[CompletionItem]":
        """Offer commands and options; the names are known without importing any command."""
        from click.shell_completion import CompletionItem  # noqa: PLC0415 - for Tab alone

        offered = (name for name in COMMANDS if name.startswith(incomplete))
        return [*map(CompletionItem, offered), *click.Command.shell_complete(self, ctx, incomplete)]


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--config",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Configuration. Default: $PIPELINE_HEALTH_CONFIG, "
    "else ~/.config/archon-cron/pipeline-health.toml.",
)
@click.option(
    "--log-format",
    type=click.Choice(["json", "console"]),
    help="How log lines look on standard error. Default: console on a terminal, else json.",
)
@click.version_option(__version__, prog_name="pipeline-health")
@click.pass_context
def cli(
    context: click.Context, config: Path | None, log_format: Literal["json", "console"] | None
) -> None:
    """Turn every failed staging deploy and red main branch into exactly one issue.

    It looks at Railway and GitHub, files one issue per root cause for whoever can mend it, and
    closes it when it has seen the proof. What it could not see, it never takes for health.

    \b
    Exit codes:
      0    done; promotion-check: promote
      1    promotion-check: blocked, or still pending; drill: a hop did not come;
           credentials-audit, doctor: something was found
      2    usage, configuration or secrets are wrong; nothing was asked or written
      3    could not tell: a source could not be read, or a change could not be made;
           what could be done was done
      4    another run holds the lease; nothing was done
      130  interrupted by Control-C; promotion-check: by SIGTERM too

    \b
    Begin with:
      pipeline-health demo                 the story of an outage; no token, no network
      pipeline-health init                 a first configuration from what your tokens see
      pipeline-health doctor               what is wrong with tokens, names, units; how to mend it
      pipeline-health run-once --dry-run   what would be filed now

    \b
    Completion, in ~/.bashrc or ~/.zshrc (here for bash):
      eval "$(_PIPELINE_HEALTH_COMPLETE=bash_source pipeline-health)"
    """  # noqa: D301 - click reads the backspace as «do not rewrap»
    context.obj = Options(config=config, log_format=log_format)


def run(arguments: Sequence[str], *, group: click.Group = cli) -> int:
    """Run one command line of *group* and give its exit code; errors go to standard error."""
    try:
        code = group.main(list(arguments), prog_name="pipeline-health", standalone_mode=False)
    except click.ClickException as exc:
        exc.show()
        return Exit.WRONG
    except (KeyboardInterrupt, click.Abort):
        click.echo("interrupted", err=True)
        return Exit.INTERRUPTED
    except Exception as exc:  # noqa: BLE001 - a traceback of Python's own would not be redacted
        from pipeline_health.cli.failing import told  # noqa: PLC0415 - nearly all end well

        return told(exc)
    return code if isinstance(code, int) else Exit.DONE
