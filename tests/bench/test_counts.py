"""How much is asked in a quiet cycle: counts only, so that every machine says the same."""

from collections import Counter
from datetime import timedelta
from pathlib import Path

from benchmarks.indoors import Indoors
from benchmarks.portfolio import A_MONDAY, Portfolio
from pipeline_health.simulator import WorldClock


def test_a_hundred_quiet_projects_cost_a_dozen_requests(tmp_path: Path) -> None:
    """What is learned once a day is known; one project's audit and habits come in each cycle."""
    portfolio = Portfolio(100, now=A_MONDAY)
    (tmp_path / "pipeline-health.toml").write_text(portfolio.configuration())
    world = portfolio.world
    indoors = Indoors(world, tmp_path, clock=WorldClock(world))
    indoors.learn([product.name for product in portfolio.products])
    world.advance(timedelta(minutes=5))
    world.requests.clear()

    report = indoors.cycle()

    assert report.sentence == "Looked at 100 projects; nothing that was seen is broken."
    hosts = Counter(request.host for request in world.requests)
    points = sum(request.cost for request in world.requests if request.host == "github")
    assert hosts.total() <= 12
    assert (hosts["railway"] <= 6, points <= 11) == (True, True)
    assert world.refusals == []
