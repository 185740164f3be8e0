"""What is said of green commits that never reach staging."""

from dataclasses import replace

import pytest

from builders import (
    HEAD,
    PARENT,
    PROJECT,
    RAILWAY_PROJECT,
    REPO,
    REPOSITORY_ID,
    a_deployment,
    a_job,
    a_policy,
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
from pipeline_health.core.model.ids import RepoName
from pipeline_health.core.model.policy import ProjectPolicy
from pipeline_health.core.model.questions import (
    Answers,
    DeployTrace,
    Job,
    JobsOf,
    LinkTrace,
    RunTrace,
)
from pipeline_health.core.model.railway import RailwayStatus, Service
from pipeline_health.core.model.readings import (
    CheckConclusion,
    GitHubReading,
    NotAsked,
    Part,
    Suite,
)
from pipeline_health.core.rules.staging_missing import never_deployed

SYMPTOM = Symptom(
    kind=Kind.STAGING_DEPLOY_MISSING,
    scope=Scope(f"railway:{RAILWAY_PROJECT}:staging"),
    subject=Subject(Thing.SERVICE, "web"),
)
PAGE = LinkTrace(url=f"https://github.com/{REPO}/commit/{HEAD}")
OLDER = replace(a_deployment(commit=PARENT, name="d0"), created_at=ago(hours=5))
BEHIND = replace(a_service(OLDER), repo=REPO)
SKIPPED = CheckConclusion.SKIPPED


def said(service: Service, *, read: GitHubReading | None = None) -> list[Observation]:
    """Give what the rule says of *service*, half an hour after the head was green."""
    return list(never_deployed(a_view(read=read, staging=an_environment(service))))


def test_a_green_head_without_a_deployment_is_a_finding() -> None:
    """It is missing since twenty minutes after the last check."""
    expected = Finding(
        symptom=SYMPTOM,
        project=PROJECT,
        since=ago(minutes=10),
        commit=HEAD,
        trace=PAGE,
        says=f"Service web was never deployed at {HEAD[:7]}, which is green.",
    )
    assert [expected] == said(BEHIND)


def test_a_deployment_of_the_head_that_works_is_a_proof() -> None:
    """Whatever CI says of it."""
    expected = Proof(
        symptom=SYMPTOM,
        project=PROJECT,
        at=ago(minutes=25),
        commit=HEAD,
        trace=DeployTrace(
            project=PROJECT,
            deployment_id="d1",
            changed_at=ago(minutes=25),
            url=f"https://railway.com/project/{RAILWAY_PROJECT}/service/service-web"
            "?environmentId=environment-1&id=d1",
        ),
        says=f"Service web was deployed at {HEAD[:7]}.",
    )
    red = github(at_head=checks(a_suite(CheckConclusion.FAILURE)))
    assert [expected] == said(a_service(a_deployment()), read=red)


def test_a_deployment_may_come_for_twenty_minutes() -> None:
    """Until then it is on its way."""
    read = github(at_head=checks(a_suite(updated_at=ago(minutes=20))))
    (word,) = said(BEHIND, read=read)
    assert isinstance(word, Unsettled)
    assert (True, f"Service web may still be deployed at {HEAD[:7]}.") == (
        word.in_flight,
        word.why,
    )


@pytest.mark.parametrize(
    "service",
    [
        pytest.param(
            replace(
                BEHIND,
                deployments=(
                    a_deployment(
                        RailwayStatus.SKIPPED, skipped_reason="No changes to watched files"
                    ),
                    OLDER,
                ),
            ),
            id="skipped by its paths",
        ),
        pytest.param(
            replace(BEHIND, deployments=(a_deployment(RailwayStatus.REMOVED), OLDER)),
            id="removed",
        ),
        pytest.param(
            replace(BEHIND, deployments=(a_deployment(RailwayStatus.BUILDING), OLDER)),
            id="under way",
        ),
        pytest.param(
            replace(BEHIND, deployments=(replace(OLDER, status=RailwayStatus.FAILED),)),
            id="an older one failed",
        ),
        pytest.param(
            replace(BEHIND, deployments=(replace(OLDER, commit=None),)), id="commit unknown"
        ),
        pytest.param(
            replace(BEHIND, deployments=(replace(OLDER, branch="develop"),)), id="another branch"
        ),
        pytest.param(replace(BEHIND, repo=None), id="no repository"),
        pytest.param(replace(BEHIND, repo=RepoName("acme/other")), id="another repository"),
        pytest.param(
            replace(
                BEHIND,
                complete=False,
                deployments=(replace(OLDER, created_at=ago(minutes=5)),),
            ),
            id="older ones unseen",
        ),
        pytest.param(replace(BEHIND, deployments=()), id="never deployed at all"),
    ],
)
def test_what_was_dealt_with_or_cannot_be_known_says_nothing(service: Service) -> None:
    """A record of the head deals with it; another branch or repository never gets it."""
    assert [] == said(service)


def test_a_list_that_goes_back_behind_the_push_is_enough() -> None:
    """A deployment of the head can be no older than the head; branches are not always told."""
    (word,) = said(replace(BEHIND, complete=False, deployments=(replace(OLDER, branch=None),)))
    assert isinstance(word, Finding)


@pytest.mark.parametrize(
    "read",
    [
        pytest.param(github(at_head=checks(a_suite(CheckConclusion.FAILURE))), id="red"),
        pytest.param(github(at_head=checks(a_suite(None))), id="under way"),
        pytest.param(github(at_head=checks()), id="no CI"),
        pytest.param(
            replace(github(), required=seen(frozenset({"CI", "Lint"}))), id="a run is missing"
        ),
        pytest.param(replace(github(), checks=blind()), id="unseen"),
    ],
)
def test_a_head_that_is_not_green_is_not_missed(read: GitHubReading) -> None:
    """What is in the way has a kind of its own."""
    assert [] == said(BEHIND, read=read)


# -- what a workflow deploys -----------------------------------------------------------------

POLICY = a_policy(railway_project=None, deploy_workflow="Pipeline", staging_job="Deploy to staging")
ENVIRONMENT = Symptom(
    kind=Kind.STAGING_DEPLOY_MISSING,
    scope=Scope(f"github:{REPOSITORY_ID}:environment:staging"),
    subject=Subject(Thing.ENVIRONMENT, "staging"),
)


def run(number: int, conclusion: CheckConclusion | None = CheckConclusion.SUCCESS) -> Suite:
    """Give the suite of a run of the deploy workflow."""
    return a_suite(conclusion, run=a_run(number, workflow="Pipeline", event="workflow_run"))


def trace(number: int) -> RunTrace:
    """Give where that run can be read."""
    url = f"https://github.com/{REPO}/actions/runs/{number}"
    return RunTrace(repo=REPO, run_id=number, updated_at=ago(minutes=30), url=url)


def of_workflow(
    *suites: Suite,
    jobs: dict[int, tuple[Job, ...]] | None = None,
    read: GitHubReading | None = None,
    policy: ProjectPolicy = POLICY,
) -> list[Observation]:
    """Give what the rule says where runs of the head had *jobs* and one before it deployed."""
    read = read or github(
        at_head=checks(a_suite(), *suites), earlier=[checks(run(1), commit=PARENT)]
    )
    answers = Answers(
        jobs={JobsOf(trace(number)): seen(found) for number, found in (jobs or {}).items()}
    )
    view = a_view(policy=policy, read=read, staging=NotAsked(), answers=answers)
    return list(never_deployed(view))


def test_a_workflow_that_did_not_run_at_a_green_head_is_a_finding() -> None:
    """What it deploys to is the environment."""
    expected = Finding(
        symptom=ENVIRONMENT,
        project=PROJECT,
        since=ago(minutes=10),
        commit=HEAD,
        trace=PAGE,
        says=f"Environment staging was never deployed at {HEAD[:7]}, which is green.",
    )
    assert [expected] == of_workflow()


def test_runs_that_skipped_the_staging_job_are_none() -> None:
    """The newest run that ran it counts, also when a later one skipped it."""
    skipped = (a_job(conclusion=SKIPPED),)
    (missing,) = of_workflow(run(7), run(8), jobs={7: skipped, 8: skipped})
    (deployed,) = of_workflow(run(7), run(8), jobs={7: (a_job(),), 8: skipped})
    expected = Proof(
        symptom=ENVIRONMENT,
        project=PROJECT,
        at=ago(minutes=35),
        commit=HEAD,
        trace=trace(7),
        says=f"Environment staging was deployed at {HEAD[:7]}.",
    )
    assert isinstance(missing, Finding)
    assert expected == deployed


def test_a_job_without_a_time_was_deployed_when_its_run_ended() -> None:
    """GitHub does not always tell when a job ended."""
    (word,) = of_workflow(run(7), jobs={7: (replace(a_job(), completed_at=None),)})
    assert isinstance(word, Proof)
    assert ago(minutes=30) == word.at


@pytest.mark.parametrize(
    "jobs",
    [
        pytest.param((a_job(conclusion=CheckConclusion.FAILURE),), id="failed"),
        pytest.param((a_job("Other"),), id="no such job"),
        pytest.param((), id="no job at all"),
    ],
)
def test_a_run_that_failed_deals_with_the_head(jobs: tuple[Job, ...]) -> None:
    """A failed deploy has a kind of its own, and an unknown one is no verdict."""
    assert [] == of_workflow(run(7), jobs={7: jobs})


def test_a_run_under_way_is_unsettled() -> None:
    """It may deploy the head."""
    (word,) = of_workflow(run(7, None))
    assert isinstance(word, Unsettled)
    assert (True, f"Environment staging is being deployed at {HEAD[:7]}.") == (
        word.in_flight,
        word.why,
    )


def test_jobs_that_are_not_read_are_asked_for() -> None:
    """Whether the staging job ran is in the jobs."""
    (word,) = of_workflow(run(7))
    assert isinstance(word, Unsettled)
    assert (False, JobsOf(trace(7))) == (word.in_flight, word.asks)


def test_jobs_that_cannot_be_read_say_nothing() -> None:
    """Blindness neither opens nor closes."""
    answers = Answers(jobs={JobsOf(trace(7)): blind()})
    read = github(at_head=checks(a_suite(), run(7)), earlier=[])
    view = a_view(policy=POLICY, read=read, staging=NotAsked(), answers=answers)
    assert [] == list(never_deployed(view))


def by_push(number: int) -> Suite:
    """Give a run of the deploy workflow that a push began."""
    return a_suite(run=a_run(number, workflow="Pipeline"))


@pytest.mark.parametrize(
    ("learned", "found"),
    [
        pytest.param(seen(frozenset({"CI", "Pipeline"})), 1, id="runs on every push"),
        pytest.param(seen(frozenset({"CI"})), 0, id="filtered by path"),
        pytest.param(NotAsked(), 0, id="not known"),
    ],
)
def test_a_workflow_that_a_push_begins_is_missed_only_where_it_always_runs(
    learned: Part[frozenset[str]], found: int
) -> None:
    """Its paths may leave this push out."""
    read = github(at_head=checks(a_suite()), earlier=[checks(by_push(1), commit=PARENT)])
    assert found == len(of_workflow(read=replace(read, required=learned)))


@pytest.mark.parametrize(
    ("policy", "read"),
    [
        pytest.param(replace(POLICY, staging_job=None), None, id="no staging job"),
        pytest.param(replace(POLICY, deploy_workflow=None), None, id="no deploy workflow"),
        pytest.param(replace(POLICY, railway_project="p"), None, id="Railway deploys"),
        pytest.param(POLICY, replace(github(), earlier=blind()), id="earlier unseen"),
    ],
)
def test_nothing_is_missed_where_no_workflow_is_known_to_deploy(
    policy: ProjectPolicy, read: GitHubReading | None
) -> None:
    """The operator names the workflow and its job, and Railway speaks for itself."""
    assert [] == of_workflow(policy=policy, read=read)
