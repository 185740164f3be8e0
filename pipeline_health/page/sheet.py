"""What the templates show, put in order: rows and lists of facts that the board already has."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from markupsafe import Markup

from pipeline_health.core.board import doubts, headline
from pipeline_health.core.maintenance import target_of
from pipeline_health.core.model.board import Board, Tile
from pipeline_health.core.model.incident import Incident
from pipeline_health.core.model.report import Glow
from pipeline_health.core.promise import Measured
from pipeline_health.frozen import dataclass
from pipeline_health.page.charts import Bar, Dot, Span, promise_chart, time_line
from pipeline_health.page.reading import LATELY, View

MOST_ROWS = 200
"""So many rows a table of the past has at most: `sla` and `incidents --all` have them all."""

_TONES: Mapping[str, str] = {Glow.HEALTHY: "well", Glow.BROKEN: "broken"}
_ORDER = [*Glow]


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """Something of which silence says nothing: it is not seen, not watched, silent or waits."""

    what: str
    project: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A stretch of the last 30 days; *until* is None while it goes on."""

    since: datetime
    until: datetime | None
    what: str
    project: str
    owner: str
    incident: Incident | None = None


def index_of(view: View) -> Mapping[str, object]:
    """Give what the first page shows."""
    board, account = view.board, view.account
    span = Span(since=board.now - LATELY, until=board.now)
    worst = _worst(board)
    events = tuple(_events(view, span))
    return {
        "board": board,
        "account": account,
        "headline": headline(board),
        "doubts": tuple(doubts(board)),
        "mark": worst,
        "tone": _TONES.get(worst, "unsure"),
        "tiles": _in_order(board.tiles),
        "spots": tuple(_spots(board)),
        "happened": len(events),
        "events": sorted(events, key=lambda it: it.since, reverse=True)[:MOST_ROWS],
        "line_chart": Markup(_line(events, view, span)),  # noqa: S704 - drawn and escaped by us
        "spread": account.spreads()["whole"],
        "measured": _newest(account.measured),
        "promise_chart": Markup(_promise(view, span)),  # noqa: S704 - as above
    }


def _worst(board: Board) -> Glow:
    if board.stale:
        return Glow.BLIND
    states = [tile.state for tile in board.tiles] + [Glow.BLIND] * bool(board.unseen)
    return min(states, key=_ORDER.index, default=Glow.UNDECIDED)


def _in_order(tiles: Sequence[Tile]) -> tuple[Tile, ...]:
    """Give the worst first, and what is as bad by its name."""
    return tuple(sorted(tiles, key=lambda it: (_ORDER.index(it.state), it.newest.project.name)))


def _newest(measured: Sequence[Measured]) -> Sequence[Measured]:
    return sorted(measured, key=lambda one: one.hops.failed_at, reverse=True)[:MOST_ROWS]


# -- what nobody would hear of -----------------------------------------------------------------


def _spots(board: Board) -> Iterator[Spot]:
    for tile in board.tiles:
        line = tile.newest.project
        for window in tile.windows:
            yield Spot(what=f"Silenced: {target_of(window)}", project=line.name, why=window.reason)
        for blind in line.blind:
            yield Spot(what=f"Not seen: {blind.source}", project=line.name, why=blind.why)
        for title in line.unproved:
            yield Spot(what="Not proved to be over", project=line.name, why=title)
        for says in line.unsettled:
            yield Spot(what="Not decided", project=line.name, why=says)
        for unwatched in line.unwatched:
            why = f"{unwatched.why}; {unwatched.advice}."
            yield Spot(what=f"Not watched: {unwatched.what}", project=line.name, why=why)
    yield from _of_all(board)


def _of_all(board: Board) -> Iterator[Spot]:
    report = board.report
    if report is None:
        return
    for says in report.waiting:
        yield Spot(what="Waits", project="", why=says)
    for orphan in report.orphans:
        yield Spot(
            what=f"Orphan: issue {orphan.issue} of {orphan.repo}",
            project="",
            why=f"{orphan.title}: its repository is not configured any more.",
        )


# -- the past --------------------------------------------------------------------------------


def _events(view: View, span: Span) -> Iterator[Event]:
    for shown in view.board.every:
        incident = shown.incident
        if incident.resolved_at is None or incident.resolved_at >= span.since:
            yield Event(
                since=incident.first_failed_at,
                until=incident.resolved_at,
                what=incident.title,
                project=incident.project,
                owner=incident.cause.owner,
                incident=incident,
            )
    for start, end in view.account.gaps:
        until = None if end == view.account.now else end
        yield Event(since=start, until=until, what="Nobody looked", project="", owner="")
    for window in view.board.facts.windows:
        if window.until >= span.since:
            yield Event(
                since=window.since,
                until=window.until,
                what=f"Silenced: {window.reason}",
                project=target_of(window),
                owner="",
            )


def _line(events: Sequence[Event], view: View, span: Span) -> str:
    told = view.told
    bars = [
        Bar(
            lane=told(event.project),
            since=event.since,
            until=event.until,
            by=event.owner,
            says=told(event.what),
        )
        for event in events
        if event.incident is not None
    ]
    return time_line(bars, span=span, gaps=view.account.gaps)


def _promise(view: View, span: Span) -> str:
    account = view.account
    dots = [
        Dot(
            at=one.hops.failed_at,
            took=one.hops.taken(now=account.now),
            late=account.is_late(one),
            says=view.told(one.incident.title),
        )
        for one in account.measured
        if one.hops.filed_at is not None
    ]
    return promise_chart(dots, span=span, sla=account.sla)
