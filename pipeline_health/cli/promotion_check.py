"""`promotion-check`: say whether exactly this commit may go to production."""

from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import assert_never

import click

from pipeline_health.cli import completing
from pipeline_health.cli.exits import Exit
from pipeline_health.cli.main import Options
from pipeline_health.cli.parameters import duration_or_zero
from pipeline_health.cli.tables import screen, tell
from pipeline_health.cli.verdicts import (
    leave,
    leave_in_actions,
    lines_of,
    require_place,
    verdict_as_json,
)
from pipeline_health.core.as_json import as_line
from pipeline_health.core.model.ids import Sha, as_sha
from pipeline_health.core.model.verdict import Answer, Verdict


def _commit(_: click.Context, __: click.Parameter, text: str) -> Sha:
    sha = as_sha(text)
    if sha is None:
        msg = (
            f"{text!r} is no full commit id; expected 40 hexadecimal digits, "
            "as `git rev-parse COMMIT` prints them"
        )
        raise click.BadParameter(msg)
    return sha


@click.command("promotion-check", short_help="Say whether a commit may go to production.")
@click.argument("project", shell_complete=completing.projects)
@click.option(
    "--commit", required=True, callback=_commit, metavar="SHA", help="The commit, all 40 digits."
)
@click.option(
    "--wait",
    default="0",
    callback=duration_or_zero,
    metavar="DURATION",
    help="Look again until nothing can change any more or this time is over, e.g. 10m.",
)
@click.option(
    "--publish",
    is_flag=True,
    help="Show the verdict on the commit, as status pipeline-health/promotion.",
)
@click.option(
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write the verdict to FILE as JSON.",
)
@click.option(
    "--allow-rollback", is_flag=True, help="Allow a commit although production serves a newer one."
)
@click.option(
    "--trust-config",
    is_flag=True,
    help="Use a configuration that lies in a checkout of the very commit, which is refused else.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of text.")
@click.pass_obj
def promotion_check(  # noqa: PLR0913 - one argument an option
    options: Options,
    project: str,
    *,
    commit: Sha,
    wait: timedelta,
    publish: bool,
    output: Path | None,
    allow_rollback: bool,
    trust_config: bool,
    as_json: bool,
) -> Exit:
    """Say whether exactly this commit of PROJECT may go to production, and why.

    Eight things must be proved: CI is green at the commit, staging serves it, GitHub's record of
    that deployment is a success, the live URL answers, the smoke checks and the end-to-end tests
    pass, no credential is shared, and no issue of ours says that it is broken. What could not be
    seen is never taken for passed.

    The first line is the answer, why, and what to do next. What is to be tested stands in
    [projects.gate] of the configuration; see docs/promotion.md and docs/live-tests.md.

    \b
    Exit codes:
      0    promote: deploy exactly this commit, before the verdict expires
      1    blocked: something failed, or is still pending; staging serves a newer commit
      2    the commit, the project, the configuration or a secret is wrong; nothing was asked
      3    could not tell: something could not be read (or the verdict not be published)

    \b
    Examples:
      pipeline-health promotion-check shop --commit "$(git rev-parse origin/main)"
      pipeline-health promotion-check shop --commit SHA --wait 30m --publish
      pipeline-health promotion-check shop --commit SHA --json | jq .criteria
      pipeline-health promotion-check shop --commit SHA && deploy-to-production SHA
    """  # noqa: D301 - click reads the backspace as «do not rewrap»
    from pipeline_health import checking  # noqa: PLC0415 - `--help` needs none of it

    require_place(output)
    with checking.opened(
        options.config, project, commit, log_format=options.log_format, trusted=trust_config
    ) as check:
        verdict = check.verdict(wait=wait, rollback=allow_rollback)
        # Each is told, whatever becomes of the others: an old yes must stay nowhere.
        with ExitStack() as tells:
            if publish:
                tells.callback(check.publish, verdict)
            tells.callback(leave_in_actions, verdict, check.actions)
            if output is not None:
                tells.callback(leave, verdict, output)
            _show(verdict, as_json=as_json)
    return exit_of(verdict)


def _show(verdict: Verdict, *, as_json: bool) -> None:
    if as_json:
        click.echo(as_line(verdict_as_json(verdict)))
        return
    for line in lines_of(verdict, screen=screen()):
        tell(line)


def exit_of(verdict: Verdict) -> Exit:
    """Give the exit code: nothing but a promotion is 0."""
    match verdict.answer:
        case Answer.PROMOTE:
            return Exit.DONE
        case Answer.BLOCK:
            return Exit.FOUND
        case Answer.UNKNOWN:
            return Exit.BLIND
        case never:
            assert_never(never)
