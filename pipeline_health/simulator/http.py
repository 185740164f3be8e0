"""The simulator on loopback sockets: a port for each provider and site, spoken to in real HTTP."""

import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Protocol, Self

from pipeline_health.simulator.exchange import Answer, Call, ConnectionCut, HungUp
from pipeline_health.simulator.faults import Host
from pipeline_health.simulator.service import Simulator
from pipeline_health.simulator.world import World


class Road(Protocol):
    """The way of a call to a provider: whatever else happens on it, `answer` answers."""

    def __call__(self, host: Host, call: Call, /, *, answer: Callable[[Call], Answer]) -> Answer:
        """Carry a call there, and its answer back."""


def straight(_: Host, call: Call, *, answer: Callable[[Call], Answer]) -> Answer:
    """Take no time, and see nothing."""
    return answer(call)


class Loopback:
    """Serves *world* on ports of 127.0.0.1 while its block runs, in daemon threads.

    The clock is the world's own; nothing here makes it run. A delay sleeps for real, and ends
    early when the block does. *road* is what every call to a provider takes there and back,
    *ports* are those of GitHub and Railway, any that are free where they are 0.
    """

    def __init__(
        self, world: World, *, road: Road = straight, ports: tuple[int, int] = (0, 0)
    ) -> None:
        self.world = world
        self._closing = threading.Event()
        simulator = Simulator(world, sleep=self._closing.wait)
        hosts: tuple[Host, Host] = ("github", "railway")
        self._github, self._railway = (
            _Server(
                partial(road, host, answer=partial(simulator.answer, host)), self._closing, port
            )
            for host, port in zip(hosts, ports, strict=True)
        )
        self._sites: dict[str, _Server] = {}

    @property
    def github_url(self) -> str:
        """Tell where GitHub's REST service is; `/graphql` is below it."""
        return f"http://127.0.0.1:{self._github.server_port}"

    @property
    def railway_url(self) -> str:
        """Tell where Railway's GraphQL service is."""
        return f"http://127.0.0.1:{self._railway.server_port}/graphql/v2"

    @property
    def connections(self) -> tuple[int, int]:
        """Tell how many connections were made so far: to GitHub, and to Railway."""
        return self._github.connections, self._railway.connections

    def site_url(self, name: str) -> str:
        """Tell where the site of this name is; the first use makes it, and it answers."""
        if name not in self._sites:
            self._sites[name] = _Server(self.world.site(name).respond, self._closing)
            self._sites[name].start()
        return f"http://127.0.0.1:{self._sites[name].server_port}"

    def __enter__(self) -> Self:
        self._github.start()
        self._railway.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._closing.set()
        for server in (self._github, self._railway, *self._sites.values()):
            server.stop()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(
        self, answer: Callable[[Call], Answer], closing: threading.Event, port: int = 0
    ) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.answer = answer
        self.wait = closing.wait
        self.connections = 0
        self._open: set[socket.socket] = set()
        self._gate = threading.Lock()
        self._thread = threading.Thread(
            target=self.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        )

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """End at once: connections that a client keeps open are closed, not waited for."""
        self.shutdown()
        self._thread.join()
        with self._gate:
            for connection in self._open:
                _hang_up(connection)
        self.server_close()

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._gate:
            self.connections += 1
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self._gate:
            self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: a client that goes away is no fault of ours."""


def _hang_up(connection: socket.socket) -> None:
    with suppress(OSError):  # the client was faster
        connection.shutdown(socket.SHUT_RDWR)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def _serve(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        call = Call(
            method=self.command,
            target=self.path,
            headers=dict(self.headers.items()),
            body=self.rfile.read(length),
        )
        try:
            answer = self.server.answer(call)
        except HungUp:
            self.close_connection = True
        except ConnectionCut:
            self._cut()
        else:
            self._send(answer)

    do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = _serve  # noqa: N815 - names of http.server

    def _send(self, answer: Answer) -> None:
        self.server.wait(answer.delay)
        self.send_response_only(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if not answer.pace:
            self.wfile.write(answer.body)
            return
        for byte in answer.body:
            self.server.wait(answer.pace)
            self.wfile.write(bytes([byte]))

    def _cut(self) -> None:
        """Promise a body that never comes, and close."""
        self.close_connection = True
        self.send_response_only(200)
        self.send_header("Content-Length", "1000")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""
