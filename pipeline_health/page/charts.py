"""Two charts, as SVG made here: how long each failure took to its issue, and the last 30 days.

They are drawn in shares of the width and in pixels of the height, so that a text on a phone is as
large as anywhere. State is told by shape as well as by colour, and a table beside has all of it.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from math import log
from typing import Final

from pipeline_health.core.issue_text.wording import counted, duration
from pipeline_health.frozen import dataclass
from pipeline_health.page.drawing import element, figure, joined, percent

_DAY: Final = timedelta(days=1)
_TICKS: Final = 5
_TALL: Final = 220
_TOP: Final = 14
_BOTTOM: Final = 26
_LANE: Final = 30
_LANES: Final = 12
_THINNEST: Final = 0.006
_EDGE: Final = 0.04
_GRID: Final = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(hours=1),
    timedelta(hours=6),
    timedelta(days=1),
    timedelta(days=7),
)
_CIRCLE: Final = "M0 -4a4 4 0 1 1 0 8a4 4 0 1 1 0 -8z"
_DIAMOND: Final = "M0 -6L6 0L0 6L-6 0z"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dot:
    """One failure: when, how long it took to its issue, and what it was."""

    at: datetime
    took: timedelta
    late: bool
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One stretch in which something was broken; *until* is None while it is. *by* names who."""

    lane: str
    since: datetime
    until: datetime | None
    by: str
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """From when until when a chart reaches."""

    since: datetime
    until: datetime

    def share(self, at: datetime) -> float:
        """Give how far *at* is on the way, from 0 to 1."""
        return min(max((at - self.since) / (self.until - self.since), 0.0), 1.0)

    def days(self) -> Iterator[datetime]:
        """Give the midnights in it that are told, the newest last."""
        last = self.until.replace(hour=0, minute=0, second=0, microsecond=0)
        for number in range(5, -1, -1):
            if (day := last - number * _TICKS * _DAY) >= self.since:
                yield day


# -- the promise ------------------------------------------------------------------------------


def promise_chart(dots: Sequence[Dot], *, span: Span, sla: timedelta) -> str:
    """Give how long each of *dots* took, against the promise; the height grows tenfold alike."""
    highest = max((*(dot.took for dot in dots), sla)) * 2
    height = _height_by(highest)
    late = sum(dot.late for dot in dots)
    says = (
        f"{counted(len(dots), 'failure')} by the time from the failure to its issue; "
        f"{late} took longer than {duration(sla)}."
    )
    return figure(
        "promise",
        joined(_grid(height, highest, sla)),
        _sla_line(height(sla), sla),
        joined(_days(span, bottom=_TALL - _BOTTOM)),
        joined(_dot(dot, span, height) for dot in dots),
        title="Time from a failure to its issue",
        says=says,
        height=_TALL,
    )


def _height_by(highest: timedelta) -> Callable[[timedelta], float]:
    lowest, room = log(30), _TALL - _TOP - _BOTTOM
    reach = log(max(highest.total_seconds(), 60.0)) - lowest

    def height(took: timedelta) -> float:
        share = (log(max(took.total_seconds(), 30.0)) - lowest) / reach
        return _TALL - _BOTTOM - min(share, 1.0) * room

    return height


def _grid(
    height: Callable[[timedelta], float], highest: timedelta, sla: timedelta
) -> Iterator[str]:
    for line in _GRID:
        y = height(line)
        if line < highest and abs(y - height(sla)) > _TOP:
            yield element("line", class_="grid", x1="0%", x2="100%", y1=y, y2=y)
            yield element("text", class_="tick", x=0, y=y - 3, text=duration(line))


def _sla_line(y: float, sla: timedelta) -> str:
    return joined(
        (
            element("line", class_="sla", x1="0%", x2="100%", y1=y, y2=y),
            element("text", class_="tick sla", x=0, y=y - 4, text=f"promised: {duration(sla)}"),
        )
    )


def _dot(dot: Dot, span: Span, height: Callable[[timedelta], float]) -> str:
    mark = element(
        "path",
        element("title", text=dot.says),
        class_="dot late" if dot.late else "dot",
        d=_DIAMOND if dot.late else _CIRCLE,
    )
    place = percent(span.share(dot.at))
    return element("svg", mark, x=place, y=height(dot.took), overflow="visible")


# -- the time line ----------------------------------------------------------------------------


def time_line(
    bars: Sequence[Bar], *, span: Span, gaps: Sequence[tuple[datetime, datetime]] = ()
) -> str:
    """Give what was broken when, a lane for each project, behind it when nobody looked.

    The lanes that were broken last come first; where there are too many, the rest is only counted.
    """
    lanes = _lanes(bars)
    shown = lanes[:_LANES]
    height = _TOP + _LANE * len(shown) + _BOTTOM
    bottom = height - _BOTTOM
    more = len(lanes) - len(shown)
    rest = f" {counted(more, 'more project')} had some, too: see the table." if more else ""
    says = f"{counted(len(bars), 'incident')} in {counted(len(lanes), 'project')}.{rest}"
    return figure(
        "line",
        joined(_gap(gap, span, bottom) for gap in gaps),
        joined(_days(span, bottom=bottom)),
        joined(_lane(name, bars, span, at) for at, name in enumerate(shown)),
        title="The last 30 days: what was broken when",
        says=says,
        height=height,
    )


def _lanes(bars: Sequence[Bar]) -> tuple[str, ...]:
    newest: dict[str, tuple[bool, datetime]] = {}
    for bar in bars:
        seen = (bar.until is None, bar.until or bar.since)
        newest[bar.lane] = max(newest.get(bar.lane, seen), seen)
    return tuple(sorted(newest, key=lambda name: (*newest[name], name), reverse=True))


def _lane(name: str, bars: Sequence[Bar], span: Span, number: int) -> str:
    y = _TOP + number * _LANE
    return joined(
        (
            element("text", class_="lane", x=0, y=y + 9, text=name),
            element("line", class_="grid", x1="0%", x2="100%", y1=y + 19, y2=y + 19),
            *(_bar(bar, span, y + 14) for bar in bars if bar.lane == name),
        )
    )


def _bar(bar: Bar, span: Span, y: int) -> str:
    start, end = span.share(bar.since), span.share(bar.until or span.until)
    width = max(end - start, _THINNEST)
    state = "over" if bar.until else "open"
    return element(
        "rect",
        element("title", text=bar.says),
        class_=f"bar {bar.by} {state}",
        x=percent(min(start, 1 - width)),
        y=y,
        width=percent(width),
        height=10,
        rx=2,
    )


def _gap(gap: tuple[datetime, datetime], span: Span, bottom: int) -> str:
    start, end = span.share(gap[0]), span.share(gap[1])
    width = max(end - start, _THINNEST / 3)
    says = f"Nobody looked for {duration(gap[1] - gap[0])}."
    return element(
        "rect",
        element("title", text=says),
        class_="gap",
        x=percent(min(start, 1 - width)),
        y=_TOP - 6,
        width=percent(width),
        height=bottom - _TOP + 6,
    )


def _days(span: Span, *, bottom: int) -> Iterator[str]:
    """Give the days below a chart; the last one ends where the chart does."""
    yield element("line", class_="axis", x1="0%", x2="100%", y1=bottom, y2=bottom)
    for number, day in enumerate(span.days()):
        share = span.share(day)
        anchor = "start" if share < _EDGE else "end" if share > 1 - _EDGE else "middle"
        yield element(
            "line", class_="axis", x1=percent(share), x2=percent(share), y1=bottom, y2=bottom + 4
        )
        yield element(
            "text",
            class_="tick minor" if number % 2 == 0 else "tick",
            x=percent(share),
            y=bottom + 17,
            text_anchor=anchor,
            text=f"{day:%d %b}",
        )
