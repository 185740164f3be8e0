"""Stories of the cap of an hour: an issue counts, whatever became of it and of the ledger."""

import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from hosts import MINUTE, Host
from pipeline_health.simulator import Loopback, World
from portfolio_town import NPM, NPM_TITLE, Town, broken


@pytest.fixture
def host(world: World, loopback: Loopback, tmp_path: Path) -> Host:
    """Give a host without a project."""
    host = Host(world, loopback, tmp_path)
    host.stay_indoors()
    return host


@pytest.fixture
def town(world: World, host: Host) -> Town:
    """Give four healthy products of an operator, one issue an hour being allowed."""
    town = Town(world, host, 4)
    host.extra += "issues_per_hour = 1\n"
    host.cycle()
    return town


@pytest.fixture
def pair(world: World, host: Host) -> Town:
    """Give two healthy products without a repository for both, one issue an hour being allowed."""
    pair = Town(world, host, 2, ops=False)
    host.extra = "[limits]\nissues_per_hour = 1\n"
    host.cycle()
    return pair


def test_an_issue_for_many_that_a_lost_ledger_found_closed_counts_for_the_hour(town: Town) -> None:
    """It is listed once; what nobody keeps any more counts in the next cycle, too."""
    town.fail(NPM, of=slice(3))
    town.host.cycle()
    assert [NPM_TITLE] == town.titles()
    town.ops.close_issue(1, user="dev", reason="not_planned")
    town.mend()
    town.host.forget()
    town.host.cycle()

    town.fail(broken(3), of=slice(3, 4))
    town.host.cycles(2)
    assert 1 == town.filed()

    town.host.cycles(2, every=30 * MINUTE)
    assert 2 == town.filed()


def test_an_issue_for_many_counts_that_a_copy_of_minutes_ago_does_not_know(town: Town) -> None:
    """The issues there were listed when the copy was made, and are not for an hour."""
    copy = town.host.home / "copy.db"
    shutil.copyfile(town.host.ledger, copy)
    town.fail(NPM, of=slice(3))
    town.host.cycle()
    assert [NPM_TITLE] == town.titles()
    town.mend()
    town.host.forget()
    shutil.copyfile(copy, town.host.ledger)

    town.fail(broken(3), of=slice(3, 4))
    town.host.cycles(2)

    assert 1 == town.filed()


def test_the_operators_issues_that_cannot_be_listed_delay_nothing(town: Town) -> None:
    """What is broken is filed within the SLA all the same."""
    town.world.faults.add(host="github", mode="status", status=400, match="query Ours")
    town.fail(NPM, of=slice(3))

    town.host.cycle()

    assert 1 == len(town.ops.issues)


def test_an_issue_counts_whose_place_an_older_one_has_taken(pair: Town) -> None:
    """Somebody opens the one of last week again: the one of today is closed, and was filed."""
    pair.fail(broken(0), of=slice(1))
    pair.host.cycle()
    pair.mend()
    pair.host.cycle()
    pair.host.cycle(after=timedelta(days=8))
    pair.fail(broken(0), of=slice(1))
    pair.host.cycle()
    pair.repos[0].reopen_issue(1)
    pair.host.cycles(2)
    assert ["open", "closed"] == [issue.state for issue in pair.own(None)]

    pair.fail(broken(1), of=slice(1, 2))
    pair.host.cycles(2)
    assert 2 == pair.filed()

    pair.host.cycles(2, every=30 * MINUTE)
    assert 3 == pair.filed()


def test_what_our_account_wrote_beside_its_incidents_takes_no_place(pair: Town) -> None:
    """Whose token it is may write issues of their own, which no marker shows to be ours."""
    pair.repos[0].open_issue("Mine", "no marker", user="health-bot")
    pair.fail(broken(1), of=slice(1, 2))

    pair.host.cycle()

    assert 1 == len(pair.own())
