"""Small facts in the time of a lease: read at once, written with what comes next, never lost."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from ledger_samples import DAY, LASTING, SHOP, T0, a_holder, a_report, an_incident, an_intent
from pipeline_health.core.model.journal import TrailLine
from pipeline_health.ledger import SqlLedger, queries
from pipeline_health.ledger.store import RowT, Value, WritableStore
from pipeline_health.ports import Lease, LedgerError

OTHER = [f"acme/p{at}" for at in range(20)]


class ListeningStore(WritableStore):
    """The ledger's file, which notes what it is asked outside of a transaction."""

    def __init__(self, path: Path) -> None:
        self.asked: list[str] = []
        super().__init__(path)

    def read(self, shape: Callable[..., RowT], sql: str, *values: Value) -> list[RowT]:
        """Read as ever."""
        self.asked.append(sql)
        return super().read(shape, sql, *values)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[ListeningStore]:
    """Give an empty ledger's file."""
    with closing(ListeningStore(tmp_path / "ledger.db")) as opened:
        yield opened


@pytest.fixture
def ledger(store: ListeningStore) -> SqlLedger:
    """Give an empty ledger on disk."""
    return SqlLedger(store, holder=a_holder())


def on_disk(ledger: SqlLedger, key: str = "acme/shop") -> str | None:
    """Give a fact as another process would read it now."""
    with SqlLedger.read_only(ledger.path) as other:
        return other.recall("repo", key)


@pytest.mark.parametrize(
    "write",
    [
        lambda ledger, lease: ledger.save([an_incident()], lease=lease),
        lambda ledger, lease: ledger.intend(an_intent(), lease=lease),
        lambda ledger, _: ledger.note(SHOP, TrailLine(at=T0, says="opened")),
        lambda ledger, _: ledger.settle("n1"),
        lambda ledger, _: ledger.record(a_report()),
        lambda ledger, _: ledger.prune(now=T0),
    ],
    ids=["save", "intend", "note", "settle", "record", "prune"],
)
def test_a_fact_is_on_the_disk_with_whatever_is_written_next(
    ledger: SqlLedger, write: Callable[[SqlLedger, Lease], None]
) -> None:
    """What was done after it was known is never known without it."""
    with ledger.lease(now=T0, lasting=LASTING) as lease:
        ledger.remember("repo", "acme/shop", "R_1", now=T0)
        waits = on_disk(ledger)
        write(ledger, lease)

        assert (None, "R_1") == (waits, on_disk(ledger))


def test_a_fact_is_on_the_disk_when_the_lease_is_given_back(ledger: SqlLedger) -> None:
    """Also when nothing else was written."""
    with ledger.lease(now=T0, lasting=LASTING):
        ledger.remember("repo", "acme/shop", "R_1", now=T0)
        ledger.remember("repo", "acme/film", "R_2", now=T0)
        ledger.forget("repo", "acme/film")

    assert ("R_1", None) == (on_disk(ledger), on_disk(ledger, "acme/film"))


def test_a_fact_beside_a_cycle_is_on_the_disk_at_once(ledger: SqlLedger) -> None:
    """Nobody knows what would come next."""
    ledger.remember("repo", "acme/shop", "R_1", now=T0)
    kept = on_disk(ledger)
    ledger.forget("repo", "acme/shop")

    assert ("R_1", None) == (kept, on_disk(ledger))


def test_a_thousand_new_facts_wait_for_nothing(ledger: SqlLedger) -> None:
    """A first look at many projects that is killed has not learned in vain."""
    with ledger.lease(now=T0, lasting=LASTING):
        for at in range(1000):
            ledger.remember("repo", f"acme/p{at}", "R", now=T0)

        assert "R" == on_disk(ledger, "acme/p999")


def test_a_topic_that_is_asked_for_often_is_read_at_once(
    ledger: SqlLedger, store: ListeningStore
) -> None:
    """A thousand projects are no thousand questions, whether their fact is known or not."""
    for key in OTHER[:10]:
        ledger.remember("repo", key, "R_1", now=T0)
    with ledger.lease(now=T0, lasting=LASTING):
        store.asked.clear()
        found = [ledger.recall("repo", key) for key in OTHER]
        for key in OTHER[:10]:
            ledger.remember("repo", key, "R_1", now=T0 + DAY)

        assert [*["R_1"] * 10, *[None] * 10] == found
        assert [*[queries.RECALL] * 3, queries.TOPIC] == store.asked


def test_what_changes_in_a_topic_that_was_read_is_known(ledger: SqlLedger) -> None:
    """New, changed and forgotten facts are as they are, before they are written and after."""
    for key in OTHER[:3]:
        ledger.remember("repo", key, "R_1", now=T0)
    with ledger.lease(now=T0, lasting=LASTING):
        ledger.forget("repo", OTHER[0])
        for _ in range(9):
            ledger.recall("repo", OTHER[0])
        ledger.forget("repo", OTHER[1])
        ledger.remember("repo", OTHER[2], "R_2", now=T0)
        ledger.remember("repo", OTHER[3], "R_3", now=T0)
        before = [ledger.recall("repo", key) for key in OTHER[:4]]
        ledger.settle("n1")

        assert [None, None, "R_2", "R_3"] == before
        assert before == [ledger.recall("repo", key) for key in OTHER[:4]]
        assert before == [on_disk(ledger, key) for key in OTHER[:4]]


def test_a_topic_that_is_too_large_is_asked_for_fact_by_fact(
    ledger: SqlLedger, store: ListeningStore
) -> None:
    """The logs of a year of failures are not held in memory."""
    for key in OTHER[:9]:
        ledger.remember("log", key, key * 200_000, now=T0)
    with ledger.lease(now=T0, lasting=LASTING):
        store.asked.clear()
        found = [ledger.recall("log", key) for key in OTHER[:9]]

        assert [key * 200_000 for key in OTHER[:9]] == found
        assert [1, 9] == [store.asked.count(sql) for sql in (queries.TOPIC, queries.RECALL)]


def test_a_fact_that_could_not_be_written_is_written_later(
    ledger: SqlLedger, store: ListeningStore
) -> None:
    """A full disk is an error of the step that met it; what is known stays known."""
    with ledger.lease(now=T0, lasting=LASTING):
        store.read(int, "PRAGMA max_page_count = 50")
        ledger.remember("repo", "acme/shop", "R" * 400_000, now=T0)
        with pytest.raises(LedgerError, match="free some space"):
            ledger.settle("n1")
        known = ledger.recall("repo", "acme/shop")
        store.read(int, "PRAGMA max_page_count = 4000")
        ledger.settle("n1")

        assert "R" * 400_000 == known == on_disk(ledger)


def test_a_cycle_sees_what_another_process_remembered_before_it(ledger: SqlLedger) -> None:
    """Nothing is held beyond the lease in whose time it could not change."""
    with ledger.lease(now=T0, lasting=LASTING):
        for _ in range(9):
            ledger.recall("repo", "acme/shop")
    with SqlLedger.open(ledger.path, holder=a_holder("other")) as other:
        other.remember("repo", "acme/shop", "R_1", now=T0)
    between = ledger.recall("repo", "acme/shop")

    with ledger.lease(now=T0, lasting=LASTING):
        assert ("R_1", "R_1") == (between, ledger.recall("repo", "acme/shop"))


@pytest.mark.parametrize(
    "write",
    [
        lambda ledger: ledger.settle("n1"),
        lambda ledger: ledger.record(a_report()),
        lambda _: None,
    ],
    ids=["settle", "record", "nothing"],
)
def test_what_was_learned_under_a_lease_that_is_lost_is_not_written(
    ledger: SqlLedger, write: Callable[[SqlLedger], None]
) -> None:
    """A host that slept for an hour does not put its old facts over what is known since."""
    with ledger.lease(now=T0, lasting=LASTING):
        ledger.remember("repo", "acme/shop", "R_1", now=T0)
        later = T0 + 2 * LASTING
        with (
            SqlLedger.open(ledger.path, holder=a_holder("other")) as other,
            other.lease(now=later, lasting=LASTING),
        ):
            other.remember("repo", "acme/shop", "R_2", now=later)
        write(ledger)

    assert "R_2" == on_disk(ledger)


def test_threads_read_and_remember_side_by_side(ledger: SqlLedger) -> None:
    """Sources look at once; each finds its own facts, and all of them are kept."""

    def look(source: int) -> list[str | None]:
        for at in range(300):
            ledger.remember(f"topic {at % 3}", f"{source} {at}", f"{source}", now=T0)
            ledger.recall(f"topic {at % 3}", f"{source + 1} {at}")
            if at % 50 == 0:
                ledger.note(SHOP, TrailLine(at=T0, says=f"{source} {at}"))
        return [ledger.recall(f"topic {at % 3}", f"{source} {at}") for at in range(300)]

    sources = range(6)
    with ledger.lease(now=T0, lasting=LASTING), ThreadPoolExecutor(max_workers=6) as pool:
        found = list(pool.map(look, sources))

    assert [[f"{source}"] * 300 for source in sources] == found
    with SqlLedger.read_only(ledger.path) as other:
        assert found == [
            [other.recall(f"topic {at % 3}", f"{source} {at}") for at in range(300)]
            for source in sources
        ]
        assert 36 == len(other.trail(SHOP))
