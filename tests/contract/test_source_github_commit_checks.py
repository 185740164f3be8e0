"""What judges one commit on GitHub, by check suites or by Actions runs; and checks by name."""

import json
from collections.abc import Iterator

import pytest

from commit_stage import answer, named_of, runs_of, seen_parts, sight, without
from github_stage import OWN, SHOP, Stage, on_stage, project
from pipeline_health.core.model.readings import Blind, CheckConclusion, CheckStatus, Seen
from pipeline_health.simulator.github_world import Repo


@pytest.fixture
def stage() -> Iterator[Stage]:
    """Give a world with one repository of one commit, and our clients in front of it."""
    with on_stage() as stage:
        stage.world.repo(SHOP).push("Add a basket")
        yield stage


@pytest.fixture
def shop(stage: Stage) -> Repo:
    """Give the repository."""
    return stage.world.repo(SHOP)


LAST = {"pageInfo": {"hasNextPage": False, "endCursor": None}, "nodes": []}
PAGE = {"data": {"repository": {"commit": {"checkSuites": LAST}}}}
WAYS = pytest.mark.parametrize("forbidden", [False, True], ids=["suites", "runs"])


@WAYS
def test_checks_of_a_commit_are_read_by_suites_or_by_runs(
    stage: Stage, shop: Repo, *, forbidden: bool
) -> None:
    """A token that may not see checks sees the same of Actions, and says what it misses."""
    sha = shop.head
    shop.run("CI", "failure")
    shop.run("Slow", None)
    shop.status("ci/other", "failure")
    shop.push("Next")
    shop.run("CI", "success")
    stage.world.no_checks = {OWN} if forbidden else set()

    seen = sight(stage, sha)

    assert isinstance(seen.checks, Seen)
    checks = seen.checks.value
    assert (sha, not forbidden) == (checks.sha, checks.other_apps)
    assert ["ci/other"] == [status.context for status in checks.statuses]
    assert {
        ("CI", "push", CheckStatus.COMPLETED, CheckConclusion.FAILURE),
        ("Slow", "push", CheckStatus.IN_PROGRESS, None),
    } == {
        (suite.run.workflow, suite.run.event, suite.status, suite.conclusion)
        for suite in checks.suites
        if suite.run
    }


def test_a_list_of_suites_is_read_to_its_end(stage: Stage, shop: Repo) -> None:
    """The one that failed may be on the last page."""
    for at in range(170):
        shop.external_suite(f"app-{at}", status="completed", conclusion="success")
    shop.run("CI", "failure", jobs={"e2e": "failure"})

    seen = sight(stage, shop.head, project(e2e_check="e2e"))

    assert isinstance(seen.checks, Seen)
    assert 171 == len(seen.checks.value.suites)
    assert CheckConclusion.FAILURE is seen.checks.value.suites[-1].conclusion
    assert [CheckConclusion.FAILURE] == [run.conclusion for run in named_of(seen)]
    assert 2 == stage.asked("query CommitSuites(")


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("", id="no-page"),
        pytest.param('{"data": {"repository": null}, "errors": [{"message": "oh"}]}', id="a-hole"),
        pytest.param(json.dumps({**PAGE, "errors": [{"message": "oh"}]}), id="an-error"),
    ],
)
def test_half_a_list_of_suites_is_blind(stage: Stage, shop: Repo, body: str) -> None:
    """When the next page cannot be had, the checks were not seen; the rest was."""
    for at in range(60):
        shop.external_suite(f"app-{at}", status="completed", conclusion="success")
    stage.world.faults.add(
        host="github",
        mode="status",
        match="query CommitSuites(",
        times=9,
        status=200 if body else 502,
        body=body,
    )

    seen = sight(stage, shop.head, project(e2e_check="e2e"))

    assert {
        "relation": True,
        "checks": False,
        "deployments": True,
        "runs": False,
        "named": False,
    } == (seen_parts(seen))


def test_a_list_of_suites_without_an_end_is_blind(stage: Stage, shop: Repo) -> None:
    """Reading is bounded, and a bound that was reached is told."""
    for at in range(2100):
        shop.external_suite(f"app-{at}", status="completed", conclusion="success")

    seen = sight(stage, shop.head)

    assert isinstance(seen.checks, Blind)
    assert "go on after 20 more pages" in seen.checks.why


def test_unfinished_suites_tell_how_many_check_runs_they_have(stage: Stage, shop: Repo) -> None:
    """An app's empty suite that stays queued for ever is told from one with checks under way."""
    shop.run("CI", "success")
    shop.external_suite("renovate", runs=0)
    shop.external_suite("codecov", status="in_progress", runs=2)

    seen = sight(stage, shop.head)

    assert isinstance(seen.checks, Seen)
    assert {"github-actions": None, "renovate": 0, "codecov": 2} == {
        suite.app: suite.check_runs for suite in seen.checks.value.suites
    }


@WAYS
def test_check_runs_of_one_name_are_given_with_their_suites(
    stage: Stage, shop: Repo, *, forbidden: bool
) -> None:
    """Three workflows may each have one of that name."""
    runs = [
        shop.run("CI", "success", jobs={"e2e": "success", "build": "success"}),
        shop.run("Nightly", "failure", event="schedule", jobs={"e2e": "failure"}),
        shop.run("Deploy", None, jobs={"e2e": None}),
    ]
    shop.push("Next")
    shop.run("CI", "failure", jobs={"e2e": "failure"})
    stage.world.no_checks = {OWN} if forbidden else set()

    named = named_of(sight(stage, runs[0].sha, project(e2e_check="e2e")))

    assert {
        (runs[0].jobs[0].id, "CI", CheckStatus.COMPLETED, CheckConclusion.SUCCESS),
        (runs[1].jobs[0].id, "Nightly", CheckStatus.COMPLETED, CheckConclusion.FAILURE),
        (runs[2].jobs[0].id, "Deploy", CheckStatus.IN_PROGRESS, None),
    } == {
        (one.id, one.suite.run.workflow, one.status, one.conclusion)
        for one in named
        if one.suite.run
    }
    assert {"e2e"} == {one.name for one in named}
    [ended] = [one for one in named if one.id == runs[0].jobs[0].id]
    assert runs[0].jobs[0].completed_at == ended.completed_at
    assert ended.url is not None
    assert ended.url.endswith(f"/job/{ended.id}")


@WAYS
def test_a_re_run_is_the_newer_check_run_of_the_same_suite(
    stage: Stage, shop: Repo, *, forbidden: bool
) -> None:
    """What failed at first is not what counts."""
    run = shop.run("CI", "failure", jobs={"e2e": "failure"})
    first = run.jobs[0].id
    shop.rerun(run)
    shop.finish(run, "success")
    stage.world.no_checks = {OWN} if forbidden else set()

    named = named_of(sight(stage, shop.head, project(e2e_check="e2e")))

    newest = max(named, key=lambda one: one.id)
    assert newest.id > first
    assert (run.suite_id, CheckConclusion.SUCCESS) == (newest.suite.id, newest.conclusion)


def test_another_app_may_have_the_check(stage: Stage, shop: Repo) -> None:
    """Its suite belongs to no workflow."""
    shop.external_suite("cypress", status="completed", conclusion="success", runs=1, check="e2e")

    [named] = named_of(sight(stage, shop.head, project(e2e_check="e2e")))

    assert ("cypress", None) == (named.suite.app, named.suite.run)


def test_check_runs_of_a_wrong_name_are_left_out(stage: Stage, shop: Repo) -> None:
    """A filter that was not obeyed changes nothing."""
    other = {
        "databaseId": 7,
        "name": "build",
        "status": "COMPLETED",
        "conclusion": "SUCCESS",
        "completedAt": None,
        "url": "https://ci.example",
    }
    listed = {"pageInfo": {"hasNextPage": False}, "nodes": [other]}
    without(stage, answer(shop.head, suite={"named": listed}))

    assert () == named_of(sight(stage, shop.head, project(e2e_check="e2e")))


def test_more_check_runs_of_a_name_than_are_read_are_blind(stage: Stage, shop: Repo) -> None:
    """The newest may be among the rest."""
    shop.external_suite("cypress", runs=101, check="e2e")

    seen = sight(stage, shop.head, project(e2e_check="e2e"))

    assert isinstance(seen.named, Blind)
    assert "more check runs called e2e than are read" in seen.named.why
    assert isinstance(seen.checks, Seen)


def test_where_only_check_runs_are_forbidden_the_jobs_tell(stage: Stage, shop: Repo) -> None:
    """The suites are seen, and stay."""
    run = shop.run("CI", "success", jobs={"e2e": "success"})
    path = "commit/checkSuites/nodes/0/named"
    without(stage, answer(shop.head, path, type_="FORBIDDEN", suite={"named": None}))

    seen = sight(stage, shop.head, project(e2e_check="e2e"))

    assert [run.jobs[0].id] == [one.id for one in named_of(seen)]
    assert isinstance(seen.checks, Seen)
    assert (["renovate"], True) == (
        [suite.app for suite in seen.checks.value.suites],
        seen.checks.value.other_apps,
    )


@pytest.mark.parametrize(
    ("match", "missing"),
    [
        pytest.param("head_sha=", {"checks", "named", "runs"}, id="runs"),
        pytest.param("/jobs?", {"named", "runs"}, id="jobs"),
    ],
)
def test_without_suites_and_without_runs_nothing_is_known(
    stage: Stage, shop: Repo, match: str, missing: set[str]
) -> None:
    """What could not be read either way is Blind."""
    shop.run("CI", "success", jobs={"e2e": "success"})
    stage.world.no_checks = {OWN}
    stage.world.faults.add(host="github", mode="status", match=match, times=9)

    seen = sight(stage, shop.head, project(e2e_check="e2e"))

    assert missing == {name for name, there in seen_parts(seen).items() if not there}


def test_without_statuses_the_runs_are_no_whole_checks(stage: Stage, shop: Repo) -> None:
    """Half of what judges a commit is not all of it."""
    told = answer(shop.head, "commit/checkSuites", "commit/status", type_="FORBIDDEN")
    without(stage, told)

    assert isinstance(sight(stage, shop.head).checks, Blind)


def test_the_jobs_of_too_many_runs_are_not_read(stage: Stage, shop: Repo) -> None:
    """Reading is bounded, and a bound that was reached is told."""
    for at in range(31):
        shop.run(f"CI {at}", "success", jobs={"e2e": "success"})
    stage.world.no_checks = {OWN}

    seen = sight(stage, shop.head, project(e2e_check="e2e"))

    assert isinstance(seen.named, Blind)
    assert "the commit has 31" in seen.named.why
    assert 0 == stage.asked("/jobs?")


def test_a_renamed_repository_is_asked_by_its_name_of_now(stage: Stage, shop: Repo) -> None:
    """A redirect would cost a request more for each."""
    shop.run("Deploy", "success")
    shop.rename("acme/store")
    stage.world.no_checks = {OWN}

    seen = sight(stage, shop.head, project(deploy_workflow="Deploy"))

    assert 1 == len(runs_of(seen))
    assert isinstance(seen.checks, Seen)
    assert 0 == stage.asked("/repos/acme/shop/")
