"""HTTP as the simulator needs it: plain values, and no library that speaks it."""

import json
from collections.abc import Mapping
from dataclasses import field
from typing import Any

from pipeline_health.frozen import dataclass
from pipeline_health.simulator.faults import Host


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One HTTP request; *target* is the path with its query."""

    method: str
    target: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One HTTP answer; the length of the body is not among the headers.

    It is sent after *delay* seconds, with *pace* seconds before each byte of its body.
    """

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    delay: float = 0.0
    pace: float = 0.0


class ConnectionCut(Exception):  # noqa: N818 - what happens, in a client's words
    """The connection broke before the answer was through."""


class HungUp(ConnectionCut):
    """The connection ended without a byte of an answer."""


class Exchange:
    """One call to one provider, taken apart."""

    def __init__(self, host: Host, call: Call) -> None:
        self.host = host
        self.method = call.method
        self.target = call.target
        self.path, _, self.query = call.target.partition("?")
        self.headers = {name.lower(): value for name, value in call.headers.items()}
        self.body = call.body
        self.is_document = call.method == "POST" and self.path in ("/graphql", "/graphql/v2")
        self.payload = _payload(call.body) if self.is_document else None
        self.document = str(self.payload.get("query") or "") if self.payload else None

    @property
    def text(self) -> str:
        """Give what a fault's *match* is looked for in."""
        return f"{self.method} {self.path}?{self.query} {self.document or ''}"

    @property
    def token(self) -> str:
        """Give the token of the Authorization header, `Bearer` or `token`."""
        return self.headers.get("authorization", "").partition(" ")[2]

    @property
    def agent(self) -> str:
        """Give the User-Agent."""
        return self.headers.get("user-agent", "")


def _payload(body: bytes) -> dict[str, Any] | None:
    try:
        parsed = json.loads(body)
    except ValueError:
        return None
    return parsed if isinstance(parsed, dict) else None


def json_answer(status: int, payload: object, headers: Mapping[str, str] | None = None) -> Answer:
    """Give an answer of JSON; no payload is an empty body."""
    body = b"" if payload is None else json.dumps(payload).encode()
    kind = {"Content-Type": "application/json; charset=utf-8"}
    return Answer(status=status, headers={**kind, **(headers or {})}, body=body)


def text_answer(status: int, text: str, kind: str = "text/plain") -> Answer:
    """Give an answer of text."""
    headers = {"Content-Type": f"{kind}; charset=utf-8"}
    return Answer(status=status, headers=headers, body=text.encode())
