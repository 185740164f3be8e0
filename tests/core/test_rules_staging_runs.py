"""A run of the deploy workflow that hangs, or waits, before staging has its commit."""

from dataclasses import replace

import pytest

from builders import (
    HEAD,
    PROJECT,
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
from pipeline_health.core.deploy_runs import newest_deploy_run, trace_of
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
from pipeline_health.core.model.questions import Answers, Job, JobsOf
from pipeline_health.core.model.readings import (
    Blind,
    CheckConclusion,
    CheckStatus,
    Reading,
    Suite,
    Unrecognised,
)
from pipeline_health.core.model.snapshot import ProjectView
from pipeline_health.core.rules.staging_runs import stuck_runs

JOB = "Deploy to staging"
BY_JOB = a_policy(deploy_workflow="Deploy", staging_job=JOB)
BY_RUN = a_policy(deploy_workflow="Deploy")
GREEN = CheckConclusion.SUCCESS
SYMPTOM = Symptom(
    kind=Kind.STAGING_DEPLOY_STUCK,
    scope=Scope("railway:railway-project:staging:github:4711"),
    subject=Subject(Thing.ENVIRONMENT, "staging"),
)


def a_deploy(
    *, minutes: float, status: CheckStatus | Unrecognised = CheckStatus.IN_PROGRESS
) -> Suite:
    """Give a run of the deploy workflow that last changed so many minutes ago."""
    return a_suite(
        None,
        run=a_run(2, workflow="Deploy", event="workflow_run"),
        status=status,
        updated_at=ago(minutes=minutes),
    )


def unfinished(name: str = JOB) -> Job:
    """Give a job that is under way."""
    return replace(a_job(name), conclusion=None, completed_at=None)


def looked(
    suite: Suite,
    jobs: Reading[tuple[Job, ...]] | None = None,
    *,
    policy: ProjectPolicy = BY_JOB,
) -> ProjectView:
    """Give a view of the run, with its jobs where they were read."""
    view = a_view(policy=policy, read=github(at_head=checks(a_suite(), suite)))
    run = newest_deploy_run(view)
    if run is None or jobs is None:
        return view
    return replace(view, answers=Answers(jobs={JobsOf(trace_of(view, run)): jobs}))


def said(view: ProjectView) -> list[Observation]:
    """Give what the rule says."""
    return list(stuck_runs(view))


def test_a_run_that_hangs_before_staging_is_done_is_found() -> None:
    """The clock of the issue starts when it was too long."""
    (finding,) = said(looked(a_deploy(minutes=31), seen((unfinished(),))))

    assert isinstance(finding, Finding)
    assert (SYMPTOM, PROJECT, HEAD) == (finding.symptom, finding.project, finding.commit)
    assert (ago(minutes=1), False) == (finding.since, finding.for_people)
    assert finding.says == (f"Workflow Deploy has not ended before staging is done at {HEAD[:7]}.")


def test_a_run_that_waits_for_approval_is_found_at_once_and_for_people() -> None:
    """No commit makes it go on."""
    suite = a_deploy(minutes=1, status=CheckStatus.WAITING)

    (finding,) = said(looked(suite, seen((unfinished(),))))

    assert isinstance(finding, Finding)
    assert (ago(minutes=1), True, True) == (finding.since, finding.for_people, finding.approval)
    assert "waits for somebody's approval" in finding.says


@pytest.mark.parametrize(
    ("policy", "jobs", "found"),
    [
        pytest.param(BY_JOB, (), True, id="no job yet"),
        pytest.param(BY_JOB, (a_job("Build", GREEN),), True, id="staging is to come"),
        pytest.param(BY_JOB, (a_job(JOB, GREEN), unfinished("E2E")), False, id="after staging"),
        pytest.param(BY_RUN, (a_job("Build", GREEN), unfinished("Ship")), True, id="any job"),
        pytest.param(BY_RUN, (a_job("Ship", GREEN),), False, id="every job is over"),
        pytest.param(
            replace(BY_RUN, production_job="Live"),
            (a_job("Ship", GREEN), unfinished("Live")),
            False,
            id="production is to come",
        ),
    ],
)
def test_only_what_is_stagings_hangs_staging(
    policy: ProjectPolicy, jobs: tuple[Job, ...], *, found: bool
) -> None:
    """Tests and production come later, and have kinds of their own."""
    words = said(looked(a_deploy(minutes=45), seen(jobs), policy=policy))

    assert [Finding] * found == [type(word) for word in words]


@pytest.mark.parametrize(
    ("minutes", "jobs", "in_flight", "words"),
    [
        (30, None, True, "may still end"),
        (31, None, False, "has jobs that are not read yet"),
        (31, blind("502"), False, "has jobs that could not be read (502)"),
    ],
)
def test_what_nobody_can_tell_yet_is_unsettled(
    minutes: float, jobs: Blind | None, words: str, *, in_flight: bool
) -> None:
    """A run may take half an hour, and what is not read is no failure."""
    (word,) = said(looked(a_deploy(minutes=minutes), jobs))

    assert isinstance(word, Unsettled)
    assert (in_flight, f"Workflow Deploy {words} at {HEAD[:7]}.") == (word.in_flight, word.why)
    assert (jobs is None and not in_flight) == (word.asks is not None)


def test_a_staging_job_that_passed_is_the_proof() -> None:
    """Whatever became of the rest of the run."""
    suite = a_suite(CheckConclusion.FAILURE, run=a_run(2, workflow="Deploy"))

    (proof,) = said(looked(suite, seen((a_job(JOB, GREEN), a_job("E2E", CheckConclusion.FAILURE)))))

    assert isinstance(proof, Proof)
    assert SYMPTOM == proof.symptom


@pytest.mark.parametrize(
    "view",
    [
        looked(a_deploy(minutes=99, status=Unrecognised("PAUSED")), seen((unfinished(),))),
        looked(
            a_suite(CheckConclusion.FAILURE, run=a_run(2, workflow="Deploy")),
            seen((a_job(JOB, CheckConclusion.FAILURE),)),
        ),
        a_view(policy=a_policy()),
        a_view(policy=BY_JOB, read=replace(github(), repository=seen(a_repository(archived=True)))),
    ],
    ids=["unknown status", "it failed", "no deploy workflow", "archived"],
)
def test_of_everything_else_nothing_is_said(view: ProjectView) -> None:
    """What failed or is not known has words elsewhere."""
    assert [] == said(view)
