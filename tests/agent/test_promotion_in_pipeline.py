"""Stories of a promotion check that is a job of the very workflow that tests staging."""

from pathlib import Path

import pytest

from hosts import MINUTE, ours
from pipeline_health.core.model.verdict import CriterionName, CriterionState
from pipeline_health.settings.actions import Actions
from pipeline_health.simulator import Loopback, World
from promotions import GATE, Ready, of, ready

PIPELINE = (
    'deploy_workflow = "Pipeline"',
    'staging_job = "Deploy to staging"',
    'production_job = "Deploy to production"',
)
ASKS = "Run acme/pipeline-health/deploy/github/promotion-check@v1"


@pytest.fixture
def product(world: World, loopback: Loopback, tmp_path: Path) -> Ready:
    """Give a product whose head may go to production."""
    product = ready(world, loopback, tmp_path)
    product.configure(GATE, *PIPELINE)
    return product


def run(product: Ready, smoke: str | None, gate: str | None, *, step: str = ASKS) -> None:
    """Run the pipeline at a new commit; without a *gate* its check asks now."""
    product.land(f"smoke {smoke}, gate {gate}")
    jobs = {"Deploy to staging": "success", "Smoke": smoke, "May it?": gate}
    verdict = "failure" if gate else None
    step = "Run tests" if smoke == "failure" else step
    started = product.repo.run("Pipeline", verdict, jobs=jobs, step=step)
    product.host.actions = Actions() if gate else Actions(run_id=started.id)
    product.world.advance(MINUTE)


def said(product: Ready) -> CriterionState:
    """Give what the check says of our open issues."""
    return of(product.check(), CriterionName.NO_OPEN_INCIDENT).state


@pytest.mark.parametrize("ledger", [True, False], ids=["on the host", "in the job"])
def test_what_passed_before_the_check_asks_lets_the_fix_through(
    product: Ready, *, ledger: bool
) -> None:
    """The run cannot end before its check does, and would wait for itself for ever."""
    run(product, "failure", "skipped")
    product.host.cycles(2)
    (issue,) = ours(product.repo, state="open")
    if not ledger:
        product.host.forget()
        product.host.extra = '[routing]\nidentity = "health-bot"'
    assert said(product) is CriterionState.FAIL

    run(product, "failure", None)
    assert said(product) is CriterionState.FAIL
    run(product, None, None)
    assert said(product) is CriterionState.PENDING
    assert not product.check().final
    run(product, "success", None)

    assert said(product) is CriterionState.PASS
    product.host.cycles(2)
    assert issue.state == "closed"


def test_a_check_that_said_no_is_no_test_that_failed(product: Ready) -> None:
    """Nobody is told of it, and it does not stand in the way of the next one."""
    run(product, "success", "failure")
    product.host.cycles(2)

    assert (ours(product.repo), said(product)) == ([], CriterionState.PASS)
    run(product, "success", None)
    assert said(product) is CriterionState.PASS


def test_a_check_that_could_not_ask_is_over_once_it_asks(product: Ready) -> None:
    """Whatever it is told: no other step of it failed."""
    run(product, "success", "failure", step="Configuration")
    product.host.cycles(2)
    (issue,) = ours(product.repo, state="open")

    run(product, "success", "failure")
    product.host.cycles(2)

    assert (issue.state, said(product)) == ("closed", CriterionState.PASS)
