"""However long it runs, a ledger holds what its retention says, and a quiet look costs the same."""

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from ledger_samples import (
    DAY,
    LASTING,
    MINUTE,
    REPO,
    T0,
    a_holder,
    a_parent,
    a_report,
    an_incident,
    an_intent,
)
from pipeline_health.core.model.ids import Fingerprint, ProjectName
from pipeline_health.core.model.journal import TrailLine
from pipeline_health.core.model.maintenance import MaintenanceWindow
from pipeline_health.core.model.notice import Notice, NoticeKind, Told
from pipeline_health.core.model.report import ProjectLine
from pipeline_health.ledger import SqlLedger
from pipeline_health.ledger.store import WritableStore

KEEP = 30
"""So many days are kept."""

BROKEN = 3
"""So many things break on a day; they are over at its end."""

SHOP = ProjectName("shop")
NOTICE = Notice(kind=NoticeKind.NEW, title="a", body="b" * 300, url="", priority=3, tags=())


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What a ledger held on one day: bytes, rows by table, and SQLite's work for a quiet look."""

    size: int
    rows: dict[str, int]
    steps: int


class ListeningStore(WritableStore):
    """The ledger's file, whose work can be counted; it waits for no disk."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._connection.execute("PRAGMA synchronous = OFF")

    def listen(self, step: Callable[[], None] | None) -> None:
        """Call *step* at each step that SQLite makes."""
        self._connection.set_progress_handler(step, 1)


class Years:
    """A ledger with a busy history, day after day."""

    def __init__(self, path: Path) -> None:
        self.store = ListeningStore(path)
        self.ledger = SqlLedger(self.store, holder=a_holder(), keep=KEEP * DAY)
        self.day = 0

    def live(self, days: int) -> None:
        """Let days pass on which something of everything happens."""
        for _ in range(days):
            self.day += 1
            self._one_day()

    def _one_day(self) -> None:
        now = T0 + self.day * DAY
        names = [Fingerprint(f"broken {self.day} {at}") for at in range(BROKEN)]
        over = [an_incident(name, first_seen=now, resolved_at=now) for name in names]
        self.ledger.silence(
            MaintenanceWindow(
                project=SHOP, kind=None, since=now, until=now + 9 * MINUTE, reason="x" * 99
            )
        )
        with self.ledger.lease(now=now, lasting=LASTING) as lease:
            for name in names:
                self.ledger.remember("evidence", name, "x" * 3000, now=now)
                self.ledger.note(name, TrailLine(at=now, says="opened"))
            self.ledger.save(over, [a_parent(f"many {self.day}", at=now)], lease=lease)
            self.ledger.intend(an_intent(f"n {self.day}", at=now), lease=lease)
            self.ledger.tell(Told(), [NOTICE], receivers=["ntfy"], lease=lease, now=now)
            seen = ProjectLine(name=SHOP, repo=REPO, unproved=("x" * 999, *names))
            report = replace(a_report(f"c{self.day}", at=now), projects=(seen,))
            self.ledger.record(report, ending=lease)

    def cost(self) -> Cost:
        """Measure one quiet look, and what is held after it."""
        now = T0 + self.day * DAY + MINUTE
        steps = 0

        def step() -> None:
            nonlocal steps
            steps += 1

        (report,) = self.ledger.reports(limit=1)
        self.store.listen(step)
        with self.ledger.lease(now=now, lasting=LASTING) as lease:
            self.ledger.save([], lease=lease)
            self.ledger.record(replace(report, cycle=f"{report.cycle} again"), ending=lease)
        self.store.listen(None)
        return Cost(size=self._size(), rows=self._rows(), steps=steps)

    def _size(self) -> int:
        (pages,) = self.store.read(int, "PRAGMA page_count")
        (size,) = self.store.read(int, "PRAGMA page_size")
        return pages * size

    def _rows(self) -> dict[str, int]:
        names = self.store.read(str, "SELECT name FROM sqlite_schema WHERE type = 'table'")
        return {
            name: self.store.read(int, f"SELECT count(*) FROM {name}")[0]  # noqa: S608 - ours
            for name in names
        }


@pytest.fixture
def years(tmp_path: Path) -> Iterator[Years]:
    """Give a ledger without a history."""
    lived = Years(tmp_path / "ledger.db")
    with closing(lived.store):
        yield lived


def test_after_its_retention_a_ledger_grows_no_more(years: Years) -> None:
    """A year later each table has as many rows, the file as many bytes, a look as much work."""
    years.live(KEEP + 5)
    early = years.cost()
    years.live(370 - years.day)
    late = years.cost()

    rows = {name: count for name, count in late.rows.items() if name != "sqlite_sequence"}
    assert early.rows == late.rows
    assert BROKEN * KEEP == rows["incident"] == rows["trail"] == rows["memory"]
    assert all(0 < count <= BROKEN * (KEEP + 2) for count in rows.values()), rows
    assert late.size <= early.size * 1.1
    assert late.steps <= early.steps * 1.1
