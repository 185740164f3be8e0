"""The deployments of single services, page by page, beside what their environment serves now.

To a project token of another environment a list of deployments is empty and no error, and a server
could widen a filter that it does not know: what comes back is compared with what was asked for.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from pipeline_health.clients import commit_documents, documents
from pipeline_health.clients.errors import UnexpectedShapeError
from pipeline_health.clients.graphql import Result
from pipeline_health.clients.json import Json
from pipeline_health.clients.railway_access import Access, HeaderForm, Scope
from pipeline_health.clients.railway_asking import Asking
from pipeline_health.clients.railway_errors import NotAuthorizedError, require_token
from pipeline_health.clients.railway_facts import (
    Instance,
    Page,
    deployment_of,
    instance_of,
    page_of,
    pages,
    scope_of,
    serving,
    union,
)
from pipeline_health.clients.railway_whole import instances_of, oldest_of
from pipeline_health.core.model.railway import Deployment, Environment, Service
from pipeline_health.core.model.readings import Seen
from pipeline_health.frozen import dataclass

A_PAGE = 100
MOST_PAGES = 5
AT_ONCE = 10
"""The lists of so many services are asked for in one request."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Listed:
    """The deployments of one service as far as they were read; *ended* says that these are all."""

    deployments: tuple[Deployment, ...] = ()
    ended: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """An environment with the history of its services; *scope* is that of a project token."""

    scope: Scope | None
    seen: Seen[Environment]


class Histories:
    """Reads histories over *asking*."""

    def __init__(self, asking: Asking) -> None:
        self._asking = asking

    def of(self, access: Access, environment: Environment, services: Sequence[Service]) -> History:
        """Read *environment* again, and what was ever deployed of *services*.

        Raises ClientError when any part of it cannot be read, TokenRefusedError when the token is
        no use at all.
        """
        ids = tuple(dict.fromkeys(service.id for service in services))
        first, *more = [ids[at : at + AT_ONCE] for at in range(0, len(ids), AT_ONCE)] or [()]
        result = self._ask(access, environment, first)
        lists = dict(self._lists(access, environment, result, first))
        for some in more:
            again = self._ask(access, environment, some)
            lists |= self._lists(access, environment, again, some)
        is_scoped = access.form is HeaderForm.PROJECT
        return History(
            scope=scope_of(result.data.at("projectToken")) if is_scoped else None,
            seen=Seen(at=result.at, value=self._read(access, environment, result, lists)),
        )

    def _ask(self, access: Access, environment: Environment, ids: Sequence[str]) -> Result:
        is_scoped = access.form is HeaderForm.PROJECT
        document = commit_documents.railway_history(len(ids), project_token=is_scoped)
        inputs = {f"s{at}": _input(environment, id_) for at, id_ in enumerate(ids)}
        first = {"first": A_PAGE} if ids else {}
        try:
            return self._asking.demand(access, document, {"id": environment.id, **first, **inputs})
        except NotAuthorizedError:
            self._prove(access)
            raise

    def _prove(self, access: Access) -> None:
        """Raise TokenRefusedError when Railway will not have the token, for whatever it is."""
        is_scoped = access.form is HeaderForm.PROJECT
        own = documents.RAILWAY_PROJECT_SCOPE if is_scoped else documents.RAILWAY_SCOPE
        require_token(self._asking.ask(access, own, {}))

    def _lists(
        self, access: Access, environment: Environment, result: Result, ids: Sequence[str]
    ) -> Iterator[tuple[str, _Listed]]:
        for at, id_ in enumerate(ids):
            yield id_, self._list(access, environment, result.data.at(f"s{at}"), id_)

    def _list(
        self, access: Access, environment: Environment, connection: Json, service_id: str
    ) -> _Listed:
        """Read a list to its end, or as far as MOST_PAGES reach."""
        wanted = _input(environment, service_id)

        def item(node: Json) -> Deployment:
            _require_own(node, wanted)
            return deployment_of(node)

        def fetch(after: str) -> Page[Deployment]:
            variables = {"input": wanted, "first": A_PAGE, "after": after}
            document = commit_documents.RAILWAY_HISTORY_PAGE
            result = self._asking.demand(access, document, variables)
            return page_of(result.data.at("deployments"), item)

        read = tuple(pages(page_of(connection, item), fetch, cap=MOST_PAGES - 1))
        return _Listed(
            deployments=tuple(one for page in read for one in page.items),
            ended=not read[-1].more,
        )

    def _read(
        self,
        access: Access,
        environment: Environment,
        result: Result,
        lists: Mapping[str, _Listed],
    ) -> Environment:
        node = result.data.at("environment")
        again = Environment(
            id=node.text("id"), name=node.text("name"), project_id=node.text("projectId")
        )
        if (again.id, again.project_id) != (environment.id, environment.project_id):
            msg = f"asked Railway for environment {environment.id}, it shows {again.id}"
            raise UnexpectedShapeError(msg)

        def demand(document: str, variables: Mapping[str, object]) -> Result:
            return self._asking.demand(access, document, variables)

        instances = instances_of(node.at("serviceInstances"), again.id, demand, _own_instance)
        return replace(again, services=tuple(_services(instances, lists)))


def _services(instances: Iterable[Instance], lists: Mapping[str, _Listed]) -> Iterator[Service]:
    """Give every service; one whose list was not asked for tells only what is newest and runs."""
    for instance in instances:
        latest = () if instance.latest is None else (instance.latest,)
        known = union(latest, instance.active)
        listed = lists.get(instance.service.id, _Listed())
        deployments = union(known, listed.deployments)
        if listed.deployments and not listed.ended:
            # What lies beyond the gap must not be taken for the newest.
            oldest = oldest_of(listed.deployments)
            deployments = tuple(one for one in deployments if one.created_at >= oldest)
        yield replace(
            instance.service,
            deployments=deployments,
            serving=serving(instance),
            complete=listed.ended and _shows(listed, known),
        )


def _shows(listed: _Listed, known: tuple[Deployment, ...]) -> bool:
    """Tell whether a list has what Railway itself says that there is."""
    return {one.id for one in known} <= {one.id for one in listed.deployments}


def _input(environment: Environment, service_id: str) -> dict[str, str]:
    return {
        "projectId": environment.project_id,
        "environmentId": environment.id,
        "serviceId": service_id,
    }


def _own_instance(node: Json) -> Instance | None:
    """Read a service; what is newest of it and what runs must be of it."""
    wanted = {"serviceId": node.text("serviceId")}
    latest = node.at("latestDeployment")
    for deployment in (*([] if latest.missing else [latest]), *node.items("activeDeployments")):
        _require_own(deployment, wanted)
    return instance_of(node)


def _require_own(node: Json, wanted: Mapping[str, str]) -> None:
    """Raise for a deployment of anything else than what was asked for."""
    for key, expected in wanted.items():
        if node.maybe_text(key) != expected:
            msg = (
                f"asked Railway for deployments with {key} {expected}, "
                f"it shows {node.text('id')} of {node.maybe_text(key)}"
            )
            raise UnexpectedShapeError(msg)
