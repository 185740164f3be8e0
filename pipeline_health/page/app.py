"""The page as an application: what answers which path. It only reads, and one request at a time.

A request is answered where it is heard: whoever loads a page a hundred times at once keeps others
of the page waiting, and no cycle.
"""

import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Final

import structlog
from starlette.applications import Starlette
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from pipeline_health.core.as_json import as_line
from pipeline_health.core.feed import feed_of
from pipeline_health.core.model.board import Board, Facts, Shown
from pipeline_health.core.model.ids import Fingerprint
from pipeline_health.core.model.parent import Parent
from pipeline_health.frozen import dataclass
from pipeline_health.page.guard import HEALTH, Door, Guard
from pipeline_health.page.metrics import CONTENT_TYPE, figures
from pipeline_health.page.pages import (
    STATIC,
    Place,
    incident_page,
    index,
    missing_page,
    parent_page,
    slot_of,
)
from pipeline_health.page.pulse import Pulse
from pipeline_health.page.reading import Reader, View
from pipeline_health.ports import LedgerError

FIRST: Final = Place()
INNER: Final = Place(root="../")
FILES: Final = {
    "style.css": "text/css",
    "refresh.js": "text/javascript",
    "well.svg": "image/svg+xml",
    "broken.svg": "image/svg+xml",
    "unsure.svg": "image/svg+xml",
}
_SHORTEST: Final = 4
_DEEPEST: Final = 32


def page_app(reader: Reader, pulse: Pulse, door: Door) -> ASGIApp:
    """Give the application, behind its guard."""
    answers = _Answers(reader=reader, pulse=pulse)
    routes = [
        Route("/", answers.first),
        Route("/incidents/{named}", answers.incident),
        Route("/feed.json", answers.feed),
        Route("/metrics", answers.metrics),
        Route(HEALTH, answers.health),
        *(Route(f"/{name}", _file(name, of)) for name, of in FILES.items()),
    ]
    app = Starlette(
        routes=routes,
        exception_handlers={404: answers.missing, LedgerError: _unreadable},
    )
    app.router.redirect_slashes = False
    # Two megabytes for a thousand projects: whoever is on the road has no time for that.
    packed = GZipMiddleware(app, compresslevel=5, thread_minimum_size=sys.maxsize)
    return Guard(packed, door)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answers:
    reader: Reader
    pulse: Pulse

    async def first(self, request: Request) -> Response:  # noqa: ARG002 - Starlette's signature
        return HTMLResponse(index(self.reader.view(), FIRST))

    async def incident(self, request: Request) -> Response:
        named = str(request.path_params["named"])
        view = self.reader.view(of=lambda facts: _only(named_by(facts, named)))
        found = named_by(view.board.facts, named)
        of = _only(found)
        if of is None:
            says = f"{named} names several incidents" if found else f"No incident {named}"
            return _missing(view, says, place=INNER)
        one = _known(view.board)[of]
        if isinstance(one, Parent):
            return HTMLResponse(parent_page(view, one, INNER))
        return HTMLResponse(incident_page(view, one, INNER))

    async def feed(self, request: Request) -> Response:  # noqa: ARG002 - as above
        view = self.reader.view()
        told = as_line(feed_of(view.board, redact=view.redact))
        return Response(f"{told}\n", media_type="application/json")

    async def metrics(self, request: Request) -> Response:  # noqa: ARG002 - as above
        return Response(figures(self.reader.view()), headers={"Content-Type": CONTENT_TYPE})

    async def health(self, request: Request) -> Response:  # noqa: ARG002 - as above
        late = self.pulse.is_late
        return PlainTextResponse("late\n" if late else "ok\n", status_code=503 if late else 200)

    async def missing(self, request: Request, exc: Exception) -> Response:  # noqa: ARG002 - as above
        try:
            view = self.reader.view()
        except LedgerError as unread:
            return await _unreadable(request, unread)
        return _missing(view, "There is no such page", place=_place_of(request))


def named_by(facts: Facts, named: str) -> tuple[Fingerprint, ...]:
    """Give the incidents whose page is called *named*, else those whose fingerprint begins so."""
    known = facts.fingerprints
    exact = [each for each in known if slot_of(each) == named]
    if exact or len(named) < _SHORTEST:
        return tuple(exact)
    return tuple(each for each in known if each.startswith(named))


def _only(found: Sequence[Fingerprint]) -> Fingerprint | None:
    return found[0] if len(found) == 1 else None


def _known(board: Board) -> Mapping[Fingerprint, Shown | Parent]:
    """Give each incident by its fingerprint; of two turns of one it is the newer, as for `why`."""
    known: dict[Fingerprint, Shown | Parent] = {it.incident.fingerprint: it for it in board.every}
    return known | {parent.fingerprint: parent for parent in board.facts.parents}


def _missing(view: View, says: str, *, place: Place) -> Response:
    advice = "What is broken, and what was, is listed on the first page."
    return HTMLResponse(missing_page(view, place, says=says, advice=advice), status_code=404)


def _place_of(request: Request) -> Place:
    """Give where a path lies as the browser sees it, which takes `%2F` for no step down."""
    raw: bytes = request.scope.get("raw_path") or b"/"
    return Place(root="../" * min(raw.count(b"/") - 1, _DEEPEST))


def _file(name: str, media_type: str) -> Callable[[Request], Awaitable[Response]]:
    content = (STATIC / name).read_bytes()

    async def answer(request: Request) -> Response:  # noqa: ARG001 - as above
        return Response(content, media_type=media_type)

    return answer


async def _unreadable(request: Request, exc: Exception) -> Response:  # noqa: ARG001 - as above
    """Say that nothing is known, and not why: the reason names paths, and is in the log."""
    structlog.get_logger().warning("page", says=str(exc))
    says = "The ledger cannot be read now; `pipeline-health status` says why.\n"
    return PlainTextResponse(says, status_code=503)
