"""What Railway shows of variables, and what it does not: values, references, seals and masks."""

from collections.abc import Callable
from typing import Any

import pytest

from pipeline_health.clients.railway_variable_documents import View, railway_variables
from pipeline_health.simulator.railway_world import RailwayEnvironment, RailwayService

OF_RAILWAY = {"RAILWAY_ENVIRONMENT_NAME", "RAILWAY_PROJECT_ID", "RAILWAY_SERVICE_NAME"}
ANY = """query Q($p: String!, $e: String!, $s: String) {
  variables(projectId: $p, environmentId: $e, serviceId: $s)
}"""


def ask(
    railway: Callable[..., Any], web: RailwayService, view: View, **instead: str
) -> dict[str, Any]:
    """Read the variables of *web* in one view; gives the body of the answer."""
    environment = web.environment
    variables = {"project": environment.project.id, "e0": environment.id}
    if view in (View.RENDERED, View.UNRENDERED):
        variables["s0"] = web.id
    if view is View.NAMES:
        del variables["project"]
    _, body = railway(railway_variables([view]), {**variables, **instead})
    found: dict[str, Any] = body
    return found


def values(railway: Callable[..., Any], web: RailwayService, view: View) -> dict[str, Any]:
    """Read variables that must be shown, without those that Railway adds."""
    found = ask(railway, web, view)["data"]["v0"]
    return {name: value for name, value in found.items() if name not in OF_RAILWAY}


def test_a_reference_is_written_and_rendered(
    railway: Callable[..., Any], staging: RailwayEnvironment, web: RailwayService
) -> None:
    """Of shared variables and of other services; one that leads nowhere is empty, and no error."""
    staging.shared["KEY"] = "shared value"
    staging.service("Postgres").variables["URL"] = "postgres://${{shared.KEY}}"
    web.variables.update(A="${{shared.KEY}}", B="${{ Postgres.URL }}", C="${{shared.TYPO}}")
    assert values(railway, web, View.RENDERED) == {
        "A": "shared value",
        "B": "postgres://shared value",
        "C": "",
    }
    assert values(railway, web, View.UNRENDERED) == web.variables
    assert values(railway, web, View.SHARED) == {"KEY": "shared value"}


def test_references_in_a_circle_end(
    railway: Callable[..., Any], staging: RailwayEnvironment, web: RailwayService
) -> None:
    """Nobody waits for ever; without `unrendered` the shared ones are rendered, too."""
    staging.shared.update(A="${{shared.B}}", B="x${{shared.A}}")
    _, body = railway(ANY, {"p": staging.project.id, "e": staging.id})
    assert set(body["data"]["variables"]["A"]) == {"x"}


def test_a_sealed_variable_has_a_name_and_no_value(
    railway: Callable[..., Any], staging: RailwayEnvironment, web: RailwayService
) -> None:
    """Only the list of names says that it is sealed."""
    web.variables.update(SEALED=None, OPEN="value")
    staging.shared["SHARED"] = None
    assert values(railway, web, View.RENDERED) == {"SEALED": None, "OPEN": "value"}
    nodes = [
        edge["node"] for edge in ask(railway, web, View.NAMES)["data"]["v0"]["variables"]["edges"]
    ]
    assert nodes == [
        {"name": "SHARED", "isSealed": True, "serviceId": None},
        {"name": "SEALED", "isSealed": True, "serviceId": web.id},
        {"name": "OPEN", "isSealed": False, "serviceId": web.id},
    ]


def test_a_masked_environment_shows_asterisks(
    railway: Callable[..., Any], staging: RailwayEnvironment, web: RailwayService
) -> None:
    """One for all, and null for what is sealed."""
    staging.masked = True
    web.variables.update(SEALED=None, OPEN="value")
    assert values(railway, web, View.UNRENDERED) == {"SEALED": None, "OPEN": "*****"}


@pytest.mark.parametrize("view", [View.RENDERED, View.UNRENDERED])
def test_a_secretive_or_a_deleted_service_is_refused(
    railway: Callable[..., Any], web: RailwayService, view: View
) -> None:
    """In the words for a bad token, and the whole answer is null."""
    web.secretive = True
    for instead in ({}, {"s0": "nobody"}, {"project": "another"}):
        body = ask(railway, web, view, **instead)
        assert body["data"] is None
        assert [error["message"] for error in body["errors"]] == ["Not Authorized"]
        assert body["errors"][0]["path"] == ["v0"]


@pytest.mark.parametrize("view", list(View))
def test_a_restricted_environment_shows_no_variables(
    railway: Callable[..., Any], staging: RailwayEnvironment, web: RailwayService, view: View
) -> None:
    """Neither names nor values."""
    staging.restricted = True
    assert ask(railway, web, view)["data"] is None


def test_shared_variables_are_of_one_project(
    railway: Callable[..., Any], web: RailwayService
) -> None:
    """An environment of another one is refused."""
    assert ask(railway, web, View.SHARED, project="another")["data"] is None
