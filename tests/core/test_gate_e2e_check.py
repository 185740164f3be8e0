"""Criterion `e2e` by a check run: it must have succeeded, and be about the commit."""

from dataclasses import replace

import pytest

from builders import (
    HEAD,
    NOW,
    PARENT,
    a_job,
    a_run,
    a_suite,
    an_app_suite,
    blind,
    seen,
)
from builders import a_branch_run as builders_run
from gate_matters import (
    a_matter,
    criterion,
    jobs_of,
    verdict,
    with_answers,
    with_facts,
    with_gate,
    with_policy,
    with_sight,
    with_tests,
    with_version,
)
from pipeline_health.core.gate import questions
from pipeline_health.core.model.commit import NamedCheck
from pipeline_health.core.model.ids import Sha
from pipeline_health.core.model.promotion import Matter
from pipeline_health.core.model.questions import BranchRun
from pipeline_health.core.model.readings import (
    CheckConclusion,
    CheckStatus,
    Unrecognised,
)
from pipeline_health.core.model.verdict import Answer, Criterion, CriterionName, CriterionState

NAME = "Staging E2E smoke tests"


def a_check(
    conclusion: CheckConclusion | Unrecognised | None = CheckConclusion.SUCCESS,
    *,
    number: int = 1,
    workflow: str = "E2E",
    event: str = "push",
    status: CheckStatus | Unrecognised | None = None,
) -> NamedCheck:
    """Give a check run of that name, in a workflow that a push began."""
    run = a_run(number, workflow=workflow, event=event)
    ended = CheckStatus.IN_PROGRESS if conclusion is None else CheckStatus.COMPLETED
    return NamedCheck(
        id=number,
        name=NAME,
        suite=a_suite(conclusion, run=run),
        status=status or ended,
        conclusion=conclusion,
    )


def named(*found: NamedCheck, runs: tuple[BranchRun, ...] = ()) -> Matter:
    """Give a commit with these check runs, and these runs of the deploy workflow."""
    matter = with_gate(with_tests(a_matter(), e2e=None), e2e=(), e2e_check=NAME)
    matter = with_policy(matter, deploy_workflow="Pipeline")
    return with_sight(matter, named=seen(found), runs=seen(runs))


def e2e(matter: Matter) -> Criterion:
    """Give how the check stands; nothing but a pass may promote."""
    found = criterion(matter, CriterionName.E2E)
    assert (found.state is CriterionState.PASS) == (verdict(matter).answer is Answer.PROMOTE)
    return found


@pytest.mark.parametrize(
    ("conclusion", "state"),
    [
        (CheckConclusion.SUCCESS, CriterionState.PASS),
        (CheckConclusion.FAILURE, CriterionState.FAIL),
        (CheckConclusion.SKIPPED, CriterionState.FAIL),
        (CheckConclusion.NEUTRAL, CriterionState.FAIL),
        (CheckConclusion.CANCELLED, CriterionState.FAIL),
        (None, CriterionState.PENDING),
        (Unrecognised("NEW"), CriterionState.UNKNOWN),
    ],
)
def test_nothing_but_success_passes(
    conclusion: CheckConclusion | Unrecognised | None, state: CriterionState
) -> None:
    """A skipped job reports success to branch protection; not here."""
    assert e2e(named(a_check(conclusion))).state is state


def test_a_status_that_we_do_not_know_is_unknown() -> None:
    """Whatever it concluded."""
    strange = a_check(status=Unrecognised("DREAMING"))
    assert e2e(named(strange)).state is CriterionState.UNKNOWN


def test_the_newest_of_a_workflow_decides() -> None:
    """A re-run makes a new check run."""
    failed, again = a_check(CheckConclusion.FAILURE, number=1), a_check(number=2)
    assert e2e(named(again, failed)).state is CriterionState.PASS
    cancelled = a_check(CheckConclusion.CANCELLED, number=3)
    assert e2e(named(again, cancelled)).state is CriterionState.FAIL


def test_of_several_workflows_each_must_pass() -> None:
    """Three may have a job of that name."""
    other = a_check(CheckConclusion.FAILURE, number=2, workflow="Nightly")
    assert e2e(named(a_check(), other)).state is CriterionState.FAIL


def test_another_app_may_make_it() -> None:
    """Then there is no run."""
    by_app = replace(a_check(), suite=an_app_suite())
    assert e2e(named(by_app)).state is CriterionState.PASS


def test_a_check_that_is_missing_is_waited_for_and_then_missed() -> None:
    """It says what to do."""
    matter = named()
    assert e2e(matter).state is CriterionState.FAIL
    assert e2e(with_sight(matter, committed_at=NOW)).state is CriterionState.PENDING


def test_a_check_of_a_run_that_only_hangs_on_to_the_commit_does_not_count() -> None:
    """It was begun by another workflow, and GitHub attached it to the head of that moment."""
    hanging = a_check(event="workflow_run", workflow="Pipeline")
    assert e2e(named(hanging)).state is CriterionState.FAIL
    assert e2e(with_version(named(hanging))).state is CriterionState.PASS


def a_pipeline(*, title: str = "", commit: Sha = HEAD, number: int = 1) -> BranchRun:
    """Give a run of the deploy workflow that another workflow began."""
    run = builders_run(number=number, workflow="Pipeline", event="workflow_run")
    return replace(run, sha=commit, title=title)


def test_a_run_whose_name_holds_the_commit_is_about_it() -> None:
    """Wherever it is attached to."""
    run = a_pipeline(title=f"Pipeline {HEAD}")
    attached = named(a_check(event="workflow_run", workflow="Pipeline"), runs=(run,))
    assert jobs_of(run) in set(questions(attached))
    answered = with_answers(attached, jobs={jobs_of(run): seen(())})
    assert jobs_of(run) not in set(questions(answered))
    assert e2e(answered).state is CriterionState.PASS


@pytest.mark.parametrize(
    ("conclusion", "state"),
    [
        (CheckConclusion.SUCCESS, CriterionState.PASS),
        (CheckConclusion.SKIPPED, CriterionState.FAIL),
        (None, CriterionState.PENDING),
    ],
)
def test_a_job_of_a_run_that_is_attached_elsewhere_counts(
    conclusion: CheckConclusion | None, state: CriterionState
) -> None:
    """Its name holds the commit, and its head is another one."""
    run = a_pipeline(title=f"Deploy {HEAD}", commit=PARENT)
    jobs = seen((a_job(NAME, conclusion), a_job("Deploy to staging")))
    assert e2e(with_answers(named(runs=(run,)), jobs={jobs_of(run): jobs})).state is state


def test_of_several_such_runs_the_newest_that_has_the_job_counts() -> None:
    """One that never came to it says nothing."""
    old, new, newest = (
        a_pipeline(title=HEAD, commit=PARENT, number=number) for number in (1, 2, 3)
    )
    jobs = {
        jobs_of(old): seen((a_job(NAME, CheckConclusion.FAILURE),)),
        jobs_of(new): seen((a_job(NAME),)),
        jobs_of(newest): seen((a_job("Deploy to staging", CheckConclusion.FAILURE),)),
    }
    matter = named(runs=(newest, new, old))
    assert e2e(with_answers(matter, jobs=jobs)).state is CriterionState.PASS


def test_jobs_that_could_not_be_read_are_unknown() -> None:
    """One of them may be the check, and have failed."""
    run = a_pipeline(title=HEAD, commit=PARENT)
    matter = named(a_check(), runs=(run,))
    assert e2e(matter).state is CriterionState.UNKNOWN
    assert e2e(with_answers(matter, jobs={jobs_of(run): blind()})).state is CriterionState.UNKNOWN


def test_checks_that_could_not_be_read_are_unknown() -> None:
    """Not seeing is not health."""
    assert e2e(with_sight(named(a_check()), named=blind())).state is CriterionState.UNKNOWN
    assert e2e(with_facts(named(a_check()), commit=blind())).state is CriterionState.UNKNOWN
