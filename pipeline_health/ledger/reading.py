"""The same file for those who only look: nothing is created beside it, and no one waits for us.

SQLite cannot open a WAL database for reading without creating two files beside it, unless it is
told that the file will not change (immutable=1, https://www.sqlite.org/wal.html#readonly). So where
no run is writing we say that, watch the file ourselves, and open it again once it did change.
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from threading import RLock
from typing import TypeVar

from pipeline_health.frozen import dataclass
from pipeline_health.ledger.faults import explained, require_file
from pipeline_health.ledger.schema import (
    migrate,
    migrations,
    require_ours,
    require_sqlite,
    version,
)
from pipeline_health.ledger.store import Transaction, Value, at_once, connect
from pipeline_health.ports import LedgerError

RowT = TypeVar("RowT")

_TRIES = 5


@dataclass(frozen=True, slots=True)
class _Look:
    """What the file looked like; *live* means that a write-ahead log lies beside it."""

    stamp: tuple[int, int, int]
    live: bool


class ReadingStore:
    """The ledger's file, open for reading; a missing file reads as an empty ledger."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = RLock()
        self._look: _Look | None = None
        self._connection: sqlite3.Connection | None = None
        require_sqlite(sqlite3.sqlite_version_info)
        with explained("open", path):
            require_file(path)
            self._fresh()

    @property
    def path(self) -> Path:
        """The file."""
        return self._path

    def read(self, shape: Callable[..., RowT], sql: str, *values: Value) -> list[RowT]:
        """Give what *shape* makes of each row, as one moment of the file has them."""
        return self.at_once(lambda moment: moment.read(shape, sql, *values))

    def at_once(self, ask: Callable[[Transaction], RowT]) -> RowT:
        """Give what *ask* reads, all of it as one moment of the file has it."""
        with self._lock, explained("read", self._path):
            for _ in range(_TRIES):
                try:
                    found = at_once(self._fresh(), ask)
                except (sqlite3.Error, LedgerError):
                    if not self._is_stale():
                        raise
                    continue  # half of it is of another state: that is no damage
                if not self._is_stale():
                    return found
        msg = f"{self._path} changes faster than it can be read; run again"
        raise LedgerError(msg, retryable=True)

    @contextmanager
    def held_still(self) -> Iterator[Callable[[], bool]]:
        """Let every read show one state of the file; gives whether that could be, at the end."""
        with self._lock:
            with explained("read", self._path):
                connection = self._fresh()
                connection.execute("BEGIN")
            # A new connection is made only where the file has changed.
            yield lambda: connection is self._connection and not self._is_stale()
            if connection is self._connection:
                connection.execute("ROLLBACK")

    def writing(self) -> AbstractContextManager[Transaction]:
        """Raise LedgerError: this store does not write."""
        msg = f"the ledger {self._path} was opened for reading; nothing was written"
        raise LedgerError(msg)

    def shrink(self) -> None:
        """Leave the file as it is: this store does not write."""

    def close(self) -> None:
        """Let go of the file until the next read."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    def _fresh(self) -> sqlite3.Connection:
        """Give a connection to the file as it is now."""
        if self._connection is not None and not self._is_stale():
            return self._connection
        self.close()
        self._look = _look_at(self._path)
        self._connection = _open(self._path, self._look)
        return self._connection

    def _is_stale(self) -> bool:
        """Tell whether the file changed; of a live one SQLite itself keeps track."""
        return not (self._look and self._look.live) and self._look != _look_at(self._path)


def _look_at(path: Path) -> _Look | None:
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    live = path.with_name(f"{path.name}-wal").exists()
    return _Look((found.st_ino, found.st_mtime_ns, found.st_size), live)


def _open(path: Path, look: _Look | None) -> sqlite3.Connection:
    """Open what was looked at; an older version is migrated in a copy in memory."""
    if look is None:
        return _migrated(connect(":memory:"))
    mode = "mode=ro" if look.live else "mode=ro&immutable=1"
    connection = connect(f"{path.absolute().as_uri()}?{mode}", uri=True)
    try:
        require_ours(connection, path, latest=len(migrations()))
        if version(connection) == len(migrations()):
            return connection
        copy = connect(":memory:")
        connection.backup(copy)
    except BaseException:
        connection.close()
        raise
    connection.close()
    return _migrated(copy)


def _migrated(connection: sqlite3.Connection) -> sqlite3.Connection:
    migrate(connection, migrations())
    return connection
