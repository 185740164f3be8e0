"""The windows of maintenance as rows: written by commands, beside a cycle and without its lease.

A window that is ended or replaced is not dropped: its end is moved, so that the time in which it
was open is still known. Each write is one short transaction, for which a cycle waits at most as
long as for any other.
"""

from datetime import datetime

from pipeline_health.core.model.findings import Kind
from pipeline_health.core.model.ids import ProjectName
from pipeline_health.core.model.maintenance import MaintenanceWindow
from pipeline_health.ledger import queries
from pipeline_health.ledger.store import Store, Transaction
from pipeline_health.ledger.times import as_text, as_time

_EVERY_KIND = ""


class WindowTable:
    """Keeps the windows of one ledger; of one project and kind no two are open at once."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def every(self) -> tuple[MaintenanceWindow, ...]:
        """Give all that are kept, oldest first."""
        found = self._store.read(_window, queries.WINDOWS)
        return tuple(window for window in found if window is not None)

    def begin(self, window: MaintenanceWindow) -> MaintenanceWindow | None:
        """Keep *window*, and end the one that it replaces."""
        place = (window.project, _column(window.kind))
        with self._store.writing() as transaction:
            replaced = _end(transaction, window.project, window.kind, at=window.since)
            times = (as_text(window.since), as_text(window.until))
            transaction.run(queries.KEEP_WINDOW, *place, *times, window.reason)
        return replaced

    def end(
        self, project: ProjectName, kind: Kind | None, *, at: datetime
    ) -> MaintenanceWindow | None:
        """End the one that is open at that time, and give it as it was."""
        with self._store.writing() as transaction:
            return _end(transaction, project, kind, at=at)


def _end(
    transaction: Transaction, project: ProjectName, kind: Kind | None, *, at: datetime
) -> MaintenanceWindow | None:
    """End what is open *at* that time, and drop what would open later: a clock was set back."""
    place, moment = (project, _column(kind)), as_text(at)
    found = transaction.read(_window, queries.OPEN_WINDOW, *place, moment)
    transaction.run(queries.DROP_LATER_WINDOWS, *place, moment)
    transaction.run(queries.END_WINDOW, moment, *place, moment)
    return next(iter(found), None)


def _column(kind: Kind | None) -> str:
    return _EVERY_KIND if kind is None else kind


def _window(
    project: ProjectName, kind: str, since: str, until: str, reason: str
) -> MaintenanceWindow | None:
    """Give the window of a row; of a kind that only a newer version knows nothing is silent."""
    if kind not in (_EVERY_KIND, *Kind):
        return None
    return MaintenanceWindow(
        project=project,
        kind=None if kind == _EVERY_KIND else Kind(kind),
        since=as_time(since),
        until=as_time(until),
        reason=reason,
    )
