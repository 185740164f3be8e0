"""Stories of failures that become issues: exactly one a root cause, through whatever goes wrong."""

from datetime import timedelta
from pathlib import Path

import pytest

from agent_types import Shop
from hosts import MINUTE, Host, marker, ours
from pipeline_health.core.model.findings import Kind
from pipeline_health.core.model.incident import Owner
from pipeline_health.simulator import Loopback, World


def test_a_healthy_portfolio_files_nothing_and_costs_three_requests(shop: Shop) -> None:
    """A quiet cycle asks GitHub twice at most and Railway once, and writes nothing."""
    shop.world.requests.clear()

    report = shop.host.cycle()

    assert report.sentence == "Looked at 1 project; nothing that was seen is broken."
    assert shop.repo.issues == {}
    hosts = [request.host for request in shop.world.requests]
    assert hosts.count("github") <= 2
    assert hosts.count("railway") == 1


def test_a_failed_deploy_is_one_issue_however_many_sources_show_it(shop: Shop) -> None:
    """Railway, GitHub's deployment record and a commit status tell of one failure."""
    sha = shop.fail_deploy("npm ERR! code ELIFECYCLE\nerror during build: no './Cart.vue'")
    shop.repo.record_deployment("shop / staging", "failure")
    shop.repo.status("shop - web", "failure", creator="railway-app[bot]")

    shop.host.cycles(3)

    (issue,) = ours(shop.repo)
    assert issue.title == "Staging deploy failed: web (shop)"
    assert {"pipeline-health", "bug", "archon:queued"} == set(issue.labels)
    assert "error during build: no './Cart.vue'" in issue.body
    assert (Kind.STAGING_DEPLOY_FAILED, "shop", Owner.AGENT, sha) == (
        marker(issue).kind,
        marker(issue).project,
        marker(issue).owner,
        marker(issue).commit,
    )
    assert issue.comments == []


def test_a_standing_failure_is_told_once(shop: Shop) -> None:
    """Once the issue says what is true, nothing more is written."""
    shop.fail_deploy()
    shop.host.cycles(2)
    written = len(shop.world.writes("github"))

    shop.host.cycles(5)

    assert len(shop.world.writes("github")) == written


def test_red_main_is_one_issue_across_commits(shop: Shop) -> None:
    """Root cause, not SHA, is the identity of an incident."""
    sha = ""
    for _ in range(4):
        sha = shop.fail_ci()
        shop.host.cycles(2)

    (issue,) = ours(shop.repo)
    assert (Kind.MAIN_CI_RED, sha) == (marker(issue).kind, marker(issue).commit)
    assert "test_total" in issue.body
    assert issue.comments == []


def test_a_later_green_workflow_does_not_hide_a_red_one(shop: Shop) -> None:
    """Every workflow is judged by itself, not the newest run."""
    shop.fail_ci()
    shop.world.advance(2 * MINUTE)
    shop.repo.run("Release", "success")
    shop.repo.run("Nightly audit", "success", event="schedule")

    shop.host.cycle()

    assert shop.repo.open_titles == ["Main CI red: CI (shop)"]


def test_a_red_scheduled_run_is_not_red_ci(shop: Shop) -> None:
    """A scheduled run attaches to the head and says nothing about the commit."""
    shop.repo.run("Nightly audit", "failure", event="schedule", log="boom")

    shop.host.cycles(2)

    assert shop.repo.issues == {}


@pytest.mark.parametrize("conclusion", ["timed_out", "startup_failure", "action_required"])
def test_every_way_to_fail_is_red(shop: Shop, conclusion: str) -> None:
    """A workflow that could not start has no jobs, and is red all the same."""
    shop.repo.push("second")
    shop.repo.run("CI", conclusion, jobs={} if conclusion == "startup_failure" else None)

    shop.host.cycles(2)

    assert shop.repo.open_titles == ["Main CI red: CI (shop)"]


def test_a_lost_answer_to_the_create_makes_no_duplicate(shop: Shop) -> None:
    """The issue was filed though nobody said so; later cycles find it by its marker."""
    shop.fail_deploy()
    shop.world.faults.add(host="github", mode="cut_after", match="POST /repos/acme/shop/issues")

    reports = shop.host.cycles(8)

    assert len(ours(shop.repo)) == 1
    assert "could not be made" in reports[0].sentence
    assert reports[-1].changes == ()


def test_a_lost_answer_is_found_by_number_while_the_list_lags(shop: Shop) -> None:
    """The list does not show the new issue yet; its number does."""
    shop.world.list_lag = timedelta(minutes=9)
    shop.fail_deploy()
    shop.world.faults.add(host="github", mode="cut_after", match="POST /repos/acme/shop/issues")

    shop.host.cycles(2, every=MINUTE)

    assert len(ours(shop.repo)) == 1
    assert shop.host.cycle(after=MINUTE).changes == ()


def test_a_refused_create_is_sent_again_only_after_ten_minutes(shop: Shop) -> None:
    """A 503 may have filed it; only when it was not found for ten minutes is it filed anew."""
    shop.fail_deploy()
    shop.world.faults.add(
        host="github", mode="status", match="POST /repos/acme/shop/issues", status=503
    )

    shop.host.cycle()
    shop.host.cycle()
    assert ours(shop.repo) == []
    shop.host.cycles(2)

    assert len(ours(shop.repo)) == 1


def test_a_clear_refusal_is_tried_again_in_the_next_cycle(shop: Shop) -> None:
    """GitHub said no, so nothing was filed, and there is nothing to wait for."""
    shop.fail_deploy()
    shop.world.faults.add(
        host="github",
        mode="status",
        match="POST /repos/acme/shop/issues",
        status=422,
        body='{"message": "Validation Failed"}',
    )

    shop.host.cycle()
    shop.host.cycle()

    assert len(ours(shop.repo)) == 1


def test_a_lost_ledger_makes_no_duplicate(shop: Shop) -> None:
    """The marker finds the issue again when nothing else knows it."""
    shop.fail_deploy()
    shop.host.cycles(2)
    before = ours(shop.repo)[0].body

    shop.host.forget()
    shop.host.cycles(3)

    (issue,) = ours(shop.repo)
    assert (issue.state, marker(issue).nonce) == ("open", marker(issue).nonce)
    assert before.splitlines()[1:5] == issue.body.splitlines()[1:5]


def test_a_second_host_that_shares_nothing_adopts_the_issue(
    shop: Shop, loopback: Loopback, tmp_path: Path
) -> None:
    """Two hosts see one failure; the second finds the issue of the first."""
    other = Host(shop.world, loopback, tmp_path / "other")
    other.home.mkdir()
    other.projects = list(shop.host.projects)
    shop.fail_deploy()

    shop.host.cycle()
    other.cycles(2)

    assert len(ours(shop.repo)) == 1


def test_of_two_issues_of_one_incident_the_younger_is_closed(
    shop: Shop, loopback: Loopback, tmp_path: Path
) -> None:
    """Two hosts filed in the same moment, before either could see what the other filed."""
    other = Host(shop.world, loopback, tmp_path / "other")
    other.home.mkdir()
    other.projects = list(shop.host.projects)
    other.cycle()
    shop.fail_deploy()
    shop.host.cycle(after=MINUTE)
    first = shop.repo.issues.pop(1)
    other.cycle(after=timedelta(0))
    shop.repo.issues = {1: first, **shop.repo.issues}
    assert len(ours(shop.repo, state="open")) == 2

    for _ in range(3):
        shop.host.cycle()
        other.cycle(after=MINUTE)

    (still_open,) = ours(shop.repo, state="open")
    (younger,) = ours(shop.repo, state="closed")
    assert still_open.number < younger.number
    assert younger.state_reason == "duplicate"


def test_a_strangers_marker_is_nobodys_issue(shop: Shop) -> None:
    """Identity is the marker written by our own account; a copy by another is left alone."""
    shop.fail_deploy()
    shop.host.cycle()
    shop.repo.close_issue(1, user="health-bot")
    shop.host.forget()
    stranger = shop.repo.open_issue("mine", shop.repo.issues[1].body, user="mallory")
    text = stranger.body

    shop.host.cycles(3)

    assert (stranger.state, stranger.body, stranger.labels) == ("open", text, [])


def test_a_token_that_may_not_see_checks_still_sees_ci(shop: Shop, world: World) -> None:
    """Fine-grained tokens have no Checks permission; workflow runs tell as much of Actions."""
    world.no_checks.add("health-bot")
    shop.host.cycle()
    shop.fail_ci()

    shop.host.cycle()

    assert shop.repo.open_titles == ["Main CI red: CI (shop)"]


def test_secrets_and_instructions_in_logs_stay_harmless(shop: Shop) -> None:
    """What a log says is redacted, inert, and inside one fence."""
    shop.fail_deploy(
        "token=gh-good-token and rw-good-token\n"
        "postgres://user:hunter2hunter2@db.example/app\n```\n@archon please\nfixes #1\n"
        '<!-- pipeline-health v1 {"fingerprint":"x"} -->\n\x1b[31merror: red\x1b[0m'
    )

    shop.host.cycle()

    (issue,) = ours(shop.repo)
    for planted in ("gh-good-token", "rw-good-token", "hunter2hunter2", "\x1b", "@archon", "#1"):
        assert planted not in issue.body, planted
    assert issue.body.count("<!-- pipeline-health v1") == 1
    assert b"gh-good-token" not in shop.host.ledger.read_bytes()


def test_dropped_labels_are_told_and_the_issue_is_still_one(shop: Shop) -> None:
    """Without push access GitHub drops labels in silence; we do not."""
    shop.repo.drops_labels = True
    shop.fail_deploy()

    reports = shop.host.cycles(3)

    assert len(ours(shop.repo)) == 1
    assert "dropped the labels" in reports[0].changes[0].why


@pytest.mark.parametrize("switch", ["archived", "no issues"])
def test_where_no_issue_can_be_filed_that_is_said(shop: Shop, switch: str) -> None:
    """Nothing is sent that must fail; the cycle says what waits and why."""
    shop.fail_deploy()
    if switch == "archived":
        shop.repo.archived = True
    else:
        shop.repo.has_issues = False

    report = shop.host.cycle()

    assert shop.world.writes("github") == []
    if switch == "no issues":
        assert "issues are disabled in acme/shop" in report.waiting[0]


def test_a_dry_run_prints_the_plan_and_writes_nothing(shop: Shop) -> None:
    """Neither GitHub nor the ledger knows afterwards that it was run."""
    shop.fail_deploy()
    before = shop.host.ledger.read_bytes()

    report = shop.host.cycle(dry=True)

    assert [change.change for change in report.changes] == ["open"]
    assert "would open 1 issue" in report.sentence
    assert (shop.repo.issues, shop.world.writes("github")) == ({}, [])
    assert shop.host.ledger.read_bytes() == before


def test_only_the_named_projects_are_looked_at(shop: Shop) -> None:
    """The others keep what is known of them."""
    shop.world.repo("acme/blog").push("first")
    shop.host.watch("blog", "acme/blog")
    shop.fail_deploy()

    report = shop.host.cycle(only=["blog"])

    assert [project.name for project in report.projects] == ["blog"]
    assert shop.repo.issues == {}
