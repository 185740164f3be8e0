"""What cannot have an issue of its own in time is named in one; what can is left alone."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from incident_builders import MINUTE, T0
from pipeline_health.core.crowd import CROWD, Left, crowd_of, is_pressing
from pipeline_health.core.model.incident import Filing, Incident, Phase
from pipeline_health.core.model.parent import Parent
from pipeline_health.core.model.policy import Limits
from pipeline_health.core.parent_life import SETTLING, by_identity
from pipeline_health.core.terms import Terms
from portfolio_builders import (
    NOW,
    OPS,
    PLAIN,
    failing,
    filed_at,
    many,
    over,
    projects_in,
    repo_of,
    terms_for,
)

WAITING = many(4, PLAIN)


def left(*incidents: Incident, shut: bool = False) -> tuple[Left, ...]:
    """Give what waits, each for an issue of its own."""
    return tuple(Left(incidents=(each,), shut=shut) for each in incidents)


def crowd(
    *waiting: Incident,
    known: Parent | None = None,
    seen: Sequence[Incident] | None = None,
    **changes: object,
) -> Parent:
    """Give the crowd of what waits, beside everything that was *seen*."""
    incidents = waiting if seen is None else seen
    found = crowd_of(known, left(*waiting), by_identity(incidents), terms(**changes))
    assert found is not None
    return found


def terms(**changes: object) -> Terms:
    """Give the terms of the portfolio."""
    return terms_for(WAITING, **changes)


def new(number: int) -> tuple[Incident, ...]:
    """Give so many failures that were first seen just now."""
    return tuple(replace(each, first_seen=NOW) for each in many(number, PLAIN))


@pytest.mark.parametrize(
    ("waiting", "hour", "pressing"),
    [
        (0, 20, False),
        (5, 20, False),
        (15, 20, False),
        (16, 20, True),
        (4, 3, True),
        (1, 0, True),
    ],
    ids=[
        "nothing",
        "the next cycle has room",
        "three cycles have room within half of the SLA",
        "one more has not",
        "more than this hour takes",
        "this hour takes none",
    ],
)
def test_it_presses_when_something_cannot_be_filed_in_time(
    waiting: int, hour: int, *, pressing: bool
) -> None:
    """Five a cycle, a cycle in five minutes, and half of thirty minutes to do it in."""
    assert pressing is is_pressing(left(*new(waiting)), terms(), hour=hour, kept=0)


def test_what_waited_before_has_less_time_left() -> None:
    """The promise runs from the first look that saw it."""
    waited = tuple(replace(each, first_seen=NOW - 11 * MINUTE) for each in new(1))

    assert is_pressing(left(*waited), terms(), hour=20, kept=0)


def test_what_has_no_place_at_all_presses_at_once() -> None:
    """Time changes nothing about a repository that takes no issues."""
    assert is_pressing(left(*new(1), shut=True), terms(), hour=20, kept=0)


def test_the_place_that_is_kept_is_for_what_tells_of_many() -> None:
    """A single failure is named in the crowd instead, which takes that place."""
    (one,) = new(1)

    assert is_pressing(left(one), terms(), hour=1, kept=1)
    assert not is_pressing((Left(incidents=(one,), many=True),), terms(), hour=1, kept=1)


def test_no_room_in_a_cycle_is_room_for_one_at_least() -> None:
    """A limit of none is no division by it."""
    assert is_pressing(left(*new(4)), terms(limits=Limits(issues_per_cycle=0)), hour=20, kept=0)


def test_it_names_everything_that_waits() -> None:
    """Each once, in one issue that is nobody's cause."""
    parent = crowd(*WAITING)

    assert ["p0", "p1", "p2", "p3"] == projects_in(parent.going_on)
    assert (CROWD, OPS, None, Phase.PENDING) == (
        parent.fingerprint,
        parent.repo,
        parent.cause,
        parent.phase,
    )


def test_nothing_that_waits_is_no_crowd() -> None:
    """What never was is none, and what is over stays over."""
    ended = replace(filed_at(crowd(*WAITING)), phase=Phase.RESOLVED, resolved_at=NOW)

    assert None is crowd_of(None, (), {}, terms())
    assert ended == crowd_of(ended, (), {}, terms())


def test_one_that_has_its_own_issue_leaves() -> None:
    """The crowd says where it is told of now."""
    known = filed_at(crowd(*WAITING))
    filing = Filing(repo=repo_of("p0"), number=7, url="https://github.com/acme/p0/issues/7")
    filed = replace(WAITING[0], filing=filing, phase=Phase.OPEN)

    now = crowd(*WAITING[1:], known=known, seen=(filed, *WAITING[1:]))

    assert ("it has an issue of its own", filing.url) == (now.members[0].left, now.members[0].url)
    assert ["p1", "p2", "p3"] == projects_in(now.going_on)


def test_one_that_others_of_its_kind_came_to_leaves() -> None:
    """A story of many is told elsewhere, if anybody hears that."""
    known = filed_at(crowd(*WAITING))
    part = replace(WAITING[0], part_of=failing("story").fingerprint)
    seen = (part, *WAITING[1:])

    told = crowd(*WAITING[1:], known=known, seen=seen, telling=frozenset({part.part_of}))
    untold = crowd(*WAITING[1:], known=known, seen=seen)

    assert "it is told of with others of its kind" == told.members[0].left
    assert untold.members[0].goes_on


def test_one_of_which_nothing_was_seen_now_stays() -> None:
    """A blind look and one at other projects prove nothing."""
    known = filed_at(crowd(*WAITING))

    assert 4 == len(crowd(*WAITING[1:], known=known, seen=WAITING).going_on)
    assert 4 == len(crowd(*WAITING[1:], known=known, seen=WAITING[1:]).going_on)


def test_it_is_over_when_nothing_waits_any_more() -> None:
    """Ten minutes later, so that it does not come and go with every cycle."""
    known = filed_at(crowd(*WAITING))
    healed = tuple(map(over, WAITING))

    first = crowd(known=known, seen=healed)
    second = crowd(known=first, seen=healed, now=NOW + SETTLING)

    assert [Phase.RECOVERING, Phase.RESOLVED] == [first.phase, second.phase]


def test_a_crowd_soon_after_the_last_one_is_the_same_issue() -> None:
    """Long after it, it is a new one."""
    ended = replace(filed_at(crowd(*WAITING)), phase=Phase.RESOLVED, resolved_at=NOW)

    same = crowd(*WAITING, known=ended)
    other = crowd(*WAITING, known=ended, now=NOW + timedelta(days=30))

    assert (ended.filing, Phase.OPEN) == (same.filing, same.phase)
    assert (None, Phase.PENDING) == (other.filing, other.phase)
    assert T0 == same.since
