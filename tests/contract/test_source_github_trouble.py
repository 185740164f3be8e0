import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial

import httpx
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
from indoors import Indoors
from pipeline_health.clients.batch_sizes import Trial
from pipeline_health.clients.errors import UnreachableError
from pipeline_health.clients.github import GitHub
from pipeline_health.clients.github_refusals import TooLargeError
from pipeline_health.clients.github_sighting import Sighting, Wanted, unseen
from pipeline_health.clients.http import TRIES
from pipeline_health.core.model.ids import ProjectName, RepoName
from pipeline_health.core.model.readings import Blind, BlindCause
from pipeline_health.simulator import Loopback, World
from pipeline_health.sources.github import GitHubSource
from pipeline_health.sources.github.batches import Batches, Loners
from pipeline_health.sources.github.identities import TOPIC
from wire import NOON, Notebook, github_wire, unused_port

QUIET = Blind(at=NOON, why="quiet")
HUNDRED = tuple(
    Wanted(repo=RepoName(f"acme/{at}"), branch=None, environments=(), earlier=False)
    for at in range(100)
)


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


def test_a_refused_token_is_shown_once_and_not_with_every_batch() -> None:
    """Who goes on with it is shut out for a while, with a good one too."""
    with on_stage(token="gh-bad-token") as stage:
        stage.memory.facts["github-login", stage.url] = OWN
        projects = [project(name, repo=name) for name in many(stage.world, 6)]

        readings = stage.source(batch=2).look(projects, now=stage.world.now())

        assert {"GitHub refused the token (Bad credentials)"} == {
            why for reading in readings.values() for why in reasons(reading)
        }
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


class Ward(Indoors):
    """Lets everything through but what asks for one of the *sick*: GitHub gives up on that."""

    def __init__(self, world: World, loopback: Loopback) -> None:
        super().__init__(world, loopback)
        self.sick: set[str] = set()
        self.looks: list[int] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer, or give up."""
        body = request.read().decode()
        named = re.findall(r'"n\d+": ?"(\w+)"', body) if "query Look" in body else []
        self.looks += [len(named)] if named else []
        if self.sick.intersection(named):
            return httpx.Response(504, headers={"Date": "Mon, 02 Mar 2026 10:00:00 GMT"})
        return super().handle_request(request)

    def new(self) -> list[int]:
        """Give for how many repositories each look asked since the last time."""
        looks, self.looks = self.looks, []
        return looks


def test_what_fails_alone_is_asked_for_alone_until_it_passes() -> None:
    """The search for it is made once, and not in every look."""
    wards = []

    def way(world: World, loopback: Loopback) -> Ward:
        wards.append(Ward(world, loopback))
        return wards[0]

    with on_stage(way=way) as stage:
        projects = [project(name, repo=name) for name in many(stage.world, 4)]
        asked = []
        for sick in ({"r1"}, {"r1"}, set[str](), set[str]()):
            wards[0].sick, stage.memory.facts = sick, without_ids(stage)
            readings = stage.source().look(projects, now=stage.world.now())
            assert [bool(sick.intersection(name.split("/"))) for name in readings] == [
                not all(is_seen(each)) for each in readings.values()
            ]
            asked.append(wards[0].new())

    assert [[4, 2, 2, 1, *[1] * TRIES], [3, 1], [3, 1], [4]] == [
        sorted(each, reverse=True) for each in asked
    ]


def test_what_is_cut_short_even_alone_is_not_taken_for_a_size_that_passed() -> None:
    """Else the batches would become smaller with every look, until each asks for one."""
    memory, size = Notebook(), 16
    for _ in range(3):
        alone, trial = Loners(memory).among(HUNDRED), Trial()
        batches = Batches(
            ask=partial(cut_short, huge=HUNDRED[3]),
            size=size,
            blinded=lambda exc: Blind(at=NOON, why=str(exc)),
            at_once=lambda: 1,
            trial=trial,
        )
        seen = batches.see([one for one in HUNDRED if one not in alone])
        Loners(memory).learn(batches.failed_alone, (), now=NOON)
        size = trial.outcome().passed or size

        assert all(sighting.reading.branch == QUIET for sighting in seen.values())

    assert 16 == size
    assert (HUNDRED[3],) == Loners(memory).among(HUNDRED)


def cut_short(batch: Sequence[Wanted], *, huge: Wanted) -> list[Sighting]:
    """Answer as GitHub does where one repository is more than its resource limits."""
    if len(batch) > 1 and huge in batch:
        msg = "cut"
        raise TooLargeError(msg)
    return [replace(unseen(one, QUIET), cut=one == huge) for one in batch]


def without_ids(stage: Stage) -> dict[tuple[str, str], str]:
    """Give what is remembered, but that each is asked for by its name again."""
    return {place: fact for place, fact in stage.memory.facts.items() if place[0] != TOPIC}


@pytest.mark.parametrize("sick", [{3}, {3, 30, 60, 90}, {0, 1, 2, 12, 24}])
def test_several_that_fail_alone_blind_nobody_else_in_the_long_run(sick: set[int]) -> None:
    """There are not splits enough to find them all at once; each look finds one more."""
    memory, blind, wanted = Notebook(), set[int](), HUNDRED

    def ask(batch: Sequence[Wanted]) -> list[Sighting]:
        if sick.intersection(wanted.index(one) for one in batch):
            msg = "504"
            raise UnreachableError(msg)
        return [unseen(one, QUIET) for one in batch]

    for _ in range(len(sick) + 1):
        loners = Loners(memory)
        alone = loners.among(wanted)
        batches = Batches(
            ask=ask,
            size=25,
            blinded=lambda exc: Blind(at=NOON, why=str(exc)),
            at_once=lambda: 4,
            trial=Trial(),
        )
        seen = batches.see([one for one in wanted if one not in alone])
        loners.learn(batches.failed_alone, (), now=NOON)
        blind = {wanted.index(one) for one in seen if seen[one].reading.branch != QUIET}

    assert not blind
    assert sick == {wanted.index(one) for one in Loners(memory).among(wanted)}
