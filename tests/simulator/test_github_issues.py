"""GitHub's REST routes for issues, comments and labels."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from pipeline_health.simulator import Answer, Call, Simulator, World
from pipeline_health.simulator.github_world import Repo

Ask = Callable[..., Answer]
ISSUES = "/repos/acme/shop/issues"
LABELS = "/repos/acme/shop/labels"


def parsed(answer: Answer) -> Any:
    """Give the body of an answer."""
    return json.loads(answer.body)


def test_an_issue_is_filed_with_labels_that_are_made(shop: Repo, rest: Ask) -> None:
    """The answer shows the issue as it is; a label may be sent as an object."""
    sent = {"title": "One", "body": "Look", "labels": ["bug", {"name": "human-needed"}]}
    answer = rest("POST", ISSUES, sent)
    assert 201 == answer.status
    issue = parsed(answer)
    assert (1, "open", "health-bot", ["bug", "human-needed"]) == (
        issue["number"],
        issue["state"],
        issue["user"]["login"],
        [label["name"] for label in issue["labels"]],
    )
    assert ["bug", "human-needed"] == [label.name for label in shop.labels.values()]
    assert issue == parsed(rest("GET", f"{ISSUES}/1"))


def test_without_push_access_labels_vanish(shop: Repo, rest: Ask) -> None:
    """Nothing says so when an issue is filed or edited; other routes refuse."""
    shop.drops_labels = True
    assert [] == parsed(rest("POST", ISSUES, {"title": "One", "labels": ["bug"]}))["labels"]
    assert [] == parsed(rest("PATCH", f"{ISSUES}/1", {"labels": ["bug"]}))["labels"]
    assert 403 == rest("POST", f"{ISSUES}/1/labels", {"labels": ["bug"]}).status
    assert 403 == rest("POST", LABELS, {"name": "bug"}).status


@pytest.mark.parametrize(
    ("sent", "field", "code"),
    [
        ({"body": "x"}, "title", "missing_field"),
        ({"title": "x" * 257}, "title", "custom"),
        ({"title": "x", "body": "x" * 65_537}, "body", "custom"),
    ],
    ids=["no title", "title too long", "body too long"],
)
def test_an_issue_that_is_not_valid_is_refused(
    shop: Repo, rest: Ask, sent: dict[str, str], field: str, code: str
) -> None:
    """A 422 names the field."""
    answer = rest("POST", ISSUES, sent)
    problem = parsed(answer)["errors"][0]
    assert (422, field, code) == (answer.status, problem["field"], problem["code"])
    assert {} == shop.issues


def test_the_longest_body_is_taken(shop: Repo, rest: Ask) -> None:
    """65,536 characters are the most, whatever their bytes."""
    assert 201 == rest("POST", ISSUES, {"title": "x", "body": "€" * 65_536}).status
    assert 65_536 == len(shop.issues[1].body)


def test_json_that_is_none_is_refused(shop: Repo, rest: Ask, world: World) -> None:
    """A 400 says so, and nothing is filed."""
    headers = {"User-Agent": "tests", "Authorization": "Bearer gh-good-token"}
    call = Call(method="POST", target=ISSUES, headers=headers, body=b"{")
    assert 400 == Simulator(world).answer("github", call).status
    assert [] == parsed(rest("GET", ISSUES))
    assert {} == shop.issues


def test_an_issue_is_edited_closed_and_opened(world: World, shop: Repo, rest: Ask) -> None:
    """What was not sent stays; closing tells who, why and when."""
    shop.open_issue("One", "old", labels=["bug"])
    world.advance(timedelta(minutes=1))
    rest("PATCH", f"{ISSUES}/1", {"body": "new", "labels": ["Bug", "done"]})
    closed = parsed(
        rest("PATCH", f"{ISSUES}/1", {"state": "closed", "state_reason": "not_planned"})
    )
    assert ("One", "new", "closed", "not_planned", "health-bot", "2026-03-02T10:01:00Z") == (
        closed["title"],
        closed["body"],
        closed["state"],
        closed["state_reason"],
        closed["closed_by"]["login"],
        closed["closed_at"],
    )
    assert ["bug", "done"] == shop.issues[1].labels
    opened = parsed(rest("PATCH", f"{ISSUES}/1", {"state": "open", "title": "Two"}))
    assert ("Two", "open", "reopened", None) == (
        opened["title"],
        opened["state"],
        opened["state_reason"],
        opened["closed_by"],
    )


def test_closing_without_a_reason_is_completed(shop: Repo, rest: Ask) -> None:
    """GitHub fills it in."""
    shop.open_issue("One")
    assert "completed" == parsed(rest("PATCH", f"{ISSUES}/1", {"state": "closed"}))["state_reason"]


def test_issues_are_listed_by_state_label_and_creator(world: World, shop: Repo, rest: Ask) -> None:
    """Newest first by default; pull requests are among them."""
    shop.open_issue("One", labels=["bug"], user="health-bot")
    world.advance(timedelta(minutes=1))
    shop.open_issue("Two")
    shop.close_issue(2)
    shop.pull("Three")
    world.advance(timedelta(minutes=1))
    shop.comment(1, "Hm.")

    def numbers(query: str) -> list[int]:
        return [issue["number"] for issue in parsed(rest("GET", f"{ISSUES}?{query}"))]

    assert [3, 1] == numbers("")
    assert [2] == numbers("state=closed")
    assert [1] == numbers("labels=Bug&state=all")
    assert [1] == numbers("creator=Health-bot")
    assert [1, 3, 2] == numbers("state=all&sort=updated")
    assert [2, 3, 1] == numbers("state=all&sort=comments&direction=asc")
    assert "pull_request" in parsed(rest("GET", ISSUES))[0]


def test_a_new_issue_is_late_in_the_list(world: World, shop: Repo, rest: Ask) -> None:
    """By its number it is there at once."""
    world.list_lag = timedelta(seconds=10)
    shop.open_issue("One")
    assert [] == parsed(rest("GET", ISSUES))
    assert 200 == rest("GET", f"{ISSUES}/1").status


@pytest.mark.parametrize(
    ("method", "target", "sent"),
    [("GET", ISSUES, None), ("POST", ISSUES, {"title": "x"}), ("GET", f"{ISSUES}/1", None)],
    ids=["list", "create", "get"],
)
def test_disabled_issues_are_gone(
    shop: Repo, rest: Ask, method: str, target: str, sent: object
) -> None:
    """A 410 for each route; a pull request can still be read."""
    shop.open_issue("One")
    shop.pull("Two")
    shop.has_issues = False
    assert 410 == rest(method, target, sent).status
    assert 200 == rest("GET", f"{ISSUES}/2").status


def test_a_deleted_issue_is_gone_and_an_unknown_one_not_found(shop: Repo, rest: Ask) -> None:
    """The two are told apart."""
    shop.open_issue("One")
    shop.delete_issue(1)
    assert [410, 404] == [rest("GET", f"{ISSUES}/{number}").status for number in (1, 2)]


def test_comments_are_listed_oldest_first(shop: Repo, rest: Ask) -> None:
    """They are paged; an empty one and one that is too long are refused."""
    shop.open_issue("One")
    shop.comment(1, "first", "ada")
    answer = rest("POST", f"{ISSUES}/1/comments", {"body": "second"})
    assert (201, "health-bot") == (answer.status, parsed(answer)["user"]["login"])
    assert 422 == rest("POST", f"{ISSUES}/1/comments", {"body": ""}).status
    assert 422 == rest("POST", f"{ISSUES}/1/comments", {"body": "x" * 65_537}).status
    listed = parsed(rest("GET", f"{ISSUES}/1/comments?per_page=1&page=2"))
    assert ["second"] == [comment["body"] for comment in listed]


def test_labels_of_an_issue_are_added_replaced_and_removed(shop: Repo, rest: Ask) -> None:
    """However they are sent, and each once; removing one that is not there is a 404."""
    shop.open_issue("One", labels=["bug"])
    rest("POST", f"{ISSUES}/1/labels", {"labels": ["queued", "bug"]})
    assert ["bug", "queued"] == shop.issues[1].labels
    rest("POST", f"{ISSUES}/1/labels", ["archon:done now"])
    assert 200 == rest("DELETE", f"{ISSUES}/1/labels/archon%3Adone%20now").status
    assert ["bug", "queued"] == shop.issues[1].labels
    answer = rest("DELETE", f"{ISSUES}/1/labels/none")
    assert (404, "Label does not exist") == (answer.status, parsed(answer)["message"])
    rest("PUT", f"{ISSUES}/1/labels", {"labels": ["done"]})
    assert ["done"] == [label["name"] for label in parsed(rest("GET", f"{ISSUES}/1/labels"))]


def test_a_label_of_the_repository_is_made_once(shop: Repo, rest: Ask) -> None:
    """A name is taken whatever its case."""
    sent = {"name": "bug", "color": "ff0000", "description": "Broken"}
    made = rest("POST", LABELS, sent)
    assert (201, "ff0000", "Broken") == (
        made.status,
        parsed(made)["color"],
        parsed(made)["description"],
    )
    again = rest("POST", LABELS, {"name": "Bug"})
    assert (422, "already_exists") == (again.status, parsed(again)["errors"][0]["code"])
    assert 422 == rest("POST", LABELS, {}).status
    assert parsed(made) == parsed(rest("GET", f"{LABELS}/BUG"))
    assert 404 == rest("GET", f"{LABELS}/none").status
    assert ["bug"] == [label["name"] for label in parsed(rest("GET", LABELS))]
    assert ["bug"] == list(shop.labels)
