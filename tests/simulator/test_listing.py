"""Which lists the two providers give, and to whom."""

from collections.abc import Callable
from typing import Any

import pytest

from pipeline_health.clients.listing_documents import RAILWAY_PROJECTS_PAGE
from pipeline_health.simulator import Call, Simulator, World
from pipeline_health.simulator.railway_world import WORKSPACE_ID, RailwayEnvironment

Ask = Callable[..., tuple[int, Any]]
EVERYTHING = "{ projects(first: 5) { edges { node { id } } } }"


def names(answer: tuple[int, Any]) -> list[str] | None:
    """Give the names of the projects that were listed, None when none was."""
    data = answer[1]["data"]
    return data and [edge["node"]["name"] for edge in data["projects"]["edges"]]


@pytest.mark.parametrize(
    ("scope", "own", "other"),
    [
        ("account", ["shop"], ["till"]),
        ("workspace", ["shop"], None),
        ("workspace:other", None, ["till"]),
        ("project", None, None),
    ],
)
def test_a_workspace_is_listed_to_those_who_are_in_it(
    world: World,
    staging: RailwayEnvironment,
    railway: Ask,
    scope: str,
    own: list[str] | None,
    other: list[str] | None,
) -> None:
    """And never without naming it; what was deleted is not in it."""
    world.railway("till").workspace = "other"
    world.railway("gone").deleted_at = world.now()
    place = f"project:{staging.project.id}:{staging.id}" if scope == "project" else scope
    world.railway_tokens["rw"] = place
    header = (
        ("Project-Access-Token", "rw") if scope == "project" else ("Authorization", "Bearer rw")
    )

    def listed(workspace: str) -> list[str] | None:
        given = {"workspaceId": workspace, "first": 5, "after": None}
        return names(railway(RAILWAY_PROJECTS_PAGE, given, *header))

    assert (listed(WORKSPACE_ID), listed("other")) == (own, other)
    assert railway(EVERYTHING, None, *header)[1]["data"] is None


@pytest.mark.parametrize(
    ("login", "path", "status"),
    [
        ("health-bot", "/user/repos", 200),
        ("health-bot", "/installation/repositories", 403),
        ("health[bot]", "/user/repos", 403),
        ("health[bot]", "/installation/repositories", 200),
    ],
)
def test_each_kind_of_token_has_a_list_of_its_own(
    world: World, login: str, path: str, status: int
) -> None:
    """And a login that is shut out finds nothing in it, nor by name."""
    world.repo("acme/shop")
    world.github_tokens["gh"] = login
    headers = {"User-Agent": "test", "Authorization": "Bearer gh"}

    def asked(target: str) -> tuple[int, bool]:
        call = Call(method="GET", target=target, headers=headers)
        answer = Simulator(world).answer("github", call)
        return answer.status, b'"acme/shop"' in answer.body

    assert asked(path) == (status, status == 200)
    world.shut_out.add(login)
    assert asked(path) == (status, False)
    assert asked("/repos/acme/shop") == (404, False)
