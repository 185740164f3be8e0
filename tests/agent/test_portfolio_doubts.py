"""Stories of a portfolio whose issue for all is out of reach, doubled, or was never filed."""

from pathlib import Path

import pytest

from hosts import MINUTE, Host
from pipeline_health.simulator import Loopback, World
from portfolio_town import NPM, NPM_TITLE, Town


@pytest.fixture
def town(world: World, loopback: Loopback, tmp_path: Path) -> Town:
    """Give four healthy products that were looked at once."""
    host = Host(world, loopback, tmp_path)
    host.stay_indoors()
    town = Town(world, host, 4)
    town.host.cycle()
    return town


def test_when_nobody_can_read_the_issue_of_all_any_more_each_product_gets_its_own(
    town: Town,
) -> None:
    """Issues are disabled there; that it is gone is no decision of a person's."""
    town.fail(NPM)
    town.host.cycle()
    town.ops.has_issues = False

    town.host.cycle()
    own = len(town.own())
    town.host.cycles(3, every=40 * MINUTE)
    town.ops.has_issues = True
    town.mend()
    town.host.cycles(4)

    assert 4 == own
    assert ([], []) == (town.titles(), town.own())


def test_an_issue_of_all_that_was_filed_before_is_not_written_once_it_is_public(
    town: Town,
) -> None:
    """It would tell of a private product; the one that fails next gets its own."""
    town.repos[3].private = True
    town.fail(NPM, of=slice(3))
    town.host.cycle()
    (before,) = [issue.body for issue in town.ops.issues.values()]
    town.ops.private = False
    town.fail(NPM, of=slice(3, 4))

    town.host.cycles(2)

    assert [before] == [issue.body for issue in town.ops.issues.values()]
    assert "Main CI red: CI (p3)" in [issue.title for issue in town.own()]


def test_of_two_issues_of_one_story_the_older_one_is_left(
    world: World, loopback: Loopback, tmp_path: Path
) -> None:
    """A person closes it for good, others fail, which are told of anew, and it is opened again."""
    host = Host(world, loopback, tmp_path)
    host.stay_indoors()
    town = Town(world, host, 6)
    town.host.cycle()
    town.fail(NPM, of=slice(3))
    town.host.cycle()
    town.ops.close_issue(1, user="dana", reason="not_planned")
    town.fail(NPM, of=slice(3, 6))
    town.host.cycle()
    assert [NPM_TITLE] == town.titles()
    town.ops.reopen_issue(1)

    town.host.cycles(3)
    town.host.cycles(2, every=40 * MINUTE)

    assert [NPM_TITLE] == town.titles()
    assert ["open", "closed"] == [issue.state for issue in town.ops.issues.values()]
    assert 1 == len(town.ops.issues[2].closings)
    assert ([], []) == (town.unnamed(), town.own())


def over(town: Town) -> list[str]:
    """Let an outage come, be told of and go, and give how its issues are then."""
    town.fail(NPM)
    town.host.cycle()
    town.mend()
    town.host.cycles(4)
    return [issue.state for issue in town.ops.issues.values()]


def test_what_is_back_is_told_of_in_the_cycle_that_sees_it(town: Town) -> None:
    """Its issue was not looked at while it was over; that takes no further cycle."""
    closed = over(town)
    town.fail(NPM)

    town.host.cycle()

    assert ["closed"] == closed
    assert [NPM_TITLE] == town.titles()
    assert ([], [], 1) == (town.unnamed(), town.own(), town.filed())


@pytest.mark.parametrize("seen", [False, True], ids=["before it is back", "once it is back"])
def test_who_deletes_the_issue_of_what_was_over_hears_of_it_when_it_is_back(
    town: Town, *, seen: bool
) -> None:
    """It named nothing of that any more: to tidy up is no decision about the next outage."""
    closed = over(town)
    town.fail(NPM)
    if seen:
        town.world.faults.add(
            host="github", mode="status", status=403, times=9, match="PATCH /repos/acme/operations"
        )
        town.host.cycle()
        town.world.faults.clear()
    del town.ops.issues[1]

    town.host.cycle()

    assert ["closed"] == closed
    assert [NPM_TITLE] == town.titles()
    assert ([], []) == (town.unnamed(), town.own())


def test_a_story_that_was_never_filed_costs_nothing_once_it_is_over(town: Town) -> None:
    """Its repository is not asked any more."""
    town.world.faults.add(
        host="github",
        mode="status",
        status=403,
        times=9,
        match="POST /repos/acme/operations/issues",
    )
    town.fail(NPM, of=slice(3))
    town.host.cycle()
    town.mend(slice(3))
    town.host.cycles(2)
    town.world.requests.clear()
    town.host.cycle()
    asked = len(town.world.requests)
    town.host.extra = ""
    town.host.cycle()

    assert len(town.world.requests) == 2 * asked
