"""The promotion check where something is otherwise than usual, and all is in order."""

from pathlib import Path

import pytest

from hosts import MINUTE
from pipeline_health.core.model.verdict import Answer, CriterionName, CriterionState
from pipeline_health.simulator import Loopback, World
from promotions import GATE, Ready, gate, of, ready, short_of

E2E, REACHABLE = CriterionName.E2E, CriterionName.STAGING_REACHABLE


@pytest.fixture
def shop(world: World, loopback: Loopback, tmp_path: Path) -> Ready:
    """Give a product whose head may go to production."""
    return ready(world, loopback, tmp_path)


# -- what must not block ---------------------------------------------------------------------


def test_a_commit_that_touches_nothing_of_a_service_passes_by_what_that_serves(
    shop: Ready,
) -> None:
    """Railway skips it there, and the other service is deployed."""
    docs = shop.railway.environment("staging").service("docs", shop.repo)
    docs.deploy("SUCCESS")
    shop.land()
    docs.deploy("SKIPPED", skipped_reason="No changes to watched files")
    shop.world.advance(MINUTE)
    assert shop.check().answer is Answer.PROMOTE
    shop.repo.push("third")
    shop.repo.run("CI", "success")
    shop.repo.record_deployment("shop / staging", "success")
    shop.web.deploy("SUCCESS")
    shop.world.advance(30 * MINUTE)
    told = shop.check()
    assert (told.answer, "docs" in told.reason) == (Answer.BLOCK, True)


def test_a_token_that_cannot_see_production_does_not_block(shop: Ready) -> None:
    """Nothing is compared, and that is said; unless the operator asks for the comparison."""
    staging = shop.railway.environment("staging")
    shop.world.railway_tokens["of-staging"] = f"project:{shop.railway.id}:{staging.id}"
    shop.host.secrets["RAILWAY_TOKEN"] = "of-staging"
    told = shop.check()
    assert told.answer is Answer.PROMOTE
    assert "nothing was compared" in of(told, CriterionName.CREDENTIAL_ISOLATION).says
    shop.configure(GATE, 'required_secrets = ["SESSION_SECRET"]')
    assert shop.check().answer is not Answer.PROMOTE


def test_a_failed_record_from_before_a_redeploy_is_stale(shop: Ready) -> None:
    """Staging was deployed again at the same commit, and nobody posts another record."""
    shop.repo.push("second")
    shop.repo.run("CI", "success")
    shop.repo.record_deployment("shop / staging", "failure")
    shop.world.advance(5 * MINUTE)
    shop.web.deploy("SUCCESS")
    shop.world.advance(MINUTE)
    assert shop.check().answer is Answer.PROMOTE


def test_the_operator_may_do_without_the_tests_and_the_record(shop: Ready) -> None:
    """And it is said in the verdict."""
    shop.configure(gate('waive = ["e2e", "github-deployment"]'))
    shop.repo.deployments.clear()
    told = shop.check()
    assert told.answer is Answer.PROMOTE
    assert "done without: github-deployment, e2e" in told.reason


# -- without Railway, and by check run -------------------------------------------------------

PIPELINE = ('deploy_workflow = "Pipeline"', 'staging_job = "Deploy to staging"')
JOBS = {"Deploy to staging": "success", "E2E": "success"}


def test_without_railway_the_staging_job_of_a_run_that_names_the_commit_proves_it(
    shop: Ready,
) -> None:
    """A run that only hangs on to the commit does not."""
    shop.configure(gate('waive = ["railway"]', 'e2e_check = "E2E"'), *PIPELINE)
    shop.repo.run("Pipeline", "success", event="workflow_run", jobs=JOBS)
    shop.world.advance(MINUTE)
    assert shop.check().answer is Answer.BLOCK
    commit = shop.head
    shop.repo.run(
        "Pipeline", "success", event="workflow_run", jobs=JOBS, title=f"Pipeline {commit}"
    )
    shop.world.advance(MINUTE)
    told = shop.check(commit)
    assert told.answer is Answer.PROMOTE
    assert "done without: credential-isolation" in told.reason


def test_a_check_run_of_the_commit_may_be_the_end_to_end_test(shop: Ready) -> None:
    """It must have succeeded there."""
    shop.configure(gate('e2e_check = "e2e"'))
    shop.world.advance(40 * MINUTE)
    assert short_of(shop.check()) == {E2E: CriterionState.FAIL}
    shop.repo.run("Tests", "success", jobs={"e2e": "success"})
    shop.world.advance(MINUTE)
    assert shop.check().answer is Answer.PROMOTE


def test_the_live_url_must_serve_the_commit(shop: Ready) -> None:
    """Where it tells which one it serves."""
    shop.configure(gate('e2e = ["true"]', 'version = { path = "/version", json = "commit" }'))
    shop.site.body = f'{{"commit": "{"0" * 40}", "status": "ok"}}'
    assert short_of(shop.check())[REACHABLE] is CriterionState.FAIL
    shop.site.body = f'{{"commit": "{shop.head}", "status": "ok"}}'
    assert shop.check().answer is Answer.PROMOTE


def test_a_check_does_not_wait_for_what_the_agent_was_told(shop: Ready) -> None:
    """The two can have different tokens, and a check that is told to wait says so itself."""
    wait = {"Retry-After": "600"}
    shop.world.faults.add(host="github", mode="status", status=403, headers=wait)
    _, held = shop.host.cycles(2, every=MINUTE)

    assert "was not asked" in str(held.projects)
    assert shop.check().answer is Answer.PROMOTE
