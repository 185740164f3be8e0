"""Incidents, those of many projects, and their decision trails as rows."""

from collections.abc import Iterable

from pipeline_health.core.model.ids import Fingerprint
from pipeline_health.core.model.incident import Incident
from pipeline_health.core.model.journal import TrailLine
from pipeline_health.core.model.parent import Parent
from pipeline_health.ledger import queries
from pipeline_health.ledger.retention import TRAIL_LINES
from pipeline_health.ledger.rows import (
    columns_of,
    columns_of_parent,
    incident_in,
    parent_in,
    trail_line_in,
)
from pipeline_health.ledger.store import Store, Transaction
from pipeline_health.ledger.times import as_text


class IncidentTable:
    """Keeps the incidents of one ledger, each by its fingerprint and nonce."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def every(self) -> tuple[Incident, ...]:
        """Give every incident that is kept, oldest first."""
        return tuple(self._store.read(incident_in, queries.INCIDENTS))

    def parents(self) -> tuple[Parent, ...]:
        """Give every portfolio incident that is kept, oldest first."""
        return tuple(self._store.read(parent_in, queries.PARENTS))

    def trail(self, fingerprint: Fingerprint) -> tuple[TrailLine, ...]:
        """Give the decision trail of an incident, oldest first, the newest 200 lines."""
        return tuple(self._store.read(trail_line_in, queries.TRAIL, fingerprint))


def put(incidents: Iterable[Incident], parents: Iterable[Parent], transaction: Transaction) -> None:
    """Keep *incidents* and *parents*; what has not changed is not written."""
    for incident in incidents:
        transaction.run(queries.KEEP_INCIDENT, *columns_of(incident))
    for parent in parents:
        transaction.run(queries.KEEP_PARENT, *columns_of_parent(parent))


def note(fingerprint: Fingerprint, line: TrailLine, transaction: Transaction) -> None:
    """Append one line to a decision trail, unless it repeats the last."""
    if [line.says] == transaction.read(str, queries.LAST_OF_TRAIL, fingerprint):
        return
    transaction.run(queries.EXTEND_TRAIL, fingerprint, as_text(line.at), line.says)
    transaction.run(queries.SHORTEN_TRAIL, fingerprint, TRAIL_LINES)
