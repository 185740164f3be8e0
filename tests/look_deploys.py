"""What a look at the workflow that deploys can show, and at the deployment records."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta

from builders import (
    HEAD,
    MINUTE,
    NOW,
    PARENT,
    REPO,
    a_deployment,
    a_job,
    a_policy,
    a_record,
    a_run,
    a_service,
    a_suite,
    a_view,
    ago,
    an_environment,
    blind,
    checks,
    github,
    seen,
    sha,
)
from look_parts import BOTH, LATER, NEW, PIPELINE, RED, STAGED, WHOLE, word_of
from pipeline_health.core.model.policy import ProjectPolicy
from pipeline_health.core.model.questions import (
    Answers,
    Contains,
    Job,
    JobsOf,
    Relation,
    RunTrace,
)
from pipeline_health.core.model.railway import RailwayStatus
from pipeline_health.core.model.readings import (
    CheckConclusion,
    CheckStatus,
    DeploymentState,
    NotAsked,
    Reading,
    Suite,
    Unrecognised,
)
from pipeline_health.core.model.snapshot import ProjectView

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
        named = word_of(conclusion)
        yield f"the pipeline ended {named}", _pipeline(_ran(conclusion), policy=WHOLE)
        yield f"the pipeline of two stages ended {named}", _pipeline(_ran(conclusion), policy=BOTH)
    for status in (*CheckStatus, NEW):
        named = word_of(status)
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
        named = word_of(state)
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


WAYS: Mapping[str, ProjectView] = {
    **dict(_of_conclusions()),
    **dict(_of_jobs()),
    **dict(_of_the_pipelines_end()),
    **dict(_of_records()),
}
