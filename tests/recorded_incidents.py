"""Fail unless recorded incidents come out as promised: python tests/recorded_incidents.py REPLAY.

The real agent is run over each file of the folder, as the file itself implies it to be configured.
What is promised is here; nothing that reads or replays a file knows of it.
"""

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from pipeline_health import replaying
from pipeline_health.core.model.incident import Owner
from pipeline_health.core.signal import counted
from pipeline_health.replaying import Replayed


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """Whose issue there is about each root cause, one a cause, and what must be said of others."""

    file: str
    issues: Mapping[str, Owner] = field(default_factory=dict)
    unsaid: tuple[str, ...] = ()
    every: timedelta | None = None


STORM = Promise(
    file="reli_railway_token_storm.json",
    issues={"R2": Owner.HUMAN, "R3": Owner.AGENT},
    unsaid=("R1 ", "R5 ", "R5: "),
    every=timedelta(minutes=30),
)
TRANSIENTS = Promise(file="http_000_transients.json", unsaid=("alexsiri7/reli #1151",))
LAGGING = Promise(
    file="prod_lagging.json",
    issues={"alexsiri7/word-coach-annie#753": Owner.HUMAN},
    unsaid=("#1380, #1512: that a list",),
)
CASES = Promise(
    file="single_cases.json",
    issues={"scheduled-run-read-as-main-ci": Owner.HUMAN},
    unsaid=("stale-red-listing", "skip-ci-squash", "human-label-refile", "already-fixed-issue"),
)


def replayed(promise: Promise, folder: Path) -> Replayed:
    """Replay the file of *promise*."""
    history = replaying.read(folder / promise.file)
    return replaying.replay(replaying.prepare(history), every=promise.every)


def broken(promise: Promise, of: Replayed) -> Iterator[str]:
    """Say what of *promise* does not hold."""
    found = [(counted(issue, of.recording).cause, issue) for issue in of.issues]
    causes = sorted(str(cause) for cause, _ in found)
    if causes != sorted(promise.issues):
        titles = "; ".join(f"{cause}: {issue.title}" for cause, issue in found) or "nothing"
        yield f"{promise.file}: filed {titles}; expected one for each of {[*promise.issues]}"
    for cause, issue in found:
        owner = promise.issues.get(str(cause))
        if {issue.owner, issue.left_with} != {owner}:
            had = f"{issue.owner}, then {issue.left_with}"
            yield f"{promise.file}: {issue.title}: {had}; expected {owner}"
    for beginning in promise.unsaid:
        if not any(line.startswith(beginning) for line in of.lacks):
            yield f"{promise.file}: nothing is said of what is not recorded of {beginning}"
    for tick in of.ticks:
        if tick.failed is not None:
            yield f"{promise.file}: {tick.at}: {tick.failed}"


def main(folder: str) -> int:
    """Name every promise that does not hold; give 1 when there is any."""
    problems = [
        problem
        for promise in (STORM, TRANSIENTS, LAGGING, CASES)
        for problem in broken(promise, replayed(promise, Path(folder)))
    ]
    sys.stderr.writelines(f"{problem}\n" for problem in problems)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
