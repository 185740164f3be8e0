"""The promotion check over real HTTP: what must be proved, and what each missing proof does."""

from collections.abc import Callable
from pathlib import Path
from typing import Literal

import pytest

from hosts import MINUTE
from pipeline_health.core.model.ids import Sha
from pipeline_health.core.model.verdict import Answer, CriterionName, CriterionState
from pipeline_health.simulator import Loopback, World
from promotions import Ready, of, ready, short_of

FAIL, PENDING, UNKNOWN = CriterionState.FAIL, CriterionState.PENDING, CriterionState.UNKNOWN
MAIN_CI, STAGING = CriterionName.MAIN_CI, CriterionName.STAGING_DEPLOY
RECORD, REACHABLE = CriterionName.GITHUB_DEPLOYMENT, CriterionName.STAGING_REACHABLE
SMOKE, E2E = CriterionName.SMOKE, CriterionName.E2E
ISOLATION, ISSUES = CriterionName.CREDENTIAL_ISOLATION, CriterionName.NO_OPEN_INCIDENT


@pytest.fixture
def shop(world: World, loopback: Loopback, tmp_path: Path) -> Ready:
    """Give a product whose head may go to production."""
    return ready(world, loopback, tmp_path)


def test_a_proven_commit_is_promoted_and_nothing_is_written(shop: Ready) -> None:
    """The check looks, tests and tells; it changes nothing anywhere."""
    ledger, before = shop.host.ledger.read_bytes(), len(shop.world.requests)
    told = shop.check()
    assert (told.answer, short_of(told)) == (Answer.PROMOTE, {})
    assert [(one.service, one.commit) for one in told.served] == [("web", shop.head)]
    asked = shop.world.requests[before:]
    assert not [one for one in asked if one.method != "GET" and one.document is None]
    assert not [one for one in asked if one.document and "mutation" in one.document]
    assert shop.host.ledger.read_bytes() == ledger


def test_a_check_asks_for_little(shop: Ready) -> None:
    """Every round trip costs the pipeline time: more of them must be meant."""
    before = len(shop.world.requests)
    shop.check()
    assert len(shop.world.requests) - before <= 12


# -- one proof missing -----------------------------------------------------------------------


def _land_and(change: Callable[[Ready, Sha], object]) -> Callable[[Ready], Sha]:
    def land(shop: Ready) -> Sha:
        sha = shop.land()
        change(shop, sha)
        return sha

    return land


def _without_record(shop: Ready) -> Sha:
    sha = shop.repo.push("second")
    shop.repo.run("CI", "success")
    shop.web.deploy("SUCCESS")
    shop.world.advance(15 * MINUTE)
    return sha


def _only_in_production(shop: Ready) -> Sha:
    sha = shop.repo.push("second")
    shop.repo.run("CI", "success")
    shop.live.deploy("SUCCESS")
    shop.repo.record_deployment("shop / staging", "success")
    shop.world.advance(30 * MINUTE)
    return sha


def _only_in_another_project(shop: Ready) -> Sha:
    sha = shop.repo.push("second")
    shop.repo.run("CI", "success")
    twin = shop.world.railway("twin").environment("staging").service("web", shop.repo)
    twin.deploy("SUCCESS")
    shop.repo.record_deployment("shop / staging", "success")
    shop.world.advance(30 * MINUTE)
    return sha


def _of_another_repository(shop: Ready) -> Sha:
    sha = shop.repo.push("second")
    shop.repo.run("CI", "success")
    shop.web.deploy("SUCCESS").repo = "mallory/shop"
    shop.repo.record_deployment("shop / staging", "success")
    shop.world.advance(30 * MINUTE)
    return sha


def _crash(shop: Ready, _: Sha) -> None:
    deployment = shop.web.latest
    assert deployment is not None
    shop.web.become(deployment, "CRASHED")


def _share(shop: Ready, _: Sha) -> None:
    shop.live.variables["SESSION_SECRET"] = shop.web.variables["SESSION_SECRET"]


def _rerun(shop: Ready, _: Sha) -> None:
    shop.repo.rerun(shop.repo.runs[-1])


MISSING = [
    ("CI red", _land_and(lambda shop, _: shop.repo.run("CI", "failure")), {MAIN_CI: FAIL}),
    (
        "a newer run was cancelled",
        _land_and(lambda shop, _: shop.repo.run("CI", "cancelled")),
        {MAIN_CI: PENDING},
    ),
    ("CI runs again", _land_and(_rerun), {MAIN_CI: PENDING}),
    (
        "Railway crashed since",
        _land_and(_crash),
        {STAGING: FAIL},
    ),
    (
        "an old commit was deployed again",
        _land_and(lambda shop, _: shop.web.deploy("SUCCESS", commit=shop.repo.branches["main"][0])),
        {STAGING: PENDING},
    ),
    (
        "skipped by Railway",
        _land_and(
            lambda shop, _: shop.web.deploy("SKIPPED", skipped_reason="CI check suite failed")
        ),
        {STAGING: FAIL},
    ),
    ("only in production", _only_in_production, {STAGING: FAIL}),
    ("only in another project", _only_in_another_project, {STAGING: FAIL}),
    ("of another repository", _of_another_repository, {STAGING: UNKNOWN}),
    ("no record at GitHub", _without_record, {RECORD: FAIL}),
    (
        "a failed record",
        _land_and(lambda shop, _: shop.repo.record_deployment("shop / staging", "failure")),
        {RECORD: FAIL},
    ),
    (
        "a record that was replaced",
        _land_and(
            lambda shop, _: shop.repo.record_deployment(
                "shop / staging", "success", sha=shop.repo.branches["main"][0]
            )
        ),
        {RECORD: FAIL},
    ),
    (
        "staging is down",
        _land_and(lambda shop, _: setattr(shop.site, "status", 503)),
        {REACHABLE: FAIL, SMOKE: FAIL},
    ),
    (
        "staging shows another page",
        _land_and(lambda shop, _: setattr(shop.site, "body", "maintenance")),
        {SMOKE: FAIL},
    ),
    ("a secret is shared", _land_and(_share), {ISOLATION: FAIL}),
]


@pytest.mark.parametrize(
    ("land", "expected"), [row[1:] for row in MISSING], ids=[row[0] for row in MISSING]
)
def test_one_missing_proof_blocks(
    shop: Ready,
    land: Callable[[Ready], Sha],
    expected: dict[CriterionName, CriterionState],
) -> None:
    """And it is that proof which is named; the end-to-end tests are not run for nothing."""
    told = shop.check(land(shop))
    assert told.answer is not Answer.PROMOTE
    found = short_of(told)
    found.pop(E2E)
    assert {name: found.get(name) for name in expected} == expected
    assert of(told, E2E).says.startswith("not run")


@pytest.mark.parametrize("host", ["railway", "github"])
def test_a_provider_that_cannot_be_read_is_unknown(
    shop: Ready, host: Literal["github", "railway"]
) -> None:
    """Not seeing is not health, and not the commit's failure either."""
    shop.world.faults.add(host=host, mode="status", status=502, times=999)
    told = shop.check()
    assert told.answer is Answer.UNKNOWN
    assert not told.final
