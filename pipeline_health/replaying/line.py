"""The line between a replayed agent and its world, in this process."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from email.utils import format_datetime

from pipeline_health.clients.within import Given, Posed
from pipeline_health.core.model.policy import ProjectPolicy
from pipeline_health.core.model.urls import Place
from pipeline_health.simulator import Answer, Call, ConnectionCut, Simulator, World
from pipeline_health.simulator.faults import Host
from pipeline_health.simulator.playing import Player

GITHUB, RAILWAY = "github.test", "railway.test"


@dataclass(slots=True)
class Line:
    """Carries the agent's requests into its world.

    What was asked before is answered as before, until something happens in it.
    """

    world: World
    player: Player
    projects: Sequence[ProjectPolicy]
    _writes: int = 0
    _version: tuple[object, ...] = ()
    _known: dict[tuple[object, ...], Answer] = field(default_factory=dict)
    _simulator: Simulator = field(init=False)

    def __post_init__(self) -> None:
        self._simulator = Simulator(self.world)

    def answer(self, posed: Posed) -> Given | None:
        """Answer one request; None is a connection that broke."""
        host = _HOSTS.get(posed.host)
        if host is None:
            return self._visited(posed)
        try:
            answer = self._asked(host, posed)
        except ConnectionCut:
            return None
        date = {"Date": format_datetime(self.world.now(), usegmt=True)}
        return Given(status=answer.status, headers={**answer.headers, **date}, body=answer.body)

    def _asked(self, host: Host, posed: Posed) -> Answer:
        reads = posed.method == "GET" or posed.target.startswith("/graphql")
        self._writes += not reads
        # Budgets are renewed with time, whatever else happens; no day of a replay uses one up.
        version = (self.player.played, self._writes, self.world.now().date())
        if version != self._version:
            self._version = version
            self._known.clear()
        asked = (host, posed.method, posed.target, posed.body)
        if not reads or asked not in self._known:
            call = Call(
                method=posed.method, target=posed.target, headers=posed.headers, body=posed.body
            )
            self._known[asked] = self._simulator.answer(host, call)
        return self._known[asked]

    def _visited(self, posed: Posed) -> Given | None:
        """Answer as the product at a URL did."""
        for project in self.projects:
            for place, url in _urls(project).items():
                if posed.url == url or posed.url.startswith(f"{url.rstrip('/')}/"):
                    answers = self.player.answers(project.repo, place)
                    return Given(status=200, headers={}, body=b"") if answers else None
        return None


_HOSTS: Mapping[str, Host] = {GITHUB: "github", RAILWAY: "railway"}


def _urls(project: ProjectPolicy) -> Mapping[Place, str]:
    named = {Place.STAGING: project.staging_url, Place.PRODUCTION: project.production_url}
    return {place: url for place, url in named.items() if url is not None}
