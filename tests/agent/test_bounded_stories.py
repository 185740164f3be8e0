"""Stories of providers that want to be left alone, and of repositories that are very full."""

from agent_types import Shop
from hosts import MINUTE, ours


def asked(shop: Shop, host: str) -> int:
    """Count the requests that a provider got so far."""
    return sum(request.host == host for request in shop.world.requests)


def test_githubs_wait_is_obeyed_over_cycles_and_then_the_failure_is_filed(shop: Shop) -> None:
    """For 20 minutes GitHub is not asked at all; that is told, and nothing is lost by it."""
    shop.world.faults.add(host="github", mode="secondary_limit", seconds=1200)
    shop.host.cycle()
    shop.fail_ci()
    before = asked(shop, "github")

    reports = shop.host.cycles(3)

    assert before == asked(shop, "github")
    for report in reports:
        reasons = {blind.why for project in report.projects for blind in project.blind}
        assert any("its rate limit is used up until" in why for why in reasons)
    assert [] == ours(shop.repo)

    shop.host.cycles(2)
    assert ["Main CI red: CI (shop)"] == [issue.title for issue in ours(shop.repo)]


def test_railways_wait_is_obeyed_over_cycles(shop: Shop) -> None:
    """GitHub is asked meanwhile."""
    shop.world.faults.add(host="railway", mode="primary_limit", status=429, seconds=1000)
    shop.host.cycle()
    before = asked(shop, "railway"), asked(shop, "github")

    shop.host.cycles(2)
    assert before[0] == asked(shop, "railway")
    assert before[1] < asked(shop, "github")

    shop.host.cycle(after=20 * MINUTE)
    assert before[0] < asked(shop, "railway")
