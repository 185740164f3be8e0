"""When people are reminded and told of the week, whatever is silent and whatever the clock did."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from concern_builders import NOW, filed, scene
from incident_builders import MINUTE, PROJECT, T0
from pipeline_health.core.concerns import Scene
from pipeline_health.core.model.ids import Fingerprint, ProjectName
from pipeline_health.core.model.maintenance import MaintenanceWindow
from pipeline_health.core.model.notice import Told
from pipeline_health.core.news import News, news_of

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
BEGUN = Told(noted_at=T0)
ONE = filed()
SILENT = MaintenanceWindow(
    project=PROJECT, kind=None, since=T0, until=NOW + 2 * DAY, reason="a new database"
)
LATER = scene(ONE, minutes=25 * 60)


def news(told: Told | None, given: Scene) -> News:
    """Compare as the shell does."""
    return news_of(told, given, remind=DAY, slack=2 * MINUTE)


def kinds(told: Told | None, *scenes: Scene) -> list[list[str]]:
    """Give what each of *scenes*, one after the other, tells people."""
    found = []
    for given in scenes:
        result = news(told, given)
        told = result.told
        found.append([notice.kind.value for notice in result.notices])
    return found


@pytest.mark.parametrize(
    "quiet",
    [
        replace(LATER, windows=[SILENT]),
        scene(replace(ONE, hidden_behind=Fingerprint("x")), minutes=25 * 60),
    ],
    ids=["silent", "hidden"],
)
def test_nobody_is_reminded_of_what_is_silent_or_hidden(quiet: Scene) -> None:
    """But of what else waits, and of it again when it speaks for itself."""
    told = kinds(BEGUN, scene(ONE), quiet, scene(ONE, minutes=26 * 60))
    assert told == [["new"], [], ["reminder"]]

    other = replace(filed(name="two", title="Another is red (film)"), project=ProjectName("film"))
    known = news(BEGUN, scene(ONE, other)).told
    (notice,) = news(known, replace(quiet, incidents=(*quiet.incidents, other))).notices
    assert notice.title == "Still waiting for you: 1 thing"
    assert "Another is red" in notice.body


@pytest.mark.parametrize("wrong", [DAY, 400 * DAY], ids=["a day", "a year"])
def test_a_clock_that_was_ahead_costs_one_reminder_at_most(wrong: timedelta) -> None:
    """What was told while it was is no reason for silence until it comes round."""
    ahead = replace(scene(ONE), now=NOW + wrong)
    later = [replace(scene(ONE), now=NOW + hours * HOUR) for hours in range(0, 97, 12)]
    told = kinds(BEGUN, ahead, replace(ahead, now=ahead.now + DAY), *later)
    reminders = [place for place, each in enumerate(told[2:]) if each == ["reminder"]]
    assert len(reminders) >= 2
    assert all(later - earlier >= 2 for earlier, later in pairwise(reminders))


@pytest.mark.parametrize(
    ("noted", "mondays"),
    [("2026-11-24T08:00", 2), ("2026-11-27T08:00", 2), ("2028-01-03T08:00", 3)],
    ids=["a day ahead", "days ahead", "a year ahead"],
)
def test_a_clock_that_was_ahead_costs_one_monday_at_most(noted: str, mondays: int) -> None:
    """And never tells of one twice: here it is Sunday again, and three Mondays come."""
    told, found = Told(noted_at=datetime.fromisoformat(noted).replace(tzinfo=UTC)), 0
    for hours in range(24 * 20):
        result = news(told, replace(scene(), now=NOW + hours * HOUR))
        told, found = result.told, found + result.monday
    assert found == mondays
