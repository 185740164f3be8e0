"""How many requests a cycle costs, and how many of them are under way at the same time."""

import re
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from door import Door
from hosts import MINUTE, Host, ours
from pipeline_health.simulator import Loopback, World, WorldClock

HOUR = timedelta(hours=1)
DAILY = re.compile(r"/actions/runs$|/git/trees/|^Variables$")
"""What each project is asked once a day: a few of them in a cycle."""


class Portfolio:
    """Products with staging and production on Railway, and the host that watches them."""

    def __init__(self, world: World, loopback: Loopback, home: Path, *, products: int) -> None:
        self.world = world
        self.host = Host(world, loopback, home)
        self.door = Door(world, loopback)
        self.host.machine = replace(self.host.machine, transport=self.door)
        self.names = [f"p{at}" for at in range(products)]
        for name in self.names:
            repo, railway = world.repo(f"acme/{name}"), world.railway(name)
            repo.push("first")
            repo.run("CI", "success")
            for environment in ("staging", "production"):
                railway.environment(environment).service("web", repo).deploy("SUCCESS")
            self.host.watch(name, f"acme/{name}", f'railway_project = "{railway.id}"')
        world.advance(HOUR)

    def at_once(self, number: int) -> None:
        """Let so many requests be under way from now on."""
        self.host.machine = replace(self.host.machine, at_once=number)

    def sizes(self, host: str) -> list[int]:
        """Give how many things each look of the newest cycle asked a provider for."""
        return [size for at, name, size in self.door.new() if (at, name) == (host, "Look")]


@pytest.fixture
def twelve(world: World, loopback: Loopback, tmp_path: Path) -> Portfolio:
    """Give twelve products that nobody has looked at yet."""
    return Portfolio(world, loopback, tmp_path, products=12)


def test_a_hundred_quiet_projects_are_at_most_twelve_requests(
    world: World, loopback: Loopback, tmp_path: Path
) -> None:
    """Staging and production of each; habits are read and one is audited among them."""
    hundred = Portfolio(world, loopback, tmp_path, products=100)
    hundred.host.projects = [f'{text}\nci_workflows = ["CI"]' for text in hundred.host.projects]
    hundred.at_once(8)
    hundred.host.cycle()
    hundred.door.new()

    report = hundred.host.cycle()

    asked = Counter(host for host, _, _ in hundred.door.new())
    assert asked.total() <= 12
    assert asked["railway"] <= 6
    assert report.github is not None
    assert 1000 >= 12 * 10 * (report.github.points or 1000)  # of 1,000 projects, in an hour
    assert not report.blind


def test_what_was_too_large_is_asked_for_in_less_from_then_on(twelve: Portfolio) -> None:
    """The halves are found out once, and nothing more is refused."""
    twelve.door.narrow = {"github": 5, "railway": 10}
    twelve.host.cycle()
    assert {12, 6} == set(twelve.door.refused) & {12, 6}
    twelve.door.refused.clear()
    twelve.door.new()

    report = twelve.host.cycle()

    assert [] == twelve.door.refused
    assert not report.blind
    asked = twelve.door.new()
    assert [3] * 4 == [size for host, name, size in asked if (host, name) == ("github", "Look")]
    assert [6] * 4 == [size for host, name, size in asked if (host, name) == ("railway", "Look")]


def test_a_provider_that_has_recovered_is_asked_for_more_again(twelve: Portfolio) -> None:
    """By a quarter an hour; as much as was too much not before a day has passed."""
    twelve.door.narrow = {"github": 5, "railway": 10}
    twelve.host.cycle()
    twelve.door.narrow = {}
    sizes = []
    for hours in (1.1, 1.1, 1.1, 25, 1):
        twelve.door.new()
        twelve.host.cycle(after=hours * HOUR)
        sizes.append(max(twelve.sizes("github")))

    assert [3, 4, 5, 5, 6] == sizes


def test_both_providers_are_read_side_by_side_and_neither_is_crowded(twelve: Portfolio) -> None:
    """Eight requests meet, four at each; more than four wait at neither."""
    twelve.door.narrow = {"github": 1, "railway": 3}
    twelve.host.cycle()
    assert {"github": 1, "railway": 1, "both": 1} == twelve.door.most
    twelve.at_once(8)
    twelve.door.meeting = 8

    report = twelve.host.cycle()

    assert not report.blind
    assert {"github": 4, "railway": 4, "both": 8} == twelve.door.most


def test_what_must_be_learned_first_is_asked_first(twelve: Portfolio) -> None:
    """Railway tells the name by which GitHub knows the environment; of each project once."""
    twelve.at_once(8)
    for name in twelve.names:
        twelve.world.repo(f"acme/{name}").record_deployment(f"{name} / staging", "failure")
    twelve.host.cycle()
    first = [host for host, name, _ in twelve.door.new() if name in ("Find", "Look")]
    assert "github" not in first[: first.index("github")]
    assert "railway" not in first[first.index("github") :]

    late = twelve.world.railway("late")
    late.environment("staging").service("web", twelve.world.repo("acme/p0")).deploy("SUCCESS")
    twelve.host.watch("late", "acme/late", f'railway_project = "{late.id}"')
    twelve.world.repo("acme/late").push("first")
    twelve.host.cycle()
    assert [12, 1] == twelve.sizes("github")


class Stopwatch(WorldClock):
    """The world's clock; waiting takes none of its time, and is noted."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.slept: list[float] = []

    def sleep(self, seconds: float) -> None:
        """Note it."""
        self.slept.append(seconds)


def test_a_failure_is_an_issue_in_the_cycle_that_sees_it_and_waits_for_nothing(
    twelve: Portfolio,
) -> None:
    """Its labels are made, its log is read and it is filed, without a pause between the writes."""
    watch = Stopwatch(twelve.world)
    pace = timedelta(seconds=1)
    twelve.host.machine = replace(twelve.host.machine, clock=watch, pace=pace, at_once=8)
    twelve.host.cycle()
    shop = twelve.world.repo("acme/p3")
    shop.push("second")
    shop.run("CI", "failure", log="FAILED tests/test_cart.py::test_total")

    twelve.host.cycle()

    assert 1 == len(ours(shop))
    assert [] == watch.slept


def test_what_stays_broken_costs_no_evidence_and_its_issues_one_request(
    world: World, loopback: Loopback, tmp_path: Path
) -> None:
    """Logs that are there, that never come, and that are empty; in the hour, and a day later."""
    five = Portfolio(world, loopback, tmp_path, products=5)
    five.host.cycle()
    for name, log in (("p0", "FAILED tests/test_cart.py::test_total"), ("p1", "")):
        world.repo(f"acme/{name}").push("second")
        world.repo(f"acme/{name}").run("CI", "failure", log=log)
    for name, environment, status in (
        ("p2", "staging", "FAILED"),
        ("p3", "staging", "CRASHED"),
        ("p4", "production", "FAILED"),
    ):
        service = world.railway(name).environment(environment).service("web")
        service.deploy(status, log="error: boom" if name == "p2" else "")
    five.host.cycles(3)
    for pause in (5 * MINUTE, 24 * HOUR):
        five.host.cycle(after=pause)
        five.door.new()
        five.host.cycle()
        asked = {name for _, name, _ in five.door.new() if DAILY.search(name) is None}
        assert {"Look", "Issues"} == asked

    assert 5 == sum(len(ours(world.repo(f"acme/{name}"))) for name in five.names)
