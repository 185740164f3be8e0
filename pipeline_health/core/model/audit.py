"""What the credentials audit found. Names only: no value, and no hash of one, is in here."""

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime
from enum import StrEnum

from pipeline_health.core.model.readings import Part
from pipeline_health.frozen import dataclass


class SharedBy(StrEnum):
    """What about a secret is the same in both environments."""

    VALUE = "value"
    PASSWORD = "password"  # noqa: S105 - a sort of sharing, no value
    DATABASE = "database"
    SUPABASE = "supabase"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sharing:
    """One secret that both environments have.

    *subject* is the name by which it is known from one audit to the next; *staging* and
    *production* are the places that hold it, each `service NAME` or `shared NAME`, sorted.
    """

    subject: str
    by: SharedBy
    staging: tuple[str, ...]
    production: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unverifiable:
    """A secret of which nobody can tell whether it is shared; *why* completes «NAME …»."""

    name: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """The variables of both environments, compared.

    *missing* are required secrets that one of the two lacks, each with the environment that lacks
    it; *clean* are the names of the secrets that were compared and are not shared. *whole* says
    that every service of both could be read, so that what is not named here is not shared.
    """

    sharings: tuple[Sharing, ...] = ()
    unverifiable: tuple[Unverifiable, ...] = ()
    missing: tuple[Unverifiable, ...] = ()
    clean: tuple[str, ...] = ()
    whole: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Committed:
    """What the tree of the branch says: the paths of committed `.env` files, sorted.

    *ignores_local* says whether `.gitignore` keeps `.env.local` out. *whole* is False where GitHub
    listed only a part of a large tree.
    """

    paths: tuple[str, ...] = ()
    ignores_local: bool = True
    whole: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """One audit of one project.

    *variables* is NotAsked, with the reason, where there is nothing to compare: no Railway project,
    or no token that may see production. It is Blind where that could not be found out. *first* says
    when what it found was first found, by the subject of a sharing or by the path of a file.
    """

    at: datetime
    variables: Part[Compared]
    files: Part[Committed]
    first: Mapping[str, datetime] = field(default_factory=dict)
