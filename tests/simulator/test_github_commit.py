"""What GitHub tells of one commit, and how it takes a status."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from pipeline_health.clients import commit_documents
from pipeline_health.simulator import Answer, World
from pipeline_health.simulator.github_world import Repo

Ask = Callable[..., Any]
ROUTE = "/repos/acme/shop/statuses"


def commit(github: Ask, sha: str) -> Any:
    """Ask for one commit as our client does, the check runs called e2e too."""
    document = commit_documents.github_commit(None, named=True)
    given = {"owner": "acme", "name": "shop", "environments": ["staging"]}
    return github(document, oid=sha, check="e2e", **given)["data"]["repository"]["commit"]


def test_a_commit_shows_its_own_deployments(shop: Repo, github: Ask) -> None:
    """Of the environments that were asked for, newest first."""
    sha = shop.head
    first = shop.record_deployment("staging", "failure")
    second = shop.record_deployment("staging", "success")
    shop.record_deployment("production", "success")
    shop.push("Next")
    shop.record_deployment("staging", "success")
    nodes = commit(github, sha)["deployments"]["nodes"]
    assert [(second.id, "INACTIVE"), (first.id, "FAILURE")] == [
        (node["databaseId"], node["latestStatus"]["state"]) for node in nodes
    ]


def test_check_runs_are_filtered_by_name(shop: Repo, github: Ask) -> None:
    """The number of all of them stays what it is."""
    run = shop.run("CI", "success", jobs={"e2e": "success", "build": "success"})
    shop.external_suite("cypress", runs=2, check="e2e")
    actions, other = commit(github, shop.head)["checkSuites"]["nodes"]
    assert (2, [run.jobs[0].id]) == (
        actions["counted"]["totalCount"],
        [one["databaseId"] for one in actions["named"]["nodes"]],
    )
    assert ["e2e", "e2e"] == [one["name"] for one in other["named"]["nodes"]]


@pytest.mark.parametrize(("kind", "count"), [("LATEST", 1), ("ALL", 2)])
def test_earlier_attempts_are_shown_to_who_asks(
    shop: Repo, github: Ask, kind: str, count: int
) -> None:
    """A re-run makes new check runs in the same suite."""
    run = shop.run("CI", "failure", jobs={"e2e": "failure"})
    shop.rerun(run)
    document = (
        "query($id: ID!, $kind: CheckRunType) { nodes(ids: [$id]) { ... on CheckSuite {"
        " checkRuns(first: 9, filterBy: {checkType: $kind}) { totalCount } } } }"
    )
    [node] = github(document, id=f"CS_{run.suite_id}", kind=kind)["data"]["nodes"]
    assert count == node["checkRuns"]["totalCount"]


def test_an_id_may_be_that_of_a_file_or_of_nothing(shop: Repo, github: Ask) -> None:
    """An object is not always a commit."""
    sha = shop.push("Write", files={"readme": "hello"})
    blob = shop.blob(sha, "readme")
    assert blob is not None
    assert ["Blob", None] == [
        found and found["__typename"] for found in (commit(github, blob), commit(github, "f" * 40))
    ]


def test_a_status_is_made(world: World, shop: Repo, rest: Callable[..., Answer]) -> None:
    """The answer is what a list would show."""
    answer = rest("POST", f"{ROUTE}/{shop.head}", {"state": "pending"})
    made = json.loads(answer.body)
    assert (201, "pending", "default", "health-bot") == (
        answer.status,
        made["state"],
        made["context"],
        made["creator"]["login"],
    )
    assert [made["id"]] == [status.id for status in shop.statuses_of(shop.head)]
    assert 1 == len(world.writes("github"))


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        pytest.param({"state": "expected"}, "invalid", id="state"),
        pytest.param({}, "invalid", id="no-state"),
        pytest.param({"state": "error", "description": "x" * 141}, "too long", id="description"),
        pytest.param({"state": "error", "target_url": "ftp://x"}, "http(s)", id="address"),
    ],
)
def test_a_status_that_github_does_not_take(
    shop: Repo, rest: Callable[..., Answer], sent: object, said: str
) -> None:
    """Each is a 422 that says what is wrong, and nothing is made."""
    answer = rest("POST", f"{ROUTE}/{shop.head}", sent)
    assert (422, True) == (answer.status, said in answer.body.decode())
    assert [] == shop.statuses_of(shop.head)


def test_a_status_of_an_unknown_commit_is_refused(shop: Repo, rest: Callable[..., Answer]) -> None:
    """GitHub says which one."""
    sha = "f" * 40
    answer = rest("POST", f"{ROUTE}/{sha}", {"state": "error"})
    assert 422 == answer.status
    assert f"No commit found for SHA: {sha}" == json.loads(answer.body)["message"]
    assert shop.head != sha


def test_a_run_may_have_a_title_of_its_own(shop: Repo, rest: Callable[..., Answer]) -> None:
    """Without one it is called as its commit."""
    shop.run("CI", "success", title="Deploy to staging")
    shop.run("CI", "success")
    listed = json.loads(rest("GET", "/repos/acme/shop/actions/runs").body)["workflow_runs"]
    assert ["Open the shop", "Deploy to staging"] == [run["display_title"] for run in listed]
