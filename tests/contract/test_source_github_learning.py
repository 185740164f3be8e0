"""Which workflows run on every push: learned once a day, and never from too little."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from door import Door
from github_stage import MINUTE, SHOP, Stage, look, many, on_stage, project
from pipeline_health.core.model.ids import RepoName
from pipeline_health.core.model.policy import ProjectPolicy
from pipeline_health.core.model.questions import RunsOf
from pipeline_health.core.model.readings import Blind, NotAsked, Part, Seen
from pipeline_health.simulator import Loopback, World
from pipeline_health.simulator.github_world import Repo
from pipeline_health.sources.github.learning import TOPIC
from pipeline_health.sources.github.lessons import APART, MOST_LOOKUPS

DAY = timedelta(days=1)
KEY = f"{SHOP} main"


@pytest.fixture
def stage() -> Iterator[Stage]:
    """Give a world with one repository, and our clients in front of it."""
    with on_stage() as stage:
        yield stage


def push(stage: Stage, *workflows: str, number: int = 1) -> Repo:
    """Push commits, each of which starts *workflows*."""
    repo = stage.world.repo(SHOP)
    for _ in range(number):
        repo.push(f"work {len(repo.commits)}")
        stage.world.advance(3 * MINUTE)
        for workflow in workflows:
            repo.run(workflow, "success")
    return repo


def required(stage: Stage, policy: ProjectPolicy | None = None) -> Part[frozenset[str]]:
    """Give what a look knows of the required workflows, as a new process would."""
    policy = policy or project()
    return stage.source().look([policy], now=stage.world.now())[policy.name].required


def names(part: Part[frozenset[str]]) -> set[str]:
    """Give the names of a part that was seen."""
    assert isinstance(part, Seen)
    return set(part.value)


def test_what_ran_on_every_push_is_required(stage: Stage) -> None:
    """A workflow that is filtered by path is not, nor one that a schedule starts."""
    push(stage, "CI", "Lint")
    push(stage, "CI", "Docs", "Lint")
    push(stage, "CI", "Lint").run("Nightly", "success", event="schedule")

    assert {"CI", "Lint"} == names(required(stage))


def test_fewer_than_three_pushes_teach_nothing(stage: Stage) -> None:
    """Nobody can tell from two pushes what always runs."""
    push(stage, "CI", number=2)

    assert set() == names(required(stage))


def test_only_the_last_ten_pushes_count(stage: Stage) -> None:
    """A workflow that was added ten pushes ago is required."""
    push(stage, "CI", number=5)
    push(stage, "CI", "New", number=10)

    assert {"CI", "New"} == names(required(stage))


def test_a_list_that_is_cut_in_a_push_does_not_excuse_what_is_cut_off(stage: Stage) -> None:
    """A hundred runs are a page; of the last push on it only a part is shown."""
    push(stage, "CI", *(f"W{number}" for number in range(27)), number=4)

    assert "CI" in names(required(stage))


def test_it_is_asked_once_a_day(stage: Stage) -> None:
    """Each look between knows it; the next day asks again."""
    push(stage, "CI", number=3)
    for _ in range(3):
        assert {"CI"} == names(required(stage))
    assert 1 == stage.asked("event=push")

    stage.world.advance(DAY)
    required(stage)

    assert 2 == stage.asked("event=push")


def test_without_a_push_there_is_nothing_more_to_learn(stage: Stage) -> None:
    """A second lesson at a head hears of what was not listed yet; a third would hear nothing."""
    push(stage, "CI", number=3)
    for days in range(5):
        assert {"CI"} == names(required(stage))
        assert min(days + 1, 2) == stage.asked("event=push")
        stage.world.advance(DAY)

    push(stage, "CI", "Lint", number=3)
    assert {"CI"} == names(required(stage))
    assert 3 == stage.asked("event=push")


def test_lessons_are_taken_side_by_side() -> None:
    """What no question about many tells costs a large portfolio no more than a few answers."""
    doors = []

    def way(world: World, loopback: Loopback) -> Door:
        doors.append(Door(world, loopback))
        return doors[0]

    with on_stage(way=way) as stage:
        policies = [project(name, repo=name) for name in many(stage.world, 9)]
        doors[0].meets("/actions/runs", 4)
        stage.memory.remember(APART, "GitHub", stage.world.now().isoformat(), now=stage.world.now())
        seen = stage.source(at_once=8).look(policies, now=stage.world.now())

    assert all(isinstance(reading.required, Seen) for reading in seen.values())
    assert 4 == doors[0].most["github"]


def test_too_few_pushes_are_asked_again_with_the_next_one(stage: Stage) -> None:
    """What a third push completes is known with the fourth, though nothing ran there any more."""
    push(stage, "CI", number=2)
    assert set() == names(required(stage))
    push(stage)
    for _ in range(2):
        assert set() == names(required(stage))
    assert 2 == stage.asked("event=push")

    push(stage, "CI")
    push(stage)

    for _ in range(3):
        assert {"CI"} == names(required(stage))
    assert 3 == stage.asked("event=push")


def test_what_the_newest_push_lacks_stays_required(stage: Stage) -> None:
    """Three pushes without CI do not teach that CI is not needed; one push with it may."""
    push(stage, "CI", "Lint", number=3)
    required(stage)
    push(stage, "Lint", number=3)
    stage.world.advance(DAY)
    assert {"CI", "Lint"} == names(required(stage))

    push(stage, "CI", "Lint")
    stage.world.advance(DAY)

    assert {"Lint"} == names(required(stage))


def test_configured_workflows_need_no_lesson(stage: Stage) -> None:
    """The operator's word is enough."""
    push(stage, "CI", number=3)

    assert NotAsked() == required(stage, replace(project(), ci_workflows=("CI",)))
    assert 0 == stage.asked("event=push")


def test_an_archived_repository_teaches_nothing(stage: Stage) -> None:
    """Nothing runs there any more."""
    push(stage, "CI", number=3).archived = True

    assert NotAsked() == required(stage)


def test_an_unseen_repository_teaches_nothing(stage: Stage) -> None:
    """Without a branch there is nothing to ask for."""
    assert NotAsked() == look(stage).required
    assert 0 == stage.asked("event=push")


def test_a_lookup_that_fails_is_blind_and_tried_again(stage: Stage) -> None:
    """What could not be read is neither known nor forgotten."""
    push(stage, "CI", number=3)
    stage.world.faults.add(host="github", mode="status", match="event=push", status=403)

    first = required(stage)

    assert isinstance(first, Blind)
    assert "the pushes of acme/shop could not be read" in first.why
    assert {"CI"} == names(required(stage))


@pytest.mark.parametrize("text", ["{", "[]", '{"day": 1, "workflows": []}'])
def test_a_memory_that_makes_no_sense_is_learned_again(stage: Stage, text: str) -> None:
    """The ledger of another version is no reason to fail."""
    push(stage, "CI", number=3)
    stage.memory.remember(TOPIC, KEY, text, now=stage.world.now())

    assert {"CI"} == names(required(stage))


def test_a_large_portfolio_is_learned_little_by_little(stage: Stage) -> None:
    """What is beyond the bound keeps what was known of it, or is not asked for yet."""
    projects = []
    for number in range(MOST_LOOKUPS + 2):
        repo = stage.world.repo(f"acme/tool-{number:02}")
        repo.push("first")
        projects.append(project(f"tool-{number:02}", repo=RepoName(repo.full_name)))
    known = f"{projects[-1].repo} main"
    stage.memory.remember(
        TOPIC, known, '{"day": "2026-01-01", "workflows": ["CI"]}', now=stage.world.now()
    )

    stage.memory.remember(APART, "GitHub", stage.world.now().isoformat(), now=stage.world.now())
    readings = stage.source().look(projects, now=stage.world.now())

    assert MOST_LOOKUPS == stage.asked("event=push")
    assert NotAsked() == readings[projects[-2].name].required
    assert {"CI"} == names(readings[projects[-1].name].required)


def test_the_runs_of_one_event_are_listed_newest_first(stage: Stage) -> None:
    """Each has its commit and how it ended."""
    repo = push(stage, "CI", number=2)
    runs = [repo.run("Nightly", verdict, event="schedule") for verdict in ("failure", "success")]
    question = RunsOf(repo=project().repo, branch="main", event="schedule")

    found = stage.source().runs(question, now=stage.world.now())

    assert isinstance(found, Seen)
    assert [run.id for run in reversed(runs)] == [each.run.id for each in found.value]
    assert {repo.head} == {each.sha for each in found.value}


def test_runs_that_cannot_be_listed_are_blind(stage: Stage) -> None:
    """The failure is told in words."""
    push(stage, "CI")
    stage.world.faults.add(host="github", mode="status", match="event=schedule", status=403)
    question = RunsOf(repo=project().repo, branch="main", event="schedule")

    assert isinstance(stage.source().runs(question, now=stage.world.now()), Blind)
