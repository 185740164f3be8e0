"""What a look at a project can show, way by way: one view each, most of them a step from green."""

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum

from builders import (
    GRANDPARENT,
    HEAD,
    MINUTE,
    NOW,
    PARENT,
    REPO,
    a_branch,
    a_branch_run,
    a_deployment,
    a_job,
    a_policy,
    a_record,
    a_repository,
    a_run,
    a_service,
    a_sight,
    a_status,
    a_suite,
    a_view,
    ago,
    an_app_suite,
    an_environment,
    blind,
    checks,
    github,
    seen,
    sha,
)
from pipeline_health.core.model.audit import (
    Audit,
    Committed,
    Compared,
    SharedBy,
    Sharing,
    Unverifiable,
)
from pipeline_health.core.model.deployed import Passage
from pipeline_health.core.model.findings import Scope
from pipeline_health.core.model.ids import RepoName
from pipeline_health.core.model.policy import ProjectPolicy
from pipeline_health.core.model.questions import (
    Answers,
    Contains,
    Job,
    JobsOf,
    Relation,
    RunsOf,
    RunTrace,
)
from pipeline_health.core.model.railway import RailwayStatus, Service
from pipeline_health.core.model.readings import (
    Blind,
    BlindCause,
    CheckConclusion,
    CheckStatus,
    Commit,
    DeploymentState,
    GitHubReading,
    Habit,
    NotAsked,
    Part,
    Reading,
    StatusState,
    Suite,
    Unrecognised,
)
from pipeline_health.core.model.sight import Refusal, Sight, Source, Spell
from pipeline_health.core.model.snapshot import ProjectView
from pipeline_health.core.model.urls import Doubt, Miss, Place, UrlSight

NEW = Unrecognised("NEW")
PIPELINE = "Pipeline"
RED = CheckConclusion.FAILURE
WHOLE = a_policy(deploy_workflow=PIPELINE, railway_project=None)
STAGED = replace(WHOLE, staging_job="Stage")
LATER = replace(WHOLE, production_job="Release")
BOTH = replace(STAGED, production_job="Release")


# -- CI ---------------------------------------------------------------------------------------


def _ci(*suites: Suite, policy: ProjectPolicy | None = None, **reading: object) -> ProjectView:
    """Give a look in which the head has these *suites*."""
    read = github(at_head=checks(*suites))
    read = replace(read, **reading)  # type: ignore[arg-type]
    return a_view(read=read, policy=policy)


def _named(value: StrEnum | Unrecognised | None) -> str:
    if value is None:
        return "nothing yet"
    return value.text if isinstance(value, Unrecognised) else value.value


def _of_ci() -> Iterator[tuple[str, ProjectView]]:
    for conclusion in (*CheckConclusion, NEW):
        named = _named(conclusion)
        yield f"CI ended {named}", _ci(a_suite(conclusion))
    for status in (*CheckStatus, NEW):
        named = _named(status)
        if status is not CheckStatus.COMPLETED:
            yield f"CI is {named}", _ci(a_suite(None, status=status))
            yield (
                f"CI is {named} for long",
                _ci(a_suite(None, status=status, updated_at=ago(hours=9))),
            )
    for state in (*StatusState, NEW):
        named = _named(state)
        statuses = (a_status(state, url=None),)
        told = github(at_head=checks(a_suite(), statuses=statuses))
        yield f"a status says {named}", a_view(read=told)
    app = an_app_suite(a_suite(RED, check_runs=1))
    two = (a_suite(RED, run=a_run(1)), a_suite(run=a_run(2, workflow="Lint")))
    rerun = (a_suite(RED, run=a_run(1)), a_suite(None, run=a_run(2)))
    by_page = github(at_head=checks(a_suite(), statuses=(a_status(StatusState.FAILURE),)))
    yield "another app says no", _ci(a_suite(), app)
    yield "another app says yes", _ci(a_suite(), an_app_suite(a_suite(check_runs=1)))
    for first, second in itertools.permutations(
        (None, CheckConclusion.CANCELLED, CheckConclusion.SUCCESS, NEW), 2
    ):
        yield (
            f"one event's run ended {_named(first)}, another's {_named(second)}",
            _ci(
                a_suite(first, run=a_run(1), updated_at=ago(minutes=60)),
                a_suite(second, run=a_run(2, event="merge_group"), updated_at=ago(minutes=50)),
            ),
        )
    yield "one workflow of two is red", _ci(*two)
    yield "a red workflow runs again", _ci(*rerun)
    yield "it passed seconds ago", _ci(a_suite(updated_at=ago(seconds=10)))
    yield "a status with a page says no", a_view(read=by_page)
    yield (
        "of the events of one workflow one is red",
        _ci(
            a_suite(run=a_run(1), updated_at=ago(minutes=2)),
            a_suite(RED, run=a_run(2, event="pull_request"), updated_at=ago(minutes=9)),
        ),
    )


def _with_head(*, pushed: datetime, subject: str = "Mend it", author: str = "dev") -> ProjectView:
    """Give a look at a head without any run, for which one of CI is required."""
    head = Commit(sha=HEAD, committed_at=pushed, subject=subject, author=author)
    branch = replace(a_branch(), head=head)
    read = github(at_head=checks(), branch=branch)
    return a_view(read=read, policy=a_policy(ci_workflows=("Lint", "CI")))


def _of_missing_ci() -> Iterator[tuple[str, ProjectView]]:
    both = (
        a_suite(run=a_run(1)),
        a_suite(run=a_run(2, workflow="Lint"), updated_at=ago(minutes=9)),
    )
    required = a_policy(ci_workflows=("CI", "Lint"))
    yield "all that must run ran", _ci(*both, policy=required)
    yield "one that must run did not", _ci(both[0], policy=required)
    late = a_suite(run=a_run(2), created_at=ago(minutes=5), updated_at=ago(minutes=4))
    early = a_suite(created_at=ago(minutes=50))
    yield "one that must run did not, since the first began", _ci(early, late, policy=required)
    yield "nothing ran", _with_head(pushed=ago(hours=1))
    yield "nothing ran yet", _with_head(pushed=ago(minutes=1))
    yield "nothing ran, as the message asks", _with_head(pushed=ago(hours=1), subject="x [skip ci]")
    yield "nothing ran for a bot", _with_head(pushed=ago(hours=1), author="renovate[bot]")
    yield "nothing ran for Actions", _with_head(pushed=ago(hours=1), author="GitHub Actions")
    yield "learned, and did not run", _ci(required=seen(frozenset({"CI", "Docs", PIPELINE})))
    yield (
        "the repository is archived",
        _ci(a_suite(RED), repository=seen(a_repository(archived=True))),
    )
    yield "the checks are of another commit", _ci(checks=seen(checks(a_suite(RED), commit=PARENT)))


def _nightly(
    conclusion: CheckConclusion | None, *before: CheckConclusion, read: bool = True
) -> ProjectView:
    """Give a look at a nightly run, and at those before it."""
    run = a_run(9, workflow="Nightly", event="schedule")
    newest = a_suite(conclusion, run=run)
    runs = tuple(
        a_branch_run(each, number=7 - at, workflow="Nightly", updated_at=ago(hours=24 * (at + 1)))
        for at, each in enumerate(before)
    )
    weekly = a_branch_run(RED, number=8, workflow="Weekly")
    question = RunsOf(repo=REPO, branch="main", event="schedule")
    answers = Answers(runs={question: seen((weekly, *runs))} if read else {})
    return a_view(read=github(at_head=checks(a_suite(), newest)), answers=answers)


def _of_the_clock() -> Iterator[tuple[str, ProjectView]]:
    green = CheckConclusion.SUCCESS
    yield "a nightly run passed", _nightly(green)
    yield "a nightly run is under way", _nightly(None)
    yield "a nightly run was cancelled", _nightly(CheckConclusion.CANCELLED)
    yield "a nightly run failed", _nightly(RED, read=False)
    yield "a nightly run failed once", _nightly(RED, green, RED)
    yield "a nightly run failed twice", _nightly(RED, RED, green, RED)
    yield "a nightly run failed three times", _nightly(RED, CheckConclusion.CANCELLED, RED, RED)


# -- the workflow that deploys, and the records -----------------------------------------------


def _ran(
    conclusion: CheckConclusion | Unrecognised | None,
    *,
    status: CheckStatus | Unrecognised | None = None,
    age: timedelta = 40 * MINUTE,
    event: str = "push",
) -> Suite:
    """Give the newest run of the deploy workflow."""
    run = a_run(7, workflow=PIPELINE, event=event)
    return a_suite(conclusion, run=run, status=status, updated_at=NOW - age)


def _pipeline(
    suite: Suite,
    *jobs: Job,
    policy: ProjectPolicy = STAGED,
    answer: Reading[tuple[Job, ...]] | None = None,
    read: bool = True,
) -> ProjectView:
    """Give a look at the deploy workflow, with the *jobs* of its newest run."""
    url = a_run(7).url
    trace = RunTrace(repo=REPO, run_id=7, updated_at=suite.updated_at, url=url)
    answers = Answers(jobs={JobsOf(trace): answer or seen(jobs)} if read else {})
    told = github(at_head=checks(a_suite(), suite), earlier=())
    look = a_view(policy=policy, read=told, answers=answers, staging=NotAsked())
    return replace(look, production=NotAsked())


def _of_conclusions() -> Iterator[tuple[str, ProjectView]]:
    for conclusion in (*CheckConclusion, NEW):
        named = _named(conclusion)
        yield f"the pipeline ended {named}", _pipeline(_ran(conclusion), policy=WHOLE)
        yield f"the pipeline of two stages ended {named}", _pipeline(_ran(conclusion), policy=BOTH)
    for status in (*CheckStatus, NEW):
        named = _named(status)
        if status is not CheckStatus.COMPLETED:
            new, old = _ran(None, status=status, age=9 * MINUTE), _ran(None, status=status)
            yield f"the pipeline is {named}", _pipeline(new)
            yield f"the pipeline is {named} for long", _pipeline(old, a_job("Stage"))
            yield f"the pipeline is {named}, before staging", _pipeline(old, a_job("Stage", None))


_SKIPPED = a_job("Stage", CheckConclusion.SKIPPED)
_FAILED = a_job("Stage", RED)
_TESTED = (
    a_job("Stage"),
    a_job("e2e", RED, completed_at=ago(minutes=21)),
    a_job("smoke", RED, completed_at=ago(minutes=22)),
)
_STOPPED = (a_job("Stage"), a_job("e2e"), a_job("smoke", CheckConclusion.CANCELLED))
_OF_RED: Mapping[str, tuple[Job, ...]] = {
    "there are no jobs": (),
    "the job failed": (_FAILED,),
    "the job failed nobody knows when": (replace(_FAILED, completed_at=None),),
    "the job passed, and nothing after it": (a_job("Stage"), a_job("e2e", RED)),
    "the job passed, and two after it failed": _TESTED,
    "the job passed, and a test was cancelled": _STOPPED,
    "the job was cancelled": (a_job("Stage", CheckConclusion.CANCELLED),),
}
_OF_GREEN: Mapping[str, tuple[Job, ...]] = {
    "there are no jobs of a green run": (),
    "the job passed": (a_job("Stage"),),
    "the job passed, and its tests too": (a_job("Stage"), a_job("e2e")),
    "the job was skipped": (_SKIPPED,),
    "another job ran": (a_job("Test"),),
}


def _of_jobs() -> Iterator[tuple[str, ProjectView]]:
    red, green, waits = _ran(RED), _ran(CheckConclusion.SUCCESS), _ran(None)
    yield from ((way, _pipeline(red, *jobs)) for way, jobs in _OF_RED.items())
    yield from ((way, _pipeline(green, *jobs)) for way, jobs in _OF_GREEN.items())
    yield "the jobs are not read", _pipeline(red, read=False)
    yield "the jobs cannot be read", _pipeline(red, answer=blind())
    yield "the jobs of a long run are not read", _pipeline(waits, read=False)
    yield "the jobs of a long run cannot be read", _pipeline(waits, answer=blind())
    by_hand = _ran(CheckConclusion.SUCCESS, event="workflow_dispatch")
    yield "a run that somebody began is over", _pipeline(by_hand, _SKIPPED)
    stage, release, lost = a_job("Stage"), a_job("Release"), a_job("Release", RED)
    for words, number in (("older", 6), ("newer", 8)):
        other = a_suite(RED, run=a_run(number, workflow=PIPELINE), updated_at=ago(hours=2))
        look = _pipeline(green, a_job("Stage"))
        earlier = seen((checks(other, commit=PARENT),))
        yield (
            f"the run of a commit before is {words}",
            replace(look, github=replace(look.github, earlier=earlier)),
        )
    yield "the release failed", _pipeline(red, stage, lost, policy=BOTH)
    yield "the release passed", _pipeline(green, stage, release, policy=BOTH)
    yield "the release is not there", _pipeline(green, stage, policy=BOTH)
    yield "a whole run fails in its release", _pipeline(red, stage, lost, policy=LATER)
    yield "a whole run fails before its release", _pipeline(red, _FAILED, policy=LATER)
    yield "a whole run fails, its jobs not read", _pipeline(red, policy=LATER, read=False)
    yield "a whole run fails, its jobs not readable", _pipeline(red, policy=LATER, answer=blind())
    yield "a whole run waits for its release", _pipeline(waits, stage, policy=LATER)


def _twice(first: Job, second: Job) -> ProjectView:
    """Give a look at two runs of the deploy workflow at the head, the second begun by hand."""
    look = _pipeline(_ran(CheckConclusion.SUCCESS))
    suites = tuple(
        a_suite(
            run=a_run(number, workflow=PIPELINE, event=event), updated_at=ago(minutes=50 - number)
        )
        for number, event in ((6, "push"), (7, "workflow_dispatch"))
    )
    jobs = {
        JobsOf(
            RunTrace(
                repo=REPO,
                run_id=suite.id,
                updated_at=suite.updated_at,
                url=a_run(suite.id).url,
            )
        ): seen((job,))
        for suite, job in zip(suites, (first, second), strict=True)
    }
    read = replace(look.github, checks=seen(checks(a_suite(), *suites)))
    return replace(look, github=read, answers=Answers(jobs=jobs))


def _records(*records: object, production: bool = False, **view: object) -> ProjectView:
    """Give a look that shows deployment records alone."""
    read = github(records=() if production else records)  # type: ignore[arg-type]
    read = replace(read, production=seen(records if production else ()))  # type: ignore[arg-type]
    policy = a_policy(railway_project=None)
    look = a_view(policy=policy, read=read, staging=NotAsked())
    return replace(look, **view)  # type: ignore[arg-type]


def _of_records() -> Iterator[tuple[str, ProjectView]]:
    for state in (*DeploymentState, NEW, None):
        named = _named(state)
        yield f"a record says {named}", _records(a_record(state))
        of_release = replace(a_record(state, url=None), environment="shop / production")
        yield f"a record of production says {named}", _records(of_release, production=True)
    failed = a_record(DeploymentState.FAILURE, commit=PARENT)
    yield "an older record failed", _records(failed, a_record(number=2))
    yield "a newer record failed", _records(a_record(changed_at=ago(hours=3)), failed)
    yield (
        "a record failed, and Railway is green at its commit",
        a_view(read=github(records=(replace(failed, sha=HEAD),))),
    )
    yield "a record failed, and Railway is green later", a_view(read=github(records=(failed,)))
    forked = replace(failed, sha=sha(5))
    yield "a record failed at a commit that nobody knows", a_view(read=github(records=(forked,)))
    question = Contains(repo=REPO, newer=HEAD, older=sha(5))
    for relation in Relation:
        answers = Answers(contains={question: seen(relation)})
        yield (
            f"the commit of a failed record is {relation}",
            a_view(read=github(records=(forked,)), answers=answers),
        )
    waiting = an_environment(a_service(a_deployment(RailwayStatus.WAITING)))
    begun = a_record(DeploymentState.FAILURE)
    yield (
        "a record failed, and Railway waits",
        a_view(read=github(records=(begun,)), staging=waiting),
    )
    broken = an_environment(a_service(a_deployment(RailwayStatus.FAILED)))
    yield (
        "a record failed, and so did Railway",
        a_view(read=github(records=(begun,)), staging=broken),
    )


# -- Railway ----------------------------------------------------------------------------------


def _staging(*services: Service, policy: ProjectPolicy | None = None) -> ProjectView:
    return a_view(staging=an_environment(*services), policy=policy)


def _of_statuses() -> Iterator[tuple[str, ProjectView]]:
    for status in (*RailwayStatus, NEW):
        named = _named(status)
        for words, age in (("", 9 * MINUTE), (" for long", 99 * MINUTE)):
            there = an_environment(a_service(a_deployment(status, changed_at=NOW - age)))
            of_production = replace(there, name="production")
            yield f"a service is {named}{words}", a_view(staging=there)
            yield (
                f"a service of production is {named}{words}",
                replace(a_view(), production=seen(of_production)),
            )


_UNKNOWN = a_deployment(commit=sha(7))
_OLD = a_deployment(commit=PARENT, changed_at=ago(hours=2), name="d0")
_BY_CI = a_deployment(RailwayStatus.SKIPPED, skipped_reason="CI check suite failed", name="d2")
_BY_PATH = a_deployment(RailwayStatus.SKIPPED, skipped_reason="No changes to watched files")
_API = a_deployment(changed_at=ago(minutes=5))
_SERVICES: Mapping[str, tuple[Service, ...]] = {
    "one of two services names no commit": (
        a_service(a_deployment()),
        a_service(replace(_API, commit=None), name="api"),
    ),
    "one of two services came later": (a_service(a_deployment()), a_service(_API, name="api")),
    "three services work at all the commits that are known": (
        a_service(_OLD),
        a_service(_API, name="api"),
        a_service(a_deployment(commit=GRANDPARENT), name="cron"),
    ),
    "a service works at a commit that nobody knows": (a_service(a_deployment(commit=sha(5))),),
    "two services work": (a_service(a_deployment()), a_service(a_deployment(), name="api")),
    "two services work at two commits": (a_service(_OLD), a_service(a_deployment(), name="api")),
    "two services work at commits that nobody orders": (
        a_service(a_deployment(commit=sha(5))),
        a_service(a_deployment(), name="api"),
    ),
    "one service works, one failed": (
        a_service(a_deployment()),
        a_service(a_deployment(RailwayStatus.CRASHED), name="api"),
    ),
    "a service stopped": (a_service(a_deployment(stopped=True)),),
    "a cron job stopped": (a_service(a_deployment(stopped=True), cron=True),),
    "a service has no deployment": (a_service(),),
    "a service of no commit": (a_service(a_deployment(commit=None)),),
    "a service of another repository": (
        a_service(replace(a_deployment(), repo=RepoName("acme/blog"))),
    ),
    "skipped for its paths": (a_service(_BY_PATH, _OLD),),
    "skipped for CI at a commit before": (a_service(replace(_BY_CI, commit=PARENT)),),
}


def _of_services() -> Iterator[tuple[str, ProjectView]]:
    yield from ((way, _staging(*services)) for way, services in _SERVICES.items())
    web, named = a_service(a_deployment()), a_policy(services=("worker", "web"))
    yield "a service is not there", _staging(web, policy=named)
    unlisted = a_service(complete=False)
    yield "a service has none that is listed", _staging(unlisted, policy=named)
    behind = an_environment(a_service(replace(_BY_CI, commit=PARENT)))
    red = github(earlier=(checks(a_suite(RED), commit=PARENT),))
    yield (
        "skipped for CI at a commit before, and red there",
        a_view(read=red, staging=behind),
    )
    yield (
        "two services work at two commits of a branch that cannot be read",
        replace(
            _staging(*_SERVICES["two services work at two commits"]),
            github=replace(github(), branch=blind()),
        ),
    )
    pipeline = a_suite(RED, run=a_run(7, workflow=PIPELINE))
    yield (
        "skipped for CI, and only the pipeline is red",
        a_view(
            policy=a_policy(deploy_workflow=PIPELINE),
            read=github(at_head=checks(a_suite(), pipeline), earlier=()),
            staging=an_environment(a_service(_BY_CI, _OLD)),
        ),
    )
    yield "Railway cannot be read", a_view(staging=blind())
    yield "a service never got the head", _followed(a_service(_OLD))
    yield "a service got the head lately", _followed(a_service(a_deployment()))
    yield "a service may get the head yet", _followed(a_service(_OLD), green_for=9 * MINUTE)
    two = github(
        at_head=checks(
            a_suite(updated_at=ago(minutes=50)),
            a_suite(run=a_run(2, workflow="Lint"), updated_at=ago(minutes=9)),
        )
    )
    look = _followed(a_service(_OLD))
    yield (
        "a service may get the head since the last check passed",
        replace(look, github=replace(look.github, checks=two.checks)),
    )
    yield "a service follows another branch", _followed(a_service(replace(_OLD, branch="dev")))
    yield "a service may have got the head", _followed(a_service(_OLD, complete=False))
    since = a_deployment(commit=PARENT, changed_at=ago(minutes=30))
    yield "a service got another one since", _followed(a_service(since, _OLD, complete=False))
    yield "a service may have got it since", _followed(a_service(since, complete=False))


def _of_waiting() -> Iterator[tuple[str, ProjectView]]:
    skipped = an_environment(a_service(_BY_CI, _OLD))
    waits = an_environment(a_service(a_deployment(RailwayStatus.WAITING, changed_at=ago(hours=2))))
    for words, conclusion in (
        ("red", RED),
        ("green", CheckConclusion.SUCCESS),
        ("under way", None),
        ("in a new state", NEW),
    ):
        read = github(at_head=checks(a_suite(conclusion, updated_at=ago(hours=1))))
        yield f"skipped for CI, which is {words}", a_view(read=read, staging=skipped)
        yield f"a service waits for CI, which is {words}", a_view(read=read, staging=waits)


def _followed(service: Service, *, green_for: timedelta = 50 * MINUTE) -> ProjectView:
    """Give a look at a service that is built from our repository, under a green head."""
    read = github(at_head=checks(a_suite(updated_at=NOW - green_for)))
    built = replace(service, repo=REPO)
    return a_view(read=read, staging=an_environment(built))


def _of_the_pipelines_end() -> Iterator[tuple[str, ProjectView]]:
    """Whether the head got to an environment that a workflow deploys."""
    without = learned = _pipeline(_ran(CheckConclusion.SUCCESS), _SKIPPED)
    yield (
        "the head was skipped by what always runs",
        replace(learned, github=replace(learned.github, required=seen(frozenset({PIPELINE})))),
    )
    for words, jobs in (
        ("and passed the second time", (_FAILED, a_job("Stage"))),
        ("and failed the second time", (a_job("Stage"), _FAILED)),
        ("by hand, and twice deployed nothing", (_SKIPPED, _SKIPPED)),
    ):
        yield f"the pipeline ran twice at the head, {words}", _twice(*jobs)
    for words, age in (("long", 50 * MINUTE), ("a while", 9 * MINUTE)):
        suite = a_suite(updated_at=NOW - age)
        yield (
            f"no pipeline ran for {words}",
            replace(without, github=replace(without.github, checks=seen(checks(suite)))),
        )


# -- production beside staging ----------------------------------------------------------------


def _lagging(
    *, served: str = GRANDPARENT, proved: datetime | None = None, **view: object
) -> ProjectView:
    """Give a look at a production that serves *served*, under a staging that proved the head."""
    production = an_environment(a_service(a_deployment(commit=sha(98) if served else None)))
    passages = tuple(
        Passage(lane="web", commit=one, pushed_at=at - 9 * MINUTE, proved_at=at)
        for one, at in ((GRANDPARENT, ago(hours=9)), (PARENT, proved or ago(hours=5)))
    )
    look = replace(
        a_view(), production=seen(replace(production, name="production")), passages=passages
    )
    return replace(look, **view)  # type: ignore[arg-type]


def _of_lag() -> Iterator[tuple[str, ProjectView]]:
    current = an_environment(a_service(a_deployment(name="d9")))
    building = an_environment(
        a_service(
            a_deployment(RailwayStatus.BUILDING, changed_at=ago(minutes=1), name="d9"),
            a_deployment(commit=GRANDPARENT, changed_at=ago(hours=9)),
        )
    )
    broken = an_environment(a_service(a_deployment(RailwayStatus.FAILED)))
    older = an_environment(a_service(a_deployment(commit=sha(7))))
    yield "production lags", _lagging()
    yield "production lags a little", _lagging(proved=ago(hours=1))
    yield "production is up to date", _lagging(production=seen(current))
    yield "production is being deployed", _lagging(production=seen(building))
    yield "production failed", _lagging(production=seen(broken))
    yield "production serves what nobody knows", _lagging(production=seen(older))
    yield "production cannot be read", _lagging(production=blind())
    yield (
        "staging fell back",
        _lagging(staging=seen(an_environment(a_service(a_deployment(commit=GRANDPARENT))))),
    )
    returned = an_environment(a_service(a_deployment(commit=PARENT)))
    left = Passage(lane="web", commit=HEAD, pushed_at=ago(hours=9), proved_at=ago(hours=8))
    back = Passage(lane="web", commit=PARENT, pushed_at=ago(hours=7), proved_at=ago(hours=5))
    yield (
        "staging went back to what production serves",
        _lagging(staging=seen(returned), production=seen(returned), passages=(left, back)),
    )
    yield (
        "staging serves what nobody knows",
        _lagging(staging=seen(an_environment(a_service(a_deployment(commit=sha(6)))))),
    )
    yield "production lags while CI runs", _lagging(github=github(at_head=checks(a_suite(None))))


def _of_lanes() -> Iterator[tuple[str, ProjectView]]:
    look = _lagging()
    image = a_deployment(commit=None, changed_at=ago(hours=2))
    skipped = a_deployment(
        RailwayStatus.SKIPPED, skipped_reason="No changes to watched files", name="d3"
    )
    yield (
        "production serves an image, and a commit was skipped since",
        replace(look, production=seen(an_environment(a_service(skipped, image)))),
    )
    whole = tuple(replace(one, lane="") for one in look.passages)
    yield "what staging proved as a whole lags", replace(look, passages=(*whole, look.passages[0]))
    both = tuple(replace(one, lane=lane) for lane in ("web", "api") for one in look.passages)
    current_api = a_service(a_deployment(), name="api")
    staging = seen(an_environment(a_service(a_deployment()), current_api))
    for words, api in (("one of two services", HEAD), ("neither service", sha(8))):
        services = a_service(_UNKNOWN), a_service(a_deployment(commit=api), name="api")
        yield (
            f"what production serves is known of {words}",
            replace(
                look,
                passages=both,
                staging=staging,
                production=seen(an_environment(*services)),
            ),
        )
    many = tuple(
        Passage(lane="web", commit=sha(50 + n), pushed_at=ago(hours=90 - n), proved_at=at)
        for n in range(6)
        for at in (ago(hours=90 - n) + (n + 30) * MINUTE,)
    )
    for words, known in (("usual", many), ("usual, as far as five times tell", many[:3])):
        passages = (*known, *look.passages)
        yield f"production lags by what is {words}", replace(look, passages=passages)


# -- URLs, our own sight, secrets -------------------------------------------------------------


def _site(sight: Part[UrlSight], place: Place = Place.STAGING, **policy: object) -> ProjectView:
    urls = {"staging_url": "https://stage.example", "production_url": "https://shop.example"}
    named = replace(a_policy(), **{**urls, **policy})  # type: ignore[arg-type]
    return replace(a_view(policy=named), urls={place: sight})


def _of_urls() -> Iterator[tuple[str, ProjectView]]:
    three = (ago(minutes=10), ago(minutes=5), ago(minutes=1))
    for place in Place:
        yield f"{place} answers", _site(seen(a_sight()), place)
        yield f"{place} is down", _site(seen(a_sight(*three)), place)
    yield "a site without Railway is down", _site(seen(a_sight(*three)), railway_project=None)
    yield "a site was silent once", _site(seen(a_sight(ago())))
    yield "a site is silent beside others", _site(seen(a_sight(*three, shared=True)))
    yield "a site was not asked", _site(blind())
    for doubt in Doubt:
        yield f"a site is silent, but {doubt}", _site(seen(a_sight(doubt=doubt)))
    shared = tuple(Miss(at=at, says="answered 503", shared=at == three[0]) for at in three)
    partly = replace(a_sight(*three), misses=shared)
    yield "a site was silent beside others once", _site(seen(partly))


def _blindness(
    looks: int, age: timedelta, *, cause: BlindCause = BlindCause.UNREADABLE, token: str = ""
) -> Spell:
    return Spell(
        first=Blind(at=NOW - age, why="it timed out", cause=cause, token=token), looks=looks
    )


def _of_sight() -> Iterator[tuple[str, ProjectView]]:
    dark = Blind(at=NOW, why="it timed out")
    for source, look in (
        (Source.RAILWAY, replace(a_view(), staging=dark)),
        (Source.PRODUCTION, replace(a_view(), production=dark)),
        (Source.CHECKS, a_view(read=replace(github(), checks=dark))),
        (Source.GITHUB, a_view(read=_unread(dark))),
    ):
        for words, spell in (
            ("in this look", _blindness(1, MINUTE)),
            ("for long", _blindness(3, 20 * MINUTE)),
        ):
            sight = Sight(dark={source: spell})
            yield f"{source} is dark {words}", replace(look, sight=sight)
    long = _blindness(3, 20 * MINUTE)
    nowhere = a_view(policy=a_policy(railway_project=None), read=_unread(dark), staging=NotAsked())
    yield (
        "GitHub and a URL are dark for long, and Railway is not asked",
        replace(
            nowhere,
            urls={Place.STAGING: replace(dark, why="nobody answered")},
            sight=Sight(dark={Source.GITHUB: long, Source.URLS: long}),
        ),
    )
    other = replace(dark, why="it was cut off")
    half = replace(github(), checks=dark, issues=other, branch=dark)
    spells = dict.fromkeys((Source.BRANCH, Source.CHECKS, Source.ISSUES), long)
    yield (
        "parts of GitHub are dark for long, in two ways",
        replace(a_view(read=half), sight=Sight(dark=spells)),
    )
    for cause in (BlindCause.REFUSED, BlindCause.MISPLACED):
        refused = Blind(at=NOW, why="it says no", cause=cause, token="RAILWAY_TOKEN")
        for words, age in (("at first", MINUTE), ("again", 9 * MINUTE)):
            spell = Spell(first=replace(refused, at=NOW - age), looks=2)
            scope = Scope("railway:railway-project:staging")
            refusal = Refusal(token="RAILWAY_TOKEN", scope=scope, spell=spell)
            sight = Sight(
                dark={Source.RAILWAY: spell},
                refusals={Source.RAILWAY: refusal},
                refused=frozenset({"RAILWAY_TOKEN"}),
            )
            yield f"our token is {cause} {words}", replace(a_view(staging=refused), sight=sight)
    tokened = replace(an_environment(a_service(a_deployment())), token="RAILWAY_TOKEN")
    yield "our token is taken", a_view(staging=tokened)


def _unread(dark: Blind) -> GitHubReading:
    return GitHubReading(
        repository=dark,
        branch=dark,
        checks=dark,
        earlier=dark,
        deployments=dark,
        issues=dark,
        production=dark,
    )


def _audited(
    *sharings: Sharing, files: tuple[str, ...] = (), first: Mapping[str, datetime] | None = None
) -> ProjectView:
    audit = Audit(
        at=ago(minutes=9),
        variables=seen(Compared(sharings=sharings), at=ago(minutes=9)),
        files=seen(Committed(paths=files), at=ago(minutes=9)),
        first=first or {},
    )
    return replace(a_view(), audit=seen(audit))


def _of_secrets() -> Iterator[tuple[str, ProjectView]]:
    here, there = ("web KEY",), ("web KEY", "api KEY")
    many = tuple(f"s{at} KEY" for at in range(6))
    for by in SharedBy:
        one = Sharing(subject="KEY", by=by, staging=here, production=there)
        yield f"both have a {by}", _audited(one)
    known = Sharing(subject="KEY", by=SharedBy.VALUE, staging=here, production=there)
    yield "both have it since long", _audited(known, first={"KEY": ago(hours=9)})
    yield "it is in many places", _audited(replace(known, staging=many, production=many[:4]))
    yield "it is in one place more", _audited(replace(known, staging=many[:5]))
    yield (
        "staging has production's project",
        _audited(replace(known, by=SharedBy.SUPABASE, production=())),
    )
    yield (
        "production has staging's project",
        _audited(replace(known, by=SharedBy.SUPABASE, staging=())),
    )
    yield (
        "two files are committed",
        _audited(files=(".env", "api/.env"), first={".env": ago(hours=9)}),
    )
    yield (
        "an audit could not be made",
        replace(a_view(), audit=seen(Audit(at=NOW, variables=blind(), files=blind()))),
    )


_PROMOTED = {
    "success": (StatusState.SUCCESS, "All is well"),
    "a failed test": (StatusState.FAILURE, "block: e2e: a test failed"),
    "a failed smoke test": (StatusState.ERROR, "The smoke test failed"),
    "another reason": (StatusState.FAILURE, "block: main-ci: e2e is red"),
    "a test that was not made": (StatusState.ERROR, "unknown: e2e: it did not run"),
    "a failed smoke test, and what it said": (
        StatusState.FAILURE,
        "The smoke test said block: main-ci: no",
    ),
    "a test that is under way": (StatusState.PENDING, "block: e2e: it runs"),
}


def _of_promotions() -> Iterator[tuple[str, ProjectView]]:
    for words, (state, description) in _PROMOTED.items():
        for page, url in (("", "https://ci.example/2"), (", without a page", None)):
            status = a_status(state, context="pipeline-health/promotion", url=url)
            status = replace(status, description=description)
            read = github(at_head=checks(a_suite(), statuses=(status,)))
            yield f"the promotion check says {words}{page}", a_view(read=read)


_ARCHIVED = a_repository(archived=True)


def _of_the_unwatched() -> Iterator[tuple[str, ProjectView]]:
    begun = frozenset({"workflow_run", "workflow_dispatch", "pull_request"})
    habits = seen((Habit(workflow="Backup", events=begun),))
    for words, policy in (("", a_policy()), (" beside a pipeline", WHOLE)):
        read = replace(github(earlier=()), habits=habits)
        yield f"somebody begins a workflow{words}", a_view(policy=policy, read=read)
    app = checks(a_suite(), an_app_suite(a_suite(check_runs=1)))
    for words, read in (
        ("and an app checks", replace(github(at_head=app), habits=habits)),
        ("of an archived repository", replace(github(repository=_ARCHIVED), habits=habits)),
    ):
        yield f"somebody begins a workflow {words}", a_view(read=read)
    foreign = frozenset({"pull_request", "pull_request_target", "pull_request_review"})
    of_others = seen((Habit(workflow="Review", events=foreign),))
    yield "others begin a workflow", a_view(read=replace(github(), habits=of_others))
    nothing = replace(github(), required=seen(frozenset[str]()))
    yield "nothing is known to run always", a_view(read=nothing)
    yield "what ran cannot be read", a_view(read=replace(github(), habits=blind()))
    narrow = replace(checks(a_suite()), other_apps=False)
    yield "other apps are not seen", a_view(read=github(at_head=narrow))
    for cause in BlindCause:
        dark = Blind(at=NOW, why="it is not there", cause=cause)
        yield f"staging is {cause}", a_view(staging=dark)
        yield f"production is {cause}", replace(a_view(), production=dark)
    nobody = NotAsked("no token may see it")
    yield "production is nobody's to see", replace(a_view(), production=nobody)
    for count in (5, 6):
        doubts = tuple(Unverifiable(name=f"KEY_{at}", why="is sealed") for at in range(count))
        audit = Audit(at=NOW, variables=seen(Compared(unverifiable=doubts)), files=NotAsked())
        yield f"{count} secrets cannot be compared", replace(a_view(), audit=seen(audit))
    web, api = a_service(a_deployment()), a_service(a_deployment(), name="api")
    yield (
        "services names one and one that is not there",
        a_view(
            staging=an_environment(web, api), policy=a_policy(services=("web", "worker", "mail"))
        ),
    )
    images = tuple(a_deployment(commit=None, name=f"i{at}") for at in range(3))
    for words, deployments in (
        ("three", (*images, a_deployment(name="i3"))),
        ("two", (*images[:2], a_deployment(name="i2"))),
    ):
        yield (
            f"the {words} newest deployments name no commit",
            a_view(staging=an_environment(a_service(*deployments))),
        )


USUAL = "all is green"
LOOKS: Mapping[str, ProjectView] = {
    USUAL: a_view(),
    **dict(_of_ci()),
    **dict(_of_missing_ci()),
    **dict(_of_the_clock()),
    **dict(_of_conclusions()),
    **dict(_of_jobs()),
    **dict(_of_the_pipelines_end()),
    **dict(_of_records()),
    **dict(_of_statuses()),
    **dict(_of_services()),
    **dict(_of_waiting()),
    **dict(_of_lag()),
    **dict(_of_lanes()),
    **dict(_of_urls()),
    **dict(_of_sight()),
    **dict(_of_secrets()),
    **dict(_of_promotions()),
    **dict(_of_the_unwatched()),
}
