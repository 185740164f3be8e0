"""`make bench`: measure, and write docs/performance.md with its plot."""

import argparse
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from benchmarks.bounds import bounds
from benchmarks.cold_starts import cold_starts
from benchmarks.measuring import Case, Sample, measured
from benchmarks.page import machine, measured_part, replaced
from benchmarks.rows import Row, row_of, written
from benchmarks.schedule import GATE, QUICK, WHOLE, Schedule

PAGE, PLOT = Path("docs/performance.md"), Path("docs/performance.svg")


def rows(schedule: Schedule) -> list[Row]:
    """Measure everything of *schedule*, saying meanwhile how far it is."""
    began = time.monotonic()
    samples: dict[Case, list[Sample]] = defaultdict(list)
    for case, sample in measured(list(schedule), schedule):
        samples[case].append(sample)
        spent = time.monotonic() - began
        told = f"{spent:4.0f} s: {case}: {sample.agent.wall:.2f} s, floor {sample.floor.wall:.2f} s"
        sys.stderr.write(told + "\n")
    return [row_of(case, samples[case]) for case in schedule]


def main(arguments: Sequence[str]) -> int:
    """Measure what was asked for; give 1 where something that must hold does not."""
    parser = argparse.ArgumentParser(description=__doc__)
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--quick", action="store_true", help="up to 100 projects; writes nothing")
    which.add_argument("--gate", action="store_true", help="what must hold; writes nothing")
    asked = parser.parse_args(arguments)
    schedule = QUICK if asked.quick else GATE if asked.gate else WHOLE
    found = rows(schedule)
    promises = bounds(found, busy=asked.gate)
    sys.stdout.write(written(found) + "\n" + "".join(bound.line() for bound in promises))
    if schedule is WHOLE:
        table, beyond = cold_starts()
        sys.stdout.write(beyond.line())
        promises.append(beyond)
        part = measured_part(found, (beyond,), machine=machine(), cold=table)
        PAGE.write_text(replaced(PAGE.read_text(), part))
        subprocess.run([sys.executable, "-m", "benchmarks.plot", PAGE, PLOT], check=True)
    return 0 if all(bound.holds for bound in promises) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
