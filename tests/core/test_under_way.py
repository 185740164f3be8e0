"""What a run that has not ended proves of the tests of staging."""

from dataclasses import replace

import pytest

from builders import (
    HEAD,
    PARENT,
    REPO,
    a_job,
    a_policy,
    a_run,
    a_suite,
    a_view,
    ago,
    checks,
    github,
    seen,
)
from incident_builders import ailment, incident
from pipeline_health.core.model.findings import Kind, Proof, Scope, Subject, Symptom, Thing
from pipeline_health.core.model.incident import Incident
from pipeline_health.core.model.questions import Answers, Job, JobsOf, RunTrace
from pipeline_health.core.model.readings import CheckConclusion, CheckStatus
from pipeline_health.core.model.snapshot import ProjectView
from pipeline_health.core.under_way import (
    is_tried_again,
    proofs_under_way,
    questions_under_way,
)

RED = CheckConclusion.FAILURE
RUN, BEFORE = (a_run(number, workflow="Pipeline", event="workflow_run") for number in (8, 7))
NOW, THEN = (
    RunTrace(repo=REPO, run_id=run.id, updated_at=ago(minutes=30), url=run.url)
    for run in (RUN, BEFORE)
)
TESTS = Symptom(
    kind=Kind.STAGING_TESTS_FAILED,
    scope=Scope("railway:p:staging"),
    subject=Subject(Thing.PROJECT, "staging"),
)
DEPLOYED = a_job("Deploy to staging")
SMOKE = a_job("Smoke", completed_at=ago(minutes=4))
ASKS = replace(a_job("May it?"), conclusion=None)
NO = replace(a_job("May it?", RED), step="Run acme/x/promotion-check@v1")


def view(
    *jobs: Job, ended: bool = False, job: str | None = "Deploy to staging", known: bool = True
) -> ProjectView:
    """Give a view of a run under way that has *jobs*."""
    suite = a_suite(RED if ended else None, run=RUN)
    if not ended:
        suite = replace(suite, status=CheckStatus.IN_PROGRESS)
    failed = (DEPLOYED, a_job("Smoke", RED), NO)
    answers = {JobsOf(THEN): seen(failed), JobsOf(NOW): seen(jobs)} if known else {}
    return a_view(
        policy=replace(a_policy(deploy_workflow="Pipeline"), staging_job=job),
        read=github(at_head=checks(suite)),
        answers=Answers(jobs=answers),
    )


def broken(*jobs: str, symptom: Symptom = TESTS) -> Incident:
    """Give an incident of tests that failed in the run before."""
    return incident(replace(ailment(symptom), jobs=jobs, trace=THEN, commit=PARENT))


@pytest.mark.parametrize(
    ("seen_now", "of", "proved"),
    [
        (view(DEPLOYED, SMOKE, ASKS), broken("Smoke"), True),
        (view(DEPLOYED, a_job("Smoke (2)", completed_at=ago()), NO), broken("Smoke (1)"), True),
        (view(DEPLOYED, ASKS), broken("Smoke"), False),
        (view(DEPLOYED, SMOKE, a_job("E2E", RED)), broken("Smoke"), False),
        (view(replace(DEPLOYED, conclusion=None), SMOKE), broken("Smoke"), False),
        (view(DEPLOYED, SMOKE, ended=True), broken("Smoke"), False),
        (view(DEPLOYED, SMOKE, job=None), broken("Smoke"), False),
        (view(DEPLOYED, SMOKE, known=False), broken("Smoke"), False),
        (view(DEPLOYED, SMOKE), broken("Smoke", symptom=ailment().symptom), False),
    ],
    ids=[
        "the job passed",
        "another leg of it passed, and the check said no",
        "it did not run yet",
        "another test failed",
        "staging is not deployed",
        "the run has ended",
        "nobody knows which job deploys",
        "the jobs are not read",
        "another kind",
    ],
)
def test_a_job_that_passed_is_a_proof_before_its_run_ends(
    seen_now: ProjectView, of: Incident, *, proved: bool
) -> None:
    """At the time and the commit of that run, and nothing else of it has to end."""
    proofs = list(proofs_under_way(of, seen_now))

    assert [proof.symptom for proof in proofs] == [TESTS] * proved
    assert all(proof.trace == NOW and proof.commit == HEAD for proof in proofs)


def test_the_proof_is_of_the_last_job_that_had_failed() -> None:
    """By the run that is under way, in words that say what passed and where."""
    first, last = (a_job(f"Smoke ({leg})", completed_at=ago(minutes=9 - leg)) for leg in (1, 2))
    for legs in ((first, last), (last, first)):
        seen_now = view(DEPLOYED, *legs)
        assert list(proofs_under_way(broken(), seen_now)) == [
            Proof(
                symptom=TESTS,
                project=seen_now.policy.name,
                at=ago(minutes=7),
                commit=HEAD,
                trace=NOW,
                says=f"What had failed passed in workflow Pipeline at {HEAD[:7]}.",
            )
        ]


def test_what_failed_must_be_known() -> None:
    """While the jobs of the run before are not read, nothing that passed is a proof of them."""
    unread = replace(view(), answers=Answers(jobs={JobsOf(NOW): seen((DEPLOYED, SMOKE))}))

    assert list(proofs_under_way(broken(), unread)) == []


@pytest.mark.parametrize(
    ("seen_now", "of", "asked"),
    [
        (view(), broken("Smoke"), [JobsOf(NOW)]),
        (view(), broken(), [JobsOf(NOW)]),
        (view(known=False), broken(), [JobsOf(THEN)]),
        (view(ended=True), broken("Smoke"), []),
        (view(), broken("Smoke", symptom=ailment().symptom), []),
    ],
    ids=["what passed", "what failed is read", "what failed", "it has ended", "another kind"],
)
def test_jobs_are_asked_for_while_tests_are_broken(
    seen_now: ProjectView, of: Incident, asked: list[JobsOf]
) -> None:
    """No other look pays for it."""
    assert list(questions_under_way(of, seen_now)) == asked


@pytest.mark.parametrize(
    ("seen_now", "of", "expected"),
    [
        (view(DEPLOYED, ASKS), broken("Smoke"), True),
        (view(DEPLOYED, NO), broken("Smoke"), True),
        (view(DEPLOYED, a_job("Smoke", RED)), broken("Smoke"), False),
        (view(DEPLOYED, known=False), broken("Smoke"), False),
        (view(DEPLOYED, ended=True), broken("Smoke"), False),
        (view(DEPLOYED), broken("Smoke", symptom=ailment().symptom), False),
        (view(DEPLOYED), incident(), False),
    ],
    ids=["it is", "the check said no", "failed", "unread", "ended", "another kind", "of CI"],
)
def test_what_failed_is_tried_again_until_it_fails_again(
    seen_now: ProjectView, of: Incident, *, expected: bool
) -> None:
    """So long nobody has to give up."""
    assert is_tried_again(of, seen_now) is expected
