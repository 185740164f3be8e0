"""The promotion check while the world moves: staging, CI, our own issues, and time."""

import sys
from datetime import timedelta
from pathlib import Path

import pytest

from hosts import MINUTE, ours
from pipeline_health.core.model.ids import Sha
from pipeline_health.core.model.verdict import Answer, CriterionName, CriterionState
from pipeline_health.simulator import Loopback, World
from promotions import Ready, WaitingClock, gate, of, ready, short_of

E2E, ISSUES = CriterionName.E2E, CriterionName.NO_OPEN_INCIDENT
REACHABLE = CriterionName.STAGING_REACHABLE


@pytest.fixture
def shop(world: World, loopback: Loopback, tmp_path: Path) -> Ready:
    """Give a product whose head may go to production."""
    return ready(world, loopback, tmp_path)


# -- staging moves ---------------------------------------------------------------------------


DEPLOY = """
import json, sys, urllib.request
url, service, environment, commit = sys.argv[1:]
document = (
    "mutation Deploy($s: String!, $e: String!, $c: String!) "
    "{ serviceInstanceDeployV2(serviceId: $s, environmentId: $e, commitSha: $c) }"
)
body = {"query": document, "variables": {"s": service, "e": environment, "c": commit}}
headers = {"Authorization": "Bearer rw-good-token", "User-Agent": "a test"}
urllib.request.urlopen(urllib.request.Request(url, json.dumps(body).encode(), headers))
"""


def deploying(shop: Ready, commit: Sha) -> str:
    """Give an end-to-end command during which Railway deploys *commit* to staging."""
    shop.web.accepts_as = "SUCCESS"
    file = shop.host.home / "deploy.py"
    file.write_text(DEPLOY)
    place = [shop.web.id, shop.web.environment.id, commit]
    return f"e2e = {[sys.executable, str(file), shop.loopback.railway_url, *place]}"


def test_staging_that_moves_on_while_it_is_tested_supersedes_the_commit(shop: Ready) -> None:
    """The facts are read anew before anything is promised."""
    commit = shop.head
    newer = shop.repo.push("second")
    shop.repo.run("CI", "success")
    shop.world.advance(MINUTE)
    shop.configure(gate(deploying(shop, newer)))
    told = shop.check(commit)
    assert (told.answer, told.superseded_by) == (Answer.BLOCK, newer)
    assert told.reason.startswith("superseded: ")


def test_staging_that_is_deployed_anew_while_it_is_tested_is_tested_again(shop: Ready) -> None:
    """The same commit, and another deployment of it than the one that was tested."""
    shop.configure(gate(deploying(shop, shop.head)))
    told = shop.check()
    assert (told.answer, told.final) == (Answer.BLOCK, False)
    assert of(told, E2E).says == "what was tested is not what staging is seen to serve now"


def test_a_newer_commit_that_fails_to_deploy_leaves_the_one_that_is_served(shop: Ready) -> None:
    """Staging goes on serving it, and the issue is about the newer one."""
    commit, newer = shop.head, shop.repo.push("second")
    shop.repo.run("CI", "success")
    building = shop.web.deploy("INITIALIZING")
    shop.world.advance(MINUTE)
    shop.web.become(building, "FAILED")
    shop.world.advance(MINUTE)
    shop.host.cycle()
    (issue,) = ours(shop.repo)
    told = shop.check(commit)
    assert (told.answer, {one.commit for one in told.served}) == (Answer.PROMOTE, {commit})
    refused = short_of(shop.check(newer))
    assert CriterionState.FAIL is refused[CriterionName.STAGING_DEPLOY] is refused[ISSUES]
    assert issue.state == "open"


# -- waiting ---------------------------------------------------------------------------------


def test_waiting_ends_with_the_proof(shop: Ready) -> None:
    """CI ends while it waits."""
    shop.land()
    run, looks = shop.repo.run("CI", None), iter(range(4))
    clock = WaitingClock(
        shop.world, lambda: shop.repo.finish(run, "success") if next(looks, 0) == 3 else None
    )
    told = shop.host.check("shop", shop.head, wait=timedelta(minutes=10), clock=clock)
    assert told.answer is Answer.PROMOTE
    assert 60 < clock.waited < 120


def test_waiting_ends_at_once_where_nothing_can_change(shop: Ready) -> None:
    """A red commit stays red."""
    shop.land()
    shop.repo.run("CI", "failure")
    clock = WaitingClock(shop.world)
    told = shop.host.check("shop", shop.head, wait=timedelta(minutes=10), clock=clock)
    assert (told.answer, clock.waited) == (Answer.BLOCK, 0)


def test_waiting_ends_when_the_time_is_over(shop: Ready) -> None:
    """What is still pending blocks."""
    shop.land()
    shop.repo.run("CI", None)
    clock = WaitingClock(shop.world)
    told = shop.host.check("shop", shop.head, wait=timedelta(minutes=2), clock=clock)
    assert (told.answer, told.final) == (Answer.BLOCK, False)
    assert 110 < clock.waited <= 120


def test_waiting_outlives_a_provider_that_fails_for_a_moment(shop: Ready) -> None:
    """What could not be read is asked again."""
    shop.world.faults.add(host="railway", mode="status", status=502, times=20)
    clock = WaitingClock(shop.world)
    told = shop.host.check("shop", shop.head, wait=timedelta(minutes=10), clock=clock)
    assert told.answer is Answer.PROMOTE
    assert clock.waited > 0


def test_waiting_goes_on_while_the_url_still_tells_the_commit_before(shop: Ready) -> None:
    """As it does after every push: CI has ended, and staging is being built."""
    before = shop.head
    shop.configure(gate('version = { path = "/version", json = "commit" }', 'e2e = ["true"]'))
    shop.site.body = f'{{"status": "ok", "commit": "{before}"}}'
    shop.repo.push("second")
    shop.repo.run("CI", "success")
    building = shop.web.deploy("BUILDING")
    shop.world.advance(MINUTE)

    def end() -> None:
        if clock.waited > 60 and building.status == "BUILDING":
            shop.web.become(building, "SUCCESS")
            shop.repo.record_deployment("shop / staging", "success")
        elif clock.waited > 100:  # the edge follows a little later
            shop.site.body = f'{{"status": "ok", "commit": "{shop.head}"}}'

    clock = WaitingClock(shop.world, end)
    told = shop.host.check("shop", shop.head, wait=timedelta(minutes=10), clock=clock)
    assert told.answer is Answer.PROMOTE
    assert 100 < clock.waited < 140


# -- our own issues --------------------------------------------------------------------------


def test_an_open_issue_blocks_until_its_proof_is_there(shop: Ready) -> None:
    """Then the check does not wait for the next look, which closes it."""
    shop.repo.run("Release", "failure")
    shop.host.cycle()
    (issue,) = ours(shop.repo)
    assert shop.check().answer is Answer.BLOCK
    shop.world.advance(MINUTE)
    shop.repo.run("Release", "success")
    shop.world.advance(MINUTE)
    told = shop.check()
    assert told.answer is Answer.PROMOTE
    assert of(told, ISSUES).says.startswith(f"issue {issue.number} is proved to be over")
    assert issue.state == "open"
    shop.host.cycle()
    assert issue.state == "closed"


def test_under_another_login_nobody_knows_which_issues_are_ours(shop: Ready) -> None:
    """Unless the operator says who files them."""
    shop.world.github_tokens["actions-token"] = "github-actions[bot]"
    shop.host.secrets["GITHUB_TOKEN"] = "actions-token"
    told = shop.check()
    assert (told.answer, short_of(told)[ISSUES]) == (Answer.UNKNOWN, CriterionState.UNKNOWN)
    assert "routing.identity" in of(told, ISSUES).says
    shop.host.extra = '[routing]\nidentity = "health-bot"'
    assert shop.check().answer is Answer.PROMOTE


def test_without_a_ledger_nobody_knows_which_issues_are_ours(shop: Ready) -> None:
    """As in a pipeline, where there is none."""
    shop.host.forget()
    assert shop.check().answer is Answer.UNKNOWN
    shop.host.extra = '[routing]\nidentity = "health-bot"'
    shop.repo.run("Release", "failure")
    assert shop.check().answer is Answer.BLOCK


def test_a_failure_of_ours_is_one_issue_and_ends_with_a_success_of_ours(shop: Ready) -> None:
    """Our own status must not block every later commit for ever."""
    shop.host.publishes = True
    shop.site.body = "maintenance"
    assert shop.check().answer is Answer.BLOCK
    shop.host.cycles(3)
    (issue,) = ours(shop.repo)
    assert issue.title == "Staging tests failed (shop)"
    shop.site.body = "ok"
    shop.land()
    assert shop.check().answer is Answer.PROMOTE
    shop.host.cycles(2)
    assert [one.state for one in ours(shop.repo)] == ["closed"]


def test_what_is_no_failure_of_the_tests_opens_no_issue_about_them(shop: Ready) -> None:
    """A superseded commit, a provider that is blind, and a workflow that is called e2e."""
    shop.host.publishes = True
    shop.repo.run("smoke e2e", None)
    shop.check()
    shop.world.faults.add(host="railway", mode="status", status=502, times=20)
    shop.check()
    shop.world.faults.clear()
    shop.host.cycles(2)
    assert ours(shop.repo) == []


# -- time ------------------------------------------------------------------------------------


def test_tests_that_take_long_leave_no_old_evidence(shop: Ready) -> None:
    """What was tested before them is tested again, so that the commit can be promoted at all."""
    shop.configure(gate('e2e = ["sleep", "1.2"]', 'max_age = "2s"'))
    shop.site.asked.clear()
    told = shop.check()
    assert told.answer is Answer.PROMOTE
    assert shop.site.asked.count("/shop/healthz") > 4


def test_production_that_is_ahead_is_not_rolled_back(shop: Ready) -> None:
    """Unless that is what was asked for."""
    commit = shop.head
    shop.repo.push("second")
    shop.live.deploy("SUCCESS")
    shop.world.advance(MINUTE)
    told = shop.check(commit)
    assert (told.answer, told.reason.startswith("rollback: ")) == (Answer.BLOCK, True)
    assert shop.check(commit, rollback=True).answer is Answer.PROMOTE


def test_a_sleeper_gets_the_time_to_wake_up(shop: Ready) -> None:
    """The first requests only wake it."""
    deployment = shop.web.latest
    assert deployment is not None
    shop.web.become(deployment, "SLEEPING")
    shop.site.sleeps = 2
    assert shop.check().answer is Answer.PROMOTE
