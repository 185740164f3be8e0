"""What is said of staging by the workflow that deploys it."""

from dataclasses import replace

import pytest

from builders import (
    HEAD,
    NOW,
    PARENT,
    PROJECT,
    REPO,
    a_job,
    a_policy,
    a_repository,
    a_run,
    a_suite,
    a_view,
    ago,
    blind,
    checks,
    github,
    seen,
)
from pipeline_health.core.model.findings import (
    Finding,
    Kind,
    Observation,
    Proof,
    Scope,
    Subject,
    Symptom,
    Thing,
    Unsettled,
)
from pipeline_health.core.model.policy import ProjectPolicy
from pipeline_health.core.model.questions import Answers, Job, JobsOf, RunTrace
from pipeline_health.core.model.readings import (
    Blind,
    CheckConclusion,
    Checks,
    CheckStatus,
    GitHubReading,
    Reading,
    Suite,
    Unrecognised,
)
from pipeline_health.core.rules.staging_records import deploy_workflow

JOB = "Deploy to staging"
BY_JOB = a_policy(deploy_workflow="Deploy", staging_job=JOB)
BY_RUN = a_policy(deploy_workflow="Deploy")
SHORT = HEAD[:7]
SYMPTOM = Symptom(
    kind=Kind.STAGING_DEPLOY_FAILED,
    scope=Scope("railway:railway-project:staging:github:4711"),
    subject=Subject(Thing.ENVIRONMENT, "staging"),
)
RED = CheckConclusion.FAILURE
GREEN = CheckConclusion.SUCCESS


def a_deploy(
    conclusion: CheckConclusion | Unrecognised | None,
    number: int = 1,
    *,
    status: CheckStatus | Unrecognised | None = None,
) -> Suite:
    """Give a run of the deploy workflow, started by the end of another one."""
    run = a_run(number, workflow="Deploy", event="workflow_run")
    return a_suite(conclusion, run=run, status=status)


def trace(number: int = 1) -> RunTrace:
    """Give where a run of `a_deploy` can be read."""
    return RunTrace(
        repo=REPO,
        run_id=number,
        updated_at=ago(minutes=30),
        url=f"https://github.com/{REPO}/actions/runs/{number}",
    )


def said(
    *suites: Suite,
    policy: ProjectPolicy = BY_JOB,
    jobs: Reading[tuple[Job, ...]] | None = None,
    earlier: list[Checks] | None = None,
) -> list[Observation]:
    """Give what the rule says; *jobs* are those of run 1."""
    read = github(at_head=checks(*suites), earlier=earlier)
    answers = Answers() if jobs is None else Answers(jobs={JobsOf(trace()): jobs})
    return list(deploy_workflow(a_view(policy=policy, read=read, answers=answers)))


def unsettled(why: str, *, in_flight: bool = False, asks: JobsOf | None = None) -> Unsettled:
    """Give what is said while nobody can tell."""
    return Unsettled(symptom=SYMPTOM, project=PROJECT, why=why, in_flight=in_flight, asks=asks)


def a_failure(says: str, *, minutes: float) -> Finding:
    """Give what is said of a failure that happened so many minutes ago."""
    return Finding(
        symptom=SYMPTOM,
        project=PROJECT,
        since=ago(minutes=minutes),
        commit=HEAD,
        trace=trace(),
        says=says,
    )


def a_success(says: str, *, minutes: float) -> Proof:
    """Give what is said of a success that happened so many minutes ago."""
    return Proof(
        symptom=SYMPTOM,
        project=PROJECT,
        at=ago(minutes=minutes),
        commit=HEAD,
        trace=trace(),
        says=says,
    )


BY_CONCLUSION: dict[str, tuple[CheckConclusion | Unrecognised | None, Observation]] = {
    "failed": (RED, a_failure(f"Workflow Deploy failed at {SHORT}.", minutes=30)),
    "timed out": (
        CheckConclusion.TIMED_OUT,
        a_failure(f"Workflow Deploy failed at {SHORT}.", minutes=30),
    ),
    "passed": (GREEN, a_success(f"Workflow Deploy passed at {SHORT}.", minutes=30)),
    "neutral": (
        CheckConclusion.NEUTRAL,
        unsettled(f"Workflow Deploy ended without a verdict at {SHORT}."),
    ),
    "in progress": (None, unsettled(f"Workflow Deploy is under way at {SHORT}.", in_flight=True)),
}


@pytest.mark.parametrize(("conclusion", "expected"), BY_CONCLUSION.values(), ids=BY_CONCLUSION)
def test_without_a_staging_job_the_run_decides(
    conclusion: CheckConclusion | Unrecognised | None, expected: Observation
) -> None:
    """Where no job is named, the deploy is as good as its run."""
    assert [expected] == said(a_deploy(conclusion), policy=BY_RUN)


def test_a_run_in_a_state_that_we_do_not_know_is_unsettled() -> None:
    """A new status of GitHub's is neither under way nor over."""
    expected = unsettled(f"Workflow Deploy is in a state that we do not know at {SHORT}.")
    assert [expected] == said(a_deploy(None, status=Unrecognised("WOBBLY")), policy=BY_RUN)


def test_the_jobs_are_asked_for() -> None:
    """A run that ended says nothing of staging until its jobs are known."""
    why = f"The jobs of Workflow Deploy are not read yet at {SHORT}."
    assert [unsettled(why, asks=JobsOf(trace()))] == said(a_deploy(RED))


def test_no_jobs_are_asked_for_while_the_run_is_under_way() -> None:
    """A run in progress is waited for."""
    why = f"Workflow Deploy is under way at {SHORT}."
    assert [unsettled(why, in_flight=True)] == said(a_deploy(None))


def test_jobs_that_cannot_be_read_settle_nothing() -> None:
    """Blindness is told, and is not asked for again in the same cycle."""
    why = f"The jobs of Workflow Deploy could not be read (502) at {SHORT}."
    assert [unsettled(why)] == said(a_deploy(RED), jobs=Blind(at=NOW, why="502"))


PASSED = a_success(f"Job {JOB} of Workflow Deploy passed at {SHORT}.", minutes=35)
BY_JOBS: dict[str, tuple[CheckConclusion, list[Job], list[Observation]]] = {
    "failed": (
        RED,
        [a_job("Build"), a_job(JOB, RED)],
        [a_failure(f"Job {JOB} of Workflow Deploy failed at {SHORT}.", minutes=35)],
    ),
    "passed": (GREEN, [a_job(JOB)], [PASSED]),
    "passed, and a test after it failed": (RED, [a_job(JOB), a_job("Smoke", RED)], [PASSED]),
    "passed, no time told": (
        GREEN,
        [replace(a_job(JOB), completed_at=None)],
        [a_success(f"Job {JOB} of Workflow Deploy passed at {SHORT}.", minutes=30)],
    ),
    "skipped": (RED, [a_job("Build", RED), a_job(JOB, CheckConclusion.SKIPPED)], []),
    "cancelled": (
        RED,
        [a_job(JOB, CheckConclusion.CANCELLED)],
        [unsettled(f"Job {JOB} of Workflow Deploy gave no verdict at {SHORT}.")],
    ),
    "no such job": (
        GREEN,
        [a_job("Build")],
        [unsettled(f"Job {JOB} of Workflow Deploy gave no verdict at {SHORT}.")],
    ),
    "failed without a job": (
        RED,
        [],
        [a_failure(f"Workflow Deploy failed at {SHORT}.", minutes=30)],
    ),
    "passed without a job": (
        GREEN,
        [],
        [unsettled(f"Workflow Deploy shows no job at {SHORT}.")],
    ),
}


@pytest.mark.parametrize(("conclusion", "jobs", "expected"), BY_JOBS.values(), ids=BY_JOBS)
def test_the_staging_job_decides(
    conclusion: CheckConclusion, jobs: list[Job], expected: list[Observation]
) -> None:
    """Only the job that deploys to staging opens and closes, whatever the run says."""
    assert expected == said(a_deploy(conclusion), jobs=seen(tuple(jobs)))


def test_a_run_that_could_not_start_has_failed() -> None:
    """There are no jobs to ask for when the workflow file itself is refused."""
    expected = a_failure(f"Workflow Deploy failed at {SHORT}.", minutes=30)
    assert [expected] == said(a_deploy(CheckConclusion.STARTUP_FAILURE))


ORPHAN = replace(
    a_deploy(None, 9, status=CheckStatus.QUEUED), check_runs=0, created_at=ago(hours=4)
)


@pytest.mark.parametrize(
    "newer",
    [a_deploy(CheckConclusion.CANCELLED, 9), a_deploy(CheckConclusion.SKIPPED, 9), ORPHAN],
    ids=["cancelled", "skipped", "orphan"],
)
def test_a_newer_run_that_proves_nothing_is_passed_over(newer: Suite) -> None:
    """A failure stands when the run after it never did anything."""
    expected = a_failure(f"Workflow Deploy failed at {SHORT}.", minutes=30)
    assert [expected] == said(a_deploy(RED), newer, policy=BY_RUN)


def test_the_newest_run_of_all_commits_decides() -> None:
    """An older commit's run that was started later is the one that deployed last."""
    earlier = [checks(a_deploy(GREEN, 5), a_suite(RED, run=a_run(7)), commit=PARENT)]
    (word,) = said(a_deploy(RED), policy=BY_RUN, earlier=earlier)
    assert isinstance(word, Proof)
    assert PARENT == word.commit


HEAD_RED = github(at_head=checks(a_deploy(RED)))
SILENT: dict[str, tuple[ProjectPolicy, GitHubReading]] = {
    "no deploy workflow": (a_policy(), HEAD_RED),
    "checks blind": (BY_RUN, replace(HEAD_RED, checks=blind())),
    "earlier blind": (BY_RUN, replace(HEAD_RED, earlier=blind())),
    "archived": (BY_RUN, replace(HEAD_RED, repository=seen(a_repository(archived=True)))),
    "never ran": (BY_RUN, github()),
    "no identity": (
        replace(BY_RUN, railway_project=None),
        replace(HEAD_RED, repository=blind()),
    ),
}


@pytest.mark.parametrize(("policy", "read"), SILENT.values(), ids=SILENT)
def test_what_is_not_seen_in_full_is_not_judged(policy: ProjectPolicy, read: GitHubReading) -> None:
    """Blindness says nothing about health, and neither does a workflow that never ran."""
    assert [] == list(deploy_workflow(a_view(policy=policy, read=read)))
