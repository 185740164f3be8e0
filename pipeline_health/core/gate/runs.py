"""Which runs of the deploy workflow are about the commit, and how its staging job ended there.

GitHub attaches a run that another workflow, a person or a schedule began to whatever the head of
the branch is by then: such a run is about the commit only when its name says so, or when the live
URL itself says that it serves the commit.
"""

import re
from collections.abc import Iterator
from datetime import datetime

from pipeline_health.core.deploy_verdict import DeployState, is_part_of, judge_job
from pipeline_health.core.model.ids import Sha
from pipeline_health.core.model.promotion import Matter
from pipeline_health.core.model.questions import BranchRun, Job, JobsOf, RunTrace
from pipeline_health.core.model.readings import CheckStatus, Seen
from pipeline_health.frozen import dataclass

AT_THEIR_COMMIT = frozenset({"push", "merge_group"})
_NAMED_BY_THEIR_WORKFLOW = frozenset(
    {
        "deployment",
        "deployment_status",
        "repository_dispatch",
        "schedule",
        "workflow_dispatch",
        "workflow_run",
    }
)
"""Events of which the run is called what its workflow says, and not what a stranger wrote.

A push is called as its commit message is, and an issue or a pull request as whoever opened it says.
"""
_COMMIT = re.compile(r"(?<![0-9a-f])[0-9a-f]{40}(?![0-9a-f])")
MOST_RUNS = 10
"""Runs of which the jobs are asked for: where more began since, staging has moved on anyway."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Staged:
    """How the staging job of one run ended: *began* and *ended* bound what it deployed."""

    run: BranchRun
    state: DeployState
    began: datetime | None = None
    ended: datetime | None = None


def runs_about(matter: Matter) -> tuple[BranchRun, ...]:
    """Give the runs of the deploy workflow that are about the commit, newest first."""
    sight = matter.sight
    if sight is None or not isinstance(sight.runs, Seen):
        return ()
    return tuple(run for run in sight.runs.value if is_about(matter, run))


def is_about(matter: Matter, run: BranchRun) -> bool:
    """Tell whether *run* is about the commit; a name that holds two of them names neither."""
    is_named = run.run.event in _NAMED_BY_THEIR_WORKFLOW
    if is_named and set(_COMMIT.findall(run.title.lower())) == {matter.commit}:
        return True
    if run.sha != matter.commit:
        return False
    return run.run.event in AT_THEIR_COMMIT or is_live(matter)


def is_live(matter: Matter) -> bool:
    """Tell whether the live URL itself said that it serves the commit, before and after."""
    said = (matter.tests.before, matter.tests.after)
    return all(one is not None and one.commit == matter.commit for one in said)


def trace_of(matter: Matter, run: BranchRun) -> RunTrace:
    """Tell where *run* can be read."""
    return RunTrace(
        repo=matter.policy.repo,
        run_id=run.run.id,
        updated_at=run.suite.updated_at,
        url=run.run.url,
    )


def staged(matter: Matter, run: BranchRun) -> Staged | JobsOf | None:
    """Tell how the staging job of *run* ended, or ask; None where its jobs cannot be read."""
    name, question = matter.policy.staging_job, JobsOf(trace_of(matter, run))
    answer = matter.view.answers.jobs.get(question)
    if name is None:
        return None
    if answer is None:
        return question
    if not isinstance(answer, Seen):
        return None
    parts = tuple(job for job in answer.value if is_part_of(job, name))
    waits = not parts and run.suite.status is not CheckStatus.COMPLETED
    if waits or any(job.conclusion is None for job in parts):
        return Staged(run=run, state=DeployState.IN_FLIGHT)
    verdict = judge_job(parts, name)
    return Staged(run=run, state=verdict.state, began=_began(parts), ended=verdict.at)


def _began(parts: tuple[Job, ...]) -> datetime | None:
    starts = [job.started_at for job in parts if job.started_at is not None]
    return min(starts, default=None)


def newest_staged(matter: Matter) -> Staged | JobsOf | None:
    """Tell how the newest run about the commit that got to its staging job ended there."""
    for run in runs_about(matter):
        found = staged(matter, run)
        if not (isinstance(found, Staged) and found.state is DeployState.NOTHING_DEPLOYED):
            return found
    return None


def questions(matter: Matter) -> Iterator[JobsOf]:
    """Ask for the jobs of the runs about the commit, and of the newest ones since the first."""
    about = runs_about(matter)
    if matter.policy.staging_job is None or not about:
        return
    newest = newest_staged(matter)
    again = touched_since(matter, newest) if isinstance(newest, Staged) else ()
    for run in (
        *about[:MOST_RUNS],
        *later(matter, about[0])[:MOST_RUNS],
        *again[:MOST_RUNS],
    ):
        found = staged(matter, run)
        if isinstance(found, JobsOf):
            yield found


def later(matter: Matter, than: BranchRun) -> tuple[BranchRun, ...]:
    """Give the runs of the deploy workflow that began after *than*, newest first."""
    sight = matter.sight
    runs = sight.runs.value if sight is not None and isinstance(sight.runs, Seen) else ()
    return tuple(run for run in runs if run.run.id > than.run.id)


def touched_since(matter: Matter, than: Staged) -> tuple[BranchRun, ...]:
    """Give the older runs that changed since *than* began to deploy.

    One that is made again keeps its number, and deploys its old commit.
    """
    sight, since = matter.sight, _starts(than)
    runs = sight.runs.value if sight is not None and isinstance(sight.runs, Seen) else ()
    older = (run for run in runs if run.run.id < than.run.run.id)
    return tuple(run for run in older if run.suite.updated_at >= since)


def was_before(one: Staged, than: Staged) -> bool:
    """Tell whether the job of *one* was over before that of *than* was; who ends last has won."""
    return one.ended is not None and one.ended <= (than.ended or _starts(than))


def _starts(staged: Staged) -> datetime:
    return staged.began or staged.run.suite.created_at


def commit_of_run(run: BranchRun) -> Sha | None:
    """Give the commit that *run* is about where it began by a push, None where only it knows."""
    return run.sha if run.run.event in AT_THEIR_COMMIT else None
