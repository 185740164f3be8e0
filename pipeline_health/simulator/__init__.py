"""A pretend GitHub, Railway, and sites: state under one clock, and the services over it.

    world = World()
    shop = world.repo("acme/shop")
    shop.push("Add a basket")
    shop.run("CI", "failure", jobs={"build": "success", "test": "failure"}, log="boom")
    with Loopback(world) as loopback: ...  # loopback.github_url, .railway_url, .site_url("shop")

`Simulator` answers the same calls in this process, without a socket. What a client asks for that
no provider would understand ends up in `world.refusals`.
"""

from pipeline_health.simulator.clock import WorldClock
from pipeline_health.simulator.exchange import Answer, Call, ConnectionCut
from pipeline_health.simulator.http import Loopback
from pipeline_health.simulator.service import Simulator
from pipeline_health.simulator.world import Refusal, Request, World

__all__ = [
    "Answer",
    "Call",
    "ConnectionCut",
    "Loopback",
    "Refusal",
    "Request",
    "Simulator",
    "World",
    "WorldClock",
]
