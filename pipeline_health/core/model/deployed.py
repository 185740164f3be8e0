"""What is deployed where, and what passed staging on its way to production."""

from datetime import datetime

from pipeline_health.core.model.ids import Sha
from pipeline_health.core.model.railway import Environment
from pipeline_health.core.model.readings import Part
from pipeline_health.frozen import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployed:
    """Both environments of one project as one look saw them; each was seen or not on its own."""

    staging: Part[Environment]
    production: Part[Environment]


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A commit that staging proved: pushed at *pushed_at*, where that is known, and then proved.

    *lane* is the service that was proved, empty where it was the environment as a whole.
    """

    lane: str
    commit: Sha
    pushed_at: datetime | None
    proved_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Remembered:
    """What earlier looks saw of one project.

    *staging* and *production* are the services that had a deployment there, *passages* what passed
    staging, oldest first.
    """

    staging: frozenset[str] = frozenset()
    production: frozenset[str] = frozenset()
    passages: tuple[Passage, ...] = ()
