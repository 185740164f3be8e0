"""Railway over GraphQL: what there is, how it was deployed, and what a deployment left behind.

Reads only, so everything may be sent again. Nothing here knows what is configured or remembered;
that is `sources.railway`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TypeAlias

from pipeline_health.clients import documents
from pipeline_health.clients.batch_sizes import Trial
from pipeline_health.clients.errors import ClientError, NothingThereError, UnexpectedShapeError
from pipeline_health.clients.graphql import Result
from pipeline_health.clients.http import Http
from pipeline_health.clients.pieces import Piece
from pipeline_health.clients.railway_access import Access, FoundProject, HeaderForm, Scope
from pipeline_health.clients.railway_asking import Asking
from pipeline_health.clients.railway_errors import (
    NotAuthorizedError,
    error_of,
    first_error,
    require_token,
)
from pipeline_health.clients.railway_facts import (
    Step,
    lines_of,
    page_of,
    project_of,
    scope_of,
    step_of,
)
from pipeline_health.clients.railway_history import Histories
from pipeline_health.clients.railway_pace import Pace
from pipeline_health.clients.railway_pieces import better_halved, in_pieces
from pipeline_health.clients.railway_whole import whole_environment
from pipeline_health.core.model.railway import Environment
from pipeline_health.core.model.readings import Seen
from pipeline_health.frozen import dataclass
from pipeline_health.ports import Clock, Memory

BATCH = 25
"""So many projects are asked for in one request, at first: with staging and production of each that
is 50 lookups, as many as were seen to pass in one request and to count as one (a public client)."""
MOST_ENVIRONMENTS = 100
"""No cap is known, and none is looked for: each holds 30 deployments, some 50 KB, so that 100 are
5 MB and a thousand projects 20 requests."""
SIDE_BY_SIDE = 4
EVENTS = 50

Looked: TypeAlias = Seen[Environment] | ClientError
"""An environment, or why there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScopedLook:
    """What a project token sees, beside where it belongs."""

    scope: Scope
    looked: Looked


class Railway:
    """Asks Railway, as whoever each call says, and counts what was answered.

    *at_once* is how many requests may be under way; of a look never more than SIDE_BY_SIDE are.
    """

    def __init__(
        self, http: Http, *, api: str, clock: Clock, memory: Memory, at_once: int = 1
    ) -> None:
        self._at_once = min(at_once, SIDE_BY_SIDE)
        pace = Pace(clock) if at_once > 1 else None
        self._asking = Asking(http, api=api, clock=clock, memory=memory, pace=pace)
        self.histories = Histories(self._asking)

    @property
    def asking(self) -> Asking:
        """Sends what other modules ask, and counts it here."""
        return self._asking

    @property
    def requests(self) -> int:
        """How many requests were answered so far, errors and repeats among them."""
        return self._asking.answered

    def prove(self, access: Access) -> None:
        """Ask who we are, and raise TokenRefusedError when Railway will not have the token."""
        if access.form is HeaderForm.PROJECT:
            self.scope(access)
            return
        result = self._asking.ask(access, documents.RAILWAY_SCOPE, {})
        require_token(result)

    def scope(self, access: Access) -> Scope:
        """Tell where a project token belongs; TokenRefusedError when it is none."""
        result = self._asking.ask(access, documents.RAILWAY_PROJECT_SCOPE, {})
        require_token(result)
        return scope_of(result.data.at("projectToken"))

    def find(
        self, access: Access, project_ids: Sequence[str]
    ) -> Mapping[str, FoundProject | ClientError]:
        """Find projects by id, with their environments; NothingThereError for one that is not seen.

        Raises TokenRefusedError when the token is no use at all.
        """
        ids = tuple(dict.fromkeys(project_ids))
        return in_pieces(ids, partial(self._find, access), size=BATCH, at_once=self._at_once)

    def look(
        self,
        access: Access,
        environment_ids: Sequence[str],
        *,
        batch: int = BATCH,
        trial: Trial | None = None,
        doubtful: set[str] | None = None,
    ) -> Mapping[str, Looked]:
        """Look at environments by id, at most *batch* in a request; *trial* notes how that went.

        What may be why a batch failed is added to *doubtful* where there was no time to find out.

        Raises TokenRefusedError when the token is no use at all.
        """
        ids = tuple(dict.fromkeys(environment_ids))
        fetch = partial(self._look, access)
        return in_pieces(
            ids, fetch, size=batch, at_once=self._at_once, trial=trial, doubtful=doubtful
        )

    def look_again(
        self, access: Access, environment_ids: Sequence[str], *, batch: int
    ) -> Mapping[str, Looked]:
        """Look as `look` does, with no patience: it is for what was not answered for before."""

        def fetch(piece: Piece[str]) -> dict[str, Looked]:
            return self._look(access, replace(piece, again=True))

        return in_pieces(environment_ids, fetch, size=batch, at_once=self._at_once)

    def look_with_scope(self, access: Access, environment_id: str) -> ScopedLook:
        """Look at one environment by a project token, and tell where that token belongs.

        To a project token the deployments of another environment are an empty list, no error; only
        its scope tells (recorded live probe, 2026-07). Raises TokenRefusedError as `look` does.
        """
        document = documents.railway_look(1, project_token=True)
        result = self._asking.ask(access, document, {"e0": environment_id})
        error = first_error(result)
        if error is None:
            return ScopedLook(
                scope=scope_of(result.data.at("projectToken")),
                looked=self._whole(access, result, "e0"),
            )
        if isinstance(error, NotAuthorizedError | NothingThereError):
            return ScopedLook(scope=self.scope(access), looked=error)
        raise error

    def steps(self, access: Access, deployment_id: str) -> tuple[Step, ...]:
        """Give the steps of a deployment, each with its error; none where Railway knows of none."""
        variables = {"id": deployment_id, "first": EVENTS}
        result = self._asking.seek(access, documents.RAILWAY_EVENTS, variables)
        if result is None:
            return ()
        return page_of(result.data.at("deploymentEvents"), step_of).items

    def build_log(self, access: Access, deployment_id: str, *, limit: int) -> tuple[str, ...]:
        """Give the end of the build log; none where nothing was built."""
        variables = {"id": deployment_id, "limit": limit}
        result = self._asking.seek(access, documents.RAILWAY_BUILD_LOG, variables)
        return () if result is None else lines_of(result.data.at("buildLogs"), limit=limit)

    def deploy_log(self, access: Access, deployment_id: str, *, limit: int) -> tuple[str, ...]:
        """Give the end of what the deployment itself wrote."""
        variables = {"id": deployment_id, "limit": limit}
        result = self._asking.seek(access, documents.RAILWAY_DEPLOY_LOG, variables)
        return () if result is None else lines_of(result.data.at("deploymentLogs"), limit=limit)

    # -- finding and looking -----------------------------------------------------------------

    def _find(self, access: Access, piece: Piece[str]) -> dict[str, FoundProject | ClientError]:
        result = self._asking.ask(
            access,
            documents.RAILWAY_FIND,
            {"ids": list(piece.things)},
            patient=not piece.again,
            not_after=better_halved(piece),
        )
        error = first_error(result)
        if error is not None:
            if isinstance(error, NotAuthorizedError):
                self.prove(access)
            raise error
        found = {found.id: found for found in map(project_of, result.data.items("projectsByIds"))}
        msg = "the token does not see this project"  # such ids are skipped, without an error
        return {id_: found.get(id_) or NothingThereError(msg) for id_ in piece.things}

    def _look(self, access: Access, piece: Piece[str]) -> dict[str, Looked]:
        """Settle what one request can: what was seen, and the aliases that it names as failing."""
        aliases = {f"e{at}": id_ for at, id_ in enumerate(piece.things)}
        document = documents.railway_look(len(aliases))
        result = self._asking.ask(
            access, document, aliases, patient=not piece.again, not_after=better_halved(piece)
        )
        named = {problem.alias: error_of(problem) for problem in reversed(result.problems)}
        if any(isinstance(error, NotAuthorizedError) for error in named.values()):
            self.prove(access)
        unplaced = next((error for alias, error in named.items() if alias not in aliases), None)
        if unplaced is not None:
            raise unplaced
        settled: dict[str, Looked] = {}
        for alias, id_ in aliases.items():
            if alias in named:
                settled[id_] = named[alias]
            elif not result.data.at(alias).missing:
                settled[id_] = self._whole(access, result, alias)
        if not settled:
            msg = "Railway answered with neither an environment nor an error"
            raise UnexpectedShapeError(msg)
        return settled

    def _whole(self, access: Access, result: Result, alias: str) -> Looked:
        """Read the environment under *alias*, and the further pages of its lists."""
        try:
            environment = whole_environment(
                result.data.at(alias), partial(self._asking.demand, access)
            )
        except ClientError as exc:
            return exc
        return Seen(at=result.at, value=environment)
