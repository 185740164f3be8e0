"""Reports in parts: what they have in common is kept once, and what nobody asks for goes."""

import json
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from ledger_samples import MINUTE, REPO, T0, a_holder, a_report
from pipeline_health.core.board import REPORTS
from pipeline_health.core.model.ids import ProjectName
from pipeline_health.core.model.report import CycleReport, ProjectLine
from pipeline_health.ledger import SqlLedger
from pipeline_health.ledger.codec import head_of, report_as_text
from pipeline_health.ledger.retention import WHOLE_REPORTS
from pipeline_health.ledger.schema import migrate, migrations
from pipeline_health.ledger.store import WritableStore, connect
from pipeline_health.ledger.times import as_text
from pipeline_health.ports import LedgerError


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Name a ledger that does not exist yet."""
    return tmp_path / "ledger.db"


@contextmanager
def opened(path: Path) -> Iterator[tuple[SqlLedger, WritableStore]]:
    """Open a ledger, and its file beside it."""
    with closing(WritableStore(path)) as store:
        yield SqlLedger(store, holder=a_holder()), store


def counts(store: WritableStore) -> tuple[int, ...]:
    """Count reports, rolls and lines."""
    return tuple(
        store.read(int, f"SELECT count(*) FROM {table}")[0]  # noqa: S608 - our own tables
        for table in ("report", "roll", "line")
    )


def looks(number: int, *projects: ProjectLine) -> Sequence[CycleReport]:
    """Give the reports of so many looks that saw the same."""
    return [
        replace(a_report(f"c{at}", at=T0 + at * MINUTE), projects=projects) for at in range(number)
    ]


SHOP, FILM = (ProjectLine(name=ProjectName(name), repo=REPO) for name in ("shop", "film"))


def test_what_looks_have_in_common_is_kept_once(path: Path) -> None:
    """Sixty looks that saw the same are sixty heads, one roll, and a line a project."""
    with opened(path) as (ledger, store):
        for report in looks(60, SHOP, FILM):
            ledger.record(report)

        assert (60, 1, 2) == counts(store)


def test_what_no_newest_report_has_any_more_is_dropped(path: Path) -> None:
    """However often something changes, only what the newest 50 saw is there."""
    with opened(path) as (ledger, store):
        for at, report in enumerate(looks(120)):
            changed = replace(SHOP, unproved=(f"{at}",))
            ledger.record(replace(report, projects=(changed, FILM)))

        assert (120, WHOLE_REPORTS, WHOLE_REPORTS + 1) == counts(store)


def test_a_report_that_went_by_its_age_leaves_nothing_behind(path: Path) -> None:
    """A host that looks once a month has fewer reports than are kept whole."""
    with opened(path) as (ledger, store):
        for at in range(6):
            changed = replace(SHOP, unproved=(f"{at}",))
            at_this_time = T0 + at * 60 * 24 * 60 * MINUTE
            ledger.record(replace(a_report(f"c{at}", at=at_this_time), projects=(changed,)))

        assert (2, 2, 2) == counts(store)


def test_whoever_asks_for_many_reports_gets_whole_ones() -> None:
    """What `status` and the feed look through is kept."""
    assert REPORTS <= WHOLE_REPORTS


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "7", '"text"', "{} {}"])
def test_what_is_no_report_is_not_cut(text: str) -> None:
    """Somebody may have edited the file; a cycle does not fail for that."""
    assert text == head_of(text)


def test_reports_that_an_older_version_left_whole_are_cut_a_few_at_a_time(path: Path) -> None:
    """A long history costs no cycle much; when all of it is cut the file is small again."""
    projects = tuple(replace(SHOP, unproved=(f"{at}" * 9000,)) for at in range(10))
    with closing(connect(str(path))) as connection:
        migrate(connection, migrations()[:5])
        connection.execute("BEGIN")
        for report in looks(200, *projects):
            times = (as_text(report.started_at), as_text(report.finished_at))
            connection.execute(
                "INSERT INTO report (cycle, started_at, finished_at, failed, document)"
                " VALUES (?, ?, ?, 0, ?)",
                (report.cycle, *times, report_as_text(report)),
            )
        connection.execute("COMMIT")
    large = path.stat().st_size
    with opened(path) as (ledger, store):
        before = ledger.reports(limit=300)
        whole = []
        for at in range(12):
            ledger.record(a_report(f"new {at}", at=T0 + (300 + at) * MINUTE))
            (cut,) = store.read(int, "SELECT count(*) FROM report WHERE roll = 0")
            whole.append(200 + at + 1 - cut)
        after = ledger.reports(limit=300)

    assert [projects] * 200 == [report.projects for report in before]
    assert [181, 162, 143, 124, 105, 86, 67, 50, 50, 50, 50, 50] == whole
    assert [projects] * 38 == [report.projects for report in after[12:50]]
    assert {()} == {report.projects for report in after[50:]}
    assert 15_000_000 < large
    assert path.stat().st_size < large / 2


def test_a_file_that_is_mostly_free_is_made_smaller_in_a_bounded_time(path: Path) -> None:
    """Not while much is kept: moving that would take too long."""
    with opened(path) as (ledger, store):
        ledger.remember("log", "large", "x" * 12_000_000, now=T0)
        ledger.forget("log", "large")
        sizes = []
        for at_most in (1, 9999):
            store.shrink(at_most=at_most)
            ledger.settle("n1")
            sizes.append(store.read(int, "PRAGMA page_count")[0])

        assert sizes[0] > 2900
        assert sizes[1] < 100


@pytest.mark.parametrize("gone", ["line WHERE id = 2", "roll"])
def test_lines_that_are_gone_are_missed(path: Path, gone: str) -> None:
    """The file was edited: that is said, and no look is shown with half of what it saw."""
    with opened(path) as (ledger, store):
        ledger.record(looks(1, SHOP, FILM)[0])
        with store.writing() as transaction:
            transaction.run(f"DELETE FROM {gone}")  # noqa: S608 - our own tables

        with pytest.raises(LedgerError, match=r"has lost lines of its reports; move the file away"):
            ledger.reports(limit=1)


def test_a_line_of_another_shape_is_an_error_of_ours(path: Path) -> None:
    """What was read of a project is validated as everything is."""
    with opened(path) as (ledger, store):
        ledger.record(looks(1, SHOP)[0])
        with store.writing() as transaction:
            transaction.run("UPDATE line SET document = ?", json.dumps({"name": 7}))

        with pytest.raises(LedgerError, match="what the last looks saw in the ledger cannot"):
            ledger.reports(limit=1)
