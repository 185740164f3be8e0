"""Draw the plot of docs/performance.md from its table: python -m benchmarks.plot PAGE PLOT.

On the left CPU over the number of projects, beside the floor's and beside a straight line; on the
right where the time of a quiet cycle goes. The same table makes the same file.
"""

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from matplotlib import style
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from benchmarks.bounds import NEAR
from benchmarks.page import rows_of
from benchmarks.rows import Row

OURS, FLOOR, AGENT = "#1f6f8b", "#9a9a9a", "#e0a458"
STYLE = {
    "svg.hashsalt": "pipeline-health",  # ids that stay the same
    "svg.fonttype": "none",  # words stay words, for readers
    "font.family": "sans-serif",
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
}


def drawn(rows: Sequence[Row]) -> Figure:
    """Draw both halves on white, which is legible on a dark page too."""
    figure = Figure(figsize=(10.4, 4.2), facecolor="white", layout="constrained")
    left, right = figure.subplots(1, 2, width_ratios=(1, 1.15))
    _draw_growth(left, [row for row in rows if row.round_trip == NEAR])
    _draw_cycles(right, [row for row in rows if not row.failing and row.projects >= MANY])
    return figure


MANY = 100
SECONDS = (0.25, 0.5, 1, 2, 4, 8)


def _draw_growth(axes: Axes, rows: Sequence[Row]) -> None:
    """Draw CPU over projects, both in powers of ten, so that a straight line is proportion."""
    quiet = [row for row in rows if not row.failing]
    worst = _worst(rows)
    sizes = [row.projects for row in quiet]
    for line, colour, label in (
        ([row.cpu.middle for row in worst], AGENT, "the agent, 30 % fail at once"),
        ([row.cpu.middle for row in quiet], OURS, "the agent, quiet"),
        ([row.floor_cpu.middle for row in quiet], FLOOR, "the floor, quiet"),
    ):
        axes.plot(sizes, line, marker="o", color=colour, label=label, linewidth=2)
    steep = [quiet[-1].cpu.middle * size / sizes[-1] for size in sizes[-2:]]
    axes.plot(sizes[-2:], steep, ":", color="#444444", label="in proportion")
    axes.set(xscale="log", yscale="log", xlabel="projects")
    axes.set_xticks(sizes, [f"{size:,}" for size in sizes])
    axes.set_yticks(SECONDS, [f"{each:g}" for each in SECONDS])
    axes.minorticks_off()
    axes.set_title("CPU of one cycle, s", loc="left")
    axes.legend(frameon=False)
    axes.grid(alpha=0.3)


def _worst(rows: Iterable[Row]) -> list[Row]:
    """Give for each number of projects the row in which most of them fail."""
    return list({row.projects: row for row in sorted(rows, key=lambda it: it.failing)}.values())


def _draw_cycles(axes: Axes, rows: Sequence[Row]) -> None:
    """Draw a bar for each quiet cycle: what the floor takes of it, and what the agent adds."""
    names = [f"{row.projects:,} projects,\n{row.round_trip} ms" for row in rows]
    floors, own = [row.floor.middle for row in rows], [row.own.middle for row in rows]
    axes.barh(names, floors, color=FLOOR, label="the same requests by a bare loop", height=0.7)
    axes.barh(names, own, left=floors, color=OURS, label="the agent's own time", height=0.7)
    for place, row in enumerate(rows):
        axes.text(row.floor.middle + row.own.middle, place, f" {row.wall.middle:.1f}", va="center")
    axes.invert_yaxis()
    axes.margins(x=0.1)
    axes.set_title("A quiet cycle by its round trip, s", loc="left")
    axes.legend(frameon=False)


def main(page: Path, plot: Path) -> None:
    """Write the plot."""
    with style.context(["default", STYLE]):
        drawn(rows_of(page.read_text())).savefig(plot, metadata={"Date": None, "Creator": None})


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
