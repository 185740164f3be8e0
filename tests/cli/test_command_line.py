"""The command line itself: help that teaches, versions, and the demo."""

import time

import pytest

from desk import Desk
from pipeline_health import __version__
from pipeline_health.cli.exits import Exit
from pipeline_health.cli.main import COMMANDS, run


def test_help_lists_every_command_and_the_exit_codes(capsys: pytest.CaptureFixture[str]) -> None:
    """A newcomer finds the way from `--help` alone."""
    assert run(["--help"]) == Exit.DONE

    out = capsys.readouterr().out
    for command in COMMANDS:
        assert f"  {command}  " in out
    for code in (Exit.DONE, Exit.WRONG, Exit.BLIND, Exit.HELD, Exit.INTERRUPTED):
        assert f"  {code.value} " in out


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    """`--help` works everywhere, without configuration or secrets."""
    assert run([command, "--help"]) == Exit.DONE

    out = capsys.readouterr().out
    assert out.startswith(f"Usage: pipeline-health {command}")
    assert len(out.splitlines()) > 5


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    """One line, for bug reports."""
    assert run(["--version"]) == Exit.DONE

    assert capsys.readouterr().out == f"pipeline-health, version {__version__}\n"


def test_the_process_leaves_with_the_code(desk: Desk) -> None:
    """`python -m pipeline_health` and the command are the same."""
    done = desk.run("nope")

    assert (Exit.WRONG, "") == (done.returncode, done.stdout)
    assert "No such command 'nope'" in done.stderr


def test_the_demo_tells_an_outage_from_failure_to_proof(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """No token, no network but loopback, and well under half a minute."""
    began = time.monotonic()

    assert run(["demo"]) == Exit.DONE

    out = capsys.readouterr().out
    assert time.monotonic() - began < 30
    for words in (
        "nothing that was seen is broken",
        "issue 1, open: Staging deploy failed: web (shop)",
        "opened 1 issue; edited 1 issue",
        "blind to github of shop",
        "closed 2 issues",
        "Fixed: workflow `CI` succeeded",
    ):
        assert words in out, words
