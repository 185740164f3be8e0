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
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path

from benchmarks.indoors import Indoors
from benchmarks.portfolio import Portfolio
from benchmarks.recorded import Asked, kept
from pipeline_health.bootstrap import SystemClock
from pipeline_health.simulator import Answer, Call, Loopback, World
from pipeline_health.simulator.faults import Host


class Road:
    """What every call takes to a provider and back: so many seconds, and noted."""

    def __init__(self, round_trip: float) -> None:
        self._round_trip = round_trip
        self._gate = threading.Lock()
        self.asked: list[Asked] = []

    def __call__(self, host: Host, call: Call, /, *, answer: Callable[[Call], Answer]) -> Answer:
        """Carry one call; a provider that thinks for long adds nothing but what is beyond that."""
        began = time.monotonic()
        answered = answer(call)
        time.sleep(max(began + self._round_trip - time.monotonic(), 0.0))
        asked = Asked(
            host=host,
            method=call.method,
            target=call.target,
            headers=dict(call.headers),
            body=call.body.decode(),
            began=began,
            ended=time.monotonic(),
        )
        with self._gate:
            self.asked.append(asked)
        return answered


def main(number: int, home: Path) -> None:
    """Build, and serve as often as is asked for."""
    portfolio = Portfolio(number, now=SystemClock().now())
    (home / "pipeline-health.toml").write_text(portfolio.configuration())
    gc.collect()
    gc.freeze()  # so that a fork copies nothing that it does not write
    _apart(lambda: _learn(portfolio, home))
    _say({"ready": number})
    with io.FileIO(sys.stdin.fileno()) as orders:  # no buffer: the forks read the same lines
        while line := orders.readline():
            _apart(partial(_serve, portfolio, json.loads(line), orders))


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


def _learn(portfolio: Portfolio, home: Path) -> None:
    with (home / "learning.log").open("wb") as log:
        os.dup2(log.fileno(), sys.stdout.fileno())  # which is for whoever gives orders
    indoors = Indoors(world=portfolio.world, home=home)
    indoors.learn([product.name for product in portfolio.products])


def _serve(portfolio: Portfolio, order: dict[str, float | str], orders: io.RawIOBase) -> None:
    world = portfolio.world
    world.advance(max(SystemClock().now() - world.now(), timedelta(0)))
    portfolio.fail(int(order["failing"]))
    road = Road(float(order["round_trip"]))
    with Loopback(world, road=road) as loopback:
        _say({"github": loopback.github_url, "railway": loopback.railway_url})
        orders.readline()
    kept(road.asked, Path(str(order["keep"])))
    _say(_told(world))


def _told(world: World) -> dict[str, object]:
    hosts = Counter(request.host for request in world.requests)
    return {
        "github": hosts["github"],
        "railway": hosts["railway"],
        "points": sum(r.cost for r in world.requests if r.host == "github"),
        "refusals": [refusal.problems for refusal in world.refusals],
        "cpu": time.process_time(),
    }


def _say(told: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(told) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
