"""Hold docs/signal.md against the recordings: python tests/signal_page.py REPLAY PAGE PLOT.

What stands between the markers of PAGE, how many issues it says that each single case had, and the
words of the SVG called PLOT must be what the recordings give. Where the page states figures of this
product, it is replayed on them as well (`--ours=FOLDER`: what `replay --json` printed before). With
`--write` the page is made so, with the figures of this product; `--cron-only` leaves those out.
"""

import argparse
import html
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import signal_ours
from signal_records import RECORDINGS, causes, extent, filed_by_the_cron, single_cases
from signal_tables import Compared, filed_then, is_about_ours, labels, rewritten, tables, written


def compared(replay: Path, *, ours: bool, folder: Path | None = None) -> Compared:
    """Read what both filed."""
    storm = RECORDINGS[0]
    return Compared(
        cron={name: filed_by_the_cron(replay / name) for name in RECORDINGS},
        ours=signal_ours.filed(replay, folder) if ours else {},
        storm=storm,
        causes=causes(replay / storm),
        extent=extent(replay / storm),
        cases=single_cases(replay / RECORDINGS[-1]),
    )


def wrongs(page: str, plot: str, figures: Compared) -> Iterator[str]:
    """Say what the page or the plot states otherwise than *figures*."""
    stated, true = written(page).splitlines(), tables(figures).splitlines()
    yield from (f"the page lacks: {line}" for line in true if line not in stated)
    yield from (f"the page states: {line}" for line in stated if line not in true)
    if filed_then(page) != figures.cases:
        yield f"the page states of the single cases {filed_then(page)}, and not {figures.cases}"
    said = html.unescape(plot)
    yield from (f"the plot lacks: {label}" for label in labels(figures) if label not in said)


def main(arguments: Sequence[str]) -> int:
    """Check or write; give 1 when something is stated wrongly."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("replay", "page", "plot"):
        parser.add_argument(name, type=Path)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--cron-only", action="store_true")
    parser.add_argument("--ours", type=Path, metavar="FOLDER")
    asked = parser.parse_args(arguments)
    page = asked.page.read_text()
    ours = not asked.cron_only if asked.write else is_about_ours(page)
    figures = compared(asked.replay, ours=ours, folder=asked.ours)
    if asked.write:
        asked.page.write_text(rewritten(page, tables(figures)))
        return 0
    found = list(wrongs(page, asked.plot.read_text(), figures))
    sys.stderr.writelines(f"{asked.page}: {wrong}; `make signal` mends it\n" for wrong in found)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
