"""Stories of the laws of docs/architecture.md where no other story would notice a broken one."""

from datetime import timedelta
from pathlib import Path

import pytest

from agent_types import Shop
from hosts import MINUTE, ours
from pipeline_health import bootstrap
from pipeline_health.core.model.verdict import Answer, CriterionName, CriterionState
from pipeline_health.ledger import SqlLedger
from pipeline_health.simulator import Loopback, World, WorldClock
from promotions import Ready, ready

GREEN = {"build": "success", "test": "success"}


@pytest.fixture
def product(world: World, loopback: Loopback, tmp_path: Path) -> Ready:
    """Give a product whose head may go to production."""
    return ready(world, loopback, tmp_path)


def test_the_promotion_check_is_unknown_while_an_issue_cannot_be_read(product: Ready) -> None:
    """Law 1: the issue that nobody can read may be the one that says no."""
    product.repo.push("second")
    product.repo.run("CI", "failure", jobs={"test": "failure"})
    product.host.cycles(2)
    product.land("third")
    product.world.faults.add(
        host="github", mode="status", match="query Issues", status=502, times=99
    )

    told = product.check()

    (issues,) = (one for one in told.criteria if one.name is CriterionName.NO_OPEN_INCIDENT)
    assert (told.answer, issues.state) == (Answer.UNKNOWN, CriterionState.UNKNOWN)


def test_an_issue_that_was_passed_over_is_looked_at_again_when_it_changes(shop: Shop) -> None:
    """Law 2: closed too long ago to matter, then opened again by a person."""
    shop.fail_ci()
    shop.host.cycle()
    shop.repo.push("fix")
    shop.repo.run("CI", "success", jobs=GREEN)
    shop.web.deploy("SUCCESS")
    shop.host.cycles(2)
    shop.host.forget()
    shop.host.cycle(after=timedelta(days=8))
    (issue,) = ours(shop.repo)
    assert issue.state == "closed"

    issue.state, issue.updated_at = "open", shop.world.now()
    shop.repo.run("CI", "success", jobs=GREEN)
    shop.host.cycles(2)

    assert issue.state == "closed"


class StoppedClock(WorldClock):
    """A clock that breaks when it is first waited for."""

    def sleep(self, seconds: float) -> None:
        """Break."""
        raise OSError(seconds)


def test_the_report_of_a_failed_cycle_is_kept(shop: Shop) -> None:
    """Law 6: whoever looks later reads the sentence that was said."""
    shop.fail_ci()
    shop.world.faults.add(host="github", mode="status", match="/jobs", status=502, times=9)
    shop.world.advance(MINUTE)

    said = bootstrap.run_once(
        shop.host.settings(), machine=bootstrap.Machine(clock=StoppedClock(shop.world))
    )

    with SqlLedger.read_only(shop.host.ledger) as ledger:
        (kept,) = ledger.reports(limit=1)
    assert kept == said
    assert kept.sentence.startswith("The cycle failed: OSError")
