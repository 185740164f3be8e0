"""Measure a replay of 30 days, one project, a cycle each five minutes: python tests/thirty_days.py.

Six pushes a day, each tested and deployed to staging; every twentieth is red. It is no test: how
long a host takes is nothing to fail for.
"""

import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from pipeline_health import replaying
from pipeline_health.core.model.ids import RepoName, Sha
from pipeline_health.core.model.railway import RailwayStatus
from pipeline_health.core.model.readings import CheckConclusion, CheckStatus
from pipeline_health.core.model.recording import (
    DeploymentTold,
    Fact,
    JobTold,
    Pushed,
    RecordedProject,
    Recording,
    RunTold,
)

REPO = RepoName("acme/shop")
BEGAN = datetime(2026, 3, 2, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
RED = 20


def facts(days: int) -> Iterator[Fact]:
    """Give what happens in so many days."""
    for number in range(days * 6):
        at, sha = BEGAN + number * 240 * MINUTE, Sha(f"{number + 1:040x}")
        failed = number % RED == RED // 2
        ended = CheckConclusion.FAILURE if failed else CheckConclusion.SUCCESS
        yield Pushed(at=at, repo=REPO, sha=sha, message=f"work {number}", author="dev")
        yield RunTold(
            at=at + 6 * MINUTE,
            repo=REPO,
            run_id=30_000_000_000 + number,
            workflow="CI",
            event="push",
            sha=sha,
            status=CheckStatus.COMPLETED,
            conclusion=ended,
            created_at=at,
            jobs=(JobTold(name="test", conclusion=ended, log="boom" if failed else ""),),
        )
        if not failed:
            yield DeploymentTold(
                at=at + 12 * MINUTE,
                project="shop",
                environment="staging",
                service="web",
                id=f"deployment-{number}",
                status=RailwayStatus.SUCCESS,
                created_at=at + 8 * MINUTE,
                commit=sha,
                built_from=REPO,
            )


def main(days: str = "30") -> None:
    """Replay, and tell how long it took."""
    length = int(days)
    project = RecordedProject(name="shop", repo=REPO, railway_project="shop")
    recording = Recording(
        name="a quiet month",
        began_at=BEGAN,
        ended_at=BEGAN + timedelta(days=length),
        projects=(project,),
        facts=tuple(facts(length)),
    )
    wall, cpu = time.perf_counter(), time.process_time()
    found = replaying.replay(replaying.prepare(recording))
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    each = cpu / found.cycles * 1000
    sys.stdout.write(
        f"{found.cycles} cycles in {wall:.1f} s ({cpu:.1f} s of CPU, {each:.1f} ms each); "
        f"{found.figures.issues} issues\n"
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
