"""Every migration, run on a ledger of the version before it that holds something in each table.

A new migration needs a row-filled fixture of its own: `filled/NNNN.sql` is run on an empty ledger
of version NNNN, and must tell the same story as the others.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import pytest

from ledger_samples import LASTING, MINUTE, SHOP, T0, a_holder, an_intent
from pipeline_health.core.model.journal import TrailLine
from pipeline_health.ledger import SqlLedger
from pipeline_health.ledger.schema import APPLICATION_ID, Migration, migrate, migrations, version
from pipeline_health.ledger.store import connect
from pipeline_health.ports import Ledger

FILLED = Path(__file__).parent / "filled"
VERSIONS = [migration.number for migration in migrations()]


def filled_ledger(path: Path, number: int) -> Path:
    """Write the ledger that version *number* would have left behind."""
    with closing(connect(str(path))) as connection:
        migrate(connection, migrations()[:number])
        connection.executescript((FILLED / f"{number:04}.sql").read_text())
    return path


def tables(connection: sqlite3.Connection) -> set[str]:
    """Name the tables of the schema."""
    rows = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")
    return {name for (name,) in rows}


def story(ledger: Ledger) -> Sequence[object]:
    """Tell what the filled ledgers tell."""
    return (
        [(one.fingerprint, one.title) for one in ledger.incidents()],
        ledger.trail(SHOP),
        ledger.recall("repo", "acme/shop"),
        ledger.intents(),
        [(one.cycle, one.sentence) for one in ledger.reports(limit=5)],
    )


STORY = (
    [(SHOP, "Main CI red: CI (shop)")],
    (TrailLine(at=T0, says="opened"), TrailLine(at=T0 + MINUTE, says="told")),
    "R_1",
    (an_intent(),),
    [("c1", "All is well.")],
)


@pytest.fixture
def connection() -> Iterator[sqlite3.Connection]:
    """Give an empty database in memory."""
    with closing(connect(":memory:")) as opened:
        yield opened


def test_migrations_are_numbered_from_one_without_a_gap() -> None:
    """The number of migrations is the number of the newest version."""
    assert list(range(1, len(VERSIONS) + 1)) == VERSIONS


@pytest.mark.parametrize("number", VERSIONS)
def test_the_fixture_of_a_version_fills_every_table(tmp_path: Path, number: int) -> None:
    """A migration that was tried on an empty table was not tried."""
    path = filled_ledger(tmp_path / "ledger.db", number)
    with closing(connect(str(path))) as connection:
        names = tables(connection)
        empty = {
            name
            for name in names
            if connection.execute(f"SELECT count(*) FROM {name}").fetchone() == (0,)  # noqa: S608 -- our own table names
        }

    assert {"incident", "lease"} <= names
    assert set() == empty


@pytest.mark.parametrize("number", VERSIONS)
def test_a_filled_ledger_of_any_version_is_brought_up_to_date(tmp_path: Path, number: int) -> None:
    """Whatever an older version kept is there after the newest one has opened the file."""
    path = filled_ledger(tmp_path / "ledger.db", number)

    with SqlLedger.open(path, holder=a_holder()) as ledger:
        told = story(ledger)
        with ledger.lease(now=T0 + LASTING, lasting=LASTING) as lease:
            ledger.save(ledger.incidents(), lease=lease)

    with closing(connect(str(path))) as connection:
        checks = connection.execute("PRAGMA integrity_check").fetchall()
        strangers = connection.execute("PRAGMA foreign_key_check").fetchall()
        newest = version(connection)
    assert STORY == told
    assert ([("ok",)], [], len(VERSIONS)) == (checks, strangers, newest)


@pytest.mark.parametrize("number", VERSIONS)
def test_a_filled_ledger_of_any_version_can_be_looked_at(tmp_path: Path, number: int) -> None:
    """Reading migrates a copy in memory at most; the file keeps its bytes and gets no company."""
    path = filled_ledger(tmp_path / "ledger.db", number)
    before = path.read_bytes()

    with SqlLedger.read_only(path) as ledger:
        told = story(ledger)

    assert STORY == told
    assert ([path], before) == (list(tmp_path.iterdir()), path.read_bytes())


def test_a_ledger_of_every_version_is_the_same_in_the_end(tmp_path: Path) -> None:
    """Fresh and migrated files have one schema."""
    schemas = set()
    for number in (0, *VERSIONS):
        path = tmp_path / f"{number}.db"
        if number:
            filled_ledger(path, number)
        with SqlLedger.open(path, holder=a_holder()):
            pass
        with closing(connect(str(path))) as connection:
            rows = connection.execute("SELECT type, name, sql FROM sqlite_schema ORDER BY name")
            schemas.add(tuple(rows))

    assert 1 == len(schemas)


def test_tables_are_strict(connection: sqlite3.Connection) -> None:
    """SQLite itself refuses a value of the wrong type."""
    migrate(connection, migrations())
    rows = connection.execute("PRAGMA table_list").fetchall()
    ours = {name: strict for _, name, kind, _, _, strict in rows if not name.startswith("sqlite_")}

    assert dict.fromkeys(ours, 1) == ours


def test_a_migration_that_fails_leaves_the_version_before_it(
    connection: sqlite3.Connection,
) -> None:
    """Half of a migration is none of it."""
    first = Migration(number=1, sql="CREATE TABLE one (a TEXT) STRICT;")
    broken = Migration(
        number=2, sql="CREATE TABLE two (a TEXT) STRICT;\nINSERT INTO nowhere DEFAULT VALUES;"
    )

    with pytest.raises(sqlite3.OperationalError, match="nowhere"):
        migrate(connection, (first, broken))

    assert (1, {"one"}) == (version(connection), tables(connection))
    assert not connection.in_transaction


def test_a_migration_runs_once(connection: sqlite3.Connection) -> None:
    """The second run finds the number and does nothing; the file says whose it is."""
    first = Migration(number=1, sql="CREATE TABLE one (a TEXT) STRICT;")
    migrate(connection, (first,))
    migrate(connection, (first,))

    assert (APPLICATION_ID,) == connection.execute("PRAGMA application_id").fetchone()
    assert 1 == version(connection)


def test_a_migration_that_another_process_has_just_made_is_not_made_again(tmp_path: Path) -> None:
    """Between the look at the version and the lock somebody else may have been faster."""
    path = str(tmp_path / "ledger.db")
    first = Migration(number=1, sql="CREATE TABLE one (a TEXT) STRICT;")
    with closing(connect(path)) as slow, closing(connect(path)) as fast:
        # Called by SQLite before it runs a statement: the other process slips in at BEGIN.
        slow.set_trace_callback(
            lambda statement: migrate(fast, (first,)) if statement == "BEGIN IMMEDIATE" else None
        )
        migrate(slow, (first,))

        assert (1, {"one"}) == (version(slow), tables(slow))
