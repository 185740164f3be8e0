"""What one look at a configured URL saw, and what is remembered of the looks before it."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

from pipeline_health.core.model.ids import ProjectName
from pipeline_health.core.model.readings import Reading
from pipeline_health.frozen import dataclass


class Place(StrEnum):
    """Which of a project's two URLs is meant."""

    STAGING = "staging"
    PRODUCTION = "production"


class Doubt(StrEnum):
    """Why a look that failed proves nothing, as the end of a sentence."""

    CONTROL = "GitHub, by which our own network is judged, could not be read in the same cycle"
    UNSEEN = "it cannot be seen whether a deployment is under way there"
    DEPLOYING = "a deployment is under way there"


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A URL that is to be asked. *asleep* says that Railway put a service behind it to sleep."""

    project: ProjectName
    place: Place
    url: str
    doubt: Doubt | None = None
    asleep: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """What came of asking a URL; *status* is None when no answer came.

    *says* completes a sentence that begins with the URL.
    """

    status: int | None
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Miss:
    """A look that failed and counts; *shared* when an unrelated URL failed in the same cycle."""

    at: datetime
    says: str
    shared: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """Looks at one URL that failed one after the other; *last* is the newest, if it counts or not.

    *misses* are the first of those that count: enough to tell when it was down for sure.
    """

    last: datetime
    misses: tuple[Miss, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class UrlSight:
    """What is known of one URL after a look; *transients* are when it failed and soon answered."""

    url: str
    answers: bool
    says: str
    doubt: Doubt | None = None
    misses: tuple[Miss, ...] = ()
    transients: tuple[datetime, ...] = ()


UrlSights: TypeAlias = Mapping[Target, Reading[UrlSight]]
"""What one look saw, URL by URL."""
