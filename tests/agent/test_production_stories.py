"""Stories of production: what fails there, and what stays behind what staging proved."""

from datetime import timedelta

import pytest

from agent_types import Shop
from hosts import MINUTE, marker, ours
from pipeline_health.core.model.findings import Kind
from pipeline_health.core.model.incident import Owner
from pipeline_health.simulator.railway_world import RailwayEnvironment, RailwayService

HOUR = 60 * MINUTE


@pytest.fixture
def live(shop: Shop) -> RailwayService:
    """Give the product's production, which works and was looked at once."""
    service = production_of(shop).service("web", shop.repo)
    service.deploy("SUCCESS")
    shop.host.cycle(after=25 * HOUR)
    return service


def production_of(shop: Shop) -> RailwayEnvironment:
    """Give the environment on Railway."""
    return shop.world.railway("shop").environment("production")


def land(shop: Shop, *, after: timedelta = timedelta(0)) -> str:
    """Land a commit that CI passes and staging gets *after* its push; gives the commit."""
    sha = shop.repo.push(f"commit {shop.world.now().isoformat()}")
    run = shop.repo.run("CI", None)
    shop.world.advance(after)
    shop.repo.finish(run, "success")
    shop.web.deploy("SUCCESS")
    return sha


def only_issue(shop: Shop, title: str, kind: Kind, owner: Owner) -> None:
    """Demand that there is one issue, and that it is this one."""
    (issue,) = ours(shop.repo)
    assert (title, kind, owner) == (issue.title, marker(issue).kind, marker(issue).owner)


def closed_by(shop: Shop, words: str) -> None:
    """Demand that the one issue is closed as completed, with a comment that says *words*."""
    (issue,) = ours(shop.repo)
    assert ("closed", "completed") == (issue.state, issue.state_reason)
    assert words in issue.comments[-1].body


def test_a_quiet_cycle_with_production_costs_three_requests_too(
    shop: Shop, live: RailwayService
) -> None:
    """Both environments come in one request to Railway, both lists of records in GitHub's."""
    assert live.deployments
    shop.world.requests.clear()

    report = shop.host.cycle()

    assert report.sentence == "Looked at 1 project; nothing that was seen is broken."
    hosts = [request.host for request in shop.world.requests]
    assert hosts.count("github") <= 2
    assert hosts.count("railway") == 1


def test_a_failed_deploy_to_production_is_one_issue_until_it_works(
    shop: Shop, live: RailwayService
) -> None:
    """Railway and GitHub's record tell of one failure, and a success there is the proof."""
    sha = land(shop)
    live.deploy("FAILED", log="error during migration: column is missing")
    shop.repo.record_deployment("shop / production", "failure")

    shop.host.cycles(3)

    only_issue(shop, "Prod deploy failed: web (shop)", Kind.PRODUCTION_DEPLOY_FAILED, Owner.AGENT)
    (issue,) = ours(shop.repo)
    assert "error during migration: column is missing" in issue.body
    assert "| environment | `production` |" in issue.body
    assert sha == marker(issue).commit

    land(shop)
    shop.host.cycles(2)
    assert ["Prod deploy failed: web (shop)"] == shop.repo.open_titles

    live.deploy("SUCCESS")
    shop.host.cycles(2)
    closed_by(shop, "the deployment of service `web` to production succeeded at")


def test_a_failed_production_job_is_one_issue_and_none_of_staging(shop: Shop) -> None:
    """The run counts once, also while later runs fail before they get so far."""
    shop.host.projects.clear()
    shop.host.watch(
        "shop",
        "acme/shop",
        'deploy_workflow = "Pipeline"',
        'staging_job = "Deploy to staging"',
        'production_job = "Deploy to production"',
    )
    land(shop)
    pipeline(shop, "failure", staging="success", production="failure")
    shop.repo.record_deployment("production", "failure", creator="github-actions[bot]")
    shop.host.cycles(3)
    only_issue(
        shop, "Prod deploy failed: production (shop)", Kind.PRODUCTION_DEPLOY_FAILED, Owner.AGENT
    )
    assert "no such image" in ours(shop.repo)[0].body

    land(shop)
    pipeline(shop, "success", staging="success", production="skipped")
    shop.host.cycles(2)
    assert ["Prod deploy failed: production (shop)"] == shop.repo.open_titles

    land(shop)
    pipeline(shop, "success", staging="success", production="success")
    shop.host.cycles(2)
    closed_by(shop, "the deployment to environment `production` succeeded at")


def test_a_record_of_production_is_enough_where_nothing_else_shows_it(shop: Shop) -> None:
    """A product that is not on Railway, deployed by something that tells GitHub."""
    shop.host.projects.clear()
    shop.host.watch("shop", "acme/shop")
    shop.repo.record_deployment("production", "failure", creator="vercel[bot]")
    shop.host.cycles(2)
    only_issue(
        shop, "Prod deploy failed: production (shop)", Kind.PRODUCTION_DEPLOY_FAILED, Owner.AGENT
    )

    shop.repo.record_deployment("production", "success", creator="vercel[bot]")
    shop.host.cycles(2)
    closed_by(shop, "the deployment to environment `production` succeeded at")


def pipeline(shop: Shop, conclusion: str, *, staging: str, production: str) -> None:
    """Run the workflow that deploys to both."""
    shop.repo.run(
        "Pipeline",
        conclusion,
        event="workflow_run",
        step="Deploy",
        log="error: no such image",
        jobs={"Deploy to staging": staging, "Deploy to production": production},
    )


def test_without_a_token_for_production_it_is_not_watched_and_not_blind(
    shop: Shop, live: RailwayService
) -> None:
    """A project token sees staging only; that is a choice, and no trouble."""
    staging = shop.web.environment
    shop.world.railway_tokens["rw-staging-token"] = f"project:{staging.project.id}:{staging.id}"
    del shop.host.secrets["RAILWAY_TOKEN"]
    shop.host.secrets["RAILWAY_TOKEN_SHOP"] = "rw-staging-token"
    live.deploy("FAILED", log="error: boom")

    reports = shop.host.cycles(3)

    assert [False, False, False] == [report.blind for report in reports]
    assert {} == shop.repo.issues


def test_production_that_was_named_and_cannot_be_read_blinds_itself_alone(
    shop: Shop, live: RailwayService
) -> None:
    """The cycle says so, and a failure of staging is found all the same."""
    assert live.deployments
    shop.host.projects[0] += '\nproduction_environment = "production"'
    production_of(shop).restricted = True
    shop.fail_deploy()

    reports = shop.host.cycles(2)

    assert [True, True] == [report.blind for report in reports]
    assert "blind to railway of shop" in reports[-1].sentence
    assert ["Staging deploy failed: web (shop)"] == shop.repo.open_titles


def test_production_that_cannot_be_read_heals_nothing(shop: Shop, live: RailwayService) -> None:
    """Blind is not healthy."""
    live.deploy("FAILED", log="error: boom")
    shop.host.cycles(2)
    live.deploy("SUCCESS", commit=shop.repo.head)
    production_of(shop).restricted = True

    shop.host.cycles(3)

    assert ["Prod deploy failed: web (shop)"] == shop.repo.open_titles


# -- lagging ---------------------------------------------------------------------------------


def promoted(shop: Shop, live: RailwayService, *, after: timedelta) -> None:
    """Land a commit that takes so long to staging, and at once goes on to production."""
    land(shop, after=after)
    live.deploy("SUCCESS")
    shop.host.cycle()


def test_production_lags_once_it_takes_longer_than_the_project_does(
    shop: Shop, live: RailwayService
) -> None:
    """45 minutes from push to proof are usual here; at 40 nothing is said, at 50 a person is."""
    for _ in range(6):
        promoted(shop, live, after=45 * MINUTE)
    sha = land(shop, after=45 * MINUTE)

    shop.host.cycles(8)
    assert {} == shop.repo.issues
    shop.host.cycles(2)

    only_issue(shop, "Prod deploy lagging main (shop)", Kind.PRODUCTION_LAGGING, Owner.HUMAN)
    (issue,) = ours(shop.repo)
    assert {"pipeline-health", "human-needed", "archon:skipped"} == set(issue.labels)
    assert f"and not {sha[:7]}, which staging proved more than 45 min before" in issue.body
    assert sha == marker(issue).commit

    written = len(shop.world.writes("github"))
    for _ in range(5):
        land(shop)
        shop.host.cycles(2, every=HOUR)
    assert len(shop.world.writes("github")) == written

    live.deploy("SUCCESS")
    shop.host.cycles(2)
    closed_by(shop, "production caught up at")


def test_while_little_is_known_production_has_two_hours(shop: Shop, live: RailwayService) -> None:
    """A fast project is not held to numbers that nobody has."""
    assert live.deployments
    land(shop)

    shop.host.cycles(2, every=55 * MINUTE)
    assert {} == shop.repo.issues
    shop.host.cycles(1, every=15 * MINUTE)

    assert ["Prod deploy lagging main (shop)"] == shop.repo.open_titles


def test_a_lost_ledger_does_not_double_a_lag(shop: Shop, live: RailwayService) -> None:
    """The history is gone, the issue is found, and what staging shows is enough to go on."""
    assert live.deployments
    land(shop)
    shop.host.cycles(3, every=HOUR)
    shop.host.forget()

    shop.host.cycles(2)

    assert ["Prod deploy lagging main (shop)"] == shop.repo.open_titles
    assert 1 == len(ours(shop.repo))


def test_nothing_lags_behind_a_staging_that_proved_nothing(
    shop: Shop, live: RailwayService
) -> None:
    """A commit that never came up on staging is not missed in production."""
    assert live.deployments
    shop.fail_deploy()

    shop.host.cycles(4, every=HOUR)

    assert ["Staging deploy failed: web (shop)"] == shop.repo.open_titles
