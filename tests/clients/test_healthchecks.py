from datetime import timedelta

import pytest

from pipeline_health.bootstrap import SystemClock
from pipeline_health.clients.errors import ClientError
from pipeline_health.clients.healthchecks import Healthchecks, ping_url
from pipeline_health.clients.http import Http
from pipeline_health.secret import Secret
from pipeline_health.simulator import Loopback, World

RID = "0b41e9a8-5e3c-4b0e-9b0d-1a2b3c4d5e6f"


@pytest.mark.parametrize(
    ("base", "what", "url"),
    [
        ("https://hc.example/uuid", "", "https://hc.example/uuid?rid=1"),
        ("https://hc.example/uuid/", "/start", "https://hc.example/uuid/start?rid=1"),
        (
            "https://kuma.example/api/push/x?status=up&msg=OK",
            "/fail",
            "https://kuma.example/api/push/x/fail?status=up&msg=OK&rid=1",
        ),
    ],
)
def test_a_ping_is_an_address(base: str, what: str, url: str) -> None:
    """What the given one asks for stays."""
    assert ping_url(base, what, rid="1") == url


def test_a_run_is_started_and_ended_under_one_name() -> None:
    """What it did is in the body, at most ten thousand bytes of it."""
    world = World()
    with Loopback(world) as loopback:
        http = Http(clock=SystemClock(), jitter=lambda: 0.0)
        url = Secret(f"{loopback.site_url('hc')}/our-uuid")
        switch = Healthchecks(url, rid=RID, http=http, clock=SystemClock())
        switch.start()
        switch.success("Looked at 1 project.")
        switch.fail("x" * 20_000)
        switch.close()

    calls = world.site("hc").calls
    assert [(call.method, call.target) for call in calls] == [
        ("POST", f"/our-uuid/start?rid={RID}"),
        ("POST", f"/our-uuid?rid={RID}"),
        ("POST", f"/our-uuid/fail?rid={RID}"),
    ]
    assert [len(call.body) for call in calls] == [0, 20, 10_000]


@pytest.mark.parametrize("status", [302, 404, 503, None])
def test_a_ping_that_nobody_took_is_an_error_without_its_address(status: int | None) -> None:
    """It is tried once."""
    world = World()
    world.site("hc").status = status
    with Loopback(world) as loopback:
        http = Http(clock=SystemClock(), jitter=lambda: 0.0)
        http.ending.end_within(timedelta(seconds=5))
        switch = Healthchecks(
            Secret(f"{loopback.site_url('hc')}/our-uuid"), rid=RID, http=http, clock=SystemClock()
        )
        with pytest.raises(ClientError) as caught:
            switch.success("done")
        switch.close()

    assert "our-uuid" not in str(caught.value)
    assert len(world.site("hc").calls) == 1
