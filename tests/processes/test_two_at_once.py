"""Two processes at one ledger: who holds the lease works, and who lost it writes nothing more."""

import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from desk import Desk
from hosts import ours
from nursery import Nursery, breaks, hangs, wait_for
from pipeline_health.cli.exits import Exit
from pipeline_health.ledger import SqlLedger

EXPIRED = 10
"""So many minutes later a lease that nobody prolonged is free, whoever lives."""


def test_who_comes_second_is_told_who_works_and_takes_over_when_that_one_dies(
    desk: Desk, nursery: Nursery
) -> None:
    """Exit 4 with the process that holds the lease; once it is killed, the next run files."""
    breaks(desk)
    there = hangs("railway", "delay")(desk)
    first = desk.start("run-once")
    wait_for(there)
    asked = len(desk.world.requests)

    second = desk.run("run-once")

    assert (Exit.HELD, "") == (second.returncode, second.stdout)
    assert f"another run holds the lease of {desk.ledger}: pid {first.pid} on " in second.stderr
    assert asked == len(desk.world.requests)
    first.kill()
    first.communicate()
    desk.world.faults.clear()
    assert nursery.live(desk).sentence.endswith("opened 1 issue.")


def somebody_else_takes_it(desk: Desk, nursery: Nursery) -> None:
    """Let another run take the lease when it has run out, and file what there is to file."""
    assert nursery.live(desk, minutes=EXPIRED).sentence.endswith("opened 1 issue.")


def the_file_is_gone(desk: Desk, nursery: Nursery) -> None:
    """Let somebody take the ledger away, and another run begin a new one and file."""
    desk.ledger.parent.rename(desk.ledger.parent.with_name("away"))
    assert nursery.live(desk).sentence.endswith("opened 1 issue.")


def the_file_is_older(desk: Desk, nursery: Nursery) -> None:
    """Let somebody put a copy of before in the place of the ledger."""
    before = Path(f"{desk.ledger}.before")
    before.rename(desk.ledger)
    for left in ("wal", "shm"):
        Path(f"{desk.ledger}-{left}").unlink()
    assert nursery.live(desk).sentence.endswith("opened 1 issue.")


@pytest.mark.parametrize(
    ("happens", "says"),
    [
        (somebody_else_takes_it, "is no longer ours: it ran out and another run took it"),
        (the_file_is_gone, "was replaced while it was in use"),
        (the_file_is_older, "was replaced while it was in use"),
    ],
)
def test_who_lost_the_lease_within_a_cycle_writes_nothing_more(
    desk: Desk, nursery: Nursery, happens: Callable[[Desk, Nursery], None], says: str
) -> None:
    """It was asleep, as a closed laptop is; it wakes, sees that, and says so."""
    assert nursery.live(desk).code == 0
    Path(f"{desk.ledger}.before").write_bytes(desk.ledger.read_bytes())
    breaks(desk)
    there = hangs("github", "delay", match="/logs", seconds=0.5)(desk)
    sleeper = desk.start("run-once")
    wait_for(there)
    sleeper.send_signal(signal.SIGSTOP)
    desk.world.faults.clear()
    happens(desk, nursery)
    written = len(desk.world.writes("github"))

    sleeper.send_signal(signal.SIGCONT)
    out, err = sleeper.communicate(timeout=30)

    assert (Exit.BLIND, written) == (sleeper.returncode, len(desk.world.writes("github")))
    assert says in (out + err).splitlines()[-1]
    assert 1 == len(ours(desk.repo))
    with SqlLedger.read_only(desk.ledger) as ledger:
        failed = [report.failed for report in ledger.reports(limit=9) if report.failed]
        assert all(says in why for why in failed)
        # In a file that is not its own it writes no report either.
        assert len(failed) == (happens is somebody_else_takes_it)
        assert 1 == len(ledger.incidents())
    assert nursery.live(desk, minutes=2 * EXPIRED).code == 0
    assert 1 == len(ours(desk.repo))
