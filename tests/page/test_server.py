"""The page on a real port: taken or not, and gone as soon as the service ends."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest

from exhibition import Exhibition
from pipeline_health.core.model.address import Address
from pipeline_health.page.server import PageServer, PlaceTakenError, taken

ANY = Address(host="127.0.0.1", port=0)


@contextmanager
def served(exhibition: Exhibition) -> Iterator[str]:
    """Serve the page at some port of this host."""
    at = taken(ANY)
    with PageServer(exhibition.app, at):
        yield f"http://127.0.0.1:{at.getsockname()[1]}"


def test_it_answers_over_http(empty: Exhibition, socket_enabled: None) -> None:
    """As it does without: reading, and nothing that names the server."""
    with served(empty) as url, httpx.Client(base_url=url, trust_env=False) as client:
        page, head = client.get("/"), client.head("/healthz")
        assert page.status_code == head.status_code == 200
        assert (head.content, head.headers["content-length"]) == (b"", "3")
        assert "server" not in page.headers
        assert client.post("/").status_code == 405
        assert client.get("/feed.json", headers={"Host": "evil.example"}).status_code == 403


def test_what_is_no_request_of_ours_fills_no_log(
    empty: Exhibition,
    socket_enabled: None,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Whoever reaches the port could write to it as much as he likes, and needs no password."""
    upgrade = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: upgrade\r\nUpgrade: websocket\r\n"
    with served(empty) as url:
        for said in (b"\x00\x01\r\n\r\n", b"GET / HTTP/1.1\r\n\r\n", upgrade + b"\r\n"):
            with socket.create_connection(("127.0.0.1", int(url.rpartition(":")[2]))) as caller:
                caller.settimeout(10)
                caller.sendall(said)
                assert caller.recv(100).startswith((b"HTTP/1.1 400", b"HTTP/1.1 200"))
    assert (caplog.text, capsys.readouterr().out) == ("", "")


def test_it_ends_at_once_though_somebody_holds_on(empty: Exhibition, socket_enabled: None) -> None:
    """A connection that says nothing, or half of a request, keeps nobody."""
    with served(empty) as url:
        port = int(url.rpartition(":")[2])
        idle = socket.create_connection(("127.0.0.1", port))
        half = socket.create_connection(("127.0.0.1", port))
        half.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n")
        assert httpx.get(f"{url}/healthz", trust_env=False).text == "ok\n"
        ending = time.monotonic()
    assert time.monotonic() - ending < 5
    assert "page" not in [thread.name for thread in threading.enumerate()]
    idle.close()
    half.close()
    with pytest.raises(httpx.ConnectError):
        httpx.get(url, trust_env=False)


def test_a_connection_is_not_for_ever(empty: Exhibition, socket_enabled: None) -> None:
    """Neither who says half of a request nor who does not read the answer holds a place."""
    at = taken(ANY)
    with PageServer(empty.app, at, longest=0.3):
        half = socket.create_connection(at.getsockname())
        half.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n")
        half.settimeout(10)
        assert half.recv(1) == b""
        half.close()


def test_a_place_that_is_taken_is_named_with_what_to_do() -> None:
    """In one sentence."""
    with taken(ANY) as first:
        address = Address(host="127.0.0.1", port=first.getsockname()[1])
        with pytest.raises(PlaceTakenError) as caught:
            taken(address)
    assert str(caught.value).startswith(
        f"the page cannot be served at {address}: Address already in use"
    )
    assert "is another `pipeline-health serve` running? Choose another place" in str(caught.value)
    assert "--listen ADDRESS:PORT" in str(caught.value)
    assert "--listen off" in str(caught.value)
    elsewhere = Address(host="203.0.113.9", port=8484)
    with pytest.raises(PlaceTakenError, match=r"requested address[^;?]*\. Choose another place"):
        taken(elsewhere)
