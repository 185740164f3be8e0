"""Asks a URL whether anything answers there: once, in a time that nobody can stretch.

httpx bounds each step of an exchange and not the whole of it: a server that sends a byte a second
keeps it busy for hours. So every probe runs in a thread that its asker waits for only so long, and
whose connection is shut down when that time is over.
"""

import socket
import ssl
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import timedelta
from http import HTTPStatus
from ipaddress import IPv6Address, ip_address
from threading import Thread
from typing import Any

import httpx

from pipeline_health.clients.errors import ClientError
from pipeline_health.clients.http import USER_AGENT, trusted
from pipeline_health.core.model.urls import Probe

DEADLINE = timedelta(seconds=10)
HOPS = 3
_GLANCE = 4096
# What Railway's edge answers where no application listens (station.railway.com, 2025).
_EDGE = b"Application not found"


class ForbiddenAddressError(ClientError):
    """A public name leads to an address that only this network can mean: it was not asked."""


class Web:
    """Probes URLs; several threads may do so at once."""

    def __init__(self, *, deadline: timedelta = DEADLINE) -> None:
        self._deadline = deadline.total_seconds()

    def probe(self, url: str) -> Probe:
        """Ask *url* once, following redirects on its own host, and never for longer than allowed.

        Raises ForbiddenAddressError when the name leads into a private network, and another
        ClientError for a URL that nobody could ask.
        """
        visit = _Visit(url, timeout=self._deadline)
        thread = Thread(target=visit.run, name="probe", daemon=True)
        thread.start()
        thread.join(self._deadline)
        if thread.is_alive():
            visit.cut()
            return _too_slow(self._deadline)
        if isinstance(visit.outcome, ClientError):
            raise visit.outcome
        return visit.outcome


class _Visit:
    """One probe, from the first hop to the last."""

    def __init__(self, url: str, *, timeout: float) -> None:
        self.outcome: Probe | ClientError = ClientError(f"{url} was not asked")
        self._url = url
        self._timeout = timeout
        self._host = ""
        self._direct = True
        self._over = False
        self._line: socket.socket | None = None

    def run(self) -> None:
        """Ask, and keep what came of it."""
        try:
            self.outcome = self._asked(httpx.URL(self._url))
        except ForbiddenAddressError as exc:
            self.outcome = exc
        except (httpx.InvalidURL, UnicodeError) as exc:
            self.outcome = ClientError(f"{self._url} cannot be asked: {exc}")
        except httpx.TimeoutException:
            self.outcome = _too_slow(self._timeout)
        except httpx.HTTPError as exc:
            self.outcome = Probe(status=None, says=failure_of(exc))
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

    def _asked(self, url: httpx.URL) -> Probe:
        self._host = url.raw_host.decode()
        # To a proxy, which stands elsewhere, the addresses of this machine mean another one.
        direct = is_internal(self._host)
        with httpx.Client(verify=trusted(), trust_env=not direct, timeout=self._timeout) as client:
            for _ in range(HOPS):
                probe, target = self._hop(client, url)
                if target is None:
                    return probe
                url = target
            return self._hop(client, url)[0]

    def _hop(self, client: httpx.Client, url: httpx.URL) -> tuple[Probe, httpx.URL | None]:
        """Send one request; gives where it leads on this host, None when it ends here."""
        with client.stream(
            "GET",
            url,
            headers={"User-Agent": USER_AGENT, "Accept-Encoding": "identity"},
            extensions={"trace": self._watch},
        ) as response:
            says = f"answered {response.status_code}"
            following = response.next_request
            target = None if following is None else following.url
            if target is not None and not _is_same_place(url, target):
                says = f"{says}, which leads to {target.raw_host.decode()}"
                target = None
            if response.status_code == HTTPStatus.NOT_FOUND and _EDGE in _start(response):
                says = f"{says}: Railway has no application there"
            return Probe(status=response.status_code, says=says), target

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


def is_internal(host: str) -> bool:
    """Tell whether *host* is this machine, or an address that is not public.

    Private networks, loopback, link-local (where clouds keep their metadata), and what is reserved.
    """
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return False
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    return address.is_multicast or not address.is_global


def _too_slow(seconds: float) -> Probe:
    return Probe(status=None, says=f"did not answer within {seconds:g} s")


def _is_same_place(url: httpx.URL, target: httpx.URL) -> bool:
    """Tell whether *target* is on the host of *url*; from http to https it may change the port."""
    if target.host != url.host:
        return False
    upgraded = (url.scheme, target.scheme) == ("http", "https") and not (url.port or target.port)
    return upgraded or (target.scheme, target.port) == (url.scheme, url.port)


def _start(response: httpx.Response) -> bytes:
    return next(response.iter_raw(_GLANCE), b"")


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
