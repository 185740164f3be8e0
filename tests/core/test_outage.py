"""How many looks it takes to call a URL down, and which of them count."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest

from builders import MINUTE, NOW
from pipeline_health.core.model.urls import Doubt, Miss, Probe, Row
from pipeline_health.core.outage import (
    Failure,
    confirmed,
    is_answer,
    is_shared,
    row_after,
    transient,
)

GAP = timedelta(minutes=30)


def misses(*minutes: float, shared: Sequence[int] = ()) -> tuple[Miss, ...]:
    """Give looks that failed so many minutes after `NOW`; *shared* are positions."""
    return tuple(
        Miss(at=NOW + minute * MINUTE, says="answered 502", shared=position in shared)
        for position, minute in enumerate(minutes)
    )


def failure(minute: float, *, shared: bool = False, doubt: Doubt | None = None) -> Failure:
    """Give one more look that fails."""
    return Failure(at=NOW + minute * MINUTE, says="answered 502", shared=shared, doubt=doubt)


@pytest.mark.parametrize(
    ("status", "answers"),
    [
        (200, True),
        (204, True),
        (301, True),
        (304, True),
        (401, True),
        (403, True),
        (400, False),
        (404, False),
        (410, False),
        (429, False),
        (500, False),
        (502, False),
        (503, False),
        (None, False),
    ],
)
def test_what_answers(status: int | None, answers: bool) -> None:  # noqa: FBT001 - a table
    """Serving, leading on and asking who we are is an answer; anything else is none."""
    assert is_answer(Probe(status=status, says="…")) is answers


@pytest.mark.parametrize(
    ("looks", "down_at"),
    [
        ((), None),
        ((0,), None),
        ((0, 5), None),
        ((0, 10), None),
        ((0, 2, 4), None),
        ((0, 2, 5), 5),
        ((0, 5, 10), 10),
        ((0, 5, 10, 15), 10),
        ((0, 1, 2, 3, 4, 5, 6), 5),
    ],
)
def test_three_looks_over_five_minutes_are_an_outage(
    looks: tuple[float, ...], down_at: float | None
) -> None:
    """Fewer, or in less time, may be a transient; what follows does not move the moment."""
    found = confirmed(misses(*looks))

    assert (None if found is None else found.at) == (
        None if down_at is None else NOW + down_at * MINUTE
    )


@pytest.mark.parametrize(
    ("looks", "shared", "down_at"),
    [
        ((0, 5, 10, 15, 20), (0,), None),
        ((0, 5, 10, 15, 20, 25), (0,), 25),
        ((0, 5, 10, 15, 20, 25), (2,), 25),
        ((0, 5, 10, 15, 20, 25), (3,), 10),
        ((0, 1, 2, 3, 4, 5, 6, 7, 8, 9), (0,), None),
        ((0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10), (0,), 10),
    ],
)
def test_looks_shared_with_another_site_need_a_second_window(
    looks: tuple[float, ...], shared: tuple[int, ...], down_at: float | None
) -> None:
    """Six looks over ten minutes; one that is shared only after the verdict changes nothing."""
    found = confirmed(misses(*looks, shared=shared))

    assert (None if found is None else found.at) == (
        None if down_at is None else NOW + down_at * MINUTE
    )


def test_a_failed_look_begins_a_row_and_the_next_one_goes_on() -> None:
    """The words and the suspicion of each look are kept with it."""
    first = row_after(None, failure(0), gap=GAP)
    second = row_after(first, failure(5, shared=True), gap=GAP)

    assert second == Row(last=NOW + 5 * MINUTE, misses=misses(0, 5, shared=(1,)))


def test_looks_within_a_minute_are_one_look() -> None:
    """A cycle by hand beside that of the timer adds nothing."""
    row = row_after(Row(last=NOW, misses=misses(0)), failure(0.9), gap=GAP)

    assert row == Row(last=NOW + 0.9 * MINUTE, misses=misses(0))


@pytest.mark.parametrize("doubt", Doubt)
def test_a_doubtful_look_keeps_the_row_and_adds_nothing(doubt: Doubt) -> None:
    """It bridges the time to the next look that counts."""
    bridge = row_after(Row(last=NOW, misses=misses(0)), failure(25, doubt=doubt), gap=GAP)
    row = row_after(bridge, failure(50), gap=GAP)

    assert bridge == Row(last=NOW + 25 * MINUTE, misses=misses(0))
    assert row.misses == misses(0, 50)


def test_a_deployment_asks_for_a_fresh_verdict_on_what_was_down() -> None:
    """Whether the fix works is told by looks after it; other doubts leave the verdict alone."""
    down = Row(last=NOW + 10 * MINUTE, misses=misses(0, 5, 10))

    assert row_after(down, failure(15, doubt=Doubt.DEPLOYING), gap=GAP).misses == ()
    assert row_after(down, failure(15, doubt=Doubt.CONTROL), gap=GAP).misses == down.misses


@pytest.mark.parametrize(("minute", "kept"), [(30, misses(0, 30)), (31, misses(31))])
def test_looks_too_far_apart_are_not_in_a_row(minute: float, kept: tuple[Miss, ...]) -> None:
    """Nobody knows what was between them."""
    row = row_after(Row(last=NOW, misses=misses(0)), failure(minute), gap=GAP)

    assert row.misses == kept


def test_a_long_row_is_kept_by_its_beginning() -> None:
    """However long it lasts, the moment of the verdict stays, and memory is bounded."""
    row: Row | None = None
    for minute in range(100):
        row = row_after(row, failure(minute, shared=True), gap=GAP)

    assert row == Row(last=NOW + 99 * MINUTE, misses=misses(*range(12), shared=range(12)))


def test_unrelated_is_what_is_on_another_host() -> None:
    """Two paths of one host fail together without making our network a suspect."""
    url = "https://shop.example/healthz"

    assert not is_shared(url, [])
    assert not is_shared(url, [url, "https://shop.example/api"])
    assert is_shared(url, [url, "https://film.example/healthz"])


@pytest.mark.parametrize(
    ("row", "began_at"),
    [
        (None, None),
        (Row(last=NOW), None),
        (Row(last=NOW, misses=misses(0)), NOW),
        (Row(last=NOW, misses=misses(0, 5)), NOW),
        (Row(last=NOW, misses=misses(0, 5, 10)), None),
    ],
    ids=["no-row", "only-doubt", "one", "two", "an-outage"],
)
def test_a_transient_is_what_clears_before_it_was_an_outage(
    row: Row | None, began_at: datetime | None
) -> None:
    """It is told by when it began; looks in doubt are none."""
    assert transient(row) == began_at
