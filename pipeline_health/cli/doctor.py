"""`doctor`: what is wrong with this installation, and how to mend each thing."""

from collections.abc import Iterator, Mapping
from typing import assert_never

import click

from pipeline_health.cli.exits import Exit
from pipeline_health.cli.main import Options
from pipeline_health.cli.tables import tell
from pipeline_health.core.as_json import JsonValue, as_line
from pipeline_health.core.checkup.words import counted
from pipeline_health.core.model.examination import (
    Ailing,
    Examination,
    Level,
    Line,
    Sound,
    Unchecked,
)


@click.command(short_help="Check the whole installation, and say how to mend each thing.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of text.")
@click.pass_obj
def doctor(options: Options, *, as_json: bool) -> Exit:
    """Check tokens, configuration, host and clock against the live providers.

    Every token's kind, scopes and end; every repository, workflow, job, label, environment, service
    and URL of the configuration; who owns the files; which units are installed and what they start.
    It writes nothing, shows no secret, and goes on where the configuration itself is wrong. What it
    could not look at, it says: that is not health. docs/doctor.md has every check.

    \b
    Exit codes:
      0  no fault, and everything was looked at (there may be advice)
      1  a fault was found; each with how to mend it
      2  there is neither a configuration nor a token, so that nothing could be asked
      3  no fault was found, but something could not be looked at

    \b
    Examples:
      pipeline-health doctor
      pipeline-health doctor --json | jq -r '.findings[] | select(.level=="fault") | .mend'
    """  # noqa: D301 - click reads the backspace as «do not rewrap»
    from pipeline_health import examining  # noqa: PLC0415 - `--help` needs none of it

    found = examining.examine(options.config, log_format=options.log_format)
    if as_json:
        click.echo(as_line(_as_json(found)))
    else:
        for line in _lines(found):
            tell(line)
    return exit_of(found)


def exit_of(found: Examination) -> Exit:
    """Give the exit code: a fault can be mended now, so it comes before what was not seen."""
    if not found.asked:
        return Exit.WRONG
    if found.of(Level.FAULT):
        return Exit.FOUND
    return Exit.BLIND if found.unchecked else Exit.DONE


def sentence(found: Examination) -> str:
    """Sum up."""
    passed = sum(isinstance(line.told, Sound) for line in found.lines)
    parts = [
        counted(len(found.of(Level.FAULT)), "fault"),
        counted(len(found.of(Level.ADVICE)), "piece of advice", "pieces of advice"),
        f"{counted(len(found.unchecked), 'thing')} that could not be looked at",
        f"{counted(passed, 'check')} passed",
    ]
    return f"{', '.join(parts)}."


def _lines(found: Examination) -> Iterator[str]:
    """Give what passed first, so that what is to be done stays on the screen."""
    kinds = (Sound, Unchecked, Ailing)
    ordered = sorted(found.lines, key=lambda line: (kinds.index(type(line.told)), _weight(line)))
    for line in ordered:
        match line.told:
            case Sound(says=says):
                yield f"ok: {line.check}: {says}"
            case Unchecked(where=where, why=why):
                yield f"not checked: {line.check}: {where}: {why}"
            case Ailing(level=level, where=where, says=says, mend=mend):
                yield f"{level}: {line.check}: {where}: {says}"
                yield f"    to mend it: {mend}"
            case _ as unreachable:
                assert_never(unreachable)
    yield sentence(found)


def _weight(line: Line) -> bool:
    """Put faults after advice."""
    return isinstance(line.told, Ailing) and line.told.level is Level.FAULT


def _as_json(found: Examination) -> Mapping[str, JsonValue]:
    findings: list[JsonValue] = []
    unchecked: list[JsonValue] = []
    passed: list[JsonValue] = []
    for line in found.lines:
        match line.told:
            case Ailing(level=level, where=where, says=says, mend=mend):
                findings.append(
                    {
                        "check": line.check,
                        "level": level,
                        "where": where,
                        "says": says,
                        "mend": mend,
                    }
                )
            case Unchecked(where=where, why=why):
                unchecked.append({"check": line.check, "where": where, "why": why})
            case Sound(says=says):
                passed.append({"check": line.check, "says": says})
            case _ as unreachable:
                assert_never(unreachable)
    return {
        "sentence": sentence(found),
        "findings": findings,
        "unchecked": unchecked,
        "passed": passed,
    }
