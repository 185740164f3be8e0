"""Railway's GraphQL service over a world: who may see what, and how it says no.

Source of the behaviours: docs.railway.com, its published schema, and probes of the live service.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

from graphql import ExecutionResult, GraphQLError

from pipeline_health.simulator.executor import Arguments, Executor, Value, edges
from pipeline_health.simulator.railway_callers import (
    Caller,
    not_authorized,
    person,
    workspace,
)
from pipeline_health.simulator.railway_schema import RAILWAY_SDL
from pipeline_health.simulator.railway_values import (
    deployment_page,
    environment_deployments,
    event_value,
    instance_value,
    log_lines,
)
from pipeline_health.simulator.railway_variables import (
    deployed_variables,
    named_variables,
    variables,
)
from pipeline_health.simulator.railway_world import (
    WORKSPACE_ID,
    RailwayDeployment,
    RailwayEnvironment,
    RailwayProject,
    RailwayService,
)
from pipeline_health.simulator.timeline import milliseconds
from pipeline_health.simulator.world import Refusal, World

NEVER_BUILT = frozenset({"INITIALIZING", "QUEUED", "WAITING", "NEEDS_APPROVAL", "SKIPPED"})


@cache
def railway_executor() -> Executor:
    """Give the executor of Railway's schema; it is built once."""
    return Executor(RAILWAY_SDL)


def answer_railway(world: World, caller: Caller, payload: Mapping[str, Any]) -> tuple[int, Value]:
    """Answer a document for *caller*: the HTTP status and the body."""
    document, variables = str(payload.get("query") or ""), payload.get("variables") or {}
    checked = railway_executor().check(document)
    if checked.tree is None:
        return _refused(world, document, checked.problems, code="GRAPHQL_PARSE_FAILED")
    if checked.problems:
        return _refused(world, document, checked.problems, code="GRAPHQL_VALIDATION_FAILED")
    view = View(world, caller)
    result = railway_executor().execute(checked.tree, variables, view.root())
    return _answered(world, document, result)


def _answered(world: World, document: str, result: ExecutionResult) -> tuple[int, Value]:
    errors = result.errors or []
    if any(error.path is None for error in errors):
        return _refused(world, document, errors, code="BAD_USER_INPUT")
    told = {"errors": [failure(error.message, error.path) for error in errors]} if errors else {}
    return 200, {**told, "data": result.data}


def _refused(
    world: World, document: str, problems: Sequence[GraphQLError], *, code: str
) -> tuple[int, Value]:
    said = tuple(problem.message for problem in problems)
    world.refusals.append(Refusal(host="railway", asked=document, problems=said))
    return 400, {"errors": [{"message": message, "extensions": {"code": code}} for message in said]}


def failure(message: str, path: Sequence[str | int] | None) -> Value:
    """Write an error as Railway does: one code for nearly everything, and a trace id."""
    return {
        "message": message,
        "path": list(path or ()),
        "extensions": {"code": "INTERNAL_SERVER_ERROR"},
        "traceId": "1234567890",
    }


class View:
    """Gives values for the executor on behalf of *caller*."""

    def __init__(self, world: World, caller: Caller) -> None:
        self._world = world
        self._caller = caller

    def root(self) -> Value:
        """Give the root value of a query or a mutation."""
        return {
            "me": lambda _: person(self._caller),
            "workspace": lambda given: workspace(self._world, self._caller, given),
            "apiToken": self._api_token,
            "projectToken": self._project_token,
            "projectsByIds": self._projects,
            "projects": self._listed,
            "environment": lambda given: self._environment(self._entered(given["id"])),
            "deployments": self._deployments,
            "variables": lambda given: variables(self._entered(given["environmentId"]), given),
            "variablesForServiceDeployment": lambda given: deployed_variables(
                self._entered(given["environmentId"]), given
            ),
            "buildLogs": self._build_logs,
            "deploymentLogs": self._deploy_logs,
            "deploymentEvents": self._events,
            "serviceInstanceDeployV2": self._deploy_commit,
        }

    # -- scope -----------------------------------------------------------------------------

    def _api_token(self, _: Arguments) -> Value:
        if self._caller.kind not in ("account", "workspace"):
            raise not_authorized()
        every = {WORKSPACE_ID, *(project.workspace for project in self._world.projects.values())}
        seen = sorted(workspace for workspace in every if self._caller.may_list(workspace))
        return {"workspaces": [{"id": one, "name": f"Workspace {one[:4]}"} for one in seen]}

    def _project_token(self, _: Arguments) -> Value:
        if self._caller.kind != "project":
            raise not_authorized()
        environment = self._entered(self._caller.environment)
        return {
            "projectId": self._caller.project,
            "environmentId": self._caller.environment,
            "project": self._project(environment.project),
            "environment": self._environment(environment),
        }

    def _entered(self, environment_id: str) -> RailwayEnvironment:
        found = self._world.find_environment(environment_id)
        if found is None or not self._caller.may_enter(found):
            raise not_authorized()
        return found

    # -- projects --------------------------------------------------------------------------

    def _projects(self, given: Arguments) -> list[Value]:
        """Give the projects with these ids; those that the caller may not see are left out."""
        if self._caller.kind == "nobody":
            raise not_authorized()
        by_id = {project.id: project for project in self._world.projects.values()}
        found = (by_id[one] for one in given["ids"] if one in by_id)
        return [self._project(project) for project in found if self._caller.may_see(project)]

    def _listed(self, given: Arguments) -> Value:
        """List the projects of one workspace, which must be named: an account's token has many."""
        workspace = given.get("workspaceId") or ""
        if not self._caller.may_list(workspace) or not workspace:
            raise not_authorized()
        found = [
            project
            for project in self._world.projects.values()
            if project.workspace == workspace and project.deleted_at is None
        ]
        return edges(found, self._project, given)

    def _project(self, project: RailwayProject) -> Value:
        def environments(given: Arguments) -> Value:
            wanted = given.get("isEphemeral")
            found = [
                environment
                for environment in project.environments.values()
                if wanted is None or environment.ephemeral == wanted
            ]
            return edges(found, self._environment, given)

        return {
            "id": project.id,
            "name": project.name,
            "deletedAt": milliseconds(project.deleted_at),
            "environments": environments,
        }

    def _environment(self, environment: RailwayEnvironment) -> Value:
        return {
            "id": environment.id,
            "name": environment.name,
            "projectId": environment.project.id,
            "canAccess": self._caller.may_enter(environment),
            "deletedAt": milliseconds(environment.deleted_at),
            "serviceInstances": self._inside(environment, _instances),
            "deployments": self._inside(environment, environment_deployments),
            "variables": self._inside(environment, named_variables),
        }

    def _inside(
        self,
        environment: RailwayEnvironment,
        make: Callable[[RailwayEnvironment, Arguments], Value],
    ) -> Callable[[Arguments], Value]:
        def resolve(given: Arguments) -> Value:
            if not self._caller.may_enter(environment):
                raise not_authorized()
            return make(environment, given)

        return resolve

    # -- deployments -----------------------------------------------------------------------

    def _services(self) -> list[RailwayService]:
        return [
            service
            for project in self._world.projects.values()
            for environment in project.environments.values()
            if self._caller.may_enter(environment)
            for service in environment.services.values()
        ]

    def _deployments(self, given: Arguments) -> Value:
        """List deployments; what the caller may not enter is missing, and nothing says so."""
        if self._caller.kind == "nobody":
            raise not_authorized()
        wanted = given["input"]
        return deployment_page(
            (
                (service, deployment)
                for service in self._services()
                if _is_wanted(service, wanted)
                for deployment in service.newest_first
                if _has_wanted_status(deployment, wanted.get("status") or {})
            ),
            given,
        )

    def _found(self, deployment_id: str) -> RailwayDeployment:
        if self._caller.kind == "nobody":
            raise not_authorized()
        everything = (one for service in self._services() for one in service.deployments)
        found = next((one for one in everything if one.id == deployment_id), None)
        if found is None:
            raise not_authorized()
        return found

    def _deploy_commit(self, given: Arguments) -> str:
        """Begin to deploy a commit that the repository has; a short id is not found."""
        environment = self._entered(given["environmentId"])
        found = (one for one in environment.services.values() if one.id == given["serviceId"])
        service = next(found, None)
        if service is None:
            msg = "ServiceInstance not found"
            raise GraphQLError(msg)
        commit = given.get("commitSha")
        if service.repo is None or commit not in service.repo.commits:
            msg = "Commit not found"
            raise GraphQLError(msg)
        return service.deploy(service.accepts_as, commit=commit).id

    def _build_logs(self, given: Arguments) -> list[Value]:
        deployment = self._found(given["deploymentId"])
        if deployment.status in NEVER_BUILT:
            msg = "Deployment does not have an associated build"
            raise GraphQLError(msg)
        return log_lines(deployment, deployment.build_log, given.get("limit"))

    def _deploy_logs(self, given: Arguments) -> list[Value]:
        deployment = self._found(given["deploymentId"])
        return log_lines(deployment, deployment.deploy_log, given.get("limit"))

    def _events(self, given: Arguments) -> Value:
        deployment = self._found(given["id"])
        return edges(deployment.events, lambda event: event_value(deployment, event), given)


def _instances(environment: RailwayEnvironment, given: Arguments) -> Value:
    return edges(list(environment.services.values()), instance_value, given)


def _is_wanted(service: RailwayService, wanted: Arguments) -> bool:
    environment = service.environment
    return (
        wanted.get("projectId") in (None, environment.project.id)
        and wanted.get("environmentId") in (None, environment.id)
        and wanted.get("serviceId") in (None, service.id)
    )


def _has_wanted_status(deployment: RailwayDeployment, wanted: Arguments) -> bool:
    only, never = wanted.get("in"), wanted.get("notIn") or ()
    return (only is None or deployment.status in only) and deployment.status not in never
