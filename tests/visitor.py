"""Somebody who asks the page, without a network: the application is called as uvicorn calls it.

Nothing in it waits for anything, so that no event loop is needed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import unquote

from starlette.types import ASGIApp, Message


@dataclass
class Answer:
    """What came back."""

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode()

    @property
    def page(self) -> "Page":
        """The body as a page."""
        return Page(self.text)


@dataclass
class Visitor:
    """Asks *app* from *address*, under the name *host*."""

    app: ASGIApp
    address: str = "127.0.0.1"
    host: str = "127.0.0.1:8484"

    def get(
        self, path: str, *, method: str = "GET", headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Ask, and give the answer."""
        answer = Answer()
        told = {"host": self.host, **(headers or {})}
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": unquote(path),
            "raw_path": path.encode(),
            "query_string": b"",
            "root_path": "",
            "headers": [(key.lower().encode(), value.encode()) for key, value in told.items()],
            "client": (self.address, 50000) if self.address else None,
            "server": ("127.0.0.1", 8484),
        }

        async def receive() -> Message:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: Message) -> None:
            if message["type"] == "http.response.start":
                answer.status = message["status"]
                answer.headers = {
                    key.decode().lower(): value.decode() for key, value in message["headers"]
                }
            else:
                answer.body += message.get("body", b"")

        call = self.app(scope, receive, send)
        assert hasattr(call, "send")
        try:
            call.send(None)
        except StopIteration:
            return answer
        msg = "the page waited for something"
        raise AssertionError(msg)


class Page(HTMLParser):
    """A page taken apart: its elements, its links, and the text that people see."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note it; beside what came before it stands apart on the screen."""
        self.elements.append((tag, dict(attrs)))
        self.text += "" if tag in ("a", "code", "time", "strong") else " "

    def handle_data(self, data: str) -> None:
        """Note it."""
        self.text += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        """Give the attributes of every element of that name."""
        return [attributes for name, attributes in self.elements if name == tag]

    @property
    def links(self) -> list[str]:
        """Where the page leads."""
        return [it["href"] or "" for it in self.all("a")]

    @property
    def words(self) -> str:
        """The text with every stretch of white space as one space."""
        return " ".join(self.text.split())
