"""The tables of the README are what the help says, and the help teaches, whatever is registered."""

import re
from functools import cache
from pathlib import Path

import click
import pytest

from pipeline_health.cli.main import COMMANDS, cli, run

README = (Path(__file__).parents[2] / "README.md").read_text()
SHORTENED = {"--help"}
"""Options that every command has, and no row needs."""


@cache
def command_named(name: str) -> click.Command:
    """Give a command."""
    found = cli.get_command(click.Context(cli), name)
    assert found is not None
    return found


def table(heading: str) -> list[tuple[str, str]]:
    """Give the two cells of each row of the table whose first column is called *heading*."""
    found = re.search(rf"^\| {heading} \|.*\n\|[-|]+\|\n((?:\|.*\n)+)", README, re.MULTILINE)
    assert found is not None
    rows = [re.split(r"(?<!\\)\|", line.strip("|")) for line in found[1].splitlines()]
    return [(first.strip(), second.strip()) for first, second in rows]


def usage(name: str) -> str:
    """Give how the README writes a command."""
    found = [first for first, _ in table("command") if re.match(rf"`{name}[ `]", first)]
    assert len(found) == 1, f"the README needs one row for {name}"
    return found[0].strip("`")


def options_of(name: str) -> set[str]:
    """Give the long names of the visible options of a command."""
    return {
        max(option.opts, key=len)
        for option in command_named(name).params
        if isinstance(option, click.Option) and not option.hidden
    } - SHORTENED


def test_every_command_has_its_row_in_the_order_of_the_help() -> None:
    """And no row is about a command that there is not."""
    named = [re.findall(r"^`([a-z-]+)", first)[0] for first, _ in table("command")]

    assert list(COMMANDS) == named
    assert all(says for _, says in table("command"))


@pytest.mark.parametrize("name", COMMANDS)
def test_a_row_names_every_option_and_argument_and_no_other(name: str) -> None:
    """An option that nobody can find is none; one that is gone is a lie."""
    shown = usage(name)
    arguments = [
        param.make_metavar(click.Context(command_named(name)))
        for param in command_named(name).params
        if isinstance(param, click.Argument)
    ]
    beside = re.sub(r"--?[a-z][a-z-]*", "", shown)

    assert options_of(name) == set(re.findall(r"--[a-z][a-z-]*", shown))
    for argument in arguments:
        assert argument.strip("[].… ") in beside, f"{name} takes {argument}"
    for option in command_named(name).params:
        if isinstance(option, click.Option) and option.required:
            assert f"[{max(option.opts, key=len)}" not in shown


def test_the_exit_codes_are_those_of_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    """Word by word."""
    run(["--help"])
    told = capsys.readouterr().out.partition("Exit codes:\n")[2].partition("\n\n")[0]
    joined = re.sub(r"\n {8,}", " ", told)
    codes = re.findall(r"^ +(\d+) +(.+)$", joined, re.MULTILINE)

    assert codes == [(code, says.replace("`", "")) for code, says in table("exit code")]


@pytest.mark.parametrize("name", COMMANDS)
def test_every_help_has_an_example_that_can_be_typed(name: str) -> None:
    """It begins with the command, names only options that there are, and is not rewrapped."""
    text = command_named(name).help or ""
    block = re.search(r"\x08\n *Examples?:\n((?: +\S.*\n?)+)", text)
    assert block is not None, f"{name} --help needs a block that begins with \\b and Examples:"
    lines = [line.strip() for line in block[1].splitlines()]
    ours = [line for line in lines if line.startswith(f"pipeline-health {name}")]

    assert ours, f"no example of {name} begins with: pipeline-health {name}"
    for line in ours:
        typed = re.split(r"\s{2,}| [|&]", line)[0]
        assert set(re.findall(r"(?<=\s)--[a-z][a-z-]*", typed)) <= options_of(name), line


@pytest.mark.parametrize("name", COMMANDS)
def test_every_help_begins_with_a_sentence_and_every_option_is_told(name: str) -> None:
    """Also in the list of commands."""
    command = command_named(name)

    assert re.match(r"[A-Z][^\n]*(?:\n[^\n]+)*?[.:]", command.help or "")
    assert (command.short_help or "").endswith(".")
    assert len(command.short_help or "") <= 80
    for param in command.params:
        if isinstance(param, click.Option):
            assert (param.help or "").endswith("."), param.opts


def test_the_completion_of_the_readme_is_that_of_the_help(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """One line, for each shell that click knows."""
    run(["--help"])
    line = 'eval "$(_PIPELINE_HEALTH_COMPLETE=bash_source pipeline-health)"'

    assert line in capsys.readouterr().out
    assert line in README
    assert line.replace("bash", "zsh") in README
