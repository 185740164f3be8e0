"""What one look showed, as facts: the providers' own times, nothing judged, nothing secret."""

from dataclasses import replace

import pytest

from builders import (
    GRANDPARENT,
    HEAD,
    NOW,
    PARENT,
    REPO,
    a_branch,
    a_branch_run,
    a_deployment,
    a_job,
    a_policy,
    a_record,
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
)
from pipeline_health.core.model.ids import Login, RepoName
from pipeline_health.core.model.policy import EvidenceMode
from pipeline_health.core.model.questions import (
    Answers,
    DeployTrace,
    Evidence,
    EvidenceOf,
    JobsOf,
    RunsOf,
    RunTrace,
)
from pipeline_health.core.model.railway import RailwayStatus
from pipeline_health.core.model.readings import (
    CheckConclusion,
    CheckStatus,
    Commit,
    DeploymentState,
    StatusState,
    Suite,
)
from pipeline_health.core.model.recording import (
    DeploymentTold,
    JobTold,
    Pushed,
    RecordedProject,
    RecordTold,
    RunTold,
    StatusTold,
    SuiteTold,
    UrlTold,
)
from pipeline_health.core.model.shown import LONGEST_LOG
from pipeline_health.core.model.sight import Source
from pipeline_health.core.model.snapshot import ProjectView
from pipeline_health.core.model.urls import Place
from pipeline_health.core.observe import unread
from pipeline_health.core.showing import shown
from pipeline_health.core.showing_code import bare_url

RED = a_suite(CheckConclusion.FAILURE)


def trace_of(suite: Suite) -> RunTrace:
    """Give where the run of *suite* can be read."""
    assert suite.run is not None
    return RunTrace(
        repo=RepoName("acme/shop"),
        run_id=suite.run.id,
        updated_at=suite.updated_at,
        url=suite.run.url,
    )


def left(
    *steps: str, jobs: tuple[str, ...], tail: str = "", first_error: str | None = None
) -> Evidence:
    """Give what the failing *jobs* left behind."""
    return Evidence(
        at=NOW, complete=True, jobs=jobs, steps=steps, tail=tail, first_error=first_error
    )


def jobs_of(evidence: Evidence, **asked: CheckConclusion) -> tuple[JobTold, ...]:
    """Give the jobs that are told of a red run with *evidence*, whose jobs were *asked* for."""
    answers = Answers(
        evidence={EvidenceOf(trace_of(RED)): seen(evidence)},
        jobs={JobsOf(trace_of(RED)): seen(tuple(a_job(name, how) for name, how in asked.items()))},
    )
    (run,) = shown(a_view(read=github(at_head=checks(RED)), answers=answers)).runs
    return run.jobs


# -- the project -----------------------------------------------------------------------------


def test_a_project_is_described_by_what_is_no_default() -> None:
    """Enough to be watched again by whoever has no configuration."""
    policy = replace(
        a_policy(services=("web", 'ä "b"'), deploy_workflow="Deploy", ci_workflows=("CI",)),
        staging_environment="stäge",
        production_environment="live",
        production_named=True,
        staging_url="https://stage.example",
        production_url="https://shop.example",
        health_path="/up",
        evidence=EvidenceMode.LINK,
        github_environment="e",
        staging_job="s",
        production_job="p",
    )

    assert shown(a_view(policy=policy)).described == RecordedProject(
        name="shop",
        repo=policy.repo,
        branch="main",
        railway_project="railway-project",
        lines=(
            'staging_environment = "stäge"',
            'production_environment = "live"',
            'services = ["web", "ä \\"b\\""]',
            'staging_url = "https://stage.example"',
            'production_url = "https://shop.example"',
            'health_path = "/up"',
            'evidence = "link"',
            'github_environment = "e"',
            'ci_workflows = ["CI"]',
            'deploy_workflow = "Deploy"',
            'staging_job = "s"',
            'production_job = "p"',
        ),
    )


def test_defaults_are_not_told_and_a_branch_that_nobody_knows_is_none() -> None:
    """What GitHub did not show is taken from the configuration, if it is there."""
    dark = a_view(read=unread(a_policy(), why="down", now=NOW))
    named = replace(dark, policy=replace(a_policy(), branch="trunk"))

    told, unknown, known = (shown(view).described for view in (a_view(), dark, named))

    assert told == RecordedProject(
        name="shop", repo=RepoName("acme/shop"), branch="main", railway_project="railway-project"
    )
    assert unknown is None
    assert known is not None
    assert known.branch == "trunk"


# -- GitHub ----------------------------------------------------------------------------------


def test_commits_are_told_oldest_first_and_only_the_head_has_words() -> None:
    """What has no date cannot be placed."""
    head = Commit(sha=HEAD, committed_at=ago(hours=1), subject="Fix", author="ann")
    branch = replace(a_branch(), head=head, dates=(ago(hours=1), ago(hours=2)))

    told = shown(a_view(read=github(branch=branch)))
    whole = shown(a_view(read=github(branch=replace(branch, message="Fix\n\nThe cart."))))

    assert told.head == HEAD
    assert told.pushes == (
        Pushed(at=ago(hours=2), repo=REPO, sha=PARENT),
        Pushed(at=ago(hours=1), repo=REPO, sha=HEAD, message="Fix", author="ann"),
    )
    assert GRANDPARENT in branch.history
    assert whole.pushes[-1].message == "Fix\n\nThe cart."


def test_runs_are_those_of_the_head_before_it_and_of_every_list() -> None:
    """Each once, with its own commit."""
    deploy = a_suite(run=a_run(2, workflow="Deploy"))
    nightly = a_branch_run(number=3, workflow="Nightly")
    question = RunsOf(repo=RepoName("acme/shop"), branch="main", event="schedule")
    others = replace(question, repo=RepoName("acme/film"))
    elsewhere = a_branch_run(number=9, workflow="Nightly")
    unread_one = replace(question, event="push")
    answers = Answers(
        runs={
            question: seen((nightly, nightly)),
            others: seen((elsewhere,)),
            unread_one: blind(),
        }
    )
    read = github(
        at_head=checks(RED), earlier=(checks(deploy, commit=PARENT), checks(commit=GRANDPARENT))
    )

    runs = shown(a_view(read=read, answers=answers)).runs

    assert [(run.run_id, run.workflow, run.sha, run.at) for run in runs] == [
        (2, "Deploy", PARENT, ago(minutes=30)),
        (1, "CI", HEAD, ago(minutes=30)),
        (3, "Nightly", PARENT, ago(minutes=30)),
    ]
    begun = replace(RED, created_at=ago(minutes=40), branch="main")
    assert shown(a_view(read=github(at_head=checks(begun)))).runs == (
        RunTold(
            at=ago(minutes=30),
            repo=REPO,
            run_id=1,
            workflow="CI",
            event="push",
            sha=HEAD,
            status=CheckStatus.COMPLETED,
            conclusion=CheckConclusion.FAILURE,
            created_at=ago(minutes=40),
            branch="main",
        ),
    )


def test_suites_of_apps_and_statuses_are_told_but_for_what_nobody_fills() -> None:
    """An empty suite that waits says nothing; a URL loses what could be secret in it."""
    empty = a_suite(None, status=CheckStatus.QUEUED, check_runs=0)
    left_behind = replace(empty, run=None, created_at=ago(hours=4))
    app = replace(an_app_suite(), created_at=ago(minutes=40))
    status = replace(a_status(url="https://u:p@ci.example/1?key=k#f"), description="1 of 2")
    at_head = checks(app, an_app_suite(empty, app="idle"), left_behind, statuses=(status,))

    told = shown(a_view(read=github(at_head=at_head)))

    assert told.suites == (
        SuiteTold(
            at=ago(minutes=30),
            repo=REPO,
            suite_id=900,
            app="codecov",
            sha=HEAD,
            status=CheckStatus.COMPLETED,
            conclusion=CheckConclusion.SUCCESS,
            created_at=ago(minutes=40),
        ),
    )
    assert told.statuses == (
        StatusTold(
            at=ago(minutes=30),
            repo=REPO,
            sha=HEAD,
            context="ci/external",
            state=StatusState.SUCCESS,
            creator=Login("external-ci"),
            url="https://ci.example/1",
            description="1 of 2",
        ),
    )


@pytest.mark.parametrize(
    ("url", "bare"),
    [
        (None, None),
        ("https://[", None),
        ("https://a.example/b", "https://a.example/b"),
        ("https://user@a.example:8443/b?c=d", "https://a.example:8443/b"),
    ],
)
def test_a_url_is_kept_without_what_could_be_secret(url: str | None, bare: str | None) -> None:
    """Also where it is none."""
    assert bare_url(url) == bare


def test_deployments_that_github_knows_are_told_oldest_first() -> None:
    """Of staging and of production."""
    read = replace(
        github(records=(a_record(number=2), a_record(number=1, changed_at=ago(hours=3)))),
        production=seen((replace(a_record(number=3), environment="production"),)),
    )

    told = shown(a_view(read=read)).records

    assert [(record.id, record.environment, record.at) for record in told] == [
        (1, "shop / staging", ago(hours=3)),
        (2, "shop / staging", ago(minutes=20)),
        (3, "production", ago(minutes=20)),
    ]
    assert told[1] == RecordTold(
        at=ago(minutes=20),
        repo=REPO,
        id=2,
        sha=HEAD,
        environment="shop / staging",
        state=DeploymentState.SUCCESS,
        created_at=ago(minutes=21),
        creator=Login("railway-app"),
    )


# -- what failing jobs left behind -----------------------------------------------------------


def test_each_failing_job_has_its_own_lines() -> None:
    """They are told apart by the headings; a job that passed has none."""
    evidence = left(
        "test / Run tests",
        "lint",
        jobs=("test", "lint"),
        tail="--- test / Run tests ---\nFAILED a\n1 failed\n--- lint ---\nE501",
        first_error="FAILED a",
    )

    assert jobs_of(evidence, build=CheckConclusion.SUCCESS, lint=CheckConclusion.TIMED_OUT) == (
        JobTold(name="build", conclusion=CheckConclusion.SUCCESS),
        JobTold(name="lint", conclusion=CheckConclusion.TIMED_OUT, log="E501"),
        JobTold(
            name="test",
            conclusion=CheckConclusion.FAILURE,
            step="Run tests",
            log="FAILED a\n1 failed",
        ),
    )


def test_a_long_log_keeps_its_end_below_the_first_error() -> None:
    """So that the cause is still found in it."""
    tail = "\n".join(["no token", *(f"line {number}" for number in range(1_000))])

    (job,) = jobs_of(left("test", jobs=("test",), tail=tail, first_error="no token"))

    assert len(job.log) == LONGEST_LOG
    assert job.log.startswith("##[error]no token\n")
    assert job.log.endswith("line 999")


def test_a_first_error_takes_at_most_half_of_what_is_kept() -> None:
    """A log of one endless line is still a log; and one that is not there ends in no blank."""
    endless, quiet = "e" * 9_000, left("test", jobs=("test",), first_error="no runner")

    (job,) = jobs_of(left("test", jobs=("test",), tail="l" * 9_000, first_error=endless))

    assert job.log == f"##[error]{endless}"[: LONGEST_LOG // 2] + "\n" + "l" * (
        LONGEST_LOG // 2 - 1
    )
    assert [job.log for job in jobs_of(quiet)] == ["##[error]no runner"]


def test_a_first_error_that_no_log_shows_stands_in_the_first() -> None:
    """Above its own lines, and no other's."""
    evidence = left(
        "a", "b", jobs=("a", "b"), tail="--- a ---\nquiet\n--- b ---\nstill", first_error="boom"
    )

    assert [job.log for job in jobs_of(evidence)] == ["##[error]boom\nquiet", "still"]


def test_a_first_error_that_another_job_shows_is_not_said_twice() -> None:
    """Which job it is of is seen there."""
    evidence = left(
        "a",
        "b",
        jobs=("a", "b"),
        tail="--- a ---\nquiet\n--- b ---\nboom",
        first_error="boom",
    )

    assert [job.log for job in jobs_of(evidence)] == ["quiet", "boom"]


def test_a_run_that_left_nothing_has_no_jobs() -> None:
    """Nor has one whose evidence could not be read, or was not asked for."""
    unread_one = Answers(
        evidence={EvidenceOf(trace_of(RED)): blind()}, jobs={JobsOf(trace_of(RED)): blind()}
    )
    (run,) = shown(a_view(read=github(at_head=checks(RED)), answers=unread_one)).runs

    assert run.jobs == ()
    assert jobs_of(left(jobs=(), tail="nobody's", first_error="nobody's")) == ()


# -- Railway, URLs, sight --------------------------------------------------------------------


def failed_view(first_error: str | None) -> ProjectView:
    """Give a look at a service whose newest deployment failed, and at production."""
    failed = a_deployment(RailwayStatus.FAILED, name="d2", changed_at=ago(minutes=5))
    web = replace(
        a_service(failed, a_deployment(), name="web", cron=True), serving=(a_deployment(),)
    )
    url = "https://railway.com/d2"
    trace = DeployTrace(
        project=a_policy().name, deployment_id="d2", changed_at=ago(minutes=5), url=url
    )
    said = Evidence(at=NOW, complete=True, tail="build\nboom", first_error=first_error)
    run = EvidenceOf(trace_of(RED))
    answers = Answers(evidence={EvidenceOf(trace): seen(said), run: seen(said)})
    live = replace(an_environment(a_service(a_deployment(name="d0"))), name="production")
    return replace(a_view(staging=an_environment(web), answers=answers), production=seen(live))


@pytest.mark.parametrize(
    ("first_error", "log"),
    [
        ("step BUILD_IMAGE: no", "step BUILD_IMAGE: no\nbuild\nboom"),
        ("boom", "build\nboom"),
        (None, "build\nboom"),
    ],
)
def test_railways_deployments_are_told_once_with_what_a_failed_one_left(
    first_error: str | None, log: str
) -> None:
    """Oldest first, of both environments, by the name that the configuration knows."""
    told = shown(failed_view(first_error)).deployments

    assert [(each.environment, each.id, each.status, each.log) for each in told] == [
        ("production", "d0", RailwayStatus.SUCCESS, ""),
        ("staging", "d1", RailwayStatus.SUCCESS, ""),
        ("staging", "d2", RailwayStatus.FAILED, log),
    ]
    assert {each.project for each in told} == {"railway-project"}
    assert [each.cron for each in told] == [False, True, True]
    assert told[2] == DeploymentTold(
        at=ago(minutes=5),
        project="railway-project",
        environment="staging",
        service="web",
        id="d2",
        status=RailwayStatus.FAILED,
        created_at=ago(minutes=7),
        commit=HEAD,
        built_from=REPO,
        cron=True,
        log=log,
    )


def test_an_image_that_was_skipped_and_stopped_is_told_so() -> None:
    """What is deployed by itself is built from the repository of its service."""
    deployment = replace(
        a_deployment(RailwayStatus.SKIPPED, commit=None, skipped_reason="no change", stopped=True),
        repo=None,
        image="shop:1",
    )
    service = replace(a_service(deployment), repo=RepoName("acme/base"))

    policy = a_policy(railway_project="as configured")
    (told,) = shown(a_view(policy=policy, staging=an_environment(service))).deployments

    assert told.project == "as configured"
    assert (told.image, told.skipped_reason, told.stopped) == ("shop:1", "no change", True)
    assert (told.commit, told.built_from) == (None, "acme/base")


def test_a_url_and_a_source_have_the_time_of_the_look() -> None:
    """A URL that could not be asked is told of by its source."""
    view = replace(
        a_view(),
        urls={Place.STAGING: seen(a_sight(ago(minutes=9))), Place.PRODUCTION: blind("cut")},
    )

    told = shown(view)

    assert told.urls == (UrlTold(at=NOW, repo=REPO, place=Place.STAGING, answers=False),)
    assert {each.at for each in told.sources} == {NOW}
    assert (told.project, told.at, told.whole) == ("shop", NOW, True)
    assert {each.source: (each.readable, each.why) for each in told.sources} == {
        Source.RAILWAY: (True, ""),
        Source.GITHUB: (True, ""),
        Source.BRANCH: (True, ""),
        Source.CHECKS: (True, ""),
        Source.DEPLOYMENTS: (True, ""),
        Source.ISSUES: (True, ""),
        Source.URLS: (False, "cut"),
    }


def test_of_what_was_not_seen_nothing_is_told_but_that() -> None:
    """Blind is neither healthy nor broken."""
    told = shown(a_view(read=unread(a_policy(), why="down", now=NOW), staging=blind("no")))

    assert (told.pushes, told.runs, told.statuses, told.records) == ((), (), (), ())
    assert (told.deployments, told.head) == ((), None)
    assert [(each.source, each.why) for each in told.sources] == [
        (Source.RAILWAY, "no"),
        (Source.GITHUB, "down"),
    ]
