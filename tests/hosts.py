"""A host with one installation of the agent, watching a pretend world over real HTTP."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from indoors import Indoors
from pipeline_health import bootstrap, checking
from pipeline_health import settings as configured
from pipeline_health.core.issue_text import read_marker
from pipeline_health.core.model.ids import Sha
from pipeline_health.core.model.issue import Marker
from pipeline_health.core.model.report import CycleReport
from pipeline_health.core.model.verdict import Verdict
from pipeline_health.e2e import Surroundings
from pipeline_health.ports import Clock
from pipeline_health.settings.actions import Actions
from pipeline_health.simulator import Loopback, World, WorldClock
from pipeline_health.simulator.github_records import Issue
from pipeline_health.simulator.github_world import Repo

MINUTE = timedelta(minutes=1)


class Host:
    """Runs cycles as the timer would, under the clock of its world."""

    def __init__(self, world: World, loopback: Loopback, home: Path) -> None:
        self.world = world
        self.loopback = loopback
        self.home = home
        self.projects: list[str] = []
        self.extra = ""
        self.actions = Actions()
        self.publishes = False
        self.machine = bootstrap.Machine(clock=WorldClock(world), pace=timedelta(0), at_once=1)
        self.secrets = {"GITHUB_TOKEN": "gh-good-token", "RAILWAY_TOKEN": "rw-good-token"}

    @property
    def ledger(self) -> Path:
        """Where this host keeps its ledger."""
        return self.home / "state" / "ledger.db"

    def watch(self, name: str, repo: str, *lines: str) -> None:
        """Configure a project."""
        self.projects.append(
            "\n".join(["[[projects]]", f'name = "{name}"', f'repo = "{repo}"', *lines])
        )

    def stay_indoors(self) -> None:
        """Ask both providers in this process from now on, for a story of many cycles or products.

        Every word of the protocols is the same; what HTTP adds to them, the other stories tell.
        """
        self.machine = replace(self.machine, transport=Indoors(self.world, self.loopback))

    def settings(self) -> configured.Settings:
        """Write the configuration and read it as the command does."""
        config = self.home / "pipeline-health.toml"
        config.write_text("\n\n".join([self.extra, *self.projects]))
        return configured.load(
            config=config,
            environment={
                **self.secrets,
                "GITHUB_API_URL": self.loopback.github_url,
                "RAILWAY_API_URL": self.loopback.railway_url,
                "PIPELINE_HEALTH_LEDGER": str(self.ledger),
            },
            home=self.home,
        )

    def cycle(
        self, *, after: timedelta = 5 * MINUTE, dry: bool = False, only: Sequence[str] = ()
    ) -> CycleReport:
        """Let time pass and run one cycle."""
        self.world.advance(after)
        return bootstrap.run_once(self.settings(), only=only, dry=dry, machine=self.machine)

    def check(
        self,
        project: str,
        commit: Sha,
        *,
        wait: timedelta = timedelta(0),
        rollback: bool = False,
        clock: Clock | None = None,
    ) -> Verdict:
        """Ask whether *commit* may go to production."""
        here = Surroundings(directory=self.home, path="/usr/bin:/bin", home=str(self.home))
        with checking.prepared(
            self.settings(),
            project,
            commit,
            here=here,
            actions=self.actions,
            clock=clock or WorldClock(self.world),
        ) as check:
            verdict = check.verdict(wait=wait, rollback=rollback)
            if self.publishes:
                check.publish(verdict)
            return verdict

    def cycles(self, number: int, *, every: timedelta = 5 * MINUTE) -> list[CycleReport]:
        """Run cycle after cycle."""
        return [self.cycle(after=every) for _ in range(number)]

    def forget(self) -> None:
        """Lose the ledger, as a host that is set up anew does."""
        for left in self.ledger.parent.glob("*"):
            left.unlink()


def marker(issue: Issue) -> Marker:
    """Give the marker of an issue that must have one."""
    found = read_marker(issue.body)
    assert found is not None, issue.body[:200]
    return found


def ours(repo: Repo, *, state: str | None = None) -> list[Issue]:
    """Give the issues that carry a marker and that our account wrote, oldest first."""
    return [
        issue
        for issue in repo.issues.values()
        if issue.user == "health-bot"
        and read_marker(issue.body) is not None
        and state in (None, issue.state)
    ]
