"""Stories of what happens beside a failure: renames, re-runs, rewritten history, half answers."""

from datetime import timedelta

import pytest

from agent_types import Shop
from hosts import MINUTE, marker, ours
from pipeline_health.core.issue_text import read_marker

REJECTED = "##[error]NPM_TOKEN is invalid or expired: 401 Unauthorized"
GREEN = {"build": "success", "test": "success"}


def mend(shop: Shop) -> None:
    """Land a commit at which CI passes."""
    shop.repo.push(f"fix {shop.world.now().isoformat()}")
    shop.repo.run("CI", "success", jobs=GREEN)


def written(shop: Shop) -> int:
    """Count what was written to GitHub so far."""
    return len(shop.world.writes("github"))


def test_a_log_that_never_comes_is_no_reason_to_write(shop: Shop) -> None:
    """The evidence stays incomplete for hours; the issue says so once."""
    shop.repo.push("second")
    shop.repo.run("CI", "failure", jobs={"test": "failure"}, log="")
    shop.host.cycles(2)
    before = written(shop)

    shop.host.cycles(20)

    assert written(shop) == before


def test_line_endings_of_a_browser_and_a_persons_notes_change_nothing(shop: Shop) -> None:
    """GitHub's editor writes CRLF; notes below their line survive even a lost ledger."""
    shop.fail_ci()
    shop.host.cycles(2)
    issue = shop.repo.issues[1]
    issue.body = issue.body.replace("\n", "\r\n") + "\r\n<!-- notes -->\r\nask Ann first\r\n"
    before = written(shop)
    shop.host.cycles(2)
    assert written(shop) == before

    shop.host.forget()
    shop.host.cycles(2)

    assert "ask Ann first" in issue.body
    assert read_marker(issue.body) is not None


def test_a_renamed_repository_keeps_its_incident(shop: Shop) -> None:
    """Under the old name in the configuration, then under the new one: one issue, and its end."""
    shop.fail_ci()
    shop.host.cycles(2)
    shop.repo.rename("acme/store")
    shop.host.cycles(2)
    shop.fail_ci()
    shop.host.cycles(2)
    shop.host.projects[0] = shop.host.projects[0].replace("acme/shop", "acme/store")
    shop.host.cycles(2)
    assert len(ours(shop.repo)) == 1

    mend(shop)
    shop.host.cycles(2)

    assert [issue.state for issue in ours(shop.repo)] == ["closed"]


def test_what_failed_unseen_under_the_old_name_is_told_in_the_issue_that_is_found(
    shop: Shop,
) -> None:
    """A new host cannot see GitHub, and knows of Railway's failure before the new name is seen."""
    deployment = shop.web.deploy("BUILDING")
    shop.host.cycle(after=40 * MINUTE)
    shop.repo.rename("acme/store")
    shop.web.become(deployment, "FAILED")
    shop.host.forget()
    shop.world.faults.add(host="github", mode="status", status=502, times=99)
    assert "blind to github of shop" in shop.host.cycle().sentence

    shop.world.faults.clear()
    shop.host.cycles(2)

    assert [issue.title for issue in ours(shop.repo)] == ["Staging deploy stuck: web (shop)"]
    assert "failed to deploy" in ours(shop.repo)[0].body


def test_a_second_victim_of_one_secret_is_told_in_its_issue_under_the_new_name(shop: Shop) -> None:
    """The list does not show that issue yet, so that only its old name is known."""
    failed = {"publish": "failure"}
    shop.repo.push("second")
    shop.repo.run("CI", "failure", jobs=failed, step="Publish", log=REJECTED)
    shop.host.cycles(2)
    shop.repo.rename("acme/store")
    shop.world.list_lag = 60 * MINUTE
    shop.repo.run("Release", "failure", jobs=failed, step="Publish", log=REJECTED)

    shop.host.cycles(2)

    (issue,) = ours(shop.repo)
    assert "Release" in issue.body


def test_a_new_name_brings_back_no_failure_that_is_over(shop: Shop) -> None:
    """Railway goes on to name the repository as it was called when it deployed the mend."""
    shop.repo.push("second")
    shop.repo.run("CI", "success", jobs=GREEN)
    shop.repo.record_deployment("shop / staging", "failure")
    shop.world.advance(MINUTE)
    mend(shop)
    shop.web.deploy("SUCCESS")
    shop.host.cycles(2)

    shop.repo.rename("acme/store")
    shop.host.projects[0] = shop.host.projects[0].replace("acme/shop", "acme/store")
    shop.host.cycles(2)
    shop.host.forget()
    shop.host.cycles(2)

    assert ours(shop.repo) == []


def test_two_projects_in_one_repository_share_an_incident(shop: Shop) -> None:
    """One red main is one issue, and one closing comment."""
    shop.host.watch("other", "acme/shop")
    shop.fail_ci()
    shop.host.cycles(2)
    mend(shop)
    shop.host.cycles(2)

    (issue,) = ours(shop.repo)
    assert (issue.state, len(issue.comments)) == ("closed", 1)


def test_half_an_answer_closes_nothing(shop: Shop) -> None:
    """GitHub nulls one repository of the batch: that one is blind."""
    shop.fail_ci()
    shop.host.cycles(2)
    mend(shop)
    shop.world.faults.add(host="github", mode="partial", body="r0", times=9)

    assert shop.host.cycle().blind
    assert [issue.state for issue in ours(shop.repo)] == ["open"]


def test_a_commit_that_was_forced_off_the_branch_counts_as_contained(shop: Shop) -> None:
    """What comes after the rewriting proves it over."""
    base = shop.repo.head
    assert base is not None
    shop.fail_ci()
    shop.host.cycles(2)
    shop.repo.force_push(base)
    mend(shop)
    shop.host.cycles(2)

    assert [issue.state for issue in ours(shop.repo)] == ["closed"]


def test_a_rerun_is_waited_for_and_its_success_is_proof(shop: Shop) -> None:
    """The same run, the same commit, another attempt."""
    shop.repo.push("second")
    run = shop.repo.run("CI", "failure", jobs={"build": "success", "test": "failure"}, log="boom")
    shop.host.cycles(2)
    shop.repo.rerun(run)
    shop.host.cycle()
    assert [issue.state for issue in ours(shop.repo)] == ["open"]

    shop.repo.finish(run, "success")
    shop.host.cycles(2)

    assert [issue.state for issue in ours(shop.repo)] == ["closed"]


def test_a_commit_status_is_judged_like_a_workflow(shop: Shop) -> None:
    """Another system's word has a page and no log of ours; its success closes the issue."""
    shop.repo.push("second")
    shop.repo.run("CI", "success")
    shop.repo.status("ci/circle", "failure", target_url="https://circle.example/1")
    shop.host.cycles(2)
    assert shop.repo.open_titles == ["Main CI red: ci/circle (shop)"]

    shop.repo.status("ci/circle", "success", target_url="https://circle.example/2")
    shop.host.cycles(2)

    assert [issue.state for issue in ours(shop.repo)] == ["closed"]


def test_the_cycle_that_cannot_read_its_issue_leaves_it(shop: Shop) -> None:
    """The look works, the tracker does not: the proof waits one cycle, and is told once."""
    shop.fail_ci()
    shop.host.cycles(2)
    mend(shop)
    shop.world.faults.add(host="github", mode="status", match="query Issues", status=502, times=9)
    assert shop.host.cycle().blind
    assert [issue.state for issue in ours(shop.repo)] == ["open"]

    shop.world.faults.clear()
    shop.host.cycle()

    (issue,) = ours(shop.repo)
    assert (issue.state, len(issue.comments)) == ("closed", 1)


def test_three_sources_tell_of_one_failed_deploy_and_of_its_end(shop: Shop) -> None:
    """The pipeline's job, Railway and GitHub's record: one issue, closed when all are well."""
    shop.host.projects.clear()
    shop.host.watch(
        "shop",
        "acme/shop",
        f'railway_project = "{shop.world.railway("shop").id}"',
        'deploy_workflow = "Pipeline"',
        'staging_job = "Deploy"',
    )
    shop.repo.push("second")
    shop.repo.run("CI", "success")
    shop.repo.run("Pipeline", "failure", event="workflow_run", jobs={"Deploy": "failure"}, log="x")
    shop.web.deploy("FAILED", log="error: y")
    shop.repo.record_deployment("shop / staging", "failure")
    shop.host.cycles(3)
    assert len(ours(shop.repo)) == 1

    mend(shop)
    shop.repo.run("Pipeline", "success", event="workflow_run", jobs={"Deploy": "success"})
    shop.web.deploy("SUCCESS")
    shop.repo.record_deployment("shop / staging", "success")
    shop.host.cycles(2)

    assert [issue.state for issue in ours(shop.repo)] == ["closed"]


def test_a_failure_that_only_githubs_record_showed_ends_with_railways_word(shop: Shop) -> None:
    """Railway was blind when it failed; nobody need ever post a second record."""
    shop.world.faults.add(host="railway", mode="status", status=502, times=999)
    shop.repo.push("second")
    shop.repo.run("CI", "success", jobs=GREEN)
    shop.repo.record_deployment("shop / staging", "failure")
    shop.host.cycle()
    assert shop.repo.open_titles == ["Staging deploy failed: staging (shop)"]

    shop.world.faults.clear()
    mend(shop)
    shop.web.deploy("SUCCESS")
    shop.host.cycles(2)

    assert [issue.state for issue in ours(shop.repo)] == ["closed"]


def test_a_deleted_issue_is_not_filed_again(shop: Shop) -> None:
    """Whoever deletes it means it: two looks an hour apart, and it is muted."""
    shop.fail_ci()
    shop.host.cycles(2)
    shop.repo.delete_issue(1)

    shop.host.cycles(16)

    assert ours(shop.repo) == []


def test_labels_of_people_are_left_alone(shop: Shop) -> None:
    """A label of ours that was removed is not put back, and one that was added stays."""
    shop.fail_ci()
    shop.host.cycles(2)
    issue = shop.repo.issues[1]
    issue.labels.remove("archon:queued")
    issue.labels.append("P1")

    shop.fail_ci()
    shop.host.cycles(2)

    assert {"pipeline-health", "bug", "P1"} == set(issue.labels)


def test_a_cancelled_run_proves_nothing(shop: Shop) -> None:
    """It is neither red nor green."""
    shop.fail_ci()
    shop.host.cycles(2)
    shop.repo.push("third")
    shop.repo.run("CI", "cancelled")

    shop.host.cycles(4)

    assert [issue.state for issue in ours(shop.repo)] == ["open"]


def test_a_clock_that_steps_back_makes_no_second_issue(shop: Shop) -> None:
    """Times in the ledger lie ahead; the issue is the same."""
    shop.fail_ci()
    shop.host.cycles(2)
    shop.world.advance(-timedelta(hours=1))

    shop.host.cycles(2, every=MINUTE)

    assert len(ours(shop.repo)) == 1


def test_what_a_running_product_prints_is_not_shown_in_public(shop: Shop) -> None:
    """Runtime logs may hold users' affairs: in a public repository the first error is enough."""
    shop.repo.push("second")
    shop.repo.run("CI", "success")
    crashed = shop.web.deploy("SUCCESS")
    shop.world.advance(MINUTE)
    shop.web.become(crashed, "CRASHED", log="user ann@x.example bought shoes\nerror: out of memory")

    shop.host.cycles(2)

    (issue,) = ours(shop.repo)
    assert "error: out of memory" in issue.body
    assert "bought shoes" not in issue.body
    assert marker(issue).project == "shop"


@pytest.mark.parametrize(
    ("mode", "shown"), [("full", True), ("first-error", False), ("link", False)]
)
def test_the_operator_decides_how_much_of_a_log_is_shown(
    shop: Shop, mode: str, *, shown: bool
) -> None:
    """`evidence` in the configuration wins over the default."""
    shop.host.projects[0] += f'\nevidence = "{mode}"'
    shop.fail_deploy("step one\nerror: boom")

    shop.host.cycles(2)

    (issue,) = ours(shop.repo)
    assert shown is ("step one" in issue.body)
    assert (mode != "link") is ("error: boom" in issue.body)


def test_somebody_who_takes_the_old_name_gets_none_of_its_issues(shop: Shop) -> None:
    """Renamed, and the name taken again, between two looks: the one issue goes on where it is."""
    shop.fail_ci()
    shop.host.cycles(2)
    shop.repo.rename("acme/store")
    newcomer = shop.world.newcomer("acme/shop")
    newcomer.push("Somebody else's")
    newcomer.run("CI", "success")
    newcomer.open_issue("Theirs", user="stranger")
    shop.host.cycles(3)
    shop.fail_ci()
    audited = shop.host.cycles(2, every=1440 * MINUTE)

    (issue,) = ours(shop.repo)
    assert "open" == issue.state
    assert not any(report.blind for report in audited)
    assert ["Theirs"] == [each.title for each in newcomer.issues.values()]
    assert not newcomer.issues[1].comments
    mend(shop)
    shop.host.cycles(2)
    assert "closed" == issue.state
