"""`status` shows at which hours a URL failed for a moment, which is never filed."""

import json

import pytest

from desk import Desk
from pipeline_health.cli.exits import Exit
from pipeline_health.cli.main import run
from pipeline_health.core.model.ids import ProjectName, RepoName
from pipeline_health.core.model.report import CycleReport, ProjectLine, TransientLine
from pipeline_health.ledger import Holder, SqlLedger

URL = "https://shop.example/healthz"


@pytest.fixture
def blinking(desk: Desk) -> Desk:
    """Give a desk whose last cycle knew of three transients at two hours."""
    started = desk.world.now()
    project = ProjectLine(
        name=ProjectName("shop"),
        repo=RepoName("acme/shop"),
        transients=(
            TransientLine(url=URL, hour=3, count=2),
            TransientLine(url=URL, hour=12, count=1),
        ),
    )
    report = CycleReport(
        cycle="c1",
        started_at=started,
        finished_at=started,
        sentence="Looked at 1 project.",
        projects=(project,),
    )
    with SqlLedger.open(desk.ledger, holder=Holder.current("test")) as ledger:
        ledger.record(report)
    return desk


def test_status_shows_transients_by_the_hour(
    blinking: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line a URL, below the table."""
    assert run(["status"]) == Exit.DONE

    line = f"Transients of {URL}, by hour (UTC, 30 days), not filed: 2 at 03h, 1 at 12h"
    assert line in capsys.readouterr().out.splitlines()


def test_status_gives_transients_to_scripts(
    blinking: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each hour with its count."""
    run(["status", "--json"])

    (project,) = json.loads(capsys.readouterr().out)["projects"]
    assert project["transients"] == [
        {"url": URL, "hour": 3, "count": 2},
        {"url": URL, "hour": 12, "count": 1},
    ]
