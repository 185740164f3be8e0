"""A loopback server that says what it is told to, a clock that stands still, and a memory."""

import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from pipeline_health.clients.github_wire import Wire
from pipeline_health.clients.http import Http
from pipeline_health.ports import Clock

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
TOKEN = "t"
HTTP_NOON = "Mon, 02 Mar 2026 12:00:00 GMT"


class StillClock:
    """A clock that moves only by being slept with, and notes for how long."""

    def __init__(self, now: datetime = NOON) -> None:
        self._now = now
        self.passed = 0.0
        self.slept: list[float] = []

    def now(self) -> datetime:
        """Tell the time."""
        return self._now

    def monotonic(self) -> float:
        """Tell what was slept so far."""
        return self.passed

    def set(self, now: datetime) -> None:
        """Let somebody set the clock."""
        self._now = now

    def sleep(self, seconds: float) -> None:
        """Let the time pass at once."""
        self.slept.append(seconds)
        self.passed += seconds
        self._now += timedelta(seconds=seconds)


class Notebook:
    """A memory that lasts as long as the test."""

    def __init__(self) -> None:
        self.facts: dict[tuple[str, str], str] = {}

    def recall(self, topic: str, key: str) -> str | None:
        """Give what was noted."""
        return self.facts.get((topic, key))

    def remember(self, topic: str, key: str, fact: str, *, now: datetime) -> None:
        """Note *fact*."""
        self.facts[topic, key] = fact

    def forget(self, topic: str, key: str) -> None:
        """Strike it out."""
        self.facts.pop((topic, key), None)


@dataclass(frozen=True, kw_only=True)
class Said:
    """One answer; *raw* is sent in place of it, byte by byte, before the connection is closed."""

    status: int = 200
    body: bytes = b"{}"
    headers: Mapping[str, str] = field(default_factory=dict)
    raw: bytes | None = None


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One request as the server got it."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


class Script:
    """Answers one request after the other, the last answer for ever; notes what was asked."""

    def __init__(self, answer: Callable[[Asked], Said]) -> None:
        self._answer = answer
        self.asked: list[Asked] = []
        script = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                script.serve(self)

            do_POST = do_GET  # noqa: N815 - the name that the library calls

            def log_message(self, *args: object) -> None:
                """Say nothing."""

            def date_time_string(self, timestamp: float | None = None) -> str:
                return HTTP_NOON

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}/graphql/v2"

    def serve(self, handler: BaseHTTPRequestHandler) -> None:
        """Note the request of *handler* and answer it."""
        length = int(handler.headers.get("Content-Length") or 0)
        asked = Asked(
            method=handler.command,
            path=handler.path,
            headers=dict(handler.headers),
            body=handler.rfile.read(length),
        )
        self.asked.append(asked)
        said = self._answer(asked)
        handler.close_connection = True
        if said.raw is not None:
            handler.wfile.write(said.raw)
            return
        handler.send_response(said.status)
        for name, value in {"Content-Length": str(len(said.body)), **said.headers}.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(said.body)

    @contextmanager
    def running(self) -> Iterator["Script"]:
        """Answer until the end of the block."""
        thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield self
        finally:
            self._server.shutdown()
            self._server.server_close()
            thread.join()


def saying(*answers: Said) -> Script:
    """Give a server that says *answers* in turn, the last one for ever."""
    left = list(answers)
    return Script(lambda _: left.pop(0) if len(left) > 1 else left[0])


@contextmanager
def http_at(clock: StillClock) -> Iterator[Http]:
    """Give an HTTP client without jitter that is closed at the end of the block."""
    http = Http(clock=clock, jitter=lambda: 0.0)
    try:
        yield http
    finally:
        http.close()


def unused_port() -> int:
    """Give a port of this machine at which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def github_wire(http: Http, api: str, *, clock: Clock, token: str = TOKEN) -> Wire:
    """Give a connection to a GitHub at *api*, with a memory of its own and no pause in writing."""
    return Wire(
        http,
        api=api.removesuffix("/graphql/v2"),
        token=lambda: token,
        clock=clock,
        memory=Notebook(),
        pace=timedelta(0),
    )
