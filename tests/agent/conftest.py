from collections.abc import Iterator
from pathlib import Path

import pytest

from agent_types import Shop
from hosts import MINUTE, Host
from pipeline_health.simulator import Loopback, World
from street import Street


@pytest.fixture
def world() -> World:
    """Give a pretend GitHub and Railway."""
    return World()


@pytest.fixture
def loopback(world: World) -> Iterator[Loopback]:
    """Serve the world over real HTTP."""
    with Loopback(world) as served:
        yield served
    assert world.refusals == []


@pytest.fixture
def shop(world: World, loopback: Loopback, tmp_path: Path) -> Shop:
    """Give a healthy product that was looked at once."""
    repo = world.repo("acme/shop")
    railway = world.railway("shop")
    repo.push("first")
    world.advance(5 * MINUTE)
    repo.run("CI", "success", jobs={"build": "success", "test": "success"})
    web = railway.environment("staging").service("web", repo)
    web.deploy("SUCCESS")
    railway.environment("staging").service("Postgres").deploy("SUCCESS", image="postgres:16")
    repo.record_deployment("shop / staging", "success")
    host = Host(world, loopback, tmp_path)
    host.watch("shop", "acme/shop", f'railway_project = "{railway.id}"')
    host.cycle()
    return Shop(world, host, repo, web)


@pytest.fixture
def street(world: World, loopback: Loopback, tmp_path: Path) -> Street:
    """Give two healthy products that were looked at once."""
    return Street(world, loopback, tmp_path)
