"""docs/performance.md states what `make bench` wrote, and what it states is what is promised."""

from itertools import product
from pathlib import Path

import pytest

from benchmarks.bounds import bounds
from benchmarks.page import promises_of, rows_of
from benchmarks.schedule import ROUND_TRIPS, WHOLE

PAGE = Path(__file__).parents[2] / "docs" / "performance.md"


@pytest.fixture(scope="module")
def page() -> str:
    """Give the page, once it was measured."""
    text = PAGE.read_text()
    if "Not measured yet." in text:
        pytest.skip("make bench has not written it yet")
    return text


def test_every_case_is_there(page: str) -> None:
    """All sizes and states, at each round trip."""
    cases = [(row.projects, row.failing, row.round_trip) for row in rows_of(page)]

    assert [(case.projects, case.failing, case.round_trip) for case in WHOLE] == cases
    quiet = {(projects, trip) for projects, failing, trip in cases if not failing}
    assert quiet == set(product((1, 10, 100, 1000), ROUND_TRIPS))


def test_the_promises_hold_as_the_figures_say(page: str) -> None:
    """They follow from the table beside them, the last one from the cold starts; all of them."""
    stated = promises_of(page)

    assert [bound.line().strip() for bound in bounds(rows_of(page))] == stated[:-1]
    assert "a quiet cold run-once" in stated[-1]
    assert [line for line in stated if not line.endswith("| yes |")] == []


def test_no_host_and_no_path_is_named(page: str) -> None:
    """The machine is told of in general words."""
    assert [word for word in ("/home/", "/root", "/work", "localhost") if word in page] == []
