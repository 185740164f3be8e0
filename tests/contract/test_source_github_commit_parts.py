"""A partial answer about one commit: an error spoils the part that it is about."""

from collections.abc import Iterator

import pytest

from commit_stage import answer, ask, seen_parts, sight, without
from github_stage import SHOP, Stage, on_stage, project
from pipeline_health.core.model.readings import Blind, Seen
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


@pytest.mark.parametrize(
    ("spoiled", "missing"),
    [
        pytest.param("branch/target", {"relation", "runs"}, id="branch"),
        pytest.param("commit/status", {"checks"}, id="status"),
        pytest.param("commit/checkSuites", {"checks", "named"}, id="suites"),
        pytest.param("commit/checkSuites/nodes/0/named", {"named"}, id="named"),
        pytest.param("commit/checkSuites/nodes/0/counted", set(), id="counts"),
        pytest.param("commit/deployments", {"deployments"}, id="deployments"),
    ],
)
def test_an_error_spoils_the_part_that_it_is_about(
    stage: Stage, shop: Repo, spoiled: str, missing: set[str]
) -> None:
    """The rest of the answer can be believed."""
    without(stage, answer(shop.head, spoiled))

    seen = sight(stage, shop.head, project(e2e_check="e2e", deploy_workflow="Deploy"))

    assert missing == {name for name, there in seen_parts(seen).items() if not there}


def test_a_count_beside_an_error_is_not_believed(stage: Stage, shop: Repo) -> None:
    """Not knowing is not zero, and the suite is seen all the same."""
    without(stage, answer(shop.head, "commit/checkSuites/nodes/0/counted"))

    seen = sight(stage, shop.head)

    assert isinstance(seen.checks, Seen)
    assert [None] == [suite.check_runs for suite in seen.checks.value.suites]


def test_a_count_that_is_not_there_is_none(stage: Stage, shop: Repo) -> None:
    """A null is no zero either."""
    without(stage, answer(shop.head, suite={"counted": None}))

    seen = sight(stage, shop.head)

    assert isinstance(seen.checks, Seen)
    assert [None] == [suite.check_runs for suite in seen.checks.value.suites]


def test_an_error_at_the_root_is_blind(stage: Stage, shop: Repo) -> None:
    """It says nothing of what can be believed."""
    told = answer(shop.head)
    without(stage, {**told, "errors": [{"message": "oh"}]})

    seen = ask(stage, shop.head)

    assert isinstance(seen, Blind)
    assert "GitHub: oh" == seen.why


def test_deployments_of_another_commit_are_not_believed(stage: Stage, shop: Repo) -> None:
    """What is not of this commit proves nothing of it."""
    record = {
        "databaseId": 1,
        "commitOid": "e" * 40,
        "environment": "staging",
        "createdAt": "2026-03-02T10:00:00Z",
        "creator": {"login": "railway-app"},
        "latestStatus": None,
    }
    without(stage, answer(shop.head, deployments={"nodes": [record]}))

    seen = sight(stage, shop.head)

    assert isinstance(seen.deployments, Blind)
    assert f"one of {'e' * 40}" in seen.deployments.why
