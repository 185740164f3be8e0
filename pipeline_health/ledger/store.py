"""The file: opened, checked, migrated, and written in whole transactions only."""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from threading import RLock
from time import sleep
from typing import Protocol, TypeAlias, TypeVar

from pipeline_health.ledger.codec import as_unicode
from pipeline_health.ledger.faults import explained, require_file
from pipeline_health.ledger.schema import migrate, migrations, require_ours, require_sqlite
from pipeline_health.ports import LeaseLostError

Value: TypeAlias = str | int | None
RowT = TypeVar("RowT")

_BUSY_SECONDS = 5.0
_PAUSE_SECONDS = 0.05
_TRIES = 100
_LOG_AHEAD = "PRAGMA journal_mode = WAL"
_LONGEST_LOG = 8 * 1024 * 1024
"""A write-ahead log that had to grow longer, in bytes, is cut when all of it is in the file."""

_MOVED_PAGES = 65_536
"""A file that keeps more is not made smaller, because that would take seconds: 256 MB."""

_SPARE_PAGES = 2048
"""So much may be free in a file before it is worth making it smaller: 8 MB."""


class Transaction:
    """One transaction on its way: all of it becomes durable at its end, or nothing."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def run(self, sql: str, *values: Value) -> int:
        """Run one statement and give the number of rows that it changed."""
        return self._connection.execute(sql, bindable(values)).rowcount

    def read(self, shape: Callable[..., RowT], sql: str, *values: Value) -> list[RowT]:
        """Give what *shape* makes of each row, called with the row's columns."""
        return [shape(*row) for row in self._connection.execute(sql, bindable(values))]


class Store(Protocol):
    """A database of the ledger's schema."""

    @property
    def path(self) -> Path:
        """The file that it is, or would be."""
        ...

    def read(self, shape: Callable[..., RowT], sql: str, *values: Value) -> list[RowT]:
        """Give what *shape* makes of each row, called with the row's columns."""
        ...

    def at_once(self, ask: Callable[[Transaction], RowT]) -> RowT:
        """Give what *ask* reads, all of it as one moment of the file has it."""
        ...

    def writing(self) -> AbstractContextManager[Transaction]:
        """Begin a transaction; what raises inside undoes it. LedgerError when it cannot be."""
        ...

    def shrink(self) -> None:
        """Give back to the disk what pruning left free, where that is most of the file."""
        ...

    def close(self) -> None:
        """Let go of the file; closing twice is harmless."""
        ...


class WritableStore:
    """The ledger's file, open for writing; threads take turns.

    Every commit is synced to the disk (synchronous=FULL): an intent that was only in a cache would
    be worth nothing after a power cut, and a quiet cycle commits twice.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = RLock()
        require_sqlite(sqlite3.sqlite_version_info)
        with explained("open", path):
            require_file(path)
            _create(path)
            self._connection = connect(str(path))
            self._file = _identity(path)
        try:
            self._prepare()
        except BaseException:
            self.close()
            raise

    @property
    def path(self) -> Path:
        """The file."""
        return self._path

    def read(self, shape: Callable[..., RowT], sql: str, *values: Value) -> list[RowT]:
        """Give what *shape* makes of each row, called with the row's columns."""
        with self._lock, explained("read", self._path):
            return Transaction(self._connection).read(shape, sql, *values)

    def at_once(self, ask: Callable[[Transaction], RowT]) -> RowT:
        """Give what *ask* reads, all of it as one moment of the file has it."""
        with self._lock, explained("read", self._path):
            return at_once(self._connection, ask)

    @contextmanager
    def writing(self) -> Iterator[Transaction]:
        """Begin a transaction; what raises inside undoes it. LedgerError when it cannot be.

        Raises LeaseLostError when another file is in the place of this one, or none: whoever comes
        now finds no lease of ours there.
        """
        with self._lock, explained("write", self._path):
            try:
                # Within: an interrupt that came while it waited is raised after it has begun.
                self._connection.execute("BEGIN IMMEDIATE")
                self._require_in_place()
                yield Transaction(self._connection)
                self._connection.execute("COMMIT")
            finally:
                # It may never have begun, and a full disk may already have rolled it back.
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")

    def shrink(self, *, at_most: int = _MOVED_PAGES) -> None:
        """Give back to the disk what pruning left free, where that is most of the file.

        It takes as long as what is kept is large, not as what went. What has more pages than
        *at_most* is left for later: an old ledger is cut bit by bit.
        """
        with self._lock, explained("shrink", self._path):
            (free,) = self._connection.execute("PRAGMA freelist_count").fetchone()
            (pages,) = self._connection.execute("PRAGMA page_count").fetchone()
            kept = pages - free
            if free > max(_SPARE_PAGES, kept) and kept <= at_most:
                self._connection.execute("VACUUM")

    def close(self) -> None:
        """Let go of the file; closing twice is harmless."""
        with self._lock, explained("close", self._path):
            self._connection.close()

    def _require_in_place(self) -> None:
        # SQLite goes on writing to a file that was replaced, and nobody would ever read it.
        if _identity(self._path) != self._file:
            msg = (
                f"the ledger {self._path} was replaced while it was in use, and the lease with it; "
                "nothing more is written, the next cycle looks again"
            )
            raise LeaseLostError(msg)

    def _prepare(self) -> None:
        """Check before the first write: what is not ours is left as it is."""
        steps = migrations()
        with explained("open", self._path):
            require_ours(self._connection, self._path, latest=len(steps))
            log_ahead(self._connection)
            self._connection.execute("PRAGMA synchronous = FULL")
            self._connection.execute(f"PRAGMA journal_size_limit = {_LONGEST_LOG}")
            self._connection.execute("PRAGMA foreign_keys = ON")
        with explained("migrate", self._path):
            migrate(self._connection, steps)


def log_ahead(connection: sqlite3.Connection, *, tries: int = _TRIES) -> None:
    """Switch a new file to a write-ahead log; once switched it stays so.

    SQLite does not wait for this lock as it does for all others: it fails at once while another
    process looks at the same new file.
    """
    for _ in range(tries - 1):
        try:
            connection.execute(_LOG_AHEAD)
        except sqlite3.OperationalError as exc:
            if exc.sqlite_errorcode != sqlite3.SQLITE_BUSY:
                raise
            sleep(_PAUSE_SECONDS)
        else:
            return
    connection.execute(_LOG_AHEAD)


def connect(database: str, *, uri: bool = False) -> sqlite3.Connection:
    """Open *database* with no transaction but those that are begun by name."""
    return sqlite3.connect(
        database, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False, uri=uri
    )


def at_once(connection: sqlite3.Connection, ask: Callable[[Transaction], RowT]) -> RowT:
    """Give what *ask* reads in one transaction: that which is under way, or one of its own."""
    if connection.in_transaction:
        return ask(Transaction(connection))
    try:
        connection.execute("BEGIN")
        return ask(Transaction(connection))
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")


def _identity(path: Path) -> tuple[int, int] | None:
    """Tell which file is at *path*, None when there is none."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino


def bindable(values: Sequence[Value]) -> tuple[Value, ...]:
    """Give *values* as SQLite can hold them."""
    return tuple(as_unicode(value) if isinstance(value, str) else value for value in values)


def _create(path: Path) -> None:
    """Create what is missing of the file and its directories, for this user alone.

    An existing file is not even opened: closing it again would drop the locks that SQLite holds on
    it elsewhere in this process (https://www.sqlite.org/howtocorrupt.html, 2.2).
    """
    missing = [parent for parent in path.parents if not parent.exists()]
    for parent in reversed(missing):
        parent.mkdir(mode=0o700, exist_ok=True)
    if not path.exists():
        path.touch(mode=0o600)
