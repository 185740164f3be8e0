from collections.abc import Iterator
from datetime import timedelta

import pytest

from github_stage import (
    OWN,
    SHOP,
    SHOP_NAME,
    Stage,
    is_seen,
    look,
    many,
    on_stage,
    project,
    reasons,
)
from pipeline_health.core.model.ids import ProjectName, RepoName
from pipeline_health.core.model.readings import CheckConclusion, CheckStatus, Seen


@pytest.fixture
def stage() -> Iterator[Stage]:
    """Give a world with one repository, and our clients in front of it."""
    with on_stage() as stage:
        stage.world.repo(SHOP).push("Add a basket")
        yield stage


def test_a_list_of_suites_that_goes_on_is_read_to_its_end(stage: Stage) -> None:
    """The one that failed may be on the last page."""
    shop = stage.world.repo(SHOP)
    for at in range(170):
        shop.external_suite(f"app-{at}", status="completed", conclusion="success")
    shop.run("CI", "failure")

    reading = look(stage)

    assert isinstance(reading.checks, Seen)
    assert 171 == len(reading.checks.value.suites)
    assert CheckConclusion.FAILURE is reading.checks.value.suites[-1].conclusion


def test_half_a_list_of_suites_is_blind(stage: Stage) -> None:
    """When the next page cannot be had, the checks were not seen; the rest was."""
    shop = stage.world.repo(SHOP)
    for at in range(60):
        shop.external_suite(f"app-{at}", status="completed", conclusion="success")
    stage.world.faults.add(host="github", mode="status", match="SuitesPage", times=9)

    assert [True, True, False, True, True] == is_seen(look(stage))


def test_a_page_with_a_hole_in_it_is_no_page(stage: Stage) -> None:
    """A partial next page is as blind as none."""
    shop = stage.world.repo(SHOP)
    for at in range(60):
        shop.external_suite(f"app-{at}", status="completed", conclusion="success")
    stage.world.faults.add(
        host="github",
        mode="status",
        match="SuitesPage",
        status=200,
        body='{"data": {"repository": null}, "errors": [{"message": "oh"}]}',
    )

    assert {"GitHub: oh"} == reasons(look(stage))


def test_unfinished_suites_are_counted_in_one_more_request(stage: Stage) -> None:
    """An app's empty suite that stays queued for ever is told from one with checks under way."""
    (other,) = many(stage.world, 1)
    for name in (SHOP, other):
        repo = stage.world.repo(name)
        repo.run("CI", "success")
        repo.external_suite("renovate", runs=0)
        repo.external_suite("codecov", status="in_progress", runs=2)

    reading = stage.source().look(
        [project(), project("gone", repo=RepoName("acme/gone")), project("other", repo=other)],
        now=stage.world.now(),
    )[ProjectName("other")]

    assert isinstance(reading.checks, Seen)
    assert {"github-actions": None, "renovate": 0, "codecov": 2} == {
        suite.app: suite.check_runs for suite in reading.checks.value.suites
    }
    assert 1 == stage.asked("SuiteCounts")


def test_unfinished_suites_of_all_batches_are_counted_in_one_request(stage: Stage) -> None:
    """Apps leave suites behind that never end; many a repository has one."""
    names = many(stage.world, 5)
    for name in names:
        stage.world.repo(name).external_suite("renovate")
    projects = [project(name, repo=name) for name in names]

    readings = stage.source(batch=2).look(projects, now=stage.world.now())

    assert [3, 1] == [stage.asked("query Look"), stage.asked("SuiteCounts")]
    assert [[0]] * 5 == [
        [suite.check_runs for suite in reading.checks.value.suites]
        for reading in readings.values()
        if isinstance(reading.checks, Seen)
    ]


def test_without_the_counts_a_suite_stays_uncounted(stage: Stage) -> None:
    """Not knowing is not zero, and the checks are seen all the same."""
    stage.world.repo(SHOP).external_suite("renovate", runs=0)
    stage.world.faults.add(host="github", mode="status", match="SuiteCounts", times=9)

    reading = look(stage)

    assert isinstance(reading.checks, Seen)
    assert [(CheckStatus.QUEUED, None)] == [
        (suite.status, suite.check_runs) for suite in reading.checks.value.suites
    ]


@pytest.mark.parametrize("forbidden", [False, True], ids=["suites", "runs"])
def test_checks_are_read_by_suites_or_by_runs(stage: Stage, *, forbidden: bool) -> None:
    """A token that may not see checks sees the same of Actions, and says what it misses."""
    shop = stage.world.repo(SHOP)
    shop.run("Nightly", "success", event="schedule")
    shop.run("CI", "failure")
    shop.run("Slow", None)
    shop.status("ci/other", "failure")
    stage.world.no_checks = {OWN} if forbidden else set()

    reading = look(stage)

    assert isinstance(reading.checks, Seen)
    checks = reading.checks.value
    assert (shop.head, not forbidden) == (checks.sha, checks.other_apps)
    assert ["ci/other"] == [status.context for status in checks.statuses]
    assert {
        ("CI", "push", CheckStatus.COMPLETED, CheckConclusion.FAILURE),
        ("Nightly", "schedule", CheckStatus.COMPLETED, CheckConclusion.SUCCESS),
        ("Slow", "push", CheckStatus.IN_PROGRESS, None),
    } == {
        (suite.run.workflow, suite.run.event, suite.status, suite.conclusion)
        for suite in checks.suites
        if suite.run
    }
    assert {"github-actions"} == {suite.app for suite in checks.suites}


@pytest.mark.parametrize("forbidden", [False, True], ids=["suites", "runs"])
def test_commits_before_the_head_are_read_where_a_deploy_workflow_is_judged(
    stage: Stage, *, forbidden: bool
) -> None:
    """Newest first, the head not among them, and only those that the branch holds."""
    shop = stage.world.repo(SHOP)
    first = shop.head
    shop.run("Deploy", "failure", event="workflow_run")
    second = shop.push("Fix")
    shop.run("Deploy", "success", event="workflow_run")
    shop.status("ci/other", "success")
    shop.push("Next")
    shop.run("Deploy", None, event="workflow_run")
    stage.world.no_checks = {OWN} if forbidden else set()

    reading = stage.source().look([project(deploy_workflow="Deploy")], now=stage.world.now())[
        SHOP_NAME
    ]

    assert isinstance(reading.earlier, Seen)
    assert [
        (second, [CheckConclusion.SUCCESS], ["ci/other"]),
        (first, [CheckConclusion.FAILURE], []),
    ] == [
        (
            checks.sha,
            [suite.conclusion for suite in checks.suites],
            [status.context for status in checks.statuses],
        )
        for checks in reading.earlier.value
    ]


def test_a_token_that_may_not_see_checks_is_not_asked_to_again_for_a_day(stage: Stage) -> None:
    """A permission may be added, so that once a day it is tried."""
    stage.world.no_checks = {OWN}
    look(stage)
    assert ("github-no-checks", OWN) in stage.memory.facts

    stage.world.no_checks = set()
    reading = look(stage)
    assert isinstance(reading.checks, Seen)
    assert not reading.checks.value.other_apps

    stage.world.advance(timedelta(days=1))
    reading = look(stage)
    assert isinstance(reading.checks, Seen)
    assert reading.checks.value.other_apps
    assert ("github-no-checks", OWN) not in stage.memory.facts


@pytest.mark.parametrize("note", ["yesterday", "2027-03-02T10:00:00+00:00"])
def test_a_spoiled_note_about_checks_is_no_note(stage: Stage, note: str) -> None:
    """What somebody else wrote into the memory stops nothing, nor what a wrong clock dated."""
    stage.memory.facts["github-no-checks", OWN] = note

    reading = look(stage)

    assert isinstance(reading.checks, Seen)
    assert reading.checks.value.other_apps


@pytest.mark.parametrize(
    ("match", "seen"),
    [
        pytest.param("head_sha=", (False, True), id="head"),
        pytest.param("branch=", (True, False), id="earlier"),
    ],
)
def test_without_suites_and_without_runs_the_checks_are_blind(
    stage: Stage, match: str, seen: tuple[bool, bool]
) -> None:
    """Each of the two lists of runs is seen or not on its own."""
    stage.world.no_checks = {OWN}
    stage.world.faults.add(host="github", mode="status", match=match, times=9)

    reading = stage.source().look([project(deploy_workflow="Deploy")], now=stage.world.now())[
        SHOP_NAME
    ]

    assert seen == (isinstance(reading.checks, Seen), isinstance(reading.earlier, Seen))


def test_runs_of_a_renamed_repository_are_asked_for_by_its_name_of_now(stage: Stage) -> None:
    """A redirect would cost a request more for every look."""
    stage.world.repo(SHOP).run("CI", "success")
    stage.world.repo(SHOP).rename("acme/store")
    stage.world.no_checks = {OWN}

    reading = look(stage)

    assert [True] * 5 == is_seen(reading)
    assert isinstance(reading.repository, Seen)
    assert "acme/store" == reading.repository.value.name
    assert 1 == stage.asked("/repos/acme/store/actions/runs?head_sha=")
    assert 1 == stage.asked("/repos/acme/store/actions/runs?branch=main&per_page=100&event=push")
    assert 0 == stage.asked("/repos/acme/shop/")
