"""A ledger that lasts as long as its process: for tests, simulations and dry runs."""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from itertools import count, islice
from typing import TypeVar

from pipeline_health.core.model.findings import Kind
from pipeline_health.core.model.ids import Fingerprint, Nonce, ProjectName
from pipeline_health.core.model.incident import Incident, Phase
from pipeline_health.core.model.journal import Intent, TrailLine
from pipeline_health.core.model.maintenance import MaintenanceWindow
from pipeline_health.core.model.notice import Letter, Notice, Told
from pipeline_health.core.model.parent import Parent
from pipeline_health.core.model.report import CycleReport, Looked
from pipeline_health.ledger.lease import HeldLease, epoch_of, grant
from pipeline_health.ledger.retention import KEEP, REFRESH, TRAIL_LINES, WHOLE_REPORTS
from pipeline_health.ports import Lease, LeaseHeldError, LeaseLostError

KeptT = TypeVar("KeptT", Incident, Parent)


class MemoryLedger:
    """A `Ledger` of dictionaries. Threads may share its memory of facts, the rest one thread."""

    def __init__(self) -> None:
        self._epoch = 0
        self._held_until: datetime | None = None
        self._incidents: dict[tuple[Fingerprint, Nonce], Incident] = {}
        self._parents: dict[tuple[Fingerprint, Nonce], Parent] = {}
        self._trails: dict[Fingerprint, deque[TrailLine]] = {}
        self._facts: dict[tuple[str, str], tuple[str, datetime]] = {}
        self._intents: dict[str, Intent] = {}
        self._reports: dict[str, CycleReport] = {}
        self._windows: list[MaintenanceWindow] = []
        self._told: Told | None = None
        self._letters: dict[int, Letter] = {}
        self._numbers = count(1)

    # -- the lease --------------------------------------------------------------------------

    @contextmanager
    def lease(self, *, now: datetime, lasting: timedelta) -> Iterator[HeldLease]:
        """Take the lease for one cycle, or raise LeaseHeldError; given back at the end."""
        if self._held_until is not None and now < self._held_until:
            msg = f"another cycle of this process holds the lease until {self._held_until}"
            raise LeaseHeldError(msg, retryable=True)
        self._epoch += 1
        self._held_until = now + lasting
        epoch = self._epoch
        try:
            yield grant(self, epoch=epoch, prolong=partial(self._renew, epoch, lasting))
        finally:
            if epoch == self._epoch:
                self._held_until = None

    def _renew(self, epoch: int, lasting: timedelta, now: datetime) -> None:
        self._require(epoch)
        self._held_until = now + lasting

    def _require(self, epoch: int) -> None:
        if epoch != self._epoch or self._held_until is None:
            msg = "the lease is no longer ours; nothing more is written"
            raise LeaseLostError(msg)

    # -- incidents and their trails ---------------------------------------------------------

    def incidents(self) -> tuple[Incident, ...]:
        """Give every incident that is kept, oldest first."""
        return oldest_first(self._incidents.values())

    def parents(self) -> tuple[Parent, ...]:
        """Give every portfolio incident that is kept, oldest first."""
        return oldest_first(self._parents.values())

    def save(
        self,
        incidents: Iterable[Incident],
        parents: Iterable[Parent] = (),
        *,
        lease: Lease,
        settled: Iterable[str] = (),
        noted: Iterable[tuple[Fingerprint, TrailLine]] = (),
    ) -> None:
        """Keep *incidents* and *parents*, and what became of what was intended, and why."""
        self._require(epoch_of(lease, issuer=self))
        self._incidents |= {identity(incident): incident for incident in incidents}
        self._parents |= {identity(parent): parent for parent in parents}
        for key in settled:
            self.settle(key)
        for fingerprint, line in noted:
            self.note(fingerprint, line)

    def note(self, fingerprint: Fingerprint, line: TrailLine) -> None:
        """Append one line to the decision trail of an incident, unless it repeats the last."""
        if any(last.says == line.says for last in self.trail(fingerprint)[-1:]):
            return
        self._trails.setdefault(fingerprint, deque(maxlen=TRAIL_LINES)).append(line)

    def trail(self, fingerprint: Fingerprint) -> tuple[TrailLine, ...]:
        """Give the decision trail of an incident, oldest first, the newest 200 lines."""
        return tuple(self._trails.get(fingerprint, ()))

    # -- memory -----------------------------------------------------------------------------

    def recall(self, topic: str, key: str) -> str | None:
        """Give what was remembered, or None."""
        fact, _ = self._facts.get((topic, key), (None, None))
        return fact

    def remember(self, topic: str, key: str, fact: str, *, now: datetime) -> None:
        """Keep *fact* under *topic* and *key*, replacing what was there."""
        known, kept_at = self._facts.get((topic, key), (None, now))
        if known != fact or kept_at < now - REFRESH:
            self._facts[topic, key] = (fact, now)

    def forget(self, topic: str, key: str) -> None:
        """Drop what was remembered, if anything was."""
        self._facts.pop((topic, key), None)

    # -- the intent journal -----------------------------------------------------------------

    def intend(self, intent: Intent, *, lease: Lease) -> None:
        """Note what is about to be created; the same key again replaces what was noted."""
        self._require(epoch_of(lease, issuer=self))
        self._intents[intent.key] = intent

    def intents(self) -> tuple[Intent, ...]:
        """Give the intents whose outcome is not known yet, oldest first."""
        return tuple(sorted(self._intents.values(), key=lambda intent: (intent.at, intent.key)))

    def settle(self, key: str) -> None:
        """Drop an intent: it happened, or it certainly did not."""
        self._intents.pop(key, None)

    # -- reports ----------------------------------------------------------------------------

    def record(self, report: CycleReport, *, ending: Lease | None = None) -> None:
        """Keep the report of a cycle, and drop what is older than the retention."""
        self._reports.pop(report.cycle, None)
        self._reports[report.cycle] = report
        for older in islice(reversed(self._reports.values()), WHOLE_REPORTS, WHOLE_REPORTS + 1):
            self._reports[older.cycle] = _head(older)
        self.prune(now=report.finished_at)
        if ending is not None and epoch_of(ending, issuer=self) == self._epoch:
            self._held_until = None

    def reports(self, *, limit: int) -> tuple[CycleReport, ...]:
        """Give the newest reports, newest first; but for the newest 50 only their heads."""
        return tuple(reversed(self._reports.values()))[:limit]

    def looks(self) -> tuple[Looked, ...]:
        """Give when each cycle of which a report is kept looked, oldest first."""
        return tuple(sorted(map(looked, self._reports.values()), key=lambda one: one.started_at))

    # -- windows of maintenance ---------------------------------------------------------------

    def windows(self) -> tuple[MaintenanceWindow, ...]:
        """Give the windows of maintenance, oldest first, also those that ended lately."""
        return tuple(
            sorted(self._windows, key=lambda one: (one.since, one.project, one.kind or ""))
        )

    def silence(self, window: MaintenanceWindow) -> MaintenanceWindow | None:
        """Keep *window*, and give the one of the same project and kind whose end it is, if any."""
        replaced = self.unsilence(window.project, window.kind, now=window.since)
        self._windows.append(window)
        return replaced

    def unsilence(
        self, project: ProjectName, kind: Kind | None, *, now: datetime
    ) -> MaintenanceWindow | None:
        """End the window of just this project and kind, and give it as it was, None without one."""
        place = (project, kind)
        later = [w for w in self.windows() if (w.project, w.kind) == place and now < w.until]
        ended = [replace(window, until=now) for window in later if window.since < now]
        self._windows = [*(window for window in self._windows if window not in later), *ended]
        return next(iter(later), None)

    # -- retention ----------------------------------------------------------------------------

    def prune(self, *, now: datetime, keep: timedelta = KEEP) -> None:
        """Drop reports, facts, windows, and resolved incidents with trails older than *keep*."""
        before = now - keep
        while self._reports:  # the oldest is the first: a long replay keeps thousands
            cycle, report = next(iter(self._reports.items()))
            if report.started_at >= before:
                break
            del self._reports[cycle]
        for place, (_, kept_at) in tuple(self._facts.items()):
            if kept_at < before:
                self.forget(*place)
        self._windows = [window for window in self._windows if window.until >= before]
        self._intents = {key: one for key, one in self._intents.items() if one.at >= before}
        self._letters = {number: one for number, one in self._letters.items() if one.at >= before}
        self._prune_incidents(before)

    def _prune_incidents(self, before: datetime) -> None:
        for place, incident in tuple(self._incidents.items()):
            if _is_long_over(incident, before):
                del self._incidents[place]
        for place, parent in tuple(self._parents.items()):
            if _is_long_over(parent, before):
                del self._parents[place]
        kept = {fingerprint for fingerprint, _ in (*self._incidents, *self._parents)}
        for fingerprint in self._trails.keys() - kept:
            lines = (line for line in self._trails[fingerprint] if line.at >= before)
            self._trails[fingerprint] = deque(lines, maxlen=TRAIL_LINES)

    # -- what people know -------------------------------------------------------------------

    def told(self) -> Told | None:
        """Give what people know, None when nobody was ever told anything."""
        return self._told

    def tell(
        self,
        told: Told,
        notices: Sequence[Notice],
        *,
        receivers: Sequence[str],
        lease: Lease,
        now: datetime,
    ) -> None:
        """Keep what people know and a letter for each receiver."""
        self._require(epoch_of(lease, issuer=self))
        self._told = told
        for notice in notices:
            for receiver in receivers:
                letter = Letter(id=next(self._numbers), receiver=receiver, at=now, notice=notice)
                self._letters[letter.id] = letter

    def letters(self) -> tuple[Letter, ...]:
        """Give what is in the box, oldest first."""
        return tuple(self._letters.values())

    def drop(self, letter: Letter) -> None:
        """Take a letter out of the box: it arrived, or it never will."""
        self._letters.pop(letter.id, None)


def looked(report: CycleReport) -> Looked:
    """Give when the cycle of *report* looked."""
    return Looked(
        started_at=report.started_at,
        finished_at=report.finished_at,
        failed=report.failed is not None,
    )


def _head(report: CycleReport) -> CycleReport:
    """Give *report* without what it tells at length."""
    return replace(report, projects=(), changes=(), waiting=(), orphans=(), untold=())


def identity(kept: Incident | Parent) -> tuple[Fingerprint, Nonce]:
    """Give what tells one filing from every other."""
    return kept.fingerprint, kept.nonce


def oldest_first(kept: Iterable[KeptT]) -> tuple[KeptT, ...]:
    """Give *kept* in the order in which a ledger gives it."""
    return tuple(sorted(kept, key=lambda one: (one.first_seen, *identity(one))))


def _is_long_over(kept: Incident | Parent, before: datetime) -> bool:
    over = kept.resolved_at
    return kept.phase is Phase.RESOLVED and over is not None and over < before
