"""The pretend providers as a process: `python -m benchmarks.pretend PROJECTS HOME`.

It builds a portfolio, writes its configuration into HOME, says that it is ready, and then does what
it is told, a line of JSON each: `{"failing": 3, "round_trip": 0.05, "keep": "FILE"}` serves that
portfolio, which is told where, until any next line; what was asked is then in FILE, and the figures
are told. Each serving is a fork: whatever is written there, the next one begins as the first did.
"""

import gc
import io
import json
import os
import socket
import sys
import time
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path

from benchmarks.indoors import Indoors
from benchmarks.portfolio import Portfolio
from benchmarks.recorded import kept
from benchmarks.road import Road
from benchmarks.road import keep as keep_said
from benchmarks.road import kept as road_before
from pipeline_health.bootstrap import SystemClock
from pipeline_health.simulator import Loopback, World


def main(number: int, home: Path) -> None:
    """Build, and serve as often as is asked for."""
    portfolio = Portfolio(number, now=SystemClock().now())
    (home / "pipeline-health.toml").write_text(portfolio.configuration())
    gc.collect()
    gc.freeze()  # so that a fork copies nothing that it does not write
    # They are at one place always: who we are there is remembered, and much else.
    ports = _free_port(), _free_port()
    _apart(partial(_learn, portfolio, home, ports))
    # In every serving it is this moment, so that the same is answered.
    portfolio.world.advance(SystemClock().now() - portfolio.world.now())
    _say({"ready": number})
    with io.FileIO(sys.stdin.fileno()) as orders:  # no buffer: the forks read the same lines
        while line := orders.readline():
            order = json.loads(line)
            _apart(partial(_serve, portfolio, home, ports, order, orders))


def _apart(act: Callable[[], None]) -> None:
    """Do *act* in a fork, so that this world stays as it is."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            act()
            code = 0
        finally:
            os._exit(code)
    if os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]):
        sys.exit("the pretend providers failed")


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as tried:
        port: int = tried.getsockname()[1]
        return port


def _learn(portfolio: Portfolio, home: Path, ports: tuple[int, int]) -> None:
    with (home / "learning.log").open("wb") as log:
        os.dup2(log.fileno(), sys.stdout.fileno())  # which is for whoever gives orders
    at = Loopback(portfolio.world, ports=ports)
    indoors = Indoors(portfolio.world, home, github=at.github_url, railway=at.railway_url)
    indoors.learn([product.name for product in portfolio.products])


def _serve(
    portfolio: Portfolio,
    home: Path,
    ports: tuple[int, int],
    order: dict[str, float | str],
    orders: io.RawIOBase,
) -> None:
    failing, keep = int(order["failing"]), Path(str(order["keep"]))
    portfolio.fail(failing)
    before = home / f"said-{failing}.json"
    road = Road(portfolio.world, round_trip=float(order["round_trip"]), said=road_before(before))
    with Loopback(portfolio.world, road=road, ports=ports) as loopback:
        _say({"github": loopback.github_url, "railway": loopback.railway_url})
        orders.readline()
    kept(road.asked, keep)
    keep_said(road.said, before)
    _say(_told(portfolio.world, road))


def _told(world: World, road: Road) -> dict[str, object]:
    hosts = Counter(host for host, _ in road.costs)
    return {
        "opened": sum(len(repo.issues) for repo in world.registry.all()),  # none, as it was built
        "github": hosts["github"],
        "railway": hosts["railway"],
        "points": sum(cost for host, cost in road.costs if host == "github"),
        "refusals": [refusal.problems for refusal in world.refusals],
        "cpu": time.process_time(),
    }


def _say(told: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(told) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
