"""The false alarms of the monitor before this one, as stories: none of them is filed."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hosts import MINUTE
from pipeline_health.simulator import Loopback, World
from street import Street

# The monitor before this one filed an issue for each of these: one silent tick, seen by nobody
# else. Times of the portfolio's own history, April to September 2026.
NIGHTS = tuple(
    datetime.fromisoformat(f"2026-{at}+00:00")
    for at in (
        "04-28T03:00:32",
        "04-29T03:00:34",
        "06-07T02:03:00",
        "07-01T03:01:58",
        "07-02T03:01:56",
        "07-03T03:01:54",
        "07-04T03:01:55",
        "07-05T03:01:55",
        "07-06T03:01:55",
        "08-18T03:02:01",
        "08-20T03:01:57",
        "08-26T03:01:56",
        "08-28T03:02:04",
        "08-29T03:02:09",
        "08-31T03:01:57",
        "09-02T03:02:06",
        "09-03T03:02:01",
        "09-05T03:02:01",
        "09-06T03:02:03",
        "09-07T03:02:04",
    )
)
NOONS = (
    (datetime(2026, 6, 5, 10, 0, 57, tzinfo=UTC), ("shop",)),
    (datetime(2026, 5, 27, 12, 0, 24, tzinfo=UTC), ("shop", "film")),
)


@pytest.mark.parametrize(
    ("at", "silent"), [*((at, ("shop",)) for at in NIGHTS), *NOONS], ids=lambda case: str(case)[:16]
)
def test_a_silent_tick_of_the_old_monitor_files_nothing(
    loopback: Loopback, world: World, tmp_path: Path, at: datetime, silent: Sequence[str]
) -> None:
    """The look at that minute fails, the ones around it do not: counted by its hour, never filed.

    Two products on unrelated hosts fell silent in one tick: a fault of the monitor's own network.
    """
    world.advance(at - 10 * MINUTE - world.now())
    street = Street(world, loopback, tmp_path)
    street.silence(*silent)
    street.host.cycle()
    street.mend(*silent)

    report = street.host.cycles(3)[-1]

    assert street.titles() == []
    lines = [line for project in report.projects for line in project.transients]
    assert [(line.hour, line.count) for line in lines] == [(at.hour, 1)] * len(silent)


def test_six_silent_nights_in_a_row_file_nothing_and_show_their_hour(street: Street) -> None:
    """The same hour, night after night, is what `status` is there to show."""
    for night in NIGHTS[3:9]:
        street.world.advance(night - 10 * MINUTE - street.world.now())
        street.host.cycle()
        street.silence("shop")
        street.host.cycle()
        street.mend("shop")
        street.host.cycle()

    report = street.host.cycle()

    assert street.titles() == []
    (line,) = report.projects[0].transients
    assert (line.hour, line.count) == (3, 6)
