"""What ran on a branch lately, however it began: read seldom, and never in the way of anything."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from github_stage import SHOP, Stage, look, many, on_stage, project
from pipeline_health.core.model.readings import Blind, Habit, NotAsked, Part, Seen
from pipeline_health.sources.github.habits import TOPIC

DAY = timedelta(days=1)
RUNS = "/actions/runs?branch=main&per_page=100 "
"""With its end: the pushes are asked for by the same path and more."""


@pytest.fixture
def stage() -> Iterator[Stage]:
    """Give a repository in which CI ran on a push."""
    with on_stage() as stage:
        repo = stage.world.repo(SHOP)
        repo.push("first")
        repo.run("CI", "success")
        yield stage


def habits(stage: Stage) -> Part[tuple[Habit, ...]]:
    """Give what a look knows of the last week, as a new process would."""
    return look(stage).habits


def names(part: Part[tuple[Habit, ...]]) -> dict[str, frozenset[str]]:
    """Give the workflows of a part that was seen, with the events that began them."""
    assert isinstance(part, Seen)
    return {habit.workflow: habit.events for habit in part.value}


def test_every_event_is_told(stage: Stage) -> None:
    """A workflow may have begun in several ways."""
    repo = stage.world.repo(SHOP)
    repo.run("CI", "success", event="workflow_dispatch")
    repo.run("Backup", "failure", event="workflow_dispatch")

    assert {
        "Backup": frozenset({"workflow_dispatch"}),
        "CI": frozenset({"push", "workflow_dispatch"}),
    } == names(habits(stage))


def test_what_ran_longer_ago_than_a_week_is_not_told(stage: Stage) -> None:
    """It may be gone."""
    stage.world.advance(8 * DAY)
    stage.world.repo(SHOP).run("Backup", "success", event="workflow_dispatch")

    assert {"Backup"} == set(names(habits(stage)))


def test_it_is_read_once_a_day(stage: Stage) -> None:
    """The looks between know it; the next day reads again."""
    for _ in range(3):
        assert {"CI"} == set(names(habits(stage)))
    assert 1 == stage.asked(RUNS)

    stage.world.advance(DAY)
    habits(stage)

    assert 2 == stage.asked(RUNS)


def test_one_repository_is_read_in_a_look(stage: Stage) -> None:
    """The others wait for theirs, or keep what was known of them."""
    first, second = (project(name, repo=name) for name in many(stage.world, 2))

    def seen() -> list[bool]:
        looked = stage.source().look([first, second], now=stage.world.now())
        return [isinstance(looked[each.name].habits, Seen) for each in (first, second)]

    assert [True, False] == seen()
    assert [True, True] == seen()
    stage.world.advance(DAY)
    assert [True, True] == seen()
    assert 3 == stage.asked(RUNS)


def test_what_could_not_be_read_is_said_all_day(stage: Stage) -> None:
    """It is not asked for again and again, nor does it keep the others from being read."""
    stage.world.faults.add(host="github", mode="status", match="per_page=100", status=403, times=9)
    stage.memory.remember(
        "required-workflows",
        f"R_{stage.world.repo(SHOP).id} main",
        f'{{"day": "{stage.world.now().date()}", "workflows": []}}',
        now=stage.world.now(),
    )

    for _ in range(2):
        part = habits(stage)
        assert isinstance(part, Blind)
        assert "GitHub refused" in part.why
    assert 1 == stage.asked(RUNS)


@pytest.mark.parametrize("text", ["", "[]", '{"day": "2026-03-02"}', "{"])
def test_a_memory_that_is_not_ours_is_read_anew(stage: Stage, text: str) -> None:
    """Another version may have written it."""
    stage.memory.remember(TOPIC, f"{SHOP} main", text, now=stage.world.now())

    assert {"CI"} == set(names(habits(stage)))


def test_an_archived_repository_is_not_asked(stage: Stage) -> None:
    """Nothing runs there."""
    stage.world.repo(SHOP).archived = True

    assert NotAsked() == habits(stage)


def test_a_repository_that_is_not_seen_is_not_asked(stage: Stage) -> None:
    """Its name may lead elsewhere."""
    stage.world.faults.add(host="github", mode="partial", body="r0", times=9)

    assert NotAsked() == habits(stage)
