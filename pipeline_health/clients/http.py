"""One HTTP client for everything: bounded in time, size and tries; it repeats reads and no write.

httpx never sends a request twice by itself; what is repeated is repeated here, and only by `read`.
"""

import json
import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import cache
from typing import Any, TypeAlias

import httpx

from pipeline_health import __version__
from pipeline_health.clients.errors import ClientError, RateLimitedError, UnreachableError
from pipeline_health.ports import Clock

USER_AGENT = f"pipeline-health/{__version__}"
CONNECT = 10.0
REQUEST = timedelta(seconds=30)
LARGEST_BODY = 32 * 1024 * 1024
LONGEST_WAIT = timedelta(seconds=5)
TRIES = 3

Transport: TypeAlias = httpx.BaseTransport
"""What stands in for the network."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back: *at* is the provider's own time of it (its Date header), else ours."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    at: datetime

    def json(self, host: str) -> Any:
        """Parse the body, or raise: a page of HTML or half a document is a transport error."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError) as exc:
            start = self.body[:40].decode("utf-8", "replace").strip()
            msg = f"{host} answered {self.status} with something that is no JSON: {start!r}"
            raise UnreachableError(msg) from exc


@cache
def trusted() -> ssl.SSLContext:
    """Give what TLS is trusted by: read once a process, because that takes some 40 ms of CPU."""
    return ssl.create_default_context()


class Http:
    """Sends requests for every client of one cycle.

    *jitter* gives a number from 0 to 1; *transport* replaces the network (an in-process simulator).
    """

    def __init__(
        self,
        *,
        clock: Clock,
        jitter: Callable[[], float],
        transport: Transport | None = None,
    ) -> None:
        self._clock = clock
        self._jitter = jitter
        self._ends = float("inf")
        timeout = httpx.Timeout(REQUEST.total_seconds(), connect=CONNECT)
        limits = httpx.Limits(max_connections=20, max_keepalive_connections=20)
        self._client = (
            httpx.Client(timeout=timeout, limits=limits, verify=trusted())
            if transport is None
            else httpx.Client(timeout=timeout, transport=transport)
        )

    def close(self) -> None:
        """Let go of the connections."""
        self._client.close()

    def end_within(self, left: timedelta) -> None:
        """Let no request go on for longer than *left* from now, all together."""
        self._ends = self._clock.monotonic() + left.total_seconds()

    def read(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str],
        body: object = None,
        check: Callable[[Answer], None] | None = None,
    ) -> Answer:
        """Send a request that changes nothing, and again when that may help, TRIES times at most.

        *check* raises a ClientError for an answer that is no use; only retryable ones are repeated.
        """
        for last in (*[False] * (TRIES - 1), True):
            try:
                answer = self._once(method, url, headers=headers, body=body)
                if check is not None:
                    check(answer)
            except ClientError as exc:
                if last or not exc.retryable or not self._may_wait_for(exc):
                    raise
                self._clock.sleep(self._pause(exc))
            else:
                return answer
        raise AssertionError  # pragma: no cover - the last try returns or raises

    def write(
        self, method: str, url: str, *, headers: Mapping[str, str], body: object = None
    ) -> Answer:
        """Send a request that changes something: once, whatever happens."""
        return self._once(method, url, headers=headers, body=body)

    def tail(self, url: str, *, headers: Mapping[str, str], keep: int) -> tuple[int, bytes]:
        """Read a text of any length, keeping its last *keep* bytes; gives the status beside it."""
        kept = b""
        with self._stream("GET", url, headers=headers, body=None) as (response, chunks):
            for chunk in chunks:
                kept = (kept + chunk)[-keep:]
            return response.status_code, kept

    def _may_wait_for(self, exc: ClientError) -> bool:
        pause = self._pause(exc)
        return pause <= LONGEST_WAIT.total_seconds() and self._left() > pause

    def _pause(self, exc: ClientError) -> float:
        if isinstance(exc, RateLimitedError):
            if exc.retry_at is None:
                return float("inf")
            return max((exc.retry_at - self._clock.now()).total_seconds(), 0.0)
        return 0.25 + 0.75 * self._jitter()

    def _left(self) -> float:
        return self._ends - self._clock.monotonic()

    def _once(self, method: str, url: str, *, headers: Mapping[str, str], body: object) -> Answer:
        with self._stream(method, url, headers=headers, body=body) as (response, chunks):
            received = bytearray()
            for chunk in chunks:
                received += chunk
                if len(received) > LARGEST_BODY:
                    msg = f"{response.url.host} sent more than {LARGEST_BODY} bytes"
                    raise UnreachableError(msg)
            return Answer(
                status=response.status_code,
                headers=response.headers,
                body=bytes(received),
                at=self._date_of(response),
            )

    @contextmanager
    def _stream(
        self, method: str, url: str, *, headers: Mapping[str, str], body: object
    ) -> Iterator[tuple[httpx.Response, Iterator[bytes]]]:
        """Open one exchange; every way in which it breaks becomes an UnreachableError."""
        left = min(self._left(), REQUEST.total_seconds())
        host = httpx.URL(url).host
        if left <= 0:
            msg = f"no time is left in this cycle to ask {host}"
            raise UnreachableError(msg, lost=False)
        sent = {"User-Agent": USER_AGENT, **headers}
        _require_sendable(sent, host)
        timeout = httpx.Timeout(left, connect=min(CONNECT, left))
        content = None if body is None else json.dumps(body).encode()
        if content is not None:
            sent["Content-Type"] = "application/json"
        try:
            with self._client.stream(
                method,
                url,
                headers=sent,
                content=content,
                timeout=timeout,
                follow_redirects=method == "GET",
            ) as response:
                yield response, self._until(response, self._clock.monotonic() + left)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as exc:
            msg = f"{host} could not be reached: {type(exc).__name__}"
            raise UnreachableError(msg, lost=False) from exc
        except httpx.HTTPError as exc:
            msg = f"{host} gave no whole answer: {type(exc).__name__}"
            raise UnreachableError(msg) from exc

    def _until(self, response: httpx.Response, ends: float) -> Iterator[bytes]:
        """Give the body bit by bit; a peer that trickles it past the deadline is cut off."""
        for chunk in response.iter_bytes():
            yield chunk
            if self._clock.monotonic() > ends:
                msg = f"{response.url.host} took longer than the time that was left for its answer"
                raise UnreachableError(msg)

    def _date_of(self, response: httpx.Response) -> datetime:
        return _http_date(response.headers.get("Date", "")) or self._clock.now()


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


def _require_sendable(headers: Mapping[str, str], host: str) -> None:
    """Raise for a header that cannot go on the wire, before a library shows it in its complaint."""
    for name, value in headers.items():
        if not (value.isascii() and value.isprintable()) or value != value.strip():
            msg = f"{host} cannot be asked: the value for {name} has characters that no header may"
            raise ClientError(msg)
