"""Ways for a commit to fare at the gate by what jobs, check runs, URLs and issues tell of it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from builders import (
    HEAD,
    PARENT,
    a_deployment,
    a_job,
    a_record,
    a_run,
    a_service,
    a_suite,
    ago,
    an_environment,
    blind,
    checks,
    seen,
    sha,
)
from gate_damages import DAMAGES, Damage
from gate_matters import (
    a_tested,
    jobs_of,
    later,
    waiving,
    with_answers,
    with_facts,
    with_gate,
    with_policy,
    with_sight,
    with_tests,
    with_version,
    with_view,
)
from pipeline_health.core.gate import served_deployments
from pipeline_health.core.model.commit import NamedCheck
from pipeline_health.core.model.findings import Kind
from pipeline_health.core.model.gate_policy import Waivable
from pipeline_health.core.model.ids import Sha
from pipeline_health.core.model.live import Served
from pipeline_health.core.model.promotion import Matter, OpenIncident
from pipeline_health.core.model.questions import BranchRun, Contains, Job, Relation
from pipeline_health.core.model.readings import (
    CheckConclusion,
    CheckStatus,
    DeploymentRecord,
    DeploymentState,
    NotAsked,
    Reading,
    Unrecognised,
)

Jobs = Mapping[BranchRun, Reading[tuple[Job, ...]]]
JOB = "Deploy to staging"
CHECK = "E2E"
NEWER = sha(101)


def then(*changes: Damage) -> Damage:
    """Change one thing after the other."""

    def change(matter: Matter) -> Matter:
        for each in changes:
            matter = each(matter)
        return matter

    return change


def policy(**changed: Any) -> Damage:
    """Let the operator say this of the project."""
    return lambda matter: with_policy(matter, **changed)


def only_just(matter: Matter) -> Matter:
    """Let the commit be of this minute, with nothing about it yet."""
    return with_sight(matter, committed_at=ago(minutes=1), checks=seen(checks()))


def a_deploy(
    number: int = 1,
    conclusion: CheckConclusion | None = CheckConclusion.SUCCESS,
    *,
    event: str = "push",
    commit: Sha = HEAD,
) -> BranchRun:
    """Give a run of the deploy workflow."""
    run = a_run(number, workflow="Pipeline", event=event)
    return BranchRun(sha=commit, suite=a_suite(conclusion, run=run), run=run, title="")


def a_staging_job(conclusion: CheckConclusion | Unrecognised | None) -> Job:
    """Give the job that deploys to staging, which took ten minutes."""
    job = a_job(JOB, conclusion, completed_at=ago(minutes=22))
    return replace(job, started_at=ago(minutes=32))


def _by_job(*runs: BranchRun, jobs: Jobs) -> Damage:
    def change(matter: Matter) -> Matter:
        matter = with_policy(
            matter, railway_project=None, deploy_workflow="Pipeline", staging_job=JOB
        )
        matter = with_facts(matter, staging=NotAsked("no Railway project"))
        matter = with_sight(matter, runs=seen(runs))
        answers = {jobs_of(run): answer for run, answer in jobs.items()}
        matter = with_answers(matter, jobs=answers)
        return with_tests(matter, of=served_deployments(matter))

    return change


def _ended(conclusion: CheckConclusion | Unrecognised | None) -> Damage:
    run = a_deploy()
    return _by_job(run, jobs={run: seen((a_staging_job(conclusion),))})


def _then_another(conclusion: CheckConclusion | None, **changed: Any) -> Damage:
    first, second = a_deploy(), replace(a_deploy(2, commit=NEWER), **changed)
    jobs = {
        first: seen((a_staging_job(CheckConclusion.SUCCESS),)),
        second: seen((a_staging_job(conclusion),)),
    }
    return _by_job(second, first, jobs=jobs)


def a_check(
    conclusion: CheckConclusion | Unrecognised | None, *, status: CheckStatus | None = None
) -> NamedCheck:
    """Give a check run that a push began."""
    ended = CheckStatus.IN_PROGRESS if conclusion is None else CheckStatus.COMPLETED
    suite = a_suite(conclusion, run=a_run(1, workflow="E2E"))
    return NamedCheck(id=1, name=CHECK, suite=suite, status=status or ended, conclusion=conclusion)


def _checked(*found: NamedCheck) -> Damage:
    def change(matter: Matter) -> Matter:
        matter = with_gate(with_tests(matter, e2e=None), e2e=(), e2e_check=CHECK)
        return with_sight(matter, named=seen(found))

    return change


def recorded(*records: DeploymentRecord) -> Damage:
    """Let GitHub show these deployments of the commit."""
    return lambda matter: with_sight(matter, deployments=seen(records))


def _in_production(matter: Matter) -> Matter:
    """Let production serve another commit."""
    service = a_service(a_deployment(name="p1", commit=NEWER))
    environment = replace(an_environment(service), name="production", id="environment-2")
    return with_view(matter, production=seen(environment))


def _newer_is(relation: Relation) -> Damage:
    """Let it be known how the newer commit stands to this one."""

    def change(matter: Matter) -> Matter:
        question = Contains(repo=matter.policy.repo, newer=NEWER, older=matter.commit)
        return with_answers(matter, contains={question: seen(relation)})

    return change


def _told_by_url(commit: Sha | None) -> Damage:
    """Let the live URL tell *commit*, a minute ago, after the tests."""
    said = Served(commit=commit, says="answered 200", at=ago(minutes=1))
    return lambda matter: with_tests(with_version(matter), after=said)


def _over_by_our_tests(*commits: Sha) -> Damage:
    """Let an issue be open that rests on an earlier verdict of ours."""
    one = OpenIncident(
        number=7,
        url="https://i.example/7",
        title="T",
        kind=Kind.STAGING_TESTS_FAILED,
        commits=commits,
        over=False,
        of_tests=True,
    )
    return lambda matter: with_facts(matter, incidents=seen((one,)))


BY_JOB: Mapping[str, Damage] = {
    "production serves a newer one": then(_in_production, _newer_is(Relation.AHEAD)),
    "production serves nobody knows what": _in_production,
    "silent a minute ago": lambda matter: with_tests(
        matter, reach=a_tested(passed=False, at=ago(minutes=1))
    ),
    "it told another commit a minute ago": _told_by_url(PARENT),
    "it told no commit a minute ago": _told_by_url(None),
    "our own tests end an issue": _over_by_our_tests(PARENT),
    "our own tests end no issue of a commit that is elsewhere": _over_by_our_tests(PARENT, sha(7)),
    "the job passed, and nothing is recorded": then(_ended(CheckConclusion.SUCCESS), recorded()),
    "the job passed after a record failed": then(
        _ended(CheckConclusion.SUCCESS),
        recorded(a_record(DeploymentState.FAILURE, changed_at=ago(minutes=33))),
    ),
    "the job passed before a record failed": then(
        _ended(CheckConclusion.SUCCESS),
        recorded(a_record(DeploymentState.FAILURE, changed_at=ago(minutes=31))),
    ),
    "a run deployed nothing, and one before it did": _by_job(
        a_deploy(3, commit=NEWER),
        a_deploy(2, commit=NEWER),
        a_deploy(),
        jobs={
            a_deploy(3, commit=NEWER): seen((a_staging_job(CheckConclusion.SKIPPED),)),
            a_deploy(2, commit=NEWER): seen((a_staging_job(CheckConclusion.SUCCESS),)),
            a_deploy(): seen((a_staging_job(CheckConclusion.SUCCESS),)),
        },
    ),
    "audited an hour ago": lambda matter: with_facts(
        matter, audit=replace(matter.facts.audit, at=ago(hours=1))
    ),
    "a check of that name failed in another workflow": _checked(
        a_check(CheckConclusion.FAILURE),
        replace(
            a_check(CheckConclusion.SUCCESS), id=2, suite=a_suite(run=a_run(2, workflow="More"))
        ),
    ),
    "our clock was set back": lambda matter: later(matter, timedelta(seconds=-61)),
    "our clock went back a little": lambda matter: later(matter, timedelta(minutes=-1)),
    "as old as a proof may be": lambda matter: later(matter, timedelta(minutes=10)),
    "older than a proof may be": lambda matter: later(matter, timedelta(minutes=10, seconds=1)),
    "two are waived": waiving(Waivable.E2E, Waivable.GITHUB_DEPLOYMENT),
    "the pushes before it are not known": policy(ci_workflows=()),
    # -- staging-deploy, by the staging job
    "half a source of deploys": policy(railway_project=None, deploy_workflow="Pipeline"),
    "the job passed": _ended(CheckConclusion.SUCCESS),
    "the job failed": _ended(CheckConclusion.FAILURE),
    "the job was skipped": _ended(CheckConclusion.SKIPPED),
    "the job was cancelled": _ended(CheckConclusion.CANCELLED),
    "the job is under way": _ended(None),
    "no run is about it": _by_job(jobs={}),
    "a run of another commit only": _by_job(a_deploy(commit=PARENT), jobs={}),
    "the jobs were not asked for": _by_job(a_deploy(), jobs={}),
    "the jobs are blind": _by_job(a_deploy(), jobs={a_deploy(): blind()}),
    "the runs are not known": then(
        _ended(CheckConclusion.SUCCESS), lambda matter: with_sight(matter, runs=blind())
    ),
    "the runs were not asked for": then(
        _ended(CheckConclusion.SUCCESS),
        lambda matter: with_sight(matter, runs=NotAsked("nobody asked")),
    ),
    "GitHub is blind, and there is no Railway": then(
        _ended(CheckConclusion.SUCCESS), lambda matter: with_facts(matter, commit=blind())
    ),
    "no such commit, and there is no Railway": then(
        _ended(CheckConclusion.SUCCESS), DAMAGES["no such commit"]
    ),
    "another run deployed since": _then_another(CheckConclusion.SUCCESS),
    "another run of nobody knows what": _then_another(
        CheckConclusion.SUCCESS, run=a_run(2, workflow="Pipeline", event="workflow_dispatch")
    ),
    "another run is under way": _then_another(None),
    "another run was cancelled": _then_another(CheckConclusion.CANCELLED),
    "another run deployed nothing": _then_another(CheckConclusion.SKIPPED),
    "the check passed": _checked(a_check(CheckConclusion.SUCCESS)),
    "the check failed": _checked(a_check(CheckConclusion.FAILURE)),
    "the check is under way": _checked(a_check(None)),
    "the check is in a state nobody knows": _checked(a_check(Unrecognised("NEW"))),
    "the check is missing, and it is young": then(_checked(), only_just),
    "the check could not be read": then(
        _checked(), lambda matter: with_sight(matter, named=blind())
    ),
    "the check could not be read everywhere": then(
        _checked(),
        policy(deploy_workflow="Pipeline"),
        lambda matter: with_sight(matter, runs=seen((a_deploy(),))),
    ),
}
