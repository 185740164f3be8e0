"""Stories of the first day beside an older monitor: what it filed is waited for, not doubled."""

from typing import Literal

import pytest

from agent_types import Shop
from hosts import MINUTE, ours
from pipeline_health.simulator.github_records import Issue

SIGNED = "Main is red.\n\nAuto-filed by `pipeline-health-cron.sh`\n"


def the_cron_files(
    shop: Shop, title: str = "Main CI red: CI", *, body: str = SIGNED, user: str = "old-cron"
) -> Issue:
    """Let the older monitor file an issue."""
    return shop.repo.open_issue(title, body, user=user)


def lists(shop: Shop) -> int:
    """Count how often the open issues of everybody were listed."""
    return sum(
        request.path.endswith("/issues") and "state=open" in request.query
        for request in shop.world.requests
    )


def test_an_issue_of_an_older_monitor_is_waited_for_and_then_linked(shop: Shop) -> None:
    """Half an hour after we saw it, ours is filed all the same, and it names the older one."""
    shop.fail_ci()
    older = the_cron_files(shop)
    report = shop.host.cycle()
    (waiting,) = report.waiting
    assert "issue 1 of another monitor says so already; ours waits until 10:45 UTC" in waiting

    shop.host.cycles(5)
    assert [] == ours(shop.repo)
    shop.host.cycles(2)

    (issue,) = ours(shop.repo)
    assert f"[no. {older.number}](https://github.com/acme/shop/issues/1)" in issue.body
    assert [] == older.comments


def test_what_is_over_in_the_meantime_is_never_filed(shop: Shop) -> None:
    """The older monitor's word was enough."""
    shop.fail_ci()
    the_cron_files(shop)
    shop.host.cycles(2)
    shop.repo.push("fix")
    shop.repo.run("CI", "success", jobs={"build": "success", "test": "success"})
    shop.web.deploy("SUCCESS")

    shop.host.cycles(8)

    assert [] == ours(shop.repo)


def test_an_older_issue_that_is_closed_while_it_is_broken_is_waited_for_no_more(shop: Shop) -> None:
    """Nobody tells of it any more, so that we do."""
    shop.fail_ci()
    older = the_cron_files(shop)
    shop.host.cycles(2)
    shop.repo.close_issue(older.number, user="old-cron")

    shop.host.cycle()

    (issue,) = ours(shop.repo)
    assert "another monitor" not in issue.body


@pytest.mark.parametrize(
    ("title", "body", "user"),
    [
        ("Main CI red: CI nightly", SIGNED, "old-cron"),
        ("Main CI red: CI", "no signature", "old-cron"),
        ("Main CI red: CI", SIGNED, "stranger"),
        ("Prod deploy failed on main", SIGNED, "old-cron"),
    ],
    ids=["another workflow", "unsigned", "a stranger's", "another failure"],
)
def test_any_other_issue_is_waited_for_by_nobody(
    shop: Shop, title: str, body: str, user: str
) -> None:
    """Title, signature and author must all be the older monitor's."""
    shop.repo.strangers.add("stranger")
    shop.fail_ci()
    the_cron_files(shop, title, body=body, user=user)

    shop.host.cycle()

    assert 1 == len(ours(shop.repo))


@pytest.mark.parametrize("mode", ["status", "cut_before"])
def test_a_list_that_cannot_be_read_delays_nothing(
    shop: Shop, mode: Literal["status", "cut_before"]
) -> None:
    """Two issues are a nuisance; none would be a failure that nobody hears of."""
    shop.fail_ci()
    the_cron_files(shop)
    shop.world.faults.add(host="github", mode=mode, match="issues?state=open", times=3)

    shop.host.cycle()

    assert 1 == len(ours(shop.repo))


def test_issues_of_others_are_listed_only_when_something_is_to_be_filed(shop: Shop) -> None:
    """A quiet cycle, and one in which everything is filed, cost nothing more."""
    shop.host.cycle()
    assert 0 == lists(shop)
    shop.fail_ci()
    shop.host.cycle()
    assert 1 == lists(shop)

    shop.host.cycles(3, every=MINUTE)

    assert 1 == lists(shop)


def test_without_a_signature_there_is_no_older_monitor(shop: Shop) -> None:
    """An operator who has none leaves it empty."""
    shop.host.extra = '[routing]\nsignature = ""\n'
    shop.fail_ci()
    the_cron_files(shop)

    shop.host.cycle()

    assert (1, 0) == (len(ours(shop.repo)), lists(shop))
