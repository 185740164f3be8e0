"""The variables of the simulated Railway: sealed, masked, shared, and referring to each other."""

import re
from collections.abc import Mapping

from graphql import GraphQLError

from pipeline_health.simulator.executor import Arguments, Value, edges
from pipeline_health.simulator.railway_world import RailwayEnvironment, RailwayService

MASK = "*****"
_REFERENCE = re.compile(r"\$\{\{\s*([^.}\s]+)\.([^}\s]+)\s*\}\}")


def named_variables(environment: RailwayEnvironment, given: Arguments) -> Value:
    """List the names of all variables, without any value."""
    held: list[tuple[str | None, str, str | None]] = [
        (None, name, value) for name, value in environment.shared.items()
    ]
    for service in environment.services.values():
        held += [(service.id, name, value) for name, value in service.variables.items()]
    return edges(
        held,
        lambda one: {"serviceId": one[0], "name": one[1], "isSealed": one[2] is None},
        given,
    )


def variables(environment: RailwayEnvironment, given: Arguments) -> Value:
    """Give those of one service, or the shared ones, with their references resolved or not."""
    if given.get("serviceId") is None:
        _check_project(environment, given)
        own: Mapping[str, str | None] = environment.shared
    else:
        own = _own(environment, given)
    return _written(environment, own, resolve=not given.get("unrendered"))


def deployed_variables(environment: RailwayEnvironment, given: Arguments) -> Value:
    """Give the variables of one service as a deployment of it would see them."""
    return _written(environment, _own(environment, given), resolve=True)


def _own(environment: RailwayEnvironment, given: Arguments) -> Mapping[str, str | None]:
    """Give what a service has, beside what Railway adds; a deleted one reads like a bad token."""
    _check_project(environment, given)
    services = environment.services.values()
    found = next((service for service in services if service.id == given["serviceId"]), None)
    if found is None or found.secretive:
        raise _not_authorized()
    return {**found.variables, **_of_railway(found)}


def _check_project(environment: RailwayEnvironment, given: Arguments) -> None:
    if environment.project.id != given["projectId"]:
        raise _not_authorized()


def _not_authorized() -> GraphQLError:
    return GraphQLError("Not Authorized")


def _written(
    environment: RailwayEnvironment, own: Mapping[str, str | None], *, resolve: bool
) -> Value:
    """Write values: asterisks in a masked environment, null for a sealed one.

    A reference that leads nowhere is empty, and no error.
    """

    def shown(value: str | None) -> str | None:
        if value is None:
            return None
        if environment.masked:
            return MASK
        return _resolved(environment, value) if resolve else value

    return {name: shown(value) for name, value in own.items()}


def _of_railway(service: RailwayService) -> dict[str, str]:
    project = service.environment.project
    return {
        "RAILWAY_ENVIRONMENT_NAME": service.environment.name,
        "RAILWAY_PROJECT_ID": project.id,
        "RAILWAY_SERVICE_NAME": service.name,
    }


def _resolved(environment: RailwayEnvironment, value: str, *, depth: int = 5) -> str:
    def resolve(found: re.Match[str]) -> str:
        service = environment.services.get(found[1])
        holder = environment.shared if found[1] == "shared" else service and service.variables
        there = (holder or {}).get(found[2]) or ""
        return _resolved(environment, there, depth=depth - 1) if depth else ""

    return _REFERENCE.sub(resolve, value)
