"""Stories of providers that want to be left alone, and of repositories that are very full."""

import time

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


def test_ten_thousand_issues_of_other_people_cost_nothing(shop: Shop) -> None:
    """One issue is filed and closed among them; a quiet look asks as little as ever."""
    for at in range(10_000):
        shop.repo.open_issue(f"An idea {at}", "It would be nice.", user=f"user-{at % 700}")
    before = asked(shop, "github")
    shop.host.cycle()
    assert asked(shop, "github") - before <= 2

    shop.fail_ci()
    shop.host.cycles(2)
    (issue,) = ours(shop.repo)
    assert "open" == issue.state

    shop.repo.push("mended")
    shop.repo.run("CI", "success", jobs={"build": "success", "test": "success"})
    shop.host.cycles(2)
    assert ("closed", 1) == (issue.state, len(ours(shop.repo)))
    assert all(not other.comments for other in shop.repo.issues.values() if other is not issue)


def test_a_provider_that_hangs_blinds_neither_the_other_nor_the_writes(shop: Shop) -> None:
    """Railway has a third of the cycle's time; what GitHub showed is filed in what is left."""
    shop.host.extra = '[limits]\ncycle_deadline = "6s"'
    shop.fail_ci()
    shop.world.faults.add(host="railway", mode="delay", seconds=60, times=99)
    began = time.monotonic()

    report = shop.host.cycles(2)[-1]

    assert time.monotonic() - began < 12
    reasons = {b.source: b.why for project in report.projects for b in project.blind}
    assert reasons.keys() <= {"railway", "audit"}
    assert "took longer than the time that was left" in reasons["railway"]
    assert ["Main CI red: CI (shop)"] == [issue.title for issue in ours(shop.repo)]
