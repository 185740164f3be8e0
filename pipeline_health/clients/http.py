"""One HTTP client for everything: bounded in time, size and tries; it repeats reads and no write.

httpx never sends a request twice by itself; what is repeated is repeated here, and only by `read`.
"""

import json
import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from copy import copy
from dataclasses import field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import cache, partial
from typing import Any, TypeAlias

import httpx

from pipeline_health import __version__
from pipeline_health.clients import bodies
from pipeline_health.clients.ending import Ending, TooLateError, bounded
from pipeline_health.clients.errors import (
    ClientError,
    RateLimitedError,
    TimedOutError,
    UnreachableError,
)
from pipeline_health.clients.within import Within
from pipeline_health.frozen import dataclass
from pipeline_health.ports import Clock

USER_AGENT = f"pipeline-health/{__version__}"
CONNECT = 10.0
KEPT_ALIVE = 30.0
"""Seconds for which an idle connection is used again: more than one provider waits for the other,
and less than the minute after which servers let go of it, maybe just as a write is sent."""
REQUEST = timedelta(seconds=30)
LONGEST_WAIT = timedelta(seconds=5)
TRIES = 3
HOPS = 5

Transport: TypeAlias = httpx.BaseTransport
"""What stands in for the network."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back: *at* is the provider's own time of it (its Date header), else ours."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    at: datetime
    _parsed: list[Any] = field(default_factory=list, init=False, repr=False, compare=False)

    def json(self, host: str) -> Any:
        """Parse the body, or raise: a page of HTML or half a document is a transport error."""
        try:
            if not self._parsed:
                self._parsed.append(json.loads(self.body))
            return self._parsed[0]
        except (ValueError, RecursionError) as exc:
            start = self.body[:40].decode("utf-8", "replace").strip()
            msg = f"{host} answered {self.status} with something that is no JSON: {start!r}"
            raise UnreachableError(msg) from exc

    def by_our_clock(self, theirs: datetime | None, *, now: datetime) -> datetime | None:
        """Give a time of the provider's clock by ours, where it is *now*: the two may differ."""
        try:
            return None if theirs is None else now + (theirs - self.at)
        except OverflowError:  # one of its two times is of another age
            return None


@cache
def trusted() -> ssl.SSLContext:
    """Give what TLS is trusted by: read once a process, because that takes some 40 ms of CPU."""
    return ssl.create_default_context()


class Http:
    """Sends requests for every client of one run, none of which goes on after its *ending*.

    *jitter* gives a number from 0 to 1; *transport* replaces the network (an in-process simulator).
    """

    def __init__(
        self,
        *,
        clock: Clock,
        jitter: Callable[[], float],
        ending: Ending | None = None,
        transport: Transport | None = None,
    ) -> None:
        self.ending = ending or Ending(clock)
        self._clock = clock
        self._jitter = jitter
        self._in_process = isinstance(transport, Within)
        timeout = httpx.Timeout(REQUEST.total_seconds(), connect=CONNECT)
        # As many as are asked for: what was given up holds its connection until it ends by itself.
        limits = httpx.Limits(
            max_connections=None, max_keepalive_connections=20, keepalive_expiry=KEPT_ALIVE
        )
        self._client = (
            httpx.Client(timeout=timeout, limits=limits, verify=trusted())
            if transport is None
            else httpx.Client(timeout=timeout, transport=transport)
        )

    def close(self) -> None:
        """Let go of the connections."""
        self._client.close()

    def ending_by(self, ending: Ending) -> "Http":
        """Give the same connections with an *ending* of their own, which is within this one."""
        sibling = copy(self)
        sibling.ending = ending
        return sibling

    def read(  # noqa: PLR0913 - what differs between those who ask
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str],
        body: object = None,
        check: Callable[[Answer], None] | None = None,
        not_after: tuple[type[ClientError], ...] = (),
        pace: Callable[[], None] | None = None,
    ) -> Answer:
        """Send a request that changes nothing, and again when that may help, TRIES times at most.

        *check* raises a ClientError for an answer that is no use; only retryable ones are repeated.
        Nor are those of *not_after*, by whoever has something better to try. Each try begins when
        *pace* returns, which is not asked when no time is left.
        """
        for last in (*[False] * (TRIES - 1), True):
            try:
                if pace is not None and self.ending.left() > 0:
                    pace()
                answer = self._once(method, url, headers=headers, body=body)
                if check is not None:
                    check(answer)
            except ClientError as exc:
                if last or isinstance(exc, not_after) or not self._may_wait_for(exc):
                    raise
                self._clock.sleep(self._pause(exc))
            else:
                return answer
        raise AssertionError  # pragma: no cover - the last try returns or raises

    def write(
        self, method: str, url: str, *, headers: Mapping[str, str], body: object = None
    ) -> Answer:
        """Send a request that changes something: once, whatever happens. Bytes go as they are."""
        return self._once(method, url, headers=headers, body=body)

    def tail(self, url: str, *, headers: Mapping[str, str], keep: int) -> Answer:
        """Read a text of any length, of which the last *keep* bytes are the body of the answer."""
        request = self._request("GET", url, headers=headers, body=None)
        return self._answer(request, lambda chunks: bodies.last(chunks, keep))

    def _may_wait_for(self, exc: ClientError) -> bool:
        pause = self._pause(exc)
        return (
            exc.retryable and pause <= LONGEST_WAIT.total_seconds() and self.ending.left() > pause
        )

    def _pause(self, exc: ClientError) -> float:
        if isinstance(exc, RateLimitedError):
            if exc.retry_at is None:
                return float("inf")
            return max((exc.retry_at - self._clock.now()).total_seconds(), 0.0)
        return 0.25 + 0.75 * self._jitter()

    def _once(self, method: str, url: str, *, headers: Mapping[str, str], body: object) -> Answer:
        request = self._request(method, url, headers=headers, body=body)
        return self._answer(request, lambda chunks: bodies.whole(chunks, request.url.host))

    def _request(
        self, method: str, url: str, *, headers: Mapping[str, str], body: object
    ) -> httpx.Request:
        sent = {"User-Agent": USER_AGENT, **headers}
        _require_sendable(sent, url)
        content = body if isinstance(body, bytes | None) else json.dumps(body).encode()
        if content is not body:
            sent["Content-Type"] = "application/json"
        return self._client.build_request(method, url, headers=sent, content=content)

    def _answer(self, request: httpx.Request, take: Callable[[Iterator[bytes]], bytes]) -> Answer:
        """Wait for an answer as long as there is time; *take* reads its body."""
        host = request.url.host
        longest = self._clock.monotonic() + REQUEST.total_seconds()

        def left() -> float:
            return min(self.ending.left(), longest - self._clock.monotonic())

        if left() <= 0:
            msg = f"{self.ending.why} to ask {host}"
            raise UnreachableError(msg, lost=False)
        try:
            act = partial(self._exchange, request, take, left=left)
            return act() if self._in_process else bounded(act, left=left)
        except TooLateError as exc:
            msg = f"{host} took longer than the time that was left for its answer"
            raise TimedOutError(msg) from exc

    def _exchange(
        self,
        request: httpx.Request,
        take: Callable[[Iterator[bytes]], bytes],
        *,
        left: Callable[[], float],
    ) -> Answer:
        """Send it; every way in which that breaks becomes an UnreachableError."""
        host = request.url.host
        try:
            with closing(self._sent(request, left)) as response:
                _require_packed_once(response)
                return Answer(
                    status=response.status_code,
                    headers=response.headers,
                    body=take(bodies.until(response.iter_bytes(), left)),
                    at=_http_date(response.headers.get("Date", "")) or self._clock.now(),
                )
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as exc:
            msg = f"{host} could not be reached: {type(exc).__name__}"
            raise UnreachableError(msg, lost=False) from exc
        except httpx.ReadTimeout as exc:
            msg = f"{host} gave no whole answer: {type(exc).__name__}"
            raise TimedOutError(msg) from exc
        except httpx.HTTPError as exc:
            msg = f"{host} gave no whole answer: {type(exc).__name__}"
            raise UnreachableError(msg) from exc
        except (httpx.InvalidURL, UnicodeError) as exc:
            msg = f"{host} is, or leads to, an address that is none: {type(exc).__name__}"
            raise UnreachableError(msg) from exc

    def _sent(self, request: httpx.Request, left: Callable[[], float]) -> httpx.Response:
        """Send it, and a read on to where it is led; what leads elsewhere is as bounded as all."""
        request.extensions["trace"] = _unless_late(left)
        for _ in range(HOPS + 1):
            response = self._client.send(request, stream=True)
            following = response.next_request if request.method == "GET" else None
            if following is None:
                return response
            with closing(response):  # whose connection is only used again when all of it was read
                bodies.whole(bodies.until(response.iter_raw(), left), request.url.host)
            request = following
        msg = f"more than {HOPS} redirects"
        raise httpx.TooManyRedirects(msg, request=request)


def _unless_late(left: Callable[[], float]) -> Callable[[str, object], None]:
    """Let nothing be sent that nobody waits for: a connection may come after its asker has gone."""

    def watch(event: str, _: object) -> None:
        if event.endswith("send_request_headers.started") and left() <= 0:
            raise TooLateError

    return watch


def _require_packed_once(response: httpx.Response) -> None:
    """Raise for a body that is packed twice: a kilobyte of that unpacks to gigabytes."""
    if "," in response.headers.get("content-encoding", ""):
        msg = f"{response.url.host} packed its answer more than once"
        raise UnreachableError(msg)


def retry_time(headers: Mapping[str, str], *, now: datetime) -> datetime | None:
    """Give the time that `Retry-After` names: seconds, also fractional ones, or an HTTP date."""
    text = headers.get("retry-after")
    if text is None:
        return None
    try:
        return now + timedelta(seconds=max(float(text), 0.0))
    except (ValueError, OverflowError):
        return _http_date(text)


def _http_date(text: str) -> datetime | None:
    try:
        parsed = parsedate_to_datetime(text)
        return parsed.astimezone(UTC) if parsed.tzinfo else parsed.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


def _require_sendable(headers: Mapping[str, str], url: str) -> None:
    """Raise for a header that cannot go on the wire, before a library shows it in its complaint."""
    for name, value in headers.items():
        if not (value.isascii() and value.isprintable()) or value != value.strip():
            host = httpx.URL(url).host
            msg = f"{host} cannot be asked: the value for {name} has characters that no header may"
            raise ClientError(msg)
