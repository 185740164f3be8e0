"""Which of Railway's tokens may see what, and how little it says when it may not."""

from collections.abc import Callable
from typing import Any

import pytest

from pipeline_health.clients import documents
from pipeline_health.clients import survey_documents as surveys
from pipeline_health.simulator import World
from pipeline_health.simulator.railway_world import (
    WORKSPACE_ID,
    RailwayEnvironment,
    RailwayService,
)

Ask = Callable[..., tuple[int, Any]]
PROJECT = "Project-Access-Token"
LOOK = documents.railway_look(1)


@pytest.fixture
def by_project(world: World, staging: RailwayEnvironment, railway: Ask) -> Ask:
    """Give a way to ask with a token of the project and its staging environment."""
    world.railway_tokens["rw-project"] = f"project:{staging.project.id}:{staging.id}"

    def ask(document: str, variables: object = None) -> tuple[int, Any]:
        return railway(document, variables, PROJECT, "rw-project")

    return ask


def is_refused(answer: tuple[int, Any]) -> bool:
    """Tell whether an answer is Railway's one way to say no."""
    status, body = answer
    [error] = body["errors"]
    code = error["extensions"]["code"]
    return (200, None, "Not Authorized", "INTERNAL_SERVER_ERROR") == (
        status,
        body["data"],
        error["message"],
        code,
    )


@pytest.mark.parametrize("kind", ["account", "workspace"])
def test_a_bearer_token_has_workspaces(world: World, railway: Ask, kind: str) -> None:
    """Of account or workspace; it is no project token."""
    world.railway_tokens["rw"] = kind
    _, body = railway(documents.RAILWAY_SCOPE, None, "Authorization", "Bearer rw")
    assert 1 == len(body["data"]["apiToken"]["workspaces"])
    scope = railway(documents.RAILWAY_PROJECT_SCOPE, None, "Authorization", "Bearer rw")
    assert is_refused(scope)


def test_only_a_persons_token_is_a_persons(world: World, railway: Ask, by_project: Ask) -> None:
    """What is left of the hour is told of a workspace, to whoever is in it."""
    world.railway_tokens["rw"] = "workspace"
    assert is_refused(railway(surveys.RAILWAY_ME, None, "Authorization", "Bearer rw"))
    assert is_refused(by_project(surveys.RAILWAY_ALLOWANCE, {"id": WORKSPACE_ID}))
    known, unknown = (
        railway(surveys.RAILWAY_ALLOWANCE, {"id": id_}, "Authorization", "Bearer rw")
        for id_ in (WORKSPACE_ID, "another")
    )
    assert 1000 == known[1]["data"]["workspace"]["apiTokenRateLimit"]["remainingPoints"]
    assert is_refused(unknown)


def test_a_project_token_names_its_environment(
    staging: RailwayEnvironment, by_project: Ask
) -> None:
    """It has no workspaces."""
    _, body = by_project(documents.RAILWAY_PROJECT_SCOPE)
    assert {
        "projectId": staging.project.id,
        "environmentId": staging.id,
        "project": {"name": "shop"},
        "environment": {"name": "staging"},
    } == body["data"]["projectToken"]
    assert is_refused(by_project(documents.RAILWAY_SCOPE))


def test_a_project_token_looks_at_its_own_environment(
    staging: RailwayEnvironment, web: RailwayService, by_project: Ask
) -> None:
    """Deployments, and the scope in the same document."""
    deployment = web.deploy("FAILED", log="boom")
    _, body = by_project(documents.railway_look(1, project_token=True), {"e0": staging.id})
    assert staging.id == body["data"]["projectToken"]["environmentId"]
    assert deployment.id == (body["data"]["e0"]["deployments"]["edges"][0]["node"]["id"])


def test_a_project_token_may_not_enter_a_sibling(
    staging: RailwayEnvironment, by_project: Ask
) -> None:
    """The environment is refused, its deployments are an empty list and no error."""
    production = staging.project.environment("production")
    deployment = production.service("web").deploy("SUCCESS")
    assert is_refused(by_project(LOOK, {"e0": production.id}))
    variables = {"input": {"environmentId": production.id}, "first": 9}
    _, body = by_project(documents.RAILWAY_DEPLOYMENTS_PAGE, variables)
    assert ([], False) == (body["data"]["deployments"]["edges"], "errors" in body)
    assert is_refused(by_project(documents.RAILWAY_DEPLOY_LOG, {"id": deployment.id, "limit": 9}))


def test_a_project_token_sees_the_names_of_siblings(
    world: World, staging: RailwayEnvironment, by_project: Ask
) -> None:
    """Not what they hold, and no other project."""
    production = staging.project.environment("production")
    other = world.railway("other")
    ids = {"ids": [staging.project.id, other.id]}
    _, body = by_project(documents.RAILWAY_FIND, ids)
    [project] = body["data"]["projectsByIds"]
    assert {"staging": True, "production": False} == {
        edge["node"]["name"]: edge["node"]["canAccess"] for edge in project["environments"]["edges"]
    }
    document = (
        "query Q($ids: [String!]!) { projectsByIds(ids: $ids) { environments "
        "{ edges { node { deployments(first: 1) { pageInfo { hasNextPage } } } } } } }"
    )
    assert is_refused(by_project(document, {"ids": [production.project.id]}))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Authorization", "Bearer rw-project"),
        (PROJECT, "rw-good-token"),
        ("Authorization", "Bearer bad"),
        (PROJECT, "bad"),
        ("X-Nothing", "x"),
    ],
    ids=["project as bearer", "account as project", "bad bearer", "bad project", "none"],
)
def test_the_wrong_header_is_as_good_as_a_bad_token(
    staging: RailwayEnvironment, by_project: Ask, railway: Ask, name: str, value: str
) -> None:
    """Every document is refused, at 200 and with the same words."""
    assert 200 == by_project(documents.RAILWAY_PROJECT_SCOPE)[0]
    asked: list[tuple[str, dict[str, object]]] = [
        (documents.RAILWAY_SCOPE, {}),
        (documents.RAILWAY_PROJECT_SCOPE, {}),
        (documents.RAILWAY_FIND, {"ids": [staging.project.id]}),
        (LOOK, {"e0": staging.id}),
        (documents.RAILWAY_DEPLOYMENTS_PAGE, {"input": {}, "first": 1}),
        (documents.RAILWAY_EVENTS, {"id": "x", "first": 1}),
    ]
    answers = [railway(document, given, name, value) for document, given in asked]
    assert [True] * len(asked) == [is_refused(answer) for answer in answers]


@pytest.mark.parametrize(
    "document",
    [LOOK.replace("$e0", "$id"), documents.RAILWAY_EVENTS],
    ids=["environment", "events"],
)
def test_an_id_that_is_not_there_is_not_authorized(railway: Ask, document: str) -> None:
    """A deleted thing and one of somebody else's look the same."""
    assert is_refused(railway(document, {"id": "unknown", "first": 1}))


def test_one_alias_that_fails_nulls_them_all(staging: RailwayEnvironment, railway: Ask) -> None:
    """Root fields may not be null, so the error alone tells which alias it was."""
    _, body = railway(documents.railway_look(2), {"e0": staging.id, "e1": "unknown"})
    assert (None, [["e1"]]) == (body["data"], [error["path"] for error in body["errors"]])
