"""What a published verdict does afterwards: to the next check, and to the agent's next look."""

from collections.abc import Callable
from pathlib import Path

import pytest

from hosts import MINUTE, ours
from pipeline_health.core.model.ids import Sha
from pipeline_health.core.model.verdict import Answer
from pipeline_health.simulator import Loopback, World
from promotions import GATE, Ready, gate, ready

TITLE = "Staging tests failed (shop)"


@pytest.fixture
def shop(world: World, loopback: Loopback, tmp_path: Path) -> Ready:
    """Give a product whose head may go to production, and a host that publishes its verdicts."""
    shop = ready(world, loopback, tmp_path)
    shop.host.publishes = True
    return shop


def shown(shop: Ready, commit: Sha) -> list[str]:
    """Give the state of our status at *commit*."""
    return [
        status.state
        for status in shop.repo.statuses_of(commit)
        if status.context == "pipeline-health/promotion"
    ]


# -- no failure of the tests -----------------------------------------------------------------


def _superseded(shop: Ready) -> Sha:
    commit = shop.head
    shop.land("newer")
    return commit


def _red(shop: Ready) -> Sha:
    shop.repo.run("CI", "failure")
    return shop.head


def _red_by_a_workflow_called_e2e(shop: Ready) -> Sha:
    shop.repo.run("e2e: smoke", "failure", jobs={"e2e": "failure", "smoke": "failure"})
    return shop.head


def _pending(shop: Ready) -> Sha:
    shop.repo.run("CI", None)
    return shop.head


def _blind(shop: Ready) -> Sha:
    shop.world.faults.add(host="railway", mode="empty", match="query History", times=99)
    return shop.head


def _shared(shop: Ready) -> Sha:
    shop.live.variables["SESSION_SECRET"] = shop.web.variables["SESSION_SECRET"]
    return shop.head


def _behind_production(shop: Ready) -> Sha:
    commit = shop.head
    shop.repo.push("newer")
    shop.live.deploy("SUCCESS")
    return commit


def _never_deployed(shop: Ready) -> Sha:
    commit = shop.repo.push("newer")
    shop.repo.run("CI", "success")
    shop.world.advance(60 * MINUTE)
    return Sha(commit)


OTHERS: dict[str, tuple[Callable[[Ready], Sha], str]] = {
    "superseded": (_superseded, "failure"),
    "CI is red": (_red, "failure"),
    "a red workflow is called e2e": (_red_by_a_workflow_called_e2e, "failure"),
    "pending": (_pending, "pending"),
    "unknown": (_blind, "error"),
    "a secret is shared": (_shared, "failure"),
    "behind production": (_behind_production, "failure"),
    "never deployed": (_never_deployed, "failure"),
}


@pytest.mark.parametrize(("change", "state"), OTHERS.values(), ids=OTHERS.keys())
def test_what_is_no_failure_of_the_tests_is_no_issue_about_them(
    shop: Ready, change: Callable[[Ready], Sha], state: str
) -> None:
    """Whatever stood in the way has an owner and an issue of its own, or needs none."""
    commit = change(shop)
    shop.world.advance(MINUTE)
    told = shop.check(commit)
    assert told.answer is not Answer.PROMOTE
    assert shown(shop, commit) == [state]
    shop.world.faults.clear()
    shop.host.cycles(2)
    assert TITLE not in [issue.title for issue in ours(shop.repo)]


# -- a failure of the tests ------------------------------------------------------------------


def test_tests_that_pass_when_they_are_made_again_end_what_they_began(shop: Ready) -> None:
    """Our own status is no check of the commit, or it could never be promoted."""
    shop.configure(gate('e2e = ["false"]'))
    assert shop.check().answer is Answer.BLOCK
    shop.host.cycle()
    (issue,) = ours(shop.repo)
    assert (issue.title, issue.state) == (TITLE, "open")
    shop.configure(GATE)
    assert shop.check().answer is Answer.PROMOTE
    assert (shown(shop, shop.head), issue.state) == (["success"], "open")
    shop.host.cycles(2)
    assert issue.state == "closed"
    assert len(ours(shop.repo)) == 1


def test_a_pending_verdict_holds_nothing_up(shop: Ready) -> None:
    """It is pending because CI is; CI is not because it is."""
    run = shop.repo.run("CI", None)
    assert shop.check().answer is Answer.BLOCK
    assert shown(shop, shop.head) == ["pending"]
    shop.world.advance(MINUTE)
    shop.repo.finish(run, "success")
    shop.world.advance(MINUTE)
    assert shop.check().answer is Answer.PROMOTE
    shop.host.cycle()
    assert ours(shop.repo) == []


@pytest.mark.parametrize("asked", ["the same commit", "the next commit"])
def test_an_issue_of_the_tests_still_blocks_while_they_fail(shop: Ready, asked: str) -> None:
    """Only tests that pass end it, not asking again."""
    shop.configure(gate('e2e = ["false"]'))
    shop.check()
    shop.host.cycle()
    if asked == "the next commit":
        shop.land()
    told = shop.check()
    assert told.answer is Answer.BLOCK
    shop.host.cycles(2)
    assert [issue.state for issue in ours(shop.repo)] == ["open"]
