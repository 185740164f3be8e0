"""What there is on Railway for a token: workspaces, projects, and what their environments serve."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TypeAlias

from pipeline_health.clients import documents, listing_documents
from pipeline_health.clients.errors import ClientError, UnexpectedShapeError
from pipeline_health.clients.json import Json
from pipeline_health.clients.pieces import Piece
from pipeline_health.clients.railway_access import Access, FoundProject
from pipeline_health.clients.railway_asking import Asking
from pipeline_health.clients.railway_errors import error_of, require_token
from pipeline_health.clients.railway_facts import Page, page_of, pages, project_of
from pipeline_health.clients.railway_pieces import better_halved, in_pieces
from pipeline_health.core.model.ids import as_repo
from pipeline_health.core.model.portfolio import OfferedService
from pipeline_health.frozen import dataclass

PAGE = 50
PROJECT_PAGES = 40
BATCH = 20

Served: TypeAlias = tuple[OfferedService, ...] | ClientError
"""The services of an environment, or why they could not be read."""


@dataclass(frozen=True, slots=True)
class Listing:
    """Lists by way of *asking*; reads only."""

    asking: Asking

    def workspaces(self, access: Access) -> tuple[str, ...]:
        """Give the ids of the workspaces of an account's or a workspace's token.

        Raises TokenRefusedError when it is none.
        """
        result = self.asking.ask(access, documents.RAILWAY_SCOPE, {})
        require_token(result)
        return tuple(node.text("id") for node in result.data.items("apiToken", "workspaces"))

    def projects(self, access: Access, workspace: str) -> tuple[FoundProject, ...]:
        """Give the projects of a workspace with their lasting environments, or raise: all of them.

        A list that does not end within PROJECT_PAGES is an error.
        """

        def fetch(after: str | None) -> Page[FoundProject | None]:
            variables = {"workspaceId": workspace, "first": PAGE, "after": after}
            result = self.asking.demand(access, listing_documents.RAILWAY_PROJECTS_PAGE, variables)
            return page_of(result.data.at("projects"), _project)

        read = tuple(pages(fetch(None), fetch, cap=PROJECT_PAGES - 1))
        if read[-1].more:
            msg = f"Railway's list of projects did not end within {len(read)} pages"
            raise UnexpectedShapeError(msg)
        return tuple(one for page in read for one in page.items if one is not None)

    def served(self, access: Access, environment_ids: Sequence[str]) -> Mapping[str, Served]:
        """Give what each environment serves, BATCH in a request.

        Raises TokenRefusedError when the token is no use at all.
        """
        return in_pieces(environment_ids, partial(self._served, access), size=BATCH)

    def _served(self, access: Access, piece: Piece[str]) -> dict[str, Served]:
        """Settle what one request can: what was read, and the aliases that it names as failing."""
        aliases = {f"e{at}": id_ for at, id_ in enumerate(piece.things)}
        document = listing_documents.railway_served(len(aliases))
        result = self.asking.ask(
            access, document, aliases, patient=not piece.again, not_after=better_halved(piece)
        )
        named = {problem.alias: error_of(problem) for problem in result.problems}
        settled: dict[str, Served] = {
            id_: named[alias] for alias, id_ in aliases.items() if alias in named
        }
        if named and not settled:  # nothing says which of them it was
            raise next(iter(named.values()))
        for alias, id_ in aliases.items() if not named else ():
            settled[id_] = _services(result.data.at(alias))
        return settled


def _project(node: Json) -> FoundProject | None:
    """Read a project; None for one that was deleted."""
    return project_of(node) if node.at("deletedAt").missing else None


def _services(node: Json) -> Served:
    try:
        page = page_of(node.at("serviceInstances"), _service)
    except UnexpectedShapeError as exc:
        return exc
    if page.more:
        return UnexpectedShapeError(f"it has more than {len(page.items)} services")
    return tuple(one for one in page.items if one is not None)


def _service(node: Json) -> OfferedService | None:
    if not node.at("deletedAt").missing:
        return None
    own, given = ("domains", "customDomains"), ("domains", "serviceDomains")
    domains = (it.text("domain") for place in (own, given) for it in node.items(*place))
    return OfferedService(
        id=node.text("serviceId"),
        name=node.text("serviceName"),
        repo=as_repo(node.maybe_text("source", "repo")),
        domains=tuple(dict.fromkeys(domains)),
    )
