"""Stories of providers that want to be left alone, and of repositories that are very full."""

import time
from dataclasses import replace

from agent_types import Shop
from hosts import MINUTE, ours
from pipeline_health.simulator.faults import Mode

WHOLE: tuple[Mode, ...] = ("status", "html", "truncate")
"""What goes wrong in an answer that comes as a whole."""


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


def connections(shop: Shop, *, at_once: int = 1) -> tuple[int, int]:
    """Run a cycle and count the connections that it made, to GitHub and to Railway."""
    before = shop.host.loopback.connections
    shop.host.machine = replace(shop.host.machine, at_once=at_once)
    shop.host.cycle()
    github, railway = shop.host.loopback.connections
    return github - before[0], railway - before[1]


def test_a_cycle_makes_one_connection_to_each_provider_whatever_happens(shop: Shop) -> None:
    """Errors, logs and writes included: a handshake costs more than most questions."""
    assert (1, 1) == connections(shop)
    shop.fail_ci()
    shop.web.deploy("FAILED", log="error: boom")
    for mode in WHOLE:
        for match in ("query Look", "/jobs"):
            shop.world.faults.add(host="github", mode=mode, match=match, status=503)
        shop.world.faults.add(host="railway", mode=mode, match="query Look", status=503)

    assert (1, 1) == connections(shop)
    assert (1, 1) == connections(shop)
    assert 2 == len(ours(shop.repo))
    assert (1, 1) == connections(shop, at_once=8)


def test_only_a_connection_that_broke_is_made_again(shop: Shop) -> None:
    """One broke on either side."""
    shop.world.faults.add(host="github", mode="cut_before", match="query Look")
    shop.world.faults.add(host="railway", mode="cut_after", match="query Look")

    assert (2, 2) == connections(shop)
