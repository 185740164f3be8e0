"""Stories of a portfolio that recovers at once: one look that lies closes none of it."""

from pathlib import Path

import pytest

from hosts import Host, ours
from pipeline_health.simulator import Loopback, World
from pipeline_health.simulator.github_records import Issue
from street import Product

NAMES = ("bank", "film", "mail", "news", "shop", "taxi")


class Portfolio:
    """Six products whose staging deploys failed, each with its issue."""

    def __init__(self, world: World, loopback: Loopback, home: Path) -> None:
        self.world = world
        self.host = Host(world, loopback, home)
        self.host.extra = "[limits]\nissues_per_cycle = 10\n"
        self.products = [self._opened(name) for name in NAMES]
        self.host.cycle()
        for each in self.products:
            each.repo.push("second")
            each.repo.run("CI", "success")
            each.service.deploy("FAILED", log="error: boom")
        self.host.cycle()
        assert [one.state for one in self.issues] == ["open"] * len(NAMES)

    def _opened(self, name: str) -> Product:
        repo, railway = self.world.repo(f"acme/{name}"), self.world.railway(name)
        repo.push("first")
        repo.run("CI", "success")
        service = railway.environment("staging").service("web", repo)
        service.deploy("SUCCESS")
        self.host.watch(name, f"acme/{name}", f'railway_project = "{railway.id}"')
        return Product(repo, service)

    @property
    def issues(self) -> list[Issue]:
        """The issue of every product."""
        return [issue for each in self.products for issue in ours(each.repo)]

    def mend(self) -> None:
        """Let everything deploy."""
        for each in self.products:
            each.service.deploy("SUCCESS")


@pytest.fixture
def portfolio(world: World, loopback: Loopback, tmp_path: Path) -> Portfolio:
    """Give six products that fail, and the host that watches them."""
    return Portfolio(world, loopback, tmp_path)


def test_many_recoveries_at_once_close_in_the_second_look(portfolio: Portfolio) -> None:
    """Each by itself: one that the second look cannot see waits for the third."""
    portfolio.mend()
    first = portfolio.host.cycle()
    assert [issue.comments for issue in portfolio.issues] == [[]] * len(NAMES)
    railway = portfolio.world.railway("shop")
    hidden = dict(railway.environments)
    railway.environments.clear()
    second = portfolio.host.cycle()
    railway.environments.update(hidden)

    last = portfolio.host.cycle()

    assert first.sentence.endswith(
        "is broken; 6 recoveries are believed when another look proves them again."
    )
    assert (
        "is broken; 1 recovery is believed when another look proves it again; closed 5 issues;"
        in second.sentence
    )
    assert last.sentence.endswith("nothing that was seen is broken; closed 1 issue.")
    assert [issue.state_reason for issue in portfolio.issues] == ["completed"] * len(NAMES)


def test_a_lie_of_one_look_closes_nothing(portfolio: Portfolio) -> None:
    """What was never there is not there any more in the next look, and all of it goes on."""
    portfolio.mend()
    portfolio.host.cycle(only=NAMES)
    for each in portfolio.products:
        _ = each.service.deployments.pop()

    second = portfolio.host.cycle()

    assert "broken: bank, film, mail, news, shop and 1 more" in second.sentence
    assert "recover" not in second.sentence
    assert [issue.state for issue in portfolio.issues] == ["open"] * len(NAMES)
    assert [issue.comments for issue in portfolio.issues] == [[]] * len(NAMES)
    assert [each.repo.issues.keys() for each in portfolio.products] == [{1}] * len(NAMES)
