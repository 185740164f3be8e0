"""The ledger in one SQLite file: what every run on this host shares."""

import contextlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Self

from pipeline_health.core.model.findings import Kind
from pipeline_health.core.model.ids import Fingerprint, ProjectName
from pipeline_health.core.model.incident import Incident
from pipeline_health.core.model.journal import Intent, TrailLine
from pipeline_health.core.model.maintenance import MaintenanceWindow
from pipeline_health.core.model.notice import Letter, Notice, Told
from pipeline_health.core.model.parent import Parent
from pipeline_health.core.model.report import CycleReport, Looked
from pipeline_health.ledger import queries
from pipeline_health.ledger.facts import Facts
from pipeline_health.ledger.holder import NOBODY, Holder
from pipeline_health.ledger.incident_table import IncidentTable, note, put
from pipeline_health.ledger.lease import HeldLease, epoch_of, grant
from pipeline_health.ledger.lease_table import LeaseTable
from pipeline_health.ledger.letter_box import LetterBox
from pipeline_health.ledger.pruning import prune
from pipeline_health.ledger.reading import ReadingStore
from pipeline_health.ledger.report_table import ReportTable
from pipeline_health.ledger.retention import KEEP
from pipeline_health.ledger.rows import intent_in
from pipeline_health.ledger.store import Store, Transaction, WritableStore
from pipeline_health.ledger.times import as_text
from pipeline_health.ledger.window_table import WindowTable
from pipeline_health.ports import Lease, LedgerError


class SqlLedger:
    """A `Ledger` that outlives its process. Every method raises LedgerError when it could not.

    Threads may share it. Every write is one transaction: all of it is on the disk when the method
    returns, or nothing is. Only facts may wait: under a lease they are written with what comes
    next. What is over is kept for as long as *keep*.
    """

    def __init__(self, store: Store, *, holder: Holder, keep: timedelta = KEEP) -> None:
        self._store = store
        self._keep = keep
        self._facts = Facts(store)
        self._incidents = IncidentTable(store)
        self._reports = ReportTable(store)
        self._held = 0
        self._leases = LeaseTable(store, holder=holder)
        self._windows = WindowTable(store)
        self._box = LetterBox(store)

    @classmethod
    def open(cls, path: Path, *, holder: Holder, keep: timedelta = KEEP) -> "SqlLedger":
        """Open the ledger for *holder*, creating or migrating it as needed.

        Raises LedgerError when the file is not a ledger, is damaged or is of a newer version.
        """
        return cls(WritableStore(path), holder=holder, keep=keep)

    @classmethod
    def read_only(cls, path: Path) -> "SqlLedger":
        """Open the ledger to look only: nothing is created or changed, and a write raises.

        A file that does not exist reads as an empty ledger. It takes no lease and waits for none.
        """
        return cls(ReadingStore(path), holder=NOBODY)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def path(self) -> Path:
        """The file that it is, or would be."""
        return self._store.path

    def close(self) -> None:
        """Let go of the file; closing twice is harmless."""
        self._store.close()

    # -- the lease --------------------------------------------------------------------------

    @contextmanager
    def lease(self, *, now: datetime, lasting: timedelta) -> Iterator[HeldLease]:
        """Take the lease for one cycle, or raise LeaseHeldError; given back at the end."""
        epoch = self._leases.take(now=now, lasting=lasting)
        self._held = epoch
        self._facts.begin(partial(self._leases.is_ours, epoch))
        try:
            yield grant(self, epoch=epoch, prolong=partial(self._renew, epoch, lasting))
        finally:
            # What could not be given back runs out by itself, and must not hide what happened.
            with contextlib.suppress(LedgerError):
                self._give_back(epoch)

    def _give_back(self, epoch: int) -> None:
        if self._held != epoch:
            return
        try:
            with self._facts.writing() as transaction:
                self._leases.release(epoch, transaction)
        finally:
            self._ended()

    def _ended(self) -> None:
        self._held = 0
        self._facts.end()

    def _renew(self, epoch: int, lasting: timedelta, now: datetime) -> None:
        self._leases.renew(epoch, until=now + lasting)

    @contextmanager
    def _writing_under(self, lease: Lease) -> Iterator[Transaction]:
        epoch = epoch_of(lease, issuer=self)
        with self._facts.writing() as transaction:
            self._leases.require(epoch, transaction)
            yield transaction

    # -- incidents and their trails ---------------------------------------------------------

    def incidents(self) -> tuple[Incident, ...]:
        """Give every incident that is kept, oldest first."""
        return self._incidents.every()

    def parents(self) -> tuple[Parent, ...]:
        """Give every portfolio incident that is kept, oldest first."""
        return self._incidents.parents()

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
        the trails. What has not changed is not written. Raises LeaseLostError when the lease is not
        ours.
        """
        kept = (tuple(incidents), tuple(parents), tuple(settled), tuple(noted))
        if not any(kept):
            epoch = epoch_of(lease, issuer=self)
            self._store.at_once(partial(self._leases.require, epoch))
            return
        with self._writing_under(lease) as transaction:
            _keep(transaction, *kept)

    def note(self, fingerprint: Fingerprint, line: TrailLine) -> None:
        """Append one line to the decision trail of an incident, unless it repeats the last."""
        with self._facts.writing() as transaction:
            note(fingerprint, line, transaction)

    def trail(self, fingerprint: Fingerprint) -> tuple[TrailLine, ...]:
        """Give the decision trail of an incident, oldest first, the newest 200 lines."""
        return self._incidents.trail(fingerprint)

    # -- memory -----------------------------------------------------------------------------

    def recall(self, topic: str, key: str) -> str | None:
        """Give what was remembered, or None."""
        return self._facts.recall(topic, key)

    def remember(self, topic: str, key: str, fact: str, *, now: datetime) -> None:
        """Keep *fact* under *topic* and *key*; what is known already is not written again."""
        self._facts.remember(topic, key, fact, now=now)

    def forget(self, topic: str, key: str) -> None:
        """Drop what was remembered, if anything was."""
        self._facts.forget(topic, key)

    # -- the intent journal -----------------------------------------------------------------

    def intend(self, intent: Intent, *, lease: Lease) -> None:
        """Note what is about to be created; it is on the disk when this returns.

        The same key again replaces what was noted. Raises LeaseLostError when the lease is not
        ours.
        """
        row = (intent.key, intent.of, intent.fingerprint, intent.repo, as_text(intent.at))
        with self._writing_under(lease) as transaction:
            transaction.run(queries.INTEND, *row, intent.highest)

    def intents(self) -> tuple[Intent, ...]:
        """Give the intents whose outcome is not known yet, oldest first."""
        return tuple(self._store.read(intent_in, queries.INTENTS))

    def settle(self, key: str) -> None:
        """Drop an intent: it happened, or it certainly did not."""
        with self._facts.writing() as transaction:
            transaction.run(queries.SETTLE, key)

    # -- reports ----------------------------------------------------------------------------

    def record(self, report: CycleReport, *, ending: Lease | None = None) -> None:
        """Keep the report of a cycle, and drop what is older than the retention.

        The lease that it ends, if any, is given back in the same transaction.
        """
        with contextlib.suppress(LedgerError):  # a file that stays large holds as much
            self._store.shrink()
        with self._facts.writing() as transaction:
            self._reports.put(report, transaction)
            prune(transaction, before=report.finished_at - self._keep)
            if ending is not None:
                self._leases.release(epoch_of(ending, issuer=self), transaction)
        if ending is not None and epoch_of(ending, issuer=self) == self._held:
            self._ended()

    def reports(self, *, limit: int) -> tuple[CycleReport, ...]:
        """Give the newest reports, newest first; but for the newest 50 only their heads."""
        return self._reports.newest(limit)

    def looks(self) -> tuple[Looked, ...]:
        """Give when each cycle of which a report is kept looked, oldest first."""
        return self._reports.looks()

    # -- windows of maintenance ---------------------------------------------------------------

    def windows(self) -> tuple[MaintenanceWindow, ...]:
        """Give the windows of maintenance, oldest first, also those that ended lately."""
        return self._windows.every()

    def silence(self, window: MaintenanceWindow) -> MaintenanceWindow | None:
        """Keep *window*, and give the one of the same project and kind whose end it is, if any."""
        return self._windows.begin(window)

    def unsilence(
        self, project: ProjectName, kind: Kind | None, *, now: datetime
    ) -> MaintenanceWindow | None:
        """End the window of just this project and kind, and give it as it was, None without one."""
        return self._windows.end(project, kind, at=now)

    # -- retention ----------------------------------------------------------------------------

    def prune(self, *, now: datetime, keep: timedelta = KEEP) -> None:
        """Drop reports, facts, windows, and resolved incidents with trails older than *keep*."""
        with self._facts.writing() as transaction:
            prune(transaction, before=now - keep)

    # -- what people know -------------------------------------------------------------------

    def told(self) -> Told | None:
        """Give what people know, None when nobody was ever told anything."""
        return self._box.told()

    def tell(
        self,
        told: Told,
        notices: Sequence[Notice],
        *,
        receivers: Sequence[str],
        lease: Lease,
        now: datetime,
    ) -> None:
        """Keep what people know and a letter for each receiver, in one transaction.

        Raises LeaseLostError when the lease is not ours.
        """
        with self._writing_under(lease) as transaction:
            self._box.put(told, notices, transaction, receivers=receivers, now=now)

    def letters(self) -> tuple[Letter, ...]:
        """Give what is in the box, oldest first."""
        return self._box.letters()

    def drop(self, letter: Letter) -> None:
        """Take a letter out of the box: it arrived, or it never will."""
        self._box.drop(letter)


def _keep(
    transaction: Transaction,
    incidents: Iterable[Incident],
    parents: Iterable[Parent],
    settled: Iterable[str],
    noted: Iterable[tuple[Fingerprint, TrailLine]],
) -> None:
    put(incidents, parents, transaction)
    for key in settled:
        transaction.run(queries.SETTLE, key)
    for fingerprint, line in noted:
        note(fingerprint, line, transaction)
