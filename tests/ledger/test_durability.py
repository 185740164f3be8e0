"""Full disks, busy files, restored copies, quiet cycles, many threads."""

import os
import shutil
import signal
import sqlite3
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from ledger_samples import (
    DAY,
    LASTING,
    MINUTE,
    SHOP,
    T0,
    a_holder,
    a_report,
    an_incident,
    an_intent,
)
from pipeline_health.core.model.journal import TrailLine
from pipeline_health.ledger import SqlLedger
from pipeline_health.ledger.store import WritableStore, connect
from pipeline_health.ports import LeaseLostError, LedgerError


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Name a ledger that does not exist yet."""
    return tmp_path / "ledger.db"


@pytest.fixture
def ledger(path: Path) -> Iterator[SqlLedger]:
    """Give an empty ledger on disk."""
    with SqlLedger.open(path, holder=a_holder()) as opened:
        yield opened


def log_size(path: Path) -> int:
    """Tell how much was written since the file was opened."""
    return path.with_name(f"{path.name}-wal").stat().st_size


def test_a_full_disk_leaves_nothing_half_written(path: Path) -> None:
    """Of incidents that do not all fit none is kept, the error says why, and later all are."""
    many = [replace(an_incident(str(n)), title="x" * 4000) for n in range(60)]
    store = WritableStore(path)
    with closing(store), SqlLedger(store, holder=a_holder()) as ledger:
        with store.writing() as transaction:
            transaction.run("PRAGMA max_page_count = 40")
        with ledger.lease(now=T0, lasting=LASTING) as lease:
            ledger.save(many[:1], lease=lease)
            with pytest.raises(LedgerError, match="nothing of this step was written; free") as full:
                ledger.save(many, lease=lease)
            kept = ledger.incidents()
            with store.writing() as transaction:
                transaction.run("PRAGMA max_page_count = 4000")
            ledger.save(many, lease=lease)

        assert isinstance(full.value.__cause__, sqlite3.OperationalError)
        assert (1, 60) == (len(kept), len(ledger.incidents()))


def test_a_lease_that_cannot_be_given_back_hides_no_error(path: Path) -> None:
    """What went wrong in the cycle is told, not that the lease now has to run out."""
    ledger = SqlLedger.open(path, holder=a_holder())

    def fail_after_closing() -> None:
        with ledger.lease(now=T0, lasting=LASTING):
            ledger.close()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_after_closing()


def test_a_file_that_another_writer_keeps_locked_is_busy(path: Path) -> None:
    """A lock that lasts longer than our patience is an error that may pass by itself."""
    store = WritableStore(path)
    with (
        closing(store),
        SqlLedger(store, holder=a_holder()) as ledger,
        closing(connect(str(path))) as other,
    ):
        store.read(int, "PRAGMA busy_timeout = 0")
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(LedgerError, match="another process has been writing") as busy:
            ledger.settle("n1")

    assert busy.value.retryable


def test_a_ledger_restored_from_a_copy_works_again(path: Path) -> None:
    """The copy of an hour ago, made while a cycle ran, is an older truth and no obstacle."""
    backup = path.with_name("backup.db")
    with (
        SqlLedger.open(path, holder=replace(a_holder("then"), boot="before")) as ledger,
        ledger.lease(now=T0, lasting=60 * DAY) as lease,
    ):
        ledger.intend(an_intent(), lease=lease)
        with closing(connect(str(path))) as source, closing(connect(str(backup))) as copy:
            source.backup(copy)
        ledger.save([an_incident()], lease=lease)
    shutil.copy(backup, path)

    with (
        SqlLedger.open(path, holder=a_holder()) as restored,
        restored.lease(now=T0 + 60 * MINUTE, lasting=LASTING) as lease,
    ):
        before = restored.incidents()
        restored.save([an_incident()], lease=lease)

        assert ((), (an_intent(),)) == (before, restored.intents())
        assert (an_incident(),) == restored.incidents()


@pytest.mark.parametrize("anew", [False, True], ids=["gone", "replaced"])
def test_nothing_is_written_to_a_file_that_is_not_in_its_place_any_more(
    path: Path,
    anew: bool,  # noqa: FBT001
) -> None:
    """Nobody would ever read it, and whoever comes now finds no lease of ours."""
    with (
        SqlLedger.open(path, holder=a_holder()) as ledger,
        ledger.lease(now=T0, lasting=LASTING) as lease,
    ):
        path.rename(path.with_name("away.db"))
        if anew:
            path.write_bytes(path.with_name("away.db").read_bytes())

        with pytest.raises(LeaseLostError, match="was replaced while it was in use"):
            lease.renew(now=T0)
        with pytest.raises(LeaseLostError, match="was replaced while it was in use"):
            ledger.intend(an_intent(), lease=lease)


def test_a_crash_between_intent_and_answer_leaves_the_intent(path: Path) -> None:
    """A file that is copied right after `intend` returned holds the intent."""
    crashed = path.with_name("crashed.db")
    with (
        SqlLedger.open(path, holder=a_holder()) as ledger,
        ledger.lease(now=T0, lasting=LASTING) as lease,
    ):
        ledger.intend(an_intent(), lease=lease)
        shutil.copy(path, crashed)
        shutil.copy(f"{path}-wal", f"{crashed}-wal")

    with SqlLedger.open(crashed, holder=a_holder("next")) as survivor:
        assert (an_intent(),) == survivor.intents()


def test_a_quiet_cycle_writes_only_its_lease_and_report(path: Path, ledger: SqlLedger) -> None:
    """Incidents and facts that did not change, and lines that repeat, add not one byte."""
    line = TrailLine(at=T0, says="waits")

    def repeat(fact: str = "R_1") -> None:
        ledger.remember("repo", "acme/shop", fact, now=T0)
        ledger.save([an_incident()], lease=lease)
        ledger.note(SHOP, line)

    with ledger.lease(now=T0, lasting=LASTING) as lease:
        repeat()
        before = log_size(path)
        repeat()
        quiet = log_size(path)
        repeat("R_2")

        assert before == quiet < log_size(path)


def test_threads_share_a_ledger(ledger: SqlLedger) -> None:
    """Sources may remember and recall at the same time."""

    def look_up(number: int) -> str | None:
        ledger.remember("repo", str(number), f"R_{number}", now=T0)
        return ledger.recall("repo", str(number))

    with ThreadPoolExecutor(max_workers=8) as pool:
        found = list(pool.map(look_up, range(100)))

    assert [f"R_{number}" for number in range(100)] == found


def test_an_incident_of_another_version_is_named(path: Path, ledger: SqlLedger) -> None:
    """A row that cannot be decoded is an error with its fingerprint, not an empty list."""
    with ledger.lease(now=T0, lasting=LASTING) as lease:
        ledger.save([an_incident()], lease=lease)
    with closing(connect(str(path))) as connection:
        connection.execute("UPDATE incident SET document = '{}'")

    with pytest.raises(LedgerError, match="incident shop-ci in the ledger cannot be read"):
        ledger.incidents()


def test_a_log_that_had_to_grow_is_cut(path: Path, ledger: SqlLedger) -> None:
    """One large step does not leave a large file beside the ledger for as long as it is open."""
    ledger.remember("log", "large", "x" * 12_000_000, now=T0)
    large = log_size(path)
    for at in range(2):
        ledger.remember("log", "small", f"{at}", now=T0)

    assert log_size(path) <= 8 * 1024 * 1024 < 12_000_000 < large


def test_text_that_is_no_unicode_is_kept_as_far_as_it_goes(ledger: SqlLedger) -> None:
    """Half a surrogate pair becomes a question mark, in keys as in facts."""
    ledger.remember("log", "\ud800", "a\udfff", now=T0)

    assert "a?" == ledger.recall("log", "\ud800")


def test_pruning_may_be_asked_for_with_another_limit(ledger: SqlLedger) -> None:
    """What is younger than the limit stays."""
    ledger.record(a_report("old"))
    ledger.record(a_report("new", at=T0 + 2 * DAY))
    ledger.prune(now=T0 + 3 * DAY, keep=2 * DAY)

    assert ["new"] == [report.cycle for report in ledger.reports(limit=5)]


def test_an_interrupt_while_it_waits_for_another_leaves_nothing_begun(path: Path) -> None:
    """Control-C is taken when the wait is over: the report can still be kept after it."""
    interrupt = partial(os.kill, os.getpid(), signal.SIGINT)
    with closing(WritableStore(path)) as store, closing(connect(str(path))) as other:
        other.execute("BEGIN IMMEDIATE")
        with ThreadPoolExecutor(max_workers=1) as pool:
            pool.submit(_in_turn, interrupt, partial(other.execute, "ROLLBACK"))
            with pytest.raises(KeyboardInterrupt), store.writing():
                pass

        with store.writing() as transaction:
            assert [1] == transaction.read(int, "SELECT 1")


def _in_turn(*acts: Callable[[], object]) -> None:
    for act in acts:
        time.sleep(0.1)
        act()
