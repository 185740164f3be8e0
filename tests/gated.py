"""An operator's desk whose product may go to production, and what the promotion check prints."""

import re
from datetime import timedelta

from desk import Desk
from pipeline_health.simulator.github_records import CommitStatus

SMOKE = 'smoke = [{ path = "/healthz", contains = "ok" }]'
PASSING = (SMOKE, 'e2e = ["true"]')
CONTEXT = "pipeline-health/promotion"
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
_TOOK = re.compile(r"after \d+\.\d s")
_HASH = re.compile(r"configuration [0-9a-f]{12}")


class Gated:
    """Holds a desk whose configuration asks for proofs, all of which are there."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.world = desk.world
        self.repo = desk.repo
        self.web = desk.web
        railway = self.world.railway("shop")
        self.live = railway.environment("production").service("web", self.repo)
        self.world.advance(timedelta(minutes=-10))
        for service, secret in ((self.web, "staging-secret-1234"), (self.live, "live-secret-1234")):
            service.variables = {"SESSION_SECRET": secret}
            service.deploy("SUCCESS")
        self.repo.push("second", files={".gitignore": ".env.local\n"})
        self.repo.run("CI", "success")
        self.web.deploy("SUCCESS")
        self.repo.record_deployment("shop / staging", "success")
        self.world.advance(timedelta(minutes=10))
        self.site = self.world.site("shop")
        self.site.body = "ok"
        self.base = f"{desk.loopback.site_url('shop')}/shop"
        self._first = desk.configuration.read_text()
        self.configure(*PASSING)

    @property
    def head(self) -> str:
        """The commit that is asked about."""
        return self.repo.head

    @property
    def asking(self) -> tuple[str, ...]:
        """The command line that asks about it."""
        return ("promotion-check", "shop", "--commit", self.head)

    def configure(self, *gate: str) -> None:
        """Ask for other proofs."""
        lines = (
            '[routing]\nidentity = "health-bot"\n',
            f'{self._first}staging_url = "{self.base}"',
            "[projects.gate]",
            *gate,
        )
        self.desk.configuration.write_text("\n".join(lines) + "\n")

    def published(self) -> list[CommitStatus]:
        """List what was shown of the commit."""
        statuses = self.repo.statuses_of(self.head)
        return [status for status in statuses if status.context == CONTEXT]


def settled(text: str) -> str:
    """Give *text* with what differs from run to run taken out."""
    for found, instead in ((_TIME, "TIME"), (_TOOK, "after TOOK"), (_HASH, "configuration HASH")):
        text = found.sub(instead, text)
    return text
