"""Runs that claim to be about the commit, and runs that deploy something else behind its back."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

import pytest

from builders import HEAD, PARENT, a_job, a_run, a_suite, ago, seen, sha
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
from pipeline_health.core.gate import questions, served_deployments
from pipeline_health.core.model.ids import Sha
from pipeline_health.core.model.promotion import Asked, Matter
from pipeline_health.core.model.questions import BranchRun, Job
from pipeline_health.core.model.readings import CheckConclusion, NotAsked, Seen
from pipeline_health.core.model.verdict import Answer, Criterion, CriterionName, CriterionState

JOB = "Deploy to staging"
CHECK = "e2e"
Jobs = Mapping[BranchRun, Seen[tuple[Job, ...]]]


def a_deploy(
    conclusion: CheckConclusion | None = CheckConclusion.SUCCESS,
    *,
    number: int = 5,
    event: str = "push",
    commit: Sha = HEAD,
    title: str = "",
    changed_at: datetime | None = None,
) -> BranchRun:
    """Give a run of the deploy workflow."""
    run = a_run(number, workflow="Pipeline", event=event)
    suite = a_suite(conclusion, run=run, updated_at=changed_at)
    return BranchRun(sha=commit, suite=suite, run=run, title=title)


def a_staging_job(
    conclusion: CheckConclusion | None = CheckConclusion.SUCCESS,
    *,
    began: float = 32,
    ended: float | None = 22,
) -> Seen[tuple[Job, ...]]:
    """Give the job that deploys to staging, by how many minutes ago it began and ended."""
    job = a_job(JOB, conclusion)
    completed_at = None if ended is None else ago(minutes=ended)
    return seen((replace(job, started_at=ago(minutes=began), completed_at=completed_at),))


def without_railway(jobs: Jobs) -> Matter:
    """Give a project that is deployed without Railway, its runs newest first."""
    matter = with_policy(
        a_matter(), railway_project=None, deploy_workflow="Pipeline", staging_job=JOB
    )
    matter = with_facts(matter, staging=NotAsked("no Railway project"))
    matter = with_sight(matter, runs=seen(tuple(jobs)))
    answers = {jobs_of(run): answer for run, answer in jobs.items()}
    matter = with_answers(matter, jobs=answers)
    return with_tests(matter, of=served_deployments(matter))


def staging(matter: Matter) -> Criterion:
    """Give how the deployment stands; nothing but a pass may promote."""
    found = criterion(matter, CriterionName.STAGING_DEPLOY)
    assert (found.state is CriterionState.PASS) == (verdict(matter).answer is Answer.PROMOTE)
    return found


# -- names -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "event", ["push", "merge_group", "issue_comment", "issues", "pull_request_target", "release"]
)
def test_a_name_that_somebody_else_wrote_makes_no_run_be_about_the_commit(event: str) -> None:
    """A push is called as its commit message is, and an issue as anybody pleases."""
    run = a_deploy(event=event, commit=PARENT, title=f"Revert {HEAD}")
    assert staging(without_railway({run: a_staging_job()})).state is CriterionState.PENDING


@pytest.mark.parametrize("title", [f"{PARENT} replaces {HEAD}", f"sha256:{HEAD}{'0' * 24}"])
def test_a_name_that_holds_more_than_the_commit_names_none(title: str) -> None:
    """Which of two commits it deploys, nobody can say; and a digest is no commit."""
    run = a_deploy(event="workflow_run", commit=PARENT, title=title)
    assert staging(without_railway({run: a_staging_job()})).state is CriterionState.PENDING


@pytest.mark.parametrize("event", ["workflow_run", "workflow_dispatch", "repository_dispatch"])
def test_a_name_that_the_workflow_gave_is_believed(event: str) -> None:
    """However often it holds the commit."""
    run = a_deploy(event=event, commit=PARENT, title=f"Deploy {HEAD} ({HEAD})")
    assert staging(without_railway({run: a_staging_job()})).state is CriterionState.PASS


# -- an older run that is made again ---------------------------------------------------------


def with_older(conclusion: CheckConclusion | None, jobs: Seen[tuple[Job, ...]]) -> Matter:
    """Give a commit that was deployed, and an older run that has changed since."""
    older = a_deploy(conclusion, number=3, commit=PARENT, changed_at=ago(minutes=5))
    return without_railway({a_deploy(): a_staging_job(), older: jobs})


@pytest.mark.parametrize(
    ("conclusion", "ended", "state"),
    [
        (CheckConclusion.SUCCESS, 6, CriterionState.FAIL),
        (CheckConclusion.FAILURE, 6, CriterionState.UNKNOWN),
        (CheckConclusion.CANCELLED, 6, CriterionState.UNKNOWN),
        (None, None, CriterionState.PENDING),
        (CheckConclusion.SKIPPED, 6, CriterionState.PASS),
    ],
)
def test_an_older_run_that_is_made_again_deploys_its_old_commit(
    conclusion: CheckConclusion | None, ended: float | None, state: CriterionState
) -> None:
    """A re-run keeps its number, so that it does not look newer than what it replaces."""
    matter = with_older(conclusion, a_staging_job(conclusion, began=9, ended=ended))
    assert staging(matter).state is state


def test_an_older_run_that_ended_late_has_deployed_before() -> None:
    """Its other jobs may have taken longer than the next deployment."""
    matter = with_older(CheckConclusion.FAILURE, a_staging_job(began=80, ended=70))
    assert staging(matter).state is CriterionState.PASS


def test_of_two_jobs_at_a_time_the_one_that_ended_last_has_won() -> None:
    """Without a rule of concurrency two deployments may overlap."""
    before = with_older(CheckConclusion.SUCCESS, a_staging_job(began=40, ended=25))
    assert staging(before).state is CriterionState.PASS
    after = with_older(CheckConclusion.SUCCESS, a_staging_job(began=40, ended=21))
    assert staging(after).state is CriterionState.FAIL
    endless = with_older(CheckConclusion.SUCCESS, a_staging_job(began=40, ended=None))
    assert staging(endless).state is CriterionState.FAIL


def test_an_older_run_of_this_very_commit_may_be_made_again() -> None:
    """It deploys nothing else."""
    older = a_deploy(number=3, changed_at=ago(minutes=5))
    matter = without_railway({a_deploy(): a_staging_job(), older: a_staging_job(began=9, ended=6)})
    assert staging(matter).state is CriterionState.PASS


def test_the_jobs_of_an_older_run_that_changed_are_asked_for() -> None:
    """Until they are known, nobody can say what it left."""
    older = a_deploy(number=3, commit=PARENT, changed_at=ago(minutes=5))
    long_ago = a_deploy(number=2, commit=PARENT, changed_at=ago(hours=5))
    matter = without_railway({a_deploy(): a_staging_job(), older: seen(())})
    matter = with_sight(matter, runs=seen((a_deploy(), older, long_ago)))
    asked = with_answers(matter, jobs={jobs_of(a_deploy()): a_staging_job()})
    assert set(questions(asked)) == {jobs_of(older)}
    assert staging(asked).state is CriterionState.UNKNOWN


def test_the_live_url_settles_what_an_older_run_left() -> None:
    """When it serves the commit, it does."""
    matter = with_version(with_older(None, a_staging_job(None, began=9, ended=None)))
    matter = with_tests(matter, of=served_deployments(matter))
    assert staging(matter).state is CriterionState.PASS


def test_a_job_without_a_beginning_began_with_its_run() -> None:
    """An older run that changed since then may have deployed since then."""
    nameless = seen((replace(a_staging_job().value[0], started_at=None),))
    older = a_deploy(number=3, commit=PARENT, changed_at=ago(minutes=5))
    matter = without_railway({a_deploy(): nameless, older: a_staging_job(began=9, ended=6)})
    assert staging(matter).state is CriterionState.FAIL


# -- the named check -------------------------------------------------------------------------


def checked(newest: BranchRun, *, own: int | None = None) -> Criterion:
    """Judge the check of a commit for which it passed once, and that *newest* is about too."""
    before = a_deploy(event="workflow_run", number=4, commit=sha(7), title=f"Deploy {HEAD}")
    matter = with_policy(a_matter(), deploy_workflow="Pipeline", staging_job=JOB)
    matter = with_gate(matter, e2e=(), e2e_check=CHECK)
    matter = with_sight(matter, runs=seen((newest, before)))
    answers = {jobs_of(before): seen((a_job(CHECK),)), jobs_of(newest): seen((a_job("build"),))}
    matter = with_answers(matter, jobs=answers)
    matter = replace(matter, asked=Asked(commit=HEAD, config_hash="c", own_run=own))
    return criterion(matter, CriterionName.E2E)


def a_newer(conclusion: CheckConclusion | None) -> BranchRun:
    """Give a newer run that is about the commit, and in which the check has not begun."""
    return a_deploy(
        conclusion, event="workflow_run", number=9, commit=sha(7), title=f"Deploy {HEAD}"
    )


def test_a_newer_run_that_has_not_got_to_the_check_is_waited_for() -> None:
    """An older green does not answer for what is being tested again."""
    assert checked(a_newer(None)).state is CriterionState.PENDING
    assert checked(a_newer(CheckConclusion.SUCCESS)).state is CriterionState.PASS


def test_our_own_run_is_not_waited_for() -> None:
    """It waits for us."""
    assert checked(a_newer(None), own=9).state is CriterionState.PASS
