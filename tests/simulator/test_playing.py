"""A recorded history happens in a world: each fact at its time, and nothing else."""

from dataclasses import replace
from datetime import datetime

import pytest

from builders import MINUTE, NOW, sha
from pipeline_health.core.model.ids import Login, RepoName
from pipeline_health.core.model.railway import RailwayStatus
from pipeline_health.core.model.readings import (
    CheckConclusion,
    CheckStatus,
    DeploymentState,
    StatusState,
    Unrecognised,
)
from pipeline_health.core.model.recording import (
    DeploymentTold,
    Fact,
    JobTold,
    Pushed,
    RecordedProject,
    Recording,
    RecordTold,
    RunTold,
    SightTold,
    StatusTold,
    SuiteTold,
    UrlTold,
)
from pipeline_health.core.model.urls import Place
from pipeline_health.simulator import Call, Simulator, World
from pipeline_health.simulator.github_records import Run
from pipeline_health.simulator.github_world import Repo
from pipeline_health.simulator.playing import ELSEWHERE, Player

REPO = RepoName("acme/shop")
FAILED, PASSED = CheckConclusion.FAILURE, CheckConclusion.SUCCESS


def at(minutes: float) -> datetime:
    """Give a time so many minutes after the beginning."""
    return NOW + minutes * MINUTE


def played(*facts: Fact, minutes: float = 60) -> tuple[World, Player]:
    """Let *facts* happen in a world of one project, up to that minute."""
    world = World(NOW)
    player = Player(
        world,
        Recording(
            name="a history",
            began_at=NOW,
            ended_at=at(60),
            projects=(
                RecordedProject(name="shop", repo=REPO, branch="trunk", railway_project="r-1"),
            ),
            facts=facts,
        ),
    )
    player.until(at(minutes))
    return world, player


def repo_of(world: World) -> Repo:
    """Give the repository."""
    return world.repo(REPO)


def run_of(world: World) -> Run:
    """Give the only run."""
    (run,) = repo_of(world).runs
    return run


PUSHED = Pushed(at=at(1), repo=REPO, sha=sha(1), message="first", author="dev")
RUN = RunTold(
    at=at(5),
    repo=REPO,
    run_id=30_000_000_001,
    workflow="CI",
    event="push",
    sha=sha(1),
    status=CheckStatus.COMPLETED,
    conclusion=FAILED,
    created_at=at(2),
    jobs=(
        JobTold(name="build", conclusion=PASSED),
        JobTold(name="test", conclusion=FAILED, step="pytest", log="boom"),
    ),
)
BEGAN = replace(
    RUN,
    at=at(2),
    status=CheckStatus.IN_PROGRESS,
    conclusion=None,
    jobs=(JobTold(name="test", conclusion=None),),
)


def test_everything_happens_at_its_own_time() -> None:
    """What is to come is not there yet, and the clock is where it was wanted."""
    world, player = played(PUSHED, RUN, minutes=4)
    repo = repo_of(world)

    assert (sha(1), at(1)) == (repo.head, repo.commits[sha(1)].committed_at)
    assert ("first", "dev") == (repo.commits[sha(1)].message, repo.commits[sha(1)].author)
    assert ([], at(4), 1) == (repo.runs, world.now(), player.played)

    player.until(at(5))

    assert (1, at(5), 2) == (len(repo.runs), world.now(), player.played)


def test_a_branch_of_another_name_is_the_one_that_is_pushed_to() -> None:
    """And it has no commit until one is recorded."""
    world, _ = played()

    assert {"trunk": []} == repo_of(world).branches


def test_a_branch_that_is_moved_back_is_where_it_was() -> None:
    """Told again, a commit is the same one, and no parent of itself."""
    second = replace(PUSHED, at=at(2), sha=sha(2))
    world, player = played(PUSHED, second, replace(PUSHED, at=at(3)), replace(PUSHED, at=at(4)))

    assert ([sha(1)], 4) == (repo_of(world).branches["trunk"], player.played)
    assert [sha(1)] == repo_of(world).ancestry(sha(1))


def test_a_commit_that_a_run_named_before_it_was_pushed_lands_all_the_same() -> None:
    """Its runs are its own."""
    world, _ = played(replace(RUN, at=at(2)), replace(PUSHED, at=at(3)))

    assert [sha(1)] == repo_of(world).branches["trunk"]
    assert sha(1) == run_of(world).sha


def test_a_run_is_as_it_was_told() -> None:
    """With its id, its times, its jobs, and the log of the one that failed."""
    world, _ = played(PUSHED, RUN)
    run = run_of(world)

    assert (30_000_000_001, "CI", "push", sha(1)) == (run.id, run.workflow, run.event, run.sha)
    assert ("completed", "failure") == (run.status, run.conclusion)
    assert (at(2), at(5)) == (run.created_at, run.updated_at)
    assert [("build", "success", ""), ("test", "failure", "boom")] == [
        (job.name, job.conclusion, job.log) for job in run.jobs
    ]
    failed = run.jobs[1]
    assert ("pytest", "failure", at(5)) == (
        failed.steps[-1].name,
        failed.steps[-1].conclusion,
        failed.completed_at,
    )


def test_a_run_without_jobs_has_none() -> None:
    """Which ones it had is not recorded."""
    world, _ = played(PUSHED, replace(RUN, jobs=()))

    assert [] == run_of(world).jobs


def test_the_same_run_later_is_the_same_run() -> None:
    """It begins, and ends; its job is the same one."""
    world, player = played(PUSHED, BEGAN, RUN, minutes=3)
    run = run_of(world)
    (job,) = run.jobs
    assert ("in_progress", None, "in_progress") == (run.status, run.conclusion, job.status)

    player.until(at(5))

    assert (run, job) == (run_of(world), run.jobs[1])
    assert ("completed", "failure", 1) == (run.status, run.conclusion, run.attempt)


def test_a_run_that_ends_otherwise_ran_again() -> None:
    """The attempt before is kept."""
    again = replace(
        RUN, at=at(9), conclusion=PASSED, jobs=(JobTold(name="test", conclusion=PASSED),)
    )

    run = run_of(played(PUSHED, RUN, replace(RUN, at=at(6)), again)[0])

    assert (2, "success") == (run.attempt, run.conclusion)
    assert ["success"] == [job.conclusion for job in run.jobs]
    assert ["success", "failure"] == [job.conclusion for job in run.earlier]


def test_an_end_that_becomes_known_is_no_second_attempt() -> None:
    """It was unknown, and is told later."""
    unknown = replace(RUN, at=at(3), conclusion=Unrecognised("unrecorded"), jobs=())

    run = run_of(played(PUSHED, unknown, RUN)[0])

    assert (1, "failure") == (run.attempt, run.conclusion)


def test_a_commit_that_no_push_brought_is_on_no_branch_that_is_watched() -> None:
    """A run names it, and nothing else is known of it."""
    world, _ = played(replace(RUN, branch="feature"))
    repo = repo_of(world)

    assert ([], [sha(1)]) == (repo.branches["trunk"], repo.branches[ELSEWHERE])
    assert "feature" == run_of(world).branch


def test_the_suite_of_another_app_moves_on() -> None:
    """It has no check run before it has a verdict."""
    queued = SuiteTold(
        at=at(2),
        repo=REPO,
        suite_id=7,
        app="circleci",
        sha=sha(1),
        status=CheckStatus.QUEUED,
        conclusion=None,
        created_at=at(2),
    )
    ended = replace(queued, at=at(4), status=CheckStatus.COMPLETED, conclusion=PASSED)
    world, player = played(PUSHED, queued, ended, minutes=3)
    (suite,) = repo_of(world).suites_of(sha(1))
    assert not isinstance(suite, Run)
    assert ("queued", None, 0) == (suite.status, suite.conclusion, suite.runs)

    player.until(at(4))

    assert [suite] == list(repo_of(world).suites_of(sha(1)))
    assert ("completed", "success", 1) == (suite.status, suite.conclusion, suite.runs)
    assert (at(2), at(4)) == (suite.created_at, suite.updated_at)


def test_a_status_is_posted() -> None:
    """With whatever is known of it."""
    told = StatusTold(
        at=at(2),
        repo=REPO,
        sha=sha(1),
        context="ci",
        state=StatusState.FAILURE,
        creator=Login("circle"),
        url="https://ci.test/1",
        description="red",
    )

    (status,) = repo_of(played(PUSHED, told)[0]).statuses_of(sha(1))

    assert ("ci", "failure", "circle", "red", at(2)) == (
        status.context,
        status.state,
        status.creator,
        status.description,
        status.created_at,
    )


def test_a_deployment_record_gets_its_statuses() -> None:
    """None before its first one."""
    told = RecordTold(
        at=at(2),
        repo=REPO,
        id=6_000_000_001,
        sha=sha(1),
        environment="production",
        state=None,
        created_at=at(2),
    )
    world, player = played(PUSHED, told, replace(told, at=at(4), state=DeploymentState.SUCCESS))
    (record,) = repo_of(world).deployments

    assert (6_000_000_001, at(2), "") == (record.id, record.created_at, record.creator)
    assert [("success", at(4))] == [(each.state, each.created_at) for each in record.statuses]
    assert player.played == 3


DEPLOYMENT = DeploymentTold(
    at=at(3),
    project="r-1",
    environment="staging",
    service="web",
    id="d-1",
    status=RailwayStatus.BUILDING,
    created_at=at(2),
    commit=sha(1),
    built_from=REPO,
)


def test_an_environment_is_there_before_anything_is_deployed_to_it() -> None:
    """A project that is not found would be another matter than one without a deployment."""
    world, _ = played(DEPLOYMENT, minutes=0)

    assert "r-1" == world.railway("r-1").id
    assert {} == world.railway("r-1").environment("staging").services


def test_a_deployment_of_railway_moves_on() -> None:
    """What it says while it is built is in the log of the build."""
    failed = replace(DEPLOYMENT, at=at(6), status=RailwayStatus.FAILED, log="no module")
    world, _ = played(PUSHED, DEPLOYMENT, failed)

    (deployment,) = world.railway("r-1").environment("staging").services["web"].deployments

    assert ("d-1", "FAILED", sha(1)) == (deployment.id, deployment.status, deployment.commit)
    assert (at(2), at(6)) == (deployment.created_at, deployment.changed_at)
    assert ("no module", "") == (deployment.build_log, deployment.deploy_log)


def test_a_deployment_may_have_no_commit_and_a_status_that_nobody_knows() -> None:
    """An image, of a service that runs at times."""
    told = replace(
        DEPLOYMENT,
        status=Unrecognised("HATCHING"),
        commit=None,
        built_from=None,
        image="postgres:16",
        cron=True,
        skipped_reason="nothing changed",
        stopped=True,
        log="hello",
    )
    world, _ = played(told)

    service = world.railway("r-1").environment("staging").services["web"]
    (deployment,) = service.deployments

    assert (None, True) == (service.repo, service.cron is not None)
    assert ("HATCHING", None, "postgres:16", "nothing changed", True, "hello") == (
        deployment.status,
        deployment.commit,
        deployment.image,
        deployment.skipped_reason,
        deployment.stopped,
        deployment.deploy_log,
    )


def test_a_url_answers_until_it_is_told_that_it_does_not() -> None:
    """The other one goes on."""
    down = UrlTold(at=at(2), repo=REPO, place=Place.STAGING, answers=False)
    _, player = played(down, replace(down, at=at(4), answers=True), minutes=3)
    assert (False, True) == (
        player.answers(REPO, Place.STAGING),
        player.answers(REPO, Place.PRODUCTION),
    )

    player.until(at(4))

    assert player.answers(REPO, Place.STAGING)


@pytest.mark.parametrize(("provider", "other"), [("github", "railway"), ("railway", "github")])
def test_a_provider_cannot_be_read_until_it_can(provider: str, other: str) -> None:
    """Whatever is asked; the other one can."""
    blind = SightTold(at=at(2), provider=provider, readable=False, why="an outage")
    facts = (blind, replace(blind, at=at(3)), replace(blind, at=at(5), readable=True))
    world, player = played(*facts, replace(blind, at=at(6), provider="gitlab"), minutes=4)
    assert (502, True) == (status_of(world, provider), status_of(world, other) != 502)

    player.until(at(6))

    assert status_of(world, provider) != 502


def status_of(world: World, provider: str) -> int:
    """Ask a provider something."""
    simulator, headers = Simulator(world), {"User-Agent": "test"}
    if provider == "github":
        return simulator.answer(
            "github", Call(method="GET", target="/user", headers=headers)
        ).status
    return simulator.answer("railway", Call(method="POST", target="/", headers=headers)).status
