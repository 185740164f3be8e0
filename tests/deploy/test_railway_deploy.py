"""Services are deployed at one commit; each deploy is sent once, and followed to its end."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from pipeline_health.simulator import World
from pipeline_health.simulator.github_world import Repo
from pipeline_health.simulator.railway_world import RailwayEnvironment, RailwayService
from pipelines import COMMIT, RAILWAY_TOKEN, Ran, Runner

SCRIPT = "railway-deploy/deploy.sh"


@pytest.fixture
def production(world: World) -> RailwayEnvironment:
    """Give an environment that the token of the tests is bound to."""
    project = world.railway("shop")
    environment = project.environment("production")
    world.railway_tokens[RAILWAY_TOKEN] = f"project:{project.id}:{environment.id}"
    return environment


@pytest.fixture
def web(production: RailwayEnvironment, shop: Repo) -> RailwayService:
    """Give a service that serves the first commit."""
    service = production.service("web", shop)
    service.deploy("SUCCESS", commit=shop.branches["main"][0])
    service.accepts_as = "SUCCESS"
    return service


def deploy(runner: Runner, *services: RailwayService, **variables: str) -> Ran:
    """Deploy the head of the shop."""
    usual = {
        "COMMIT": runner.world.repo("acme/shop").head,
        "ENVIRONMENT": services[0].environment.id,
        "SERVICES": "\n".join(service.id for service in services),
        "TIMEOUT": "1",
        "RAILWAY_TOKEN": RAILWAY_TOKEN,
    }
    return runner.run(SCRIPT, **{**usual, **variables})


def sent(world: World) -> int:
    """Count the deploys that were sent."""
    return sum("serviceInstanceDeployV2" in (one.document or "") for one in world.requests)


@contextmanager
def railway_at_work(
    service: RailwayService, *line: str, commit: str | None = None
) -> Iterator[None]:
    """Move what is deployed from status to status; with *commit* it is made from that one."""
    over = threading.Event()

    def work() -> None:
        known = len(service.deployments)
        while not over.wait(0.05):
            for deployment in service.deployments[known:]:
                deployment.commit = commit or deployment.commit
                where = ("INITIALIZING", *line).index(deployment.status)
                if where < len(line):
                    service.become(deployment, line[where])

    worker = threading.Thread(target=work)
    worker.start()
    try:
        yield
    finally:
        over.set()
        worker.join()


def test_each_service_is_deployed_at_the_commit(
    runner: Runner, world: World, shop: Repo, web: RailwayService
) -> None:
    """One after the other, in the order in which they are named."""
    worker = web.environment.service("worker", shop)
    worker.accepts_as = "SUCCESS"

    ran = deploy(runner, worker, web)

    assert 0 == ran.code, ran.said
    made = [worker.deployments[-1], web.deployments[-1]]
    assert " ".join(one.id for one in made) == ran.outputs["deployments"]
    assert {shop.head} == {one.commit for one in made}
    assert 2 == sent(world)


def test_a_deploy_is_followed_until_it_is_over(
    runner: Runner, world: World, web: RailwayService
) -> None:
    """At first a deployment does not even say its commit."""
    web.accepts_as = "INITIALIZING"
    with railway_at_work(web, "BUILDING", "DEPLOYING", "SUCCESS"):
        ran = deploy(runner, web, TIMEOUT="30")

    assert 0 == ran.code, ran.said
    assert f"deployment {web.deployments[-1].id} is SUCCESS" in ran.said
    assert 1 == sent(world)


def test_a_success_of_another_commit_is_a_failure(
    runner: Runner, shop: Repo, web: RailwayService
) -> None:
    """Railway was told which one, and still its own word at the end counts."""
    first = shop.branches["main"][0]
    web.accepts_as = "INITIALIZING"
    with railway_at_work(web, "SUCCESS", commit=first):
        ran = deploy(runner, web, TIMEOUT="30")

    assert 1 == ran.code
    assert f"runs {first}, not {shop.head}" in ran.said


@pytest.mark.parametrize(
    ("status", "code", "said"),
    [
        ("FAILED", 1, "is FAILED; what served before goes on serving"),
        ("CRASHED", 1, "is CRASHED"),
        ("SKIPPED", 1, "is SKIPPED"),
        ("REMOVED", 1, "is REMOVED"),
        ("BUILDING", 3, "is still BUILDING after 1 s"),
        ("NEEDS_APPROVAL", 3, "is still NEEDS_APPROVAL after 1 s"),
        ("POSTPONED", 3, "is POSTPONED, which is not known here"),
    ],
)
def test_what_is_no_success_fails(
    runner: Runner, web: RailwayService, status: str, code: int, said: str
) -> None:
    """A failure is told from what nobody could tell; neither passes."""
    web.accepts_as = status

    ran = deploy(runner, web)

    assert code == ran.code
    assert said in ran.said
    assert {} == ran.outputs


def test_a_lost_answer_is_looked_up_and_the_deploy_not_sent_again(
    runner: Runner, world: World, web: RailwayService
) -> None:
    """Railway took it; its deployment is found and followed."""
    world.faults.add(host="railway", mode="cut_after", match="serviceInstanceDeployV2")

    ran = deploy(runner, web)

    assert 0 == ran.code, ran.said
    assert web.deployments[-1].id == ran.outputs["deployments"]
    assert (1, 2) == (sent(world), len(web.deployments))


@pytest.mark.parametrize("mode", ["cut_before", "graphql_error", "html"])
def test_a_deploy_of_which_nothing_is_seen_is_not_sent_again(
    runner: Runner, world: World, web: RailwayService, mode: str
) -> None:
    """Whether Railway took it cannot be told, so a person or another run has to look."""
    world.faults.add(host="railway", mode=mode, match="serviceInstanceDeployV2")  # type: ignore[arg-type]

    ran = deploy(runner, web)

    assert 3 == ran.code
    assert "could not tell whether Railway took the deploy" in ran.said
    assert (1, 1) == (sent(world), len(web.deployments))


def test_an_earlier_deployment_is_not_taken_for_the_lost_one(
    runner: Runner, world: World, shop: Repo, web: RailwayService
) -> None:
    """The commit was there before, and was rolled back; what was there is known beforehand."""
    web.deploy("SUCCESS", commit=shop.head)
    web.deploy("SUCCESS", commit=shop.branches["main"][0])
    world.faults.add(host="railway", mode="cut_before", match="serviceInstanceDeployV2")

    ran = deploy(runner, web)

    assert 3 == ran.code
    assert "could not tell whether Railway took the deploy" in ran.said


@pytest.mark.parametrize(("status", "code"), [("SUCCESS", 0), ("SLEEPING", 0), ("BUILDING", 3)])
def test_a_second_run_follows_what_the_first_one_made(
    runner: Runner, world: World, shop: Repo, web: RailwayService, status: str, code: int
) -> None:
    """A job that is run again deploys nothing twice."""
    before = web.deploy(status, commit=shop.head)

    ran = deploy(runner, web)

    assert code == ran.code, ran.said
    assert f"deployment {before.id} is of {shop.head} already" in ran.said
    assert 0 == sent(world)


def test_a_success_that_something_came_after_is_deployed_again(
    runner: Runner, world: World, shop: Repo, web: RailwayService
) -> None:
    """The commit was there once and was rolled back."""
    web.deploy("SUCCESS", commit=shop.head)
    web.deploy("SUCCESS", commit=shop.branches["main"][0])

    assert 0 == deploy(runner, web).code
    assert 1 == sent(world)
    assert shop.head == web.deployments[-1].commit


def test_a_deployment_without_a_commit_yet_is_waited_for(
    runner: Runner, world: World, shop: Repo, web: RailwayService
) -> None:
    """It may be the one that an earlier run sent."""
    web.deploy("INITIALIZING", commit=shop.head)

    ran = deploy(runner, web)

    assert 3 == ran.code
    assert "does not say its commit" in ran.said
    assert 0 == sent(world)


def test_reads_are_repeated_but_not_for_ever(
    runner: Runner, world: World, web: RailwayService
) -> None:
    """Four lost reads are made good, five are not."""
    world.faults.add(host="railway", mode="status", match="query Deployments", times=4)
    assert 0 == deploy(runner, web).code

    world.faults.add(host="railway", mode="status", match="query Deployments", times=5)
    ran = deploy(runner, web)
    assert 3 == ran.code
    assert f"could not tell what service {web.id} runs: HTTP 502" in ran.said


def test_a_limit_deploys_nothing(runner: Runner, world: World, web: RailwayService) -> None:
    """It says for sure that nothing was deployed."""
    world.faults.add(host="railway", mode="primary_limit", match="serviceInstanceDeployV2")

    ran = deploy(runner, web)

    assert 3 == ran.code
    assert "takes no deploy" in ran.said
    assert 1 == len(web.deployments)


def test_a_commit_that_railway_does_not_find_fails(runner: Runner, web: RailwayService) -> None:
    """The service is built from another repository, or the commit was not pushed."""
    ran = deploy(runner, web, COMMIT=COMMIT)

    assert 1 == ran.code
    assert f"Railway does not find {COMMIT}" in ran.said


def test_a_token_of_another_environment_is_refused(
    runner: Runner, world: World, web: RailwayService
) -> None:
    """Railway would show it empty lists of this one, as if nothing had ever been deployed."""
    project = web.environment.project
    staging = project.environment("staging")
    world.railway_tokens[RAILWAY_TOKEN] = f"project:{project.id}:{staging.id}"

    ran = deploy(runner, web)

    assert 2 == ran.code
    assert f"RAILWAY_TOKEN is of environment {staging.id}" in ran.said
    assert 0 == sent(world)


def test_a_token_of_the_workspace_will_do(
    runner: Runner, world: World, web: RailwayService
) -> None:
    """It goes by another name, as with Railway's own command."""
    world.railway_tokens[RAILWAY_TOKEN] = "workspace"

    assert 2 == deploy(runner, web).code
    assert 0 == deploy(runner, web, RAILWAY_TOKEN="", RAILWAY_API_TOKEN=RAILWAY_TOKEN).code


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({"COMMIT": "abc1234"}, '"abc1234" is not all 40 digits of a commit'),
        ({"SERVICES": " \n "}, "the input services is empty"),
        ({"ENVIRONMENT": ""}, "the input environment is empty"),
        ({"TIMEOUT": "20m"}, '"20m" is not a number of seconds'),
        ({"RAILWAY_TOKEN": ""}, "neither RAILWAY_TOKEN nor RAILWAY_API_TOKEN is set"),
        ({"RAILWAY_API_TOKEN": "other"}, "are both set"),
    ],
)
def test_wrong_inputs_ask_nothing(
    runner: Runner, world: World, web: RailwayService, variables: dict[str, str], said: str
) -> None:
    """They are found before anything is sent."""
    ran = deploy(runner, web, **variables)

    assert 2 == ran.code
    assert said in ran.said
    assert [] == world.requests


def test_what_is_asked_is_understood(runner: Runner, world: World, web: RailwayService) -> None:
    """No field or argument is one that Railway does not know."""
    deploy(runner, web)

    assert [] == world.refusals
