"""Whom a token of the simulated Railway speaks for, and what is shown to it."""

from datetime import timedelta
from typing import Final

from graphql import GraphQLError

from pipeline_health.frozen import dataclass
from pipeline_health.simulator.executor import Arguments, Value
from pipeline_health.simulator.railway_world import (
    WORKSPACE_ID,
    RailwayEnvironment,
    RailwayProject,
)
from pipeline_health.simulator.timeline import milliseconds
from pipeline_health.simulator.world import World

PERSON: Final = "0b6f3a52-2f0f-4a52-9a51-6d5d3d1f1c44"


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Whom a token speaks for; *project* and *environment* are those of a project token.

    *workspace* is the one that the token of a workspace sees.
    """

    kind: str
    project: str = ""
    environment: str = ""
    workspace: str = ""

    def may_see(self, project: RailwayProject) -> bool:
        """Tell whether the project and the names in it are visible."""
        return self.may_list(project.workspace) or self.project == project.id

    def may_list(self, workspace: str) -> bool:
        """Tell whether what a workspace holds is visible."""
        return self.kind == "account" or (self.kind == "workspace" and self.workspace == workspace)

    def may_enter(self, environment: RailwayEnvironment) -> bool:
        """Tell whether what the environment holds is visible."""
        if environment.restricted:
            return False
        whole = self.may_list(environment.project.workspace)
        return whole or self.environment == environment.id


def caller_of(world: World, *, bearer: str | None, project_token: str | None) -> Caller:
    """Find whom a request speaks for; the wrong header is as good as a bad token."""
    scope = world.railway_tokens.get(project_token or bearer or "", "nobody")
    kind, _, place = scope.partition(":")
    if (kind == "project") != (project_token is not None):
        return Caller(kind="nobody")
    if kind == "workspace":
        return Caller(kind=kind, workspace=place or WORKSPACE_ID)
    project, _, environment = place.partition(":")
    return Caller(kind=kind, project=project, environment=environment)


def person(caller: Caller) -> Value:
    """Write the person behind an account's token; no other token is a person's."""
    if caller.kind != "account":
        raise not_authorized()
    return {"id": PERSON}


def workspace(world: World, caller: Caller, given: Arguments) -> Value:
    """Write a workspace and what is left of its hour."""
    if not caller.may_list(given["workspaceId"]):
        raise not_authorized()
    until = milliseconds(world.now() + timedelta(hours=1))
    limit = {"remainingPoints": world.railway_points, "resetsAt": until}
    return {"id": given["workspaceId"], "apiTokenRateLimit": limit}


def not_authorized() -> GraphQLError:
    """Give the one refusal that Railway has for nearly everything."""
    return GraphQLError("Not Authorized")
