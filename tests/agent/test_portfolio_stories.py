"""Stories of many projects at once: one outage is one issue, and every project is named in time."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from hosts import MINUTE, Host
from pipeline_health.core.issue_text.parent_marker import ParentMarker, read_parent_marker
from pipeline_health.core.issue_text.parents import CROWD_TITLE
from pipeline_health.simulator import Loopback, World
from pipeline_health.simulator.github_records import Issue
from portfolio_town import NPM, NPM_TITLE, SLA, Town, broken


@pytest.fixture
def twelve(world: World, loopback: Loopback, tmp_path: Path) -> Town:
    """Give twelve healthy products that were looked at once."""
    host = Host(world, loopback, tmp_path)
    host.stay_indoors()
    town = Town(world, host, 12)
    town.host.cycle()
    return town


def test_one_outage_of_twelve_products_is_one_issue_that_ends_with_the_proofs(
    twelve: Town,
) -> None:
    """A person gets it, once; it is edited in place, and closed when the last one works again."""
    # Over real HTTP, and as much side by side as on a host.
    twelve.host.machine = replace(twelve.host.machine, transport=None, at_once=8)
    twelve.fail(NPM)
    twelve.host.cycles(3)
    assert [NPM_TITLE] == twelve.titles()
    (issue,) = twelve.ops.issues.values()
    assert {"pipeline-health", "human-needed", "archon:skipped"} == set(issue.labels)
    assert ([], []) == (twelve.own(), twelve.unnamed())

    twelve.mend(slice(6))
    twelve.host.cycle()
    assert "**6 projects** failed for one reason" in issue.body
    twelve.mend(slice(6, 12))
    twelve.host.cycles(4)

    assert ("closed", "completed") == (issue.state, issue.state_reason)
    (comment,) = issue.comments
    assert comment.body.startswith("Over: 12 failures proved to be over")
    assert 1 == twelve.filed()


def test_twelve_products_with_their_own_failures_are_twelve_issues(twelve: Town) -> None:
    """Five a cycle, the oldest first, and all within the promise: nothing else is said."""
    failed = twelve.fail(*map(broken, range(12)))

    counts = [(twelve.host.cycle(), len(twelve.own()))[1] for _ in range(4)]

    assert [5, 10, 12, 12] == counts
    assert [] == twelve.titles()
    assert twelve.world.now() - failed <= SLA


def test_a_lost_ledger_finds_the_story_again_and_ends_it(twelve: Town) -> None:
    """What recovered while nobody knew of it is proved, and the issue is closed: no second one."""
    twelve.fail(NPM)
    twelve.host.cycles(2)
    twelve.host.forget()
    twelve.mend(slice(9))

    twelve.host.cycles(2)
    open_then = [len(read(issue).members) for issue in twelve.ops.issues.values()]
    twelve.mend(slice(9, 12))
    twelve.host.cycles(4)

    assert [3] == open_then
    assert [] == twelve.titles()
    assert 1 == twelve.filed()


def test_a_lost_ledger_takes_nothing_for_over_that_is_not_proved(twelve: Town) -> None:
    """CI runs at the next commit of all of them: nothing is seen to fail, and nothing to pass."""
    twelve.fail(NPM)
    twelve.host.cycle()
    twelve.host.forget()
    runs = [
        (repo.push("next"), repo.run("CI", None, jobs={"test": None}))[1] for repo in twelve.repos
    ]

    first = twelve.host.cycle()
    twelve.host.cycles(4)
    (issue,) = twelve.ops.issues.values()
    waits = issue.state
    for repo, run in zip(twelve.repos, runs, strict=True):
        repo.finish(run, "success")
    twelve.host.cycles(4)

    assert [()] * 12 == [project.findings for project in first.projects]
    assert ("open", "closed") == (waits, issue.state)
    assert "Over: 12 failures proved to be over" in issue.comments[-1].body


def read(issue: Issue) -> ParentMarker:
    """Give the marker of an issue that must have one."""
    marker = read_parent_marker(issue.body)
    assert marker is not None
    return marker


def test_one_that_turns_out_to_have_another_cause_gets_its_own_issue(twelve: Town) -> None:
    """Its next commit fails by a test of its own, which an agent can mend."""
    twelve.fail(NPM)
    twelve.host.cycle()
    twelve.fail(broken(1), of=slice(1))

    twelve.host.cycles(2)

    (own,) = twelve.own()
    assert {"pipeline-health", "bug", "archon:queued"} == set(own.labels)
    (issue,) = twelve.ops.issues.values()
    assert "No part of this any more: `p0`." in issue.body


def test_issues_that_were_filed_before_stay_and_link_to_the_one_of_all(twelve: Town) -> None:
    """Two fail first, each with its own issue; when ten more follow, there is one for all."""
    twelve.fail(NPM, of=slice(2))
    twelve.host.cycle()
    assert 2 == len(twelve.own())
    twelve.fail(NPM, of=slice(2, 12))

    twelve.host.cycles(2)

    assert [NPM_TITLE] == twelve.titles()
    assert 2 == len(twelve.own())
    assert all(
        "It is not the only one: [acme/operations no. 1]" in own.body for own in twelve.own()
    )
    (issue,) = twelve.ops.issues.values()
    assert "[its own](https://github.com/acme/p0/issues/1)" in issue.body


def test_what_a_person_mutes_is_muted_for_all_of_them(twelve: Town) -> None:
    """Closed as not planned: nothing is filed for any of them until they have recovered."""
    twelve.fail(NPM)
    twelve.host.cycle()
    twelve.ops.close_issue(1, user="dana", reason="not_planned")

    twelve.host.cycles(6, every=30 * MINUTE)

    assert ([], []) == (twelve.titles(), twelve.own())


def test_without_a_repository_for_it_each_product_gets_its_own_issue(
    world: World, loopback: Loopback, tmp_path: Path
) -> None:
    """As the caps allow; the report says of nothing that it is told elsewhere."""
    town = Town(world, Host(world, loopback, tmp_path), 4, ops=False)
    town.host.cycle()
    town.fail(NPM)

    report = town.host.cycle()

    assert 4 == len(town.own())
    assert "issue for many projects" not in report.sentence


@pytest.mark.parametrize(
    ("closed", "why"),
    [
        ("archived", "is archived"),
        ("disabled", "has its issues disabled"),
        ("public", "is public, and not every project's repository is"),
        ("hidden", "could not be read"),
    ],
)
def test_a_repository_that_cannot_take_it_makes_nobody_wait(
    world: World, loopback: Loopback, tmp_path: Path, closed: str, why: str
) -> None:
    """Each product gets its own issue, and `status` says why there is none for all."""
    town = Town(world, Host(world, loopback, tmp_path), 3)
    town.ops.archived = closed == "archived"
    town.ops.has_issues = closed != "disabled"
    town.ops.private = closed != "public"
    town.repos[0].private = True
    town.host.extra = (
        town.host.extra.replace("operations", "x") if closed == "hidden" else (town.host.extra)
    )
    town.host.cycle()
    town.fail(NPM)

    report = town.host.cycle()

    assert 3 == len(town.own())
    assert [] == town.titles()
    assert any(why in line for line in report.waiting)


def test_an_issue_for_all_that_github_refuses_makes_nobody_wait_for_long(twelve: Town) -> None:
    """It is tried in every cycle; from the third on each product gets its own."""
    twelve.fail(NPM)
    twelve.world.faults.add(
        host="github",
        mode="status",
        status=403,
        times=9,
        match="POST /repos/acme/operations/issues",
    )

    counts = [(twelve.host.cycle(), len(twelve.own()))[1] for _ in range(3)]

    assert [0, 0, 3] == counts


def test_an_outage_of_railway_is_one_issue_of_a_blind_portfolio(
    world: World, loopback: Loopback, tmp_path: Path
) -> None:
    """Nothing can be seen of any product's staging: that is told once, and not once for each."""
    town = Town(world, Host(world, loopback, tmp_path), 0)
    for name in ("shop", "film", "book", "song"):
        repo = world.repo(f"acme/{name}")
        repo.push("first")
        railway = world.railway(name)
        railway.environment("staging").service("web", repo).deploy("SUCCESS")
        town.host.watch(name, f"acme/{name}", f'railway_project = "{railway.id}"')
        town.repos.append(repo)
    town.host.cycle()
    world.faults.add(host="railway", mode="status", status=503, times=10_000)

    town.host.cycles(6)

    assert ["Many projects at once: Railway cannot be read"] == town.titles()
    assert [] == town.own()
    world.faults.clear()
    town.host.cycles(4)
    assert [] == town.titles()


def test_a_failure_whose_repository_takes_no_issues_is_named_in_the_operators(
    world: World, loopback: Loopback, tmp_path: Path
) -> None:
    """It has no other place; when issues are switched on again it moves there."""
    town = Town(world, Host(world, loopback, tmp_path), 1)
    (repo,) = town.repos
    repo.has_issues = False
    town.host.cycle()
    town.fail(broken(0))

    town.host.cycle()
    assert [CROWD_TITLE] == town.titles()
    repo.has_issues = True
    town.host.cycles(4)

    assert ["Main CI red: CI (p0)"] == repo.open_titles
    assert [] == town.titles()


def test_a_look_at_one_project_changes_nothing_of_the_others(twelve: Town) -> None:
    """They are not seen, so that nothing is concluded of them."""
    twelve.fail(NPM)
    twelve.host.cycle()
    (before,) = [issue.body for issue in twelve.ops.issues.values()]

    reports = [twelve.host.cycle(only=["p0"]) for _ in range(3)]

    assert [before] == [issue.body for issue in twelve.ops.issues.values()]
    assert [()] * 3 == [report.changes for report in reports]


def test_a_quiet_cycle_asks_nothing_of_the_operators_repository(twelve: Town) -> None:
    """It is listed once an hour; the cycles between cost nothing."""
    twelve.host.cycle()  # which workflows always run is learned of eleven repositories a cycle
    first = len(twelve.world.requests)
    twelve.host.cycle()
    quiet = len(twelve.world.requests) - first
    twelve.host.extra = ""
    twelve.host.cycle()

    assert quiet == len(twelve.world.requests) - first - quiet
    assert quiet < first


def test_a_product_of_a_live_story_is_told_of_at_its_time(twelve: Town) -> None:
    """What the ledger keeps of it says when its project was named, so that `sla` can measure it."""
    failed = twelve.fail(NPM)
    report = twelve.host.cycle()

    lines = [line for project in report.projects for line in project.findings]

    assert 12 == len(lines)
    assert {("acme/operations", 1)} == {
        (line.named.repo, line.named.number) for line in lines if line.named is not None
    }
    assert "12 failures told of in an issue for many projects" in report.sentence
    assert twelve.world.now() - failed < timedelta(minutes=6)


def test_it_is_filed_once_whatever_becomes_of_the_answer(twelve: Town) -> None:
    """GitHub's answer is lost: the next cycle finds the issue by its marker."""
    twelve.fail(NPM)
    twelve.world.faults.add(
        host="github", mode="cut_after", match="POST /repos/acme/operations/issues"
    )

    twelve.host.cycles(5)

    assert [NPM_TITLE] == twelve.titles()
    assert 1 == twelve.filed()
    assert [] == twelve.unnamed()


def other_host(town: Town, home: Path) -> Host:
    """Give a second host that watches the same products, and shares nothing with the first."""
    host = Host(town.world, town.host.loopback, home)
    host.extra, host.projects = town.host.extra, town.host.projects
    host.machine = town.host.machine
    return host


def test_two_hosts_that_share_nothing_keep_one_issue(twelve: Town, tmp_path: Path) -> None:
    """The second one finds what the first one filed."""
    second = other_host(twelve, tmp_path / "second")
    second.home.mkdir()
    twelve.fail(NPM)

    twelve.host.cycle()
    second.cycles(2, every=MINUTE)

    assert 1 == twelve.filed()
