"""The runs since a commit was deployed: a list that is cut could hide the one that replaced it."""

from collections.abc import Iterator

import pytest

from commit_stage import runs_of, sight
from github_stage import SHOP, Stage, on_stage, project
from pipeline_health.core.model.readings import Blind
from pipeline_health.simulator.github_world import Repo


@pytest.fixture
def stage() -> Iterator[Stage]:
    """Give a world with one repository of one commit, and our clients in front of it."""
    with on_stage() as stage:
        stage.world.repo(SHOP).push("Add a basket")
        yield stage


@pytest.fixture
def shop(stage: Stage) -> Repo:
    """Give the repository."""
    return stage.world.repo(SHOP)


def replaced(shop: Repo, *, ticks: int) -> tuple[str, list[int]]:
    """Deploy a commit and then another one, and let a schedule tick so often since."""
    sha = shop.head
    first = shop.run("Deploy", "success")
    shop.push("Next")
    second = shop.run("Deploy", "success")
    for _ in range(ticks):
        shop.run("Tick", "success", event="schedule", minutes=0)
    return sha, [second.id, first.id]


@pytest.mark.parametrize("ticks", [3, 120])
def test_the_run_that_replaced_a_commit_is_found_behind_any_number_of_others(
    stage: Stage, shop: Repo, ticks: int
) -> None:
    """The list is read as far back as the commit's own run."""
    sha, ids = replaced(shop, ticks=ticks)

    seen = runs_of(sight(stage, sha, project(deploy_workflow="Deploy")))

    assert ids == [run.run.id for run in seen]
    assert stage.asked("page=2") == (ticks > 100)


def test_a_list_that_does_not_reach_back_is_not_seen(stage: Stage, shop: Repo) -> None:
    """Somewhere in what was not read, something else may have been deployed."""
    sha, _ = replaced(shop, ticks=500)

    seen = sight(stage, sha, project(deploy_workflow="Deploy"))

    assert isinstance(seen.runs, Blind)
    assert "not all of them were read" in seen.runs.why


def test_a_further_page_that_fails_blinds_the_runs(stage: Stage, shop: Repo) -> None:
    """Half a list is none."""
    sha, _ = replaced(shop, ticks=120)
    stage.world.faults.add(host="github", mode="status", match="page=2", times=9)

    assert isinstance(sight(stage, sha, project(deploy_workflow="Deploy")).runs, Blind)


def test_a_commit_without_a_run_needs_no_further_page(stage: Stage, shop: Repo) -> None:
    """There is nothing that could have been replaced."""
    for _ in range(120):
        shop.run("Tick", "success", event="schedule", minutes=0)

    assert () == runs_of(sight(stage, shop.head, project(deploy_workflow="Deploy")))
    assert stage.asked("branch=main&per_page=100&page=2") == 0
