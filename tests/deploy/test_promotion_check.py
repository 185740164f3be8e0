"""The action hands its inputs to the command, and the command's exit code to the job."""

import json
import re
import tomllib
from pathlib import Path

import pytest

from pipelines import COMMIT, DEPLOY, ROOT, Ran, Runner

SCRIPT = "promotion-check/check.sh"
PIN = re.compile(r"^([a-z0-9-]+)==(\S+)", re.MULTILINE)


@pytest.fixture
def command(tmp_path: Path) -> Path:
    """Give a command that tells what it was called with, and leaves with the code in `code`."""
    file = tmp_path / "command"
    file.write_text(
        "#!/usr/bin/env bash\n"
        'jq -cn --arg pwd "$PWD" \'{$pwd, asked: $ARGS.positional}\' --args -- "$@"\n'
        f"exit $(cat {tmp_path}/code)\n"
    )
    file.chmod(0o755)
    (tmp_path / "code").write_text("0")
    return file


def check(runner: Runner, command: Path, **variables: str) -> Ran:
    """Ask for a verdict as the action does."""
    usual = {
        "PIPELINE_HEALTH": str(command),
        "PROJECT": "shop",
        "COMMIT": COMMIT,
        "CONFIG": "operations/pipeline-health.toml",
        "WAIT": "",
        "PUBLISH": "false",
        "OUTPUT": "",
        "ALLOW_ROLLBACK": "false",
        "WORKING_DIRECTORY": ".",
    }
    return runner.run(SCRIPT, **{**usual, **variables})


@pytest.mark.parametrize("code", [0, 1, 2, 3, 4, 130])
def test_the_exit_code_is_the_gate(
    runner: Runner, command: Path, tmp_path: Path, code: int
) -> None:
    """It comes through untouched."""
    (tmp_path / "code").write_text(str(code))

    assert code == check(runner, command).code


def test_a_command_that_is_not_there_is_no_verdict(runner: Runner, tmp_path: Path) -> None:
    """An install that failed does not promote."""
    assert 127 == check(runner, tmp_path / "nothing").code


def test_the_inputs_become_arguments(runner: Runner, command: Path, tmp_path: Path) -> None:
    """Paths are those of the workspace, though the command runs elsewhere."""
    (tmp_path / "code of shop").mkdir()

    ran = check(
        runner,
        command,
        WAIT="30m",
        PUBLISH="true",
        OUTPUT="verdict.json",
        ALLOW_ROLLBACK="true",
        WORKING_DIRECTORY="code of shop",
    )

    told = json.loads(ran.said)
    assert str(tmp_path / "code of shop") == told["pwd"]
    assert [
        f"--config={tmp_path}/operations/pipeline-health.toml",
        "promotion-check",
        f"--commit={COMMIT}",
        "--wait=30m",
        f"--output={tmp_path}/verdict.json",
        "--publish",
        "--allow-rollback",
        "--",
        "shop",
    ] == told["asked"]


def test_an_input_is_never_a_command_or_an_option(
    runner: Runner, command: Path, tmp_path: Path
) -> None:
    """Whoever names a branch or a project runs nothing with it."""
    ran = check(runner, command, PROJECT="--trust-config", COMMIT=f"$(touch {tmp_path}/x); `id`")

    asked = json.loads(ran.said)["asked"]
    assert ["--", "--trust-config"] == asked[-2:]
    assert f"--commit=$(touch {tmp_path}/x); `id`" in asked
    assert not (tmp_path / "x").exists()


@pytest.mark.parametrize("name", ["PUBLISH", "ALLOW_ROLLBACK"])
def test_a_switch_that_is_neither_on_nor_off_is_refused(
    runner: Runner, command: Path, name: str
) -> None:
    """`yes` is not taken for no."""
    ran = check(runner, command, **{name: "yes"})

    assert 2 == ran.code
    assert 'is "true" or "false", not "yes"' in ran.said


def test_what_the_command_needs_is_pinned_as_it_was_tested() -> None:
    """The lock of the action is a part of the one that the tests run with, and no more."""
    tested = dict(PIN.findall((ROOT / "requirements.lock").read_text()))
    needed = dict(PIN.findall((ROOT / "deploy" / "requirements.lock").read_text()))

    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    named = {re.split(r"[^A-Za-z0-9_-]", each)[0].lower() for each in project["dependencies"]}
    assert "httpx" in named
    assert named <= set(needed)
    assert needed.items() <= tested.items()
    assert not {"pytest", "ruff", "hatchling"} & set(needed)


def test_the_working_directory_is_not_on_the_path() -> None:
    """A module of the commit under test by our name, or by a library's, would be the gate."""
    script = (DEPLOY / "promotion-check" / "install.sh").read_text()

    assert ["-I"] == re.findall(r"python\" (\S+) -m pipeline_health", script)
