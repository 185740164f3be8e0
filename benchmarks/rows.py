"""A row of the table: the medians of what was measured of one case, and how they spread."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from statistics import median

from benchmarks.measuring import Case, Sample


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """The middle of some figures, and half of what lies between the least and the greatest."""

    middle: float
    around: float

    @classmethod
    def of(cls, figures: Sequence[float]) -> "Spread":
        """Tell it of *figures*."""
        return cls(middle=median(figures), around=(max(figures) - min(figures)) / 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What one case takes; times are in seconds, *own* is what the agent adds to the floor."""

    projects: int
    failing: int
    round_trip: int
    github: int
    points: int
    railway: int
    in_a_row: int
    wall: Spread
    floor: Spread
    own: Spread
    cpu: Spread
    floor_cpu: Spread
    peak: float
    ledger: int

    @property
    def requests(self) -> int:
        """Tell how many requests both providers got."""
        return self.github + self.railway


def row_of(case: Case, samples: Sequence[Sample]) -> Row:
    """Sum up what was measured of one case."""

    def spread(figure: Callable[[Sample], float]) -> Spread:
        return Spread.of([figure(sample) for sample in samples])

    def most(figure: Callable[[Sample], int]) -> int:
        return max(figure(sample) for sample in samples)

    return Row(
        projects=case.projects,
        failing=case.failing,
        round_trip=case.round_trip,
        github=most(lambda it: it.told.github),
        points=most(lambda it: it.told.points),
        railway=most(lambda it: it.told.railway),
        in_a_row=most(lambda it: it.row),
        wall=spread(lambda it: it.agent.wall),
        floor=spread(lambda it: it.floor.wall),
        own=spread(lambda it: it.agent.wall - it.floor.wall),
        cpu=spread(lambda it: it.agent.cpu),
        floor_cpu=spread(lambda it: it.floor.cpu),
        peak=max(sample.agent.peak for sample in samples),
        ledger=most(lambda it: it.ledger),
    )


HEADINGS = {
    "projects": "projects",
    "failing": "fail now",
    "round_trip": "round trip, ms",
    "github": "GitHub requests",
    "points": "points",
    "railway": "Railway requests",
    "in_a_row": "in a row",
    "wall": "wall, s",
    "floor": "floor, s",
    "own": "own time, s",
    "cpu": "CPU, s",
    "floor_cpu": "floor's CPU, s",
    "ratio": "CPU of floors",
    "peak": "peak, MB",
    "ledger": "ledger, kB",
}


def written(rows: Sequence[Row]) -> str:
    """Write the table; `read` reads it."""
    lines = [HEADINGS.values(), ["--:"] * len(HEADINGS), *map(_cells, rows)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _cells(row: Row) -> list[str]:
    cells = {field.name: _cell(getattr(row, field.name)) for field in fields(row)}
    cells["peak"] = f"{row.peak:.0f}"
    cells["ledger"] = f"{row.ledger / 1000:,.0f}"
    cells["ratio"] = f"{row.cpu.middle / row.floor_cpu.middle:.1f}"
    return [cells[name] for name in HEADINGS]


def _cell(figure: Spread | float) -> str:
    if isinstance(figure, Spread):
        around = f" ± {figure.around:.2f}" if figure.around else ""  # one sample has no spread
        return f"{figure.middle:.2f}{around}"
    return f"{figure:,}"


def read(text: str) -> list[Row]:
    """Read the rows of what was written, as exactly as it says them."""
    headings, _, *lines = (
        [cell.strip() for cell in line[1:-1].split("|")] for line in text.strip().splitlines()
    )
    if headings != list(HEADINGS.values()):
        msg = f"these are not the columns of the table: {headings}"
        raise ValueError(msg)
    return [_row(dict(zip(HEADINGS, cells, strict=True))) for cells in lines]


def _row(cells: Mapping[str, str]) -> Row:
    def count(name: str) -> int:
        return int(_number(cells[name]))

    def spread(name: str) -> Spread:
        middle, _, around = cells[name].partition(" ± ")
        return Spread(middle=_number(middle), around=_number(around or "0"))

    return Row(
        projects=count("projects"),
        failing=count("failing"),
        round_trip=count("round_trip"),
        github=count("github"),
        points=count("points"),
        railway=count("railway"),
        in_a_row=count("in_a_row"),
        wall=spread("wall"),
        floor=spread("floor"),
        own=spread("own"),
        cpu=spread("cpu"),
        floor_cpu=spread("floor_cpu"),
        peak=_number(cells["peak"]),
        ledger=count("ledger") * 1000,
    )


def _number(text: str) -> float:
    return float(text.replace(",", ""))
