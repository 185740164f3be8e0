"""The line between a replayed agent and its world: what was asked before costs nothing again."""

import threading

import pytest

from builders import MINUTE, NOW
from pipeline_health.clients.http import Http
from pipeline_health.clients.visit import visit
from pipeline_health.clients.within import Given, Posed, Within
from pipeline_health.core.model.ids import ProjectName, RepoName
from pipeline_health.core.model.policy import ProjectPolicy
from pipeline_health.core.model.recording import (
    Fact,
    RecordedProject,
    Recording,
    SightTold,
    UrlTold,
)
from pipeline_health.core.model.urls import Place
from pipeline_health.replaying.line import Line
from pipeline_health.simulator import World, WorldClock
from pipeline_health.simulator.playing import Player

REPO = RepoName("acme/shop")
SHOP = "https://github.test/repos/acme/shop"
PROJECT = ProjectPolicy(
    name=ProjectName("shop"),
    repo=REPO,
    staging_url="https://staging.shop.test/base",
    production_url="https://shop.test",
)
BLIND = SightTold(at=NOW + 2 * MINUTE, provider="github", readable=False)
DOWN = UrlTold(at=NOW + 2 * MINUTE, repo=REPO, place=Place.STAGING, answers=False)


class Wire:
    """A line, its world, and what is asked over it."""

    def __init__(self, *facts: Fact) -> None:
        self.world = World(NOW)
        project = RecordedProject(name="shop", repo=REPO)
        ended_at = NOW + 600 * MINUTE
        history = Recording(
            name="x", began_at=NOW, ended_at=ended_at, projects=(project,), facts=facts
        )
        self.player = Player(self.world, history)
        self.line = Line(self.world, self.player, (PROJECT,))

    def ask(
        self, url: str = "https://github.test/repos/acme/shop", method: str = "GET"
    ) -> Given | None:
        """Ask."""
        host, _, target = url.removeprefix("https://").partition("/")
        headers = {"User-Agent": "test", "Authorization": "Bearer gh-good-token"}
        return self.line.answer(
            Posed(
                method=method, url=url, host=host, target=f"/{target}", headers=headers, body=b"{}"
            )
        )

    @property
    def asked(self) -> int:
        """Tell how often the world was asked."""
        return len(self.world.requests)


def test_what_was_asked_before_is_answered_as_before() -> None:
    """At the time of this asking; the world is not asked again."""
    wire = Wire(DOWN)
    first = wire.ask()
    wire.player.until(NOW + MINUTE)
    second = wire.ask()

    assert first is not None
    assert second is not None
    assert (200, 1, first.body) == (second.status, wire.asked, second.body)
    assert "12:01:00" in second.headers["Date"]


@pytest.mark.parametrize("minutes", [2, 24 * 60])
def test_the_world_is_asked_again_when_something_happened_and_each_day(minutes: int) -> None:
    """A fact, and a budget that is renewed."""
    wire = Wire(*([DOWN] if minutes == 2 else []))
    wire.ask()
    wire.player.until(NOW + minutes * MINUTE)

    wire.ask()

    assert wire.asked == 2


def test_what_the_agent_writes_is_done_each_time_and_seen_at_once() -> None:
    """No write is answered from memory."""
    wire = Wire()
    wire.ask()
    for _ in range(2):
        wire.ask("https://github.test/repos/acme/shop/labels", "POST")
    wire.ask()

    assert wire.asked == 4


def test_a_provider_that_cannot_be_read_answers_so() -> None:
    """Until it can."""
    wire = Wire(BLIND)
    wire.player.until(NOW + 2 * MINUTE)

    answer = wire.ask()

    assert answer is not None
    assert answer.status == 502


def test_a_connection_that_the_world_cuts_is_one_without_an_answer() -> None:
    """As between two hosts."""
    wire = Wire()
    wire.world.faults.add(host="github", mode="cut_before")

    assert wire.ask() is None


@pytest.mark.parametrize(
    ("url", "answers"),
    [
        ("https://shop.test", True),
        ("https://shop.test/", True),
        ("https://staging.shop.test/base/health", False),
        ("https://staging.shop.test/base", False),
        ("https://staging.shop.test/other", False),
        ("https://elsewhere.test/", False),
    ],
)
def test_a_url_answers_as_it_is_recorded(url: str, *, answers: bool) -> None:
    """That of no project answers never: nothing is recorded of it."""
    wire = Wire(DOWN)
    wire.player.until(NOW + 2 * MINUTE)

    assert answers is (wire.ask(url) is not None)


def test_what_is_within_this_process_is_asked_without_a_thread() -> None:
    """Both by a client and by a look at a URL; nobody waits for what is there at once."""
    where: list[threading.Thread] = []

    def answer(_: Posed) -> Given:
        where.append(threading.current_thread())
        return Given(status=204, headers={}, body=b"")

    transport = Within(answer)
    http = Http(clock=WorldClock(World(NOW)), jitter=lambda: 0.0, transport=transport)

    assert 204 == http.read("GET", "https://github.test/", headers={}).status
    assert 204 == visit("https://shop.test/", deadline=MINUTE, transport=transport).status
    assert [threading.current_thread()] * 2 == where


def test_what_nobody_answers_is_a_connection_that_broke() -> None:
    """Which is no answer, and no error of ours."""
    page = visit("https://shop.test/", deadline=MINUTE, transport=Within(lambda _: None))

    assert (None, False) == (page.status, page.cut)
