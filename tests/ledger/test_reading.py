"""Looking at a ledger that others write."""

import shutil
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from ledger_samples import LASTING, SHOP, T0, a_holder, a_report, an_incident, an_intent
from pipeline_health.core.model.journal import TrailLine
from pipeline_health.ledger import DryRunLedger, SqlLedger
from pipeline_health.ledger.reading import ReadingStore
from pipeline_health.ledger.store import Transaction, connect
from pipeline_health.ports import Ledger, LedgerError

LINE = TrailLine(at=T0, says="opened")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Name a ledger that does not exist yet."""
    return tmp_path / "ledger.db"


def filled(path: Path) -> SqlLedger:
    """Open a ledger to write, with one of everything in it."""
    ledger = SqlLedger.open(path, holder=a_holder())
    with ledger.lease(now=T0, lasting=LASTING) as lease:
        ledger.save([an_incident()], lease=lease)
        ledger.intend(an_intent(), lease=lease)
    ledger.note(SHOP, LINE)
    ledger.remember("repo", "acme/shop", "R_1", now=T0)
    ledger.record(a_report())
    return ledger


def everything(ledger: Ledger) -> tuple[object, ...]:
    """Read all that a ledger can tell."""
    return (
        ledger.incidents(),
        ledger.intents(),
        ledger.trail(SHOP),
        ledger.recall("repo", "acme/shop"),
        ledger.reports(limit=9),
    )


FULL = ((an_incident(),), (an_intent(),), (LINE,), "R_1", (a_report(),))
EMPTY = ((), (), (), None, ())


def files(path: Path) -> dict[str, bytes]:
    """Give what lies in the directory of *path*, byte by byte."""
    return {one.name: one.read_bytes() for one in path.parent.iterdir()}


def test_a_missing_file_reads_as_an_empty_ledger_and_stays_missing(path: Path) -> None:
    """Looking creates nothing."""
    with SqlLedger.read_only(path) as ledger:
        assert EMPTY == everything(ledger)
    assert {} == files(path)


def test_looking_leaves_no_trace(path: Path) -> None:
    """Neither the file nor its directory changes, not even while it is open."""
    filled(path).close()
    before = files(path)

    with SqlLedger.read_only(path) as ledger:
        assert FULL == everything(ledger)
        assert before == files(path)
    assert before == files(path)


def test_a_name_with_odd_characters_can_be_looked_at(tmp_path: Path) -> None:
    """A question mark in a path is no question of SQLite's."""
    path = tmp_path / "what? 100%#1.db"
    filled(path).close()

    with SqlLedger.read_only(path) as ledger:
        assert FULL == everything(ledger)


def test_what_a_running_cycle_has_committed_is_seen(path: Path) -> None:
    """A look beside an open ledger reads its log, and what comes later too."""
    with filled(path) as writer, SqlLedger.read_only(path) as ledger:
        before = everything(ledger)
        writer.remember("repo", "acme/shop", "R_2", now=T0)

        assert (FULL, "R_2") == (before, ledger.recall("repo", "acme/shop"))


def test_a_look_that_lasts_sees_what_a_later_cycle_wrote(path: Path) -> None:
    """The file that did not exist, exists; the file that was still, was written."""
    with SqlLedger.read_only(path) as ledger:
        before = everything(ledger)
        filled(path).close()
        first = everything(ledger)
        with SqlLedger.open(path, holder=a_holder()) as writer:
            writer.settle("n1")
            during = ledger.intents()

        assert (EMPTY, FULL, (), ()) == (before, first, during, ledger.intents())


@pytest.mark.parametrize(
    "write",
    [
        lambda ledger: ledger.note(SHOP, LINE),
        lambda ledger: ledger.remember("a", "b", "c", now=T0),
        lambda ledger: ledger.forget("repo", "acme/shop"),
        lambda ledger: ledger.settle("n1"),
        lambda ledger: ledger.record(a_report()),
        lambda ledger: ledger.lease(now=T0, lasting=LASTING).__enter__(),
    ],
    ids=["note", "remember", "forget", "settle", "record", "lease"],
)
def test_a_ledger_that_was_opened_to_look_refuses_to_write(
    path: Path, write: Callable[[Ledger], None]
) -> None:
    """The error names the file and says that nothing happened."""
    filled(path).close()
    with (
        SqlLedger.read_only(path) as ledger,
        pytest.raises(LedgerError, match=r"ledger\.db was opened for reading; nothing was"),
    ):
        write(ledger)


def test_what_is_read_in_parts_is_of_one_moment(path: Path) -> None:
    """Another process writes meanwhile, and whoever asked first goes on seeing what was then."""
    with filled(path) as writer, closing(ReadingStore(path)) as store:
        ledger = SqlLedger(store, holder=a_holder())

        def ask(moment: Transaction) -> tuple[object, ...]:
            before = moment.read(str, "SELECT fact FROM memory")
            writer.remember("repo", "acme/shop", "R_2", now=T0)
            writer.record(a_report("c2"))
            return (*before, ledger.recall("repo", "acme/shop"), ledger.reports(limit=9))

        assert ("R_1", "R_1", (a_report(),)) == store.at_once(ask)
        assert "R_2" == ledger.recall("repo", "acme/shop")


def test_a_file_that_changes_under_every_look_is_not_believed(path: Path) -> None:
    """Rows that may mix two states of the file are thrown away, and in the end we say so."""
    filled(path).close()
    with closing(ReadingStore(path)) as store:
        copies = 0

        def replace_the_file(fact: str) -> str:
            nonlocal copies
            copies += 1
            shutil.copy(path, path.with_name(f"copy-{copies}"))
            path.with_name(f"copy-{copies}").replace(path)
            return fact

        with pytest.raises(LedgerError, match="changes faster") as refused:
            store.read(replace_the_file, "SELECT fact FROM memory")

    assert refused.value.retryable


def test_a_file_that_shrinks_under_a_look_is_no_damage(path: Path) -> None:
    """Nobody is told to move a ledger away because a cycle gave back what was free in it."""
    with filled(path) as writer, writer.lease(now=T0, lasting=LASTING):
        for at in range(200):
            writer.remember("log", f"{at:03}", "x" * 9000, now=T0)

    def meanwhile(key: str, _: str) -> str:
        if key == "001" and path.stat().st_size > 1_000_000:
            with closing(connect(str(path))) as other:
                other.execute("DELETE FROM memory WHERE topic = 'log'")
                other.execute("VACUUM")
        return key

    with closing(ReadingStore(path)) as store:
        assert ["acme/shop"] == store.read(meanwhile, "SELECT key, fact FROM memory")


# -- dry runs --------------------------------------------------------------------------------


def test_a_dry_run_sees_the_ledger_and_never_changes_it(path: Path) -> None:
    """Every kind of write shows in the dry run, and the file keeps its bytes."""
    filled(path).close()
    before = files(path)
    second = an_incident("second", first_seen=T0)
    with SqlLedger.read_only(path) as base:
        ledger = DryRunLedger(base)
        seen = everything(ledger)
        with ledger.lease(now=T0, lasting=LASTING) as lease:
            ledger.save([second], lease=lease)
            ledger.intend(an_intent("n2"), lease=lease)
        ledger.note(SHOP, LINE)
        ledger.note(SHOP, TrailLine(at=T0, says="would close"))
        ledger.remember("repo", "acme/shop", "R_2", now=T0)
        ledger.record(a_report("c2"))

        assert FULL == seen
        assert (
            (second, an_incident()),
            (an_intent("n1"), an_intent("n2")),
            (LINE, TrailLine(at=T0, says="would close")),
            "R_2",
            (a_report("c2"), a_report("c1")),
        ) == everything(ledger)
        assert FULL == everything(base)
    assert before == files(path)


def test_a_dry_run_hides_what_it_settled_forgot_or_replaced(path: Path) -> None:
    """What is gone or newer on top is not read from below."""
    filled(path).close()
    with SqlLedger.read_only(path) as base:
        ledger = DryRunLedger(base)
        ledger.settle("n1")
        ledger.forget("repo", "acme/shop")
        ledger.record(a_report(sentence="Corrected."))

        assert ((), None, (a_report(sentence="Corrected."),)) == (
            ledger.intents(),
            ledger.recall("repo", "acme/shop"),
            ledger.reports(limit=9),
        )


def test_a_dry_run_may_find_out_anew_what_is_remembered(path: Path) -> None:
    """What a decision must not rest on is neither believed nor kept."""
    filled(path).close()
    with SqlLedger.read_only(path) as base:
        ledger = DryRunLedger(base, anew=("repo",))
        before = ledger.recall("repo", "acme/shop")
        ledger.remember("repo", "acme/shop", "R_2", now=T0)

        assert base.recall("repo", "acme/shop") is not None
        assert (None, None) == (before, ledger.recall("repo", "acme/shop"))


def test_a_dry_run_is_possible_while_a_cycle_holds_the_lease(path: Path) -> None:
    """Its lease is its own: nobody waits for anybody."""
    with (
        filled(path) as writer,
        writer.lease(now=T0, lasting=LASTING) as lease,
        SqlLedger.read_only(path) as base,
        DryRunLedger(base).lease(now=T0, lasting=LASTING) as own,
    ):
        own.renew(now=T0)
        lease.renew(now=T0)
