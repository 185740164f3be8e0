"""Where the watched environments are: the ids behind the names that an operator writes.

Ids are stable and names are free text, so an id is looked up once and remembered, and looked up
again when it no longer leads to an environment of that name. That there is none is remembered for a
day, and only of an environment that nobody named.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from pipeline_health.clients.errors import ClientError, NothingThereError
from pipeline_health.clients.railway import Railway
from pipeline_health.clients.railway_access import (
    Access,
    FoundEnvironment,
    FoundProject,
    Scope,
)
from pipeline_health.core.lately import is_lately
from pipeline_health.core.model.ids import ProjectName
from pipeline_health.frozen import dataclass
from pipeline_health.ports import RAILWAY_NAMES, Memory

LOOK_AGAIN_AFTER = timedelta(days=1)
_NAMES_SHOWN = 10
ABSENCE = "railway-no-environment"
"""The topic under which it is remembered that there is no such environment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """One environment that is to be looked at, as it is configured: *environment* is name or id.

    *key* is the configuration's word for what it is called. One that is not *named* there goes by
    the default name, and need not exist; one that is *borrowed* is looked at with the token of
    another environment, which may not see it.
    """

    name: ProjectName
    project_id: str
    environment: str
    key: str = "staging_environment"
    named: bool = True
    borrowed: bool = False

    @property
    def is_production(self) -> bool:
        """Tell whether it comes after staging, also in a request that may be cut short."""
        return self.key == "production_environment"

    def is_at(self, environment_id: str, name: str) -> bool:
        """Tell whether the environment of that id and name is the one that is meant."""
        wanted = self.environment.casefold()
        return self.environment == environment_id or wanted == name.casefold()


@dataclass(frozen=True, slots=True)
class Nowhere:
    """There is no such environment, or none that we could find; *why* says it in a sentence.

    *certain* says that Railway answered: it is not there, or nobody lets us in.
    """

    why: str
    certain: bool = False


class Places:
    """Remembers where the environments are and what the projects are called, and finds both."""

    def __init__(self, client: Railway, memory: Memory) -> None:
        self._client = client
        self._memory = memory

    def recall(self, watched: Watched) -> str | None:
        """Give the id of the environment, if it is known."""
        return self._memory.recall("railway-environment", _key(watched))

    def forget(self, watched: Watched) -> None:
        """Forget the id of the environment."""
        self._memory.forget("railway-environment", _key(watched))

    def learn(self, watched: Watched, scope: Scope, *, now: datetime) -> None:
        """Remember what a project token told of the environment."""
        self._remember(watched, scope.environment_id, now=now)
        self._memory.remember(RAILWAY_NAMES, watched.project_id, scope.project, now=now)

    def find(
        self, access: Access, variable: str, many: Sequence[Watched], *, now: datetime
    ) -> Mapping[Watched, str | Nowhere]:
        """Find the environments of *many* with an account's token, in as few requests as can be."""
        nowhere = {watched: self._absence(watched, variable, now=now) for watched in many}
        known = {watched: place for watched, place in nowhere.items() if place is not None}
        unknown = [watched for watched in many if watched not in known]
        if not unknown:
            return known
        found = self._client.find(access, [watched.project_id for watched in unknown])
        return known | {
            watched: self._place(watched, found[watched.project_id], variable, now=now)
            for watched in unknown
        }

    def label(self, watched: Watched) -> str:
        """Give the words for the environment: its project by name where that is known."""
        project = self._memory.recall(RAILWAY_NAMES, watched.project_id)
        return f"{watched.environment} of Railway project {project or watched.project_id}"

    def _place(
        self, watched: Watched, found: FoundProject | ClientError, variable: str, *, now: datetime
    ) -> str | Nowhere:
        if isinstance(found, NothingThereError):
            why = f"{variable} does not see Railway project {watched.project_id}"
            return Nowhere(why, certain=True)
        if isinstance(found, ClientError):
            why = f"could not look for {self.label(watched)}: {found}"
            return Nowhere(why)
        self._memory.remember(RAILWAY_NAMES, found.id, found.name, now=now)
        matches = _matches(watched, found.environments)
        if len(matches) != 1:
            why = _not_one(watched, found, len(matches))
            return self._nowhere(watched, variable, why, certain=found.whole, now=now)
        if not matches[0].accessible:
            why = f"{variable} is not let into {self.label(watched)}: it is restricted"
            return self._nowhere(watched, variable, why, certain=True, now=now)
        self._remember(watched, matches[0].id, now=now)
        return matches[0].id

    def _nowhere(
        self, watched: Watched, variable: str, why: str, *, certain: bool, now: datetime
    ) -> Nowhere:
        """Give an environment up, for a day where nobody said that it must be there."""
        if certain and not watched.named:
            text = f"{now.isoformat()} {why}"
            self._memory.remember(ABSENCE, f"{variable} {_key(watched)}", text, now=now)
        return Nowhere(why, certain=certain)

    def _absence(self, watched: Watched, variable: str, *, now: datetime) -> Nowhere | None:
        """Give what was found out of an environment that is not there, while it is fresh."""
        if watched.named:
            return None
        kept = self._memory.recall(ABSENCE, f"{variable} {_key(watched)}")
        at, _, why = (kept or "").partition(" ")
        fresh = is_lately(at, within=LOOK_AGAIN_AFTER, now=now)
        return Nowhere(why, certain=True) if fresh else None

    def _remember(self, watched: Watched, environment_id: str, *, now: datetime) -> None:
        self._memory.remember("railway-environment", _key(watched), environment_id, now=now)


def _key(watched: Watched) -> str:
    return f"{watched.project_id}/{watched.environment}"


def _matches(
    watched: Watched, environments: Iterable[FoundEnvironment]
) -> tuple[FoundEnvironment, ...]:
    """Give the environments that may be meant: by id, else by name, else by name in any case."""
    near = tuple(one for one in environments if watched.is_at(one.id, one.name))
    by_id = tuple(one for one in near if one.id == watched.environment)
    by_name = tuple(one for one in near if one.name == watched.environment)
    return by_id or by_name or near


def _not_one(watched: Watched, found: FoundProject, matching: int) -> str:
    names = [one.name for one in found.environments]
    shown = ", ".join(names[:_NAMES_SHOWN]) or "none"
    more = "" if found.whole and len(names) <= _NAMES_SHOWN else ", and more"
    what = "no environment" if matching == 0 else f"{matching} environments"
    advice = f"set {watched.key} to one of its names, or to an id"
    return (
        f"Railway project {found.name} has {what} called {watched.environment}; "
        f"there are: {shown}{more}; {advice}"
    )
