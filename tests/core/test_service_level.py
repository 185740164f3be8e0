"""How long it took from a failure to an issue, what of it counts, and when nobody was looking."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from incident_builders import MINUTE, PROJECT, REPO, T0, ailment, incident
from pipeline_health.core.model.ids import Fingerprint
from pipeline_health.core.model.incident import Filing, Incident, Naming, Phase
from pipeline_health.core.model.maintenance import MaintenanceWindow
from pipeline_health.core.model.report import Looked
from pipeline_health.core.service_level import (
    LOOKS_MISSED,
    Spread,
    gaps_in,
    hops_of,
    is_back,
    reason_not_measured,
    spread_of,
)

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


def _named(minutes: int) -> Naming:
    url = "https://github.example/ops/12"
    return Naming(by=Fingerprint("p"), repo=REPO, number=12, url=url, at=T0 + minutes * MINUTE)


@pytest.mark.parametrize(
    ("own", "named", "taken", "by_parent"),
    [
        (None, 7, 7, True),
        (40, 7, 7, True),
        (5, 40, 5, False),
        (7, 7, 7, False),
        (None, 2, 4, True),
    ],
    ids=["it alone", "before its own", "after its own", "in one moment", "by another's clock"],
)
def test_the_issue_of_a_portfolio_incident_tells_of_its_members(
    *, own: int | None, named: int, taken: int, by_parent: bool
) -> None:
    """Whichever says so first keeps the promise; nobody is told before it was seen."""
    filing = None if own is None else _filed(own)
    known = replace(
        incident(), first_failed_at=T0, first_seen=at(4), filing=filing, named=_named(named)
    )
    hops = hops_of(known, first_look=None)
    assert (hops.taken(now=at(99)), hops.by_parent) == (taken * MINUTE, by_parent)
    assert reason_not_measured(known, hops, now=at(99)) is None


@pytest.mark.parametrize("of", [incident(), replace(incident(), filing=_filed(None))])
def test_what_no_issue_is_known_to_tell_of_was_told_by_none(of: Incident) -> None:
    """Nor is one whose own issue came at a time that is not kept: it may have come before."""
    named = of if of.filing is None else replace(of, named=_named(7))
    hops = hops_of(named, first_look=None)
    assert (hops.filed_at, hops.by_parent) == (None, False)


def at(minutes: int) -> datetime:
    """Give the time so many minutes after T0."""
    return T0 + minutes * MINUTE


def a_window(start: int, end: int) -> MaintenanceWindow:
    """Give a window of the whole project between two minutes."""
    return MaintenanceWindow(
        project=PROJECT, kind=None, since=at(start), until=at(end), reason="a new database"
    )


@pytest.mark.parametrize(
    ("windows", "counted"),
    [
        ([], (4, 36, 40)),
        ([(10, 30)], (4, 16, 20)),
        ([(2, 30)], (2, 10, 12)),
        ([(10, 30), (20, 30)], (4, 16, 20)),
        ([(50, 90)], (4, 36, 40)),
        ([(-90, -60)], (4, 36, 40)),
        ([(-10, 90)], (0, 0, 0)),
    ],
    ids=["none", "within", "from before the sight", "twice", "later", "earlier", "all of it"],
)
def test_time_in_a_window_does_not_count(
    windows: list[tuple[int, int]], counted: tuple[int, int, int]
) -> None:
    """In no hop, and so not in the whole; a minute that two windows cover is one."""
    known = replace(incident(), first_failed_at=T0, first_seen=at(4), filing=_filed(40))
    hops = hops_of(known, first_look=None, windows=[a_window(*each) for each in windows])
    sight, filing, whole = (timedelta(minutes=minutes) for minutes in counted)
    assert (hops.to_sight(), hops.to_filing()) == (sight, filing)
    assert hops.taken(now=at(99)) == whole


BACK = replace(
    incident(),
    first_failed_at=at(200),
    first_seen=at(4),
    turns=(at(90),),
    filing=_filed(5),
)


def test_what_is_back_is_measured_to_its_reopening() -> None:
    """Its first turn was another failure; when the new one was first seen is not kept."""
    hops = hops_of(BACK, first_look=None, reopened_at=at(212))
    assert is_back(BACK)
    assert (hops.failed_at, hops.filed_at) == (at(200), at(212))
    assert hops.sight_kept is False
    assert (hops.to_sight(), hops.to_filing()) == (None, None)
    assert hops.taken(now=at(999)) == 12 * MINUTE
    silent = hops_of(BACK, first_look=None, windows=[a_window(205, 210)], reopened_at=at(212))
    assert silent.taken(now=at(999)) == 7 * MINUTE
    assert hops_of(BACK, first_look=None, reopened_at=at(200)).filed_at == at(200)


def test_what_is_back_may_be_named_before_it_is_opened_again() -> None:
    """Who named it in an earlier turn told of another failure."""
    for minutes, filed, by_parent in ((205, 205, True), (220, 212, False), (90, 212, False)):
        hops = hops_of(replace(BACK, named=_named(minutes)), first_look=None, reopened_at=at(212))
        assert (hops.filed_at, hops.by_parent) == (at(filed), by_parent)


def test_a_reopening_of_an_earlier_turn_is_none_of_this_one() -> None:
    """Until it is opened again the clock runs."""
    for reopened in (None, at(120)):
        hops = hops_of(BACK, first_look=None, reopened_at=reopened)
        assert (hops.filed_at, hops.taken(now=at(215))) == (None, 15 * MINUTE)


@pytest.mark.parametrize(
    "of",
    [
        replace(BACK, turns=()),
        replace(BACK, first_failed_at=at(3)),
        replace(BACK, first_failed_at=at(5)),
        replace(BACK, filing=_filed(None)),
        replace(BACK, filing=None),
    ],
    ids=[
        "never over",
        "failed before it was filed",
        "in that second",
        "filing not kept",
        "not filed",
    ],
)
def test_what_was_never_over_is_not_back(of: Incident) -> None:
    """It is measured from its first failure."""
    assert not is_back(of)


OTHER = Fingerprint("0ther")
UNFILED = incident()
CLOSED = replace(_filed(5), closed_at=at(91))


@pytest.mark.parametrize(
    ("of", "windows", "why"),
    [
        (UNFILED, [], None),
        (replace(UNFILED, duplicate_of=OTHER), [], "a duplicate of 0ther"),
        (replace(UNFILED, phase=Phase.RESOLVED), [], "it was over before it was filed"),
        (replace(UNFILED, phase=Phase.MUTED), [], "a person wants no issue of it"),
        (
            replace(UNFILED, hidden_behind=OTHER),
            [],
            "it follows from 0ther, and is not filed while that is broken",
        ),
        (replace(UNFILED, named=_named(7), phase=Phase.RESOLVED), [], None),
        (replace(UNFILED, named=_named(7), duplicate_of=OTHER), [], "a duplicate of 0ther"),
        (
            replace(UNFILED, named=_named(7), beside=3),
            [],
            "issue 3 of another monitor said so first, and ours waited",
        ),
        (
            replace(UNFILED, named=_named(7), filing=_filed(None)),
            [],
            "when it was filed is not kept",
        ),
        (UNFILED, [a_window(0, 240)], "silenced until 14:05 UTC: a new database"),
        (
            replace(UNFILED, beside=3, first_seen=at(200)),
            [],
            "issue 3 of another monitor says so already; ours waits until 13:55 UTC",
        ),
        (replace(UNFILED, filing=_filed(None)), [], "when it was filed is not kept"),
        (
            replace(UNFILED, filing=_filed(40), beside=3),
            [],
            "issue 3 of another monitor said so first, and ours waited",
        ),
        (replace(UNFILED, filing=_filed(40)), [a_window(0, 240)], None),
        (replace(BACK, filing=CLOSED), [], None),
        (
            replace(BACK, filing=CLOSED),
            [a_window(0, 240)],
            "silenced until 14:05 UTC: a new database",
        ),
        (
            replace(BACK, filing=CLOSED, phase=Phase.RESOLVED),
            [],
            "it was over before its issue was opened again",
        ),
        (BACK, [], "it is back, and when its issue was opened again is not kept"),
    ],
)
def test_what_is_not_measured_says_why(
    of: Incident, windows: list[MaintenanceWindow], why: str | None
) -> None:
    """A time that was no promise is in no figure; one that runs is."""
    hops = hops_of(of, first_look=None, windows=windows)
    assert reason_not_measured(of, hops, windows=windows, now=at(210)) == why


def test_what_was_reopened_is_measured() -> None:
    """Its time is known."""
    hops = hops_of(BACK, first_look=None, reopened_at=at(212))
    assert reason_not_measured(BACK, hops, now=at(300)) is None


@pytest.mark.parametrize(
    ("minutes", "p50", "p95", "longest"),
    [
        ([7], 7, 7, 7),
        ([2, 1], 1, 2, 2),
        ([5, 1, 3, 2, 4], 3, 5, 5),
        (range(1, 21), 10, 19, 20),
        (range(1, 101), 50, 95, 100),
        (range(1, 2001), 1000, 1900, 2000),
    ],
)
def test_percentiles_are_times_that_happened(
    minutes: list[int], p50: int, p95: int, longest: int
) -> None:
    """Nearest-rank: the smallest with at least so many of a hundred at or below it."""
    expected = (timedelta(minutes=each) for each in (p50, p95, longest))
    assert spread_of(timedelta(minutes=each) for each in minutes) == Spread(
        **dict(zip(("p50", "p95", "longest"), expected, strict=True))
    )


def test_of_nothing_there_is_no_spread() -> None:
    """Zero would be a claim."""
    assert spread_of([]) is None


@pytest.mark.parametrize(
    ("ends", "since", "gaps"),
    [
        ([], 0, []),
        ([0, 5, 10, 15], 0, []),
        ([0, 5, 20, 25], 0, []),
        ([0, 5, 21, 25], 0, [(5, 21)]),
        ([25, 21, 5, 0], 0, [(5, 21)]),
        ([0, 5, 21, 25], 21, []),
        ([0, 5, 21, 25], 20, [(5, 21)]),
        ([0, 5], 0, [(5, 30)]),
        ([5], 0, [(5, 30)]),
        ([0, 15, 99], 0, [(15, 99)]),
    ],
    ids=[
        "nobody looked ever",
        "every five minutes",
        "three intervals",
        "more",
        "in any order",
        "before",
        "half before",
        "until now",
        "once",
        "a clock that was ahead",
    ],
)
def test_a_gap_is_a_stretch_without_a_finished_look(
    ends: list[int], since: int, gaps: list[tuple[int, int]]
) -> None:
    """From one end of a look to the next, or to now."""
    looks = [Looked(started_at=at(end), finished_at=at(end)) for end in ends]
    failed = Looked(started_at=at(12), finished_at=at(12), failed=True)
    assert LOOKS_MISSED * timedelta(minutes=5) == 15 * MINUTE
    found = gaps_in((*looks, failed), longer_than=15 * MINUTE, since=at(since), now=at(30))
    assert list(found) == [(at(start), at(end)) for start, end in gaps]
