"""What Railway shows: an environment, its services and their deployments; nothing judged yet."""

from datetime import datetime
from enum import StrEnum

from pipeline_health.core.model.ids import RepoName, Sha
from pipeline_health.core.model.readings import Unrecognised
from pipeline_health.frozen import dataclass


class RailwayStatus(StrEnum):
    """Railway's `DeploymentStatus` (published schema, 13 values)."""

    BUILDING = "BUILDING"
    CRASHED = "CRASHED"
    DEPLOYING = "DEPLOYING"
    FAILED = "FAILED"
    INITIALIZING = "INITIALIZING"
    NEEDS_APPROVAL = "NEEDS_APPROVAL"
    QUEUED = "QUEUED"
    REMOVED = "REMOVED"
    REMOVING = "REMOVING"
    SKIPPED = "SKIPPED"
    SLEEPING = "SLEEPING"
    SUCCESS = "SUCCESS"
    WAITING = "WAITING"


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """One Railway deployment of one service; images, `railway up` and databases have no commit."""

    id: str
    status: RailwayStatus | Unrecognised
    created_at: datetime
    changed_at: datetime
    commit: Sha | None = None
    repo: RepoName | None = None
    branch: str | None = None
    image: str | None = None
    skipped_reason: str | None = None
    stopped: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A service in one environment, its deployments newest first.

    *complete* says that the list reaches back to the oldest deployment, so that nothing that is not
    in it can be newer than what is.
    """

    id: str
    name: str
    cron: bool = False
    repo: RepoName | None = None
    deployments: tuple[Deployment, ...] = ()
    serving: tuple[Deployment, ...] = ()
    complete: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """One Railway environment as one look saw it; *token* is the variable of the token that did."""

    id: str
    name: str
    project_id: str
    services: tuple[Service, ...] = ()
    token: str = ""
