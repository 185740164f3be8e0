"""Every document of ours is accepted, and anything else is refused and written down."""

from collections.abc import Callable
from typing import Any

import pytest

from pipeline_health.clients import commit_documents, documents
from pipeline_health.clients.railway_variable_documents import (
    RAILWAY_NAMES_PAGE,
    View,
    railway_variables,
)
from pipeline_health.simulator import World
from pipeline_health.simulator.executor import Executor
from pipeline_health.simulator.github_graphql import github_executor
from pipeline_health.simulator.railway_graphql import railway_executor

OURS = {
    "who am I": (github_executor, documents.GITHUB_WHO_AM_I),
    "look at one": (github_executor, documents.github_look([None], [False])),
    "look at two": (github_executor, documents.github_look([None, "next"], [True, False])),
    "suites page": (github_executor, documents.GITHUB_SUITES_PAGE),
    "suite counts": (github_executor, documents.GITHUB_SUITE_COUNTS),
    "stubs page": (github_executor, documents.GITHUB_STUBS_PAGE),
    "issues": (github_executor, documents.github_issues(3)),
    "ours": (github_executor, documents.GITHUB_OURS),
    "workflow file": (github_executor, documents.GITHUB_WORKFLOW_FILE),
    "commit": (github_executor, commit_documents.github_commit(None, named=False)),
    "commit and a check": (github_executor, commit_documents.github_commit("main", named=True)),
    "commit suites": (github_executor, commit_documents.github_commit_suites(named=True)),
    "highest": (github_executor, documents.GITHUB_HIGHEST),
    "scope": (railway_executor, documents.RAILWAY_SCOPE),
    "project scope": (railway_executor, documents.RAILWAY_PROJECT_SCOPE),
    "find": (railway_executor, documents.RAILWAY_FIND),
    "railway look": (railway_executor, documents.railway_look(2)),
    "railway look by project": (railway_executor, documents.railway_look(1, project_token=True)),
    "instances page": (railway_executor, documents.RAILWAY_INSTANCES_PAGE),
    "deployments page": (railway_executor, documents.RAILWAY_DEPLOYMENTS_PAGE),
    "history": (railway_executor, commit_documents.railway_history(2, project_token=True)),
    "history page": (railway_executor, commit_documents.RAILWAY_HISTORY_PAGE),
    "build log": (railway_executor, documents.RAILWAY_BUILD_LOG),
    "deploy log": (railway_executor, documents.RAILWAY_DEPLOY_LOG),
    "variables": (railway_executor, railway_variables(list(View))),
    "names page": (railway_executor, RAILWAY_NAMES_PAGE),
    "events": (railway_executor, documents.RAILWAY_EVENTS),
}


@pytest.mark.parametrize(("executor", "document"), OURS.values(), ids=OURS)
def test_each_document_of_ours_is_accepted(executor: Callable[[], Executor], document: str) -> None:
    """A document that our clients send holds nothing that the subset does not know."""
    assert () == executor().check(document).problems


def test_github_refuses_an_unknown_field_at_200(world: World, github: Callable[..., Any]) -> None:
    """A field that GitHub does not have gives errors without data, and is written down."""
    body = github("{ viewer { shoeSize } }")
    assert "data" not in body
    assert "Cannot query field 'shoeSize' on type 'User'." == body["errors"][0]["message"]
    assert [("github", "{ viewer { shoeSize } }")] == [
        (refusal.host, refusal.asked) for refusal in world.refusals
    ]


@pytest.mark.parametrize(
    ("document", "code"),
    [
        ("{ apiToken { shoeSize } }", "GRAPHQL_VALIDATION_FAILED"),
        ("{ apiToken ", "GRAPHQL_PARSE_FAILED"),
        ("query Q($id: String!) { environment(id: $id) { id } }", "BAD_USER_INPUT"),
    ],
    ids=["unknown field", "no GraphQL", "variable missing"],
)
def test_railway_refuses_what_is_wrong_with_400(
    world: World, railway: Callable[..., Any], document: str, code: str
) -> None:
    """A document that Railway cannot take is a 400 that says what sort of fault it is."""
    status, body = railway(document)
    assert (400, code) == (status, body["errors"][0]["extensions"]["code"])
    assert [document] == [refusal.asked for refusal in world.refusals]


def test_github_refuses_a_missing_variable(world: World, github: Callable[..., Any]) -> None:
    """Variables are part of the contract: one that is required and not sent is refused."""
    body = github(documents.GITHUB_HIGHEST, owner="acme")
    assert "data" not in body
    assert 1 == len(world.refusals)


def test_no_document_is_refused_while_nothing_is_wrong(
    world: World, github: Callable[..., Any], railway: Callable[..., Any]
) -> None:
    """What our clients send leaves no trace among the refusals."""
    github(documents.GITHUB_WHO_AM_I)
    railway(documents.RAILWAY_SCOPE)
    assert [] == world.refusals
