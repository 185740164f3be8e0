"""What many branches teach is asked in one question; a list of runs tells what that leaves open."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

import pytest

from github_stage import MINUTE, OWN, Stage, many, on_stage, project
from pipeline_health.clients.commit_documents import COMMITS
from pipeline_health.clients.github_pushes import MOST_BRANCHES, Branch, Pushes
from pipeline_health.core.model.ids import RepoName
from pipeline_health.core.model.readings import NotAsked, Seen
from pipeline_health.simulator.github_world import Repo
from pipeline_health.sources.github.lessons import APART

DAY = timedelta(days=1)
FIRST, OTHER = RepoName("acme/r0"), RepoName("acme/r1")


@pytest.fixture
def stage() -> Iterator[Stage]:
    """Give two repositories in which CI ran on each of three pushes, the first one at once."""
    with on_stage() as stage:
        for name in many(stage.world, 2):
            repo = stage.world.repo(name)
            repo.run("CI", "success")
            push(stage, repo, "CI", number=2)
        yield stage


def push(stage: Stage, repo: Repo, *workflows: str, number: int = 1) -> None:
    """Push commits, each of which starts *workflows*."""
    for _ in range(number):
        repo.push(f"work {len(repo.commits)}")
        stage.world.advance(3 * MINUTE)
        for workflow in workflows:
            repo.run(workflow, "success")


def required(stage: Stage, names: Sequence[RepoName] = (FIRST, OTHER)) -> list[set[str] | None]:
    """Give what a look knows of each repository, None where it was not asked."""
    policies = [project(name, repo=name) for name in names]
    readings = stage.source().look(policies, now=stage.world.now())
    found: list[set[str] | None] = []
    for policy in policies:
        part = readings[policy.name].required
        assert isinstance(part, NotAsked | Seen)
        found.append(set(part.value) if isinstance(part, Seen) else None)
    return found


def asked(stage: Stage) -> tuple[int, int]:
    """Count the questions about many, and the lists of one branch."""
    return stage.asked("query Pushes"), stage.asked("event=push")


def test_many_branches_are_learned_in_one_question(stage: Stage) -> None:
    """Once a day, as ever."""
    for _ in range(2):
        assert [{"CI"}, {"CI"}] == required(stage)
    assert (1, 0) == asked(stage)

    stage.world.advance(DAY)
    required(stage)
    assert (2, 0) == asked(stage)


def test_a_question_about_many_costs_two_points(stage: Stage) -> None:
    """What is more waits for the next look, and so does what nobody needs to know."""
    names = many(stage.world, MOST_BRANCHES + 1)

    assert None is required(stage, names)[-1]
    assert [2] == [
        request.cost
        for request in stage.world.requests
        if "query Pushes" in (request.document or "")
    ]
    assert (1, 0) == asked(stage)
    assert 0 == stage.asked("/actions/runs")

    assert set() == required(stage, names)[-1]
    assert (1, 1) == asked(stage)  # one alone is no batch
    assert 1 == stage.asked("/actions/runs?branch=main&per_page=100 ")


def test_what_ran_elsewhere_taught_nothing_about_the_branch(stage: Stage) -> None:
    """A merge brings commits along that were pushed to another branch, and tested there."""
    repo = stage.world.repo(FIRST)
    for sha in tuple(repo.commits):
        repo.run("Preview", "success", sha=sha, branch="topic")
        repo.run("Nightly", "success", sha=sha, event="schedule")

    assert [{"CI"}, {"CI"}] == required(stage)


def test_a_history_with_too_few_pushes_is_looked_up_farther_back(stage: Stage) -> None:
    """Pushes of many commits each leave no room for three of them."""
    repo = stage.world.repo(FIRST)
    push(stage, repo, number=COMMITS)

    assert [{"CI"}, {"CI"}] == required(stage)
    assert (1, 1) == asked(stage)


def test_a_commit_with_too_many_suites_is_looked_up(stage: Stage) -> None:
    """What of a push is not shown may have run all the same."""
    repo = stage.world.repo(FIRST)
    for _ in range(20):
        repo.run("Nightly", "success", event="schedule")

    assert [{"CI"}, {"CI"}] == required(stage)
    assert (1, 1) == asked(stage)


def test_a_token_that_sees_no_suites_is_told_by_the_lists(stage: Stage) -> None:
    """The question about many is not asked again for a day; a permission may have been added."""
    stage.world.no_checks = {OWN}
    assert [{"CI"}, {"CI"}] == required(stage)
    assert (1, 2) == asked(stage)
    for name in (FIRST, OTHER):
        push(stage, stage.world.repo(name), "CI")

    stage.world.advance(DAY - MINUTE * 30)
    assert [{"CI"}, {"CI"}] == required(stage)
    assert (1, 4) == asked(stage)

    stage.world.no_checks = set()
    stage.world.advance(DAY)
    assert [{"CI"}, {"CI"}] == required(stage)
    assert (2, 4) == asked(stage)


@pytest.mark.parametrize("status", [502, 403])
def test_a_question_that_fails_is_asked_of_each_branch(stage: Stage, status: int) -> None:
    """What is too much for one answer, or refused, is learned all the same."""
    stage.world.faults.add(
        host="github", mode="status", match="query Pushes", status=status, times=9
    )

    assert [{"CI"}, {"CI"}] == required(stage)
    assert 2 == stage.asked("event=push")


@pytest.mark.parametrize("text", ["yesterday", "2026-03-02T10:00:00"])
def test_a_memory_that_makes_no_sense_lets_the_question_be_asked(stage: Stage, text: str) -> None:
    """The ledger of another version is no reason to ask for more."""
    stage.memory.remember(APART, "GitHub", text, now=stage.world.now())

    assert [{"CI"}, {"CI"}] == required(stage)
    assert (1, 0) == asked(stage)


def test_a_branch_of_which_nothing_is_told_spoils_no_other(stage: Stage) -> None:
    """It is gone, or its repository is; both come as holes in an answer about others."""
    wanted = [
        Branch(repo=FIRST, name="main"),
        Branch(repo=FIRST, name="gone"),
        Branch(repo=RepoName("acme/nothing"), name="main"),
    ]

    told = Pushes(stage.client.wire).to(wanted)

    assert [True, False, False] == [each is not None for each in told]
    assert told[0] is not None
    assert (3, False) == (len(told[0].runs), told[0].cut)
