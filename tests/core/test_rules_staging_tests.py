"""What is said of the tests against staging."""

from dataclasses import replace

import pytest

from builders import (
    HEAD,
    PARENT,
    PROJECT,
    RAILWAY_PROJECT,
    REPO,
    a_job,
    a_policy,
    a_repository,
    a_run,
    a_status,
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
from pipeline_health.core.model.questions import Answers, Job, JobsOf, LinkTrace, RunTrace
from pipeline_health.core.model.readings import (
    CheckConclusion,
    Checks,
    CommitStatus,
    StatusState,
    Suite,
    Unrecognised,
)
from pipeline_health.core.rules.staging_tests import staging_tests

RED = CheckConclusion.FAILURE
SKIPPED = CheckConclusion.SKIPPED
SYMPTOM = Symptom(
    kind=Kind.STAGING_TESTS_FAILED,
    scope=Scope(f"railway:{RAILWAY_PROJECT}:staging:github:4711"),
    subject=Subject(Thing.PROJECT, "staging"),
)
POLICY = replace(
    a_policy(deploy_workflow="Pipeline", staging_job="Deploy to staging"),
    production_job="Deploy to production",
)
RUN = a_run(7, workflow="Pipeline", event="workflow_run")
TRACE = RunTrace(repo=REPO, run_id=7, updated_at=ago(minutes=30), url=RUN.url)
DEPLOYED = a_job("Deploy to staging")
TESTED = a_job("E2E", completed_at=ago(minutes=32))
FAILED = a_job("E2E", RED, completed_at=ago(minutes=31))


def said(
    *jobs: Job,
    policy: ProjectPolicy = POLICY,
    suite: Suite | None = None,
    answered: bool = True,
) -> list[Observation]:
    """Give what the rule says of a newest run with *jobs*."""
    suite = suite or a_suite(RED, run=RUN)
    answers = Answers(jobs={JobsOf(TRACE): seen(jobs)} if answered else {})
    read = github(at_head=checks(a_suite()), earlier=[checks(suite, commit=PARENT)])
    return list(staging_tests(a_view(policy=policy, read=read, answers=answers)))


def promotion(
    state: StatusState, description: str = "", *, url: str | None = "https://ci.example/7"
) -> Checks:
    """Give the checks of a head with our own status."""
    status: CommitStatus = replace(
        a_status(state, context="pipeline-health/promotion", url=url), description=description
    )
    return checks(a_suite(), statuses=[a_status(), status])


def test_a_failed_job_after_the_deployment_is_a_finding() -> None:
    """The tests are broken since the job ended, and the run can be read for the evidence."""
    expected = Finding(
        symptom=SYMPTOM,
        project=PROJECT,
        since=ago(minutes=31),
        commit=PARENT,
        trace=TRACE,
        says=f"Job E2E of workflow Pipeline failed after the deployment to staging "
        f"at {PARENT[:7]}.",
    )
    assert [expected] == said(DEPLOYED, FAILED, a_job("Deploy to production", SKIPPED))


def test_tests_that_passed_are_a_proof() -> None:
    """Jobs that passed prove it, whatever became of production afterwards."""
    expected = Proof(
        symptom=SYMPTOM,
        project=PROJECT,
        at=ago(minutes=32),
        commit=PARENT,
        trace=TRACE,
        says=f"The jobs of workflow Pipeline after the deployment to staging passed "
        f"at {PARENT[:7]}.",
    )
    assert [expected] == said(DEPLOYED, TESTED, a_job("Deploy to production", RED))


@pytest.mark.parametrize(
    "jobs",
    [
        pytest.param((a_job("Deploy to staging", RED), FAILED), id="a failed deploy"),
        pytest.param((a_job("Deploy to staging", SKIPPED), FAILED), id="nothing deployed"),
        pytest.param((DEPLOYED, a_job("E2E", SKIPPED)), id="tests skipped"),
        pytest.param(
            (DEPLOYED, TESTED, a_job("Lint", CheckConclusion.CANCELLED)), id="one cancelled"
        ),
        pytest.param((DEPLOYED,), id="no tests"),
        pytest.param((), id="no jobs"),
        pytest.param(
            (a_job("Deploy to staging (eu)", RED), DEPLOYED, FAILED), id="one part failed"
        ),
    ],
)
def test_what_proves_nothing_is_passed_over(jobs: tuple[Job, ...]) -> None:
    """Before staging was deployed, and without a test that ran, nothing is said."""
    assert [] == said(*jobs)


def test_a_job_without_a_time_ended_with_its_run() -> None:
    """Where GitHub does not tell when a job ended, the run tells."""
    (finding,) = said(DEPLOYED, replace(FAILED, completed_at=None))
    assert isinstance(finding, Finding)
    assert ago(minutes=30) == finding.since


def test_a_run_under_way_is_unsettled() -> None:
    """A run that has not ended may still pass."""
    (word,) = said(suite=a_suite(None, run=RUN))
    assert isinstance(word, Unsettled)
    assert (True, f"Workflow Pipeline has not ended at {PARENT[:7]}.") == (word.in_flight, word.why)


def test_jobs_that_are_not_read_are_asked_for() -> None:
    """The jobs of the newest run would settle it."""
    (word,) = said(answered=False)
    assert isinstance(word, Unsettled)
    assert JobsOf(TRACE) == word.asks


def test_jobs_that_cannot_be_read_say_nothing() -> None:
    """Blindness neither opens nor closes."""
    read = github(at_head=checks(a_suite(RED, run=RUN)))
    answers = Answers(jobs={JobsOf(TRACE): blind()})
    assert [] == list(staging_tests(a_view(policy=POLICY, read=read, answers=answers)))


@pytest.mark.parametrize(
    "policy",
    [
        pytest.param(replace(POLICY, staging_job=None), id="no staging job"),
        pytest.param(replace(POLICY, deploy_workflow="Other"), id="another workflow"),
    ],
)
def test_without_a_staging_job_nobody_can_tell_tests_from_deploys(policy: ProjectPolicy) -> None:
    """Only what follows a known staging job is a test of staging."""
    assert [] == said(DEPLOYED, FAILED, policy=policy)


@pytest.mark.parametrize(
    ("state", "description"),
    [
        (StatusState.FAILURE, "smoke: /healthz answered 503"),
        (StatusState.ERROR, "E2E failed"),
        (StatusState.FAILURE, "reachability of staging"),
    ],
)
def test_our_own_refusal_because_of_tests_is_a_finding(
    state: StatusState, description: str
) -> None:
    """A promotion that was refused for what staging answered tells of failed tests."""
    read = github(at_head=promotion(state, description))
    expected = Finding(
        symptom=SYMPTOM,
        project=PROJECT,
        since=ago(minutes=30),
        commit=HEAD,
        trace=LinkTrace(url="https://ci.example/7"),
        says=f"The look at staging before a promotion failed at {HEAD[:7]}.",
    )
    assert [expected] == list(staging_tests(a_view(read=read)))


def test_our_own_promotion_is_a_proof() -> None:
    """A commit that may be promoted passed its tests; a status without a page has the commit's."""
    read = github(at_head=promotion(StatusState.SUCCESS, url=None))
    expected = Proof(
        symptom=SYMPTOM,
        project=PROJECT,
        at=ago(minutes=30),
        commit=HEAD,
        trace=LinkTrace(url=f"https://github.com/{REPO}/commit/{HEAD}"),
        says=f"The look at staging before a promotion passed at {HEAD[:7]}.",
    )
    assert [expected] == list(staging_tests(a_view(read=read)))


@pytest.mark.parametrize(
    ("state", "description"),
    [
        (StatusState.FAILURE, "main CI is red"),
        (StatusState.PENDING, "smoke tests are under way"),
    ],
)
def test_a_promotion_that_waits_or_fails_for_another_reason_says_nothing(
    state: StatusState, description: str
) -> None:
    """Red CI and a missing deployment have kinds of their own."""
    assert [] == list(staging_tests(a_view(read=github(at_head=promotion(state, description)))))


def test_one_failure_that_both_show_is_said_once() -> None:
    """The run has the log, and so it speaks."""
    suite = a_suite(RED, run=RUN)
    at_head = promotion(StatusState.FAILURE, "e2e")
    read = github(at_head=replace(at_head, suites=(*at_head.suites, suite)))
    answers = Answers(jobs={JobsOf(TRACE): seen((DEPLOYED, FAILED))})

    (word,) = staging_tests(a_view(policy=POLICY, read=read, answers=answers))

    assert isinstance(word, Finding)
    assert TRACE == word.trace


def test_unseen_checks_and_unknown_states_say_nothing() -> None:
    """What was not read, and what we do not know, is no verdict."""
    unread = replace(github(), checks=blind())
    strange = a_suite(Unrecognised("NEW"), run=RUN)

    assert [] == list(staging_tests(a_view(policy=POLICY, read=unread)))
    assert [] == said(a_job("Deploy to staging", Unrecognised("NEW")), FAILED, suite=strange)


def test_an_archived_repository_has_no_tests() -> None:
    """Nothing runs there any more."""
    read = github(
        repository=a_repository(archived=True), at_head=promotion(StatusState.FAILURE, "smoke")
    )
    assert [] == list(staging_tests(a_view(read=read)))
