"""Stories of a portfolio whose ledger was lost, or put back from a copy of before its issue."""

import shutil
from pathlib import Path

import pytest

from hosts import MINUTE, Host
from pipeline_health.core.issue_text import read_marker
from pipeline_health.core.issue_text.parent_marker import ParentMarker, read_parent_marker
from pipeline_health.simulator import Loopback, World
from pipeline_health.simulator.github_records import Issue
from portfolio_town import NPM, NPM_TITLE, Town, broken, rejected

HOUR = 60 * MINUTE


@pytest.fixture
def town(world: World, loopback: Loopback, tmp_path: Path) -> Town:
    """Give four healthy products that were looked at once."""
    host = Host(world, loopback, tmp_path)
    host.stay_indoors()
    town = Town(world, host, 4)
    town.host.cycle()
    return town


def told(issue: Issue) -> ParentMarker:
    """Give the marker of an issue for many projects."""
    marker = read_parent_marker(issue.body)
    assert marker is not None
    return marker


def copied(town: Town) -> Path:
    """Copy the ledger as a backup does."""
    copy = town.host.home / "copy.db"
    shutil.copyfile(town.host.ledger, copy)
    return copy


def put_back(town: Town, copy: Path) -> None:
    """Put a copy in the place of the ledger, and let all work again before anybody looks."""
    town.host.forget()
    shutil.copyfile(copy, town.host.ledger)
    town.world.advance(MINUTE)
    town.mend()


def test_what_a_ledger_of_before_does_not_know_is_found_and_ended(town: Town) -> None:
    """Nothing but the list of issues tells of it."""
    copy = copied(town)
    town.fail(NPM)
    town.host.cycle()
    assert [NPM_TITLE] == town.titles()
    put_back(town, copy)

    town.host.cycles(4, every=30 * MINUTE)

    assert [] == town.titles()
    assert 1 == town.filed()


def test_what_a_ledger_of_before_takes_for_over_is_found_and_ended(town: Town) -> None:
    """The same came back since the copy was made, and its issue was opened again."""
    town.fail(NPM)
    town.host.cycle()
    town.mend()
    town.host.cycles(4)
    assert [] == town.titles()
    copy = copied(town)
    town.fail(NPM)
    town.host.cycles(4)
    assert [NPM_TITLE] == town.titles()
    put_back(town, copy)

    town.host.cycles(4, every=30 * MINUTE)

    assert [] == town.titles()
    assert 1 == town.filed()


def test_what_a_ledger_of_before_had_not_filed_yet_is_found_and_ended(town: Town) -> None:
    """That ledger says of the very same story that it is over, and that nobody was told of it."""
    town.ops.archived = True
    town.fail(NPM)
    town.host.cycle()
    copy = copied(town)
    town.ops.archived = False
    town.host.cycle()
    assert [NPM_TITLE] == town.titles()
    put_back(town, copy)

    town.host.cycles(6, every=30 * MINUTE)

    assert ([], []) == (town.titles(), town.own())
    assert 1 + 4 == town.filed()


def test_what_a_person_opens_again_after_it_was_over_is_left_to_them(town: Town) -> None:
    """It names nothing that goes on, so that nothing would ever end it."""
    town.fail(NPM)
    town.host.cycle()
    town.mend()
    town.host.cycles(4)
    town.ops.reopen_issue(1)
    (before,) = [issue.body for issue in town.ops.issues.values()]

    reports = town.host.cycles(4, every=30 * MINUTE)

    assert [NPM_TITLE] == town.titles()
    assert [before] == [issue.body for issue in town.ops.issues.values()]
    assert [()] * 4 == [report.changes for report in reports]


def test_a_lost_ledger_takes_nothing_for_another_story_because_a_log_says_less(
    town: Town,
) -> None:
    """Its own issue tells the class of the cause alone; that of all tells what they share."""
    town.fail(rejected("RAILWAY"), of=slice(2))
    town.host.cycle()
    town.fail(rejected("RAILWAY"), of=slice(2, 4))
    town.host.cycles(2)
    town.fail("boom", of=slice(1))
    town.host.cycle()
    town.repos[0].close_issue(1, user="archon", reason="completed")
    town.host.forget()

    report = town.host.cycle()

    (issue,) = town.ops.issues.values()
    assert {"p0", "p1", "p2", "p3"} == {mark.project for mark in told(issue).members}
    assert not [change for change in report.changes if change.change in ("open", "reopen")]


def test_what_a_lost_ledger_files_was_seen_when_the_issue_of_all_says_so(town: Town) -> None:
    """So the next lost ledger does not take for new what has failed for days."""
    town.fail(NPM)
    town.host.cycle()
    town.host.forget()
    town.world.advance(48 * HOUR)
    town.host.cycle()
    town.fail(broken(0), of=slice(1))

    town.host.cycle()

    (issue,), (own,) = town.ops.issues.values(), town.own()
    marker = read_marker(own.body)
    assert marker is not None
    assert told(issue).first_seen == marker.first_seen


def test_an_issue_that_a_lost_ledger_cannot_understand_yet_counts_as_filed(town: Town) -> None:
    """One project of it cannot be seen; a lost ledger is no leave to flood."""
    town.host.extra += "issues_per_hour = 1\n"
    town.fail(NPM, of=slice(3))
    town.host.cycle()
    town.host.forget()
    town.world.faults.add(host="github", mode="status", status=502, times=99, match="acme/p0/")
    town.fail(broken(3), of=slice(3, 4))

    town.host.cycle()

    assert 1 == town.filed()
