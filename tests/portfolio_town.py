"""Many products under one host, and the operator's own repository for what spans them."""

from datetime import datetime, timedelta

from hosts import MINUTE, Host, ours
from pipeline_health.simulator import World
from pipeline_health.simulator.github_records import Issue

NPM = "npm ERR! network request to https://registry.npmjs.org/x failed, reason: ECONNRESET"
NPM_TITLE = "Many projects at once: npm cannot fetch packages"
SLA = 30 * MINUTE


def rejected(name: str) -> str:
    """Give the log of a step that finds its secret rejected."""
    return f"##[error]{name}_TOKEN is invalid or expired: Not Authorized"


def broken(at: int) -> str:
    """Give the log of a test that fails in one product only."""
    return f"FAILED tests/test_{at}.py::test_total\nE   AssertionError: assert {at} == 4"


class Town:
    """Many products under one host, and the operator's own repository for what spans them."""

    def __init__(self, world: World, host: Host, number: int, *, ops: bool = True) -> None:
        self.world = world
        self.host = host
        self.ops = world.repo("acme/operations", private=True)
        self.ops.push("first")
        host.extra = '[limits]\nops_repo = "acme/operations"\n' if ops else ""
        self.repos = [world.repo(f"acme/p{at}") for at in range(number)]
        for at, repo in enumerate(self.repos):
            repo.push("first")
            host.watch(f"p{at}", repo.full_name)
        world.advance(5 * MINUTE)
        for repo in self.repos:
            repo.run("CI", "success", jobs={"test": "success"})

    def fail(
        self, *logs: str, of: slice = slice(None), apart: timedelta = timedelta(0)
    ) -> datetime:
        """Let the next commit of every product fail, so far *apart*; the logs go round.

        Gives when the first one failed.
        """
        first = self.world.now()
        for at, repo in enumerate(self.repos[of]):
            repo.push("next")
            log = logs[at % len(logs)]
            repo.run("CI", "failure", jobs={"test": "failure"}, log=log, step="Validate secrets")
            self.world.advance(apart)
        return first

    def mend(self, of: slice = slice(None)) -> None:
        """Let the next commit of every product pass."""
        for repo in self.repos[of]:
            repo.push("fix")
            repo.run("CI", "success", jobs={"test": "success"})

    def titles(self) -> list[str]:
        """Give the titles of the operator's open issues, oldest first."""
        return self.ops.open_titles

    def own(self, state: str | None = "open") -> list[Issue]:
        """Give the issues that are in the products' own repositories."""
        return [issue for repo in self.repos for issue in ours(repo, state=state)]

    def unnamed(self) -> list[str]:
        """Name the products of which no open issue tells, neither their own nor the operator's."""
        texts = [issue.body for issue in self.ops.issues.values() if issue.state == "open"]
        return [
            repo.full_name
            for at, repo in enumerate(self.repos)
            if not repo.open_titles and not any(f"`p{at}`" in text for text in texts)
        ]

    def filed(self) -> int:
        """Count all issues that were ever filed."""
        return len(self.own(None)) + len(self.ops.issues)
