"""What is measured, and how often: more often what is quick."""

from collections.abc import Mapping
from typing import TypeAlias

from benchmarks.measuring import Case

Schedule: TypeAlias = Mapping[Case, int]
"""How often each case is repeated."""

ROUND_TRIPS = (0, 50, 200)
REPEATS = {1: 5, 10: 5, 100: 5, 1000: 3}


def _cases(projects: int) -> Mapping[Case, int]:
    """Give the cases of one size: nothing fails, one in a hundred, three in ten; each at once."""
    failing = sorted({0, max(projects // 100, 1), max(projects * 3 // 10, 1)})
    return {
        Case(projects=projects, failing=number, round_trip=trip): REPEATS[projects]
        for number in failing
        for trip in ROUND_TRIPS
    }


def _near(projects: int, failing: int) -> Case:
    return Case(projects=projects, failing=failing, round_trip=50)


WHOLE: Schedule = {case: times for size in REPEATS for case, times in _cases(size).items()}
QUICK: Schedule = {_near(1, 0): 3, _near(10, 0): 3, _near(100, 0): 5, _near(100, 1): 3}
GATE: Schedule = {_near(100, 0): 5, _near(100, 1): 3, _near(1000, 0): 3}
