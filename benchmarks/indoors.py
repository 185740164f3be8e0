"""Cycles without a socket or a process: to get a ledger to where it would be in the afternoon.

Some things are learned once a day, of a few projects in each cycle. A portfolio that was watched
since yesterday has learned them, and that is the cycle which comes back 288 times a day.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from pipeline_health import bootstrap
from pipeline_health import settings as configured
from pipeline_health.clients.within import Given, Posed, Within
from pipeline_health.core.model.report import CycleReport
from pipeline_health.ports import Clock
from pipeline_health.simulator import Call, Simulator, World
from pipeline_health.sources.github.learning import MOST_LOOKUPS

RAILWAY = "https://railway.invalid/graphql/v2"
SECRETS = {"GITHUB_TOKEN": "gh-good-token", "RAILWAY_TOKEN": "rw-good-token"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Indoors:
    """Runs cycles over *world* in this process, with configuration and ledger in *home*."""

    world: World
    home: Path
    clock: Clock = field(default_factory=bootstrap.SystemClock)

    @property
    def ledger(self) -> Path:
        """Where the ledger is."""
        return self.home / "ledger.db"

    def cycle(self, *, only: Sequence[str] = ()) -> CycleReport:
        """Run one cycle."""
        machine = bootstrap.Machine(
            clock=self.clock, transport=self._network(), pace=timedelta(0), at_once=1
        )
        return bootstrap.run_once(self._settings(), only=only, machine=machine)

    def learn(self, names: Sequence[str]) -> None:
        """Run as many cycles as it takes to learn of every project what is learned once a day."""
        for start in range(0, len(names), MOST_LOOKUPS):
            self.cycle(only=names[start : start + MOST_LOOKUPS])

    def _settings(self) -> configured.Settings:
        environment = {**SECRETS, "RAILWAY_API_URL": RAILWAY}
        environment["PIPELINE_HEALTH_LEDGER"] = str(self.ledger)
        config = self.home / "pipeline-health.toml"
        return configured.load(config=config, environment=environment, home=self.home)

    def _network(self) -> Within:
        simulator = Simulator(self.world)

        def answered(posed: Posed) -> Given:
            call = Call(
                method=posed.method, target=posed.target, headers=posed.headers, body=posed.body
            )
            answer = simulator.answer("railway" if posed.url == RAILWAY else "github", call)
            return Given(status=answer.status, headers=answer.headers, body=answer.body)

        return Within(answered)
