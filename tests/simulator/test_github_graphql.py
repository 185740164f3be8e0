"""What GitHub's GraphQL service tells of a repository, and how it says no."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from pipeline_health.clients import documents
from pipeline_health.simulator import Call, Simulator, World
from pipeline_health.simulator.github_world import Repo

Ask = Callable[..., Any]
NAME = {"owner": "acme", "name": "shop"}


def look(github: Ask, name: str = "shop", branch: str | None = None) -> Any:
    """Ask for one repository as our client does, the commits before the head too."""
    given = {"o0": "acme", "n0": name, "e0": ["staging"]}
    named = {} if branch is None else {"b0": branch}
    document = documents.github_look([branch], [True])
    return github(document, author="health-bot", checks=True, **given, **named)


def test_a_look_shows_the_head_and_what_judges_it(shop: Repo, github: Ask) -> None:
    """Runs and other apps' suites are check suites; statuses are the newest of each context."""
    shop.push("Fix it\n\nfor good", author="ada")
    run = shop.run("CI", "failure", event="workflow_dispatch")
    shop.external_suite("codecov")
    shop.status("lint", "pending")
    shop.status("lint", "failure", creator="lint[bot]", target_url="https://lint.example")
    repository = look(github)["data"]["r0"]
    commit = repository["branch"]["target"]
    assert ("Fix it", "ada") == (commit["messageHeadline"], commit["author"]["user"]["login"])
    assert [shop.head, *shop.branches["main"][:1]] == [
        one["oid"] for one in commit["history"]["nodes"]
    ]
    actions, other = commit["checkSuites"]["nodes"]
    assert ("COMPLETED", "FAILURE") == (actions["status"], actions["conclusion"])
    assert (run.id, "workflow_dispatch", "CI") == (
        actions["workflowRun"]["databaseId"],
        actions["workflowRun"]["event"],
        actions["workflowRun"]["workflow"]["name"],
    )
    assert ("codecov", "QUEUED", None) == (
        other["app"]["slug"],
        other["status"],
        other["workflowRun"],
    )
    [context] = commit["status"]["contexts"]
    assert ("FAILURE", {"login": "lint"}) == (context["state"], context["creator"])
    assert 2 == len(repository["branch"]["target"]["earlier"]["nodes"])


def test_a_value_newer_than_the_schema_is_sent_all_the_same(shop: Repo, github: Ask) -> None:
    """A provider does not wait for us to know its new words."""
    shop.run("CI", "exploded")
    suites = look(github)["data"]["r0"]["branch"]["target"]["checkSuites"]["nodes"]
    assert "EXPLODED" == suites[0]["conclusion"]


def test_a_commit_without_statuses_has_no_status(shop: Repo, github: Ask) -> None:
    """GitHub gives null, not an empty list."""
    assert shop.head == look(github)["data"]["r0"]["branch"]["target"]["oid"]
    assert look(github)["data"]["r0"]["branch"]["target"]["status"] is None


def test_a_status_may_have_lost_its_creator(shop: Repo, github: Ask) -> None:
    """The account behind a status may be gone."""
    shop.status("lint", "success", creator=None)
    [context] = look(github)["data"]["r0"]["branch"]["target"]["status"]["contexts"]
    assert context["creator"] is None


@pytest.mark.parametrize(
    ("branch", "name"), [("next", "next"), ("refs/heads/next", "next"), ("none", None)]
)
def test_a_branch_is_found_by_its_name(
    shop: Repo, github: Ask, branch: str, name: str | None
) -> None:
    """A named branch is given with its head, one that is not there as null."""
    shop.push("Elsewhere", branch="next")
    found = look(github, branch=branch)["data"]["r0"]["branch"]
    assert name == (found and found["name"])


def test_a_repository_without_commits_has_no_default_branch(world: World, github: Ask) -> None:
    """Before the first push there is nothing to look at."""
    world.repo("acme/empty")
    assert look(github, name="empty")["data"]["r0"]["branch"] is None


def test_deployments_are_listed_newest_first_by_environment(shop: Repo, github: Ask) -> None:
    """Another environment's are left out; a deployment without statuses has no newest one."""
    shop.record_deployment("staging", "failure", creator="ada")
    shop.record_deployment("preview", "success")
    shop.record_deployment("staging", None)
    nodes = look(github)["data"]["r0"]["deployments"]["nodes"]
    assert [None, "FAILURE"] == [
        node["latestStatus"] and node["latestStatus"]["state"] for node in nodes
    ]
    assert ["railway-app", "ada"] == [node["creator"]["login"] for node in nodes]


def test_checks_may_be_forbidden_while_the_rest_is_seen(
    world: World, shop: Repo, github: Ask
) -> None:
    """A fine-grained token sees null and an error with a type and a path, and the data beside."""
    world.no_checks.add("health-bot")
    run = shop.run("CI", "success")
    body = look(github)
    assert "acme/shop" == body["data"]["r0"]["nameWithOwner"]
    assert body["data"]["r0"]["branch"]["target"]["checkSuites"] is None
    assert ("FORBIDDEN", ["r0", "branch", "target", "checkSuites"]) == (
        body["errors"][0]["type"],
        body["errors"][0]["path"],
    )
    counts = github(documents.GITHUB_SUITE_COUNTS, ids=[f"CS_{run.suite_id}"])
    assert ([None], "FORBIDDEN") == (counts["data"]["nodes"], counts["errors"][0]["type"])


def test_an_unknown_repository_is_null_with_an_error(github: Ask) -> None:
    """The error says NOT_FOUND and which alias it was."""
    body = look(github, name="nothing")
    assert body["data"]["r0"] is None
    assert [("NOT_FOUND", ["r0"])] == [(one["type"], one["path"]) for one in body["errors"]]


def test_a_renamed_repository_is_found_by_its_old_name(shop: Repo, github: Ask) -> None:
    """GraphQL follows a rename, unless it is told not to."""
    shop.rename("acme/store")
    assert "acme/store" == look(github)["data"]["r0"]["nameWithOwner"]
    stay = '{ repository(owner: "acme", name: "shop", followRenames: false) { id } }'
    assert "NOT_FOUND" == github(stay)["errors"][0]["type"]


def test_suites_are_read_by_page_and_counted_by_id(shop: Repo, github: Ask) -> None:
    """A suite tells how many check runs it has; an id that is none leaves a null."""
    run = shop.run("CI", "success", jobs={"a": "success", "b": "success"})
    other = shop.external_suite("codecov", runs=3)
    page = github(documents.GITHUB_SUITES_PAGE, **NAME, oid=shop.head, after="1")
    [suite] = page["data"]["repository"]["object"]["checkSuites"]["nodes"]
    assert other.suite_id == suite["databaseId"]
    ids = [f"CS_{run.suite_id}", suite["id"], "CS_1", "R_x"]
    body = github(documents.GITHUB_SUITE_COUNTS, ids=ids)
    counts = [node and node["checkRuns"]["totalCount"] for node in body["data"]["nodes"]]
    assert [2, 3, None, None] == counts


@pytest.mark.parametrize("oid", ["f" * 40, None], ids=["unknown", "not told"])
def test_an_unknown_object_is_null(shop: Repo, github: Ask, oid: str | None) -> None:
    """No error is made of it."""
    document = (
        "query Q($oid: GitObjectID) "
        '{ repository(owner: "acme", name: "shop") { id object(oid: $oid) { oid } } }'
    )
    assert {"id": f"R_{shop.id}", "object": None} == github(document, oid=oid)["data"]["repository"]


@pytest.mark.parametrize(
    ("page", "kind"),
    [("", "MISSING_PAGINATION_BOUNDARIES"), ("(first: 101)", "EXCESSIVE_PAGINATION")],
    ids=["no page", "too large a page"],
)
def test_a_connection_wants_a_page_of_100_at_most(
    shop: Repo, github: Ask, page: str, kind: str
) -> None:
    """GitHub refuses a list of unknown or too great a length."""
    document = (
        f'{{ repository(owner: "acme", name: "shop") {{ issues{page} {{ nodes {{ number }} }} }} }}'
    )
    assert [kind] == [error["type"] for error in github(document)["errors"]]
    assert [] == shop.open_titles


def test_a_body_that_is_no_json_is_refused(world: World) -> None:
    """Nor is JSON that is no object."""
    headers = {"User-Agent": "tests", "Authorization": "token gh-good-token"}
    for body in (b"{", b"[]"):
        call = Call(method="POST", target="/graphql", headers=headers, body=body)
        answer = Simulator(world).answer("github", call)
        assert (400, "Problems parsing JSON") == (
            answer.status,
            json.loads(answer.body)["message"],
        )
