from collections.abc import Iterator

import pytest

from door import Door
from github_stage import (
    OWN,
    SHOP,
    Stage,
    is_seen,
    look,
    many,
    on_stage,
    project,
    reasons,
    redact,
)
from pipeline_health.clients.github import GitHub
from pipeline_health.core.model.ids import ProjectName
from pipeline_health.core.model.readings import Blind, BlindCause
from pipeline_health.simulator import Loopback, World
from pipeline_health.sources.github import GitHubSource
from wire import github_wire, unused_port


@pytest.fixture
def stage() -> Iterator[Stage]:
    """Give a world with one repository, and our clients in front of it."""
    with on_stage() as stage:
        stage.world.repo(SHOP).push("Add a basket")
        yield stage


def test_a_batch_that_was_too_much_is_halved(stage: Stage) -> None:
    """GitHub gives up on a large query, and answers two smaller ones."""
    projects = [project(name, repo=name) for name in many(stage.world, 5)]
    stage.world.faults.add(host="github", mode="status", match="query Look", status=502)

    readings = stage.source().look(projects, now=stage.world.now())

    assert all(all(is_seen(reading)) for reading in readings.values())
    assert [5, 3, 2] == [
        (request.document or "").count("repository(")
        for request in stage.world.requests
        if "query Look" in (request.document or "")
    ]


def test_one_bad_repository_blinds_only_itself(stage: Stage) -> None:
    """The halves are halved until it stands alone."""
    names = many(stage.world, 8)
    projects = [project(name, repo=name) for name in names]
    for count in (8, 4, 2, 1):
        match = f"$e{count - 1}: [String!], $p{count - 1}: [String!])"
        times = 3 if count == 1 else 1
        stage.world.faults.add(host="github", mode="status", match=match, times=times, status=504)

    readings = stage.source().look(projects, now=stage.world.now())

    assert [ProjectName(names[0])] == [
        name for name, reading in readings.items() if not all(is_seen(reading))
    ]


def test_an_outage_is_not_asked_about_for_every_repository(stage: Stage) -> None:
    """Everything is blind, after a bounded number of tries."""
    projects = [project(name, repo=name) for name in many(stage.world, 25)]
    stage.world.faults.add(host="github", mode="status", match="query Look", times=999)

    readings = stage.source().look(projects, now=stage.world.now())

    assert not any(any(is_seen(reading)) for reading in readings.values())
    assert 12 == stage.asked("query Look")


def test_a_reached_rate_limit_ends_the_look(stage: Stage) -> None:
    """To go on asking could get us banned; what was not read is blind, with the time it ends."""
    projects = [project(name, repo=name) for name in many(stage.world, 6)]
    stage.world.faults.add(
        host="github", mode="secondary_limit", match="query Look", seconds=90, times=9
    )

    readings = stage.source(batch=2).look(projects, now=stage.world.now())

    assert {"GitHub's rate limit is used up until 10:01:30 UTC"} == {
        why.partition(" (")[0] for reading in readings.values() for why in reasons(reading)
    }
    assert 6 == len(readings)
    assert 1 == stage.asked("query Look")


def test_a_refused_batch_does_not_blind_the_others(stage: Stage) -> None:
    """Each batch stands for itself."""
    projects = [project(name, repo=name) for name in many(stage.world, 4)]
    stage.world.faults.add(
        host="github",
        mode="graphql_error",
        match="query Look",
        body="Query has complexity 9, which exceeds max complexity of 8",
    )

    readings = stage.source(batch=2).look(projects, now=stage.world.now())

    assert [False, False, True, True] == [all(is_seen(each)) for each in readings.values()]


def test_a_refused_token_blinds_everything_and_is_named() -> None:
    """Nobody can tell whose issues are ours, so nothing more is asked."""
    with on_stage(token="gh-bad-token") as stage:
        reading = look(stage)

        assert {"GitHub refused the token (Bad credentials)"} == reasons(reading)
        assert isinstance(reading.repository, Blind)
        assert BlindCause.REFUSED is reading.repository.cause
        assert "GITHUB_TOKEN" == reading.repository.token
        assert 1 == len(stage.world.requests)


def test_a_host_that_is_not_there_blinds_everything(stage: Stage) -> None:
    """Nothing was reached, so no smaller question is tried."""
    api = f"http://127.0.0.1:{unused_port()}"
    client = GitHub(github_wire(stage.http, api, clock=stage.clock))
    stage.memory.facts["github-login", api] = OWN
    source = GitHubSource(client, stage.memory, redact=redact)

    readings = source.look([project("a"), project("b", branch="b")], now=stage.world.now())

    assert [{"127.0.0.1 could not be reached: ConnectError"}] * 2 == [
        reasons(reading) for reading in readings.values()
    ]
    assert 2 == len(stage.clock.slept)


@pytest.mark.parametrize(
    ("waited", "expected"),
    [pytest.param(0.0, 4, id="quick"), pytest.param(31.0, 1, id="slow")],
)
def test_a_github_that_is_slow_is_asked_one_after_the_other(waited: float, expected: int) -> None:
    """It allows a minute of its time a minute, and what is asked side by side uses that up."""
    doors = []

    def way(world: World, loopback: Loopback) -> Door:
        doors.append(Door(world, loopback))
        return doors[0]

    with on_stage(way=way) as stage:
        projects = [project(name, repo=name) for name in many(stage.world, 9)]
        stage.client.wire.meter.wait(waited)
        doors[0].meeting = expected

        readings = stage.source(batch=1, at_once=8).look(projects, now=stage.world.now())

        assert all(all(is_seen(reading)) for reading in readings.values())
        assert expected == doors[0].most["github"]
