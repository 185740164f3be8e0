"""Asks a URL once, in a time that nobody can stretch, and reads no more of the answer than wanted.

Nobody waits for longer than that (`ending`), and then the connection is shut down. Nothing is
decompressed: what comes packed although nobody asked for that is kept as it came.
"""

import socket
import ssl
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import field
from datetime import timedelta
from http import HTTPStatus
from typing import Any

import httpx

from pipeline_health.clients.addresses import is_internal, is_same_place
from pipeline_health.clients.ending import Ending, TooLateError, bounded
from pipeline_health.clients.errors import ClientError
from pipeline_health.clients.http import USER_AGENT, Transport, trusted
from pipeline_health.clients.within import Within
from pipeline_health.core.inert import plain
from pipeline_health.frozen import dataclass

HOPS = 3
GLANCE = 4096
_HEADERS = {
    "User-Agent": USER_AGENT,
    "Accept-Encoding": "identity",
    "Cache-Control": "no-cache",
}
# What Railway's edge answers where no application listens (station.railway.com, 2025).
_EDGE = b"Application not found"
# What comes while a service wakes up, beside that page and no answer at all.
_WAKING = frozenset({502, 503, 504})


class ForbiddenAddressError(ClientError):
    """A public name leads to an address that only this network can mean: it was not asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Where a visit ended; *status* is None when no answer came.

    *says* completes a sentence that begins with the URL. *body* is its beginning, in the *packing*
    in which it came, and *cut* when there was more of it. *may_wake* says that the same may work a
    moment later, because this is what a service gives that sleeps.
    """

    status: int | None
    says: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    packing: str = ""
    cut: bool = False
    may_wake: bool = False


def visit(
    url: str,
    *,
    deadline: timedelta,
    ending: Ending | None = None,
    body: int = 0,
    transport: Transport | None = None,
) -> Page:
    """Ask *url* once, following redirects on its own host, and never for longer than *deadline*.

    At most *body* bytes are kept. Raises ForbiddenAddressError when the name leads into a private
    network, and another ClientError for a URL that nobody could ask: when *ending* cut the visit
    short, nothing is known of the URL. *transport* replaces the network.
    """
    seconds = deadline.total_seconds()
    ends = time.monotonic() + seconds

    def left() -> float:
        own = ends - time.monotonic()
        return own if ending is None else min(own, ending.left())

    going = _Visit(url, timeout=seconds, body=body, transport=transport)
    if isinstance(transport, Within):
        return going.page()
    try:
        return bounded(going.page, left=left)
    except TooLateError as exc:
        going.cut()
        if ending is None or time.monotonic() >= ends:
            return _too_slow(seconds)
        msg = f"{ending.why} to ask {url}"
        raise ClientError(msg, retryable=True) from exc


class _Visit:
    """One visit, from the first hop to the last."""

    def __init__(self, url: str, *, timeout: float, body: int, transport: Transport | None) -> None:
        self._url = url
        self._timeout = timeout
        self._body = body
        self._transport = transport
        self._host = ""
        self._direct = True
        self._over = False
        self._line: socket.socket | None = None

    def page(self) -> Page:
        """Ask, and tell where that ended; raises as `visit` does."""
        try:
            return self._asked(_url_of(self._url))
        except UnicodeError as exc:  # while the name is looked up
            msg = f"{self._url} cannot be asked: {exc}"
            raise ClientError(msg) from exc
        except httpx.InvalidURL:  # that of the answer: ours was read
            return Page(status=None, says="leads to an address that is none")
        except httpx.TimeoutException:
            return _too_slow(self._timeout)
        except httpx.HTTPError as exc:
            return _failed(exc)
        finally:
            self.cut()

    def cut(self) -> None:
        """Shut the connection down, whoever waits for it."""
        self._over = True
        self._hold(None)

    def _hold(self, line: socket.socket | None) -> None:
        before, self._line = self._line, line
        if before is not None:
            with suppress(OSError):  # it is over already
                before.shutdown(socket.SHUT_RDWR)
            before.close()

    def _asked(self, url: httpx.URL) -> Page:
        self._host = url.raw_host.decode()
        # To a proxy, which stands elsewhere, the addresses of this machine mean another one.
        direct = is_internal(self._host)
        with httpx.Client(
            verify=trusted(),
            trust_env=not direct,
            timeout=self._timeout,
            transport=self._transport,
        ) as client:
            for _ in range(HOPS):
                page, target = self._hop(client, url)
                if target is None:
                    return page
                url = target
            return self._hop(client, url)[0]

    def _hop(self, client: httpx.Client, url: httpx.URL) -> tuple[Page, httpx.URL | None]:
        """Send one request; gives where it leads on this host, None when it ends here."""
        with client.stream(
            "GET", url, headers=_HEADERS, extensions={"trace": self._watch}
        ) as response:
            says = f"answered {response.status_code}"
            following = response.next_request
            target = None if following is None else following.url
            if target is not None and not is_same_place(url, target):
                says = f"{says}, which leads to {plain(target.raw_host.decode())}"
                target = None
            return self._page(response, says, wanted=0 if target else self._body), target

    def _page(self, response: httpx.Response, says: str, *, wanted: int) -> Page:
        missing = response.status_code == HTTPStatus.NOT_FOUND
        body = _start(response, max(wanted, GLANCE if missing else 0))
        edge = missing and _EDGE in body[:GLANCE]
        return Page(
            status=response.status_code,
            says=f"{says}: Railway has no application there" if edge else says,
            headers={name.lower(): value for name, value in response.headers.items()},
            body=body[:wanted],
            packing=response.headers.get("content-encoding", ""),
            cut=len(body) > wanted,
            may_wake=edge or response.status_code in _WAKING,
        )

    def _watch(self, event: str, info: Mapping[str, Any]) -> None:
        """Keep hold of the connection, and let nothing be sent to where it must not lead."""
        if event == "connection.connect_tcp.started":
            self._direct = info["host"] == self._host
        if event != "connection.connect_tcp.complete":
            return
        stream = info["return_value"]
        # A copy of the socket: TLS takes the original over, and could not be cut short then.
        self._hold(stream.get_extra_info("socket").dup())
        if self._over:
            self.cut()
        address = stream.get_extra_info("server_addr")[0]
        if self._direct and is_internal(address) and not is_internal(self._host):
            stream.close()
            msg = f"{self._host} leads to {address}, which is no public address; it is not asked"
            raise ForbiddenAddressError(msg)


def _url_of(text: str) -> httpx.URL:
    try:
        return httpx.URL(text)
    except httpx.InvalidURL as exc:
        msg = f"{text} cannot be asked: {exc}"
        raise ClientError(msg) from exc


def _start(response: httpx.Response, wanted: int) -> bytes:
    """Read until there is more than *wanted* or no more; what is not wanted is not waited for."""
    body = bytearray()
    if wanted:
        for chunk in response.iter_raw():
            body += chunk
            if len(body) > wanted:
                break
    return bytes(body)


def _too_slow(seconds: float) -> Page:
    return Page(status=None, says=f"did not answer within {seconds:g} s", may_wake=True)


def _failed(exc: httpx.HTTPError) -> Page:
    trusts = not any(isinstance(cause, ssl.SSLCertVerificationError) for cause in _causes(exc))
    return Page(status=None, says=failure_of(exc), may_wake=trusts)


def failure_of(exc: httpx.HTTPError) -> str:
    """Say what went wrong, in words that end a sentence about the URL."""
    causes = tuple(_causes(exc))
    if any(isinstance(cause, socket.gaierror) for cause in causes):
        return "has a name that cannot be found"
    if any(isinstance(cause, ssl.SSLCertVerificationError) for cause in causes):
        return "has a certificate that is not valid"
    if isinstance(exc, httpx.ConnectError):
        return "could not be connected to"
    return "broke the exchange off"


def _causes(exc: BaseException) -> Iterator[BaseException]:
    """Give *exc* and everything that it came from."""
    cause: BaseException | None = exc
    while cause is not None:
        yield cause
        cause = cause.__cause__ or cause.__context__
