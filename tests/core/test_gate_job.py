"""Criterion `staging-deploy` without Railway, or where Railway knows no commit: the staging job."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

import pytest

from builders import (
    HEAD,
    PARENT,
    RAILWAY_PROJECT,
    REPO,
    a_deployment,
    a_job,
    a_run,
    a_suite,
    ago,
    blind,
    seen,
    sha,
)
from gate_matters import (
    a_matter,
    criterion,
    jobs_of,
    served,
    verdict,
    waiving,
    with_answers,
    with_facts,
    with_policy,
    with_services,
    with_sight,
    with_tests,
    with_version,
)
from pipeline_health.core.gate import judge, questions, served_deployments
from pipeline_health.core.gate.runs import is_about
from pipeline_health.core.model.commit import NoSuchCommit
from pipeline_health.core.model.gate_policy import Waivable
from pipeline_health.core.model.ids import RepoName, Sha
from pipeline_health.core.model.promotion import Matter
from pipeline_health.core.model.questions import BranchRun, Contains, Job, Relation
from pipeline_health.core.model.readings import (
    Blind,
    CheckConclusion,
    NotAsked,
    Seen,
    Unrecognised,
)
from pipeline_health.core.model.verdict import Answer, Criterion, CriterionName, CriterionState

JOB = "Deploy to staging"
Jobs = Mapping[BranchRun, Seen[tuple[Job, ...]] | Blind]


def a_deploy(
    conclusion: CheckConclusion | None = CheckConclusion.SUCCESS,
    *,
    number: int = 1,
    event: str = "push",
    commit: Sha = HEAD,
    title: str = "",
) -> BranchRun:
    """Give a run of the deploy workflow."""
    run = a_run(number, workflow="Pipeline", event=event)
    return BranchRun(sha=commit, suite=a_suite(conclusion, run=run), run=run, title=title)


def a_staging_job(
    conclusion: CheckConclusion | Unrecognised | None = CheckConclusion.SUCCESS,
    *,
    began: datetime | None = None,
) -> Job:
    """Give the job that deploys to staging, which took ten minutes."""
    job = a_job(JOB, conclusion, completed_at=ago(minutes=22))
    return replace(job, started_at=began or ago(minutes=32))


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


def test_the_success_of_the_staging_job_at_the_commit_is_the_proof() -> None:
    """Where there is no Railway, or the operator does without it."""
    jobs = {a_deploy(): seen((a_staging_job(),))}
    matter = without_railway(jobs)
    assert staging(matter).state is CriterionState.PASS
    waived = waiving(Waivable.RAILWAY)(with_policy(matter, railway_project=RAILWAY_PROJECT))
    assert staging(waived).state is CriterionState.PASS
    assert verdict(waived).waived == (CriterionName.CREDENTIAL_ISOLATION,)


@pytest.mark.parametrize(
    ("conclusion", "state"),
    [
        (CheckConclusion.FAILURE, CriterionState.FAIL),
        (CheckConclusion.SKIPPED, CriterionState.FAIL),
        (CheckConclusion.CANCELLED, CriterionState.UNKNOWN),
        (Unrecognised("NEW"), CriterionState.UNKNOWN),
        (None, CriterionState.PENDING),
    ],
)
def test_nothing_but_the_success_of_the_job_passes(
    conclusion: CheckConclusion | Unrecognised | None, state: CriterionState
) -> None:
    """A skipped job deployed nothing, whatever its run says."""
    jobs = {a_deploy(): seen((a_staging_job(conclusion),))}
    assert staging(without_railway(jobs)).state is state


def test_a_job_that_is_not_there_yet_is_waited_for() -> None:
    """A later job of the run may be this very check."""
    running = {a_deploy(None): seen((a_job("build"),))}
    assert staging(without_railway(running)).state is CriterionState.PENDING
    ended = {a_deploy(): seen((a_job("build"),))}
    assert staging(without_railway(ended)).state is CriterionState.UNKNOWN


def test_without_any_source_nothing_is_proved() -> None:
    """It says what to configure."""
    matter = with_policy(a_matter(), railway_project=None)
    found = staging(matter)
    assert (found.state, "railway_project" in found.next) == (CriterionState.FAIL, True)
    half = with_policy(matter, deploy_workflow="Pipeline")
    assert staging(half).state is CriterionState.FAIL


# -- which run -------------------------------------------------------------------------------


def test_a_run_that_hangs_on_to_the_commit_is_no_proof() -> None:
    """Another workflow began it, and GitHub attached it to the head of that moment."""
    run = a_deploy(event="workflow_run")
    matter = without_railway({run: seen((a_staging_job(),))})
    found = staging(matter)
    assert (found.state, "run name" in found.next) == (CriterionState.PENDING, True)
    told = with_version(matter)
    assert staging(with_tests(told, of=served_deployments(told))).state is CriterionState.PASS


def test_a_run_whose_name_holds_the_commit_is_about_it() -> None:
    """Wherever it is attached to; in capitals too."""
    run = a_deploy(event="workflow_run", commit=sha(7), title=f"Deploy {HEAD.upper()}")
    matter = without_railway({run: seen((a_staging_job(),))})
    assert staging(matter).state is CriterionState.PASS


def test_a_short_commit_in_a_name_is_not_enough() -> None:
    """Seven digits are easily met by chance or by intent."""
    run = a_deploy(event="workflow_run", title=f"Deploy {HEAD[-7:]}")
    assert staging(without_railway({run: seen((a_staging_job(),))})).state is CriterionState.PENDING


def test_the_newest_run_that_got_to_the_job_decides() -> None:
    """One in which it was skipped deployed nothing."""
    first, second = a_deploy(number=1), a_deploy(number=2)
    skipped = a_staging_job(CheckConclusion.SKIPPED)
    jobs = {second: seen((skipped,)), first: seen((a_staging_job(),))}
    assert staging(without_railway(jobs)).state is CriterionState.PASS
    failed = a_staging_job(CheckConclusion.FAILURE)
    jobs = {second: seen((failed,)), first: seen((a_staging_job(),))}
    assert staging(without_railway(jobs)).state is CriterionState.FAIL


def test_runs_in_none_of_which_the_job_ran_prove_a_failure() -> None:
    """Nothing was deployed."""
    jobs = {a_deploy(): seen((a_staging_job(CheckConclusion.SKIPPED),))}
    found = staging(without_railway(jobs))
    assert (found.state, "did not run" in found.says) == (CriterionState.FAIL, True)


# -- what happened since ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("conclusion", "state"),
    [
        (CheckConclusion.SUCCESS, CriterionState.FAIL),
        (None, CriterionState.PENDING),
        (CheckConclusion.FAILURE, CriterionState.UNKNOWN),
        (CheckConclusion.SKIPPED, CriterionState.PASS),
    ],
)
def test_a_later_run_may_have_replaced_it(
    conclusion: CheckConclusion | None, state: CriterionState
) -> None:
    """What staging serves now counts."""
    later_run = a_deploy(conclusion, number=2, commit=PARENT)
    jobs = {
        later_run: seen((a_staging_job(conclusion),)),
        a_deploy(number=1): seen((a_staging_job(),)),
    }
    assert staging(without_railway(jobs)).state is state


def test_the_live_url_settles_what_a_later_run_left() -> None:
    """When it serves the commit, it does."""
    failed = a_deploy(CheckConclusion.FAILURE, number=2, commit=PARENT)
    jobs = {
        failed: seen((a_staging_job(CheckConclusion.FAILURE),)),
        a_deploy(number=1): seen((a_staging_job(),)),
    }
    matter = with_version(without_railway(jobs))
    assert staging(with_tests(matter, of=served_deployments(matter))).state is CriterionState.PASS


def test_a_later_run_of_a_descendant_supersedes_it() -> None:
    """The ancestry is asked for first."""
    newer = sha(7)
    run = a_deploy(number=2, commit=newer)
    jobs = {run: seen((a_staging_job(),)), a_deploy(number=1): seen((a_staging_job(),))}
    matter, question = without_railway(jobs), Contains(repo=REPO, newer=newer, older=HEAD)
    assert question in set(questions(matter))
    assert judge(matter).superseded_by is None
    answers = {jobs_of(one): answer for one, answer in jobs.items()}
    told = with_answers(matter, jobs=answers, contains={question: seen(Relation.AHEAD)})
    assert judge(told).superseded_by == newer
    assert judge(told).next.endswith(newer)
    elsewhere = with_answers(matter, jobs=answers, contains={question: seen(Relation.DIVERGED)})
    assert judge(elsewhere).superseded_by is None


def test_a_later_run_of_which_only_itself_knows_the_commit_blocks() -> None:
    """It deployed something, and nobody can say what."""
    run = a_deploy(number=2, event="workflow_run", commit=PARENT)
    jobs = {run: seen((a_staging_job(),)), a_deploy(number=1): seen((a_staging_job(),))}
    assert staging(without_railway(jobs)).state is CriterionState.FAIL


# -- not seen --------------------------------------------------------------------------------


def test_jobs_are_asked_for_and_unknown_until_then() -> None:
    """Those of the run, and of every later one."""
    first, second = a_deploy(number=1), a_deploy(number=2, commit=PARENT)
    matter = with_answers(without_railway({second: seen(()), first: seen(())}))
    assert {jobs_of(first), jobs_of(second)} <= set(questions(matter))
    assert staging(matter).state is CriterionState.UNKNOWN


def test_jobs_that_could_not_be_read_are_unknown() -> None:
    """Those of the run itself, and of a later one."""
    assert staging(without_railway({a_deploy(): blind()})).state is CriterionState.UNKNOWN
    later_run = a_deploy(number=2, commit=PARENT)
    jobs: Jobs = {later_run: blind(), a_deploy(number=1): seen((a_staging_job(),))}
    assert staging(without_railway(jobs)).state is CriterionState.UNKNOWN


@pytest.mark.parametrize("part", [blind(), NotAsked("nobody asked")])
def test_runs_that_could_not_be_read_are_unknown(part: Blind | NotAsked) -> None:
    """Not seeing is not health."""
    matter = with_sight(without_railway({}), runs=part)
    assert staging(matter).state is CriterionState.UNKNOWN


def test_a_commit_that_was_not_seen_has_no_runs() -> None:
    """It is unknown with everything else."""
    matter = without_railway({})
    assert staging(with_facts(matter, commit=blind())).state is CriterionState.UNKNOWN
    gone = with_facts(matter, commit=seen(NoSuchCommit(sha=HEAD)))
    assert staging(gone).state is CriterionState.UNKNOWN


# -- a deployment of Railway without a commit ------------------------------------------------


def uploaded(*, began: datetime | None = None, jobs: Jobs | None = None) -> Matter:
    """Give a service that the staging job deployed with `railway up`, and a URL that tells."""
    nameless = replace(a_deployment(), commit=None, repo=None)
    matter = with_services(a_matter(), replace(served(nameless), repo=None))
    matter = with_policy(matter, services=("web",), deploy_workflow="Pipeline", staging_job=JOB)
    known: Jobs = {a_deploy(): seen((a_staging_job(began=began),))} if jobs is None else jobs
    matter = with_sight(matter, runs=seen(tuple(known)))
    answers = {jobs_of(run): answer for run, answer in known.items()}
    return with_version(with_answers(matter, jobs=answers))


def test_a_deployment_without_a_commit_is_proved_by_its_job_and_the_live_url() -> None:
    """It was made while the commit's own staging job ran, and the URL serves the commit."""
    assert staging(uploaded()).state is CriterionState.PASS


def test_a_deployment_that_was_made_outside_the_job_is_unknown() -> None:
    """Somebody else made it."""
    late = uploaded(began=ago(minutes=24))
    assert criterion(late, CriterionName.STAGING_DEPLOY).state is CriterionState.UNKNOWN


def test_the_job_alone_is_not_enough() -> None:
    """The live URL must confirm it, before and after."""
    matter = with_tests(uploaded(), after=None)
    assert criterion(matter, CriterionName.STAGING_DEPLOY).state is CriterionState.UNKNOWN
    other = with_version(uploaded(), before=PARENT, after=PARENT)
    assert criterion(other, CriterionName.STAGING_DEPLOY).state is CriterionState.UNKNOWN


@pytest.mark.parametrize(
    "job",
    [
        a_staging_job(CheckConclusion.FAILURE),
        replace(a_staging_job(), started_at=None),
        replace(a_staging_job(), completed_at=None),
    ],
)
def test_a_job_that_failed_or_has_no_times_proves_nothing(job: Job) -> None:
    """Nor does one that is not there at all."""
    matter = uploaded(jobs={a_deploy(): seen((job,))})
    assert criterion(matter, CriterionName.STAGING_DEPLOY).state is CriterionState.UNKNOWN
    nameless = with_policy(uploaded(), staging_job=None)
    assert criterion(nameless, CriterionName.STAGING_DEPLOY).state is CriterionState.UNKNOWN
    none = uploaded(jobs={})
    assert criterion(none, CriterionName.STAGING_DEPLOY).state is CriterionState.UNKNOWN


@pytest.mark.parametrize(
    ("event", "is_named"),
    [
        ("deployment", True),
        ("deployment_status", True),
        ("repository_dispatch", True),
        ("schedule", True),
        ("workflow_dispatch", True),
        ("workflow_run", True),
        ("issues", False),
        ("pull_request", False),
    ],
)
def test_only_a_name_that_the_workflow_gives_counts(event: str, *, is_named: bool) -> None:
    """What a stranger can write, names no commit."""
    run = a_deploy(event=event, commit=PARENT, title=f"Deploy {HEAD}")
    found = staging(without_railway({run: seen((a_staging_job(),))}))
    assert (found.state is CriterionState.PASS) is is_named


@pytest.mark.parametrize("event", ["push", "merge_group"])
def test_a_run_that_a_push_began_is_about_its_commit(event: str) -> None:
    """A merge queue pushes too."""
    run = a_deploy(event=event)
    found = staging(without_railway({run: seen((a_staging_job(),))}))
    assert found.state is CriterionState.PASS


def test_a_run_may_spell_its_commit_in_capitals() -> None:
    """A digit of a commit is what it is."""
    commit = Sha("abcdef0123" * 4)
    matter = replace(a_matter(), asked=replace(a_matter().asked, commit=commit))
    run = a_deploy(event="workflow_dispatch", commit=PARENT, title=f"Deploy {commit.upper()}")
    assert is_about(matter, run)


def test_the_job_speaks_for_no_deployment_of_another_repository() -> None:
    """One that names a commit elsewhere is not the one that the job made."""
    matter, foreign = uploaded(), replace(a_deployment(), repo=RepoName("mallory/shop"))
    changed = with_services(matter, replace(served(foreign), repo=None))
    assert staging(changed).state is CriterionState.UNKNOWN
