"""A project of the simulated Railway, in the words in which a story is told."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from pipeline_health.simulator.github_world import Repo
from pipeline_health.simulator.timeline import Timeline

SERVED = frozenset({"SUCCESS", "SLEEPING", "CRASHED"})
BUILT = SERVED | {"DEPLOYING", "REMOVED", "REMOVING"}


@dataclass(slots=True, kw_only=True)
class RailwayDeployment:
    """One deployment; *events* are its steps, each with its error or None."""

    id: str
    status: str
    created_at: datetime
    changed_at: datetime
    commit: str | None
    repo: str | None
    branch: str | None
    image: str | None
    skipped_reason: str | None
    stopped: bool
    build_log: str
    deploy_log: str
    events: tuple[tuple[str, str | None], ...]


class RailwayService:
    """One service in one environment (Railway's service instance).

    One of its *variables* that is None is sealed; a *secretive* service shows them to no token.
    *domains* are the hosts under which it is reached.
    *accepts_as* is the first status of a deploy that a request asked for.
    """

    def __init__(
        self,
        environment: "RailwayEnvironment",
        name: str,
        *,
        service_id: str,
        repo: Repo | None,
        cron: str | None,
    ) -> None:
        self._timeline = environment.timeline
        self.environment = environment
        self.name = name
        self.id = service_id
        self.repo = repo
        self.cron = cron
        self.image: str | None = None
        self.accepts_as = "INITIALIZING"
        self.deleted_at: datetime | None = None
        self.deployments: list[RailwayDeployment] = []
        self.variables: dict[str, str | None] = {}
        self.secretive = False
        self.domains: list[str] = []

    @property
    def newest_first(self) -> list[RailwayDeployment]:
        """List the deployments, newest first."""
        numbered = enumerate(self.deployments)  # of two in one moment, the later one is newer
        line = sorted(numbered, key=lambda pair: (pair[1].created_at, pair[0]), reverse=True)
        return [deployment for _, deployment in line]

    @property
    def latest(self) -> RailwayDeployment | None:
        """Tell the newest deployment, whatever became of it."""
        return next(iter(self.newest_first), None)

    @property
    def active(self) -> list[RailwayDeployment]:
        """List what is deployed and running; what sleeps or crashed is not."""
        return [one for one in self.newest_first if one.status == "SUCCESS"][:1]

    def deploy(  # noqa: PLR0913 - the vocabulary of the stories
        self,
        status: str,
        *,
        commit: str | None = None,
        log: str = "",
        deploy_log: str = "",
        events: Sequence[tuple[str, str | None]] = (),
        skipped_reason: str | None = None,
        image: str | None = None,
        stopped: bool = False,
        at: datetime | None = None,
    ) -> RailwayDeployment:
        """Add a deployment of *commit*: the repository's head by default, none when it is empty.

        *log* is that of the build, *deploy_log* what the running product said.
        """
        if commit is None and image is None and self.repo is not None:
            commit = self.repo.head
        source = self.repo if commit else None
        moment = at or self._timeline.now()
        deployment = RailwayDeployment(
            id=self._timeline.uuid(),
            status=status,
            created_at=moment,
            changed_at=moment,
            commit=commit or None,
            repo=source.full_name if source else None,
            branch=source.default_branch if source else None,
            image=image,
            skipped_reason=skipped_reason,
            stopped=stopped,
            build_log=log,
            deploy_log=deploy_log,
            events=tuple(events),
        )
        self.deployments.append(deployment)
        self._supersede(deployment)
        return deployment

    def become(self, deployment: RailwayDeployment, status: str, *, log: str = "") -> None:
        """Move a deployment on; *log* adds to the build's when it failed, else to the product's."""
        deployment.status, deployment.changed_at = status, self._timeline.now()
        if status == "FAILED":
            deployment.build_log += log
        else:
            deployment.deploy_log += log
        self._supersede(deployment)

    def _supersede(self, deployment: RailwayDeployment) -> None:
        """Let a success take over from what served before; what failed never served and stays."""
        if deployment.status != "SUCCESS":
            return
        line = self.newest_first
        for other in line[line.index(deployment) + 1 :]:
            if other.status in SERVED:
                other.status, other.changed_at = "REMOVED", deployment.changed_at


class RailwayEnvironment:
    """One environment of a project with its services; a *restricted* one lets no token in.

    *shared* are the variables that its services may refer to; *masked* shows asterisks for values.
    """

    def __init__(self, project: "RailwayProject", name: str, *, ephemeral: bool) -> None:
        self.timeline = project.timeline
        self.project = project
        self.id = project.timeline.uuid()
        self.name = name
        self.ephemeral = ephemeral
        self.restricted = False
        self.deleted_at: datetime | None = None
        self.masked = False
        self.shared: dict[str, str | None] = {}
        self.services: dict[str, RailwayService] = {}

    def service(
        self, name: str, repo: Repo | None = None, *, cron: str | None = None
    ) -> RailwayService:
        """Give the service of this name; the first use makes it, backed by *repo*."""
        if name not in self.services:
            service_id = self.project.service_id(name)
            self.services[name] = RailwayService(
                self, name, service_id=service_id, repo=repo, cron=cron
            )
        return self.services[name]


WORKSPACE_ID = "5d1a9a43-7d6f-4c0e-9d6c-2f6a1d0a7b11"
"""The id of the workspace that a project is in when nobody says otherwise."""


class RailwayProject:
    """One project of the *workspace* with that id; a service has one id in all environments."""

    def __init__(self, timeline: Timeline, name: str) -> None:
        self.timeline = timeline
        self.id = timeline.uuid()
        self.name = name
        self.workspace = WORKSPACE_ID
        self.deleted_at: datetime | None = None
        self.environments: dict[str, RailwayEnvironment] = {}
        self._by_id: dict[str, RailwayEnvironment] = {}
        self._service_ids: dict[str, str] = {}

    def environment(self, name: str, *, ephemeral: bool = False) -> RailwayEnvironment:
        """Give the environment of this name; the first use makes it."""
        if name not in self.environments:
            made = RailwayEnvironment(self, name, ephemeral=ephemeral)
            self.environments[name] = self._by_id[made.id] = made
        return self.environments[name]

    def with_id(self, environment_id: str) -> RailwayEnvironment | None:
        """Find an environment by its id; one that was deleted is not there."""
        found = self._by_id.get(environment_id)
        return next((it for it in self.environments.values() if it is found), None)

    def service_id(self, name: str) -> str:
        """Give the id of the service of this name."""
        if name not in self._service_ids:
            self._service_ids[name] = self.timeline.uuid()
        return self._service_ids[name]
