"""What our looks showed, as facts that keep their providers' own times: what is written down."""

from datetime import datetime
from typing import TypeAlias

from pipeline_health.core.model.ids import ProjectName, Sha
from pipeline_health.core.model.recording import (
    DeploymentTold,
    Pushed,
    RecordedProject,
    RecordTold,
    RunTold,
    StatusTold,
    SuiteTold,
    UrlTold,
)
from pipeline_health.core.model.sight import Source
from pipeline_health.frozen import dataclass

LONGEST_LOG = 3_500
"""So many characters of the end of a failing log are kept: as many as an issue shows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """The first line of a recording: its *schema*, and the *version* of ours that began it."""

    schema: str
    version: str
    began_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceTold:
    """Whether a source could be read from the look at *at* on, and *why* not."""

    at: datetime
    source: Source
    readable: bool
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What the look at *at* showed of a project: all of it where *whole*, else what is new.

    *described* is what the project is, *head* the newest commit of its branch; both are None where
    they were not seen, or are told already. *pushes* are in the order of the branch, oldest first.
    """

    project: ProjectName
    at: datetime
    whole: bool = False
    described: RecordedProject | None = None
    head: Sha | None = None
    pushes: tuple[Pushed, ...] = ()
    runs: tuple[RunTold, ...] = ()
    suites: tuple[SuiteTold, ...] = ()
    statuses: tuple[StatusTold, ...] = ()
    records: tuple[RecordTold, ...] = ()
    deployments: tuple[DeploymentTold, ...] = ()
    urls: tuple[UrlTold, ...] = ()
    sources: tuple[SourceTold, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LookedAt:
    """That somebody looked, and at which projects; None where they are those of the look before."""

    looked_at: datetime
    projects: tuple[ProjectName, ...] | None = None


Entry: TypeAlias = Shown | LookedAt
"""What follows the heading: what a look showed, project by project, and then that it was made."""
