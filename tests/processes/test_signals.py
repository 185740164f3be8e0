"""SIGTERM ends a cycle gently and soon, wherever it is; Control-C ends it at once, also twice."""

import signal
import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

from desk import Desk
from hosts import ours
from nursery import Nursery, There, breaks, desk_in, hangs, wait_for
from pipeline_health.cli.exits import Exit
from pipeline_health.core.model.report import CycleReport
from pipeline_health.ledger import SqlLedger

PATIENCE = 10.0
"""What systemd and Docker give at least, in seconds."""

SETTLED = 11
"""So many minutes later nobody waits for a lost answer any more."""

ISSUES = "POST /repos/acme/shop/issues?"


def writes(desk: Desk) -> There:
    """Let it write; a second passes until it may again."""
    return lambda: bool(desk.world.writes("github"))


def probes(desk: Desk) -> There:
    """Let it wait for a product that does not answer."""
    url, site = desk.loopback.site_url("shop"), desk.world.site("shop")
    site.delay = 60
    with desk.configuration.open("a") as configuration:
        configuration.write(f'staging_url = "{url}"\n')
    return lambda: bool(site.asked)


PLACES = {
    "Railway does not answer": hangs("railway", "delay"),
    "GitHub sends a byte a second": hangs("github", "trickle", seconds=1),
    "a log does not come": hangs("github", "delay", match="/logs"),
    "GitHub files after we have gone": hangs("github", "delay", match=ISSUES, seconds=7),
    "between two writes": writes,
    "a product does not answer": probes,
}


def last_report(desk: Desk) -> CycleReport:
    """Give the report that was kept last."""
    with SqlLedger.read_only(desk.ledger) as ledger:
        (report,) = ledger.reports(limit=1)
        return report


def goes_on(desk: Desk, nursery: Nursery) -> None:
    """See that the lease is free, and that the next cycles file what is to be filed, once."""
    desk.world.faults.clear()
    desk.world.site("shop").delay = 0
    assert nursery.live(desk).code == 0
    desk.world.advance(timedelta(minutes=SETTLED))
    assert nursery.live(desk, minutes=SETTLED).code == 0
    assert ["Main CI red: CI (shop)"] == [issue.title for issue in ours(desk.repo)]
    assert ["Main CI red: CI (shop)"] == desk.repo.open_titles
    with SqlLedger.read_only(desk.ledger) as ledger:
        assert ledger.intents() == ()


class Going:
    """A run on its way to a place, where SIGTERM waits for it."""

    def __init__(self, opened: ExitStack, home: Path, goes: Callable[[Desk], There]) -> None:
        self.desk = opened.enter_context(desk_in(home))
        breaks(self.desk)
        self._there = goes(self.desk)
        self.process = opened.enter_context(self.desk.start("run-once"))
        opened.callback(self.process.kill)
        self.told_at = 0.0

    def is_told(self) -> bool:
        """Send the signal if it is there now; tells whether that has been done."""
        if not self.told_at and self._there():
            self.process.send_signal(signal.SIGTERM)
            self.told_at = time.monotonic()
        return self.told_at > 0


def test_sigterm_ends_a_cycle_within_ten_seconds_wherever_it_is(
    nursery: Nursery, tmp_path: Path
) -> None:
    """What was seen is told, the report is kept, the lease is free, and no write is half made."""
    with ExitStack() as opened:
        going = {place: Going(opened, tmp_path / place, goes) for place, goes in PLACES.items()}
        wait_for(lambda: sum(each.is_told() for each in going.values()) == len(going))
        for place, each in going.items():
            out, err = each.process.communicate(timeout=30)

            assert time.monotonic() - each.told_at < PATIENCE, place
            assert each.process.returncode in (Exit.DONE, Exit.BLIND), (place, err)
            assert last_report(each.desk).sentence == out.splitlines()[-1], place
            assert "Traceback" not in err, place
        for each in going.values():
            goes_on(each.desk, nursery)


def test_sigterm_before_anything_leaves_nothing_behind(desk: Desk, nursery: Nursery) -> None:
    """While Python still starts there is nothing to end gently."""
    breaks(desk)
    with desk.start("run-once") as process:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=PATIENCE)

    assert process.returncode in (-signal.SIGTERM, Exit.DONE, Exit.BLIND)
    goes_on(desk, nursery)


def test_control_c_twice_ends_it_once(desk: Desk, nursery: Nursery) -> None:
    """An impatient person gets no traceback, and the next run is not in the way of a lease."""
    breaks(desk)
    there = hangs("railway", "delay")(desk)
    process = desk.start("run-once")
    wait_for(there)
    process.send_signal(signal.SIGINT)
    time.sleep(0.03)
    process.send_signal(signal.SIGINT)

    _, err = process.communicate(timeout=PATIENCE)

    assert process.returncode in (Exit.INTERRUPTED, -signal.SIGINT)
    assert "Traceback" not in err
    goes_on(desk, nursery)
