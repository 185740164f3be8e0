"""Probes against servers that answer, lead on, dawdle, hang up, or are not who they say."""

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from pipeline_health.clients.addresses import is_internal
from pipeline_health.clients.errors import ClientError
from pipeline_health.clients.http import USER_AGENT
from pipeline_health.clients.visit import ForbiddenAddressError, failure_of, visit
from pipeline_health.clients.web import Web
from pipeline_health.core.model.urls import Probe
from wire import Asked, Said, Script, saying, unused_port

SHORT = timedelta(seconds=0.4)
TOO_SLOW = Probe(status=None, says="did not answer within 0.4 s")


@contextmanager
def talking(talk: Callable[[socket.socket], None]) -> Iterator[str]:
    """Give the URL of a server that lets *talk* have each connection, one after the other."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            while True:
                try:
                    line, _ = listener.accept()
                except OSError:
                    return
                with line:
                    try:
                        talk(line)
                    except OSError:
                        line.close()

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
        listener.shutdown(socket.SHUT_RDWR)
        thread.join(5)


def dribble(line: socket.socket) -> None:
    """Send an answer that would take an hour, byte by byte."""
    for byte in b"HTTP/1.1 200 OK\r\nX-Slow: " + b"z" * 36_000:
        line.send(bytes([byte]))
        time.sleep(0.1)


def shake_slowly(line: socket.socket) -> None:
    """Begin a TLS record of 16 KiB, and send it byte by byte."""
    for byte in b"\x16\x03\x03\x40\x00\x02\x00\x3f\xfc" + b"z" * 16_000:
        line.send(bytes([byte]))
        time.sleep(0.1)


def goes_on() -> bool:
    """Tell whether a probe still runs that nobody waits for, two seconds from now at the latest."""
    ends = time.monotonic() + 2
    while any(thread.name == "exchange" for thread in threading.enumerate()):
        if time.monotonic() > ends:
            return True
        time.sleep(0.02)
    return False


def probed(script: Script, path: str = "") -> Probe:
    """Ask *script* once."""
    with script.running():
        return Web().probe(script.url + path)


def test_a_probe_asks_once_under_our_name() -> None:
    """Whatever the status is, it is told, and nothing is asked twice."""
    script = saying(Said(status=503))

    assert probed(script) == Probe(status=503, says="answered 503")
    (asked,) = script.asked
    assert (asked.method, asked.headers["User-Agent"]) == ("GET", USER_AGENT)


def test_a_server_that_sends_a_byte_at_a_time_is_left_when_time_is_over() -> None:
    """The deadline is for the whole of it: each byte alone would be in time."""
    began = time.monotonic()
    with talking(dribble) as url:
        assert Web(deadline=SHORT).probe(url) == TOO_SLOW
        assert time.monotonic() - began < 2
        assert not goes_on()


def test_a_server_that_says_nothing_is_too_slow() -> None:
    """Silence ends with the deadline, too."""
    with talking(lambda _: time.sleep(1)) as url:
        assert Web(deadline=SHORT).probe(url) == TOO_SLOW


def test_a_handshake_that_does_not_end_is_cut_short() -> None:
    """TLS is part of the whole."""
    with talking(shake_slowly) as url:
        began = time.monotonic()
        assert Web(deadline=SHORT).probe(url.replace("http", "https")) == TOO_SLOW
        assert time.monotonic() - began < 2
        assert not goes_on()


def test_a_body_without_end_is_not_read() -> None:
    """The status is all that is asked for."""

    def flood(line: socket.socket) -> None:
        line.recv(4096)
        line.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n")
        while True:
            line.sendall(b"z" * 65536)

    began = time.monotonic()
    with talking(flood) as url:
        assert Web().probe(url) == Probe(status=200, says="answered 200")
    assert time.monotonic() - began < 2


def test_nobody_there_and_a_cut_are_told_apart() -> None:
    """Both are no answer."""
    with talking(lambda _: None) as url:
        cut = Web().probe(url)
    refused = Web().probe(f"http://127.0.0.1:{unused_port()}/")

    assert cut == Probe(status=None, says="broke the exchange off")
    assert refused == Probe(status=None, says="could not be connected to")


def test_a_certificate_that_nobody_vouches_for_is_told(tmp_path: Path) -> None:
    """TLS is verified; it is no sleeper's answer, because it does not get better by waiting."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    day = datetime(2020, 1, 1, tzinfo=UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), 1, day, day + timedelta(days=36500))
    ).sign(key, hashes.SHA256())
    pem = tmp_path / "site.pem"
    pem.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)

    def shake(line: socket.socket) -> None:
        context.wrap_socket(line, server_side=True).close()

    with talking(shake) as url:
        probe = Web().probe(url.replace("http", "https"))
        page = visit(url.replace("http", "https"), deadline=timedelta(seconds=10))

    assert probe == Probe(status=None, says="has a certificate that is not valid")
    assert not page.may_wake


def test_a_name_that_is_not_found_is_told() -> None:
    """The resolver's word is behind the library's."""
    error = httpx.ConnectError("…")
    error.__cause__ = OSError()
    error.__cause__.__context__ = socket.gaierror(-2, "Name or service not known")

    assert failure_of(error) == "has a name that cannot be found"


@pytest.mark.parametrize(
    "url",
    [
        "http://" + "a" * 70 + ".example/",
        "http://[::1/",
        "http://0177.0.0.1/",
    ],
)
def test_what_is_no_url_cannot_be_asked(url: str) -> None:
    """It is no failure of the site."""
    with pytest.raises(ClientError, match="cannot be asked"):
        Web().probe(url)


def test_railways_own_page_for_nobody_is_named() -> None:
    """Its edge answers where no application listens, and an application may answer 404 itself."""
    edge = Said(status=404, body=b'{"status":"error","code":404,"message":"Application not found"}')

    assert probed(saying(edge)).says == "answered 404: Railway has no application there"
    assert probed(saying(Said(status=404))).says == "answered 404"


# -- redirects -------------------------------------------------------------------------------


def leading(to: dict[str, str]) -> Script:
    """Give a server that redirects some paths, and answers 204 at the others."""

    def answer(asked: Asked) -> Said:
        target = to.get(asked.path)
        if target is None:
            return Said(status=204, body=b"")
        return Said(status=302, headers={"Location": target})

    return Script(answer)


def test_redirects_on_the_same_host_are_followed() -> None:
    """Three of them at most; the last answer counts."""
    script = leading({"/a": "/b", "/b": "/c", "/c": "/d"})
    script.url = script.url.removesuffix("/graphql/v2")

    assert probed(script, "/a") == Probe(status=204, says="answered 204")
    assert [asked.path for asked in script.asked] == ["/a", "/b", "/c", "/d"]


def test_a_redirect_without_end_is_left() -> None:
    """What leads on for ever leads on: that is what it answers."""
    script = leading({"/a": "/a"})
    script.url = script.url.removesuffix("/graphql/v2")

    assert probed(script, "/a") == Probe(status=302, says="answered 302")
    assert len(script.asked) == 4


@pytest.mark.parametrize(
    ("target", "host"),
    [
        ("http://169.254.169.254/latest/meta-data", "169.254.169.254"),
        ("https://login.example/start", "login.example"),
        ("http://127.0.0.1:1/", "127.0.0.1"),
        ("https://127.0.0.1/", "127.0.0.1"),
        ("http://metadata.google.internal/computeMetadata/v1/", "metadata.google.internal"),
        ("http://[fd00:ec2::254]/latest", "fd00:ec2::254"),
        ("http://[::ffff:169.254.169.254]/", "::ffff:169.254.169.254"),
        ("//169.254.169.254/latest/meta-data", "169.254.169.254"),
        ("http://10.0.0.1/", "10.0.0.1"),
        ("http://0.0.0.0/", "0.0.0.0"),  # noqa: S104 - an address like the others
        ("http://2852039166/", "2852039166"),
        ("http://0xa9fea9fe/", "0xa9fea9fe"),
        ("http://127.0.0.1@169.254.169.254/", "169.254.169.254"),
        ("ftp://127.0.0.1/", "127.0.0.1"),
        ("gopher://127.0.0.1:70/_GET", "127.0.0.1"),
    ],
    ids=lambda value: value[:40],
)
def test_a_redirect_to_another_place_is_told_and_not_followed(target: str, host: str) -> None:
    """Nobody chose that place but whoever answered."""
    script = leading({"/a": target})
    script.url = script.url.removesuffix("/graphql/v2")

    assert probed(script, "/a") == Probe(status=302, says=f"answered 302, which leads to {host}")
    assert len(script.asked) == 1


def test_another_name_is_another_place_at_any_port() -> None:
    """Who owns the one need not own the other."""
    targets: dict[str, str] = {}
    script = leading(targets)
    targets["/graphql/v2"] = script.url.replace("127.0.0.1", "127.1") + "/next"

    assert probed(script).says == "answered 302, which leads to 127.1"
    assert len(script.asked) == 1


@pytest.mark.parametrize(
    "target",
    [
        "http://[::1/",
        "http://0251.0376.0251.0376/",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "data:,x",
        "http://:0/",
    ],
)
def test_a_redirect_to_nothing_that_makes_sense_is_not_followed(target: str) -> None:
    """No browser could follow it, or it would read a file of ours: it is no answer of the site."""
    script = leading({"/graphql/v2": target})

    assert probed(script).status in (None, 302)
    assert len(script.asked) == 1


# -- where it may lead -----------------------------------------------------------------------


def test_a_name_that_leads_into_this_network_is_not_asked() -> None:
    """The connection is judged by where it got to; a loopback URL as such is the operator's."""
    script = saying(Said())

    with script.running():
        for name in ("127.1", "2130706433", "0x7f000001", "0x7f.0.0.1"):
            with pytest.raises(ForbiddenAddressError, match=rf"{name} leads to 127\.0\.0\.1"):
                Web().probe(script.url.replace("127.0.0.1", name))
        assert script.asked == []
        assert Web().probe(script.url).status == 200


@pytest.mark.parametrize(
    ("host", "internal"),
    [
        ("localhost", True),
        ("shop.localhost", True),
        ("127.0.0.1", True),
        ("10.1.2.3", True),
        ("172.16.0.1", True),
        ("192.168.1.1", True),
        ("169.254.169.254", True),
        ("100.64.0.1", True),
        ("0.0.0.0", True),  # noqa: S104 - an address like the others
        ("224.0.0.1", True),
        ("::1", True),
        ("fe80::1%eth0", True),
        ("fd00::1", True),
        ("::ffff:10.0.0.1", True),
        ("fd00:ec2::254", True),
        ("fec0::1", True),
        ("::127.0.0.1", True),
        ("::ffff:0:127.0.0.1", True),
        ("64:ff9b::a9fe:a9fe", True),
        ("64:ff9b:1::10.0.0.1", True),
        ("2002:a9fe:a9fe::1", True),
        ("2001:0:7f00:1::", True),
        ("64:ff9b::8.8.8.8", False),
        ("2002:808:808::1", False),
        ("8.8.8.8", False),
        ("2606:4700::1111", False),
        ("::ffff:8.8.8.8", False),
        ("shop.example", False),
    ],
)
def test_what_only_this_network_can_mean(host: str, *, internal: bool) -> None:
    """Private, loopback, link-local, shared and reserved addresses, in any dress."""
    assert is_internal(host) is internal


def test_a_proxy_is_used_but_for_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """To a proxy, which stands elsewhere, a loopback address would mean itself."""
    proxy, script = saying(Said(status=202)), saying(Said(status=201))
    monkeypatch.setenv("HTTP_PROXY", proxy.url.removesuffix("/graphql/v2"))

    with proxy.running(), script.running():
        assert Web().probe("http://shop.example/healthz").status == 202
        assert Web().probe(script.url).status == 201
    assert [asked.path for asked in proxy.asked] == ["http://shop.example/healthz"]
