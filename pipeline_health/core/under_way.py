"""Proof in a run that has not ended: the jobs that tested staging passed, and others follow.

The promotion check may be a job of the very workflow that tests staging. Its run cannot end before
it, so that what failed in the run before would stand in its way for ever.
"""

from collections.abc import Iterator

from pipeline_health.core.deploy_runs import DeployRun, newest_deploy_run, trace_of
from pipeline_health.core.deploy_verdict import (
    DeployState,
    is_promotion_check,
    judge_conclusion,
    judge_job,
)
from pipeline_health.core.incidents import failed_jobs, without_matrix
from pipeline_health.core.model.findings import Kind, Proof
from pipeline_health.core.model.incident import Ailment, Incident
from pipeline_health.core.model.questions import Job, JobsOf
from pipeline_health.core.model.readings import Seen
from pipeline_health.core.model.snapshot import ProjectView


def questions_under_way(incident: Incident, view: ProjectView) -> Iterator[JobsOf]:
    """Name the jobs that may have passed already what is broken in *incident*."""
    run = _run(view)
    for ailment in _of_tests(incident) if run is not None else ():
        assert run is not None  # noqa: S101 - asked above
        failed = failed_jobs(ailment, view)
        yield failed if isinstance(failed, JobsOf) else JobsOf(trace_of(view, run))


def proofs_under_way(incident: Incident, view: ProjectView) -> Iterator[Proof]:
    """Give the proofs that the newest run holds before its end.

    It must have deployed to staging, and nothing that tests it may have failed in it.
    """
    run, name = _run(view), view.policy.staging_job
    answer = None if run is None else view.answers.jobs.get(JobsOf(trace_of(view, run)))
    if run is None or name is None or not isinstance(answer, Seen):
        return
    jobs = answer.value
    if judge_job(jobs, name).state is not DeployState.HEALTHY or any(map(_has_failed, jobs)):
        return
    for ailment in _of_tests(incident):
        yield from _proof(ailment, run, jobs, view)


def is_tried_again(incident: Incident, view: ProjectView) -> bool:
    """Tell whether all that is broken in *incident* is being tested anew, and may still pass."""
    run = _run(view)
    answer = None if run is None else view.answers.jobs.get(JobsOf(trace_of(view, run)))
    if not isinstance(answer, Seen) or any(map(_has_failed, answer.value)):
        return False
    return bool(incident.broken) and len(incident.broken) == len(tuple(_of_tests(incident)))


def _proof(
    ailment: Ailment, run: DeployRun, jobs: tuple[Job, ...], view: ProjectView
) -> Iterator[Proof]:
    failed = failed_jobs(ailment, view)
    names = {without_matrix(name) for name in failed} if isinstance(failed, tuple) else set()
    ends = [
        job.completed_at
        for job in jobs
        if without_matrix(job.name) in names and job.completed_at is not None
    ]
    if ends:
        yield Proof(
            symptom=ailment.symptom,
            project=view.policy.name,
            at=max(ends),
            commit=run.sha,
            trace=trace_of(view, run),
            says=f"What had failed passed in workflow {run.run.workflow} at {run.sha[:7]}.",
        )


def _run(view: ProjectView) -> DeployRun | None:
    """Give the newest run of the deploy workflow while it is under way."""
    newest = newest_deploy_run(view)
    if newest is None or newest.ended or view.policy.staging_job is None:
        return None
    return newest


def _of_tests(incident: Incident) -> Iterator[Ailment]:
    return (one for one in incident.broken if one.symptom.kind is Kind.STAGING_TESTS_FAILED)


def _has_failed(job: Job) -> bool:
    return judge_conclusion(job.conclusion) is DeployState.FAILED and not is_promotion_check(job)
