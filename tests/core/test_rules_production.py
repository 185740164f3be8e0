"""What is said of production: the same tables as of staging, by the same three sources."""

from dataclasses import replace

import pytest

from builders import (
    HEAD,
    PARENT,
    REPOSITORY_ID,
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
)
from pipeline_health.core.deploy_runs import deploy_runs, trace_of
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
from pipeline_health.core.model.railway import Environment, RailwayStatus
from pipeline_health.core.model.readings import (
    Blind,
    CheckConclusion,
    CheckStatus,
    DeploymentRecord,
    DeploymentState,
    NotAsked,
    Part,
    Suite,
)
from pipeline_health.core.model.snapshot import ProjectView
from pipeline_health.core.rules.production import (
    production_job,
    production_records,
    production_services,
)
from pipeline_health.core.rules.staging_records import deploy_workflow

SCOPE = Scope("railway:railway-project:production")
WHOLE = Symptom(
    kind=Kind.PRODUCTION_DEPLOY_FAILED,
    scope=Scope(f"{SCOPE}:github:4711"),
    subject=Subject(Thing.ENVIRONMENT, "production"),
)
WEB = replace(WHOLE, scope=SCOPE, subject=Subject(Thing.SERVICE, "web"))
FAILURE, SUCCESS, SKIPPED = (
    CheckConclusion.FAILURE,
    CheckConclusion.SUCCESS,
    CheckConclusion.SKIPPED,
)
BY_JOBS = replace(
    a_policy(deploy_workflow="Pipeline", staging_job="Deploy to staging"),
    production_job="Deploy to production",
)


def with_production(environment: Environment | Part[Environment]) -> ProjectView:
    """Give a view in which only production differs from what is green and ordinary."""
    part = seen(environment) if isinstance(environment, Environment) else environment
    return replace(a_view(), production=part)


def words(*said: Observation) -> list[tuple[type[Observation], Thing]]:
    """Give what is said, and of what sort of thing."""
    return [(type(word), word.symptom.subject.thing) for word in said]


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (RailwayStatus.FAILED, [(Finding, Thing.SERVICE)]),
        (RailwayStatus.CRASHED, [(Finding, Thing.SERVICE)]),
        (RailwayStatus.SKIPPED, [(Finding, Thing.SERVICE)]),
        (RailwayStatus.BUILDING, [(Unsettled, Thing.SERVICE)]),
        (RailwayStatus.NEEDS_APPROVAL, [(Unsettled, Thing.SERVICE)]),
        (RailwayStatus.SUCCESS, [(Proof, Thing.SERVICE), (Proof, Thing.ENVIRONMENT)]),
        (RailwayStatus.SLEEPING, [(Proof, Thing.SERVICE), (Proof, Thing.ENVIRONMENT)]),
    ],
)
def test_railways_word_counts_as_it_does_for_staging(
    status: RailwayStatus, expected: list[tuple[type[Observation], Thing]]
) -> None:
    """The newest deployment of a service decides."""
    view = with_production(an_environment(a_service(a_deployment(status))))
    assert expected == words(*production_services(view))


def test_a_failed_deployment_to_production_has_a_kind_and_a_scope_of_its_own() -> None:
    """It is never taken for staging."""
    production = replace(
        an_environment(a_service(a_deployment(RailwayStatus.FAILED))), name="production"
    )
    (finding,) = production_services(with_production(production))
    assert isinstance(finding, Finding)
    assert (WEB, f"In production at {HEAD[:7]}, service web failed to deploy.") == (
        finding.symptom,
        finding.says,
    )


@pytest.mark.parametrize("part", [blind(), NotAsked(), NotAsked("it is restricted")])
def test_production_that_was_not_seen_gives_nothing(part: Blind | NotAsked) -> None:
    """Blind opens nothing and closes nothing, nor does what nobody asked for."""
    assert [] == list(production_services(with_production(part)))


# -- the job that deploys to production ------------------------------------------------------


def runs_view(
    *runs: tuple[CheckConclusion | None, tuple[Job, ...] | Blind | None],
    policy: ProjectPolicy = BY_JOBS,
) -> ProjectView:
    """Give runs of the workflow, the newest first, each with its jobs (None: not asked yet)."""
    suites = [
        a_suite(conclusion, run=a_run(50 - at, workflow="Pipeline"))
        for at, (conclusion, _) in enumerate(runs)
    ]
    view = a_view(policy=policy, read=github(at_head=checks(*suites), earlier=()))
    given = dict(zip([50 - at for at in range(len(runs))], (jobs for _, jobs in runs), strict=True))
    answers = {
        JobsOf(trace_of(view, run)): jobs if isinstance(jobs, Blind) else seen(jobs)
        for run in deploy_runs(view)
        if (jobs := given[run.run.id]) is not None
    }
    return replace(view, answers=Answers(jobs=answers))


def jobs(production: CheckConclusion, staging: CheckConclusion = SUCCESS) -> tuple[Job, ...]:
    """Give the two jobs of a run."""
    return (a_job("Deploy to staging", staging), a_job("Deploy to production", production))


def test_a_failed_production_job_is_a_finding_of_production_alone() -> None:
    """A run counts once: staging came up in it."""
    view = runs_view((FAILURE, jobs(FAILURE)))
    (finding,) = production_job(view)
    assert isinstance(finding, Finding)
    assert (WHOLE, HEAD) == (finding.symptom, finding.commit)
    assert f"Job Deploy to production of Workflow Pipeline failed at {HEAD[:7]}." == finding.says
    assert [Proof] == [type(word) for word in deploy_workflow(view)]


def test_a_production_job_that_passed_is_a_proof() -> None:
    """It tells of its commit, and of when it ended."""
    (proof,) = production_job(runs_view((SUCCESS, jobs(SUCCESS))))
    assert isinstance(proof, Proof)
    assert (WHOLE, HEAD, ago(minutes=35)) == (proof.symptom, proof.commit, proof.at)


def test_the_newest_run_that_ran_the_job_counts() -> None:
    """A later run that failed on staging never got to production, and proves nothing there."""
    view = runs_view((FAILURE, jobs(SKIPPED, FAILURE)), (FAILURE, jobs(FAILURE)))
    (finding,) = production_job(view)
    assert isinstance(finding, Finding)
    assert finding.trace.url.endswith("/49")


@pytest.mark.parametrize(
    "run",
    [
        pytest.param((FAILURE, jobs(SKIPPED, FAILURE)), id="failed on staging"),
        pytest.param((CheckConclusion.STARTUP_FAILURE, None), id="could not start"),
    ],
)
def test_runs_that_never_got_to_production_say_nothing(
    run: tuple[CheckConclusion, tuple[Job, ...] | None],
) -> None:
    """What fails before has a kind of its own."""
    assert [] == list(production_job(runs_view(run)))


@pytest.mark.parametrize(
    ("run", "why"),
    [
        pytest.param(
            (None, None), f"Workflow Pipeline is under way at {HEAD[:7]}.", id="under way"
        ),
        pytest.param(
            (FAILURE, None),
            f"The jobs of Workflow Pipeline are not read yet at {HEAD[:7]}.",
            id="unread",
        ),
        pytest.param(
            (FAILURE, blind("404")),
            f"The jobs of Workflow Pipeline could not be read (404) at {HEAD[:7]}.",
            id="unreadable",
        ),
        pytest.param((FAILURE, ()), f"Workflow Pipeline shows no job at {HEAD[:7]}.", id="no jobs"),
    ],
)
def test_while_a_run_cannot_be_told_nothing_is_known(
    run: tuple[CheckConclusion | None, tuple[Job, ...] | Blind | None], why: str
) -> None:
    """Nobody can tell yet, and the reason is given."""
    (word,) = production_job(runs_view(run))
    assert isinstance(word, Unsettled)
    assert why == word.why


def test_without_a_production_job_the_workflow_tells_nothing_of_production() -> None:
    """The run as a whole is staging's."""
    policy = replace(BY_JOBS, production_job=None)
    assert [] == list(production_job(runs_view((FAILURE, jobs(FAILURE)), policy=policy)))


ONLY_PRODUCTION = replace(BY_JOBS, staging_job=None)


@pytest.mark.parametrize(
    ("run", "expected"),
    [
        pytest.param((FAILURE, jobs(FAILURE)), [], id="failed in production"),
        pytest.param((FAILURE, jobs(SKIPPED)), [Finding], id="failed before"),
        pytest.param((FAILURE, None), [Unsettled], id="jobs unread"),
        pytest.param((FAILURE, blind()), [Finding], id="jobs unreadable"),
        pytest.param((SUCCESS, None), [Proof], id="passed"),
        pytest.param((CheckConclusion.STARTUP_FAILURE, None), [Finding], id="could not start"),
    ],
)
def test_without_a_staging_job_a_run_that_failed_in_production_is_not_stagings(
    run: tuple[CheckConclusion, tuple[Job, ...] | Blind | None], expected: list[type[Observation]]
) -> None:
    """One failing run is one failure; the whole run is staging's in every other case."""
    view = runs_view(run, policy=ONLY_PRODUCTION)
    assert expected == [type(word) for word in deploy_workflow(view)]


# -- deployment records ----------------------------------------------------------------------


def a_live(state: DeploymentState, *, number: int = 1) -> DeploymentRecord:
    """Give a GitHub deployment to production."""
    return replace(a_record(state, number=number), environment="production")


def records_view(*records: DeploymentRecord, policy: ProjectPolicy | None = None) -> ProjectView:
    """Give a view of a project whose production only GitHub's records show."""
    read = replace(github(records=[a_record()]), production=seen(records))
    return a_view(policy=policy or a_policy(railway_project=None), read=read, staging=NotAsked())


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (DeploymentState.FAILURE, [Finding]),
        (DeploymentState.ERROR, [Finding]),
        (DeploymentState.SUCCESS, [Proof]),
        (DeploymentState.INACTIVE, []),
        (DeploymentState.IN_PROGRESS, [Unsettled]),
    ],
)
def test_the_newest_record_of_production_counts(
    state: DeploymentState, expected: list[type[Observation]]
) -> None:
    """Records of staging say nothing of production."""
    view = records_view(a_live(DeploymentState.SUCCESS), a_live(state, number=2))
    said = list(production_records(view))
    assert expected == [type(word) for word in said]
    assert {f"github:{REPOSITORY_ID}:environment:production"} >= {
        word.symptom.scope for word in said
    }


def test_a_record_that_railway_outlived_is_silent() -> None:
    """Railway shows a working commit that contains the record's."""
    view = records_view(replace(a_live(DeploymentState.FAILURE), sha=PARENT), policy=a_policy())
    healed = replace(view, production=seen(an_environment(a_service(a_deployment()))))
    assert [Finding] == [type(word) for word in production_records(view)]
    assert [] == list(production_records(healed))


def test_an_unread_repository_has_no_scope_and_so_no_words() -> None:
    """Without Railway the scope needs the repository's id."""
    view = records_view(a_live(DeploymentState.FAILURE))
    unread = replace(view, github=replace(view.github, repository=blind()))
    assert [] == list(production_records(unread))


def test_a_run_in_a_state_of_which_we_know_nothing_is_unsettled() -> None:
    """An unknown word is never taken for an end."""
    suite: Suite = replace(
        a_suite(None, run=a_run(7, workflow="Pipeline")), status=CheckStatus.WAITING
    )
    view = a_view(policy=BY_JOBS, read=github(at_head=checks(suite), earlier=()))
    assert [Unsettled] == [type(word) for word in production_job(view)]
