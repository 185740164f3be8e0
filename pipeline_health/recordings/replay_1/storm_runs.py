"""The runs that failed: the recorded ones, and those that a cause without any must have had."""

import re
from collections.abc import Iterator
from datetime import datetime

from pipeline_health.clients.json import Json
from pipeline_health.core.model.incident import Owner
from pipeline_health.core.model.readings import CheckConclusion, CheckStatus
from pipeline_health.core.model.recording import JobTold, RootCause, RunTold
from pipeline_health.recordings.replay_1.common import CI, earliest, found_in, head_at, sha_of
from pipeline_health.recordings.replay_1.storm_file import StormFile, filed_by, without_run

_WHERE = re.compile(r" in (?P<workflow>\S+) / (?P<job>\S+)$")


def failing_runs(file: StormFile) -> Iterator[RunTold]:
    """Give every run that failed: of the pipeline, of a schedule, and those that stand in."""
    yield from _runs(file)
    yield from _scheduled(file)
    yield from _by_label(file)


# -- the runs that are recorded --------------------------------------------------------------


def _runs(file: StormFile) -> Iterator[RunTold]:
    for run in file.runs:
        exact, by = run.maybe_time("observed_at"), _known_by(file, run)
        at, sha = exact or by, sha_of(run, "head_sha")
        if at is None or sha is None:
            continue
        yield RunTold(
            at=at,
            repo=file.repo,
            run_id=run.number("run_id"),
            workflow=file.pipeline,
            event="workflow_run",
            sha=sha,
            status=CheckStatus.COMPLETED,
            conclusion=run.one_of(CheckConclusion, "conclusion"),
            created_at=at,
            jobs=_jobs(file),
            cause=file.cause_of(run) or _cause_at(file, at),
            bound=exact is None,
        )


def _known_by(file: StormFile, run: Json) -> datetime | None:
    """Give by when a run had failed, as far as an issue that was filed for it tells."""
    numbers = {each.number() for each in run.items("issues")}
    return earliest(filed_by(i) for i in file.issues if i.number("number") in numbers)


def _cause_at(file: StormFile, at: datetime) -> str | None:
    """Give the cause that is recorded to have gone on *at* that time, where it is only one."""
    found = [c.id for c in file.causes if c.began_at and c.began_at <= at and not _is_over(c, at)]
    mentioned = {file.cause_of(run) for run in file.runs}
    of_runs = [cause for cause in found if cause in mentioned]
    return of_runs[0] if len(of_runs) == 1 else None


def _is_over(cause: RootCause, at: datetime) -> bool:
    return cause.ended_at is not None and cause.ended_at <= at


def _jobs(file: StormFile) -> tuple[JobTold, ...]:
    """Give the jobs of a failing run of the pipeline: they are the same in every one."""
    skipped = [job.text() for job in file.ci.items("skipped_jobs")]
    return (
        JobTold(
            name=file.ci.text("failed_job"),
            conclusion=CheckConclusion.FAILURE,
            step=file.ci.text("failed_step"),
            log=file.ci.text("log_line"),
        ),
        *(JobTold(name=job, conclusion=CheckConclusion.SKIPPED) for job in skipped),
    )


def _scheduled(file: StormFile) -> Iterator[RunTold]:
    """Give the failing runs of a schedule whose time is known; they named the cause in their log.

    Which words they named it with is not recorded: those of the pipeline stand in.
    """
    for signal in found_in(file.signals, "at"):
        at = signal.time("at")
        head = head_at(file.pushes, at)
        if head is None:
            continue
        name = signal.text("workflow").removesuffix(".yml")
        log = file.ci.text("log_line") if signal.flag("names_the_cause") else ""
        yield RunTold(
            at=at,
            repo=file.repo,
            run_id=signal.number("run_id"),
            workflow=name,
            event="schedule",
            sha=head.sha,
            status=CheckStatus.COMPLETED,
            conclusion=CheckConclusion.FAILURE,
            created_at=at,
            jobs=(JobTold(name=name, conclusion=CheckConclusion.FAILURE, log=log),),
            cause=_cause_at(file, at) if signal.flag("names_the_cause") else None,
        )


# -- what is recorded of a cause without any run ------------------------------------------------


def _by_label(file: StormFile) -> Iterator[RunTold]:
    """Give the failure of a cause that a commit ended: red by when it was filed, green after it.

    Its label says what failed, and where that is not CI, in which workflow and job.
    """
    for cause, issues in without_run(file):
        by = earliest(filed_by(issue) for issue in issues)
        head = None if by is None else head_at(file.pushes, by)
        if by is None or head is None or cause.ended_at is None or cause.owner is not Owner.AGENT:
            continue
        workflow, job = _place_of(cause)
        yield RunTold(
            at=by,
            repo=file.repo,
            run_id=file.numbers.at(by),
            workflow=workflow,
            event="push" if workflow == CI else "schedule",
            sha=head.sha,
            status=CheckStatus.COMPLETED,
            conclusion=CheckConclusion.FAILURE,
            created_at=head.at,
            jobs=(JobTold(name=job, conclusion=CheckConclusion.FAILURE, log=cause.label),),
            cause=cause.id,
            bound=True,
        )


def _place_of(cause: RootCause) -> tuple[str, str]:
    named = _WHERE.search(cause.label)
    return (CI, CI.lower()) if named is None else (named["workflow"], named["job"])
