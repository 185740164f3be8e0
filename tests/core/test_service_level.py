from dataclasses import replace
from datetime import timedelta

import pytest

from incident_builders import MINUTE, REPO, T0, ailment, incident
from pipeline_health.core.model.incident import Filing
from pipeline_health.core.service_level import hops_of

SLA = timedelta(minutes=30)


def _filed(minutes: int | None) -> Filing:
    opened_at = None if minutes is None else T0 + minutes * MINUTE
    return Filing(repo=REPO, number=7, url="https://github.example/7", opened_at=opened_at)


@pytest.mark.parametrize(
    ("seen", "first_look", "filed", "taken", "late"),
    [
        (4, None, 5, 5, False),
        (4, None, 30, 30, False),
        (4, None, 31, 31, True),
        (90, 88, 91, 3, False),  # broken long before anybody looked
        (90, 95, 96, 6, False),  # a first look after the first sight is a clock's mistake
        (4, -60, 40, 40, True),
        (4, None, 2, 4, False),  # by another host's clock it was filed before we saw it
    ],
)
def test_the_clock_runs_from_the_failure_or_from_the_first_look(
    *, seen: int, first_look: int | None, filed: int, taken: int, late: bool
) -> None:
    """From the provider's time to the issue, but for what was broken before anybody looked."""
    known = replace(
        incident(ailment()),
        first_failed_at=T0,
        first_seen=T0 + seen * MINUTE,
        filing=_filed(filed),
    )
    look = None if first_look is None else T0 + first_look * MINUTE
    hops = hops_of(known, first_look=look)
    assert hops.taken(now=T0 + 99 * MINUTE) == taken * MINUTE
    assert hops.is_late(SLA, now=T0 + 99 * MINUTE) is late


def test_what_is_not_filed_grows_older() -> None:
    """While there is no issue the clock runs on, and never backwards."""
    known = replace(incident(ailment()), first_failed_at=T0, first_seen=T0 + 5 * MINUTE)
    for unfiled in (known, replace(known, filing=_filed(None))):
        hops = hops_of(unfiled, first_look=None)
        assert hops.taken(now=T0) == 5 * MINUTE
        assert not hops.is_late(SLA, now=T0 + 30 * MINUTE)
        assert hops.is_late(SLA, now=T0 + 31 * MINUTE)
