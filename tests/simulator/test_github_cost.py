"""What a document costs at GitHub, and what is too much."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from pipeline_health.clients import documents
from pipeline_health.simulator import World
from pipeline_health.simulator.github_world import Repo

Ask = Callable[..., Any]


@pytest.mark.parametrize(
    ("count", "checks", "points"),
    [(1, True, 1), (50, True, 3), (40, False, 2)],
    ids=["one", "fifty", "forty without checks"],
)
def test_a_document_costs_what_github_publishes(
    world: World, shop: Repo, github: Ask, count: int, *, checks: bool, points: int
) -> None:
    """Connections asked for, divided by 100; what is not included is not counted."""
    given: dict[str, object] = {"author": "health-bot", "checks": checks}
    for at in range(count):
        given |= {f"o{at}": shop.owner, f"n{at}": shop.name, f"e{at}": []}
    body = github(documents.github_look([None] * count, [False] * count), **given)
    limit = body["data"]["rateLimit"]
    assert (points, 5000 - points) == (limit["cost"], limit["remaining"])
    assert [points] == [request.cost for request in world.requests]


@pytest.mark.parametrize(
    ("directive", "points"),
    [("@include(if: true)", 2), ("@include(if: false)", 1), ("@skip(if: true)", 1)],
)
def test_what_is_left_out_costs_nothing(github: Ask, directive: str, points: int) -> None:
    """A page of 100 with a connection in each node: 201 requests inside, or none."""
    inner = "one: labels(first: 1) { nodes { name } } two: labels(first: 1) { nodes { name } }"
    issues = f"issues(first: 100) {directive} {{ nodes {{ {inner} }} }}"
    document = f'{{ rateLimit {{ cost }} repository(owner: "a", name: "b") {{ id {issues} }} }}'
    assert points == github(document)["data"]["rateLimit"]["cost"]


@pytest.mark.parametrize(
    ("ids", "points"),
    [("$ids", 3), ('["a", "b"]', 1)],
    ids=["variable", "written out"],
)
def test_a_list_of_ids_costs_one_connection_each(github: Ask, ids: str, points: int) -> None:
    """Each node has its own connection; 250 of them are two points and a half."""
    document = (
        f"query Q($ids: [ID!]! = []) {{ rateLimit {{ cost }} a: nodes(ids: $ids) {{ id }} "
        f"nodes(ids: {ids}) {{ ... on CheckSuite {{ checkRuns(first: 1) {{ totalCount }} }} }} }}"
    )
    asked = [str(at) for at in range(251)] if ids == "$ids" else []
    assert points == github(document, ids=asked)["data"]["rateLimit"]["cost"]


def test_a_document_that_could_give_too_many_nodes_is_refused(github: Ask) -> None:
    """Half a million nodes is the most."""
    deep = "issues(first: 100) { nodes { labels(first: 100) { nodes { name } } } }"
    aliases = " ".join(f"a{at}: {deep}" for at in range(60))
    body = github(f'{{ repository(owner: "acme", name: "shop") {{ {aliases} }} }}')
    assert "MAX_NODE_LIMIT_EXCEEDED" == body["errors"][0]["type"]


def test_an_hour_has_so_many_points(world: World, github: Ask) -> None:
    """When they are used up GitHub says so, at 200, until the hour is over."""
    world.github_limit = 1
    assert "data" in github(documents.GITHUB_WHO_AM_I)
    assert "RATE_LIMITED" == github(documents.GITHUB_WHO_AM_I)["errors"][0]["type"]
    world.advance(timedelta(hours=1))
    assert "data" in github(documents.GITHUB_WHO_AM_I)
