"""What the operator wants of the promotion check and of the credentials audit, as values."""

from datetime import timedelta
from enum import StrEnum
from typing import TypeAlias

from pipeline_health.frozen import dataclass

Scalar: TypeAlias = str | int | float | bool | None


class Waivable(StrEnum):
    """A proof that a project may do without; every verdict says so."""

    GITHUB_DEPLOYMENT = "github-deployment"
    E2E = "e2e"
    RAILWAY = "railway"


@dataclass(frozen=True, slots=True, kw_only=True)
class JsonCheck:
    """A value that the JSON of an answer must hold; *key* is a path of keys joined by dots."""

    key: str
    value: Scalar


@dataclass(frozen=True, slots=True, kw_only=True)
class HeaderCheck:
    """A header that an answer must have, and what its value must contain, if anything."""

    name: str
    contains: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SmokeCheck:
    """One HTTP check against the live staging URL; *within* bounds the time of its answer."""

    path: str
    status: tuple[int, ...] = (200,)
    contains: str | None = None
    json: JsonCheck | None = None
    header: HeaderCheck | None = None
    within: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionCheck:
    """Where the live URL tells its commit: a path, and a path of keys in the JSON found there."""

    path: str
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GatePolicy:
    """What must be proved before a commit may go to production.

    *e2e* is a command as a list of arguments; *e2e_check* names a check run instead. *timeout*
    bounds the tests, *max_age* how long ago a proof may have been seen when the verdict is given.
    """

    smoke: tuple[SmokeCheck, ...] = ()
    version: VersionCheck | None = None
    e2e: tuple[str, ...] = ()
    e2e_env: tuple[str, ...] = ()
    e2e_check: str | None = None
    waive: frozenset[Waivable] = frozenset()
    timeout: timedelta = timedelta(minutes=10)
    max_age: timedelta = timedelta(minutes=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditPolicy:
    """What staging and production may share, and how often that is looked at.

    *strict*: what cannot be verified blocks the gate. *staging* and *production* are the references
    of the Supabase projects that belong to each. *required* are the names of the secrets that must
    be in both and differ.
    """

    interval: timedelta = timedelta(hours=24)
    strict: bool = False
    shared_ok: tuple[str, ...] = ()
    staging: tuple[str, ...] = ()
    production: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
