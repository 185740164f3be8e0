"""`replay`: a recorded morning under the real agent, for people and for scripts."""

import io
import json
from contextlib import redirect_stderr
from pathlib import Path
from typing import Any

import pytest

from histories import REPO, storm, written
from pipeline_health.cli.exits import Exit
from pipeline_health.cli.main import run
from pipeline_health.cli.replay import progress

PROJECT = f'[[projects]]\nname = "boutique"\nrepo = "{REPO.upper()}"\n'
PIPELINE = (
    'deploy_workflow = "Pipeline"\nstaging_job = "Deploy to staging"\n'
    'production_job = "Deploy to production"\n'
)


class Screen(io.StringIO):
    """A terminal."""

    def isatty(self) -> bool:
        """Say that it is one."""
        return True


@pytest.fixture(autouse=True)
def _nowhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Give no configuration and no secret."""
    for name in ("PIPELINE_HEALTH_CONFIG", "GITHUB_TOKEN", "RAILWAY_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "nobody"))


@pytest.fixture
def history(tmp_path: Path) -> Path:
    """Give the file of a recorded morning."""
    return written(tmp_path, storm())


def told(capsys: pytest.CaptureFixture[str], *arguments: object) -> Any:
    """Give what `replay --json` says."""
    assert run(["replay", *map(str, arguments), "--json"]) == Exit.DONE
    return json.loads(capsys.readouterr().out)


def test_a_recorded_morning_is_one_issue_for_each_root_cause(
    history: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The cron of that time filed four. A silent tick is none, nor a schedule that agrees."""
    found = told(capsys, history, "--every", "10m")

    assert [
        ("lint", "agent", "agent", "2026-04-27T09:10:00Z"),
        ("token", "human", "human", None),
    ] == [(i["cause"], i["owner"], i["left_with"], i["closed_at"]) for i in found["issues"]]
    assert found["cycles"] == 20
    assert {
        "issues": 2,
        "root_causes": 2,
        "repeats": 0,
        "false_alarms": 0,
        "wrong_owner": 0,
        "unattributed": 0,
        "groundless": 0,
        "measured": 2,
        "at_least": 1,
        "at_most": 0,
        "median_seconds": 0,
        "longest_seconds": 359,
        "comments": 1,
        "reopened": 0,
        "handed_over": 0,
    } == found["summary"]
    before = found["before"]
    assert (4, 2, 1, 1) == (
        before["issues"],
        before["root_causes"],
        before["repeats"],
        before["false_alarms"],
    )
    causes = {each["id"]: each for each in found["causes"]}
    assert ([2], [2, 4]) == (causes["token"]["issues"], causes["token"]["before"]["issues"])
    assert ([], None) == (causes["blink"]["issues"], causes["blink"]["owner"])


def test_what_was_done_is_told_cycle_by_cycle_and_summed_up(
    history: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Beside the monitor of that time, with what is not recorded; nothing steers the terminal."""
    assert run(["replay", str(history), "--every", "10m"]) == Exit.DONE

    shown = capsys.readouterr()
    lines = shown.out.splitlines()
    assert lines[0] == ("2026-04-27 08:20 UTC  Looked at 1 project; broken: shop; opened 1 issue.")
    assert lines[1].startswith("    open acme/shop#1: Workflow CI failed at aaaaaaa.")
    assert any(line.startswith("a-morning, 2026-04-27 08:00 UTC to") for line in lines)
    assert any(line.split()[:3] == ["acme/shop#2", "human", "human"] for line in lines)
    assert any(line.split()[:3] == ["blink", "nobody", "0"] for line in lines)
    assert any(line.split() == ["issues", "2", "4"] for line in lines)
    assert "Not as it was: 1 failing run of 3: commit or time is not recorded" in shown.out
    assert ("", False) == (shown.err, "\x1b" in shown.out)


def test_a_history_in_which_nothing_failed_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """No issue is an answer."""
    quiet = storm(runs=[], issues=[], other_signals=[], root_causes=[])
    file = written(tmp_path, quiet)

    assert run(["replay", str(file), "--every", "1h"]) == Exit.DONE
    lines = capsys.readouterr().out.splitlines()
    assert "Nothing would have been filed." in lines
    assert ["root", "causes", "-"] in [line.split() for line in lines]
    assert not any("AT THAT TIME" in line for line in lines)
    assert told(capsys, file, "--every", "1h")["before"] is None


def test_two_configurations_are_compared_issue_by_issue(
    history: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without the jobs of the pipeline its failure is told as another one."""
    now, tomorrow = tmp_path / "now.toml", tmp_path / "tomorrow.toml"
    now.write_text(PROJECT + PIPELINE)
    tomorrow.write_text(PROJECT)

    every = ("--every", "30m")
    found = told(capsys, history, "--config", now, "--diff", tomorrow, *every)
    assert run(["replay", str(history), "--config", str(now), "--diff", str(tomorrow), *every]) == 0
    shown = capsys.readouterr().out

    assert str(now) == found["configuration"]["file"]
    assert str(tomorrow) == found["diff"]["configuration"]["file"]
    differing = found["diff"]["differences"]
    assert differing
    assert {each["repo"] for each in differing} == {REPO}
    assert all(f"{each['repo']}: {each['title']}" in shown for each in differing)
    assert "is filed in the first one only" in shown


def test_a_configuration_that_changes_nothing_differs_in_nothing(
    history: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Names are labels; what is watched and not recorded is left out, and that is said."""
    same = tmp_path / "same.toml"
    beside = '[[projects]]\nname = "other"\nrepo = "acme/other"\n'
    watched = 'railway_project = "r"\nstaging_url = "https://shop.example"\n'
    same.write_text(PROJECT.replace("boutique", "shop") + PIPELINE + watched + beside)

    assert run(["replay", str(history), "--diff", str(same), "--every", "30m"]) == Exit.DONE

    shown = capsys.readouterr().out
    assert "Both would have filed the same issues" in shown
    for says in (
        "shop: no deployment of railway_project is recorded; not watched.",
        "shop: nothing of staging_url is recorded; not asked.",
        "Nothing is recorded of other; not watched.",
    ):
        assert f"Not as it was: {says}" in shown


def test_the_configuration_of_every_command_is_taken_too(
    history: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """`--config` before the command's name; a repository that is not in it is an error."""
    other = tmp_path / "other.toml"
    other.write_text(PROJECT.replace("SHOP", "FILM"))

    assert run(["--config", str(other), "replay", str(history)]) == Exit.WRONG

    says = capsys.readouterr().err
    assert f"{other}: acme/shop: recorded and not configured; expected" in says


@pytest.mark.parametrize("option", ["--config", "--diff"])
def test_a_configuration_that_is_wrong_is_told_before_anything_else(
    history: Path, tmp_path: Path, option: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whichever of the two; no half a replay is printed."""
    wrong = tmp_path / "wrong.toml"
    wrong.write_text("projects = 3")

    assert run(["replay", str(history), option, str(wrong)]) == Exit.WRONG

    shown = capsys.readouterr()
    assert ("", True) == (shown.out, "projects" in shown.err)


@pytest.mark.parametrize("every", ["soon", "0", "-5m"])
def test_a_length_that_is_none_is_refused(
    history: Path, every: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A cycle must come at all."""
    assert run(["replay", str(history), "--every", every]) == Exit.WRONG
    assert "expected" in capsys.readouterr().err


def test_a_history_without_end_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nobody would live to see the summary."""
    file = written(tmp_path, storm(period=["1000-01-01T00:00:00Z", "3000-01-01T00:00:00Z"]))

    assert run(["replay", str(file)]) == Exit.WRONG

    assert "is more than 500000 cycles long; expected a larger --every" in capsys.readouterr().err


def test_a_file_that_is_no_recording_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With its name and what was expected."""
    assert run(["replay", str(tmp_path / "none.json")]) == Exit.WRONG

    says = capsys.readouterr().err
    assert f"{tmp_path / 'none.json'}: cannot be read: No such file" in says


def test_a_terminal_shows_how_far_it_is() -> None:
    """On standard error, and only there."""
    screen = Screen()

    with redirect_stderr(screen), progress() as watch:
        for number in range(1, 11):
            watch(number, 10)

    assert "100%" in screen.getvalue()
