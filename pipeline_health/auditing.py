"""The composition root of `credentials-audit`: from settings to one audit of each project."""

import random
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace

from pipeline_health.bootstrap import SystemClock, dry_ledger, narrowed
from pipeline_health.clients.http import Http
from pipeline_health.core.model.audit import Audit
from pipeline_health.core.model.policy import ProjectPolicy
from pipeline_health.core.model.readings import Blind, GitHubReading
from pipeline_health.ports import Clock
from pipeline_health.settings import Settings
from pipeline_health.wiring import wired


def audit_credentials(
    settings: Settings, *, only: Sequence[str] = (), clock: Clock | None = None
) -> tuple[tuple[ProjectPolicy, Audit], ...]:
    """Audit every project now, or those named in *only*; nothing is written anywhere.

    Raises ConfigurationError for a project that is not configured, before anything is asked.
    """
    timekeeper = SystemClock() if clock is None else clock
    policy = narrowed(settings.policy, only)
    with ExitStack() as opened:
        ledger = opened.enter_context(dry_ledger(settings))
        http = Http(clock=timekeeper, jitter=random.random)
        opened.callback(http.close)
        http.ending.end_within(policy.limits.cycle_deadline)
        wires = wired(settings, policy, ledger=ledger, http=http, clock=timekeeper)
        now = timekeeper.now()
        deployed = wires.deploys.look(policy.projects, now=now)
        code = wires.code.look(policy.projects, now=now)
        return tuple(
            (
                project,
                _with_reason(
                    wires.audits.audit(
                        project, deployed[project.name], code[project.name].head, now=now
                    ),
                    code[project.name],
                ),
            )
            for project in policy.projects
        )


def _with_reason(audit: Audit, code: GitHubReading) -> Audit:
    """Give *audit*, told why there was no branch where there was none: no file was looked at."""
    return replace(audit, files=code.branch) if isinstance(code.branch, Blind) else audit
