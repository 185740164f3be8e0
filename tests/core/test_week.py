from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from concern_builders import NOW, filed, over, unfiled
from incident_builders import MINUTE, PROJECT, T0
from pipeline_health.core.model.ids import Fingerprint
from pipeline_health.core.model.incident import Incident, Owner
from pipeline_health.core.model.maintenance import MaintenanceWindow
from pipeline_health.core.model.report import TransientLine
from pipeline_health.core.week import WEEK, Week, monday_before, week_of

URL = "https://staging.example"


def week(*incidents: Incident, later: timedelta = timedelta(0)) -> Week:
    """Count the week that ends with the cycle."""
    return week_of(incidents, looks=2016, first_looks={PROJECT: T0 - WEEK}, now=NOW + later)


@pytest.mark.parametrize(
    ("now", "monday"),
    [
        ("2026-11-23T08:00", "2026-11-23T08:00"),
        ("2026-11-23T07:59", "2026-11-16T08:00"),
        ("2026-11-29T23:59", "2026-11-23T08:00"),
    ],
)
def test_a_week_begins_on_monday_at_eight(now: str, monday: str) -> None:
    """By UTC, wherever the host is."""
    at = [datetime.fromisoformat(text).replace(tzinfo=UTC) for text in (now, monday)]
    far_east = timezone(timedelta(hours=14))

    assert monday_before(at[0]) == monday_before(at[0].astimezone(far_east)) == at[1]
    assert monday_before(at[0].replace(second=1, microsecond=1)) == at[1]


def test_a_week_counts_what_was_filed_and_what_was_mended() -> None:
    """By whoever had it in the end."""
    found = week(
        filed(name="open"),
        over(filed(Owner.AGENT, name="by the agent")),
        over(filed(name="by people")),
        over(unfiled(name="never filed")),
        replace(over(filed(name="a duplicate")), duplicate_of=Fingerprint("by people")),
    )

    assert (found.looks, found.incidents, found.by_agent, found.by_people) == (2016, 3, 1, 1)


def test_what_is_older_than_a_week_does_not_count() -> None:
    """It was told of last Monday."""
    since = T0 + 5 * MINUTE
    old = replace(over(filed()), first_seen=since, resolved_at=since)

    assert week(old, later=since + WEEK - NOW) == Week(
        looks=2016, incidents=0, to_issue=None, by_agent=0, by_people=0
    )


@pytest.mark.parametrize(
    ("minutes", "median"),
    [([], None), ([7], 7), ([7, 3, 20], 7), ([3, 20, 7, 9], 8), ([3, 4, 5, 9, 20], 5)],
)
def test_the_median_is_of_what_was_filed(minutes: list[int], median: int | None) -> None:
    """From a failure to its issue."""
    found = week(*(filed(name=str(each), after=each) for each in minutes))

    assert found.to_issue == (None if median is None else median * MINUTE)


def test_the_time_to_an_issue_counts_from_the_first_look() -> None:
    """What was broken before that was nobody's to see."""
    incident = replace(filed(after=40), first_seen=T0 + 39 * MINUTE)
    looks = {PROJECT: T0 + 38 * MINUTE}

    assert week_of([incident], looks=1, first_looks=looks, now=NOW).to_issue == 2 * MINUTE


def test_transients_are_summed_by_hour() -> None:
    """Over all URLs, in the order of the day."""
    lines = [TransientLine(url=URL, hour=hour, count=2) for hour in (22, 3, 22)]
    found = week_of([], looks=1, transients=lines, first_looks={}, now=NOW)

    assert list(found.transients.items()) == [(3, 2), (22, 4)]


def test_what_was_silent_does_not_count() -> None:
    """As for the promise itself."""
    window = MaintenanceWindow(
        project=PROJECT, kind=None, since=T0, until=T0 + 4 * MINUTE, reason="a new database"
    )
    found = week_of(
        [filed(after=9)],
        looks=1,
        first_looks={PROJECT: T0 - WEEK},
        windows=[window],
        now=NOW + timedelta(hours=1),
    )

    assert found.to_issue == 5 * MINUTE
