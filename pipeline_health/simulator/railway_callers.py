"""Whom a token of the simulated Railway speaks for, and what is shown to it."""

from dataclasses import dataclass

from pipeline_health.simulator.railway_world import (
    WORKSPACE_ID,
    RailwayEnvironment,
    RailwayProject,
)
from pipeline_health.simulator.world import World


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
