"""A deploy of which GitHub would hear nothing is told to it."""

import pytest

from pipeline_health.simulator import World
from pipeline_health.simulator.github_world import Repo
from pipelines import COMMIT, GITHUB_TOKEN, Ran, Runner

SCRIPT = "record-deployment/record.sh"


def begin(runner: Runner, commit: str, **variables: str) -> Ran:
    """Tell that a deploy of *commit* begins."""
    usual = {
        "COMMIT": commit,
        "ENVIRONMENT": "staging",
        "PRODUCTION": "false",
        "DEPLOYMENT": "",
        "OUTCOME": "",
        "GITHUB_TOKEN": GITHUB_TOKEN,
    }
    return runner.run(SCRIPT, **{**usual, **variables})


def end(runner: Runner, deployment: str, outcome: str) -> Ran:
    """Tell what became of it."""
    return begin(runner, "", DEPLOYMENT=deployment, OUTCOME=outcome)


@pytest.mark.parametrize(
    ("outcome", "state"),
    [("success", "success"), ("failure", "failure"), ("cancelled", "failure")],
)
def test_a_deploy_is_recorded_from_its_beginning_to_its_end(
    runner: Runner, shop: Repo, outcome: str, state: str
) -> None:
    """The record is of the commit that was tested, though main has moved on; so is its end."""
    tested = shop.head
    shop.push("Something newer")
    shop.status("lint", "failure", sha=tested)

    began = begin(runner, tested)
    ended = end(runner, began.outputs["id"], outcome)

    assert [0, 0] == [began.code, ended.code]
    (record,) = shop.deployments
    assert (tested, "staging") == (record.sha, record.environment)
    assert ["in_progress", state] == [status.state for status in record.statuses]


def test_a_lost_answer_at_the_end_is_asked_for_again(
    runner: Runner, shop: Repo, world: World
) -> None:
    """Saying a state twice changes nothing."""
    began = begin(runner, shop.head)
    world.faults.add(host="github", mode="status", match="/statuses", times=2)

    ended = end(runner, began.outputs["id"], "success")

    assert 0 == ended.code
    assert "success" == shop.deployments[0].state


def test_an_end_that_github_does_not_take_fails(runner: Runner, shop: Repo, world: World) -> None:
    """A record that stays open would block the commit without a reason that anybody sees."""
    began = begin(runner, shop.head)
    world.faults.add(host="github", mode="status", match="/statuses", times=3)

    ended = end(runner, began.outputs["id"], "success")

    assert 1 == ended.code
    assert "::error::record-deployment: GitHub did not take the state" in ended.said


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({"COMMIT": "abc1234"}, '"abc1234" is not all 40 digits of a commit'),
        ({"COMMIT": "$(id)"}, '"$(id)" is not all 40 digits of a commit'),
        ({"PRODUCTION": "yes"}, 'the input production is "true" or "false", not "yes"'),
        ({"DEPLOYMENT": "1/../2"}, '"1/../2" is not the id of a deployment'),
        ({"DEPLOYMENT": "1", "OUTCOME": "skipped"}, 'success, failure or cancelled, not "skipped"'),
        ({"GITHUB_TOKEN": ""}, "GITHUB_TOKEN is not set"),
    ],
)
def test_wrong_inputs_ask_nothing(
    runner: Runner, shop: Repo, world: World, variables: dict[str, str], said: str
) -> None:
    """They are found before anything is sent."""
    ran = begin(runner, shop.head, **variables)

    assert 2 == ran.code
    assert said in ran.said
    assert [] == world.requests


def test_a_commit_that_github_does_not_know_fails_the_job(runner: Runner, shop: Repo) -> None:
    """What is recorded nowhere is not deployed either."""
    ran = begin(runner, COMMIT)

    assert (1, {}) == (ran.code, dict(ran.outputs))
    assert f"No ref found for: {COMMIT}" in ran.said
