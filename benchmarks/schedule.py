"""What is measured, and how often: more often what is quick."""

from collections.abc import Mapping
from typing import TypeAlias

from benchmarks.bounds import NEAR
from benchmarks.measuring import Case

Schedule: TypeAlias = Mapping[Case, int]
"""How often each case is repeated."""

ROUND_TRIPS = (0, NEAR, 200)
SIZES = (1, 10, 100, 1000)


def _failing(projects: int) -> list[int]:
    """Give how many fail in each state: none, one in a hundred, three in ten; all at once."""
    return sorted({0, max(projects // 100, 1), max(projects * 3 // 10, 1)})


def _repeats(case: Case) -> int:
    """Give how often a case is measured: most often what the promises are about."""
    is_near, is_largest = case.round_trip == NEAR, case.projects == max(SIZES)
    if not case.failing:
        return 5 if is_near and not is_largest else 3
    return 3 if is_near and not is_largest else 1


def _near(projects: int, failing: int) -> Case:
    return Case(projects=projects, failing=failing, round_trip=NEAR)


_CASES = [
    Case(projects=projects, failing=failing, round_trip=trip)
    for projects in SIZES
    for failing in _failing(projects)
    for trip in ROUND_TRIPS
]
WHOLE: Schedule = {case: _repeats(case) for case in _CASES}
QUICK: Schedule = {_near(1, 0): 3, _near(10, 0): 3, _near(100, 0): 5, _near(100, 1): 3}
GATE: Schedule = {_near(100, 0): 5, _near(100, 1): 3, _near(1000, 0): 3}
