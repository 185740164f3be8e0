"""What must hold, as issue 8 promises it, and whether it does."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from benchmarks.rows import Row

NEAR = 50
"""The round trip, in milliseconds, that the promises are about."""
CYCLES_AN_HOUR = 12
LINEAR = 1.1
IDLE_FLOOR = 0.2
"""The CPU of a floor of a dozen requests while nobody else is at work, in seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """One promise: *what* is at most *most*, and was *found* to be so much."""

    what: str
    most: float
    found: float
    digits: int = 0

    @property
    def holds(self) -> bool:
        """Tell whether it is kept."""
        return self.found <= self.most

    def line(self) -> str:
        """Write it as a line of a table."""
        most, found = (f"{figure:,.{self.digits}f}" for figure in (self.most, self.found))
        return f"| {self.what} | {most} | {found} | {'yes' if self.holds else '**no**'} |\n"


def bounds(rows: Sequence[Row], *, busy: bool = False) -> list[Bound]:
    """Give every promise that *rows* can tell of.

    On a *busy* machine nobody can tell what the agent adds to the wall of the floor: others are in
    it. What it would be on an idle one is told by the floor, which grows as much by them.
    """
    near = {(row.projects, row.failing): row for row in rows if row.round_trip == NEAR}
    own = _own_time_if_idle if busy else _own_time
    return [
        *_of_hundred(near.get((100, 0)), own),
        *_of_one(near.get((100, 1)), own),
        *_of_thousand(near),
    ]


Own: TypeAlias = Callable[[Row, str, float], Bound]


def _own_time(row: Row, what: str, most: float) -> Bound:
    return Bound(what=f"{what}: own time, s", most=most, found=row.own.middle, digits=2)


def _own_time_if_idle(row: Row, what: str, most: float) -> Bound:
    """Take the larger of two: what it waits for costs no CPU, and not all CPU is in the wall."""
    cpu = (row.cpu.middle - row.floor_cpu.middle) / row.floor_cpu.middle * IDLE_FLOOR
    on_the_road = row.in_a_row * row.round_trip / 1000
    wall = row.own.middle / max((row.floor.middle - on_the_road) / IDLE_FLOOR, 1.0)
    return Bound(
        what=f"{what}: own time, s of an idle machine", most=most, found=max(cpu, wall), digits=2
    )


def _of_hundred(row: Row | None, own: Own) -> Iterator[Bound]:
    if row is not None:
        yield Bound(what="100 quiet projects: requests", most=12, found=row.requests)
        yield own(row, "100 quiet projects", 1.0)


def _of_one(row: Row | None, own: Own) -> Iterator[Bound]:
    if row is not None:
        yield own(row, "one failure among 100 projects is an issue", 2.0)


def _of_thousand(near: dict[tuple[int, int], Row]) -> Iterator[Bound]:
    thousand, hundred = near.get((1000, 0)), near.get((100, 0))
    if thousand is None or hundred is None:
        return
    yield Bound(what="1,000 quiet projects: requests", most=100, found=thousand.requests)
    yield Bound(what="1,000 quiet projects: peak memory, MB", most=150, found=thousand.peak)
    times = thousand.projects / hundred.projects * LINEAR
    cpu = thousand.cpu.middle / hundred.cpu.middle
    yield Bound(what="CPU of 1,000 quiet projects, of that of 100", most=times, found=cpu, digits=1)
    requests = thousand.requests / hundred.requests
    what = "requests for 1,000 quiet projects, of those for 100"
    yield Bound(what=what, most=times, found=requests, digits=1)
    points, asked = (CYCLES_AN_HOUR * each for each in (thousand.points, thousand.railway))
    what = "1,000 quiet projects every 5 minutes: GitHub's points in an hour"
    yield Bound(what=what, most=1000, found=points)
    what = "1,000 quiet projects every 5 minutes: requests to Railway in an hour"
    yield Bound(what=what, most=700, found=asked)
