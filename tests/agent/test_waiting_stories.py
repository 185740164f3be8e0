"""Stories of what does not happen: CI that does not run or end, deployments that do not come."""

from datetime import timedelta

import pytest

from agent_types import Shop
from hosts import MINUTE, marker, ours
from pipeline_health.core.model.findings import Kind
from pipeline_health.core.model.incident import Owner

HOUR = 60 * MINUTE
DAY = 24 * HOUR


def land(shop: Shop, message: str = "work", *, ci: bool = True) -> str:
    """Land a commit that staging gets at once; gives the commit."""
    sha = shop.repo.push(f"{message} {len(shop.repo.commits)}")
    if ci:
        shop.repo.run("CI", "success", jobs={"build": "success", "test": "success"})
    shop.web.deploy("SUCCESS")
    return sha


def learn(shop: Shop) -> None:
    """Let enough pushes go by that it is known which workflows always run."""
    for number in range(3):
        land(shop)
        if number == 1:
            shop.repo.run("Docs", "success")
        shop.world.advance(HOUR)
    shop.host.cycle(after=DAY)
    assert shop.repo.issues == {}


def only_issue_closed_by(shop: Shop, words: str) -> None:
    """Demand that the one issue is closed as completed, with a comment that says *words*."""
    (issue,) = ours(shop.repo)
    assert (issue.state, issue.state_reason) == ("closed", "completed")
    assert words in issue.comments[-1].body


def test_a_commit_without_ci_is_one_issue_that_names_the_reason(shop: Shop) -> None:
    """A workflow that always runs and did not is missed; a run of it is the proof."""
    learn(shop)
    sha = land(shop, "docs [skip ci]", ci=False)

    shop.host.cycles(6)

    (issue,) = ours(shop.repo)
    assert issue.title == "No CI on main (shop)"
    assert (marker(issue).kind, marker(issue).commit) == (Kind.MAIN_CI_MISSING, sha)
    assert "the commit's message asks to skip CI" in issue.body
    land(shop)
    shop.host.cycles(2)
    only_issue_closed_by(shop, "CI of branch `main` ran at")


def test_a_workflow_that_is_filtered_by_path_is_never_missed(shop: Shop) -> None:
    """Docs ran on one push of many, so that nothing is learned of it."""
    learn(shop)
    land(shop)

    shop.host.cycles(8)

    assert shop.repo.issues == {}


def test_what_is_missing_on_the_day_of_learning_is_still_missed(shop: Shop) -> None:
    """Another day's lesson does not forget the workflow that the newest pushes lack."""
    learn(shop)
    for _ in range(3):
        land(shop, ci=False)
        shop.repo.run("Lint", "success")
    shop.host.cycles(4)
    assert shop.repo.open_titles == ["No CI on main (shop)"]

    shop.host.cycle(after=DAY)

    assert shop.repo.open_titles == ["No CI on main (shop)"]


def test_what_the_third_push_completes_is_missed_on_the_same_day(shop: Shop) -> None:
    """What was looked at with too few pushes first is as well off as what is looked at now."""
    shop.host.cycle()
    for _ in range(3):
        land(shop)
        shop.host.cycle()
    sha = land(shop, ci=False)

    shop.host.cycles(5)

    (issue,) = ours(shop.repo)
    assert (marker(issue).kind, marker(issue).commit) == (Kind.MAIN_CI_MISSING, sha)


def test_a_quiet_day_costs_one_more_request_a_repository(shop: Shop) -> None:
    """What always runs is asked once a day; the cycles between ask no more than before."""
    shop.host.cycle(after=DAY)
    shop.world.requests.clear()

    shop.host.cycle()

    assert len([each for each in shop.world.requests if each.host == "github"]) <= 2


def test_a_run_that_does_not_end_is_one_issue(shop: Shop) -> None:
    """After three hours it is stuck; when it ends, however, that is over."""
    land(shop)
    run = shop.repo.run("Release", None)
    shop.host.cycle(after=2 * HOUR)
    assert shop.repo.issues == {}

    shop.host.cycle(after=2 * HOUR)

    assert shop.repo.open_titles == ["CI stuck: Release (shop)"]
    shop.repo.finish(run, "cancelled")
    shop.host.cycles(2)
    only_issue_closed_by(shop, "workflow `Release` ended at")


def test_a_stuck_run_that_fails_stays_one_issue(shop: Shop) -> None:
    """The failure of the same workflow belongs to the incident that is open."""
    land(shop)
    run = shop.repo.run("Release", None)
    shop.host.cycle(after=4 * HOUR)

    shop.repo.finish(run, "failure", log="boom")
    shop.host.cycles(2)

    assert shop.repo.open_titles == ["CI stuck: Release (shop)"]
    assert len(ours(shop.repo)) == 1


def test_a_deployment_that_does_not_end_is_one_issue(shop: Shop) -> None:
    """It is stuck after half an hour, and over when it, or a later one, succeeds."""
    shop.repo.push("second")
    shop.repo.run("CI", "success")
    deployment = shop.web.deploy("BUILDING")
    shop.host.cycles(6)
    assert shop.repo.issues == {}

    shop.host.cycles(2)

    (issue,) = ours(shop.repo)
    assert issue.title == "Staging deploy stuck: web (shop)"
    assert marker(issue).owner is Owner.AGENT
    shop.web.become(deployment, "SUCCESS")
    shop.host.cycles(2)
    only_issue_closed_by(shop, "the deployment of service `web` succeeded at")


def test_a_stuck_deployment_that_fails_stays_one_issue(shop: Shop) -> None:
    """The incident of the service goes on under its first title, until a deployment succeeds."""
    shop.repo.push("second")
    shop.repo.run("CI", "success")
    deployment = shop.web.deploy("BUILDING")
    shop.host.cycles(8)

    shop.web.become(deployment, "FAILED", log="error: boom")
    shop.host.cycles(2)

    (issue,) = ours(shop.repo)
    assert (issue.state, issue.title) == ("open", "Staging deploy stuck: web (shop)")
    assert "error: boom" in issue.body
    land(shop)
    shop.host.cycles(2)
    assert ours(shop.repo, state="open") == []


def test_a_deployment_that_waits_for_approval_is_for_people_at_once(shop: Shop) -> None:
    """No agent can approve; also when the ledger was lost in between, nobody talks of secrets."""
    shop.repo.push("second")
    shop.repo.run("CI", "success")
    deployment = shop.web.deploy("NEEDS_APPROVAL")

    shop.host.cycle()

    (issue,) = ours(shop.repo)
    assert issue.title == "Staging deploy stuck: web (shop)"
    assert marker(issue).owner is Owner.HUMAN
    assert "human-needed" in issue.labels
    assert "waits for somebody's approval" in issue.body
    shop.host.forget()
    shop.host.cycles(2)
    assert "**approval**" in ours(shop.repo)[0].body
    shop.web.become(deployment, "SUCCESS")
    shop.host.cycles(2)
    only_issue_closed_by(shop, "the deployment of service `web` succeeded at")


def test_a_green_commit_that_is_never_deployed_is_one_issue(shop: Shop) -> None:
    """Railway did not notice the push; the deployment of a later commit is the proof."""
    sha = shop.repo.push("second")
    shop.repo.run("CI", "success")

    shop.host.cycles(6)

    (issue,) = ours(shop.repo)
    assert issue.title == f"Staging never deployed {sha[:7]}: web (shop)"
    land(shop)
    shop.host.cycles(2)
    only_issue_closed_by(shop, "the deployment of service `web` succeeded at")


def test_a_commit_that_touches_nothing_watched_is_not_missed(shop: Shop) -> None:
    """Railway's own word that it skipped the commit deals with it."""
    shop.repo.push("docs")
    shop.repo.run("CI", "success")
    shop.web.deploy("SKIPPED", skipped_reason="No changes to watched files")

    shop.host.cycles(8)

    assert shop.repo.issues == {}


@pytest.mark.parametrize("conclusion", ["failure", None])
def test_a_commit_that_is_not_green_is_not_missed(shop: Shop, conclusion: str | None) -> None:
    """Red or unfinished CI is in the way, and has a kind of its own."""
    shop.repo.push("second")
    shop.repo.run("CI", conclusion)

    shop.host.cycles(8)

    assert all("never deployed" not in title for title in shop.repo.open_titles)


def test_a_nightly_that_fails_twice_is_for_people(shop: Shop) -> None:
    """Once is nothing, twice is told to people; the next one that passes is the proof."""
    shop.repo.run("Nightly", "failure", event="schedule", jobs={"audit": "failure"}, log="boom")
    shop.host.cycles(2)
    assert shop.repo.issues == {}

    shop.world.advance(DAY)
    shop.repo.run("Nightly", "failure", event="schedule", jobs={"audit": "failure"}, log="boom")
    shop.host.cycles(2)

    (issue,) = ours(shop.repo)
    assert issue.title == "Scheduled workflow red: Nightly (shop)"
    assert marker(issue).owner is Owner.HUMAN
    assert "boom" in issue.body
    shop.world.advance(DAY)
    land(shop)
    shop.repo.run("Nightly", "success", event="schedule", jobs={"audit": "success"})
    shop.host.cycles(2)
    only_issue_closed_by(shop, "scheduled workflow `Nightly` succeeded at")


def deploy_by_workflow(shop: Shop) -> None:
    """Watch a product that a workflow deploys, and nothing of Railway."""
    shop.host.projects.clear()
    shop.host.watch(
        "shop",
        "acme/shop",
        'deploy_workflow = "Pipeline"',
        'staging_job = "Deploy to staging"',
        'production_job = "Deploy to production"',
    )


def pipeline(shop: Shop, conclusion: str, **jobs: str) -> None:
    """Run the deploy workflow; *jobs* are what became of `staging` and `tests`."""
    names = {"staging": "Deploy to staging", "tests": "E2E"}
    shop.repo.run(
        "Pipeline",
        conclusion,
        event="workflow_run",
        step="Run smoke tests",
        log="expected 200, got 401",
        jobs={names[name]: verdict for name, verdict in jobs.items()}
        | {"Deploy to production": "skipped"},
    )


def test_failed_staging_tests_are_one_issue(shop: Shop) -> None:
    """The tests fail at commit after commit; a run in which they are skipped proves nothing."""
    deploy_by_workflow(shop)
    for _ in range(3):
        land(shop)
        pipeline(shop, "failure", staging="success", tests="failure")
        shop.host.cycles(2)

    (issue,) = ours(shop.repo)
    assert (issue.title, marker(issue).kind) == (
        "Staging tests failed (shop)",
        Kind.STAGING_TESTS_FAILED,
    )
    assert "expected 200, got 401" in issue.body
    land(shop)
    pipeline(shop, "success", staging="success", tests="skipped")
    shop.host.cycles(2)
    assert len(ours(shop.repo, state="open")) == 1
    land(shop)
    pipeline(shop, "success", staging="success", tests="success")
    shop.host.cycles(2)
    only_issue_closed_by(shop, "the tests against staging passed at")


def test_our_own_refusal_to_promote_is_an_issue_until_we_promote(shop: Shop) -> None:
    """Our status at the head says that smoke tests failed, and later that it may be promoted."""
    land(shop)
    context = "pipeline-health/promotion"
    shop.repo.status(context, "failure", creator="health-bot", description="smoke: 503")
    shop.host.cycles(2)
    assert shop.repo.open_titles == ["Staging tests failed (shop)"]

    shop.repo.status(context, "success", creator="health-bot", description="may be promoted")
    shop.host.cycles(2)

    only_issue_closed_by(shop, "the tests against staging passed at")


def test_a_workflow_that_never_deploys_the_head_is_missed(shop: Shop) -> None:
    """A run in which the staging job was skipped is none; one in which it passed is the proof."""
    deploy_by_workflow(shop)
    land(shop)
    pipeline(shop, "success", staging="success", tests="success")
    shop.host.cycle()
    sha = land(shop)
    pipeline(shop, "success", staging="skipped", tests="success")

    shop.host.cycles(6)

    assert shop.repo.open_titles == [f"Staging never deployed {sha[:7]}: staging (shop)"]
    pipeline(shop, "success", staging="success", tests="success")
    shop.host.cycles(2)
    only_issue_closed_by(shop, "the deployment to environment `staging` succeeded at")


def test_no_failed_lookup_invents_a_missing_run(shop: Shop) -> None:
    """What always runs could not be read: that is told as blindness, and nothing is missed."""
    learn(shop)
    land(shop, ci=False)
    shop.world.faults.add(host="github", mode="status", match="actions/runs", status=403, times=9)

    report = shop.host.cycle(after=DAY)

    assert "blind to github of shop" in report.sentence
    assert shop.repo.issues == {}


def test_many_repositories_are_learned_little_by_little(shop: Shop) -> None:
    """A new day does not cost a request for each of a large portfolio in its first cycle."""
    for number in range(25):
        name = f"acme/tool-{number}"
        shop.world.repo(name).push("first")
        shop.host.watch(f"tool-{number}", name)
    shop.world.requests.clear()

    asked = []
    for _ in range(4):
        shop.host.cycle(after=timedelta(minutes=5))
        asked.append(sum("query Pushes" in (each.document or "") for each in shop.world.requests))

    assert asked == [1, 2, 3, 3]
    assert not [each for each in shop.world.requests if "event=push" in each.query]


def test_a_deploy_workflow_that_hangs_is_one_issue_until_it_deploys(shop: Shop) -> None:
    """Nothing of Railway is watched, and the run neither fails nor ends."""
    deploy_by_workflow(shop)
    land(shop)
    run = shop.repo.run("Pipeline", None, event="workflow_run", jobs={"Deploy to staging": None})
    shop.host.cycles(5)
    assert shop.repo.issues == {}

    shop.host.cycles(3)

    (issue,) = ours(shop.repo)
    assert issue.title == "Staging deploy stuck: staging (shop)"
    shop.repo.finish(run, "failure", log="boom")
    shop.host.cycles(2)
    assert len(ours(shop.repo)) == 1
    land(shop)
    pipeline(shop, "success", staging="success", tests="success")
    shop.host.cycles(2)
    only_issue_closed_by(shop, "the deployment to environment `staging` succeeded at")


def test_what_comes_and_goes_all_day_is_told_a_few_times(shop: Shop) -> None:
    """CI that fails every half hour, for twelve hours: three turns in six of them, no more."""
    shop.host.stay_indoors()
    for _ in range(20):
        shop.fail_ci()
        shop.host.cycles(2)
        land(shop)
        shop.host.cycles(5)

    (issue,) = ours(shop.repo)
    assert len(issue.comments) <= 12
