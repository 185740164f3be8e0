"""The tests against staging: jobs of the deploy workflow, and our own look before a promotion."""

import re
from collections.abc import Iterator
from datetime import datetime

from pipeline_health.core.deploy_runs import DeployRun, newest_deploy_run, trace_of
from pipeline_health.core.deploy_verdict import (
    DeployState,
    is_part_of,
    is_promotion_check,
    judge_conclusion,
    judge_job,
)
from pipeline_health.core.model.findings import (
    Finding,
    Kind,
    Observation,
    Proof,
    Subject,
    Symptom,
    Thing,
    Unsettled,
)
from pipeline_health.core.model.questions import Job, JobsOf, LinkTrace
from pipeline_health.core.model.readings import CommitStatus, Seen, StatusState
from pipeline_health.core.model.snapshot import ProjectView
from pipeline_health.core.observe import commit_page, is_archived, staging_symptom

PROMOTION = "pipeline-health/promotion"
_FAILED = frozenset({StatusState.FAILURE, StatusState.ERROR})
_OF_TESTS = re.compile(r"\b(?:smoke|e2e|reachab\w*)\b", re.IGNORECASE)
_OURS = re.compile(r"(?P<answer>[a-z]+): (?P<criterion>[a-z0-9-]+): ")


def staging_tests(view: ProjectView) -> Iterator[Observation]:
    """Say whether what was deployed to staging passed its tests there.

    A job of the deploy workflow counts only after `staging_job` succeeded in the same run: before
    that it is a failed deploy, which has a kind of its own.
    """
    symptom = None if is_archived(view) else _symptom(view)
    if symptom is None:
        return
    of_workflow, of_promotion = _workflow_word(view, symptom), _promotion_word(view, symptom)
    if of_workflow is not None:
        yield of_workflow
    if of_promotion is not None and not (
        isinstance(of_workflow, Finding) and isinstance(of_promotion, Finding)
    ):
        yield of_promotion


def _symptom(view: ProjectView) -> Symptom | None:
    """Name the tests by the environment: what the operator calls the project may change."""
    subject = Subject(Thing.PROJECT, view.policy.staging_environment)
    return staging_symptom(view, subject, kind=Kind.STAGING_TESTS_FAILED)


def _workflow_word(view: ProjectView, symptom: Symptom) -> Observation | None:
    newest = newest_deploy_run(view)
    if newest is None or view.policy.staging_job is None:
        return None
    if not newest.ended:
        why = f"Workflow {newest.run.workflow} has not ended at {newest.sha[:7]}."
        return Unsettled(symptom=symptom, project=view.policy.name, why=why, in_flight=True)
    question = JobsOf(trace_of(view, newest))
    answer = view.answers.jobs.get(question)
    if answer is None:
        why = f"The jobs of workflow {newest.run.workflow} are not read yet."
        return Unsettled(symptom=symptom, project=view.policy.name, why=why, asks=question)
    if not isinstance(answer, Seen):
        return None
    staging = judge_job(answer.value, view.policy.staging_job)
    if staging.state is not DeployState.HEALTHY:
        return None
    return _by_jobs(view, symptom, newest, answer.value)


def _by_jobs(
    view: ProjectView, symptom: Symptom, run: DeployRun, jobs: tuple[Job, ...]
) -> Observation | None:
    """Judge the jobs that neither deploy nor ask us whether production may be deployed."""
    deploying = [name for name in (view.policy.staging_job, view.policy.production_job) if name]
    tests = [
        job
        for job in jobs
        if not is_promotion_check(job) and not any(is_part_of(job, name) for name in deploying)
    ]
    failed = [job for job in tests if judge_conclusion(job.conclusion) is DeployState.FAILED]
    if failed:
        return Finding(
            symptom=symptom,
            project=view.policy.name,
            since=_ended(failed, run),
            commit=run.sha,
            trace=trace_of(view, run),
            says=f"Job {failed[0].name} of workflow {run.run.workflow} failed after the deployment "
            f"to staging at {run.sha[:7]}.",
        )
    states = {judge_conclusion(job.conclusion) for job in tests}
    if DeployState.HEALTHY not in states or DeployState.UNKNOWN in states:
        return None
    return Proof(
        symptom=symptom,
        project=view.policy.name,
        at=_ended(tests, run),
        commit=run.sha,
        trace=trace_of(view, run),
        says=f"The jobs of workflow {run.run.workflow} after the deployment to staging passed "
        f"at {run.sha[:7]}.",
    )


def _ended(jobs: list[Job], run: DeployRun) -> datetime:
    ends = [job.completed_at for job in jobs if job.completed_at is not None]
    return max(ends, default=run.suite.updated_at)


def _promotion_word(view: ProjectView, symptom: Symptom) -> Observation | None:
    """Say what our own status at the head says of the tests; its other reasons are none of ours."""
    checks = view.github.checks
    statuses = checks.value.statuses if isinstance(checks, Seen) else ()
    status = next((status for status in statuses if status.context == PROMOTION), None)
    if status is None or not isinstance(checks, Seen):
        return None
    sha = checks.value.sha
    trace = commit_page(view, sha) if status.url is None else LinkTrace(url=status.url)
    if status.state is StatusState.SUCCESS:
        return Proof(
            symptom=symptom,
            project=view.policy.name,
            at=status.created_at,
            commit=sha,
            trace=trace,
            says=f"The look at staging before a promotion passed at {sha[:7]}.",
        )
    if not _tells_of_tests(status):
        return None
    return Finding(
        symptom=symptom,
        project=view.policy.name,
        since=status.created_at,
        commit=sha,
        trace=trace,
        says=f"The look at staging before a promotion failed at {sha[:7]}.",
    )


def _tells_of_tests(status: CommitStatus) -> bool:
    """Tell whether a test failed: by the criterion that it names, else by what it speaks of.

    What a criterion says may hold anything, a workflow that is called e2e for one; and a test that
    could not be made is none that failed.
    """
    ours = _OURS.match(status.description)
    told = status.description if ours is None else ours["criterion"]
    unknown = ours is not None and ours["answer"] == "unknown"
    return status.state in _FAILED and not unknown and _OF_TESTS.search(told) is not None
