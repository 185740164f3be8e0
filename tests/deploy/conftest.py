"""A world and a runner whose scripts speak to it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline_health.simulator import Loopback, World
from pipeline_health.simulator.github_world import Repo
from pipelines import Runner


@pytest.fixture
def world() -> World:
    """Give an empty world."""
    return World()


@pytest.fixture
def loopback(world: World) -> Iterator[Loopback]:
    """Give the world's providers on loopback ports."""
    with Loopback(world) as served:
        yield served


@pytest.fixture
def runner(world: World, loopback: Loopback, tmp_path: Path) -> Runner:
    """Give a runner."""
    return Runner(world, loopback, tmp_path)


@pytest.fixture
def shop(world: World) -> Repo:
    """Give a repository with two commits."""
    repo = world.repo("acme/shop")
    repo.push("Open the shop")
    repo.push("Add a basket")
    return repo
