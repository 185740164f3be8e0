"""Where the watched environments are: the ids behind the names that an operator writes.

Ids are stable and names are free text, so an id is looked up once and remembered, and looked up
again when it no longer leads to an environment of that name.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from pipeline_health.clients.errors import ClientError, NothingThereError
from pipeline_health.clients.railway import Railway
from pipeline_health.clients.railway_access import (
    Access,
    FoundEnvironment,
    FoundProject,
    Scope,
)
from pipeline_health.core.model.ids import ProjectName
from pipeline_health.core.model.readings import BlindCause
from pipeline_health.ports import Memory

_NAMES_SHOWN = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """One environment that is to be looked at, as it is configured: *environment* is name or id."""

    name: ProjectName
    project_id: str
    environment: str

    def is_at(self, environment_id: str, name: str) -> bool:
        """Tell whether the environment of that id and name is the one that is meant."""
        wanted = self.environment.casefold()
        return self.environment == environment_id or wanted == name.casefold()


@dataclass(frozen=True, slots=True)
class Nowhere:
    """There is no such environment, or none that we could find; *why* says it in a sentence."""

    why: str
    cause: BlindCause = BlindCause.UNSEEN


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
        self._memory.remember("railway-project-name", watched.project_id, scope.project, now=now)

    def find(
        self, access: Access, variable: str, many: Sequence[Watched], *, now: datetime
    ) -> Mapping[Watched, str | Nowhere]:
        """Find the environments of *many* with an account's token, in as few requests as can be."""
        if not many:
            return {}
        found = self._client.find(access, [watched.project_id for watched in many])
        return {
            watched: self._place(watched, found[watched.project_id], variable, now=now)
            for watched in many
        }

    def label(self, watched: Watched) -> str:
        """Give the words for the environment: its project by name where that is known."""
        project = self._memory.recall("railway-project-name", watched.project_id)
        return f"{watched.environment} of Railway project {project or watched.project_id}"

    def _place(
        self, watched: Watched, found: FoundProject | ClientError, variable: str, *, now: datetime
    ) -> str | Nowhere:
        if isinstance(found, NothingThereError):
            return Nowhere(f"{variable} does not see Railway project {watched.project_id}")
        if isinstance(found, ClientError):
            why = f"could not look for {self.label(watched)}: {found}"
            return Nowhere(why, BlindCause.UNREADABLE)
        self._memory.remember("railway-project-name", found.id, found.name, now=now)
        matches = _matches(watched, found.environments)
        if len(matches) != 1:
            return Nowhere(_not_one(watched, found, len(matches)))
        if not matches[0].accessible:
            return Nowhere(f"{variable} is not let into {self.label(watched)}: it is restricted")
        self._remember(watched, matches[0].id, now=now)
        return matches[0].id

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
    advice = "set staging_environment to one of its names, or to an id"
    return (
        f"Railway project {found.name} has {what} called {watched.environment}; "
        f"there are: {shown}{more}; {advice}"
    )
