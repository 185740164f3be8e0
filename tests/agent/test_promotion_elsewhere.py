"""What is told of in an issue for many projects alone keeps a commit from production as well."""

from datetime import timedelta
from pathlib import Path

import pytest

from hosts import MINUTE, Host
from pipeline_health.core.model.ids import Sha
from pipeline_health.core.model.verdict import Answer, CriterionName, CriterionState
from pipeline_health.simulator import Loopback, World
from portfolio_town import NPM
from promotions import Ready, of, ready, short_of

OPS = '[limits]\nops_repo = "acme/operations"\n'
IDENTITY = '[routing]\nidentity = "health-bot"\n'
TOLD = "issue 1 of acme/operations says that it is broken: Main CI red: CI (shop)"
INCIDENT = CriterionName.NO_OPEN_INCIDENT


@pytest.fixture
def many(world: World, loopback: Loopback, tmp_path: Path) -> Ready:
    """Give a product that fails with two others for one reason: one issue in another repository.

    Its next commit runs CI without the job that failed, which proves nothing, and is deployed.
    """
    product = ready(world, loopback, tmp_path)
    product.host.extra = OPS
    world.repo("acme/operations", private=True).push("first")
    others = [world.repo(f"acme/p{at}") for at in range(2)]
    for at, repo in enumerate(others):
        product.host.watch(f"p{at}", repo.full_name)
    for repo in (*others, product.repo):
        repo.push("next")
        repo.run("CI", "failure", jobs={"build": "success", "test": "failure"}, log=NPM)
    product.host.cycle()
    assert not product.repo.issues
    land(product, test="skipped")
    product.host.cycle()
    return product


def land(product: Ready, *, test: str) -> Sha:
    """Land a commit at which the job that failed ends as *test*, and deploy it."""
    sha = product.repo.push("more")
    product.repo.run("CI", "success", jobs={"build": "success", "test": test})
    product.web.deploy("SUCCESS")
    product.repo.record_deployment("shop / staging", "success")
    product.world.advance(MINUTE)
    return Sha(sha)


def pipeline(product: Ready, home: Path) -> Host:
    """Give a pipeline with the configuration of the host, and without its ledger."""
    home.mkdir()
    other = Host(product.world, product.loopback, home)
    other.projects, other.extra = product.host.projects, OPS + IDENTITY
    return other


def test_what_another_repository_tells_of_blocks_until_it_is_proved(many: Ready) -> None:
    """As its own issue would: the job that failed was skipped; then it passes, and all is well."""
    verdict = many.check()
    assert (Answer.BLOCK, TOLD) == (verdict.answer, of(verdict, INCIDENT).says)
    assert of(verdict, INCIDENT).url == "https://github.com/acme/operations/issues/1"

    land(many, test="success")

    assert many.check().answer is Answer.PROMOTE


def test_a_pipeline_without_a_ledger_waits_for_the_look_that_says_so(
    many: Ready, tmp_path: Path
) -> None:
    """It reads the issue; that it works again, the host says there by its next look."""
    there = pipeline(many, tmp_path / "pipeline")
    land(many, test="success")

    before = there.check("shop", many.head)
    many.host.cycle()
    after = there.check("shop", many.head)

    assert of(before, INCIDENT).state is CriterionState.PENDING
    assert "until a look sees that it works" in of(before, INCIDENT).says
    assert {} == short_of(after)


def test_what_still_fails_blocks_in_a_pipeline_too(many: Ready, tmp_path: Path) -> None:
    """CI says so itself, and so does the issue."""
    many.repo.push("worse")
    many.repo.run("CI", "failure", jobs={"build": "success", "test": "failure"}, log=NPM)

    verdict = pipeline(many, tmp_path / "pipeline").check("shop", many.head)

    assert of(verdict, INCIDENT).state is CriterionState.FAIL


def test_who_may_not_read_the_other_repository_does_not_know(many: Ready) -> None:
    """That is what most tokens of pipelines are like; the way out is said."""
    many.host.extra = '[limits]\nops_repo = "acme/hidden"\n'

    verdict = many.check()

    assert of(verdict, INCIDENT).state is CriterionState.UNKNOWN
    assert of(verdict, INCIDENT).says.startswith("limits.ops_repo could not be read: ")
    assert "give GITHUB_TOKEN access" in of(verdict, INCIDENT).next


def test_an_issue_that_no_list_shows_yet_is_read_by_its_number(many: Ready) -> None:
    """The ledger knows it; where it cannot be read either, nobody knows."""
    many.world.list_lag = timedelta(hours=1)
    late = many.check()
    many.world.faults.add(host="github", mode="status", match="query Issues", status=502, times=99)
    blind = many.check()

    assert of(late, INCIDENT).says == TOLD
    assert of(blind, INCIDENT).state is CriterionState.UNKNOWN


def test_what_a_person_closed_as_not_planned_blocks_no_more(many: Ready) -> None:
    """As with an issue of its own: that is the operator's word."""
    many.world.repo("acme/operations").close_issue(1, user="dana", reason="not_planned")
    many.host.cycle(after=timedelta(minutes=5))

    assert many.check().answer is Answer.PROMOTE
