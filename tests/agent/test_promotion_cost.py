"""How many round trips a promotion check takes: each one costs every pipeline time."""

import threading
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from hosts import MINUTE
from pipeline_health.core.model.verdict import Answer
from pipeline_health.simulator import Loopback, World
from pipeline_health.simulator.exchange import Answer as Reply
from pipeline_health.simulator.site import Page
from promotions import Ready, ready

FOUR = """[projects.gate]
smoke = [{ path = "/healthz" }, { path = "/a" }, { path = "/b" }, { path = "/c" }]
version = { path = "/version", json = "commit" }
e2e = ["true"]"""


@dataclass(slots=True, kw_only=True)
class Met(Page):
    """A page that answers only when another request of its kind came meanwhile."""

    meeting: threading.Barrier = field(default_factory=lambda: threading.Barrier(2, timeout=5))

    def answer(self) -> Reply:
        """Wait for the other one, and answer."""
        try:
            self.meeting.wait()
        except threading.BrokenBarrierError:
            self.status = 404
        return Page.answer(self)


@pytest.fixture
def shop(world: World, loopback: Loopback, tmp_path: Path) -> Ready:
    """Give a product of three services, which tells what it serves."""
    shop = ready(world, loopback, tmp_path)
    for environment in shop.railway.environments.values():
        for name in ("worker", "api"):
            service = environment.service(name, shop.repo)
            service.variables = {"API_TOKEN": f"{environment.name}-{name}-token-0123456"}
            service.deploy("SUCCESS")
    shop.site.pages["/shop/version"] = Page(body=f'{{"commit": "{shop.head}"}}')
    shop.configure(FOUR)
    shop.host.cycle()
    world.advance(MINUTE)
    return shop


def asked(shop: Ready) -> Counter[str]:
    """Check the head, which is promoted; gives how often each host was asked."""
    before = len(shop.world.requests)
    shop.site.asked.clear()
    assert shop.check().answer is Answer.PROMOTE
    hosts = Counter(one.host for one in shop.world.requests[before:])
    return hosts + Counter(site=len(shop.site.asked))


def test_a_warm_check_asks_twice_for_facts_and_once_for_secrets(shop: Ready) -> None:
    """Beside the ledger of the agent: two looks of two requests at each provider, and the audit.

    Railway is asked anew which environments there are, and GitHub for the pushes before. The site
    is asked for its health twice, for its version before and after, and for every check.
    """
    told = asked(shop)
    assert told["railway"] <= 2 * 2 + 1 + 1
    assert told["github"] <= 2 * 2 + 1 + 1
    assert told["site"] <= 2 + 2 + 4


def test_a_cold_check_asks_three_times_more(shop: Ready) -> None:
    """In a pipeline nothing is remembered: which project, who we are, what ran lately."""
    shop.host.extra = '[routing]\nidentity = "health-bot"'
    warm = asked(shop)
    shop.host.forget()
    assert (asked(shop) - warm).total() <= 3


def test_more_services_are_no_more_requests(shop: Ready) -> None:
    """Whatever a project has is asked for at once."""
    before = asked(shop)
    for name in ("mail", "search", "images"):
        shop.railway.environment("staging").service(name, shop.repo).deploy("SUCCESS")
    assert asked(shop) == before


def test_the_smoke_checks_are_made_side_by_side(shop: Ready) -> None:
    """The slowest of them is what they take: two that wait for each other both answer."""
    meeting = Met()
    shop.site.pages.update({"/shop/a": meeting, "/shop/b": meeting})
    assert shop.check().answer is Answer.PROMOTE
