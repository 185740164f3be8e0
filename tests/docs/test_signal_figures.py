"""The figures of docs/signal.md are counted so that each issue is counted once."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from signal_figures import Times, figures, lines_of, once, spoken, told_apart
from signal_records import Filed

START = datetime(2026, 4, 30, 6, tzinfo=UTC)


def filed(number: int = 1, *, after: float | None = None, **facts: Any) -> Filed:
    """Give an issue, filed exactly so many minutes *after* its failure."""
    if after is not None:
        at = START + timedelta(minutes=after)
        facts = {"failed_at": START, "filed_after": at, "filed_by": at, **facts}
    return Filed(repo="acme/shop", number=number, **facts)


def test_each_issue_is_counted_as_one_thing() -> None:
    """The first of a cause, a repeat, a false alarm, or what nobody knows the cause of."""
    issues = [
        filed(1, cause="a"),
        filed(2, cause="b"),
        filed(3, cause="a"),
        filed(4, cause="c", false=True),
        filed(5, cause="c", false=True),
        filed(6),
    ]

    counted = figures(issues)

    assert [kind for _, kind in told_apart(issues)] == [
        "first",
        "first",
        "repeat",
        "false alarm",
        "false alarm",
        "unknown",
    ]
    assert (6, 2, 1, 2, 1) == (
        counted.issues,
        counted.causes,
        counted.repeats,
        counted.false,
        counted.unknown,
    )


@pytest.mark.parametrize(
    ("facts", "misgiven", "false_given", "unknown"),
    [
        ({"fixer": "human", "given_to": "agent"}, 1, 0, 0),
        ({"fixer": "agent", "given_to": "human"}, 1, 0, 0),
        ({"fixer": "human", "given_to": "human"}, 0, 0, 0),
        ({"fixer": "human"}, 0, 0, 1),
        ({"given_to": "agent"}, 0, 0, 1),
        ({"fixer": "nobody", "given_to": "agent", "false": True}, 0, 1, 0),
        ({"fixer": "nobody", "false": True}, 0, 0, 1),
        ({"fixer": "nobody", "given_to": "human", "false": True}, 0, 1, 0),
        ({"fixer": "human", "given_to": "agent", "false": True}, 0, 1, 0),
    ],
)
def test_the_owner_is_wrong_only_where_both_are_recorded(
    facts: dict[str, Any], misgiven: int, false_given: int, unknown: int
) -> None:
    """Who got it, and who could have mended it."""
    counted = figures([filed(**facts)])

    assert (misgiven, false_given, unknown) == (
        counted.misgiven,
        counted.false_given,
        counted.owner_unknown,
    )


def test_exact_times_and_bounds_are_kept_apart() -> None:
    """And a false alarm has no time, since nothing had failed."""
    late = START + timedelta(hours=1)

    counted = figures(
        [
            filed(1, after=0),
            filed(2, after=10),
            filed(3, after=40),
            filed(4, after=90, false=True),
            filed(5, failed_at=START, filed_by=late),
            filed(6, failed_at=START, filed_after=START, filed_by=late),
            filed(7, failed_at=START, filed_after=late),
            filed(8),
            filed(9, failed_at=START),
        ]
    )

    hour = timedelta(hours=1)
    minutes = timedelta(minutes=1)
    assert counted.exact == Times(number=3, median=10 * minutes, maximum=40 * minutes)
    assert counted.at_most == Times(number=2, median=hour, maximum=hour)
    assert counted.at_least == Times(number=1, median=hour, maximum=hour)
    assert counted.no_time == 2


def test_nothing_filed_has_figures_too() -> None:
    """No median is taken of nothing."""
    assert figures([]).exact == Times()


def test_an_issue_of_two_recordings_is_counted_once() -> None:
    """As the first that has it tells of it; the same number elsewhere is another issue."""
    other = Filed(repo="acme/film", number=1)

    assert (filed(1, cause="a"), other) == once(
        {"storm": [filed(1, cause="a")], "cases": [filed(1), other]}
    )


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0, "0 s"), (59.6, "1 min"), (1530, "25 min 30 s"), (3661, "1 h 1 min 1 s"), (7200, "2 h")],
)
def test_a_time_is_said_to_the_second(seconds: float, said: str) -> None:
    """Without the parts that are nothing."""
    assert said == spoken(timedelta(seconds=seconds))


def test_every_time_is_printed_with_how_many_it_is_of() -> None:
    """A median says nothing without that."""
    printed = "\n".join(lines_of(figures([filed(1, after=10, cause="a"), filed(2, after=20)])))

    assert "exactly       2  median 15 min, maximum 20 min" in printed
    assert "at most       0\n" in printed
