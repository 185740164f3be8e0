"""Railway as `doctor` asks it: what each token is, and what is in the environments."""

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from functools import partial
from typing import TypeAlias

from pipeline_health.clients import documents
from pipeline_health.clients import survey_documents as surveys
from pipeline_health.clients.errors import ClientError, UnexpectedShapeError
from pipeline_health.clients.json import Json
from pipeline_health.clients.pieces import Piece
from pipeline_health.clients.railway import BATCH, Railway
from pipeline_health.clients.railway_access import Access, HeaderForm
from pipeline_health.clients.railway_errors import (
    TokenRefusedError,
    error_of,
    require_token,
)
from pipeline_health.clients.railway_facts import Page, page_of, scope_of
from pipeline_health.clients.railway_pieces import better_halved, in_pieces
from pipeline_health.core.model.checkup import (
    Allowance,
    EnvironmentFacts,
    RailwayKind,
    RailwayToken,
    ServiceFacts,
    TokenPlace,
    Unread,
)
from pipeline_health.core.model.ids import RepoName
from pipeline_health.frozen import dataclass
from pipeline_health.secret import NamedSecret

_GITHUBS = re.compile(r"(gh[opsur]|github_pat)_")

Inside: TypeAlias = EnvironmentFacts | ClientError


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A token of which it is known what it is, and under which header it is taken.

    *date* is Railway's own time of its first answer.
    """

    token: RailwayToken
    access: Access | None = None
    date: datetime | None = None


class RailwaySurvey:
    """Asks by way of *railway*; what fails is told, not raised."""

    def __init__(self, railway: Railway) -> None:
        self._railway = railway

    def know(self, named: NamedSecret, *, likely: HeaderForm) -> Known:
        """Tell what a token is: it shows by what Railway answers to it, under either header.

        The *likely* header is tried first.
        """
        variable = named.name
        if _GITHUBS.match(named.secret.reveal()):
            return Known(token=RailwayToken(variable=variable, kind=RailwayKind.FOREIGN))
        ways = {HeaderForm.BEARER: self._wide, HeaderForm.PROJECT: self._single}
        try:
            for form in (likely, likely.other):
                with suppress(TokenRefusedError):
                    return ways[form](variable, Access(secret=named.secret, form=form))
        except ClientError as exc:
            return Known(token=RailwayToken(variable=variable, kind=Unread(str(exc))))
        return Known(token=RailwayToken(variable=variable, kind=RailwayKind.REFUSED))

    def inside(self, access: Access, environment_ids: Sequence[str]) -> Mapping[str, Inside]:
        """Tell which services are in environments, BATCH of them in a request."""
        ids = tuple(dict.fromkeys(environment_ids))
        return in_pieces(ids, partial(self._inside, access), size=BATCH)

    def _wide(self, variable: str, access: Access) -> Known:
        result = self._railway.asking.ask(access, documents.RAILWAY_SCOPE, {})
        require_token(result)
        workspaces = [one.text("id") for one in result.data.items("apiToken", "workspaces")]
        person = self._railway.asking.ask(access, surveys.RAILWAY_ME, {})
        kind = RailwayKind.WORKSPACE if person.problems else RailwayKind.ACCOUNT
        token = RailwayToken(
            variable=variable, kind=kind, allowance=self._allowance(access, workspaces)
        )
        return Known(token=token, access=access, date=result.at)

    def _allowance(self, access: Access, workspaces: Sequence[str]) -> Allowance | None:
        """Tell what is left of the hour, where Railway tells: it does not have to."""
        if not workspaces:
            return None
        try:
            variables = {"id": workspaces[0]}
            result = self._railway.asking.demand(access, surveys.RAILWAY_ALLOWANCE, variables)
            found = result.data.at("workspace", "apiTokenRateLimit")
            if found.missing:
                return None
            return Allowance(
                of="Railway",
                limit=None,
                remaining=found.number("remainingPoints"),
                resets=found.text("resetsAt"),
            )
        except ClientError:
            return None

    def _single(self, variable: str, access: Access) -> Known:
        result = self._railway.asking.ask(access, documents.RAILWAY_PROJECT_SCOPE, {})
        require_token(result)
        scope = scope_of(result.data.at("projectToken"))
        place = TokenPlace(
            project_id=scope.project_id,
            project=scope.project,
            environment_id=scope.environment_id,
            environment=scope.environment,
        )
        token = RailwayToken(variable=variable, kind=RailwayKind.PROJECT, place=place)
        return Known(token=token, access=access, date=result.at)

    def _inside(self, access: Access, piece: Piece[str]) -> dict[str, Inside]:
        aliases = {f"e{at}": id_ for at, id_ in enumerate(piece.things)}
        document = surveys.railway_survey(len(aliases))
        result = self._railway.asking.ask(
            access, document, aliases, patient=not piece.again, not_after=better_halved(piece)
        )
        named = {problem.alias: error_of(problem) for problem in reversed(result.problems)}
        unplaced = next((error for alias, error in named.items() if alias not in aliases), None)
        if unplaced is not None:
            raise unplaced
        settled: dict[str, Inside] = {}
        for alias, id_ in aliases.items():
            if alias in named:
                settled[id_] = named[alias]
            elif not result.data.at(alias).missing:
                settled[id_] = _environment(result.data.at(alias))
        if not settled:
            msg = "Railway answered with neither an environment nor an error"
            raise UnexpectedShapeError(msg)
        return settled


def _environment(node: Json) -> Inside:
    try:
        page: Page[ServiceFacts | None] = page_of(node.at("serviceInstances"), _service)
        if page.more:
            msg = f"{node.text('name')} has more than {len(page.items)} services"
            return ClientError(msg)
        services = tuple(service for service in page.items if service is not None)
        return EnvironmentFacts(id=node.text("id"), name=node.text("name"), services=services)
    except ClientError as exc:
        return exc


def _service(node: Json) -> ServiceFacts | None:
    if not node.at("deletedAt").missing:
        return None
    repo = node.maybe_text("source", "repo")
    domains = node.at("domains")
    return ServiceFacts(
        name=node.text("serviceName"),
        repo=RepoName(repo) if repo else None,
        domains=frozenset(
            one.text("domain")
            for kind in ("serviceDomains", "customDomains")
            for one in domains.items(kind)
        ),
    )
