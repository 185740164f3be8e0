"""What was learned and is still so is known for as long as it is asked for, whatever its age."""

from datetime import timedelta

import pytest

from agent_types import Shop
from pipeline_health.core.model.incident import Incident
from pipeline_health.ledger import SqlLedger

DAY = timedelta(days=1)
LOG = "error: Cannot find module './cart'"


def known(shop: Shop) -> Incident:
    """Give the one incident that is kept."""
    with SqlLedger.read_only(shop.host.ledger) as ledger:
        (incident,) = ledger.incidents()
    return incident


def passages(shop: Shop) -> str:
    """Give what is kept of the commits that passed staging."""
    with SqlLedger.read_only(shop.host.ledger) as ledger:
        return ledger.recall("passages", "shop") or ""


@pytest.mark.parametrize("where", ["github", "railway"])
def test_what_a_failure_said_outlives_its_log(shop: Shop, where: str) -> None:
    """A provider drops logs, after 90 days at most; what is open keeps its evidence."""
    shop.host.stay_indoors()
    shop.host.extra = '[limits]\nretention = "30d"'
    if where == "github":
        shop.fail_ci(LOG)
    else:
        shop.fail_deploy(LOG)
    shop.host.cycle()
    shop.host.cycle(after=timedelta(hours=2))
    before = known(shop)
    for run in shop.repo.runs:
        for job in run.jobs:
            job.log = ""
    for deployment in shop.web.deployments:
        deployment.build_log = ""
    for _ in range(3):
        shop.host.cycle(after=16 * DAY)

    assert before.evidence is not None
    assert "Cannot find module" in before.evidence.tail
    assert known(shop).evidence == before.evidence


def test_how_long_commits_took_is_known_after_a_quiet_season(shop: Shop) -> None:
    """Nothing new passed staging, and what did took no less time: production may lag as long."""
    shop.host.stay_indoors()
    shop.host.extra = '[limits]\nretention = "30d"'
    for _ in range(2):
        shop.repo.push("next")
        shop.repo.run("CI", "success")
        shop.world.advance(timedelta(minutes=9))
        shop.web.deploy("SUCCESS")
        shop.host.cycle()
    before = passages(shop)
    for _ in range(3):
        shop.host.cycle(after=16 * DAY)

    assert before.count("\n") == 3
    assert passages(shop) == before
