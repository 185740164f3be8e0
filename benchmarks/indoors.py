"""Cycles without a socket or a process: to get a ledger to where it would be in the afternoon.

Some things are learned once a day, of a few projects in each cycle. A portfolio that was watched
since yesterday has learned them, and that is the cycle which comes back 288 times a day.
"""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from pipeline_health import bootstrap
from pipeline_health import settings as configured
from pipeline_health.clients.github_pushes import MOST_BRANCHES
from pipeline_health.clients.within import Given, Posed, Within
from pipeline_health.core.model.report import CycleReport
from pipeline_health.ports import Clock
from pipeline_health.simulator import Call, Simulator, World

SECRETS = {"GITHUB_TOKEN": "gh-good-token", "RAILWAY_TOKEN": "rw-good-token"}


class Indoors:
    """Runs cycles over *world* in this process, with configuration and ledger in *home*.

    What is remembered is remembered of the providers at *github* and *railway*, as if they were
    asked there.
    """

    def __init__(
        self,
        world: World,
        home: Path,
        *,
        clock: Clock | None = None,
        github: str = "https://github.invalid",
        railway: str = "https://railway.invalid/graphql/v2",
    ) -> None:
        self.ledger = home / "ledger.db"
        self._machine = bootstrap.Machine(
            clock=clock or bootstrap.SystemClock(),
            transport=_network(world, railway),
            pace=timedelta(0),
            at_once=1,
        )
        self._settings = configured.load(
            config=home / "pipeline-health.toml",
            environment={
                **SECRETS,
                "GITHUB_API_URL": github,
                "RAILWAY_API_URL": railway,
                "PIPELINE_HEALTH_LEDGER": str(self.ledger),
            },
            home=home,
        )

    def cycle(self, *, only: Sequence[str] = ()) -> CycleReport:
        """Run one cycle."""
        return bootstrap.run_once(self._settings, only=only, machine=self._machine)

    def learn(self, names: Sequence[str]) -> None:
        """Run as many cycles as it takes to learn of every project what is learned once a day."""
        for start in range(0, len(names), MOST_BRANCHES):
            self.cycle(only=names[start : start + MOST_BRANCHES])


def _network(world: World, railway: str) -> Within:
    simulator = Simulator(world)

    def answered(posed: Posed) -> Given:
        call = Call(
            method=posed.method, target=posed.target, headers=posed.headers, body=posed.body
        )
        answer = simulator.answer("railway" if posed.url == railway else "github", call)
        return Given(status=answer.status, headers=answer.headers, body=answer.body)

    return Within(answered)
