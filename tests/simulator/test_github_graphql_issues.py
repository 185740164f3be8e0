"""Issues as GitHub's GraphQL service tells of them."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from pipeline_health.clients import documents
from pipeline_health.simulator import World
from pipeline_health.simulator.github_world import Repo

Ask = Callable[..., Any]
NAME = {"owner": "acme", "name": "shop"}
BY_NUMBER = documents.github_issues(1)


def test_an_issue_is_read_by_its_number(shop: Repo, github: Ask) -> None:
    """The bot's own issue, a person's, who closed it, a pull request, and nothing."""
    shop.open_issue("Ours", "body", labels=["Bug", "bug"], user="health-bot")
    shop.open_issue("Theirs", user="app[bot]")
    shop.pull("Change")
    shop.close_issue(1, user="ada")
    given = {f"o{at}": "acme" for at in range(4)} | {f"n{at}": "shop" for at in range(4)}
    body = github(documents.github_issues(4), **given, i0=1, i1=2, i2=3, i3=4)
    ours, theirs, pull, missing = (body["data"][f"i{at}"]["issueOrPullRequest"] for at in range(4))
    assert (True, False) == (ours["viewerDidAuthor"], theirs["viewerDidAuthor"])
    assert ("CLOSED", "COMPLETED", [{"name": "Bug"}]) == (
        ours["state"],
        ours["stateReason"],
        ours["labels"]["nodes"],
    )
    assert {"login": "ada", "__typename": "User"} == ours["timelineItems"]["nodes"][0]["actor"]
    assert {"login": "app", "__typename": "Bot"} == theirs["author"]
    assert {"__typename": "PullRequest"} == pull
    assert missing is None
    assert [["i3", "issueOrPullRequest"]] == [error["path"] for error in body["errors"]]


@pytest.mark.parametrize(
    ("argument", "reason"),
    [("(enableDuplicate: true)", "DUPLICATE"), ("", "NOT_PLANNED")],
    ids=["asked for", "not asked for"],
)
def test_a_duplicate_is_called_so_when_that_is_asked_for(
    shop: Repo, github: Ask, argument: str, reason: str
) -> None:
    """DUPLICATE is only given to those who ask for it with `enableDuplicate`."""
    shop.open_issue("Ours")
    shop.close_issue(1, reason="duplicate")
    issues = f"issues(first: 1) {{ nodes {{ stateReason{argument} }} }}"
    body = github(f'{{ repository(owner: "acme", name: "shop") {{ {issues} }} }}')
    assert [{"stateReason": reason}] == body["data"]["repository"]["issues"]["nodes"]


def test_issues_are_not_found_where_they_are_disabled(shop: Repo, github: Ask) -> None:
    """Neither by number nor in a list."""
    shop.open_issue("Ours", user="health-bot")
    shop.has_issues = False
    body = github(BY_NUMBER, o0="acme", n0="shop", i0=1)
    assert body["data"]["i0"]["issueOrPullRequest"] is None
    assert (
        [] == github(documents.GITHUB_STUBS_PAGE, **NAME)["data"]["repository"]["issues"]["nodes"]
    )


def test_a_deleted_issue_is_not_found(shop: Repo, github: Ask) -> None:
    """Its number leads to nothing."""
    shop.open_issue("Ours")
    shop.delete_issue(1)
    body = github(BY_NUMBER, o0="acme", n0="shop", i0=1)
    assert "NOT_FOUND" == body["errors"][0]["type"]


def test_a_list_of_issues_is_filtered_and_ordered(world: World, shop: Repo, github: Ask) -> None:
    """By author whatever the case, by state, newest first."""
    for title in ("One", "Two", "Three"):
        world.advance(timedelta(minutes=1))
        shop.open_issue(title, user="Health-Bot")
    shop.open_issue("Theirs")
    shop.close_issue(2)
    given = {"author": "health-bot", "checks": False, "o0": "acme", "n0": "shop", "e0": []}
    repository = github(documents.github_look([None], [False]), **given)["data"]["r0"]
    assert [3, 1] == [node["number"] for node in repository["opened"]["nodes"]]
    assert [2] == [node["number"] for node in repository["closed"]["nodes"]]


def test_a_new_issue_is_late_in_lists_and_on_time_by_its_number(
    world: World, shop: Repo, github: Ask
) -> None:
    """The lag is of the list, not of the issue."""
    world.list_lag = timedelta(seconds=10)
    shop.open_issue("Ours", user="health-bot")
    assert [] == github(documents.GITHUB_HIGHEST, **NAME)["data"]["repository"]["issues"]["nodes"]
    one = github(BY_NUMBER, o0="acme", n0="shop", i0=1)
    assert 1 == one["data"]["i0"]["issueOrPullRequest"]["number"]
    world.advance(timedelta(seconds=10))
    highest = github(documents.GITHUB_HIGHEST, **NAME)["data"]["repository"]
    assert [{"number": 1}] == highest["issues"]["nodes"]


def test_the_highest_number_may_be_a_pull_request(shop: Repo, github: Ask) -> None:
    """Issues and pull requests are asked for apart."""
    shop.open_issue("One")
    shop.pull("Two")
    highest = github(documents.GITHUB_HIGHEST, **NAME)["data"]["repository"]
    assert [{"number": 2}] == highest["pullRequests"]["nodes"]


def test_a_list_is_read_page_by_page(shop: Repo, github: Ask) -> None:
    """A cursor leads to the next page, and the last page says that it is the last."""
    for _ in range(101):
        shop.open_issue("Ours", user="health-bot")
    first = github(documents.GITHUB_STUBS_PAGE, **NAME, author="health-bot", after=None)
    page = first["data"]["repository"]["issues"]["pageInfo"]
    assert page["hasNextPage"] is True
    rest = github(documents.GITHUB_STUBS_PAGE, **NAME, author=None, after=page["endCursor"])
    issues = rest["data"]["repository"]["issues"]
    assert ([1], False) == (
        [node["number"] for node in issues["nodes"]],
        issues["pageInfo"]["hasNextPage"],
    )


@pytest.mark.parametrize(
    ("field", "made"),
    [
        ("issues(first: 9) { nodes { number } }", "number"),
        ("deployments(first: 9) { nodes { databaseId } }", "databaseId"),
    ],
    ids=["issues", "deployments"],
)
def test_an_order_is_not_needed(shop: Repo, github: Ask, field: str, made: str) -> None:
    """Without `orderBy` a list is in the order of making."""
    for title in ("One", "Two"):
        shop.open_issue(title)
        shop.record_deployment(title, "success")
    body = github(f'{{ repository(owner: "acme", name: "shop") {{ found: {field} }} }}')
    numbers = [node[made] for node in body["data"]["repository"]["found"]["nodes"]]
    assert 2 == len(numbers)
    assert sorted(numbers) == numbers
