"""Print what was filed on the recordings, counted: python tests/signal_figures.py REPLAY.

REPLAY is the folder of the recordings. Each issue is counted once: as the first of its root cause,
as a repeat, as a false alarm, or as one whose cause is not recorded. What the bash cron filed is
recorded there; with `--ours` the figures are those of this product instead, which is replayed then
(or has been: `--ours=FOLDER` has what `replay --json` printed, one file for each recording).
`--issues` names each issue with what it is counted as.
"""

import argparse
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import chain
from pathlib import Path
from statistics import median

import signal_ours
from signal_records import NOBODY, RECORDINGS, Filed, filed_by_the_cron, missed


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """Times from failure to issue that are known in one way (exactly, or as a bound)."""

    number: int = 0
    median: timedelta | None = None
    maximum: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What the issues of one recording amount to.

    *causes*, *repeats*, *false* and *unknown* sum up to *issues*. *misgiven* are those that another
    could have mended than who got them, *false_given* the false alarms that somebody got,
    *owner_unknown* those of which it is not recorded who got them or who could have mended them.
    The times leave false alarms out: nothing had failed.
    """

    issues: int
    causes: int
    repeats: int
    false: int
    unknown: int
    misgiven: int
    false_given: int
    owner_unknown: int
    exact: Times
    at_most: Times
    at_least: Times
    no_time: int

    @property
    def wrong_owner(self) -> int:
        """Give how many issues went to somebody who could not mend them."""
        return self.misgiven + self.false_given


def figures(issues: Sequence[Filed]) -> Figures:
    """Count *issues*."""
    counted = [as_what for _, as_what in told_apart(issues)]
    waits = [issue.wait for issue in issues if not issue.false]
    return Figures(
        issues=len(issues),
        causes=counted.count("first"),
        repeats=counted.count("repeat"),
        false=counted.count("false alarm"),
        unknown=counted.count("unknown"),
        misgiven=sum(map(_is_misgiven, issues)),
        false_given=sum(map(_is_false_given, issues)),
        owner_unknown=sum(None in {issue.given_to, issue.fixer} for issue in issues),
        exact=_times(wait.exact for wait in waits if wait),
        at_most=_times(wait.most for wait in waits if wait and wait.exact is None),
        at_least=_times(wait.least for wait in waits if wait and wait.most is None),
        no_time=waits.count(None),
    )


def told_apart(issues: Iterable[Filed]) -> Iterator[tuple[Filed, str]]:
    """Give each issue with what it is counted as."""
    seen = set()
    for issue in issues:
        if issue.false:
            yield issue, "false alarm"
        elif issue.cause is None:
            yield issue, "unknown"
        else:
            yield issue, "repeat" if issue.cause in seen else "first"
            seen.add(issue.cause)


def _is_misgiven(issue: Filed) -> bool:
    """Tell whether another than the one who got it could have mended it."""
    known = issue.fixer not in {None, NOBODY} and issue.given_to is not None
    return not issue.false and known and issue.fixer != issue.given_to


def _is_false_given(issue: Filed) -> bool:
    return issue.false and issue.given_to is not None


def _times(known: Iterable[timedelta | None]) -> Times:
    seconds = [time.total_seconds() for time in known if time is not None]
    if not seconds:
        return Times()
    return Times(
        number=len(seconds),
        median=timedelta(seconds=median(seconds)),
        maximum=timedelta(seconds=max(seconds)),
    )


def once(recordings: Mapping[str, Sequence[Filed]]) -> Sequence[Filed]:
    """Give each issue once, as the first recording that has it tells of it."""
    found: dict[tuple[str, int], Filed] = {}
    for issues in recordings.values():
        for issue in issues:
            found.setdefault((issue.repo, issue.number), issue)
    return tuple(found.values())


def spoken(time: timedelta) -> str:
    """Say a time to the second."""
    minutes, seconds = divmod(round(time.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    parts = ((hours, "h"), (minutes, "min"), (seconds, "s"))
    return " ".join(f"{number} {unit}" for number, unit in parts if number) or "0 s"


def lines_of(counted: Figures) -> Iterator[str]:
    """Say the figures, a line each."""
    rows = {
        "issues": f"{counted.issues}",
        "root causes": f"{counted.causes}",
        "repeats": f"{counted.repeats}",
        "false alarms": f"{counted.false}",
        "cause not recorded": f"{counted.unknown}",
        "wrong owner": f"{counted.wrong_owner}  {counted.misgiven} that another could have mended, "
        f"{counted.false_given} false alarms",
        "owner not recorded": f"{counted.owner_unknown}",
        "failure to issue, exactly": _said(counted.exact),
        "failure to issue, at most": _said(counted.at_most),
        "failure to issue, at least": _said(counted.at_least),
        "failure to issue, not recorded": f"{counted.no_time}",
    }
    yield from (f"  {name:<32}{said}" for name, said in rows.items())


def _said(times: Times) -> str:
    if times.median is None or times.maximum is None:
        return "0"
    return f"{times.number}  median {spoken(times.median)}, maximum {spoken(times.maximum)}"


def main(arguments: Sequence[str]) -> int:
    """Print the figures of each recording, and of all of them together."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("replay", type=Path)
    parser.add_argument("--ours", nargs="?", const="", metavar="FOLDER")
    parser.add_argument("--issues", action="store_true")
    asked = parser.parse_args(arguments)
    if asked.ours is None:
        filed = {name: filed_by_the_cron(asked.replay / name) for name in RECORDINGS}
        everything = once(filed)
    else:
        filed = signal_ours.filed(asked.replay, Path(asked.ours) if asked.ours else None)
        everything = tuple(chain.from_iterable(filed.values()))
    for name, issues in {**filed, "together, each issue once": everything}.items():
        sys.stdout.write("\n".join([name, *lines_of(figures(issues)), ""]))
        if asked.issues:
            sys.stdout.writelines(
                f"    {it.repo}#{it.number}: {as_}\n" for it, as_ in told_apart(issues)
            )
    if asked.ours is None:
        cases = [case for name in RECORDINGS for case in missed(asked.replay / name)]
        sys.stdout.write(f"missed: {', '.join(cases)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
