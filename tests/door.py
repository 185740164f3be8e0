"""A door before both providers: what goes through it side by side, and what is too large for it."""

import json
import re
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import httpx

from indoors import Indoors
from pipeline_health.simulator import Loopback, World

_ASKED = re.compile(r"\br\d+: (?:repository|node)\(|\be\d+: environment\(")


class Door(Indoors):
    """Lets requests to the world of *loopback* through, and notes how many are inside.

    *narrow* is how many things a document may ask of a provider; more are answered with a 504.
    *meeting* is how many looks must be inside, of both providers together, before any of them goes
    on; whoever waits for two seconds goes on alone.
    """

    def __init__(self, world: World, loopback: Loopback) -> None:
        super().__init__(world, loopback)
        self.narrow: dict[str, int] = {}
        self.meeting = 1
        self._meets = " Look"
        self.asked: list[tuple[str, str, int]] = []
        self.refused: list[int] = []
        self.most: Counter[str] = Counter()
        self._inside: Counter[str] = Counter()
        self._moved = threading.Condition()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Ask, when enough are inside."""
        host, size = self._host(request), len(_ASKED.findall(_document(request)))
        name = _name(request)
        with self._entered(host, waits=f" {name}".endswith(self._meets)):
            self.asked.append((host, name, size))
            if size > self.narrow.get(host, size):
                self.refused.append(size)
                return httpx.Response(504, headers={"Date": "Mon, 02 Mar 2026 10:00:00 GMT"})
            return super().handle_request(request)

    def meets(self, name: str, number: int) -> None:
        """Let so many requests whose name ends so meet, instead of looks."""
        self._meets, self.meeting = name, number

    def new(self) -> list[tuple[str, str, int]]:
        """Give what was asked since the last time: of whom, what, and for how many things."""
        asked, self.asked = self.asked, []
        return asked

    def _host(self, request: httpx.Request) -> str:
        return "railway" if request.url.port == self._railway else "github"

    @contextmanager
    def _entered(self, host: str, *, waits: bool) -> Iterator[None]:
        with self._moved:
            self._inside[host] += 1
            self.most[host] = max(self.most[host], self._inside[host])
            self.most["both"] = max(self.most["both"], self._inside.total())
            self._moved.notify_all()
            if waits:
                self._moved.wait_for(lambda: self.most["both"] >= self.meeting, timeout=2)
        try:
            yield
        finally:
            with self._moved:
                self._inside[host] -= 1


def _document(request: httpx.Request) -> str:
    if request.method != "POST" or not request.url.path.endswith(("/graphql", "/graphql/v2")):
        return ""
    return str(json.loads(request.read()).get("query", ""))


def _name(request: httpx.Request) -> str:
    named = re.match(r"\s*query (\w+)", _document(request))
    return named[1] if named else f"{request.method} {request.url.path}"
