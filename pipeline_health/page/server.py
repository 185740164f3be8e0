"""The page served: uvicorn in a daemon thread of its own, so that it never keeps us from ending."""

import asyncio
import socket
import threading
from errno import EADDRINUSE
from types import TracebackType
from typing import Final, Self

import structlog
import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from pipeline_health.core.model.address import Address
from pipeline_health.ports import PipelineHealthError

_AT_ONCE: Final = 64
LONGEST: Final = 15.0
"""Seconds that a connection lasts, whatever it is used for: browsers make another one."""
_PATIENCE: Final = 2
"""Seconds that an answer under way has at the end."""


class PlaceTakenError(PipelineHealthError):
    """Nothing can be served at an address."""


def taken(address: Address) -> socket.socket:
    """Take *address*, and give the socket that listens there; raises PlaceTakenError."""
    family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
    try:
        return socket.create_server((address.host, address.port), family=family)
    except OSError as exc:
        is_taken = exc.errno == EADDRINUSE
        whose = "; is another `pipeline-health serve` running?" if is_taken else "."
        msg = (
            f"the page cannot be served at {address}: {exc.strerror or exc}{whose} Choose another "
            "place with --listen ADDRESS:PORT or `listen` of [page] in the configuration, or do "
            "without: --listen off"
        )
        raise PlaceTakenError(msg) from exc


def _bounded(longest: float) -> type[H11Protocol]:
    """Give the protocol of connections that last *longest* seconds.

    uvicorn waits without end for a request that is begun, and for whoever does not read the answer:
    a few such connections would be all that there may be.
    """

    class Bounded(H11Protocol):
        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
            super().connection_made(transport)
            self.loop.call_later(longest, transport.abort)

    return Bounded


class PageServer:
    """Serves *app* on the socket *at* for as long as it is entered; it hears no signal."""

    def __init__(self, app: ASGIApp, at: socket.socket, *, longest: float = LONGEST) -> None:
        self._socket = at
        self._server = uvicorn.Server(
            uvicorn.Config(
                app,
                loop="asyncio",
                http=_bounded(longest),
                ws="none",
                lifespan="off",
                log_config=None,
                log_level="error",  # what strangers send amiss fills no log
                access_log=False,
                server_header=False,
                proxy_headers=False,
                limit_concurrency=_AT_ONCE,
                timeout_graceful_shutdown=1,
            )
        )
        self._thread = threading.Thread(target=self._run, name="page", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End it soon; who does not let go of his connection is let go of."""
        self._server.should_exit = True
        self._thread.join(_PATIENCE)
        self._socket.close()

    def _run(self) -> None:
        try:
            self._server.run(sockets=[self._socket])
        except Exception as exc:  # noqa: BLE001 - without its page, the service still looks
            structlog.get_logger().error("page", says=f"it ended: {type(exc).__name__}: {exc}")
