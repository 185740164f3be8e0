"""What happens when we are wrong ourselves: no traceback of Python's own, and no answer."""

import json

import click
import pytest

from desk import Desk
from pipeline_health.cli.exits import Exit
from pipeline_health.cli.main import run

PLANTED = "ghp_" + "Zq8p" * 9


@click.group
def broken() -> None:
    """Hold one command with a defect."""


@broken.command
def ask() -> None:
    """Fail as nobody thought of."""
    msg = f"token {PLANTED} is not 7"
    raise RuntimeError(msg)


@broken.command
def stop() -> None:
    """Be interrupted."""
    raise KeyboardInterrupt


@broken.command
def rest() -> None:
    """Give no exit code."""


def test_a_defect_is_no_answer_and_shows_no_secret(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit 3, never 0 or 1; the traceback is a line of the log, redacted."""
    assert run(["ask"], group=broken) == Exit.BLIND

    out, err = capsys.readouterr()
    line, last = err.splitlines()
    assert out == ""
    assert "RuntimeError: token *** is not 7" in json.loads(line)["exception"]
    assert last == "pipeline-health: a defect of ours (RuntimeError); nothing is concluded"
    assert PLANTED not in err


def test_an_interrupt_is_no_answer(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit 130 and one word."""
    assert run(["stop"], group=broken) == Exit.INTERRUPTED
    assert tuple(capsys.readouterr()) == ("", "\ninterrupted\n")  # click ends the line of ^C


def test_a_command_without_a_code_is_done(desk: Desk) -> None:
    """Exit 0."""
    assert run(["rest"], group=broken) == Exit.DONE
