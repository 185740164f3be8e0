"""Stories of recovery: an issue closes with proof, and with nothing less."""

from datetime import timedelta

import pytest

from agent_types import Shop
from hosts import MINUTE, marker, ours
from pipeline_health.core.model.findings import Kind
from pipeline_health.core.model.incident import Owner


def test_a_deploy_that_succeeds_closes_the_issue_with_proof(shop: Shop) -> None:
    """A deploy under way is no proof; a success at a newer commit is, and the comment names it."""
    shop.fail_deploy()
    shop.host.cycles(2)
    fix = shop.repo.push("the fix")
    shop.repo.run("CI", "success")
    deployment = shop.web.deploy("BUILDING")
    shop.host.cycle()
    assert len(ours(shop.repo, state="open")) == 1

    shop.web.become(deployment, "SUCCESS")
    shop.host.cycles(4)

    (issue,) = ours(shop.repo)
    assert (issue.state, issue.state_reason) == ("closed", "completed")
    (comment,) = issue.comments
    assert fix[:7] in comment.body


def test_green_ci_at_a_newer_commit_closes_the_issue(shop: Shop) -> None:
    """The same workflow and the same job pass at a commit that contains the failing one."""
    shop.fail_ci()
    shop.host.cycles(2)
    shop.repo.push("the fix")
    shop.repo.run("CI", "success", jobs={"build": "success", "test": "success"})

    shop.host.cycles(2)

    (issue,) = ours(shop.repo)
    assert issue.state == "closed"


@pytest.mark.parametrize("jobs", [{"build": "success"}, {"build": "success", "test": "skipped"}])
def test_a_green_run_without_the_job_that_failed_is_no_proof(
    shop: Shop, jobs: dict[str, str]
) -> None:
    """An agent under pressure deletes the check: that happened, twice."""
    shop.fail_ci()
    shop.host.cycles(2)
    shop.repo.push("remove the test")
    shop.repo.run("CI", "success", jobs=jobs)

    shop.host.cycles(3)

    assert len(ours(shop.repo, state="open")) == 1


def test_a_rollback_to_an_older_commit_is_no_proof(shop: Shop) -> None:
    """What works again is the old commit; the failing one is still not deployed."""
    first = shop.repo.head
    shop.fail_deploy()
    shop.host.cycles(2)

    shop.web.deploy("SUCCESS", commit=first)
    shop.host.cycles(3)

    assert len(ours(shop.repo, state="open")) == 1


@pytest.mark.parametrize(
    ("mode", "options"),
    [
        ("status", {"status": 502}),
        ("html", {}),
        ("truncate", {}),
        ("empty", {}),
        ("graphql_error", {"body": "Problem processing request"}),
        ("cut_before", {}),
    ],
)
@pytest.mark.parametrize("provider", ["railway", "github"])
def test_an_unreadable_provider_opens_and_closes_nothing(
    shop: Shop, provider: str, mode: str, options: dict[str, object]
) -> None:
    """Blind is not healthy, and it is said."""
    shop.fail_deploy()
    shop.host.cycles(2)
    told = [(issue.state, issue.body) for issue in ours(shop.repo)]
    shop.world.faults.add(host=provider, mode=mode, times=99, **options)  # type: ignore[arg-type]
    shop.web.deploy("SUCCESS")

    report = shop.host.cycle()

    assert report.blind
    assert f"blind to {provider} of shop" in report.sentence
    if provider == "railway":
        assert [(issue.state, issue.body) for issue in ours(shop.repo)] == told
    assert len(ours(shop.repo, state="open")) == 1
    shop.world.faults.clear()
    assert not shop.host.cycle().blind


def test_an_empty_answer_is_not_recovery(shop: Shop) -> None:
    """An environment without a deployment, where there were some, was not seen."""
    shop.fail_deploy()
    shop.host.cycles(2)
    hidden = dict(shop.world.railway("shop").environments)
    shop.world.railway("shop").environments.clear()

    assert shop.host.cycle().blind

    assert len(ours(shop.repo, state="open")) == 1
    shop.world.railway("shop").environments.update(hidden)
    assert not shop.host.cycle().blind


def test_a_lost_answer_to_the_closing_comment_makes_no_second_comment(shop: Shop) -> None:
    """The comment is found by its key, and the issue is closed without another."""
    shop.fail_deploy()
    shop.host.cycles(2)
    shop.repo.push("fix")
    shop.repo.run("CI", "success")
    shop.web.deploy("SUCCESS")
    shop.world.faults.add(host="github", mode="cut_after", match="/issues/1/comments")
    shop.world.faults.add(host="github", mode="cut_after", match="POST /repos/acme/shop/issues/1")

    shop.host.cycles(5)

    (issue,) = ours(shop.repo)
    assert (issue.state, len(issue.comments)) == ("closed", 1)


def test_what_is_closed_while_it_is_broken_is_reopened_by_the_next_failure(shop: Shop) -> None:
    """A verdict newer than the closing says that it is still broken: the same issue goes on."""
    shop.fail_ci()
    shop.host.cycles(2)
    shop.repo.close_issue(1, user="archon[bot]")
    shop.host.cycle()
    assert ours(shop.repo, state="open") == []

    shop.fail_ci()
    shop.host.cycles(2)

    (issue,) = ours(shop.repo)
    assert issue.state == "open"
    assert len(issue.comments) == 1


def test_what_is_closed_while_it_is_broken_is_reopened_after_one_sla(shop: Shop) -> None:
    """No newer verdict comes and nothing is under way: closing it mended nothing."""
    shop.fail_ci()
    shop.host.cycles(2)
    shop.repo.close_issue(1, user="dev")
    shop.host.cycles(5)
    assert ours(shop.repo, state="open") == []

    shop.host.cycles(2)

    assert len(ours(shop.repo, state="open")) == 1


def test_a_person_mutes_an_incident_by_closing_it_as_not_planned(shop: Shop) -> None:
    """Muted until it has recovered once; what breaks after that is told again."""
    shop.fail_ci()
    shop.host.cycles(2)
    shop.repo.close_issue(1, user="dev", reason="not_planned")
    shop.fail_ci()
    shop.host.cycles(10)
    assert ours(shop.repo, state="open") == []

    shop.repo.push("fix")
    shop.repo.run("CI", "success", jobs={"build": "success", "test": "success"})
    shop.host.cycles(2)
    shop.fail_ci()
    shop.host.cycles(2)

    assert len(ours(shop.repo)) == 1
    assert len(ours(shop.repo, state="open")) == 1


def test_a_relapse_reopens_the_issue_of_the_last_time(shop: Shop) -> None:
    """Within a week the same root cause is the same issue."""
    shop.fail_deploy()
    shop.host.cycles(2)
    shop.repo.push("fix")
    shop.repo.run("CI", "success")
    shop.web.deploy("SUCCESS")
    shop.host.cycles(2)
    assert ours(shop.repo, state="open") == []

    shop.world.advance(timedelta(days=2))
    shop.fail_deploy()
    shop.host.cycles(2)

    (issue,) = ours(shop.repo)
    assert issue.state == "open"


def test_after_the_window_a_relapse_is_a_new_issue(shop: Shop) -> None:
    """An old story is over; the new issue links to it."""
    shop.fail_deploy()
    shop.host.cycles(2)
    shop.repo.push("fix")
    shop.repo.run("CI", "success")
    shop.web.deploy("SUCCESS")
    shop.host.cycles(2)

    shop.world.advance(timedelta(days=9))
    shop.fail_deploy()
    shop.host.cycles(2)

    assert [issue.state for issue in ours(shop.repo)] == ["closed", "open"]


def test_a_rejected_deploy_token_is_one_issue_for_a_person(shop: Shop) -> None:
    """The portfolio's worst week, in small: no commit is another issue, and no agent gets it."""
    shop.host.projects.clear()
    shop.host.watch(
        "shop",
        "acme/shop",
        'deploy_workflow = "Staging → Production Pipeline"',
        'staging_job = "Deploy to staging"',
        'production_job = "Deploy to production"',
    )
    shop.host.cycle()
    for attempt in range(4):
        shop.repo.push(f"docs: investigation {attempt}", author="archon")
        shop.repo.run("CI", "success")
        shop.repo.run(
            "Staging → Production Pipeline",
            "failure",
            event="workflow_run",
            step="Validate Railway secrets",
            jobs={
                "Deploy to staging": "failure",
                "Staging E2E smoke tests": "skipped",
                "Deploy to production": "skipped",
            },
            log="##[error]RAILWAY_TOKEN is invalid or expired: Not Authorized",
        )
        shop.host.cycles(3)
        for issue in ours(shop.repo, state="open"):
            if attempt < 3:
                shop.repo.close_issue(issue.number, user="archon")

    (issue,) = ours(shop.repo)
    assert issue.state == "open"
    assert issue.title == "RAILWAY_TOKEN rejected: staging cannot deploy (shop)"
    assert {"pipeline-health", "human-needed", "archon:skipped"} == set(issue.labels)
    assert (Kind.CREDENTIAL_REJECTED, Owner.HUMAN) == (marker(issue).kind, marker(issue).owner)


def test_a_cause_that_shows_later_hands_the_issue_over(shop: Shop) -> None:
    """The first look has no log; the second names a credential. One issue, now a person's."""
    shop.repo.push("second")
    run = shop.repo.run(
        "CI", "failure", jobs={"publish": "failure"}, step="Log in to the registry", log=""
    )
    shop.host.cycles(2)
    assert "archon:queued" in ours(shop.repo)[0].labels

    run.jobs[0].log = "Error: denied: permission_denied: wrong scopes.\nBad credentials (401)\n"
    shop.host.cycles(3)

    (issue,) = ours(shop.repo)
    assert {"pipeline-health", "human-needed", "archon:skipped"} == set(issue.labels)
    assert len(issue.comments) == 1
    assert issue.title == "Main CI red: CI (shop)"


def test_the_cycle_that_sees_the_failure_files_it_within_the_sla(shop: Shop) -> None:
    """A failure between two looks is an issue in the next one."""
    shop.fail_deploy()
    failed_at = shop.world.now()

    shop.host.cycle(after=5 * MINUTE)

    (issue,) = ours(shop.repo)
    assert issue.created_at - failed_at <= timedelta(minutes=6)


def test_what_comes_and_goes_stays_open_until_it_is_quiet(shop: Shop) -> None:
    """Three turns in six hours: the issue says so, and waits for three green looks."""
    for _ in range(3):
        shop.fail_ci()
        shop.host.cycle()
        shop.repo.push(f"fix {shop.world.now().isoformat()}")
        shop.repo.run("CI", "success", jobs={"build": "success", "test": "success"})
        shop.host.cycle()

    (issue,) = ours(shop.repo)
    assert issue.state == "open"
    assert "it came and went" in issue.body

    shop.host.cycles(2)

    assert issue.state == "closed"
    assert "it came and went" not in issue.body
