"""The ledger as it is at one moment, for those who read many things and must see one state."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar, cast

from pipeline_health.ledger.holder import NOBODY
from pipeline_health.ledger.reading import ReadingStore
from pipeline_health.ledger.sql import SqlLedger
from pipeline_health.ports import Ledger, LedgerError

T = TypeVar("T")

_TRIES = 5


class Records:
    """The ledger at *path*, for reading; nothing is kept open between two reads.

    A read waits for nobody and holds nobody up: of a file that a cycle writes to, SQLite shows the
    state in which the read began; of one that nobody writes to, a change begins the read anew.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def at_one_moment(self, look: Callable[[Ledger], T]) -> T:
        """Give what *look* makes of the ledger, all of it as of one moment; raises LedgerError."""
        for _ in range(_TRIES):
            store = ReadingStore(self._path)
            try:
                with store.held_still() as still:
                    seen = _seen(look, SqlLedger(store, holder=NOBODY), still)
                    if still():
                        return cast("T", seen)
            finally:
                store.close()
        msg = f"{self._path} changes faster than it can be read"
        raise LedgerError(msg, retryable=True)

    def stamp(self) -> object:
        """Give what is another one whenever anything was written since."""
        log = self._path.with_name(f"{self._path.name}-wal")
        return tuple(_stamp_of(file) for file in (self._path, log))


def _seen(look: Callable[[Ledger], T], ledger: Ledger, still: Callable[[], bool]) -> T | None:
    """Look; what could not be read because it changed meanwhile is no damage."""
    try:
        return look(ledger)
    except LedgerError:
        if still():
            raise
        return None


def _stamp_of(file: Path) -> tuple[int, int, int] | None:
    try:
        found = file.stat()
    except FileNotFoundError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size
