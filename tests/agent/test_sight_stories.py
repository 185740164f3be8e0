"""Stories of what we cannot see: a source that stays blind, and tokens of our own that die."""

from typing import Literal

import pytest

from agent_types import Shop
from hosts import MINUTE, marker, ours
from pipeline_health.core.model.findings import Kind
from pipeline_health.core.model.incident import Owner
from pipeline_health.simulator.github_records import Issue
from pipeline_health.simulator.github_world import Repo

TOKEN = "rw-good-token"


def revoke(shop: Shop) -> str:
    """Take our Railway token away; gives what it was."""
    return shop.world.railway_tokens.pop(TOKEN)


def only(repo: Repo) -> Issue:
    """Give the one issue that there is."""
    (issue,) = repo.issues.values()
    return issue


def test_a_rejected_token_of_our_own_is_one_issue_for_people(shop: Shop) -> None:
    """The second look confirms it; no other issue comes of it, and the restored token is proof."""
    kind = revoke(shop)
    assert shop.host.cycle().blind
    assert shop.repo.issues == {}

    shop.host.cycles(8)

    issue = only(shop.repo)
    assert issue.title == "RAILWAY_TOKEN rejected: staging cannot be seen (shop)"
    assert (marker(issue).kind, marker(issue).owner) == (Kind.CREDENTIAL_REJECTED, Owner.HUMAN)
    assert set(issue.labels) == {"pipeline-health", "human-needed", "archon:skipped"}
    assert "`~/.config/archon-cron/secrets.env`" in issue.body
    assert "gh secret set" not in issue.body
    writes = len(shop.world.writes("github"))
    shop.host.cycles(4)
    assert len(shop.world.writes("github")) == writes

    shop.world.railway_tokens[TOKEN] = kind
    shop.host.cycles(2)

    assert (issue.state, issue.state_reason) == ("closed", "completed")
    assert "Fixed: the monitor's own secret `RAILWAY_TOKEN` is accepted" in issue.comments[-1].body
    assert len(shop.repo.issues) == 1


def test_a_token_that_is_refused_once_is_no_issue(shop: Shop) -> None:
    """Railway says «Not Authorized» for other reasons too: one look proves nothing."""
    kind = revoke(shop)
    shop.host.cycle()
    shop.world.railway_tokens[TOKEN] = kind

    shop.host.cycles(6)

    assert shop.repo.issues == {}


def test_while_the_token_is_refused_staging_is_neither_opened_nor_closed(shop: Shop) -> None:
    """What was broken stays open, also when it is mended unseen; what breaks unseen is not told."""
    shop.fail_deploy()
    shop.host.cycles(2)
    assert shop.repo.open_titles == ["Staging deploy failed: web (shop)"]
    kind = revoke(shop)
    shop.repo.push("third")
    shop.repo.run("CI", "success")
    shop.web.deploy("SUCCESS")

    shop.host.cycles(6)

    assert shop.repo.open_titles == [
        "Staging deploy failed: web (shop)",
        "RAILWAY_TOKEN rejected: staging cannot be seen (shop)",
    ]
    shop.world.railway_tokens[TOKEN] = kind
    shop.host.cycles(3)
    assert shop.repo.open_titles == []


def test_one_token_of_many_projects_is_one_issue(shop: Shop) -> None:
    """It is filed where the first project is, and closed when all of them are read again."""
    blog = shop.world.repo("acme/blog")
    blog.push("first")
    blog.run("CI", "success")
    railway = shop.world.railway("blog")
    railway.environment("staging").service("web", blog).deploy("SUCCESS")
    shop.host.watch("blog", "acme/blog", f'railway_project = "{railway.id}"')
    shop.host.cycles(2)
    kind = revoke(shop)

    shop.host.cycles(8)

    issue = only(shop.repo)
    assert blog.issues == {}
    shop.world.railway_tokens[TOKEN] = kind
    shop.host.cycles(2)
    assert issue.state == "closed"


def test_a_token_that_was_replaced_by_another_is_proved_by_that_one(shop: Shop) -> None:
    """When the project has a variable of its own now, nobody reads with the dead one any more."""
    revoke(shop)
    shop.host.cycles(3)
    issue = only(shop.repo)
    shop.world.railway_tokens["rw-other-token"] = "account"
    shop.host.secrets["RAILWAY_TOKEN_SHOP"] = "rw-other-token"

    shop.host.cycles(2)

    assert issue.state == "closed"


def test_a_token_of_another_environment_says_so(shop: Shop) -> None:
    """It is accepted, and belongs elsewhere: the issue names both places."""
    shop.host.cycle()
    project = shop.world.railway("shop")
    place = project.environment("production").id
    shop.world.railway_tokens[TOKEN] = f"project:{project.id}:{place}"

    shop.host.cycles(4)

    issue = only(shop.repo)
    assert issue.title == "RAILWAY_TOKEN rejected: staging cannot be seen (shop)"
    assert "is a token of another environment" in issue.body
    assert "belongs to environment production" in issue.body
    shop.world.railway_tokens[TOKEN] = "account"
    shop.host.cycles(2)
    assert issue.state == "closed"


def test_a_lost_ledger_forgets_no_refused_token(shop: Shop) -> None:
    """The issue is found by its marker, is not doubled, and closes with proof."""
    kind = revoke(shop)
    shop.host.cycles(3)
    shop.host.forget()
    shop.host.cycles(3)
    issue = only(shop.repo)
    assert issue.state == "open"
    shop.host.forget()
    shop.world.railway_tokens[TOKEN] = kind

    shop.host.cycles(2)

    assert issue.state == "closed"


@pytest.mark.parametrize("mode", ["status", "html", "partial"])
def test_a_source_that_stays_blind_is_one_issue(
    shop: Shop, mode: Literal["status", "html", "partial"]
) -> None:
    """After half of the SLA people are told, once; a read is the proof."""
    shop.world.faults.add(host="railway", mode=mode, status=502, body="e0", times=999)
    shop.host.cycles(3)
    assert shop.repo.issues == {}

    shop.host.cycles(4)

    issue = only(shop.repo)
    assert issue.title == "Cannot see Railway (shop)"
    assert (marker(issue).kind, marker(issue).owner) == (Kind.SOURCE_BLIND, Owner.HUMAN)
    shop.world.faults.clear()
    shop.host.cycles(2)
    assert (issue.state, len(issue.comments)) == ("closed", 1)
    assert "`Railway` was read again" in issue.comments[0].body


def test_an_environment_that_is_not_there_is_told(shop: Shop) -> None:
    """The token is good, and what is configured does not exist: no credential is to blame."""
    shop.host.projects[0] += '\nstaging_environment = "stage"'

    shop.host.cycles(6)

    issue = only(shop.repo)
    assert marker(issue).kind is Kind.SOURCE_BLIND
    assert "has no environment called stage; there are: staging" in issue.body


def test_a_short_blindness_is_never_told(shop: Shop) -> None:
    """Ten minutes, again and again, are not long enough."""
    for _ in range(4):
        shop.world.faults.add(host="railway", mode="status", status=502, times=999)
        shop.host.cycles(3)
        shop.world.faults.clear()
        shop.host.cycle()

    assert shop.repo.issues == {}


def test_after_a_gap_in_our_own_looking_one_blind_look_proves_nothing(shop: Shop) -> None:
    """Blind before we were off for two hours and blind after: that is two looks."""
    shop.world.faults.add(host="railway", mode="status", status=502, times=999)
    shop.host.cycle()

    shop.host.cycle(after=120 * MINUTE)

    assert shop.repo.issues == {}
    shop.host.cycles(2)
    assert [issue.title for issue in ours(shop.repo)] == ["Cannot see Railway (shop)"]


def test_blind_github_waits_and_is_said(shop: Shop) -> None:
    """Nothing can be filed where nothing can be seen; once it can, there is nothing to file."""
    shop.world.faults.add(host="github", mode="status", status=502, times=9999)
    reports = shop.host.cycles(7)

    assert any("Cannot see GitHub (shop)" in line for line in reports[-1].waiting)
    shop.world.faults.clear()
    shop.host.cycles(2)
    assert shop.repo.issues == {}


def test_a_refused_github_token_is_said_in_plain_words(shop: Shop) -> None:
    """No issue can be filed; the sentence says why, and what to do."""
    kept = shop.world.github_tokens.pop("gh-good-token")

    report = shop.host.cycles(3)[-1]

    assert report.blind
    assert (
        "GitHub refused GITHUB_TOKEN: no issue can be filed until it is replaced in secrets.env"
        in report.sentence
    )
    assert any(line.startswith("GITHUB_TOKEN rejected") for line in report.waiting)
    shop.world.github_tokens["gh-good-token"] = kept
    assert "refused" not in shop.host.cycles(2)[-1].sentence
    assert shop.repo.issues == {}


def test_checks_that_a_token_may_not_see_are_no_blindness(shop: Shop) -> None:
    """They are read another way; what stays invisible is listed as not watched."""
    shop.world.no_checks.add("health-bot")

    report = shop.host.cycles(8)[-1]

    assert shop.repo.issues == {}
    assert "checks of other apps than Actions" in {
        line.what for line in report.projects[0].unwatched
    }
