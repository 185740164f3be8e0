"""What every ledger promises of windows of maintenance, and of when it was looked."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from ledger_kinds import EVERY_LEDGER
from ledger_samples import DAY, LASTING, MINUTE, T0, a_holder, a_report
from pipeline_health.core.model.findings import Kind
from pipeline_health.core.model.ids import ProjectName
from pipeline_health.core.model.maintenance import MaintenanceWindow
from pipeline_health.core.model.report import Looked
from pipeline_health.ledger import DryRunLedger, SqlLedger
from pipeline_health.ports import Ledger

SHOP = ProjectName("shop")


@pytest.fixture(params=EVERY_LEDGER)
def ledger(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Ledger]:
    """Give each implementation in turn, empty."""
    with EVERY_LEDGER[request.param](tmp_path) as opened:
        yield opened


def a_window(
    since: datetime = T0, *, minutes: int = 120, kind: Kind | None = None, reason: str = "a move"
) -> MaintenanceWindow:
    """Give a window of the shop."""
    until = since + minutes * MINUTE
    return MaintenanceWindow(project=SHOP, kind=kind, since=since, until=until, reason=reason)


def test_windows_come_back_as_they_were_kept_oldest_first(ledger: Ledger) -> None:
    """One for all kinds and one for a single kind are two."""
    late, early = a_window(T0 + MINUTE, kind=Kind.MAIN_CI_RED), a_window()

    replaced = [ledger.silence(late), ledger.silence(early)]

    assert ([None, None], (early, late)) == (replaced, ledger.windows())


def test_a_window_ends_the_one_of_the_same_project_and_kind(ledger: Ledger) -> None:
    """What was open is told, and its time is still known."""
    first, other = a_window(), a_window(kind=Kind.MAIN_CI_RED)
    again = a_window(T0 + 30 * MINUTE, minutes=300, reason="it takes longer")
    ledger.silence(first)
    ledger.silence(other)

    replaced = ledger.silence(again)

    assert first == replaced
    assert (replace(first, until=again.since), other, again) == ledger.windows()


def test_a_window_that_is_ended_says_how_it_was(ledger: Ledger) -> None:
    """Ending what is not open, or is of another kind, ends nothing."""
    window = a_window()
    ledger.silence(window)
    now = T0 + 5 * MINUTE

    ended = [
        ledger.unsilence(SHOP, Kind.MAIN_CI_RED, now=now),
        ledger.unsilence(ProjectName("film"), None, now=now),
        ledger.unsilence(SHOP, None, now=now),
        ledger.unsilence(SHOP, None, now=now + MINUTE),
    ]

    assert [None, None, window, None] == ended
    assert (replace(window, until=now),) == ledger.windows()


def test_a_window_that_a_clock_put_into_the_future_goes(ledger: Ledger) -> None:
    """Whoever sets the clock back and silences anew has one window, and not two."""
    future, now = a_window(T0 + DAY), a_window()
    ledger.silence(future)

    assert future == ledger.silence(now)
    assert (now,) == ledger.windows()
    assert now == ledger.unsilence(SHOP, None, now=T0)
    assert () == ledger.windows()


def test_windows_go_90_days_after_their_end(ledger: Ledger) -> None:
    """Until then it can be told what was silent, and why."""
    old, kept = a_window(), a_window(T0 + MINUTE, kind=Kind.MAIN_CI_RED)
    ledger.silence(old)
    ledger.silence(kept)

    ledger.record(a_report(at=old.until + 90 * DAY))

    assert (kept,) == ledger.windows()


def test_a_window_needs_no_lease(ledger: Ledger) -> None:
    """It is kept while a cycle runs, which may still write afterwards."""
    with ledger.lease(now=T0, lasting=LASTING) as lease:
        ledger.silence(a_window())
        lease.renew(now=T0 + MINUTE)

    assert (a_window(),) == ledger.windows()


def test_when_was_looked_is_told_oldest_first(ledger: Ledger) -> None:
    """A cycle that failed is one that looked at nothing to its end."""
    ledger.record(replace(a_report("c2", at=T0 + 5 * MINUTE), failed="a full disk"))
    ledger.record(a_report("c1"))

    assert ledger.looks() == (
        Looked(started_at=T0, finished_at=T0 + MINUTE),
        Looked(started_at=T0 + 5 * MINUTE, finished_at=T0 + 6 * MINUTE, failed=True),
    )


def test_a_dry_run_sees_the_windows_and_changes_none(tmp_path: Path) -> None:
    """It plans what the next cycle would do."""
    path = tmp_path / "ledger.db"
    with SqlLedger.open(path, holder=a_holder()) as kept:
        kept.silence(a_window())
        kept.record(a_report())
    with SqlLedger.read_only(path) as kept:
        dry = DryRunLedger(kept)
        seen, looks = dry.windows(), dry.looks()
        dry.unsilence(SHOP, None, now=T0 + MINUTE)

        assert ((a_window(),), kept.looks()) == (seen, looks)
        assert (a_window(),) == kept.windows()


def test_a_window_of_a_kind_that_only_a_newer_version_knows_silences_nothing(
    tmp_path: Path,
) -> None:
    """It is neither an error in every cycle nor a window of every kind."""
    path = tmp_path / "ledger.db"
    with SqlLedger.open(path, holder=a_holder()) as kept:
        kept.silence(a_window(kind="moon-fell"))  # type: ignore[arg-type]

        assert () == kept.windows()
