"""A network that is within this process: a function answers, and answers at once.

A replay asks a simulated world tens of thousands of times; threads and sockets would be most of it.
"""

from collections.abc import Callable, Mapping
from typing import TypeAlias

import httpx

from pipeline_health.frozen import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Posed:
    """One request, taken apart; *target* is the path with its query."""

    method: str
    url: str
    host: str
    target: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """One answer; one that is None instead of this never came."""

    status: int
    headers: Mapping[str, str]
    body: bytes


Answering: TypeAlias = Callable[[Posed], Given | None]


class Within(httpx.BaseTransport):
    """Carries every request to *answering*, whatever its host, and none to any network."""

    def __init__(self, answering: Answering) -> None:
        self._answering = answering

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Ask, and give what is answered; a connection that broke where nothing is."""
        given = self._answering(
            Posed(
                method=request.method,
                url=str(request.url),
                host=request.url.host,
                target=request.url.raw_path.decode(),
                headers=dict(request.headers),
                body=request.read(),
            )
        )
        if given is None:
            msg = "nobody answered"
            raise httpx.RemoteProtocolError(msg, request=request)
        stream = httpx.ByteStream(given.body)
        return httpx.Response(given.status, headers=dict(given.headers), stream=stream)
