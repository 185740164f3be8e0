"""Draw the plot of docs/signal.md: python tests/signal_plot.py REPLAY PLOT [--cron-only].

On the left the storm: the issues of both monitors as they came, and the root causes below them. On
the right all recordings: what the issues of each were. The same figures make the same file.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from matplotlib import style
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from signal_figures import told_apart
from signal_page import compared
from signal_records import Filed
from signal_tables import CRON, OURS, Compared, labels

COLOURS = {CRON: "#b3413a", OURS: "#1f6f8b"}
KINDS = {
    "first": ("#1f6f8b", "one per root cause"),
    "repeat": ("#e0a458", "repeats"),
    "false alarm": ("#b3413a", "false alarms"),
    "unknown": ("#9a9a9a", "cause not recorded"),
}
STYLE = {
    "svg.hashsalt": "pipeline-health",  # ids that stay the same
    "svg.fonttype": "none",  # words stay words, for readers and for signal_page.py
    "font.family": "sans-serif",
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
}


def drawn(figures: Compared) -> Figure:
    """Draw both halves on white, which is legible on a dark page too."""
    figure = Figure(figsize=(10.4, 4.4), facecolor="white", layout="constrained")
    grid = figure.add_gridspec(2, 2, width_ratios=(1.5, 1), height_ratios=(2.4, 1))
    issues = figure.add_subplot(grid[0, 0])
    spans = figure.add_subplot(grid[1, 0], sharex=issues)
    _draw_issues(issues, figures)
    _draw_causes(spans, figures)
    _draw_recordings(figure.add_subplot(grid[:, 1]), figures)
    return figure


def _draw_issues(axes: Axes, figures: Compared) -> None:
    """Draw a step for each issue, at the time by which it was there."""
    sides = {CRON: figures.cron, OURS: figures.ours}
    told = {who: side[figures.storm] for who, side in sides.items() if figures.storm in side}
    start = _midnight(figures)
    end = max(day for issues in told.values() for day in _days(issues, start))
    for (who, issues), label in zip(told.items(), labels(figures), strict=True):
        days = _days(issues, start)
        steps = [*range(1, len(days) + 1), len(days)]
        axes.step([*days, end], steps, where="post", color=COLOURS[who], label=label, linewidth=2)
    axes.set_title("The storm: issues filed, added up", loc="left")
    axes.legend(loc="upper left", frameon=False)
    axes.tick_params(labelbottom=False)
    axes.set_ylim(bottom=0)
    axes.grid(axis="y", alpha=0.3)


def _midnight(figures: Compared) -> datetime:
    """Give the beginning of the storm's first day."""
    first = min(issue.filed_by for issue in figures.cron[figures.storm] if issue.filed_by)
    return first.replace(hour=0, minute=0, second=0, microsecond=0)


def _days(issues: Sequence[Filed], start: datetime) -> list[float]:
    times = (issue.filed_by or issue.filed_after for issue in issues)
    return sorted((time - start) / timedelta(days=1) for time in times if time)


def _draw_causes(axes: Axes, figures: Compared) -> None:
    """Draw each cause from its beginning to its end, a dot where only one is recorded."""
    start = _midnight(figures)
    for place, cause in enumerate(figures.causes):
        ends = (cause.began_at, cause.ended_at or cause.seen_at)
        filed = [issue for issue in figures.cron[figures.storm] if issue.cause == cause.id]
        days = [(time - start) / timedelta(days=1) for time in ends if time]
        days = days or _days(filed, start)
        line = "-" if all(ends) else "none"
        axes.plot(days, [place] * len(days), ls=line, marker=".", color="#444444", linewidth=4)
        axes.text(max(days) + 0.12, place, cause.owner, va="center", fontsize=8)
    axes.set_yticks(range(len(figures.causes)), [cause.id for cause in figures.causes])
    axes.invert_yaxis()
    axes.margins(x=0.08, y=0.2)
    axes.set_title("Its root causes, and who could mend them", loc="left", fontsize=9)
    days_shown = range(0, int(axes.get_xlim()[1]) + 1, 2)
    axes.set_xticks(days_shown, [f"{start + timedelta(days=day):%m-%d}" for day in days_shown])


def _draw_recordings(axes: Axes, figures: Compared) -> None:
    """Draw a bar for each monitor and recording."""
    bars: Mapping[str, Sequence[Filed]] = {
        f"{name.removesuffix('.json').replace('_', ' ')}\n{who}": side[name]
        for name in figures.cron
        for who, side in ((CRON, figures.cron), (OURS, figures.ours))
        if name in side
    }
    counts = [Counter(kind for _, kind in told_apart(issues)) for issues in bars.values()]
    left = [0] * len(bars)
    for kind, (colour, label) in KINDS.items():
        widths = [count[kind] for count in counts]
        axes.barh(list(bars), widths, left=left, color=colour, label=label, height=0.7)
        left = [before + width for before, width in zip(left, widths, strict=True)]
    for place, total in enumerate(left):
        axes.text(total + 1, place, f"{total}", va="center")
    axes.invert_yaxis()
    axes.margins(x=0.12)
    axes.set_title("All recordings: what the issues were", loc="left")
    axes.legend(loc="lower right", frameon=False)


def main(arguments: Sequence[str]) -> int:
    """Write the plot."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("replay", "plot"):
        parser.add_argument(name, type=Path)
    parser.add_argument("--cron-only", action="store_true")
    parser.add_argument("--ours", type=Path, metavar="FOLDER")
    asked = parser.parse_args(arguments)
    figures = compared(asked.replay, ours=not asked.cron_only, folder=asked.ours)
    with style.context(["default", STYLE]):
        drawn(figures).savefig(asked.plot, metadata={"Date": None, "Creator": None})
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
