"""Stories of alarms that are taken away instead of mended: they go to a person, and never close."""

from typing import Literal

import pytest

from agent_types import Shop
from hosts import MINUTE, ours
from pipeline_health.simulator.github_records import Issue

FOR_A_PERSON = {"pipeline-health", "human-needed", "archon:skipped"}
CI_FILE = ".github/workflows/ci.yml"
GREEN = {"build": "success", "test": "success"}


def write_workflow(shop: Shop) -> None:
    """Put the file of the CI workflow into the repository, and pass with it.

    Not every push runs CI here, so that nothing is missed where it does not run.
    """
    shop.repo.push("docs")
    shop.repo.run("Lint", "success")
    shop.repo.push("write the workflow", files={CI_FILE: "name: CI"})
    shop.repo.run("CI", "success", jobs=GREEN)


def comments_on_silence(issue: Issue) -> list[str]:
    """Give the comments that say that the alarm was silenced."""
    return [each.body for each in issue.comments if "was silenced by" in each.body]


def the_issue(shop: Shop) -> Issue:
    """Give the one issue of ours."""
    (issue,) = ours(shop.repo)
    return issue


def test_a_deleted_workflow_hands_the_issue_to_a_person_once_and_names_the_commit(
    shop: Shop,
) -> None:
    """The check is gone from a head that contains the failure: told once, never closed by it."""
    write_workflow(shop)
    shop.fail_ci()
    shop.host.cycles(2)
    culprit = shop.repo.push("tidy up", removes=[CI_FILE])
    shop.repo.run("Lint", "success")
    shop.host.cycle()
    assert "archon:queued" in the_issue(shop).labels

    shop.host.cycle()

    issue = the_issue(shop)
    assert (FOR_A_PERSON, "open") == (set(issue.labels), issue.state)
    (told,) = comments_on_silence(issue)
    assert culprit[:7] in told
    assert culprit[:7] in issue.body
    shop.repo.push("more work")
    shop.repo.run("Lint", "success")
    shop.host.cycles(4)
    assert (1, "open") == (len(issue.comments), issue.state)
    assert culprit[:7] in issue.body


def test_a_pull_request_that_deletes_the_workflow_and_closes_the_issue_does_not_get_away(
    shop: Shop,
) -> None:
    """Nothing speaks of the failure any more, and the issue is opened again all the same."""
    write_workflow(shop)
    shop.fail_ci()
    shop.host.cycles(2)
    pull = shop.repo.pull("fix CI", "Fixes #1", user="archon[bot]")
    shop.repo.merge_pull(pull.number, user="dev")
    shop.repo.push("fix CI", removes=[CI_FILE])
    shop.repo.run("Lint", "success")

    shop.host.cycles(3)

    issue = the_issue(shop)
    assert (FOR_A_PERSON, "open") == (set(issue.labels), issue.state)
    assert 1 == len(issue.comments)
    shop.repo.close_issue(1, user="dev")
    shop.host.cycles(3)
    assert issue.state == "closed"


def test_a_job_that_is_gone_from_two_runs_is_silence(shop: Shop) -> None:
    """One run without it may be chance; with the second a person has the issue."""
    write_workflow(shop)
    shop.fail_ci()
    shop.host.cycles(2)
    culprit = shop.repo.push("tidy up", files={CI_FILE: "name: CI without tests"})
    shop.repo.run("CI", "success", jobs={"build": "success"})
    shop.host.cycles(3)
    assert "archon:queued" in the_issue(shop).labels
    shop.repo.push("more work")
    shop.repo.run("CI", "success", jobs={"build": "success"})

    shop.host.cycles(3)

    issue = the_issue(shop)
    assert (FOR_A_PERSON, "open") == (set(issue.labels), issue.state)
    (told,) = comments_on_silence(issue)
    assert culprit[:7] in told
    assert "test" in told


def test_a_job_that_is_skipped_is_neither_proof_nor_silence(shop: Shop) -> None:
    """Skipped is listed, so the check is there: we wait and say nothing."""
    write_workflow(shop)
    shop.fail_ci()
    shop.host.cycles(2)
    for _ in range(3):
        shop.repo.push("work")
        shop.repo.run("CI", "success", jobs={"build": "success", "test": "skipped"})
        shop.host.cycles(2)

    issue = the_issue(shop)
    assert ("open", []) == (issue.state, issue.comments)
    assert "archon:queued" in issue.labels


def test_a_workflow_that_does_not_run_at_the_head_is_asked_about_once_a_head(shop: Shop) -> None:
    """Its paths may leave it out: its file is there, so nothing is said, and little is asked."""
    write_workflow(shop)
    shop.fail_ci()
    shop.host.cycles(2)
    shop.repo.push("write docs")
    shop.repo.run("Docs", "success")
    shop.web.deploy("SUCCESS")
    shop.host.cycles(5)

    issue = the_issue(shop)
    assert ("open", []) == (issue.state, issue.comments)
    asked = [each for each in shop.world.requests if "WorkflowFile" in (each.document or "")]
    assert len(asked) == 1


def test_a_restored_workflow_that_passes_closes_the_issue_with_proof(shop: Shop) -> None:
    """Silence was no proof; the same job passing at a newer commit is."""
    write_workflow(shop)
    shop.fail_ci()
    shop.host.cycles(2)
    shop.repo.push("tidy up", removes=[CI_FILE])
    shop.repo.run("Lint", "success")
    shop.host.cycles(3)
    fix = shop.repo.push("restore it", files={CI_FILE: "name: CI"})
    shop.repo.run("CI", "success", jobs=GREEN)

    shop.host.cycles(2)

    issue = the_issue(shop)
    assert ("closed", "completed") == (issue.state, issue.state_reason)
    assert fix[:7] in issue.comments[-1].body


def test_a_restored_workflow_that_fails_stays_with_the_person(shop: Shop) -> None:
    """The agent does not get it back, and the text tells of the failure again."""
    write_workflow(shop)
    shop.fail_ci()
    shop.host.cycles(2)
    shop.repo.push("tidy up", removes=[CI_FILE])
    shop.repo.run("Lint", "success")
    shop.host.cycles(3)
    shop.repo.push("restore it", files={CI_FILE: "name: CI"})
    shop.fail_ci()

    shop.host.cycles(2)

    issue = the_issue(shop)
    assert (FOR_A_PERSON, "open") == (set(issue.labels), issue.state)
    assert 1 == len(issue.comments)


def test_a_workflow_under_another_name_is_not_silenced_and_heals(shop: Shop) -> None:
    """The file is the same, so what it proves under its new name is what was asked for."""
    write_workflow(shop)
    shop.fail_ci()
    shop.host.cycles(2)
    shop.repo.rename_workflow("CI", "Main CI")
    shop.repo.push("call it by another name")
    shop.repo.run("Main CI", None, jobs={"build": None, "test": None})
    shop.host.cycles(3)
    assert "open" == the_issue(shop).state
    fix = shop.repo.push("the fix")
    shop.repo.run("Main CI", "success", jobs=GREEN)

    shop.host.cycles(3)

    issue = the_issue(shop)
    assert ("closed", 1) == (issue.state, len(issue.comments))
    assert fix[:7] in issue.comments[-1].body


@pytest.mark.parametrize("mode", ["status", "cut_after"])
def test_a_file_that_cannot_be_asked_about_is_no_silence(
    shop: Shop, mode: Literal["status", "cut_after"]
) -> None:
    """Blind to the file: nothing is said until it was seen."""
    write_workflow(shop)
    shop.fail_ci()
    shop.host.cycles(2)
    culprit = shop.repo.push("tidy up", removes=[CI_FILE])
    shop.repo.run("Lint", "success")
    shop.host.cycle()
    shop.world.faults.add(host="github", mode=mode, times=9, match="WorkflowFile")
    shop.host.cycle()
    assert "archon:queued" in the_issue(shop).labels

    shop.world.faults.clear()
    shop.host.cycle()

    assert culprit[:7] in comments_on_silence(the_issue(shop))[0]


def test_a_deploy_workflow_that_is_deleted_is_told_too(shop: Shop) -> None:
    """Whatever an Actions run proved can be silenced, not CI alone."""
    path = ".github/workflows/pipeline.yml"
    shop.host.projects.clear()
    shop.host.watch(
        "shop", "acme/shop", 'deploy_workflow = "Pipeline"', 'staging_job = "Deploy to staging"'
    )
    shop.repo.push("write the pipeline", files={path: "name: Pipeline"})
    shop.repo.run("CI", "success", jobs=GREEN)
    shop.repo.run(
        "Pipeline",
        "failure",
        event="workflow_run",
        jobs={"Deploy to staging": "success", "Smoke": "failure"},
        log="expected 200",
    )
    shop.host.cycles(2)
    assert "open" == the_issue(shop).state
    culprit = shop.repo.push("tidy up", removes=[path])
    for _ in range(5):  # the look reaches back over a few commits
        shop.repo.push("work")
    shop.repo.run("CI", "success", jobs=GREEN)
    shop.world.advance(MINUTE)

    shop.host.cycles(3)

    assert culprit[:7] in comments_on_silence(the_issue(shop))[0]


def test_a_job_that_is_deleted_while_another_one_fails_is_missed(shop: Shop) -> None:
    """The first job is gone, the second failed and was mended: that proves one of the two."""
    shop.repo.push("breaks the test")
    shop.repo.run("CI", "failure", jobs={"build": "success", "test": "failure"}, log="FAILED")
    shop.host.cycles(2)
    shop.repo.push("deletes the test")
    shop.repo.run("CI", "failure", jobs={"build": "failure"}, log="FAILED")
    shop.host.cycles(2)

    shop.repo.push("mends the build")
    shop.repo.run("CI", "success", jobs={"build": "success"})
    shop.host.cycles(3)

    assert shop.repo.open_titles == ["Main CI red: CI (shop)"]
