"""Stories of causes: what has one root cause is one issue, and what follows from it is none."""

import pytest

from agent_types import Shop
from hosts import MINUTE, marker, ours
from pipeline_health.cli.incidents import explanation
from pipeline_health.core.model.incident import Incident, Owner
from pipeline_health.ledger import SqlLedger

REJECTED = "##[error]NPM_TOKEN is invalid or expired: 401 Unauthorized"


def known(shop: Shop) -> list[Incident]:
    """Give the incidents that the ledger of this host knows."""
    with SqlLedger.read_only(shop.host.ledger) as ledger:
        return list(ledger.incidents())


def test_two_issues_that_turn_out_to_have_one_cause_become_one(shop: Shop) -> None:
    """Neither run has a log at first; then both name the same secret."""
    shop.repo.push("second")
    runs = [
        shop.repo.run(name, "failure", jobs={"publish": "failure"}, step="Publish", log="")
        for name in ("CI", "Release")
    ]
    shop.host.cycles(2)
    assert shop.repo.open_titles == ["Main CI red: CI (shop)", "Main CI red: Release (shop)"]

    for run in runs:
        run.jobs[0].log = REJECTED
    shop.host.cycles(3)

    older, younger = ours(shop.repo)
    assert ("open", "closed", "duplicate") == (older.state, younger.state, younger.state_reason)
    assert marker(older).owner is Owner.HUMAN
    assert "Release" in older.body
    assert [f"Duplicate of #{older.number}"] == [
        comment.body.splitlines()[0] for comment in younger.comments[-1:]
    ]


def test_a_duplicate_is_over_when_its_older_issue_is(shop: Shop) -> None:
    """The issue that stays lists both workflows, and both must pass before it closes."""
    test_two_issues_that_turn_out_to_have_one_cause_become_one(shop)
    shop.repo.push("third")
    shop.repo.run("CI", "success", jobs={"publish": "success"})
    shop.host.cycles(2)
    assert len(ours(shop.repo, state="open")) == 1

    shop.repo.run("Release", "success", jobs={"publish": "success"})
    shop.host.cycles(3)

    assert ours(shop.repo, state="open") == []
    assert [2, 1] == [len(issue.comments) for issue in ours(shop.repo)]


def test_a_lost_ledger_separates_no_duplicates(shop: Shop) -> None:
    """The younger issue is closed, and the marker of the older one lists what both were about."""
    test_two_issues_that_turn_out_to_have_one_cause_become_one(shop)

    shop.host.forget()
    shop.host.cycles(3)

    assert ["open", "closed"] == [issue.state for issue in ours(shop.repo)]


@pytest.fixture
def consequence(shop: Shop) -> Shop:
    """Give a product whose deploy failed, and whose staging tests failed because of that."""
    shop.fail_deploy()
    shop.repo.status(
        "pipeline-health/promotion", "failure", creator="health-bot", description="smoke: 503"
    )
    return shop


def test_what_follows_from_a_broken_cause_is_shown_and_not_filed(consequence: Shop) -> None:
    """Tests against staging cannot pass where the deploy failed: one issue, for the deploy."""
    report = consequence.host.cycles(2)[-1]

    assert consequence.repo.open_titles == ["Staging deploy failed: web (shop)"]
    assert "1 consequence not filed beside the cause" in report.sentence
    cause, follows = sorted(known(consequence), key=lambda incident: incident.filing is None)
    assert [cause.fingerprint] == [
        line.hidden_behind
        for line in report.projects[0].findings
        if line.fingerprint == follows.fingerprint
    ]
    assert f"  follows from {cause.fingerprint}: not filed while that is broken" in list(
        explanation(follows, [])
    )


def test_what_was_hidden_is_filed_when_its_cause_is_gone(consequence: Shop) -> None:
    """The deploy is mended; the tests still fail a while later, so they have another cause."""
    consequence.host.cycles(2)

    consequence.web.deploy("SUCCESS")
    consequence.host.cycle()
    assert consequence.repo.open_titles == []
    consequence.host.cycles(3)

    assert consequence.repo.open_titles == ["Staging tests failed (shop)"]


def test_what_was_hidden_and_is_over_was_never_filed(consequence: Shop) -> None:
    """It went away with its cause."""
    consequence.host.cycles(2)

    consequence.web.deploy("SUCCESS")
    consequence.world.advance(MINUTE)
    consequence.repo.status(
        "pipeline-health/promotion", "success", creator="health-bot", description="may promote"
    )
    consequence.host.cycles(4)

    assert ["closed"] == [issue.state for issue in ours(consequence.repo)]


def test_a_consequence_that_was_an_issue_once_is_not_opened_again(shop: Shop) -> None:
    """The tests were broken last week; now they fail because the deploy does: one issue."""
    gate, smoke = "pipeline-health/promotion", "smoke: 503"
    for state in ("failure", "success"):
        shop.repo.status(gate, state, creator="health-bot", description=smoke)
        shop.host.cycles(2)
    shop.fail_deploy()
    shop.repo.status(gate, "failure", creator="health-bot", description=smoke)
    shop.host.cycles(3)
    assert shop.repo.open_titles == ["Staging deploy failed: web (shop)"]

    shop.web.deploy("SUCCESS")
    shop.host.cycles(4)

    assert shop.repo.open_titles == ["Staging tests failed (shop)"]
    assert ["open", "closed"] == [issue.state for issue in ours(shop.repo)]


def test_a_cause_that_could_not_be_filed_and_is_not_seen_any_more_hides_nothing(
    shop: Shop,
) -> None:
    """CI was red while issues were disabled; the next commit has no CI, and is not deployed."""
    shop.fail_ci()
    shop.repo.has_issues = False
    shop.host.cycles(2)
    shop.repo.has_issues = True
    shop.world.advance(MINUTE)
    sha = shop.repo.push("docs")
    shop.repo.run("Docs", "success")

    shop.host.cycles(6)

    assert shop.repo.open_titles == [f"Staging never deployed {sha[:7]}: web (shop)"]


def test_a_deploy_workflow_that_failed_is_one_issue_with_what_it_did_not_deploy(
    shop: Shop,
) -> None:
    """Railway has nothing new of the commit, and after twenty minutes that is no second issue."""
    shop.host.projects[0] += '\ndeploy_workflow = "Deploy"'
    shop.repo.push("second")
    shop.repo.run("CI", "success")
    shop.repo.run("Deploy", "failure", jobs={"deploy": "failure"}, log="boom")

    shop.host.cycles(8)
    assert shop.repo.open_titles == ["Staging deploy failed: staging (shop)"]

    shop.repo.push("third")
    shop.repo.run("CI", "success")
    shop.repo.run("Deploy", "success", jobs={"deploy": "success"})
    shop.web.deploy("SUCCESS")
    shop.host.cycles(3)
    assert shop.repo.open_titles == []
