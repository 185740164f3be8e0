"""A pretend product behind a URL: it answers, sleeps, or hangs up."""

import httpx
import pytest

from pipeline_health.simulator import Loopback, World


def test_a_site_answers_what_it_is_told_to() -> None:
    """Any path, with the status and the headers of the moment; what was asked is noted."""
    world = World()
    with Loopback(world) as loopback:
        url = loopback.site_url("shop")
        first = httpx.get(f"{url}/healthz")
        world.site("shop").status = 302
        world.site("shop").headers["Location"] = "/login"
        second = httpx.get(f"{url}/?a=1")

    assert (first.status_code, second.status_code) == (200, 302)
    assert second.headers["Location"] == "/login"
    assert world.site("shop").asked == ["/healthz", "/?a=1"]


def test_each_site_has_a_port_of_its_own() -> None:
    """Two sites are two hosts; one is the same however often it is asked for."""
    with Loopback(World()) as loopback:
        assert loopback.site_url("shop") == loopback.site_url("shop")
        assert loopback.site_url("shop") != loopback.site_url("film")


def test_a_sleeping_site_needs_one_request_to_wake() -> None:
    """The first answer is 502, the next its own."""
    world = World()
    world.site("shop").sleeps = True
    with Loopback(world) as loopback:
        url = loopback.site_url("shop")
        statuses = [httpx.get(url).status_code for _ in range(2)]

    assert statuses == [502, 200]


def test_a_silent_site_hangs_up() -> None:
    """The connection ends without a byte."""
    world = World()
    world.site("shop").status = None
    with Loopback(world) as loopback, pytest.raises(httpx.RemoteProtocolError):
        httpx.get(loopback.site_url("shop"))
