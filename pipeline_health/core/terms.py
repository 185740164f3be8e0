"""What a plan depends on beside the cases: what the operator wants, and what each place allows."""

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime, timedelta

from pipeline_health.core.model.ids import Fingerprint, ProjectName, RepoName
from pipeline_health.core.model.incident import Incident
from pipeline_health.core.model.maintenance import MaintenanceWindow
from pipeline_health.core.model.parent import ParentCase
from pipeline_health.core.model.policy import Limits, Routing
from pipeline_health.frozen import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What a repository lets us file: *why_not* says in a sentence why nothing may be opened.

    *shut* says that it takes no issue at all, however often that is tried.
    """

    why_not: str | None = None
    shut: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Portfolio:
    """What portfolio incidents depend on: *watched* are all configured projects.

    *repo* is where they are filed, None where the operator named no repository for them; *desk*
    says what that one takes, None while nobody looked. *seed* is the shell's random text.
    """

    watched: frozenset[ProjectName] = frozenset()
    repo: RepoName | None = None
    desk: Desk | None = None
    seed: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What planning depends on beside the cases. *opened_lately* counts the last hour's issues.

    *poll* is the time from one cycle to the next. *rerun* allows a re-run of failed jobs before an
    issue is filed; *windows* are the times in which nobody is told of what they cover.
    *parents* are the portfolio incidents, and *telling* those of them whose issue speaks for their
    members. *named* are the incidents that an issue names which cannot be written now.
    """

    routing: Routing
    limits: Limits
    sla: timedelta
    desks: Mapping[RepoName, Desk]
    opened_lately: int
    now: datetime
    rerun: bool = False
    windows: tuple[MaintenanceWindow, ...] = ()
    poll: timedelta = timedelta(minutes=5)
    portfolio: Portfolio = field(default_factory=Portfolio)
    parents: tuple[ParentCase, ...] = ()
    telling: frozenset[Fingerprint] = frozenset()
    named: frozenset[Fingerprint] = frozenset()

    def is_told_elsewhere(self, incident: Incident) -> bool:
        """Tell whether the issue of a portfolio incident says it, so that it waits for no other."""
        return incident.part_of in self.telling or incident.fingerprint in self.named
