"""The table of figures: it is read as it was written, and the promises follow from it."""

from dataclasses import replace

import pytest

from benchmarks.bounds import Bound, bounds
from benchmarks.child import Took
from benchmarks.measuring import Case, Sample, require_told
from benchmarks.page import (
    BEGIN,
    END,
    MalformedError,
    machine,
    measured_part,
    promises_of,
    replaced,
    rows_of,
)
from benchmarks.providers import Told
from benchmarks.rows import Row, Spread, read, row_of, written
from benchmarks.schedule import GATE, WHOLE, Schedule

COLD = "| what | CPU, ms |\n|---|---:|\n| `run-once` | 300 |\n"
PAGE = f"# Prose\n\n{BEGIN}\nNot measured yet.\n\n{END}\nMore prose.\n"


def a_row(projects: int = 100, *, failing: int = 0, own: float = 0.4, cpu: float = 0.75) -> Row:
    """Give a row whose promises hold."""
    return Row(
        projects=projects,
        failing=failing,
        round_trip=50,
        github=6,
        points=10,
        railway=5,
        in_a_row=7,
        wall=Spread(middle=1.25, around=0.05),
        floor=Spread(middle=0.85, around=0.02),
        own=Spread(middle=own, around=0.03),
        cpu=Spread(middle=cpu, around=0.01),
        floor_cpu=Spread(middle=0.25, around=0.01),
        peak=58.0,
        ledger=770_000,
    )


ROWS = [a_row(), a_row(failing=1), a_row(1000, own=2.5, cpu=3.5)]


def broken(*rows: Row, busy: bool = False) -> list[str]:
    """Name the promises that do not hold."""
    return [bound.what for bound in bounds(rows, busy=busy) if not bound.holds]


def test_a_row_is_the_middle_of_its_samples() -> None:
    """Times are medians with their spread, counts the most of them, own time is of each pair."""
    told = Told(opened=0, github=6, railway=5, points=10, cpu=1.0)
    samples = [
        Sample(
            agent=Took(wall=wall, cpu=0.7, peak=50 + wall, code=0),
            floor=Took(wall=1.0, cpu=0.2, peak=29, code=0),
            told=told,
            row=7,
            width=4,
            ledger=1000,
        )
        for wall in (1.5, 1.25, 2.0)
    ]

    row = row_of(Case(projects=100, failing=0, round_trip=50), samples)

    assert (Spread(middle=1.5, around=0.375), Spread(middle=0.5, around=0.375)) == (
        row.wall,
        row.own,
    )
    assert (11, 52.0) == (row.requests, row.peak)


def test_a_table_is_read_as_it_was_written() -> None:
    """Nothing else is known of the figures when the page is checked, or the plot drawn."""
    once = replace(a_row(), wall=Spread(middle=79.27, around=0.0))

    assert [*ROWS, once] == read(written([*ROWS, once]))
    assert "| 79.27 |" in written([once])


def test_a_table_with_other_columns_is_refused() -> None:
    """It would be read as something else."""
    with pytest.raises(ValueError, match="not the columns"):
        read(written(ROWS).replace("points", "pints"))


@pytest.mark.parametrize(
    ("rows", "names"),
    [
        (ROWS, []),
        ([a_row(own=1.01)], ["100 quiet projects: own time, s"]),
        ([replace(a_row(), railway=7)], ["100 quiet projects: requests"]),
        (
            [a_row(failing=1, own=2.5)],
            ["one failure among 100 projects is an issue: own time, s"],
        ),
        (
            [a_row(), a_row(1000, cpu=8.3)],
            ["CPU of 1,000 quiet projects, of that of 100"],
        ),
        (
            [a_row(), replace(a_row(1000), github=85, railway=59, points=84, peak=151)],
            [
                "1,000 quiet projects: requests",
                "1,000 quiet projects: peak memory, MB",
                "requests for 1,000 quiet projects, of those for 100",
                "1,000 quiet projects every 5 minutes: GitHub's points in an hour",
                "1,000 quiet projects every 5 minutes: requests to Railway in an hour",
            ],
        ),
        ([replace(a_row(own=9), round_trip=200)], []),
    ],
    ids=["all", "slow", "many requests", "a late issue", "CPU", "all of 1,000", "far away"],
)
def test_each_promise_is_held_against_its_row(rows: list[Row], names: list[str]) -> None:
    """Those of issue 8, at its round trip."""
    assert names == broken(*rows)


@pytest.mark.parametrize("schedule", [GATE, WHOLE], ids=["gate", "whole"])
def test_every_promise_is_told_of_what_is_measured(schedule: Schedule) -> None:
    """One that nobody can tell of would hold for ever."""
    rows = [
        replace(a_row(case.projects, failing=case.failing), round_trip=case.round_trip)
        for case in schedule
    ]

    assert len(bounds(rows)) == 9


@pytest.mark.parametrize(("failing", "opened"), [(1, 0), (0, 1)])
def test_a_cycle_that_told_nobody_is_not_measured(failing: int, opened: int) -> None:
    """It is quicker than one that does what it is for, and would keep every promise."""
    case = Case(projects=100, failing=failing, round_trip=50)
    told = Told(opened=opened, github=6, railway=5, points=10, cpu=1.0)

    with pytest.raises(RuntimeError, match=f"{opened} issues were opened"):
        require_told(case, told)
    require_told(case, replace(told, opened=failing))


def test_on_a_busy_machine_the_floor_tells_what_an_idle_one_would_take() -> None:
    """Whoever shares the processors with us makes the wall longer, and no promise untrue."""
    crowd, dear = Spread(middle=3.35, around=0.5), a_row(own=0.4, cpu=1.51)
    slow = replace(a_row(own=5.0), floor=crowd)
    crowded = replace(dear, floor_cpu=Spread(middle=0.5, around=0.1))

    assert [] == broken(slow, crowded, busy=True)
    assert ["100 quiet projects: own time, s of an idle machine"] == broken(dear, busy=True)


def test_a_machine_is_not_busy_because_the_agent_waits() -> None:
    """Waiting costs no CPU; the floor beside it, which does not wait, is as quick as ever."""
    assert ["100 quiet projects: own time, s of an idle machine"] == broken(
        a_row(own=5.0), busy=True
    )


def test_the_page_keeps_its_prose_and_says_what_was_measured() -> None:
    """Only what is between the markers is written anew, and it is read again."""
    cold = Bound(what="cold", most=150, found=140)
    part = measured_part(ROWS, (cold,), machine=machine(), cold=COLD)

    page = replaced(PAGE, part)

    assert (page.startswith("# Prose\n\n"), page.endswith("\nMore prose.\n")) == (True, True)
    assert ROWS == rows_of(page)
    assert promises_of(page)[-1] == "| cold | 150 | 140 | yes |"
    assert page == replaced(page, part)


def test_a_promise_that_does_not_hold_is_written_so() -> None:
    """In bold, where every reader sees it."""
    assert Bound(what="it", most=1, found=2).line() == "| it | 1 | 2 | **no** |\n"


@pytest.mark.parametrize(
    "page",
    [
        "# Prose\n",
        PAGE,
        replaced(PAGE, f"machine\n\n| other |\n\n{written(ROWS)}\n{COLD}"),
    ],
    ids=["no markers", "not measured", "no promises"],
)
def test_a_page_that_is_not_as_it_is_written_is_refused(page: str) -> None:
    """Whoever edits a figure by hand shall not pass for the command."""
    with pytest.raises(MalformedError):
        promises_of(page)
