"""What is kept between two cycles, and the right to write."""

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Protocol

from pipeline_health.core.model.findings import Kind
from pipeline_health.core.model.ids import Fingerprint, ProjectName
from pipeline_health.core.model.incident import Incident
from pipeline_health.core.model.journal import Intent, TrailLine
from pipeline_health.core.model.maintenance import MaintenanceWindow
from pipeline_health.core.model.notice import Letter, Notice, Told
from pipeline_health.core.model.parent import Parent
from pipeline_health.core.model.report import CycleReport, Looked

RAILWAY_NAMES = "railway-project-name"
"""The topic under which it is remembered what Railway calls a project, by its id.

The source of deployments learns it, and the source of code asks for deployments by it.
"""


class Lease(Protocol):
    """The right to write; only a ledger makes one."""

    def renew(self, *, now: datetime) -> None:
        """Prolong it, or raise LeaseLostError when somebody else has it now."""
        ...


class Memory(Protocol):
    """Small facts that outlive a cycle: ids that were looked up, answers that never change."""

    def recall(self, topic: str, key: str) -> str | None:
        """Give what was remembered, or None."""
        ...

    def remember(self, topic: str, key: str, fact: str, *, now: datetime) -> None:
        """Keep *fact* under *topic* and *key*, replacing what was there.

        In the time of a lease it is on the disk with whatever is kept next.
        """
        ...

    def forget(self, topic: str, key: str) -> None:
        """Drop what was remembered, if anything was."""
        ...


class Ledger(Memory, Protocol):
    """What the agent knows beside what it sees. Losing it costs comfort, never correctness."""

    def lease(self, *, now: datetime, lasting: timedelta) -> AbstractContextManager[Lease]:
        """Take the lease for one cycle, or raise LeaseHeldError."""
        ...

    def incidents(self) -> tuple[Incident, ...]:
        """Give every incident that is kept, oldest first."""
        ...

    def parents(self) -> tuple[Parent, ...]:
        """Give every portfolio incident that is kept, oldest first."""
        ...

    def save(
        self,
        incidents: Iterable[Incident],
        parents: Iterable[Parent] = (),
        *,
        lease: Lease,
        settled: Iterable[str] = (),
        noted: Iterable[tuple[Fingerprint, TrailLine]] = (),
    ) -> None:
        """Keep *incidents* and *parents*, each by its fingerprint and nonce, in one transaction.

        In the same, the intents that are *settled* are dropped, and what was *noted* is added to
        the trails.
        """
        ...

    def note(self, fingerprint: Fingerprint, line: TrailLine) -> None:
        """Append one line to the decision trail of an incident, unless it repeats the last."""
        ...

    def trail(self, fingerprint: Fingerprint) -> tuple[TrailLine, ...]:
        """Give the decision trail of an incident, oldest first (bounded)."""
        ...

    def intend(self, intent: Intent, *, lease: Lease) -> None:
        """Note, durably, what is about to be created."""
        ...

    def intents(self) -> tuple[Intent, ...]:
        """Give the intents whose outcome is not known yet."""
        ...

    def settle(self, key: str) -> None:
        """Drop an intent: it happened, or it certainly did not."""
        ...

    def record(self, report: CycleReport, *, ending: Lease | None = None) -> None:
        """Keep the report of a cycle; the lease that it ends, if any, is given back with it."""
        ...

    def reports(self, *, limit: int) -> tuple[CycleReport, ...]:
        """Give the newest reports, newest first; but for the newest 50 only their heads."""
        ...

    def looks(self) -> tuple[Looked, ...]:
        """Give when each cycle of which a report is kept looked, oldest first."""
        ...

    def windows(self) -> tuple[MaintenanceWindow, ...]:
        """Give the windows of maintenance, oldest first, also those that ended lately."""
        ...

    def silence(self, window: MaintenanceWindow) -> MaintenanceWindow | None:
        """Keep *window*, and give the one of the same project and kind whose end it is, if any.

        Neither this nor `unsilence` needs the lease: a cycle reads the windows once.
        """
        ...

    def unsilence(
        self, project: ProjectName, kind: Kind | None, *, now: datetime
    ) -> MaintenanceWindow | None:
        """End the window of just this project and kind, and give it as it was, None without one."""
        ...

    def told(self) -> Told | None:
        """Give what people know, None when nobody was ever told anything."""
        ...

    def tell(
        self,
        told: Told,
        notices: Sequence[Notice],
        *,
        receivers: Sequence[str],
        lease: Lease,
        now: datetime,
    ) -> None:
        """Keep what people know, and put each notice into the box for each receiver, at once."""
        ...

    def letters(self) -> tuple[Letter, ...]:
        """Give what is in the box, oldest first."""
        ...

    def drop(self, letter: Letter) -> None:
        """Take a letter out of the box: it arrived, or it never will."""
        ...
