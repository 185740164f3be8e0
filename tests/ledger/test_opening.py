"""What opening does to a file, and what it refuses to touch."""

import sqlite3
import stat
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from threading import Timer

import pytest

from ledger_samples import LASTING, T0, a_holder, an_incident
from pipeline_health.ledger import SqlLedger
from pipeline_health.ledger.schema import APPLICATION_ID, require_sqlite
from pipeline_health.ledger.store import WritableStore, connect, log_ahead
from pipeline_health.ports import LedgerError

Opener = Callable[[Path], SqlLedger]


def open_to_write(path: Path) -> SqlLedger:
    """Open as a cycle does."""
    return SqlLedger.open(path, holder=a_holder())


EITHER_WAY = pytest.mark.parametrize(
    "opener", [open_to_write, SqlLedger.read_only], ids=["to write", "to read"]
)


def mode_of(path: Path) -> int:
    """Give the permission bits."""
    return stat.S_IMODE(path.stat().st_mode)


def test_a_new_ledger_is_for_its_owner_alone(tmp_path: Path) -> None:
    """Every directory that was missing is 0700, the file and its log are 0600."""
    path = tmp_path / "deep" / "deeper" / "ledger.db"
    with open_to_write(path) as ledger:
        ledger.remember("a", "b", "c", now=T0)
        modes = {one.name: mode_of(one) for one in path.parent.iterdir()}

    assert (0o700, 0o700) == (mode_of(path.parent), mode_of(path.parent.parent))
    assert {"ledger.db": 0o600, "ledger.db-shm": 0o600, "ledger.db-wal": 0o600} == modes


def test_a_ledger_is_one_file_again_once_it_is_closed(tmp_path: Path) -> None:
    """The write-ahead log is folded back, so that copying the file copies everything."""
    with open_to_write(tmp_path / "ledger.db"):
        pass

    assert ["ledger.db"] == [one.name for one in tmp_path.iterdir()]


def test_an_open_ledger_is_durable(tmp_path: Path) -> None:
    """It logs ahead, syncs every commit, and checks references."""
    with closing(WritableStore(tmp_path / "ledger.db")) as store:
        pragmas = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout", "application_id")
        found = [
            store.read(lambda value: str(value), f"PRAGMA {pragma}")[0]  # noqa: PLW0108 -- str is no Callable[..., str]
            for pragma in pragmas
        ]

    assert ["wal", "2", "1", "5000", str(APPLICATION_ID)] == found


def test_closing_twice_is_harmless_and_a_closed_ledger_says_so(tmp_path: Path) -> None:
    """After closing nothing is written, and the error names the file."""
    ledger = open_to_write(tmp_path / "ledger.db")
    ledger.close()
    ledger.close()

    with pytest.raises(LedgerError, match=r"cannot write the ledger .*ledger\.db.*closed"):
        ledger.settle("n1")


def test_two_openings_see_the_same_ledger(tmp_path: Path) -> None:
    """What one connection wrote, the other reads."""
    path = tmp_path / "ledger.db"
    with open_to_write(path) as one, open_to_write(path) as other:
        one.remember("repo", "acme/shop", "R_1", now=T0)

        assert "R_1" == other.recall("repo", "acme/shop")


@EITHER_WAY
def test_a_ledger_knows_its_file(tmp_path: Path, opener: Opener) -> None:
    """What a command prints about the ledger can name it."""
    with opener(tmp_path / "ledger.db") as ledger:
        assert tmp_path / "ledger.db" == ledger.path


@EITHER_WAY
def test_garbage_is_no_ledger(tmp_path: Path, opener: Opener) -> None:
    """The file is named, the way out is named, and the file stays as it was."""
    path = tmp_path / "ledger.db"
    path.write_bytes(b"not a database at all, but longer than a header of SQLite" * 100)
    before = path.read_bytes()

    with pytest.raises(LedgerError, match=r"ledger\.db: file is not a database; .*move the file"):
        opener(path)

    assert before == path.read_bytes()


@EITHER_WAY
def test_a_database_of_another_program_is_left_alone(tmp_path: Path, opener: Opener) -> None:
    """A file that is not ours is neither migrated nor switched to another journal."""
    path = tmp_path / "bookmarks.db"
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE bookmark (url TEXT)")
    before = path.read_bytes()

    with pytest.raises(LedgerError, match=r"bookmarks\.db is a database of another program"):
        opener(path)

    assert before == path.read_bytes()


@EITHER_WAY
def test_a_newer_ledger_is_left_alone(tmp_path: Path, opener: Opener) -> None:
    """A downgrade is told to use the newer version or to start afresh."""
    path = tmp_path / "ledger.db"
    with open_to_write(path):
        pass
    with closing(connect(str(path))) as newer:
        newer.execute("PRAGMA user_version = 99")

    with pytest.raises(LedgerError, match=r"newer pipeline-health \(schema 99, this one knows"):
        opener(path)


@EITHER_WAY
def test_a_directory_is_no_ledger(tmp_path: Path, opener: Opener) -> None:
    """A path that names a directory is refused with its name."""
    with pytest.raises(LedgerError, match=f"the ledger {tmp_path} is a directory; name a file"):
        opener(tmp_path)


@EITHER_WAY
def test_a_path_below_a_file_is_refused(tmp_path: Path, opener: Opener) -> None:
    """What the file system says is passed on in its words."""
    (tmp_path / "file").write_text("")

    with pytest.raises(LedgerError, match=r"cannot open the ledger .*Not a directory"):
        opener(tmp_path / "file" / "ledger.db")


@EITHER_WAY
def test_a_damaged_ledger_says_so(tmp_path: Path, opener: Opener) -> None:
    """A page that was overwritten is found when it is read."""
    path = tmp_path / "ledger.db"
    with open_to_write(path) as ledger, ledger.lease(now=T0, lasting=LASTING) as lease:
        ledger.save([an_incident(str(number)) for number in range(50)], lease=lease)
    whole = path.read_bytes()
    path.write_bytes(whole[:8192] + b"\x55" * (len(whole) - 8192))

    with (
        pytest.raises(LedgerError, match=r"malformed; it is damaged; move the file away"),
        opener(path) as damaged,
    ):
        damaged.incidents()


def locked(path: Path) -> sqlite3.Connection:
    """Give a connection that writes to a new file just now."""
    other = connect(str(path))
    other.execute("BEGIN IMMEDIATE")
    other.execute("CREATE TABLE one (a TEXT)")
    return other


def test_a_new_file_that_another_process_creates_just_now_is_waited_for(tmp_path: Path) -> None:
    """The switch to the write-ahead log comes as soon as the other one is done."""
    path = tmp_path / "ledger.db"
    with closing(locked(path)) as other, closing(connect(str(path))) as connection:
        connection.execute("PRAGMA busy_timeout = 0")
        later = Timer(0.2, other.rollback)
        later.start()
        log_ahead(connection)
        later.join()

        assert ("wal",) == connection.execute("PRAGMA journal_mode").fetchone()


def test_a_new_file_is_not_waited_for_without_end(tmp_path: Path) -> None:
    """After the last try SQLite's own error comes through."""
    path = tmp_path / "ledger.db"
    with closing(locked(path)), closing(connect(str(path))) as connection:
        connection.execute("PRAGMA busy_timeout = 0")
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            log_ahead(connection, tries=2)


def test_another_error_than_a_lock_is_not_waited_for(tmp_path: Path) -> None:
    """What time does not mend is said at once."""
    path = tmp_path / "ledger.db"
    with closing(sqlite3.connect(path)) as plain:
        plain.execute("CREATE TABLE one (a TEXT)")
    with (
        closing(connect(f"{path.as_uri()}?mode=ro", uri=True)) as connection,
        pytest.raises(sqlite3.OperationalError, match="readonly"),
    ):
        log_ahead(connection)


def test_an_empty_file_becomes_a_ledger(tmp_path: Path) -> None:
    """A file that somebody touched, or that a crash left empty, is as good as none."""
    path = tmp_path / "ledger.db"
    path.touch()
    with SqlLedger.read_only(path) as looked:
        empty = looked.incidents()
    with open_to_write(path) as ledger:
        ledger.remember("a", "b", "c", now=T0)

        assert ((), "c") == (empty, ledger.recall("a", "b"))


def test_an_old_sqlite_is_named() -> None:
    """Without STRICT tables there is no ledger; the version that is needed is told."""
    require_sqlite((3, 37, 0))
    with pytest.raises(LedgerError, match=r"SQLite 3\.34\.1 is too old .* 3\.37"):
        require_sqlite((3, 34, 1))
