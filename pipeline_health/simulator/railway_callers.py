"""Whom a token of the simulated Railway speaks for, and what that one may see."""

from dataclasses import dataclass
from datetime import timedelta

from graphql import GraphQLError

from pipeline_health.simulator.executor import Arguments, Value
from pipeline_health.simulator.railway_world import RailwayEnvironment, RailwayProject
from pipeline_health.simulator.timeline import milliseconds
from pipeline_health.simulator.world import World

WORKSPACE = {"id": "5d1a9a43-7d6f-4c0e-9d6c-2f6a1d0a7b11", "name": "The workspace"}
PERSON = "0b6f3a52-2f0f-4a52-9a51-6d5d3d1f1c44"


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Whom a token speaks for; *project* and *environment* are those of a project token."""

    kind: str
    project: str = ""
    environment: str = ""

    def may_see(self, project: RailwayProject) -> bool:
        """Tell whether the project and the names in it are visible."""
        return self.kind in ("account", "workspace") or self.project == project.id

    def may_enter(self, environment: RailwayEnvironment) -> bool:
        """Tell whether what the environment holds is visible."""
        if environment.restricted:
            return False
        whole = self.kind in ("account", "workspace")
        return whole or self.environment == environment.id


def caller_of(world: World, *, bearer: str | None, project_token: str | None) -> Caller:
    """Find whom a request speaks for; the wrong header is as good as a bad token."""
    scope = world.railway_tokens.get(project_token or bearer or "", "nobody")
    kind, _, place = scope.partition(":")
    if (kind == "project") != (project_token is not None):
        return Caller(kind="nobody")
    project, _, environment = place.partition(":")
    return Caller(kind=kind, project=project, environment=environment)


def person(caller: Caller) -> Value:
    """Write the person behind an account's token; no other token is a person's."""
    if caller.kind != "account":
        raise not_authorized()
    return {"id": PERSON}


def workspace(world: World, caller: Caller, given: Arguments) -> Value:
    """Write a workspace and what is left of its hour."""
    if caller.kind not in ("account", "workspace") or given["workspaceId"] != WORKSPACE["id"]:
        raise not_authorized()
    until = milliseconds(world.now() + timedelta(hours=1))
    limit = {"remainingPoints": world.railway_points, "resetsAt": until}
    return {"id": WORKSPACE["id"], "apiTokenRateLimit": limit}


def not_authorized() -> GraphQLError:
    """Give the one refusal that Railway has for nearly everything."""
    return GraphQLError("Not Authorized")
