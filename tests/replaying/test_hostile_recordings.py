"""Recordings that somebody wrote by hand, and not to help us: refused with file and place."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from builders import sha
from pipeline_health.cli.exits import Exit
from pipeline_health.cli.main import run

Change = Callable[[dict[str, Any]], None]

HEADING = {
    "schema": "pipeline-health-recording/1",
    "version": "1",
    "began_at": "2026-03-02T10:00:00Z",
}


def a_look(minute: int) -> dict[str, Any]:
    """Give a look at shop."""
    return {"looked_at": f"2026-03-02T10:{minute:02}:00Z", "projects": ["shop"]}


def shop() -> dict[str, Any]:
    """Give what the first look showed of a project."""
    ran = {
        "at": "2026-03-02T09:55:00Z",
        "repo": "acme/shop",
        "run_id": 7,
        "workflow": "CI",
        "event": "push",
        "sha": sha(1),
        "status": "COMPLETED",
        "conclusion": "FAILURE",
        "created_at": "2026-03-02T09:51:00Z",
        "branch": "main",
    }
    return {
        "project": "shop",
        "at": "2026-03-02T10:00:00Z",
        "whole": True,
        "described": {"name": "shop", "repo": "acme/shop"},
        "head": sha(1),
        "pushes": [{"at": "2026-03-02T09:50:00Z", "repo": "acme/shop", "sha": sha(1)}],
        "runs": [ran],
    }


def written(home: Path, change: Change) -> Path:
    """Write a recording whose second line was changed."""
    line = shop()
    change(line)
    file = home / "history.jsonl"
    lines = [HEADING, line, a_look(0), a_look(20)]
    file.write_text("".join(f"{json.dumps(each)}\n" for each in lines))
    return file


def run_as(**keys: object) -> Change:
    """Change the run."""
    return lambda line: line["runs"][0].update(keys)


def described_as(**keys: object) -> Change:
    """Change what the project is."""
    return lambda line: line["described"].update(keys)


EDGE = "is at the edge of the calendar; expected a time of our days"
NUMBER = "run_id: is no number that a provider gives; expected one below 2^63"
KEY = "expected one key of [[projects]], a text or a list"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (run_as(at="0001-01-01T00:00:00Z"), f"line 2: at: {EDGE}"),
        (run_as(created_at="0001-01-01T00:00:00+14:00"), f"line 2: created_at: {EDGE}"),
        (run_as(created_at="9999-12-31T23:59:59Z"), f"line 2: created_at: {EDGE}"),
        (run_as(run_id=10**400), f"line 2: {NUMBER}"),
        (run_as(run_id=-1), f"line 2: {NUMBER}"),
        (lambda line: line.pop("described"), "tells of no project; expected a look that saw one"),
        (described_as(lines=['[limits]\nops_repo = "acme/ops"']), KEY),
        (described_as(lines=['services = ["web"]\nstaging_url = "x"']), KEY),
        (described_as(lines=["%%%"]), f"shop: '%%%': {KEY}"),
        (described_as(lines=["railway_token = 'x'"]), "projects[shop].railway_token: no such key"),
        (described_as(name='x"\nrepo = "a/b"'), "implies a configuration that is wrong: projects"),
    ],
)
def test_what_cannot_be_so_is_refused_before_anything_is_replayed(
    tmp_path: Path, change: Change, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """By the name of the file, and not by that of one of ours."""
    file = written(tmp_path, change)

    assert run(["replay", str(file)]) == Exit.WRONG

    shown = capsys.readouterr()
    assert ("", True) == (shown.out, shown.err.startswith(f"pipeline-health: {file}: "))
    assert says in shown.err


@pytest.mark.parametrize(
    "change", [described_as(), described_as(branch='ma"in', railway_project='a"\\b')]
)
def test_what_may_be_called_so_is_replayed(
    tmp_path: Path, change: Change, capsys: pytest.CaptureFixture[str]
) -> None:
    """A name breaks out of nothing, and JSON may have spaces."""
    assert run(["replay", str(written(tmp_path, change)), "--json"]) == Exit.DONE

    told = json.loads(capsys.readouterr().out)
    assert ["Main CI red: CI (shop)"] == [issue["title"] for issue in told["issues"]]
