"""What Railway tells of its deployments, and to whom."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from pipeline_health.clients import documents
from pipeline_health.simulator import Call, Simulator, World
from pipeline_health.simulator.github_world import Repo
from pipeline_health.simulator.railway_world import RailwayEnvironment, RailwayService

Ask = Callable[..., tuple[int, Any]]
MINUTE = timedelta(minutes=1)
LOOK = documents.railway_look(1)


def service_of(railway: Ask, environment: RailwayEnvironment) -> Any:
    """Look at the only service of an environment."""
    _, body = railway(LOOK, {"e0": environment.id})
    [edge] = body["data"]["e0"]["serviceInstances"]["edges"]
    return edge["node"]


def test_a_failure_leaves_what_was_served(
    world: World, staging: RailwayEnvironment, web: RailwayService, railway: Ask
) -> None:
    """The newest deployment failed; the one before is active still."""
    good = web.deploy("SUCCESS")
    world.advance(MINUTE)
    bad = web.deploy("FAILED")
    service = service_of(railway, staging)
    assert bad.id == service["latestDeployment"]["id"]
    assert [good.id] == [one["id"] for one in service["activeDeployments"]]
    assert [{"status": "RUNNING"}] == service["activeDeployments"][0]["instances"]


def test_a_success_removes_what_served_before(
    staging: RailwayEnvironment, web: RailwayService, railway: Ask
) -> None:
    """What crashed or slept is removed too; what failed never served and stays."""
    statuses = ["SUCCESS", "SLEEPING", "CRASHED", "FAILED", "BUILDING"]
    line = [web.deploy(status) for status in statuses]
    web.become(line[-1], "SUCCESS", log="listening")
    assert ["REMOVED", "REMOVED", "REMOVED", "FAILED", "SUCCESS"] == [one.status for one in line]
    assert "listening" == line[-1].deploy_log
    assert line[-1].id == service_of(railway, staging)["latestDeployment"]["id"]


@pytest.mark.parametrize("status", ["SLEEPING", "CRASHED"])
def test_what_sleeps_or_crashed_is_not_active(
    staging: RailwayEnvironment, web: RailwayService, railway: Ask, status: str
) -> None:
    """The same deployment moves on from its success, and is only the latest then."""
    deployment = web.deploy("SUCCESS")
    web.become(deployment, status)
    service = service_of(railway, staging)
    assert (status, []) == (service["latestDeployment"]["status"], service["activeDeployments"])


@pytest.mark.parametrize(
    ("status", "stopped", "shown"),
    [
        ("SUCCESS", True, (True, [{"status": "EXITED"}])),
        ("CRASHED", False, (True, [{"status": "CRASHED"}])),
        ("BUILDING", False, (False, [])),
    ],
    ids=["ended by itself", "crashed", "not there yet"],
)
def test_an_instance_is_as_its_deployment(
    web: RailwayService, railway: Ask, status: str, shown: tuple[bool, object], *, stopped: bool
) -> None:
    """A success may have ended, what crashed is stopped, and a build has no instance."""
    web.deploy(status, stopped=stopped)
    latest = service_of(railway, web.environment)["latestDeployment"]
    assert shown == (latest["deploymentStopped"], latest["instances"])


def test_meta_names_the_commit(
    shop: Repo, staging: RailwayEnvironment, web: RailwayService, railway: Ask
) -> None:
    """Commit, branch and repository; times have milliseconds."""
    web.deploy("SKIPPED", skipped_reason="No changes to watched files")
    latest = service_of(railway, staging)["latestDeployment"]
    assert {
        "commitHash": shop.head,
        "branch": "main",
        "repo": "acme/shop",
        "skippedReason": "No changes to watched files",
    } == latest["meta"]
    assert "2026-03-02T10:00:00.000Z" == latest["createdAt"]


def test_meta_is_empty_at_first(
    staging: RailwayEnvironment, web: RailwayService, railway: Ask
) -> None:
    """While it is initialising nothing is known of a deployment."""
    web.deploy("INITIALIZING")
    assert {} == service_of(railway, staging)["latestDeployment"]["meta"]


def test_meta_of_an_image_has_no_commit(staging: RailwayEnvironment, railway: Ask) -> None:
    """Nor has that of `railway up`, which is told by an empty commit."""
    database = staging.service("db", cron="0 * * * *")
    image = database.deploy("SUCCESS", image="postgres:16")
    service = service_of(railway, staging)
    assert {"image": "postgres:16", "imageDigest": f"sha256:{image.id}"} == (
        service["latestDeployment"]["meta"]
    )
    assert ("0 * * * *", {"repo": None, "image": None}) == (
        service["cronSchedule"],
        service["source"],
    )


def test_an_empty_commit_is_none(web: RailwayService) -> None:
    """What `railway up` deploys has no commit, although the service has a repository."""
    deployment = web.deploy("SUCCESS", commit="")
    assert (None, None) == (deployment.commit, deployment.repo)


def test_deployments_of_an_environment_are_newest_first(
    world: World, staging: RailwayEnvironment, web: RailwayService, railway: Ask
) -> None:
    """Of all its services, and of one moment the later one first."""
    other = staging.service("worker")
    line = [
        web.deploy("SUCCESS").id,
        web.deploy("FAILED").id,
        other.deploy("SUCCESS", at=world.now() + MINUTE).id,
    ]
    _, body = railway(LOOK, {"e0": staging.id})
    edges = body["data"]["e0"]["deployments"]["edges"]
    assert [line[2], line[1], line[0]] == [edge["node"]["id"] for edge in edges]


def test_a_service_is_one_in_all_environments(world: World, staging: RailwayEnvironment) -> None:
    """Its id is the project's; an environment that is asked for again is the same one."""
    project = world.railway("shop")
    production = project.environment("production")
    assert staging is project.environment("staging")
    assert staging.service("web").id == production.service("web").id
    assert staging.service("web") is staging.service("web")


def test_projects_are_found_with_their_lasting_environments(
    world: World, staging: RailwayEnvironment, railway: Ask
) -> None:
    """An id that nobody knows is left out without a word, and so are preview environments."""
    project = world.railway("shop")
    project.environment("pr-7", ephemeral=True)
    _, body = railway(documents.RAILWAY_FIND, {"ids": [project.id, "unknown"]})
    assert "errors" not in body
    [found] = body["data"]["projectsByIds"]
    assert [(staging.id, "staging", True)] == [
        (edge["node"]["id"], edge["node"]["name"], edge["node"]["canAccess"])
        for edge in found["environments"]["edges"]
    ]


def test_all_environments_are_listed_when_none_is_left_out(
    world: World, staging: RailwayEnvironment, railway: Ask
) -> None:
    """Only `isEphemeral` leaves any out; pages go on where the last one ended."""
    project = world.railway("shop")
    project.environment("pr-7", ephemeral=True)
    document = (
        "query Q($ids: [String!]!) { projectsByIds(ids: $ids) { environments(first: 1) "
        "{ edges { node { id } } pageInfo { hasNextPage endCursor } } } }"
    )
    _, body = railway(document, {"ids": [project.id]})
    page = body["data"]["projectsByIds"][0]["environments"]
    assert ([staging.id], {"hasNextPage": True, "endCursor": "1"}) == (
        [edge["node"]["id"] for edge in page["edges"]],
        page["pageInfo"],
    )


def test_deployments_are_filtered(
    world: World, staging: RailwayEnvironment, web: RailwayService, railway: Ask
) -> None:
    """By project, environment, service and status; pages go on where the last one ended."""
    deployments = [web.deploy(status) for status in ("SUCCESS", "FAILED", "SKIPPED")]
    staging.service("worker").deploy("FAILED")
    world.railway("other").environment("staging").service("web").deploy("FAILED")

    def listed(**wanted: object) -> list[str]:
        given = {"projectId": staging.project.id, "environmentId": staging.id, **wanted}
        variables = {"input": {"serviceId": web.id, **given}, "first": 2, "after": None}
        _, body = railway(documents.RAILWAY_DEPLOYMENTS_PAGE, variables)
        return [edge["node"]["id"] for edge in body["data"]["deployments"]["edges"]]

    first, second, third = (deployment.id for deployment in deployments)
    assert [third, second] == listed()
    assert [first] == listed(status={"in": ["SUCCESS"]})
    assert [second, first] == listed(status={"notIn": ["SKIPPED"]})
    assert [] == listed(projectId="unknown")


def test_the_next_page_begins_after_the_cursor(
    staging: RailwayEnvironment, web: RailwayService, railway: Ask
) -> None:
    """And the page after the last one is empty."""
    first = web.deploy("FAILED").id
    web.deploy("FAILED")
    variables = {"input": {"environmentId": staging.id}, "first": 9}
    _, body = railway(documents.RAILWAY_DEPLOYMENTS_PAGE, {**variables, "after": "1"})
    assert [first] == [edge["node"]["id"] for edge in body["data"]["deployments"]["edges"]]
    _, body = railway(documents.RAILWAY_DEPLOYMENTS_PAGE, {**variables, "after": "2"})
    assert {"hasNextPage": False, "endCursor": None} == body["data"]["deployments"]["pageInfo"]


def test_services_are_paged(staging: RailwayEnvironment, railway: Ask) -> None:
    """An environment may hold more services than one page."""
    names = [staging.service(f"s{at}").name for at in range(101)]
    _, body = railway(documents.RAILWAY_INSTANCES_PAGE, {"id": staging.id, "after": "100"})
    [edge] = body["data"]["environment"]["serviceInstances"]["edges"]
    assert names[-1] == edge["node"]["serviceName"]


def test_logs_are_of_the_build_or_of_the_product(web: RailwayService, railway: Ask) -> None:
    """The tail of each; times have nine digits after the second."""
    deployment = web.deploy("BUILDING", log="one\n", deploy_log="up\n")
    web.become(deployment, "FAILED", log="two\nthree")
    variables = {"id": deployment.id, "limit": 2}
    _, built = railway(documents.RAILWAY_BUILD_LOG, variables)
    assert ["two", "three"] == [line["message"] for line in built["data"]["buildLogs"]]
    _, said = railway(documents.RAILWAY_DEPLOY_LOG, variables)
    assert [{"timestamp": "2026-03-02T10:00:00.000000000Z", "message": "up"}] == (
        said["data"]["deploymentLogs"]
    )


@pytest.mark.parametrize(("limit", "lines"), [(5000, 120), (5001, 0), (0, 0)])
def test_a_limit_above_5000_gives_nothing(
    web: RailwayService, railway: Ask, limit: int, lines: int
) -> None:
    """That is what was seen of the real one."""
    deployment = web.deploy("FAILED", log="x\n" * 120)
    _, body = railway(documents.RAILWAY_BUILD_LOG, {"id": deployment.id, "limit": limit})
    assert lines == len(body["data"]["buildLogs"])


def test_a_log_has_100_lines_unless_told(web: RailwayService, railway: Ask) -> None:
    """The limit has a default."""
    deployment = web.deploy("FAILED", log="x\n" * 120)
    document = "query Q($id: String!) { buildLogs(deploymentId: $id) { message } }"
    _, body = railway(document, {"id": deployment.id})
    assert 100 == len(body["data"]["buildLogs"])


def test_what_was_never_built_has_no_build_log(web: RailwayService, railway: Ask) -> None:
    """Railway says so in an error, at 200."""
    deployment = web.deploy("SKIPPED")
    status, body = railway(documents.RAILWAY_BUILD_LOG, {"id": deployment.id, "limit": 9})
    assert (200, None) == (status, body["data"])
    assert "Deployment does not have an associated build" == body["errors"][0]["message"]


def test_events_tell_the_step_that_failed(web: RailwayService, railway: Ask) -> None:
    """A deployment may fail without any log, but not without its steps."""
    events = [("SNAPSHOT_CODE", None), ("BUILD_IMAGE", "exit 1")]
    deployment = web.deploy("FAILED", events=events)
    _, body = railway(documents.RAILWAY_EVENTS, {"id": deployment.id, "first": 9})
    assert events == [
        (edge["node"]["step"], edge["node"]["payload"]["error"])
        for edge in body["data"]["deploymentEvents"]["edges"]
    ]


def test_a_deleted_service_says_when(
    world: World, staging: RailwayEnvironment, web: RailwayService, railway: Ask
) -> None:
    """A soft delete leaves it in the list."""
    web.deleted_at = world.now()
    assert "2026-03-02T10:00:00.000Z" == service_of(railway, staging)["deletedAt"]


@pytest.mark.parametrize("agent", [{}, {"User-Agent": "Python-urllib/3.11"}])
def test_a_client_without_a_name_meets_cloudflare(world: World, agent: dict[str, str]) -> None:
    """A 403 with a text, before any token is looked at."""
    call = Call(method="POST", target="/graphql/v2", headers=agent, body=b"{}")
    answer = Simulator(world).answer("railway", call)
    assert (403, b"error code: 1010") == (answer.status, answer.body)


@pytest.mark.parametrize(
    ("method", "target", "status"),
    [("GET", "/graphql/v2", 404), ("POST", "/elsewhere", 404), ("POST", "/graphql/v2", 400)],
    ids=["a read", "another path", "no JSON"],
)
def test_only_documents_are_answered(world: World, method: str, target: str, status: int) -> None:
    """There is one address, and it takes JSON."""
    call = Call(method=method, target=target, headers={"User-Agent": "tests"}, body=b"{")
    assert status == Simulator(world).answer("railway", call).status
