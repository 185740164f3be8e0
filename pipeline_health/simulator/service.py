"""Both providers as one function: a call in, an answer out, or a cut connection. No sockets."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from email.utils import format_datetime
from threading import RLock

from pipeline_health.simulator.exchange import (
    Answer,
    Call,
    ConnectionCut,
    Exchange,
    json_answer,
    text_answer,
)
from pipeline_health.simulator.faults import Fault, Host
from pipeline_health.simulator.github_service import limit_github, serve_github
from pipeline_health.simulator.railway_graphql import failure
from pipeline_health.simulator.railway_service import limit_railway, serve_railway
from pipeline_health.simulator.world import Request, World

HTML = "<html><head><title>Unicorn!</title></head><body>upstream error</body></html>"
WRONG = "Something went wrong while executing your query."
CUT = 0


class Simulator:
    """Answers calls from a world; several threads may ask at once.

    *sleep* is how a delay passes: by default the world's clock moves on and nobody waits.
    """

    def __init__(self, world: World, *, sleep: Callable[[float], object] | None = None) -> None:
        self._world = world
        self._lock = RLock()
        self._sleep = sleep or self._pass_time

    def answer(self, host: Host, call: Call) -> Answer:
        """Answer one call, or raise ConnectionCut as a fault orders."""
        exchange = Exchange(host, call)
        with self._lock:
            fault = self._world.faults.take(host, exchange.text)
        if fault is not None and fault.mode == "delay":
            self._sleep(1.0 if fault.seconds is None else fault.seconds)
            fault = None
        with self._lock:
            return self._answered(exchange, fault)

    def _pass_time(self, seconds: float) -> None:
        with self._lock:
            self._world.advance(timedelta(seconds=seconds))

    def _answered(self, exchange: Exchange, fault: Fault | None) -> Answer:
        at = self._world.now()
        answer, cost = self._whole(exchange, fault)
        if fault is not None and answer is not None:
            answer = _spoiled(exchange, answer, fault)
        self._world.requests.append(
            Request(
                host=exchange.host,
                method=exchange.method,
                path=exchange.path,
                query=exchange.query,
                document=exchange.document,
                status=CUT if answer is None else answer.status,
                at=at,
                cost=cost,
            )
        )
        if answer is None:
            raise ConnectionCut
        date = format_datetime(at + self._world.clock_skew, usegmt=True)
        return replace(answer, headers={"Date": date, **answer.headers})

    def _whole(self, exchange: Exchange, fault: Fault | None) -> tuple[Answer | None, int]:
        """Give the answer as it would be, or what a fault puts in its place."""
        if fault is not None and fault.mode == "cut_before":
            return None, 0
        instead = None if fault is None else self._instead(exchange, fault)
        if instead is not None:
            return instead, 0
        serve = serve_github if exchange.host == "github" else serve_railway
        return serve(self._world, exchange)

    def _instead(self, exchange: Exchange, fault: Fault) -> Answer | None:
        match fault.mode:
            case "status":
                answer = json_answer(fault.status, {"message": "Server Error"}, fault.headers)
                return replace(answer, body=fault.body.encode()) if fault.body else answer
            case "html":
                answer = text_answer(fault.status, fault.body or HTML, "text/html")
                return replace(answer, headers={**answer.headers, **fault.headers})
            case "graphql_error":
                errors = [{"message": fault.body or WRONG}]
                return json_answer(200, {"data": None, "errors": errors}, fault.headers)
            case "primary_limit" | "secondary_limit" | "bare_limit":
                limit = limit_github if exchange.host == "github" else limit_railway
                answer = limit(self._world, exchange, fault)
                return replace(answer, headers={**answer.headers, **fault.headers})
        return None


def _spoiled(exchange: Exchange, answer: Answer, fault: Fault) -> Answer | None:
    """Give what a fault leaves of an answer whose effect has happened."""
    match fault.mode:
        case "cut_after":
            return None
        case "truncate":
            return replace(answer, body=answer.body[: len(answer.body) // 2])
        case "empty":
            return replace(answer, body=b"")
        case "trickle":
            return replace(answer, pace=1.0 if fault.seconds is None else fault.seconds)
        case "partial":
            return replace(answer, body=_without(exchange.host, answer.body, fault.body))
    return answer


def _without(host: Host, body: bytes, alias: str) -> bytes:
    """Null one root field: on Railway, whose root fields may not be null, that nulls them all."""
    payload = json.loads(body)
    if not isinstance(payload.get("data"), dict):
        return body  # it was refused as a whole; there is nothing left to null
    problems = payload.setdefault("errors", [])
    if host == "railway":
        problems.append(failure("Problem processing request", [alias]))
        payload["data"] = None
    else:
        problems.append({"message": WRONG, "path": [alias]})
        payload["data"][alias] = None
    return json.dumps(payload).encode()
