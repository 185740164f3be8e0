"""Every statement finds what it wants by an index, however much is kept."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from ledger_samples import (
    DAY,
    LASTING,
    MINUTE,
    REPO,
    SHOP,
    T0,
    a_holder,
    a_parent,
    a_report,
    an_incident,
    an_intent,
)
from pipeline_health import ledger
from pipeline_health.core.model.ids import ProjectName
from pipeline_health.core.model.journal import TrailLine
from pipeline_health.core.model.maintenance import MaintenanceWindow
from pipeline_health.core.model.notice import Notice, NoticeKind, Told
from pipeline_health.core.model.report import ProjectLine
from pipeline_health.ledger import SqlLedger, queries
from pipeline_health.ledger.schema import migrate, migrations
from pipeline_health.ledger.store import WritableStore, connect
from pipeline_health.ports import LeaseHeldError

PROJECT = ProjectName("shop")
NOTICE = Notice(kind=NoticeKind.NEW, title="a", body="b", url="", priority=3, tags=())
STATEMENTS = {name: sql for name, sql in vars(queries).items() if name.isupper()}

# What gives all that there is, in the order of an index; reports end after their LIMIT. Rolls and
# lines are those of the newest reports, so that their tables do not grow.
WHOLE = {
    "INCIDENTS": ["SCAN incident USING INDEX incident_by_first_seen"],
    "INTENTS": ["SCAN intent USING INDEX intent_by_time"],
    "LETTERS": ["SCAN letter"],
    "PARENTS": ["SCAN parent USING INDEX parent_by_first_seen"],
    "REPORTS": ["SCAN report"],
    "LENGTHY": ["SCAN report"],
    "LINES": ["SCAN line"],
    "LINE_NUMBERS": ["SCAN line"],
    "ROLLS": ["SCAN roll"],
    "DROP_ROLLS": ["SCAN roll"],
    "LOOKS": ["SCAN report USING COVERING INDEX report_by_time"],
    "WINDOWS": ["SCAN maintenance USING INDEX maintenance_by_time"],
}


@pytest.fixture
def connection() -> Iterator[sqlite3.Connection]:
    """Give an empty ledger in memory."""
    with closing(connect(":memory:")) as opened:
        migrate(opened, migrations())
        yield opened


def plan_of(connection: sqlite3.Connection, sql: str) -> list[str]:
    """Give the steps of SQLite's plan."""
    values = (None,) * len(set(re.findall(r"\?\d", sql)) or re.findall(r"\?", sql))
    return [step for *_, step in connection.execute(f"EXPLAIN QUERY PLAN {sql}", values)]


def slow_steps(connection: sqlite3.Connection, sql: str) -> list[str]:
    """Give the steps that read a whole table or index, sort, or build an index of their own."""
    slow = re.compile(r"^SCAN|TEMP B-TREE|AUTOMATIC")
    return [step for step in plan_of(connection, sql) if slow.search(step)]


@pytest.mark.parametrize("name", STATEMENTS)
def test_a_statement_has_its_index(connection: sqlite3.Connection, name: str) -> None:
    """No step reads a growing table from end to end or sorts it, unless all of it is wanted."""
    assert WHOLE.get(name, []) == slow_steps(connection, STATEMENTS[name])


@pytest.mark.parametrize("name", [name for name, sql in STATEMENTS.items() if "WHERE" in sql])
def test_whoever_looks_for_something_has_a_plan(connection: sqlite3.Connection, name: str) -> None:
    """A statement without steps would pass the test above whatever it did."""
    assert plan_of(connection, STATEMENTS[name]) or "ON CONFLICT" in STATEMENTS[name]


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT fact FROM memory WHERE fact = ?",
        "SELECT fact FROM memory WHERE topic = ? ORDER BY kept_at",
        "DELETE FROM trail WHERE says = ?",
        "SELECT 1 FROM trail JOIN letter ON letter.receiver = trail.says WHERE trail.id = ?",
        "SELECT 1 FROM report WHERE id = ? AND EXISTS (SELECT 1 FROM line WHERE document = cycle)",
    ],
)
def test_a_statement_without_an_index_is_noticed(connection: sqlite3.Connection, sql: str) -> None:
    """The tests above can fail."""
    assert slow_steps(connection, sql)


def test_no_statement_hides_from_these_tests() -> None:
    """Statements are written in `queries` and nowhere else (the schema asks its own questions)."""
    package = Path(ledger.__file__).parent
    spoken = re.compile(r"\b(SELECT .* FROM (?!sqlite_schema)|INSERT|UPDATE \w+ SET|DELETE FROM)")
    found = {path.name for path in package.glob("*.py") if spoken.search(path.read_text())}
    texts = {name for name, sql in vars(queries).items() if isinstance(sql, str)}

    assert {"queries.py"} == found
    assert set(STATEMENTS) == {name for name in texts if not name.startswith("__")}


def test_what_a_ledger_says_to_sqlite_is_all_in_queries_and_all_of_that_is_said(
    tmp_path: Path,
) -> None:
    """Whatever a ledger can do is done once, and each statement that SQLite hears is known."""
    heard: list[str] = []
    with closing(HeardStore(tmp_path / "ledger.db", heard)) as store:
        do_everything(SqlLedger(store, holder=a_holder()))

    known = {name: re.compile(as_heard(sql), re.DOTALL) for name, sql in STATEMENTS.items()}
    said = {name for name, form in known.items() if any(map(form.fullmatch, heard))}
    strange = [one for one in heard if not any(form.fullmatch(one) for form in known.values())]
    assert [] == [one for one in strange if not BESIDE.fullmatch(one)]
    assert set(STATEMENTS) == said


BESIDE = re.compile(r"BEGIN( IMMEDIATE)?|COMMIT|ROLLBACK|PRAGMA (freelist|page)_count")
"""What is no question about a table."""


class HeardStore(WritableStore):
    """The ledger's file; what SQLite is told is written down, with its values."""

    def __init__(self, path: Path, heard: list[str]) -> None:
        super().__init__(path)
        self._connection.set_trace_callback(lambda said: heard.append(said.strip()))


def as_heard(sql: str) -> str:
    """Give the form of *sql* with any values."""
    return re.sub(r"\\\?\d?", ".*", re.escape(sql.strip()))


def do_everything(ledger: SqlLedger) -> None:
    """Let a ledger do whatever its port promises."""
    window = MaintenanceWindow(
        project=PROJECT, kind=None, since=T0, until=T0 + DAY, reason="a new database"
    )
    with ledger.lease(now=T0, lasting=LASTING) as lease:
        lease.renew(now=T0)
        ledger.save([an_incident()], [a_parent()], lease=lease)
        ledger.note(SHOP, TrailLine(at=T0, says="opened"))
        ledger.intend(an_intent(), lease=lease)
        ledger.settle("n1")
        for key in "abcdefg":
            ledger.remember("repo", key, "R_1", now=T0)
        ledger.tell(Told(), [NOTICE], receivers=["ntfy"], lease=lease, now=T0)
    with ledger.lease(now=T0, lasting=LASTING) as lease:
        ledger.forget("repo", "a")
        for at in range(52):
            line = ProjectLine(name=PROJECT, repo=REPO, unproved=(str(at),))
            ledger.record(replace(a_report(f"c{at}"), projects=(line,)), ending=lease)
    ledger.silence(window)
    ledger.unsilence(PROJECT, None, now=T0 + MINUTE)
    ledger.drop(ledger.letters()[0])
    read_everything(ledger)
    taken = ledger.lease(now=T0, lasting=LASTING)
    with taken, pytest.raises(LeaseHeldError), ledger.lease(now=T0, lasting=LASTING):
        pass


def read_everything(ledger: SqlLedger) -> None:
    """Read whatever a ledger holds."""
    ledger.incidents()
    ledger.parents()
    ledger.trail(SHOP)
    ledger.intents()
    ledger.windows()
    ledger.told()
    ledger.looks()
    ledger.reports(limit=1)
