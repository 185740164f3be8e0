"""The ledger at one moment: what is read together was so together, and nobody waits for it."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from ledger_samples import LASTING, T0, a_holder, a_report
from pipeline_health.ledger import SqlLedger
from pipeline_health.ledger.moment import Records
from pipeline_health.ports import Ledger, LedgerError


def write(path: Path, *minutes: int) -> None:
    """Record looks, each at its minute."""
    with SqlLedger.open(path, holder=a_holder()) as ledger:
        for at in minutes:
            when = T0 + timedelta(minutes=at)
            ledger.record(replace(a_report(), cycle=f"c{at}", started_at=when, finished_at=when))


def counts(ledger: Ledger) -> tuple[int, int]:
    """Count the same thing twice."""
    return len(ledger.looks()), len(ledger.reports(limit=99))


def test_a_ledger_that_is_not_there_is_empty(tmp_path: Path) -> None:
    """And is not made by looking."""
    records = Records(tmp_path / "ledger.db")
    assert records.at_one_moment(counts) == (0, 0)
    assert list(tmp_path.iterdir()) == []


def test_a_writer_is_not_held_up_and_is_not_seen_half_way(tmp_path: Path) -> None:
    """A cycle writes while somebody reads; who reads goes on with the state of his beginning."""
    path = tmp_path / "ledger.db"
    with SqlLedger.open(path, holder=a_holder()) as cycle:
        cycle.record(a_report())
        tries: list[int] = []

        def look(ledger: Ledger) -> tuple[int, int]:
            before = len(ledger.looks())
            cycle.record(replace(a_report(), cycle=f"c{len(tries)}"))
            tries.append(1)
            return before, len(ledger.reports(limit=99))

        assert Records(path).at_one_moment(look) == (1, 1)
        assert len(tries) == 1
        with cycle.lease(now=T0, lasting=LASTING) as lease:
            lease.renew(now=T0)
        assert Records(path).at_one_moment(counts) == (2, 2)


def test_what_changes_while_nobody_was_writing_is_read_anew(tmp_path: Path) -> None:
    """Between two cycles the file is read as it lies; a cycle that begins and ends spoils that."""
    path = tmp_path / "ledger.db"
    write(path, 1)
    tries: list[int] = []

    def look(ledger: Ledger) -> tuple[int, int]:
        before = len(ledger.looks())
        if not tries:
            write(path, 2)
        tries.append(1)
        return before, len(ledger.reports(limit=99))

    assert Records(path).at_one_moment(look) == (2, 2)
    assert len(tries) == 2


def test_what_is_never_still_is_told(tmp_path: Path) -> None:
    """It is no damage, and no answer either."""
    path = tmp_path / "ledger.db"
    write(path, 0)
    minutes = iter(range(1, 99))

    def look(ledger: Ledger) -> int:
        write(path, next(minutes))
        return len(ledger.looks())

    with pytest.raises(LedgerError, match="changes faster") as caught:
        Records(path).at_one_moment(look)
    assert caught.value.retryable


def test_an_error_is_the_callers_unless_the_file_moved_under_it(tmp_path: Path) -> None:
    """What could not be read of a file that changed meanwhile is read again."""
    path = tmp_path / "ledger.db"
    write(path, 0)
    broken = [LedgerError("it is damaged"), LedgerError("it is damaged")]

    def look(ledger: Ledger) -> int:
        if broken:
            if len(broken) == 2:
                write(path, 1)
            raise broken.pop()
        return len(ledger.looks())

    with pytest.raises(LedgerError, match="damaged"):
        Records(path).at_one_moment(look)
    assert Records(path).at_one_moment(look) == 2


def test_its_stamp_changes_with_every_write(tmp_path: Path) -> None:
    """Also while a cycle is at work and the file itself is not touched yet."""
    records = Records(tmp_path / "ledger.db")
    stamps = [records.stamp()]
    with SqlLedger.open(tmp_path / "ledger.db", holder=a_holder()) as ledger:
        for at in range(3):
            ledger.record(replace(a_report(), cycle=f"c{at}"))
            stamps.append(records.stamp())
    stamps.append(records.stamp())
    assert len(set(stamps)) == len(stamps)
    assert records.stamp() == stamps[-1]
