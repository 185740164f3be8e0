"""What the tokens can see before anything is configured, and what is made of it."""

from typing import TypeAlias

from pipeline_health.core.model.ids import RepoName
from pipeline_health.frozen import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferedService:
    """A service in one environment: what it is built from, and the domains that lead to it."""

    id: str
    name: str
    repo: RepoName | None
    domains: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """Something that was there and could not be read, and why."""

    why: str


Offered: TypeAlias = tuple[OfferedService, ...] | Unread


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One lasting environment of a Railway project."""

    id: str
    name: str
    services: Offered = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OnRailway:
    """A Railway project; *word* is what the name of its own token's variable calls it, if any."""

    id: str
    name: str
    places: tuple[Place, ...]
    word: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OnGitHub:
    """A repository as GitHub shows it to the token."""

    name: RepoName
    branch: str
    archived: bool = False
    fork: bool = False
    issues: bool = True
    may_push: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """The workflows that ran on a branch lately, by what began them."""

    on_push: tuple[str, ...] = ()
    otherwise: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One environment of a project as it is to be configured; *urls* are those that may be its."""

    environment: str
    urls: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectDraft:
    """One `[[projects]]`; *services* is empty where every service of staging is its own.

    *staging* is None for a project that is not on Railway, *production* where none was found.
    """

    name: str
    repo: OnGitHub
    railway: OnRailway | None = None
    staging: Stage | None = None
    production: Stage | None = None
    services: tuple[str, ...] = ()
    habits: Habits = Habits()


@dataclass(frozen=True, slots=True, kw_only=True)
class Skipped:
    """What is not in the draft, and why in one clause; *blind* says that it could not be read."""

    what: str
    why: str
    blind: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What is to be written; from those *elsewhere* no service on Railway is built."""

    projects: tuple[ProjectDraft, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    elsewhere: tuple[RepoName, ...] = ()
