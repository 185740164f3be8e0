"""Who may see the page, and how: reading only, by those who know the password, from our own name.

Everything that leaves has the same strict headers, refusals too. `/healthz` is for those who know
no password, and tells nothing else.
"""

from base64 import b64decode
from collections.abc import Callable
from ipaddress import ip_address
from math import ceil
from typing import Final

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pipeline_health.frozen import dataclass
from pipeline_health.page.backoff import BackOff
from pipeline_health.secret import Secret

HEALTH: Final = "/healthz"
HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; "
    "img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_READING: Final = ("GET", "HEAD")
_LONGEST: Final = 8_000
"""So many characters of what is said to be a password are looked at, at most."""
_ASK: Final = {"WWW-Authenticate": 'Basic realm="pipeline-health", charset="UTF-8"'}


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """Who is let in: whoever knows *password*, which a reload may change; without one, this host.

    *loopback* says that nobody else can reach us. Then the name that we are called by must be this
    host's own: a page of somebody else's could let its name point to us (DNS rebinding).
    """

    password: Callable[[], Secret | None]
    loopback: bool
    monotonic: Callable[[], float]


class Guard:
    """Lets a request through to *app*, or answers it itself."""

    def __init__(self, app: ASGIApp, door: Door) -> None:
        self._app = app
        self._door = door
        self._backoff = BackOff(door.monotonic)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        answer = self._refusal(scope) or self._app
        try:
            await answer(scope, receive, _strict(send))
        except Exception as exc:  # noqa: BLE001 - it is answered with 500; the next one is not lost
            structlog.get_logger().error("page", path=scope["path"], exc_info=exc)

    def _refusal(self, scope: Scope) -> Response | None:
        """Give the answer to whoever may not pass, None where he may."""
        if scope["method"] not in _READING:
            says = "This page only shows; nothing can be changed here."
            return _refused(says, 405, {"Allow": ", ".join(_READING)})
        if scope["path"] == HEALTH:
            return None
        password, headers = self._door.password(), Headers(scope=scope)
        if password is not None:
            return self._asked(password, headers.get("authorization", ""), _address_of(scope))
        if not self._door.loopback:
            return _refused("Set WEB_PASSWORD: without it nothing is shown here.", 403)
        if not is_loopback_name(headers.get("host", "")):
            return _refused("This host is not called so; open http://127.0.0.1 instead.", 403)
        return None

    def _asked(self, password: Secret, said: str, address: str) -> Response | None:
        if not said:
            return _refused("A password is needed; any user name will do.", 401, _ASK)
        if (seconds := self._backoff.wait(address)) > 0:
            says = "Too many wrong passwords; wait a little."
            return _refused(says, 429, {"Retry-After": str(ceil(seconds))})
        if password.is_told_by(_password_in(said)):
            self._backoff.right(address)
            return None
        self._backoff.wrong(address)
        return _refused("That is not the password.", 401, _ASK)


def is_loopback_name(host: str) -> bool:
    """Tell whether a Host header names this host itself, at whatever port."""
    name, _, port = host.rpartition(":")
    if not name or "]" in port:  # no port
        name = host
    if name.lower().rstrip(".") == "localhost":
        return True
    try:
        return ip_address(name.removeprefix("[").removesuffix("]")).is_loopback
    except ValueError:
        return False


def _password_in(said: str) -> str:
    """Give the password that a header of HTTP Basic tells, empty where it tells none."""
    scheme, _, token = said.partition(" ")
    if scheme.lower() != "basic" or len(token) > _LONGEST:
        return ""
    try:
        return b64decode(token.strip(), validate=True).decode().partition(":")[2]
    except ValueError:  # no base64, or no text in it
        return ""


def _address_of(scope: Scope) -> str:
    client = scope.get("client")
    return str(client[0]) if client else ""


def _refused(says: str, status: int, headers: dict[str, str] | None = None) -> Response:
    return PlainTextResponse(f"{says}\n", status_code=status, headers=headers)


def _strict(send: Send) -> Send:
    """Give *send* with our headers on everything that begins."""

    async def strictly(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message).update(HEADERS)
        await send(message)

    return strictly
