"""What `doctor` looks at, as facts.

A fact that could not be found out is `Unread` with its reason; nobody may take that for health.
"""

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime, timedelta
from enum import StrEnum

from pipeline_health.core.model.ids import ProjectName, RepoName
from pipeline_health.core.model.policy import Policy
from pipeline_health.core.model.report import OrphanLine
from pipeline_health.frozen import dataclass


@dataclass(frozen=True, slots=True)
class Unread:
    """What could not be found out, and why."""

    why: str


@dataclass(frozen=True, slots=True)
class Invisible:
    """The provider says that there is no such thing, or not for this token."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Flaw:
    """Something that is wrong with the configuration or the secrets themselves."""

    where: str
    key: str
    says: str


class TokenKind(StrEnum):
    """What a token of GitHub is, by its prefix, or by how GitHub speaks of it."""

    APP = "GitHub App"
    CLASSIC = "classic token"
    FINE_GRAINED = "fine-grained token"
    OAUTH = "OAuth token"
    INSTALLATION = "installation token"
    REFRESH = "refresh token"
    FOREIGN = "no token of GitHub"
    UNKNOWN = "token of an unknown kind"


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """What is left of an hour's requests, as far as the provider tells."""

    of: str
    limit: int | None
    remaining: int
    resets: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """As whom GitHub is asked. *refused* is GitHub's own word against the token.

    *scopes* are None where GitHub names none, *permissions* where it is no App.
    """

    variable: str
    kind: TokenKind
    refused: str | None = None
    login: str | None = None
    scopes: frozenset[str] | None = None
    permissions: Mapping[str, str] | None = None
    expires_at: datetime | None = None
    allowances: tuple[Allowance, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkflowFile:
    """A workflow of a repository; *state* is GitHub's word for whether it may run."""

    id: int
    name: str
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RepoFacts:
    """A repository as our account sees it. *denied* are the permissions that were refused.

    *permission* is the role of our account, None where GitHub tells none. *branches* are those of
    the configured ones that are there, None standing for the default one. *workflows* and *jobs*
    (those of the newest runs of the workflow that deploys) are None where nobody asked.
    """

    name: str
    private: bool
    archived: bool
    issues_enabled: bool
    permission: str | None
    branches: frozenset[str | None]
    default_branch: str | None
    labels: tuple[str, ...] | Unread
    environments: frozenset[str] | Unread = frozenset()
    denied: frozenset[str] = frozenset()
    workflows: tuple[WorkflowFile, ...] | Unread | None = None
    jobs: frozenset[str] | Unread | None = None


class RailwayKind(StrEnum):
    """What a token of Railway is; it shows only by trying."""

    ACCOUNT = "account token"
    WORKSPACE = "workspace token"
    PROJECT = "project token"
    REFUSED = "refused token"
    FOREIGN = "no token of Railway"


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenPlace:
    """The one environment that a project token belongs to."""

    project_id: str
    project: str
    environment_id: str
    environment: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RailwayToken:
    """One variable with a token of Railway, and what that is; *place* is a project token's."""

    variable: str
    kind: RailwayKind | Unread
    place: TokenPlace | None = None
    allowance: Allowance | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedEnvironment:
    """An environment of a project; *open* says that the token is let in."""

    id: str
    name: str
    open: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceFacts:
    """A service of an environment and the hosts under which it is reached."""

    name: str
    repo: RepoName | None
    domains: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvironmentFacts:
    """What is in an environment."""

    id: str
    name: str
    services: tuple[ServiceFacts, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One environment of the configuration, as the token in *variable* sees it.

    *key* is the configuration's word for it. *environments* are those of its project; *inside* is
    None where the environment was not found, or not to be entered.
    """

    project: ProjectName
    key: str
    variable: str
    environments: tuple[NamedEnvironment, ...] | Invisible | Unread
    inside: EnvironmentFacts | Unread | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FileFacts:
    """A file of ours on this host: its *mode* is None where there is no such file."""

    path: str
    what: str
    mode: int | None
    ours: bool = True
    handed_over: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitFacts:
    """A unit of systemd. *text* is what is installed, *shipped* what this version would install.

    *outdated* says that systemd still goes by an earlier file. *started* is the program that it
    starts, where that is one of ours.
    """

    name: str
    scope: str
    path: str
    text: str | None
    shipped: str | None
    active: bool | None
    failed: bool = False
    outdated: bool = False
    started: str | None = None
    version: str | Unread | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HostFacts:
    """What is on this host. *crontab* are the numbers of its lines that run pipeline-health."""

    files: tuple[FileFacts, ...] = ()
    units: tuple[UnitFacts, ...] = ()
    crontab: tuple[int, ...] | Unread = ()
    lingers: bool | None = None
    apprise: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What the ledger knows: when the last cycle ended, and whose issues nobody looks after."""

    last_cycle: datetime | None = None
    orphans: tuple[OrphanLine, ...] = ()
    filed_as: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Channels:
    """Which ways of telling people are set; a *guessable* topic is a short one."""

    ntfy: bool = False
    guessable: bool = False
    urls: bool = False
    healthcheck: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Everything that the checks look at. *policy* is None where no configuration can be read.

    *skew* is how far each provider's clock is from ours. A repository or a token that is not in its
    table was not asked for.
    """

    now: datetime
    version: str
    config: str = ""
    policy: Policy | None = None
    flaws: tuple[Flaw, ...] = ()
    account: Account | Unread | None = None
    repos: Mapping[RepoName, RepoFacts | Invisible | Unread] = field(default_factory=dict)
    tokens: tuple[RailwayToken, ...] = ()
    places: tuple[Place, ...] = ()
    skew: Mapping[str, timedelta | Unread] = field(default_factory=dict)
    host: HostFacts = HostFacts()
    kept: Kept | Unread = Kept()
    channels: Channels = Channels()
