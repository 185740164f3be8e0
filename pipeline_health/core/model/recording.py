"""A recorded history: what the two providers and the URLs showed, fact by fact, and when.

Whatever a file looks like, this is what it is read into, and what a replay is driven by. A fact
that a recording does not hold is unknown: nothing stands in for it, and *lacks* says so in words.
"""

from datetime import datetime
from typing import TypeAlias

from pipeline_health.core.model.ids import Login, RepoName, Sha
from pipeline_health.core.model.incident import Owner
from pipeline_health.core.model.railway import RailwayStatus
from pipeline_health.core.model.readings import (
    CheckConclusion,
    CheckStatus,
    DeploymentState,
    StatusState,
    Unrecognised,
)
from pipeline_health.core.model.urls import Place
from pipeline_health.frozen import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class RootCause:
    """A root cause that the recording knows of; *owner* is None where nobody had to mend it.

    An alarm about a cause without an owner is a false one.
    """

    id: str
    label: str
    owner: Owner | None
    began_at: datetime | None = None
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pushed:
    """A commit landed on the watched branch, on top of the one before; its texts are untrusted.

    *cause* is why nothing followed from it that should have.
    """

    at: datetime
    repo: RepoName
    sha: Sha
    message: str = ""
    author: str = ""
    cause: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class JobTold:
    """One job of a run; *log* is what is kept of a failing one's, redacted and bounded."""

    name: str
    conclusion: CheckConclusion | Unrecognised | None
    step: str = ""
    log: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunTold:
    """A workflow run as it stands from *at* on; the same *run_id* later is the same run.

    Where *bound*, it was so by *at*, and since when is not recorded.
    """

    at: datetime
    repo: RepoName
    run_id: int
    workflow: str
    event: str
    sha: Sha
    status: CheckStatus | Unrecognised
    conclusion: CheckConclusion | Unrecognised | None
    created_at: datetime
    jobs: tuple[JobTold, ...] = ()
    branch: str | None = None
    cause: str | None = None
    bound: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SuiteTold:
    """The check suite of another app than Actions, as it stands from *at* on."""

    at: datetime
    repo: RepoName
    suite_id: int
    app: str
    sha: Sha
    status: CheckStatus | Unrecognised
    conclusion: CheckConclusion | Unrecognised | None
    created_at: datetime
    cause: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusTold:
    """A commit status that was posted at *at*."""

    at: datetime
    repo: RepoName
    sha: Sha
    context: str
    state: StatusState | Unrecognised
    creator: Login | None = None
    url: str | None = None
    description: str = ""
    cause: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordTold:
    """A GitHub deployment as it stands from *at* on; *state* is None before its first status."""

    at: datetime
    repo: RepoName
    id: int
    sha: Sha
    environment: str
    state: DeploymentState | Unrecognised | None
    created_at: datetime
    creator: Login | None = None
    cause: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeploymentTold:
    """A Railway deployment as it stands from *at* on.

    *project* and *environment* are the names or ids by which the configuration finds them;
    *built_from* is the repository that its service is built from.
    """

    at: datetime
    project: str
    environment: str
    service: str
    id: str
    status: RailwayStatus | Unrecognised
    created_at: datetime
    commit: Sha | None = None
    built_from: RepoName | None = None
    image: str | None = None
    cron: bool = False
    skipped_reason: str | None = None
    stopped: bool = False
    log: str = ""
    cause: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UrlTold:
    """Whether a URL answered from *at* on; *url* is bare, None where it is not recorded."""

    at: datetime
    repo: RepoName
    place: Place
    answers: bool
    url: str | None = None
    cause: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SightTold:
    """Whether a provider (`github` or `railway`) could be read at all from *at* on."""

    at: datetime
    provider: str
    readable: bool
    why: str = ""


Fact: TypeAlias = (
    Pushed | RunTold | SuiteTold | StatusTold | RecordTold | DeploymentTold | UrlTold | SightTold
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FiledBefore:
    """An issue that the monitor of that time filed; what is not recorded of it is None.

    *failed_at* is when the failure happened that it tells of, *given_to* who got it. Where *bound*,
    it was filed by *filed_at*, and when is not recorded.
    """

    repo: RepoName
    number: int
    title: str | None
    cause: str | None
    filed_at: datetime | None
    failed_at: datetime | None
    given_to: Owner | None
    bound: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """A time of which something is recorded; nothing is looked at before, between and after."""

    began_at: datetime
    ended_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """When a repository was looked at that was not looked at all the time, oldest first."""

    repo: RepoName
    stretches: tuple[Stretch, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedProject:
    """A product that the recording tells of, and the lines of configuration that it implies.

    *lines* are TOML, as they stand below `[[projects]]`, for a replay that is given none.
    """

    name: str
    repo: RepoName
    branch: str = "main"
    railway_project: str | None = None
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """One recorded history; *facts* are in the order of their times.

    *name* tells it from others. *lacks* are sentences about what is not recorded and therefore not
    replayed, or about what stands in for it; *filed* is what the monitor of that time filed.
    *stretches* are the times to look at, oldest first; without any it is the whole history.
    *watched* are the repositories that are to be looked at in a part of them only.
    *railway_names* is what Railway calls the projects that are known by their ids.
    """

    name: str
    began_at: datetime
    ended_at: datetime
    projects: tuple[RecordedProject, ...]
    facts: tuple[Fact, ...] = ()
    causes: tuple[RootCause, ...] = ()
    filed: tuple[FiledBefore, ...] = ()
    lacks: tuple[str, ...] = ()
    stretches: tuple[Stretch, ...] = ()
    watched: tuple[Watched, ...] = ()
    railway_names: tuple[tuple[str, str], ...] = ()
