"""Builders of readings and views: every argument has a default that is green and ordinary.

What a builder does not take as an argument is changed with `dataclasses.replace`.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from pipeline_health.core.model.ids import Login, ProjectName, RepoName, Sha
from pipeline_health.core.model.policy import ProjectPolicy
from pipeline_health.core.model.questions import Answers, BranchRun, Job
from pipeline_health.core.model.railway import Deployment, Environment, RailwayStatus, Service
from pipeline_health.core.model.readings import (
    Blind,
    Branch,
    CheckConclusion,
    Checks,
    CheckStatus,
    Commit,
    CommitStatus,
    DeploymentRecord,
    DeploymentState,
    GitHubReading,
    NotAsked,
    Repository,
    Seen,
    StatusState,
    Suite,
    Unrecognised,
    WorkflowRun,
)
from pipeline_health.core.model.snapshot import ProjectView
from pipeline_health.core.model.urls import Doubt, Miss, UrlSight

T = TypeVar("T")

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
"""When everything is read, by every clock."""

PROJECT = ProjectName("shop")
REPO = RepoName("acme/shop")
REPOSITORY_ID = 4711
RAILWAY_PROJECT = "railway-project"
MINUTE = timedelta(minutes=1)


def sha(number: int) -> Sha:
    """Give a commit id of its own for each *number*, and a short form of its own."""
    return Sha(f"{number % 2**28:07x}{number:033x}")


HEAD = sha(100)
PARENT = sha(99)
GRANDPARENT = sha(98)
HISTORY = (HEAD, PARENT, GRANDPARENT)


def ago(*, hours: float = 0, minutes: float = 0, seconds: float = 0) -> datetime:
    """Give the moment that was so long before `NOW`."""
    return NOW - timedelta(hours=hours, minutes=minutes, seconds=seconds)


def seen(value: T, *, at: datetime = NOW) -> Seen[T]:
    """Give *value* as a source saw it."""
    return Seen(at=at, value=value)


def blind(why: str = "the connection was refused") -> Blind:
    """Give a part that could not be read."""
    return Blind(at=NOW, why=why)


def a_repository(*, archived: bool = False) -> Repository:
    """Give the repository of the project."""
    return Repository(
        node_id="R_shop",
        id=REPOSITORY_ID,
        name=REPO,
        private=False,
        archived=archived,
        has_issues=True,
    )


def a_branch(
    *, head: Sha = HEAD, committed_at: datetime | None = None, history: Iterable[Sha] = HISTORY
) -> Branch:
    """Give `main`, whose head is an hour old."""
    return Branch(
        name="main",
        head=Commit(sha=head, committed_at=committed_at or ago(hours=1)),
        history=tuple(history),
    )


def a_run(
    number: int = 1, *, workflow: str = "CI", event: str = "push", workflow_id: int | None = None
) -> WorkflowRun:
    """Give an Actions run; the id of its workflow follows from the name."""
    return WorkflowRun(
        id=number,
        event=event,
        workflow_id=sum(workflow.encode()) if workflow_id is None else workflow_id,
        workflow=workflow,
        url=f"https://github.com/{REPO}/actions/runs/{number}",
    )


def a_suite(
    conclusion: CheckConclusion | Unrecognised | None = CheckConclusion.SUCCESS,
    *,
    run: WorkflowRun | None = None,
    status: CheckStatus | Unrecognised | None = None,
    updated_at: datetime | None = None,
    created_at: datetime | None = None,
    check_runs: int | None = None,
) -> Suite:
    """Give the suite of an Actions run, 30 minutes old; without a conclusion it is in progress."""
    run = run or a_run()
    ended = CheckStatus.IN_PROGRESS if conclusion is None else CheckStatus.COMPLETED
    updated_at = updated_at or ago(minutes=30)
    return Suite(
        id=run.id,
        app="github-actions",
        status=status or ended,
        conclusion=conclusion,
        created_at=created_at or updated_at,
        updated_at=updated_at,
        run=run,
        check_runs=check_runs,
    )


def a_branch_run(
    conclusion: CheckConclusion | Unrecognised | None = CheckConclusion.SUCCESS,
    *,
    number: int = 1,
    workflow: str = "CI",
    event: str = "schedule",
    commit: Sha | None = None,
    updated_at: datetime | None = None,
) -> BranchRun:
    """Give one run of the branch, as a list of runs shows it; its commit is the one before."""
    run = a_run(number, workflow=workflow, event=event)
    suite = a_suite(conclusion, run=run, updated_at=updated_at)
    return BranchRun(sha=commit or PARENT, suite=suite, run=run)


def an_app_suite(suite: Suite | None = None, *, app: str = "codecov") -> Suite:
    """Give *suite* as another app would have made it."""
    return replace(suite or a_suite(), app=app, run=None, id=900)


def a_status(
    state: StatusState | Unrecognised = StatusState.SUCCESS,
    *,
    context: str = "ci/external",
    created_at: datetime | None = None,
    creator: str | None = "external-ci",
    url: str | None = "https://ci.example/1",
) -> CommitStatus:
    """Give a commit status, 30 minutes old."""
    return CommitStatus(
        context=context,
        state=state,
        created_at=created_at or ago(minutes=30),
        creator=None if creator is None else Login(creator),
        url=url,
    )


def checks(*suites: Suite, statuses: Iterable[CommitStatus] = (), commit: Sha = HEAD) -> Checks:
    """Give the checks of one commit."""
    return Checks(sha=commit, suites=suites, statuses=tuple(statuses))


def a_record(
    state: DeploymentState | Unrecognised | None = DeploymentState.SUCCESS,
    *,
    number: int = 1,
    commit: Sha = HEAD,
    changed_at: datetime | None = None,
    url: str | None = "https://railway.com/project/p",
) -> DeploymentRecord:
    """Give a GitHub deployment of staging, 20 minutes old and made a minute before."""
    changed_at = changed_at or ago(minutes=20)
    return DeploymentRecord(
        id=number,
        sha=commit,
        environment="shop / staging",
        state=state,
        created_at=changed_at - MINUTE,
        changed_at=changed_at,
        creator=Login("railway-app"),
        url=url,
    )


def github(
    *,
    at_head: Checks | None = None,
    earlier: Iterable[Checks] | None = None,
    records: Iterable[DeploymentRecord] = (),
    branch: Branch | None = None,
    repository: Repository | None = None,
) -> GitHubReading:
    """Give a read in which everything was seen; *earlier* is not asked for where it is None."""
    return GitHubReading(
        repository=seen(repository or a_repository()),
        branch=seen(branch or a_branch()),
        checks=seen(at_head or checks(a_suite())),
        earlier=NotAsked() if earlier is None else seen(tuple(earlier)),
        deployments=seen(tuple(records)),
        issues=seen(()),
    )


def a_job(
    name: str = "Deploy to staging",
    conclusion: CheckConclusion | Unrecognised | None = CheckConclusion.SUCCESS,
    *,
    completed_at: datetime | None = None,
) -> Job:
    """Give one job of a run, which ended 35 minutes ago."""
    return Job(name=name, conclusion=conclusion, completed_at=completed_at or ago(minutes=35))


def a_deployment(
    status: RailwayStatus | Unrecognised = RailwayStatus.SUCCESS,
    *,
    name: str = "d1",
    commit: Sha | None = HEAD,
    changed_at: datetime | None = None,
    skipped_reason: str | None = None,
    stopped: bool = False,
) -> Deployment:
    """Give a Railway deployment, 25 minutes old and made two minutes before."""
    changed_at = changed_at or ago(minutes=25)
    return Deployment(
        id=name,
        status=status,
        created_at=changed_at - 2 * MINUTE,
        changed_at=changed_at,
        commit=commit,
        repo=REPO,
        branch="main",
        skipped_reason=skipped_reason,
        stopped=stopped,
    )


def a_service(
    *deployments: Deployment, name: str = "web", cron: bool = False, complete: bool = True
) -> Service:
    """Give a service with *deployments*, with none where none is named."""
    return Service(
        id=f"service-{name}", name=name, cron=cron, deployments=deployments, complete=complete
    )


def an_environment(*services: Service) -> Environment:
    """Give staging with *services*."""
    return Environment(
        id="environment-1", name="staging", project_id=RAILWAY_PROJECT, services=services
    )


def a_policy(
    *,
    name: ProjectName = PROJECT,
    railway_project: str | None = RAILWAY_PROJECT,
    services: tuple[str, ...] = (),
    deploy_workflow: str | None = None,
    staging_job: str | None = None,
    ci_workflows: tuple[str, ...] = (),
) -> ProjectPolicy:
    """Give what the operator wants of the project."""
    return ProjectPolicy(
        name=name,
        repo=REPO,
        railway_project=railway_project,
        services=services,
        deploy_workflow=deploy_workflow,
        staging_job=staging_job,
        ci_workflows=ci_workflows,
    )


def a_sight(
    *missed: datetime,
    url: str = "https://shop.example/",
    doubt: Doubt | None = None,
    shared: bool = False,
) -> UrlSight:
    """Give a URL that answers; with *missed*, one that was silent at these looks and still is."""
    misses = tuple(Miss(at=at, says="answered 502", shared=shared) for at in missed)
    answers = not misses and doubt is None
    return UrlSight(
        url=url,
        answers=answers,
        says="answered 200" if answers else "answered 502",
        doubt=doubt,
        misses=misses,
    )


def a_view(
    *,
    policy: ProjectPolicy | None = None,
    read: GitHubReading | None = None,
    staging: Environment | Blind | NotAsked | None = None,
    answers: Answers | None = None,
) -> ProjectView:
    """Give one look at the project: green on GitHub, one healthy service in staging."""
    if staging is None:
        staging = an_environment(a_service(a_deployment()))
    return ProjectView(
        policy=policy or a_policy(),
        now=NOW,
        github=read or github(),
        staging=seen(staging) if isinstance(staging, Environment) else staging,
        answers=answers or Answers(),
    )
