"""An installation that nobody looks with: a configuration, secrets, and a ledger to fill."""

import json
from collections.abc import Iterable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from ledger_samples import LASTING, a_holder
from pipeline_health.bootstrap import SystemClock
from pipeline_health.cli.exits import Exit
from pipeline_health.cli.main import run
from pipeline_health.core.model.ids import ProjectName, RepoName
from pipeline_health.core.model.incident import Incident
from pipeline_health.core.model.parent import Parent
from pipeline_health.core.model.report import BlindLine, CycleReport, FindingLine, ProjectLine
from pipeline_health.ledger import SqlLedger

CONFIGURATION = """\
[[projects]]
name = "shop"
repo = "acme/shop"

[[projects]]
name = "film"
repo = "acme/film"
"""
PLANTED = "gh-planted-token-4711"


class Shelf:
    """Fills the ledger, and runs commands in this process."""

    def __init__(self, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.now = SystemClock().now().replace(microsecond=0)
        self.configuration = home / ".config" / "archon-cron" / "pipeline-health.toml"
        self.configuration.parent.mkdir(parents=True)
        self.configuration.write_text(CONFIGURATION)
        secrets = self.configuration.with_name("secrets.env")
        secrets.touch(mode=0o600)
        secrets.write_text(f"GITHUB_TOKEN={PLANTED}\nRAILWAY_TOKEN=rw-good-token\n")
        self.ledger = home / ".local" / "state" / "archon-cron" / "pipeline-health.db"
        self._capsys = capsys

    def ago(self, minutes: float) -> datetime:
        """Give the time so many minutes before now."""
        return self.now - timedelta(minutes=minutes)

    def open(self) -> AbstractContextManager[SqlLedger]:
        """Open the ledger as a cycle does."""
        return SqlLedger.open(self.ledger, holder=a_holder())

    def keep(
        self,
        incidents: Iterable[Incident] = (),
        *,
        parents: Iterable[Parent] = (),
        looks: Iterable[CycleReport] = (),
    ) -> None:
        """Fill the ledger."""
        with self.open() as ledger:
            with ledger.lease(now=self.now, lasting=LASTING) as lease:
                ledger.save(incidents, parents, lease=lease)
            for report in looks:
                ledger.record(report)

    def tell(self, *arguments: str, code: Exit = Exit.DONE) -> str:
        """Run a command and give what it printed; errors too where it was to fail."""
        self._capsys.readouterr()
        assert run(arguments) == code
        told = self._capsys.readouterr()
        return told.out if code is Exit.DONE else told.err

    def told(self, *arguments: str) -> Any:
        """Run a command and give the JSON that it printed, one line."""
        out = self.tell(*arguments)
        assert out.count("\n") == 1
        return json.loads(out)


def a_look(
    at: datetime,
    *,
    project: str = "shop",
    failed: str | None = None,
    blind: str = "",
    findings: tuple[FindingLine, ...] = (),
) -> CycleReport:
    """Give the report of a cycle that looked at one project."""
    line = ProjectLine(
        name=ProjectName(project),
        repo=RepoName(f"acme/{project}"),
        blind=(BlindLine(source=blind, why="502"),) if blind else (),
        findings=findings,
    )
    return CycleReport(
        cycle=at.isoformat(),
        started_at=at,
        finished_at=at,
        sentence="Looked at 1 project.",
        projects=() if failed else (line,),
        failed=failed,
    )
