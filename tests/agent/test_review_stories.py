"""Stories that a reviewer found broken: deletions, lost answers, shared repositories."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from agent_types import Shop
from hosts import MINUTE, Host, ours
from pipeline_health.simulator import Loopback, World

HALF_AN_HOUR = timedelta(minutes=30)


def mend(shop: Shop) -> None:
    """Land a commit at which CI passes."""
    shop.repo.push(f"fix {shop.world.now().isoformat()}")
    shop.repo.run("CI", "success", jobs={"build": "success", "test": "success"})


class Mono:
    """Two products in one repository, each with a service of its own on Railway."""

    def __init__(self, world: World, loopback: Loopback, home: Path) -> None:
        self.world = world
        self.repo = world.repo("acme/mono")
        self.repo.push("first")
        world.advance(5 * MINUTE)
        self.repo.run("CI", "success")
        self.host = Host(world, loopback, home)
        self.services = [
            world.railway(name).environment("staging").service(name, self.repo)
            for name in ("a", "b")
        ]
        for name, service in zip(("a", "b"), self.services, strict=True):
            service.deploy("SUCCESS")
            self.host.watch(name, "acme/mono", f'railway_project = "{world.railway(name).id}"')
        self.host.cycle()

    def mend(self) -> None:
        """Deploy a commit that works, everywhere."""
        self.repo.push("fix")
        self.repo.run("CI", "success")
        for service in self.services:
            service.deploy("SUCCESS")


@pytest.fixture
def mono(world: World, loopback: Loopback, tmp_path: Path) -> Mono:
    """Give two healthy products in one repository."""
    return Mono(world, loopback, tmp_path)


def test_what_breaks_after_its_closed_issue_was_deleted_is_told_anew(shop: Shop) -> None:
    """A dead number must not swallow every later failure."""
    shop.fail_ci()
    shop.host.cycles(2)
    mend(shop)
    shop.host.cycles(3)
    shop.repo.delete_issue(1)
    shop.fail_ci()

    shop.host.cycles(4, every=HALF_AN_HOUR)

    assert len(ours(shop.repo, state="open")) == 1


def test_what_was_muted_by_a_deletion_is_told_once_it_has_recovered(shop: Shop) -> None:
    """Muted until it has recovered, and not for ever."""
    shop.fail_ci()
    shop.host.cycles(2)
    shop.repo.delete_issue(1)
    shop.host.cycles(4, every=HALF_AN_HOUR)
    assert ours(shop.repo) == []
    mend(shop)
    shop.host.cycles(2)
    shop.fail_ci()

    shop.host.cycles(4, every=HALF_AN_HOUR)

    assert len(ours(shop.repo, state="open")) == 1


@pytest.mark.parametrize("how", ["the answer was lost", "a person did it"])
def test_an_issue_that_was_reopened_can_be_closed_again(shop: Shop, how: str) -> None:
    """Whoever reopened it, and whoever knows of it."""
    shop.fail_ci()
    shop.host.cycles(2)
    mend(shop)
    shop.host.cycles(3)
    shop.fail_ci()
    if how == "a person did it":
        shop.repo.reopen_issue(1)
    else:
        shop.world.faults.add(
            host="github", mode="cut_after", match="PATCH /repos/acme/shop/issues"
        )
    shop.host.cycles(3)
    assert [issue.state for issue in ours(shop.repo)] == ["open"]
    mend(shop)

    shop.host.cycles(3)

    assert [issue.state for issue in ours(shop.repo)] == ["closed"]


class Meanwhile(httpx.BaseTransport):
    """The network, in which something happens just before the first issue is filed."""

    def __init__(self, happens: Callable[[], object]) -> None:
        self._network = httpx.HTTPTransport()
        self._happens = [happens]

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Pass it on."""
        if request.method == "POST" and request.url.path.endswith("/issues") and self._happens:
            self._happens.pop()()
        return self._network.handle_request(request)

    def close(self) -> None:
        """Let go of the connections."""
        self._network.close()


def test_a_host_that_is_alone_closes_the_duplicate_of_a_dead_one(
    shop: Shop, loopback: Loopback, tmp_path: Path
) -> None:
    """Two filed in one moment; the one that is left keeps the older issue."""
    other = Host(shop.world, loopback, tmp_path / "other")
    other.home.mkdir()
    other.projects = list(shop.host.projects)
    other.cycle()
    shop.fail_deploy()
    between = Meanwhile(lambda: shop.host.cycle(after=timedelta(0)))
    other.machine = replace(other.machine, transport=between)
    other.cycle(after=MINUTE)
    assert len(ours(shop.repo, state="open")) == 2

    other.cycles(4)

    assert [issue.number for issue in ours(shop.repo, state="open")] == [1]


@pytest.mark.parametrize("case", ["spelling", "rename"])
def test_what_broke_while_github_was_away_is_filed_under_the_name_of_today(
    shop: Shop, case: str
) -> None:
    """The configuration's spelling is no place to file at."""
    if case == "spelling":
        shop.host.projects[0] = shop.host.projects[0].replace("acme/shop", "Acme/Shop")
    shop.fail_deploy()
    if case == "rename":
        shop.repo.rename("acme/store")
    shop.world.faults.add(host="github", mode="status", status=502, times=99)
    shop.host.cycle()
    shop.world.faults.clear()

    shop.host.cycles(2)

    assert len(ours(shop.repo)) == 1


def test_two_repositories_of_one_railway_project_prove_nothing_of_each_other(
    world: World, loopback: Loopback, tmp_path: Path
) -> None:
    """Both are deployed by a workflow of one name to one environment: each issue is its own."""
    host, railway = Host(world, loopback, tmp_path), world.railway("shop")
    railway.environment("staging").service("cache").deploy("SUCCESS", image="redis:7")
    repos = [world.repo(f"acme/{name}") for name in ("api", "web")]
    for repo, name in zip(repos, ("api", "web"), strict=True):
        repo.push("first")
        repo.run("Deploy", "success", jobs={"deploy": "success"})
        host.watch(
            name,
            f"acme/{name}",
            f'railway_project = "{railway.id}"',
            'deploy_workflow = "Deploy"',
        )
    host.cycle()
    for repo in repos:
        repo.push("bad")
        repo.run("Deploy", "failure", jobs={"deploy": "failure"}, log="boom")
        world.advance(MINUTE)
    host.cycles(2)
    assert [1, 1] == [len(repo.open_titles) for repo in repos]

    repos[1].push("good")
    repos[1].run("Deploy", "success", jobs={"deploy": "success"})
    host.cycles(3)

    assert [1, 0] == [len(repo.open_titles) for repo in repos]


def test_one_secret_of_two_products_is_one_issue_that_closes_when_both_work(mono: Mono) -> None:
    """Each product's own proof heals its own symptom."""
    mono.repo.push("bad")
    mono.repo.run("CI", "success")
    for service in mono.services:
        service.deploy("FAILED", log="npm ERR! NPM_TOKEN is expired")
    mono.host.cycles(3)
    assert [issue.state for issue in ours(mono.repo)] == ["open"]
    mono.mend()

    mono.host.cycles(3)

    assert [issue.state for issue in ours(mono.repo)] == ["closed"]


def test_looking_at_one_product_leaves_the_others_incident_alone(mono: Mono) -> None:
    """Not a word is edited, and its own end is still seen."""
    mono.services[0].deploy("FAILED", log="error: x")
    mono.host.cycles(2)
    before = len(mono.world.writes("github"))
    for only in (["b"], [], ["a"], ["b"]):
        mono.host.cycle(only=only)
    assert len(mono.world.writes("github")) == before
    mono.mend()

    mono.host.cycles(3)

    assert [issue.state for issue in ours(mono.repo)] == ["closed"]
