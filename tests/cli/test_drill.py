import json

import pytest

from desk import Desk
from pipeline_health.cli.exits import Exit
from pipeline_health.cli.main import run

LABELS = ("pipeline-health", "bug", "archon:queued")


@pytest.fixture(autouse=True)
def _labels(desk: Desk) -> None:
    """Have the labels: a second passes between two writes."""
    desk.repo.make_labels(LABELS)


def test_a_drill_that_nobody_picks_up_is_exit_1(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    """What came is told as it comes, and what did not come is named."""
    assert run(["drill", "shop", "--wait", "1s"]) == Exit.FOUND

    *hops, sentence = capsys.readouterr().out.splitlines()
    assert [line.split("  ")[0] for line in hops] == ["filed", "listed", "picked up", "closed"]
    assert sentence == "The drill of shop failed; what did not come: picked up."
    assert [issue.state for issue in desk.repo.issues.values()] == ["closed"]


def test_a_drill_is_told_to_machines(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    """One object on standard output; what happens meanwhile is on standard error."""
    assert run(["drill", "shop", "--wait", "1s", "--json"]) == Exit.FOUND

    out, err = capsys.readouterr()
    told = json.loads(out)
    assert told["issue"]["number"] == 1
    assert [(hop["hop"], hop["milliseconds"] is None) for hop in told["hops"]] == [
        ("filed", False),
        ("listed", False),
        ("picked up", True),
        ("closed", False),
    ]
    assert "picked up" in err


def test_a_drill_of_nothing_is_refused(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    """Before anything is asked or filed."""
    assert run(["drill", "film"]) == Exit.WRONG
    assert "no project film is configured" in capsys.readouterr().err
    assert desk.world.requests == []
