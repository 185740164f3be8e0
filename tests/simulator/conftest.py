"""A small world for each test, and the ways to ask its providers without a socket."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from pipeline_health.simulator import Answer, Call, Simulator, World
from pipeline_health.simulator.github_world import Repo
from pipeline_health.simulator.railway_world import RailwayEnvironment, RailwayService

AGENT = {"User-Agent": "tests"}
GOOD = "gh-good-token"


@pytest.fixture
def world() -> World:
    """Give an empty world."""
    return World()


@pytest.fixture
def shop(world: World) -> Repo:
    """Give a repository with one commit."""
    repo = world.repo("acme/shop")
    repo.push("Open the shop")
    return repo


@pytest.fixture
def staging(world: World) -> RailwayEnvironment:
    """Give an environment without services."""
    return world.railway("shop").environment("staging")


@pytest.fixture
def web(staging: RailwayEnvironment, shop: Repo) -> RailwayService:
    """Give a service that the repository backs, not deployed yet."""
    return staging.service("web", shop)


@pytest.fixture
def rest(world: World) -> Callable[..., Answer]:
    """Give a way to ask GitHub's REST service: `rest("POST", "/repos/…", {"title": …})`."""

    def ask(method: str, target: str, body: object = None, token: str = GOOD) -> Answer:
        sent = b"" if body is None else json.dumps(body).encode()
        headers = {**AGENT, "Authorization": f"Bearer {token}", "Host": "127.0.0.1:1"}
        call = Call(method=method, target=target, headers=headers, body=sent)
        return Simulator(world).answer("github", call)

    return ask


@pytest.fixture
def github(world: World) -> Callable[..., Any]:
    """Give a way to ask GitHub's GraphQL service; it gives the body."""

    def ask(document: str, **variables: object) -> Any:
        body = json.dumps({"query": document, "variables": variables}).encode()
        headers = {**AGENT, "Authorization": "Bearer gh-good-token"}
        call = Call(method="POST", target="/graphql", headers=headers, body=body)
        answer = Simulator(world).answer("github", call)
        assert 200 == answer.status
        return json.loads(answer.body)

    return ask


@pytest.fixture
def railway(world: World) -> Callable[..., tuple[int, Any]]:
    """Give a way to ask Railway; it gives the status and the body."""

    def ask(
        document: str,
        variables: object = None,
        name: str = "Authorization",
        value: str = "Bearer rw-good-token",
    ) -> tuple[int, Any]:
        body = json.dumps({"query": document, "variables": variables}).encode()
        headers = {**AGENT, name: value}
        call = Call(method="POST", target="/graphql/v2", headers=headers, body=body)
        answer = Simulator(world).answer("railway", call)
        return answer.status, json.loads(answer.body)

    return ask
