"""The portfolio's recorded cases (2026) as stories, each with the verdict that it deserves.

Facts are stated where they are used; docs/signal.md says which story tells which case, and which
fact a case lacks that has none.
"""

from datetime import timedelta

from agent_types import Shop
from hosts import MINUTE, marker, ours
from pipeline_health.core.model.findings import Kind
from pipeline_health.core.model.incident import Owner

HOUR = 60 * MINUTE
GREEN = {"build": "success", "test": "success"}


def green_commits(shop: Shop, number: int) -> None:
    """Land commits on which CI passes and staging is deployed."""
    for each in range(number):
        shop.repo.push(f"work {each}")
        shop.repo.run("CI", "success", jobs=GREEN)
        shop.web.deploy("SUCCESS")


def test_a_red_run_that_leads_a_stale_list_is_no_red_main(shop: Shop) -> None:
    """cosmic-match no. 246: a listing led with a red run 22 commits behind; the head was green."""
    shop.repo.push("red, three months ago")
    shop.repo.run("CI", "failure", jobs={"test": "failure"}, log="FAILED")
    shop.world.advance(90 * 24 * HOUR)
    green_commits(shop, 22)
    shop.world.runs_lag = 80 * 24 * HOUR

    shop.host.cycles(6)

    assert shop.repo.issues == {}


def test_a_green_workflow_that_ended_later_hides_no_red_one(shop: Shop) -> None:
    """un-reminder, kindred and reli: the newest single run was another workflow's, and green."""
    shop.repo.push("second")
    shop.repo.run("CI", "failure", jobs={"test": "failure"}, log="FAILED test_total")
    shop.world.advance(MINUTE)
    for workflow in ("Release", "Migrate", "scan"):
        shop.repo.run(workflow, "success")

    shop.host.cycles(2)

    assert shop.repo.open_titles == ["Main CI red: CI (shop)"]


def test_a_squash_that_inherits_skip_ci_is_missed(shop: Shop) -> None:
    """Reli 553e3f0, un-reminder 7379c28: the subject of a branch commit came into the message."""
    green_commits(shop, 3)
    shop.host.cycle(after=24 * HOUR)
    shop.repo.push("Snapshots (#12)\n\n* chore: update Paparazzi snapshots [skip ci]")

    shop.host.cycles(5)

    (issue,) = ours(shop.repo)
    assert Kind.MAIN_CI_MISSING is marker(issue).kind
    assert "asks to skip CI" in issue.body


def test_an_issue_that_a_person_relabels_is_not_filed_again(shop: Shop) -> None:
    """Reli nos. 1472 to 1474: relabelled for a human, it fell out of the list and was refiled."""
    shop.fail_ci()
    shop.host.cycles(2)
    (issue,) = ours(shop.repo)
    shop.repo.label_issue(issue.number, ["human-needed"])

    shop.host.cycles(12, every=30 * MINUTE)

    assert [["human-needed"]] == [sorted(each.labels) for each in ours(shop.repo)]


def test_a_health_check_on_a_schedule_is_not_red_main(shop: Shop) -> None:
    """Annie no. 898: a scheduled health check failed; down from 09:39, up again at 10:25."""
    name = "Production Health Check"
    shop.repo.run(name, "success", event="schedule")
    shop.world.advance(18 * MINUTE)
    shop.repo.run(name, "failure", event="schedule", log="HTTP 502")
    shop.host.cycles(3)
    assert shop.repo.issues == {}

    shop.world.advance(30 * MINUTE)
    shop.repo.run(name, "failure", event="schedule", log="HTTP 502")
    shop.host.cycles(2)

    (issue,) = ours(shop.repo)
    assert (Kind.SCHEDULED_WORKFLOW_RED, Owner.HUMAN) == (marker(issue).kind, marker(issue).owner)


def test_what_is_mended_before_the_agent_comes_is_closed_before_it_comes(shop: Shop) -> None:
    """Reli no. 979: fixed by another commit, and investigated all the same afterwards."""
    shop.fail_ci("expected 200, got 401 at /api/health")
    shop.host.cycle()
    assert len(shop.repo.open_titles) == 1

    green_commits(shop, 1)
    shop.host.cycles(2)

    (issue,) = ours(shop.repo)
    assert ("closed", "completed") == (issue.state, issue.state_reason)


def test_a_weekly_audit_that_fails_is_told_to_people_after_the_second_time(shop: Shop) -> None:
    """Reli no. 920: a weekly scan failed once on record; it was mended four hours later."""
    shop.repo.run("scan", "failure", event="schedule", log="ResolutionTooDeep")
    shop.host.cycles(3)
    shop.world.advance(4 * HOUR)
    green_commits(shop, 1)
    shop.repo.run("scan", "success", event="schedule")

    shop.host.cycles(3)

    assert shop.repo.issues == {}


def test_a_secret_that_was_never_set_is_for_a_person(shop: Shop) -> None:
    """Filmduel no. 110: given to the agent, which merged «set the secret» and set nothing."""
    shop.repo.push("deploy by API")
    shop.repo.run(
        "CI",
        "failure",
        jobs={"Deploy to staging": "failure"},
        step="Validate Railway secrets",
        log="##[error]RAILWAY_TOKEN is not set",
    )

    shop.host.cycles(2)

    (issue,) = ours(shop.repo)
    assert marker(issue).owner is Owner.HUMAN
    assert {"human-needed", "archon:skipped"} < set(issue.labels)
    assert "gh secret set RAILWAY_TOKEN" in issue.body


def test_the_loop_that_fed_itself_is_one_issue_that_no_agent_gets(shop: Shop) -> None:
    """reli, six days: one rejected token; each merged «investigation» made the next failure."""
    shop.host.stay_indoors()
    shop.host.projects.clear()
    shop.host.watch(
        "shop",
        "acme/shop",
        'deploy_workflow = "Pipeline"',
        'staging_job = "Deploy to staging"',
        'production_job = "Deploy to production"',
    )
    for number in range(12):
        shop.repo.push(f"docs: investigation {number}", author="archon")
        shop.repo.run("CI", "success")
        shop.repo.run(
            "Pipeline",
            "failure",
            event="workflow_run",
            step="Validate Railway secrets",
            jobs={
                "Deploy to staging": "failure",
                "E2E": "skipped",
                "Deploy to production": "skipped",
            },
            log="##[error]RAILWAY_TOKEN is invalid or expired: Not Authorized",
        )
        shop.host.cycle(after=30 * MINUTE)
        for open_issue in ours(shop.repo, state="open"):
            shop.repo.close_issue(open_issue.number, user="archon[bot]")

    shop.host.cycle(after=timedelta(hours=1))

    (issue,) = ours(shop.repo)
    assert (Kind.CREDENTIAL_REJECTED, Owner.HUMAN) == (marker(issue).kind, marker(issue).owner)
    assert not {"bug", "archon:queued"} & set(issue.labels)
