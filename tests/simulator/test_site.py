"""A pretend product behind a URL: it answers, sleeps, or hangs up."""

import time

import httpx
import pytest

from pipeline_health.simulator import Loopback, World
from pipeline_health.simulator.site import Page


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


def test_a_deep_sleeper_needs_as_many_requests_as_it_is_told() -> None:
    """On Railway the edge may answer for it with a page of its own."""
    world = World()
    world.site("shop").sleeps = 2
    world.site("shop").edge = True
    with Loopback(world) as loopback:
        answers = [httpx.get(loopback.site_url("shop")) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [404, 404, 200]
    assert answers[0].json()["message"] == "Application not found"


def test_a_page_answers_at_its_path_alone() -> None:
    """Whatever the query; all other paths are answered as the site is."""
    world = World()
    world.site("shop").pages["/version"] = Page(
        status=203, body='{"commit":"a"}', headers={"Content-Type": "application/json"}
    )
    with Loopback(world) as loopback:
        url = loopback.site_url("shop")
        page, other = httpx.get(f"{url}/version?x=1"), httpx.get(f"{url}/versions")

    assert (page.status_code, page.json()) == (203, {"commit": "a"})
    assert page.headers["Content-Type"] == "application/json"
    assert (other.status_code, other.text) == (200, "a product")


def test_a_page_takes_its_time() -> None:
    """Before the answer, and before each byte of its body."""
    world = World()
    world.site("shop").pages["/late"] = Page(delay=0.1)
    world.site("shop").pages["/slow"] = Page(body="12345", pace=0.03)
    with Loopback(world) as loopback:
        for path in ("/late", "/slow"):
            began = time.monotonic()
            assert httpx.get(loopback.site_url("shop") + path).status_code == 200
            assert time.monotonic() - began > 0.09


def test_a_page_is_cut_off() -> None:
    """A body was promised, and does not come."""
    world = World()
    world.site("shop").cut = True
    with Loopback(world) as loopback, pytest.raises(httpx.RemoteProtocolError):
        httpx.get(loopback.site_url("shop"))
