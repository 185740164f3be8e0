"""Where the tests against the live staging URL are made."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Protocol

from pipeline_health.core.model.gate_policy import SmokeCheck, VersionCheck
from pipeline_health.core.model.ids import RepoName, Sha
from pipeline_health.core.model.live import Served, Tested


class LiveSite(Protocol):
    """The live staging URL, as the promotion check tests it."""

    def reach(self, url: str, *, patience: timedelta) -> Tested:
        """Ask whether anything answers at *url*; what wakes up may take *patience*."""
        ...

    def smoke(
        self, base: str, checks: Sequence[SmokeCheck], *, patience: timedelta
    ) -> tuple[Tested, ...]:
        """Make every check, in its order, against the base URL."""
        ...

    def version(self, base: str, check: VersionCheck) -> Served:
        """Ask which commit is served."""
        ...


class EndToEnd(Protocol):
    """Where the operator's own tests are run."""

    def run(
        self,
        command: Sequence[str],
        *,
        passing: Sequence[str],
        base: str,
        commit: Sha,
        repo: RepoName,
        timeout: timedelta,
    ) -> Tested:
        """Run *command* against the base URL; *passing* names what it gets of our environment."""
        ...
