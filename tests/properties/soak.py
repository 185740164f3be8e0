"""The long run: thousands of cycles of the real agent and clients, and a table of what was hit.

    PYTHONPATH=tests python -m properties.soak --cycles 20000 --jobs 2 --seed 1
    PYTHONPATH=tests python -m properties.soak --replay 4711

Exits 1 when a law was broken, or when a kind of trouble was hit too seldom.
"""

import argparse
import io
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from contextlib import ExitStack
from dataclasses import dataclass, field

from pipeline_health import telemetry
from properties.history import History, LawBrokenError, steps
from properties.trouble import KINDS

STEPS = 50
"""How many times the world goes on in one history, before its end."""

LEAST = 100
"""How often each kind of trouble must be hit in a run of 20,000 cycles."""

WHOLE = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What one history came to."""

    seed: int
    hits: Counter[str]
    done: Counter[str]
    cpu: float
    broken: str = ""


@dataclass(slots=True)
class Total:
    """The sum of many histories."""

    hits: Counter[str] = field(default_factory=Counter)
    done: Counter[str] = field(default_factory=Counter)
    seeds: list[int] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    cpu: float = 0.0

    def add(self, outcome: Outcome) -> None:
        """Add one."""
        self.hits += outcome.hits
        self.done += outcome.done
        self.cpu += outcome.cpu
        self.seeds.append(outcome.seed)
        if outcome.broken:
            self.broken.append(outcome.broken)


def played(seed: int) -> Outcome:
    """Play the history of *seed* from its beginning to its end."""
    began = time.process_time()
    with ExitStack() as opened:
        history = History(seed, opened=opened)
        broken = ""
        try:
            for _ in steps(history, STEPS):
                pass
            history.end()
        except LawBrokenError as exc:
            broken = str(exc)
        return Outcome(
            seed=seed,
            hits=history.tally.hits,
            done=history.tally.done,
            cpu=time.process_time() - began,
            broken=broken,
        )


def silenced() -> None:
    """Let the agent's log go nowhere."""
    telemetry.configure(
        format="json",
        stream=io.StringIO(),
        journal_stream=None,
        redaction=telemetry.Redaction(()),
        color=False,
    )


def soaked(*, cycles: int, minutes: float, seed: int, jobs: int) -> Total:
    """Play history after history, beginning with *seed*, until there were so many cycles.

    After so many *minutes* no further one begins.
    """
    total, told = Total(), time.monotonic()
    ends = told + minutes * 60
    with ProcessPoolExecutor(max_workers=jobs, initializer=silenced) as pool:
        ahead: set[Future[Outcome]] = set()
        while total.done["cycles"] < cycles and time.monotonic() < ends:
            while len(ahead) < jobs:
                ahead.add(pool.submit(played, seed))
                seed += 1
            over, ahead = wait(ahead, return_when=FIRST_COMPLETED)
            for one in over:
                total.add(one.result())
                if one.result().broken:
                    say(one.result().broken)
            if time.monotonic() - told > 60:
                told = time.monotonic()
                say(f"{total.done['cycles']} cycles, {len(total.broken)} violations")
        for one in ahead:
            total.add(one.result())
    return total


def table(total: Total, *, minutes: float, least: int) -> Iterator[str]:
    """Write down what was done and hit, as the rows of a table."""
    yield "| what | how often |"
    yield "|---|---|"
    for name, count in total.done.most_common():
        yield f"| {name} | {count:,} |"
    yield f"| histories (seeds {min(total.seeds)} to {max(total.seeds)}) | {len(total.seeds):,} |"
    yield f"| violations | {len(total.broken)} |"
    yield f"| minutes, of CPU time | {minutes:.1f}, {total.cpu / 60:.1f} |"
    yield ""
    yield "| trouble | hits |"
    yield "|---|---|"
    for kind in KINDS:
        few = "" if total.hits[kind] >= least else f", fewer than {least}"
        yield f"| {kind} | {total.hits[kind]:,}{few} |"


def say(line: str) -> None:
    """Print a line at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main(arguments: Sequence[str] | None = None) -> int:
    """Run, print the table, and tell by the exit code whether everything held."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--cycles", type=int, default=WHOLE, help="how many, at least")
    parser.add_argument("--minutes", type=float, default=60, help="how long, at most")
    parser.add_argument("--seed", type=int, default=1, help="of the first history")
    parser.add_argument("--jobs", type=int, default=2, help="how many processes")
    parser.add_argument("--replay", type=int, metavar="SEED", help="tell one history in full")
    given = parser.parse_args(arguments)
    if given.replay is not None:
        return replayed(given.replay)
    began = time.monotonic()
    total = soaked(cycles=given.cycles, minutes=given.minutes, seed=given.seed, jobs=given.jobs)
    least = LEAST * min(given.cycles, total.done["cycles"]) // WHOLE
    for line in table(total, minutes=(time.monotonic() - began) / 60, least=least):
        say(line)
    return 1 if total.broken or any(total.hits[kind] < least for kind in KINDS) else 0


def replayed(seed: int) -> int:
    """Tell the history of *seed* line by line."""
    silenced()
    with ExitStack() as opened:
        history = History(seed, opened=opened)
        try:
            for _ in steps(history, STEPS):
                pass
            history.end()
        except LawBrokenError as exc:
            say("\n".join(history.town.told))
            say(f"BROKEN: {exc.breach}")
            return 1
        say("\n".join(history.town.told))
    return 0


if __name__ == "__main__":
    sys.exit(main())
