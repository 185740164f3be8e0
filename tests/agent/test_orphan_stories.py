"""Stories of issues that nobody looks after any more, and of what nobody watches."""

from pathlib import Path

import pytest

from agent_types import Shop
from hosts import MINUTE, Host
from pipeline_health import bootstrap
from pipeline_health.core.model.report import CycleReport
from pipeline_health.simulator import Loopback, World
from pipeline_health.simulator.github_world import Repo


@pytest.fixture
def blog(world: World) -> Repo:
    """Give a second repository, which is green."""
    repo = world.repo("acme/blog")
    repo.push("first")
    repo.run("CI", "success")
    return repo


@pytest.fixture
def orphaned(shop: Shop, blog: Repo) -> Shop:
    """Give a host whose shop was red when it left the configuration."""
    shop.fail_ci()
    shop.host.cycles(2)
    assert shop.repo.open_titles == ["Main CI red: CI (shop)"]
    shop.host.projects.clear()
    shop.host.watch("blog", "acme/blog")
    return shop


def close_orphans(host: Host, *, dry: bool = False) -> CycleReport:
    """Run one cycle that closes orphans."""
    host.world.advance(5 * MINUTE)
    return bootstrap.run_once(host.settings(), dry=dry, close_orphans=True, machine=host.machine)


def test_orphans_are_listed_and_left_alone(orphaned: Shop) -> None:
    """The ledger knows them; no cycle touches them."""
    report = orphaned.host.cycles(2)[-1]

    (line,) = report.orphans
    assert (line.repo, line.issue, line.title) == ("acme/shop", 1, "Main CI red: CI (shop)")
    assert line.url == "https://github.com/acme/shop/issues/1"
    assert orphaned.repo.issues[1].state == "open"
    assert orphaned.repo.issues[1].comments == []


def test_orphans_are_closed_when_the_operator_says_so(orphaned: Shop) -> None:
    """One comment says why, the report lists them no more, and another try finds nothing to do."""
    report = close_orphans(orphaned.host)

    issue = orphaned.repo.issues[1]
    assert (issue.state, len(issue.comments)) == ("closed", 1)
    assert "is not in the configuration" in issue.comments[0].body
    assert "closed 1 issue" in report.sentence
    assert report.orphans == ()
    assert close_orphans(orphaned.host).changes == ()


def test_a_dry_run_says_which_orphans_would_be_closed(orphaned: Shop) -> None:
    """It closes none, and they stay listed."""
    report = close_orphans(orphaned.host, dry=True)

    assert [(change.change, change.issue) for change in report.changes] == [("close", 1)]
    assert len(report.orphans) == 1
    assert orphaned.repo.issues[1].state == "open"


def test_an_orphan_that_is_not_provably_ours_stays(orphaned: Shop) -> None:
    """Somebody took the marker away."""
    orphaned.repo.issues[1].body = "rewritten by hand"

    report = close_orphans(orphaned.host)

    assert orphaned.repo.issues[1].state == "open"
    assert any("is not provably ours" in line for line in report.waiting)


def test_an_orphan_that_was_closed_by_hand_is_forgotten(orphaned: Shop) -> None:
    """There is nothing to say to it."""
    orphaned.repo.close_issue(1, user="ann")

    report = close_orphans(orphaned.host)

    assert (report.orphans, report.changes) == ((), ())
    assert orphaned.repo.issues[1].comments == []


def test_an_orphan_that_cannot_be_read_waits(orphaned: Shop) -> None:
    """It is tried again by the next such cycle."""
    orphaned.host.cycle()
    orphaned.world.faults.add(
        host="github", mode="status", match="query Issues", status=502, times=99
    )

    report = close_orphans(orphaned.host)

    assert any("its issue could not be read" in line for line in report.waiting)
    orphaned.world.faults.clear()
    assert close_orphans(orphaned.host).orphans == ()


def test_orphans_wait_until_every_repository_is_seen(orphaned: Shop, world: World) -> None:
    """What seems to be an orphan may be a repository under its new name."""
    orphaned.host.watch("gone", "acme/gone")

    report = close_orphans(orphaned.host)

    assert orphaned.repo.issues[1].state == "open"
    assert any("until every configured repository can be seen" in line for line in report.waiting)


def test_a_renamed_project_in_a_renamed_repository_is_no_orphan(shop: Shop) -> None:
    """The repository is known by its name of today."""
    shop.fail_ci()
    shop.host.cycles(2)
    shop.repo.rename("acme/store")
    shop.host.cycles(2)
    shop.host.projects[0] = shop.host.projects[0].replace('name = "shop"', 'name = "store"')

    report = close_orphans(shop.host)

    assert report.orphans == ()
    assert shop.repo.issues[1].state == "open"


def test_a_look_at_one_project_makes_no_orphans_of_the_others(shop: Shop, blog: Repo) -> None:
    """What is not looked at this time is configured all the same."""
    shop.host.watch("blog", "acme/blog")
    shop.fail_ci()
    shop.host.cycles(2)

    assert shop.host.cycle(only=["blog"]).orphans == ()


def test_what_nothing_judges_is_listed(
    world: World, loopback: Loopback, tmp_path: Path, blog: Repo
) -> None:
    """A workflow that is started by hand may fail for months: that is said, not found out."""
    blog.run("Backup", "failure", event="workflow_dispatch")
    blog.run("Nightly", "success", event="schedule")
    host = Host(world, loopback, tmp_path)
    host.watch("blog", "acme/blog", 'ci_workflows = ["CI"]')

    report = host.cycles(2)[-1]

    assert [line.what for line in report.projects[0].unwatched] == ["workflow Backup"]
    assert blog.issues == {}


def test_seeing_a_project_is_not_its_health(
    world: World, loopback: Loopback, tmp_path: Path
) -> None:
    """A repository in which nothing ran was read, and nothing is proved of it."""
    world.repo("acme/empty").push("first")
    host = Host(world, loopback, tmp_path)
    host.watch("empty", "acme/empty")

    assert host.cycle().projects[0].healthy == ()
