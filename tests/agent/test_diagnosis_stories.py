"""Stories of diagnosis: who gets the issue, and what they read in it."""

import pytest

from agent_types import Shop
from hosts import MINUTE, marker, ours
from pipeline_health.core.model.findings import Kind
from pipeline_health.core.model.incident import CauseClass, Owner
from pipeline_health.simulator.github_records import Issue

BILLING = (
    "The job was not started because recent account payments have failed or your spending limit "
    "needs to be increased. Please check the 'Billing & plans' section in your settings"
)
LOST = (
    "The hosted runner lost communication with the server. Anything in your workflow that "
    "terminates the runner process can cause this error."
)


def only_issue(shop: Shop) -> Issue:
    """Give the one issue that there is."""
    (issue,) = ours(shop.repo)
    return issue


def owner_and_class(issue: Issue) -> tuple[Owner, CauseClass | None]:
    """Give whose the issue is, and the class of its cause."""
    return marker(issue).owner, marker(issue).cause


def test_a_bill_that_is_not_paid_is_a_persons(shop: Shop) -> None:
    """GitHub begins no job, and says why in a note at the job only."""
    shop.repo.push("second")
    run = shop.repo.unstarted("CI", BILLING)

    shop.host.cycles(3)

    issue = only_issue(shop)
    assert (Owner.HUMAN, CauseClass.QUOTA) == owner_and_class(issue)
    assert "human-needed" in issue.labels
    assert "Class: **quota** (GitHub Actions)" in issue.body
    assert "github.com/settings/billing" in issue.body
    assert f"gh run rerun {run.id} --failed --repo acme/shop" in issue.body
    assert BILLING in issue.body


def test_a_bill_that_nobody_may_read_of_is_an_unknown_cause(shop: Shop) -> None:
    """A fine-grained token cannot read the note: nothing is made up, and the agent is warned."""
    shop.world.no_checks.add("health-bot")
    shop.repo.push("second")
    shop.repo.unstarted("CI", BILLING)

    shop.host.cycles(3)

    issue = only_issue(shop)
    assert (Owner.AGENT, CauseClass.UNKNOWN) == owner_and_class(issue)
    assert "a secret, a quota or the platform: change nothing" in issue.body


def test_a_test_that_passed_at_the_same_commit_is_flaky(shop: Shop) -> None:
    """The agent is asked to make it deterministic, not to make it go away."""
    shop.repo.push("second")
    run = shop.repo.run("CI", "failure", jobs={"lint": "failure", "test": "success"}, log="boom")
    shop.repo.rerun(run)
    shop.world.advance(5 * MINUTE)
    run.jobs[0].status, run.jobs[0].conclusion = "completed", "success"
    shop.repo.finish(run, "failure", log="FAILED tests/test_cart.py::test_total")

    shop.host.cycles(2)

    issue = only_issue(shop)
    assert (Owner.AGENT, CauseClass.FLAKY) == owner_and_class(issue)
    assert "Make it deterministic" in issue.body
    assert "the same job passed in another attempt at the same commit" in issue.body


def test_a_lost_runner_is_nothing_to_mend(shop: Shop) -> None:
    """A person reads to wait and to try again; the re-run is the proof."""
    shop.repo.push("second")
    run = shop.repo.run("CI", "failure", jobs={"test": "failure"}, log="")
    run.jobs[0].annotations.append(LOST)
    shop.host.cycles(2)
    issue = only_issue(shop)
    assert (Owner.HUMAN, CauseClass.PLATFORM) == owner_and_class(issue)
    assert "https://www.githubstatus.com" in issue.body
    assert "There is nothing to change in the code" in issue.body

    shop.repo.rerun(run)
    shop.world.advance(5 * MINUTE)
    shop.repo.finish(run, "success")
    shop.host.cycles(3)

    assert ("closed", "completed") == (issue.state, issue.state_reason)
    assert 1 == len(issue.comments)


@pytest.mark.parametrize(
    ("step", "error", "owner", "of"),
    [
        pytest.param(
            "HEALTHCHECK", "Healthcheck failed", Owner.AGENT, CauseClass.CONFIG, id="health check"
        ),
        pytest.param(
            "SNAPSHOT_CODE", "it took too long", Owner.HUMAN, CauseClass.PLATFORM, id="snapshot"
        ),
    ],
)
def test_a_failed_deployment_without_any_log_is_told_by_its_step(
    shop: Shop, step: str, error: str, owner: Owner, of: CauseClass
) -> None:
    """Railway's step and its error are the evidence where both logs are empty."""
    shop.repo.push("second")
    shop.repo.run("CI", "success")
    shop.web.deploy("FAILED", events=[("BUILD_IMAGE", None), (step, error)])

    shop.host.cycles(2)

    issue = only_issue(shop)
    assert Kind.STAGING_DEPLOY_FAILED is marker(issue).kind
    assert (owner, of) == owner_and_class(issue)
    assert f"Failed: `{step}`." in issue.body
    assert error in issue.body


def test_a_workflow_that_makes_no_job_is_told_as_that(shop: Shop) -> None:
    """There is no log to wait for: after five minutes the workflow file is the suspect."""
    shop.repo.push("second")
    shop.repo.run("CI", "startup_failure")

    shop.host.cycles(3)

    issue = only_issue(shop)
    assert (Owner.AGENT, CauseClass.CONFIG) == owner_and_class(issue)
    assert "GitHub made no job of it, so the workflow file is not valid" in issue.body


def test_a_run_that_needs_an_approval_is_a_persons(shop: Shop) -> None:
    """Nothing failed, and no agent can approve."""
    shop.repo.push("second")
    shop.repo.run("CI", "action_required", jobs={})

    shop.host.cycles(2)

    issue = only_issue(shop)
    assert (Owner.HUMAN, CauseClass.APPROVAL) == owner_and_class(issue)
    assert "approve or reject what waits there" in issue.body


def test_another_class_labels_the_issue_anew(shop: Shop) -> None:
    """The runner was lost, and at the next commit a test fails: the agent gets it, once."""
    test_packages_that_cannot_be_fetched_are_nothing_to_mend(shop)

    shop.fail_ci()
    shop.host.cycles(3)

    issue = only_issue(shop)
    assert (Owner.AGENT, CauseClass.CODE) == owner_and_class(issue)
    assert "archon:queued" in issue.labels
    assert "human-needed" not in issue.labels
    assert ["Handed over from a person to the agent."] == [
        comment.body.partition("agent.")[0] + "agent." for comment in issue.comments
    ]


def test_packages_that_cannot_be_fetched_are_nothing_to_mend(shop: Shop) -> None:
    """A registry is down while packages are fetched."""
    shop.repo.push("second")
    shop.repo.run(
        "CI", "failure", jobs={"test": "failure"}, step="npm ci", log="npm error code ECONNRESET"
    )

    shop.host.cycles(2)

    issue = only_issue(shop)
    assert (Owner.HUMAN, CauseClass.PLATFORM) == owner_and_class(issue)
    assert "Class: **platform** (npm)" in issue.body
