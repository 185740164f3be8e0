"""What SQLite's errors mean to the operator, and what there is to do about each."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline_health.ports import LedgerError

MOVE_AWAY = "move the file away and run again: open issues are found again by their markers"

# Primary result codes, https://www.sqlite.org/rescode.html
_ADVICE = {
    sqlite3.SQLITE_BUSY: "another process has been writing for too long; run again",
    sqlite3.SQLITE_CANTOPEN: "make it a file in a directory that this user can read and write",
    sqlite3.SQLITE_CORRUPT: f"it is damaged; {MOVE_AWAY}",
    sqlite3.SQLITE_FULL: "nothing of this step was written; free some space on its disk",
    sqlite3.SQLITE_IOERR: "nothing of this step was written; look at its disk and its space",
    sqlite3.SQLITE_NOTADB: f"it is not a ledger; {MOVE_AWAY}",
    sqlite3.SQLITE_READONLY: "make the file and its directory writable for this user",
}


@contextmanager
def explained(doing: str, path: Path) -> Iterator[None]:
    """Turn an error of SQLite or of the file system into a LedgerError that says what to do."""
    try:
        yield
    except sqlite3.Error as exc:
        raise _ledger_error(exc, f"cannot {doing} the ledger {path}: {exc}") from exc
    except OSError as exc:
        msg = f"cannot {doing} the ledger {path}: {os.strerror(exc.errno or 0)} ({exc.filename})"
        raise LedgerError(msg) from exc


def require_file(path: Path) -> None:
    """Raise LedgerError when *path* is a directory; SQLite calls that a disk error."""
    if path.is_dir():
        msg = f"the ledger {path} is a directory; name a file in it"
        raise LedgerError(msg)


def _ledger_error(exc: sqlite3.Error, said: str) -> LedgerError:
    # An error that Python's own module raises (a closed connection) has no code.
    code: int = getattr(exc, "sqlite_errorcode", 0) & 0xFF
    advice = _ADVICE.get(code, MOVE_AWAY)
    return LedgerError(f"{said}; {advice}", retryable=code == sqlite3.SQLITE_BUSY)
