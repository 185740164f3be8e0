"""What is kept and what is wanted, as whoever only looks is shown it: status, feed and page."""

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime, timedelta

from pipeline_health.core.model.ids import Fingerprint, ProjectName
from pipeline_health.core.model.incident import Incident, Phase
from pipeline_health.core.model.maintenance import MaintenanceWindow
from pipeline_health.core.model.parent import Parent
from pipeline_health.core.model.policy import Policy, ProjectPolicy
from pipeline_health.core.model.report import CycleReport, Glow, Light, Looked, ProjectLine
from pipeline_health.frozen import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What the operator wants, as far as it could be read; *unread* says why it could not be.

    Then *policy* has the defaults, and no project.
    """

    policy: Policy
    unread: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the ledger keeps of the portfolio, at one moment; *reports* are the newest, in order."""

    reports: tuple[CycleReport, ...] = ()
    incidents: tuple[Incident, ...] = ()
    parents: tuple[Parent, ...] = ()
    windows: tuple[MaintenanceWindow, ...] = ()

    @property
    def fingerprints(self) -> tuple[Fingerprint, ...]:
        """Those of all incidents, each once: two turns of one have the same."""
        incidents = dict.fromkeys(each.fingerprint for each in self.incidents)
        return tuple(incidents | dict.fromkeys(each.fingerprint for each in self.parents))


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """What the ledger keeps of earlier: every look, the first one at each project.

    *reopened* is when the issue of an incident that is back was last opened again.
    """

    looks: tuple[Looked, ...] = ()
    first_looks: Mapping[ProjectName, datetime] = field(default_factory=dict)
    reopened: Mapping[Fingerprint, datetime] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Newest:
    """The newest word on one project, and when it was said."""

    project: ProjectLine
    at: datetime

    @property
    def state(self) -> str:
        """The worst thing that is true of it; blind counts as not known, never as healthy."""
        if self.project.findings:
            return Glow.BROKEN
        if self.project.blind:
            return Glow.BLIND
        if self.project.unproved:
            return Glow.UNPROVED
        settled = self.project.healthy and not self.project.unsettled
        return Glow.HEALTHY if settled else Glow.UNDECIDED


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One incident, the window that keeps it silent now, and why nobody is to act on it, if so."""

    incident: Incident
    silent: MaintenanceWindow | None
    wait: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """What the last look says of a promotion; *why* is a sentence. Only the check itself decides.

    HEALTHY means that nothing the look saw is in the way, BROKEN that something is. BLIND is also
    what a look of too long ago saw open.
    """

    glow: Glow
    why: str
    since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """One project on the board.

    *policy* is None where nobody configures it any more, or that could not be read; *open* are its
    incidents that are not over, *windows* what keeps it silent now.
    """

    newest: Newest
    stale: bool
    lights: tuple[Light, ...]
    gate: Gate
    policy: ProjectPolicy | None
    open: tuple[Shown, ...]
    windows: tuple[MaintenanceWindow, ...]

    @property
    def state(self) -> Glow:
        """The worst that is true of it; what was seen too long ago is not seen, however well."""
        state = Glow(self.newest.state)
        return Glow.BLIND if self.stale and state is not Glow.BROKEN else state


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """The whole portfolio as it is known at *now*.

    *last* is the last look that finished, *report* the newest of all, also of one that failed.
    *every* are all incidents, oldest first.
    """

    now: datetime
    wishes: Wishes
    facts: Facts
    stale_after: timedelta
    last: CycleReport | None
    tiles: tuple[Tile, ...]
    every: tuple[Shown, ...]
    parents: tuple[Parent, ...]

    @property
    def report(self) -> CycleReport | None:
        """The newest report, None before the first."""
        return self.facts.reports[0] if self.facts.reports else None

    @property
    def stale(self) -> bool:
        """Tell whether nobody looked for too long: then nothing here says how things are."""
        return self.last is None or self.is_stale(self.last.finished_at)

    @property
    def newest(self) -> tuple[Newest, ...]:
        """The newest word on every project."""
        return tuple(tile.newest for tile in self.tiles)

    @property
    def unseen(self) -> tuple[ProjectName, ...]:
        """What is configured, and was not looked at in any of the newest looks."""
        seen = {tile.newest.project.name for tile in self.tiles}
        return tuple(it.name for it in self.wishes.policy.projects if it.name not in seen)

    @property
    def open(self) -> tuple[Shown, ...]:
        """The incidents that are not over."""
        return tuple(it for it in self.every if it.incident.phase is not Phase.RESOLVED)

    def is_stale(self, at: datetime) -> bool:
        """Tell whether what was seen at *at* is too old to say how things are."""
        return self.now - at > self.stale_after
