"""The network between the agent and the town, in this process: no socket, any weather."""

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import httpx

from pipeline_health.simulator import Answer, Call, ConnectionCut, Simulator, World
from pipeline_health.simulator.faults import Host
from properties.town import GITHUB, RAILWAY
from properties.weather import Asked, Kind, Weather

PORTS: dict[int | None, Host] = {
    httpx.URL(GITHUB).port: "github",
    httpx.URL(RAILWAY).port: "railway",
}
SITES = httpx.URL("http://127.0.0.1:9003")
PATIENCE = timedelta(seconds=30)
DEADLINE = timedelta(minutes=3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A write that reached its provider, whatever its sender learned of it."""

    method: str
    path: str
    body: bytes
    status: int


@dataclass(slots=True)
class Witness:
    """What the network saw of one cycle.

    *shown* are the ids of the repositories and environments that were shown whole, *late* those of
    which the agent may have given up waiting, *spoiled* what went wrong, *bodies* everything that
    was sent, also in vain.
    """

    requests: int = 0
    shown: set[int | str] = field(default_factory=set)
    late: set[int | str] = field(default_factory=set)
    spoiled: list[str] = field(default_factory=list)
    sent: list[Sent] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)

    def add(self, other: "Witness") -> None:
        """Add what was seen of a second cycle in the middle of this one."""
        self.requests += other.requests
        self.shown |= other.shown
        self.late |= other.late
        self.sent += other.sent
        self.bodies += other.bodies


class Wire(httpx.BaseTransport):
    """Carries requests into the simulator, and spoils them as the weather wants.

    *before* and *after* are called around the effect of each request.
    """

    def __init__(
        self,
        world: World,
        weather: Weather,
        *,
        exchanges: list[threading.Thread],
        before: Callable[[Asked], None] = lambda _: None,
        after: Callable[[Asked], None] = lambda _: None,
    ) -> None:
        self.witness = Witness()
        self._world = world
        self._weather = weather
        self._simulator = Simulator(world)
        self._exchanges = exchanges
        self._before = before
        self._after = after
        self._began = world.now()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer, or raise what httpx raises."""
        if threading.current_thread() not in self._exchanges:  # else it follows a redirect
            self._exchanges.append(threading.current_thread())
        call = Call(
            method=request.method,
            target=request.url.raw_path.decode(),
            headers=dict(request.headers.items()),
            body=request.read(),
        )
        if request.url.port == SITES.port:
            return self.visited(request.url.path.split("/")[1], request, call)
        asked = _asked(PORTS[request.url.port], call)
        self.witness.requests += 1
        self.witness.bodies.append(call.body)
        self._before(asked)
        answer = self._answered(asked, call, self._weather.trouble(asked), request)
        self._after(asked)
        return _streamed(answer)

    def visited(self, name: str, request: httpx.Request, call: Call) -> httpx.Response:
        """Answer as the site of a product does, if the weather lets it."""
        if self._weather.dice.random() < self._weather.season.rate:
            msg = "no route"
            raise httpx.ConnectError(msg, request=request)
        try:
            answer = self._world.site(name).respond(call)
        except ConnectionCut as exc:
            msg = "hung up"
            raise httpx.RemoteProtocolError(msg, request=request) from exc
        stream = httpx.ByteStream(answer.body)
        return httpx.Response(answer.status, headers=answer.headers, stream=stream)

    def _answered(
        self, asked: Asked, call: Call, trouble: Kind | None, request: httpx.Request
    ) -> Answer:
        if trouble is None:
            return self._whole(asked, call)
        self._weather.hits[trouble.name] += 1
        self.witness.spoiled.append(f"{trouble.name} at {asked.method} {asked.path}")
        match trouble.way:
            case "connect":
                msg = "no route"
                raise httpx.ConnectError(msg, request=request)
            case "timeout before":
                self._world.advance(PATIENCE)
                msg = "too slow"
                raise httpx.ReadTimeout(msg, request=request)
            case "timeout after":
                self._reached(asked, call)
                self._world.advance(PATIENCE)
                msg = "too slow"
                raise httpx.ReadTimeout(msg, request=request)
            case _:
                self._world.faults.add(**self._weather.order(trouble, asked))  # type: ignore[arg-type]
        try:
            answer = self._reached(asked, call)
        except ConnectionCut as exc:
            msg = "cut"
            raise httpx.ReadError(msg, request=request) from exc
        if trouble.mode in ("delay", "partial"):
            self._see(asked, answer)
        return answer

    def _whole(self, asked: Asked, call: Call) -> Answer:
        answer = self._reached(asked, call)
        self._see(asked, answer)
        return answer

    def _reached(self, asked: Asked, call: Call) -> Answer:
        try:
            answer = self._simulator.answer(asked.host, call)
        finally:
            self._world.faults.clear()
        if asked.writes:
            self.witness.sent.append(
                Sent(method=call.method, path=asked.path, body=call.body, status=answer.status)
            )
        self._count_what_is_unsaid(asked, call)
        for status, kind in STATUSES.items():
            if answer.status == status and asked.host == "github":
                self._weather.hits[kind] += 1
        return answer

    def _count_what_is_unsaid(self, asked: Asked, call: Call) -> None:
        """Count lists that lack what is new, and labels that are dropped."""
        hits, now = self._weather.hits, self._world.now()
        repos = self._world.registry.all()
        if "issues(" in asked.document and any(
            now - issue.created_at < self._world.list_lag
            for repo in repos
            for issue in repo.issues.values()
        ):
            hits["list of issues lags"] += 1
        if asked.path.endswith("/actions/runs") and any(
            now - run.created_at < self._world.runs_lag for repo in repos for run in repo.runs[-5:]
        ):
            hits["list of runs lags"] += 1
        if call.method == "POST" and asked.path.endswith("/issues"):
            named = self._world.registry.named(
                asked.path.removeprefix("/repos/")[: -len("/issues")]
            )
            hits["label silently dropped"] += named is not None and named.drops_labels

    def _see(self, asked: Asked, answer: Answer) -> None:
        """Note which repositories and environments an answer showed."""
        if not asked.document.startswith("query Look"):
            return
        shown = self.witness.shown
        if self._world.now() - self._began > DEADLINE:
            shown = self.witness.late
        parts: dict[str, Any] = json.loads(answer.body).get("data") or {}
        for part in parts.values():
            if isinstance(part, dict) and "databaseId" in part:
                shown.add(part["databaseId"])
            elif isinstance(part, dict) and "projectId" in part and "id" in part:
                shown.add(part["id"])


STATUSES = {
    301: "renamed repository, 301 for a read",
    307: "renamed repository, 307 for a write",
    410: "issues disabled, 410",
}


def _streamed(answer: Answer) -> httpx.Response:
    """Give an answer as the network does: nobody has read its body yet, of a redirect neither."""
    stream = httpx.ByteStream(answer.body)
    return httpx.Response(answer.status, headers=answer.headers, stream=stream)


def _asked(host: Host, call: Call) -> Asked:
    path = call.target.partition("?")[0]
    document = ""
    if path in ("/graphql", "/graphql/v2"):
        document = str(json.loads(call.body).get("query") or "")
    return Asked(host=host, method=call.method, path=path, document=document)
