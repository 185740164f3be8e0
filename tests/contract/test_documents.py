import gzip
import inspect
import json
import os
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

import pytest
from graphql import GraphQLSchema, build_client_schema, build_schema, parse, validate

from pipeline_health.clients import (
    commit_documents,
    documents,
    listing_documents,
    survey_documents,
)
from pipeline_health.clients.railway_variable_documents import (
    RAILWAY_NAMES_PAGE,
    View,
    railway_variables,
)

CONTRACTS = Path(__file__).resolve().parents[3] / "shared" / "contracts"

BUILT: dict[str, dict[str, Callable[[], str]]] = {
    "github_look": {
        "one": lambda: documents.github_look([None], [False]),
        "named-branch": lambda: documents.github_look(["main"], [False]),
        "many": lambda: documents.github_look([None, "main", None], [False, True, True]),
        "by-id": lambda: documents.github_look(
            ["main", None, None], [True, False, False], by_id=[True, True, False]
        ),
    },
    "github_issues": {
        "one": lambda: documents.github_issues(1),
        "fifty": lambda: documents.github_issues(50),
    },
    "github_commit": {
        "default-branch": lambda: commit_documents.github_commit(None, named=False),
        "named-branch": lambda: commit_documents.github_commit("main", named=False),
        "named-check": lambda: commit_documents.github_commit("main", named=True),
    },
    "github_pushes": {
        "one": lambda: commit_documents.github_pushes(1),
        "many": lambda: commit_documents.github_pushes(11),
    },
    "github_commit_suites": {
        "suites": lambda: commit_documents.github_commit_suites(named=False),
        "named-check": lambda: commit_documents.github_commit_suites(named=True),
    },
    "github_survey": {
        "default-branch": lambda: survey_documents.github_survey([None]),
        "many": lambda: survey_documents.github_survey(["main", None]),
    },
    "railway_survey": {"many": lambda: survey_documents.railway_survey(2)},
    "railway_history": {
        "none": lambda: commit_documents.railway_history(0),
        "many": lambda: commit_documents.railway_history(5),
        "project-token": lambda: commit_documents.railway_history(1, project_token=True),
    },
    "railway_served": {
        "one": lambda: listing_documents.railway_served(1),
        "many": lambda: listing_documents.railway_served(5),
    },
    "railway_look": {
        "one": lambda: documents.railway_look(1),
        "many": lambda: documents.railway_look(5),
        "project-token": lambda: documents.railway_look(1, project_token=True),
    },
}

VARIABLES = [
    pytest.param("RAILWAY_NAMES_PAGE", RAILWAY_NAMES_PAGE, id="RAILWAY_NAMES_PAGE"),
    pytest.param(
        "railway_variables", railway_variables([View.NAMES]), id="railway_variables-names"
    ),
    pytest.param(
        "railway_variables", railway_variables([*View, *View]), id="railway_variables-all"
    ),
]


def public() -> dict[str, object]:
    """Give every public text and function that the modules make themselves."""
    return {
        name: value
        for module in (documents, commit_documents, listing_documents, survey_documents)
        for name, value in vars(module).items()
        if not name.startswith("_")
        and (
            isinstance(value, str)
            or (inspect.isfunction(value) and value.__module__ == module.__name__)
        )
    }


def constants() -> list[str]:
    """Give the names of the documents that are not built."""
    return sorted(public().keys() - set(BUILT))


def every_document() -> Sequence[object]:
    """Give each document that can be sent, with the name to show for it."""
    fixed = [pytest.param(name, public()[name], id=name) for name in constants()]
    built = [
        pytest.param(name, build(), id=f"{name}-{case}")
        for name, cases in BUILT.items()
        for case, build in cases.items()
    ]
    return fixed + built + VARIABLES


@cache
def schema_of(provider: str) -> GraphQLSchema:
    """Read a provider's published schema."""
    if provider == "github":
        text = gzip.decompress((CONTRACTS / "github.schema.graphql.gz").read_bytes()).decode()
        return build_schema(text, assume_valid=True)
    told = json.loads(gzip.decompress((CONTRACTS / "railway.schema.json.gz").read_bytes()))
    return build_client_schema(told.get("data", told), assume_valid=True)


@pytest.fixture
def _contracts() -> None:
    if CONTRACTS.is_dir():
        return
    reason = f"no published schemas at {CONTRACTS.name}/ beside the repository"
    if os.environ.get("CI") == "true":  # noqa: TID251 - whether skipping is allowed here
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.mark.usefixtures("_contracts")
@pytest.mark.parametrize(("name", "document"), every_document())
def test_every_document_holds_against_the_published_schema(name: str, document: str) -> None:
    """No field, argument, variable or fragment is one that the provider does not know."""
    schema = schema_of(name.partition("_")[0].lower())

    problems = [problem.message for problem in validate(schema, parse(document))]

    assert [] == problems


def test_every_function_that_builds_a_document_is_built_here() -> None:
    """A new function in any of the modules fails this test until a case above builds it."""
    functions = {name for name, value in public().items() if callable(value)}

    assert functions == set(BUILT)


def test_every_document_names_its_provider() -> None:
    """The provider, and so the schema, is the first word of a document's name."""
    providers = {name.partition("_")[0].lower() for name in public()}

    assert {"github", "railway"} == providers
