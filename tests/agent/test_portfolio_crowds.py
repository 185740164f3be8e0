"""Stories of a large portfolio: two hundred products at once with `--thorough`, else fewer.

One reason, twenty reasons, or as many reasons as there are products: every product is named within
the promise, and no more issues are filed than the operator allows.
"""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import TypeAlias

import pytest

from hosts import MINUTE, Host
from pipeline_health.core.issue_text.parents import CROWD_TITLE
from pipeline_health.simulator import Loopback, World
from portfolio_town import NPM, NPM_TITLE, SLA, Town, broken, rejected

MANY = 200
Founded: TypeAlias = Callable[[int], Town]


@pytest.fixture
def founded(
    world: World, loopback: Loopback, tmp_path: Path, pytestconfig: pytest.Config
) -> Founded:
    """Give what founds a portfolio of so many products, or of two hundred with `--thorough`.

    What is asked does not leave this process, to take less time.
    """
    thorough = bool(pytestconfig.getoption("--thorough"))
    host = Host(world, loopback, tmp_path)
    host.stay_indoors()
    return lambda few: Town(world, host, MANY if thorough else few)


def test_many_products_with_one_reason_are_one_issue_within_one_cycle(founded: Founded) -> None:
    """Every product is named in it, and no other issue is filed in the hour."""
    portfolio = founded(30)
    portfolio.fail(NPM)

    portfolio.host.cycle()
    first = (portfolio.titles(), portfolio.filed(), portfolio.unnamed())
    portfolio.host.cycle(after=55 * MINUTE)

    assert ([NPM_TITLE], 1, []) == first
    assert 1 == portfolio.filed()
    (issue,) = portfolio.ops.issues.values()
    assert len(issue.body) <= 60_000


def test_many_products_with_twenty_reasons_are_twenty_stories_told_in_order(
    founded: Founded,
) -> None:
    """Five a cycle: after four cycles, within the promise, every product is named; none is lost."""
    portfolio = founded(60)
    names = [f"{chr(65 + at)}{chr(75 + at % 10)}" for at in range(20)]
    failed = portfolio.fail(*map(rejected, names), apart=timedelta(seconds=1))

    counts = [(portfolio.host.cycle(), len(portfolio.titles()))[1] for _ in range(4)]

    assert [5, 10, 15, 20] == counts
    expected = [f"Many projects at once: {name}_TOKEN is rejected" for name in names]
    assert expected == portfolio.titles()
    assert ([], []) == (portfolio.unnamed(), portfolio.own())
    assert portfolio.world.now() - failed <= SLA


def test_many_products_with_their_own_failures_are_named_within_one_cycle(
    founded: Founded,
) -> None:
    """One issue names all that wait; at most twenty issues come in the hour, and the rest later."""
    portfolio = founded(30)
    portfolio.fail(*map(broken, range(len(portfolio.repos))))

    portfolio.host.cycle()
    first = (portfolio.titles(), portfolio.filed(), portfolio.unnamed())
    for _ in range(4):
        portfolio.host.cycle()
    hour = portfolio.filed()
    portfolio.host.cycle(after=60 * MINUTE)

    assert ([CROWD_TITLE], 5, []) == first
    assert (20, 25) == (hour, portfolio.filed())
