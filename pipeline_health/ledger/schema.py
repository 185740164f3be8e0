"""The numbered migrations, and the bookkeeping that applies each of them exactly once.

A migration is a file `migrations/NNNN_what_it_does.sql`; its number becomes SQLite's user_version
in the same transaction. A released file is never changed: the next number mends it.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path

from pipeline_health.frozen import dataclass
from pipeline_health.ledger.faults import MOVE_AWAY
from pipeline_health.ports import LedgerError

APPLICATION_ID = 0x70686C31
"""Says in the file's header that it is ours ("phl1")."""

_OLDEST_SQLITE = (3, 37, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Migration:
    """One step from version `number - 1` to version `number`."""

    number: int
    sql: str


@cache
def migrations() -> tuple[Migration, ...]:
    """Give every migration that this version ships, lowest number first."""
    found = (files(__package__) / "migrations").iterdir()
    scripts = sorted((one.name, one.read_text("utf-8")) for one in found if one.name[-4:] == ".sql")
    return tuple(Migration(number=int(name[:4]), sql=sql) for name, sql in scripts)


def version(connection: sqlite3.Connection) -> int:
    """Give the number of the newest migration that was applied, 0 for none."""
    number: int = connection.execute("PRAGMA user_version").fetchone()[0]
    return number


def require_ours(connection: sqlite3.Connection, path: Path, *, latest: int) -> None:
    """Raise LedgerError unless the file is empty or a ledger no newer than version *latest*."""
    connection.execute("BEGIN")  # one look: another process may be creating the ledger just now
    found, ours = version(connection), _is_ours(connection) or _is_empty(connection)
    connection.execute("COMMIT")
    if not ours:
        msg = f"{path} is a database of another program; name another file, or {MOVE_AWAY}"
        raise LedgerError(msg)
    if found > latest:
        msg = (
            f"{path} was written by a newer pipeline-health (schema {found}, this one knows "
            f"{latest}); run that version, or {MOVE_AWAY}"
        )
        raise LedgerError(msg)


def require_sqlite(found: tuple[int, ...]) -> None:
    """Raise LedgerError when SQLite is older than its STRICT tables (3.37, November 2021)."""
    if found < _OLDEST_SQLITE:
        msg = f"SQLite {'.'.join(map(str, found))} is too old for the ledger; 3.37 is needed"
        raise LedgerError(msg)


def migrate(connection: sqlite3.Connection, steps: Sequence[Migration]) -> None:
    """Apply what is missing of *steps*, each in a transaction of its own.

    Safe to run from several processes at once: the version is read again under the write lock.
    """
    for step in steps:
        if version(connection) < step.number:
            _apply(connection, step)


def _apply(connection: sqlite3.Connection, step: Migration) -> None:
    connection.execute("BEGIN IMMEDIATE")
    try:
        if version(connection) < step.number:
            for statement in _statements(step.sql):
                connection.execute(statement)
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            connection.execute(f"PRAGMA user_version = {step.number}")
        connection.execute("COMMIT")
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")


def _statements(script: str) -> Iterator[str]:
    """Split *script* line by line; `executescript` would commit before it begins."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


def _is_ours(connection: sqlite3.Connection) -> bool:
    return bool(connection.execute("PRAGMA application_id").fetchone()[0] == APPLICATION_ID)


def _is_empty(connection: sqlite3.Connection) -> bool:
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    return bool(tables == 0 and version(connection) == 0)
