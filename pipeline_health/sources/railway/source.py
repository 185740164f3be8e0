"""Looks at staging and production on Railway, in as few requests as the tokens allow."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TypeAlias, TypeVar

from pipeline_health.clients.batch_sizes import BatchSize, Trial
from pipeline_health.clients.errors import ClientError, NothingThereError
from pipeline_health.clients.railway import BATCH, MOST_ENVIRONMENTS, Looked, Railway
from pipeline_health.clients.railway_access import Access, HeaderForm
from pipeline_health.clients.railway_errors import NotAuthorizedError, TokenRefusedError
from pipeline_health.core.model.deployed import Deployed
from pipeline_health.core.model.ids import ProjectName
from pipeline_health.core.model.policy import ProjectPolicy
from pipeline_health.core.model.questions import DeployTrace, Evidence
from pipeline_health.core.model.railway import Environment
from pipeline_health.core.model.readings import NotAsked, Part, Reading, Seen
from pipeline_health.core.model.report import Usage
from pipeline_health.ports import Memory, PipelineHealthError
from pipeline_health.secret import NamedSecret
from pipeline_health.sources.railway.answers import Answers
from pipeline_health.sources.railway.blindness import Blindness
from pipeline_health.sources.railway.history import HistoryReader
from pipeline_health.sources.railway.places import Nowhere, Places, Watched
from pipeline_health.sources.railway.sight import crashed, deployments_of, is_elsewhere
from pipeline_health.sources.railway.watching import Tokens, watched_of

IN_DOUBT = "railway-in-doubt"
"""The topic under which it is remembered which environments may be never answered for."""

T = TypeVar("T")
Sight: TypeAlias = dict[Watched, Part[Environment]]


class RailwaySource:
    """The Railway side of every project.

    *tokens* gives the token for the staging of a project, *production* the one for its production,
    None where there is none; *redact* is applied to every text of Railway's before it leaves.
    *batch* is how many projects are asked for in one request, at first.
    """

    def __init__(
        self,
        client: Railway,
        *,
        tokens: Tokens,
        production: Tokens,
        memory: Memory,
        redact: Callable[[str], str],
        batch: int = BATCH,
    ) -> None:
        self._client = client
        self._tokens = tokens
        self._production = production
        self._memory = memory
        self._redact = redact
        self._batch = batch
        self._places = Places(client, memory)
        self._blindness = Blindness(self._places, redact=redact)
        self._histories = HistoryReader(client, self._blindness)
        self._answers = Answers(
            client, memory, under=self._under_either, blindness=self._blindness, redact=redact
        )
        self._crashed: frozenset[str] = frozenset()
        self._seen_as: dict[str, NamedSecret] = {}

    def look(
        self, projects: Sequence[ProjectPolicy], *, now: datetime
    ) -> Mapping[ProjectName, Deployed]:
        """Look at both environments of every project that names a Railway project."""
        wanted = {
            watched: token
            for policy in projects
            if policy.railway_project is not None
            for watched, token in watched_of(
                policy, policy.railway_project, self._tokens, self._production
            )
        }
        sight = self._sight(wanted, now=now)
        self._crashed = crashed(sight.values())
        self._seen_as = {
            deployment.id: token
            for watched, token in wanted.items()
            if token is not None
            for deployment in deployments_of(sight[watched])
        }
        parts = {(one.name, one.key): part for one, part in sight.items()}
        return {
            policy.name: Deployed(
                staging=parts.get((policy.name, "staging_environment"), NotAsked()),
                production=parts.get((policy.name, "production_environment"), NotAsked()),
            )
            for policy in projects
        }

    def evidence(self, trace: DeployTrace, *, now: datetime) -> Reading[Evidence]:
        """Read what a failing deployment left behind; what is complete is read once."""
        token = self._seen_as.get(trace.deployment_id) or self._tokens(trace.project)
        crashed = trace.deployment_id in self._crashed
        return self._answers.evidence(trace, token, crashed=crashed, now=now)

    def history(
        self, project: ProjectPolicy, environment: Environment, *, now: datetime
    ) -> Reading[Environment]:
        """Read the staging *environment* again, with the deployments of every watched service.

        A service of which they were not all read, or not asked for, says so (`complete`).
        """
        token = self._tokens(project.name)
        if token is None:
            return self._blindness.without_token(project.name, at=now)
        return self._histories.read(
            project,
            environment,
            token,
            lambda act: self._under_either(token, act, now=now),
            now=now,
        )

    def usage(self) -> Usage:
        """Tell how many requests Railway answered so far."""
        return Usage(requests=self._client.requests)

    # -- looking -----------------------------------------------------------------------------

    def _sight(self, wanted: Mapping[Watched, NamedSecret | None], *, now: datetime) -> Sight:
        by_token: dict[NamedSecret, list[Watched]] = defaultdict(list)
        sight: Sight = {}
        for watched, token in wanted.items():
            if token is None:
                sight[watched] = self._blindness.without_token(watched.name, at=now)
            else:
                by_token[token].append(watched)
        for group in by_token.values():
            group.sort(key=lambda watched: watched.is_production)
        for token, group in by_token.items():
            sight |= self._look_as(token, group, now=now)
        return sight

    def _look_as(self, token: NamedSecret, group: Sequence[Watched], *, now: datetime) -> Sight:
        def look_under(access: Access) -> Sight:
            if access.form is HeaderForm.PROJECT:
                return {
                    watched: self._look_by_project(access, token, watched, now=now)
                    for watched in group
                }
            return self._look_by_account(access, token, group, now=now)

        try:
            return self._under_either(token, look_under, now=now)
        except TokenRefusedError:
            return {one: self._blindness.refused(token, one, at=now) for one in group}
        except PipelineHealthError as exc:
            return {one: self._blindness.unread(token, one, exc=exc, at=now) for one in group}

    def _under_either(self, token: NamedSecret, act: Callable[[Access], T], *, now: datetime) -> T:
        """Do *act* under the header that worked last, and under the other when that is refused."""
        remembered = self._memory.recall("railway-header", token.name)
        form = HeaderForm.PROJECT if remembered == HeaderForm.PROJECT else HeaderForm.BEARER
        try:
            return act(Access(secret=token.secret, form=form))
        except TokenRefusedError:
            done = act(Access(secret=token.secret, form=form.other))
        self._memory.remember("railway-header", token.name, form.other, now=now)
        return done

    def _look_by_account(
        self, access: Access, token: NamedSecret, group: Sequence[Watched], *, now: datetime
    ) -> Sight:
        """Look in batches; a remembered id that leads nowhere is looked up again, once."""
        remembered = {watched for watched in group if self._places.recall(watched) is not None}
        sight, lost = self._look_once(access, token, group, now=now)
        again = [watched for watched in lost if watched in remembered]
        for watched in again:
            self._places.forget(watched)
        if again:
            sight |= self._look_once(access, token, again, now=now)[0]
        return sight

    def _look_once(
        self, access: Access, token: NamedSecret, group: Sequence[Watched], *, now: datetime
    ) -> tuple[Sight, list[Watched]]:
        """Give what was seen, and whose environment was not where it was expected."""
        places = self._places_of(access, token, group, now=now)
        ids = [place for place in places.values() if isinstance(place, str)]
        looked = self._looked(access, token, ids, now=now) if ids else {}
        sight: Sight = {}
        lost = []
        for watched, place in places.items():
            if isinstance(place, Nowhere):
                sight[watched] = self._unfound(token, watched, place, now=now)
                continue
            sight[watched] = self._reading(looked[place], token, watched, now=now)
            if is_elsewhere(looked[place], watched):
                lost.append(watched)
        return sight, lost

    def _looked(
        self, access: Access, token: NamedSecret, ids: Sequence[str], *, now: datetime
    ) -> Mapping[str, Looked]:
        """Look at environments, as many in a request as this token is known to be answered for.

        What an earlier look left in doubt comes last, and goes on to be halved: the search for what
        is never answered may take more time than a look has, and all others would wait for it.
        """
        size, trial, doubtful = self._size(token), Trial(), set[str]()
        last = [id_ for id_ in dict.fromkeys(ids) if self._memory.recall(IN_DOUBT, id_)]
        others = [id_ for id_ in ids if id_ not in last]
        looked = dict(
            self._client.look(access, others, batch=size.size(), trial=trial, doubtful=doubtful)
        )
        size.learn(trial.outcome(), now=now)
        for id_, found in self._client.look_again(access, last, batch=len(last) // 2 or 1).items():
            looked[id_] = found
            if isinstance(found, Seen) or not found.retryable:
                self._memory.forget(IN_DOUBT, id_)
        outage = not any(isinstance(found, Seen) for found in looked.values())
        for id_ in () if outage else sorted(doubtful):
            self._memory.remember(IN_DOUBT, id_, now.isoformat(), now=now)
        return looked

    def _size(self, token: NamedSecret) -> BatchSize:
        account = f"Railway, {token.name}"
        start = 2 * self._batch  # staging and production
        return BatchSize(self._memory, account, start=start, most=MOST_ENVIRONMENTS)

    def _places_of(
        self, access: Access, token: NamedSecret, group: Sequence[Watched], *, now: datetime
    ) -> Mapping[Watched, str | Nowhere]:
        known = {watched: self._places.recall(watched) for watched in group}
        unknown = [watched for watched, place in known.items() if place is None]
        found = self._places.find(access, token.name, unknown, now=now)
        return {watched: place or found[watched] for watched, place in known.items()}

    def _unfound(
        self, token: NamedSecret, watched: Watched, place: Nowhere, *, now: datetime
    ) -> Part[Environment]:
        """Say that there is nothing to see, which is no blindness where nobody said there was."""
        if place.certain and not watched.named:
            return NotAsked(self._redact(place.why))
        return self._blindness.nowhere(token, place, at=now)

    def _look_by_project(
        self, access: Access, token: NamedSecret, watched: Watched, *, now: datetime
    ) -> Part[Environment]:
        """Look with a project token, which sees one environment and must be the one that is meant.

        Production is not asked for with the one of staging: a project token sees one of the two.

        Anywhere else it would see an empty list of deployments and no error, so its scope is read
        with every look.
        """
        if watched.borrowed:
            return NotAsked(f"{token.name} is a project token, which sees staging only")
        try:
            return self._look_scoped(access, token, watched, now=now)
        except TokenRefusedError:
            raise
        except ClientError as exc:
            return self._blindness.unread(token, watched, exc=exc, at=now)

    def _look_scoped(
        self, access: Access, token: NamedSecret, watched: Watched, *, now: datetime
    ) -> Reading[Environment]:
        place = self._places.recall(watched)
        if place is None:
            place = self._client.scope(access).environment_id
        look = self._client.look_with_scope(access, place)
        scope = look.scope
        if scope.project_id != watched.project_id or not watched.is_at(
            scope.environment_id, scope.environment
        ):
            return self._blindness.misplaced(token, watched, scope=scope, at=now)
        if scope.environment_id != place:
            look = self._client.look_with_scope(access, scope.environment_id)
        self._places.learn(watched, scope, now=now)
        return self._reading(look.looked, token, watched, now=now)

    def _reading(
        self, looked: Looked, token: NamedSecret, watched: Watched, *, now: datetime
    ) -> Reading[Environment]:
        if isinstance(looked, NotAuthorizedError | NothingThereError):
            return self._blindness.unseen(token, watched, exc=looked, at=now)
        if isinstance(looked, ClientError):
            return self._blindness.unread(token, watched, exc=looked, at=now)
        if is_elsewhere(looked, watched):
            return self._blindness.elsewhere(token, watched, found=looked.value, at=now)
        return replace(looked, value=replace(looked.value, token=token.name))
