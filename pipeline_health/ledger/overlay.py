"""A ledger for dry runs: it reads through to another one and writes to nothing but itself."""

from collections.abc import Collection
from datetime import datetime

from pipeline_health.core.model.ids import Fingerprint
from pipeline_health.core.model.incident import Incident
from pipeline_health.core.model.journal import Intent, TrailLine
from pipeline_health.core.model.notice import Told
from pipeline_health.core.model.parent import Parent
from pipeline_health.core.model.report import CycleReport, Looked
from pipeline_health.ledger.memory import (
    MemoryLedger,
    identity,
    looked,
    oldest_first,
)
from pipeline_health.ledger.retention import TRAIL_LINES
from pipeline_health.ports import Ledger


class DryRunLedger(MemoryLedger):
    """A `Ledger` that shows *base* with this process's changes on top, and never changes *base*.

    What belongs to the topics of *anew* is found out anew every time: what *base* remembers of it
    is not believed, and nothing more is remembered. Its lease is its own: a dry run waits for
    nobody and keeps nobody waiting.
    """

    def __init__(self, base: Ledger, *, anew: Collection[str] = ()) -> None:
        super().__init__()
        self._base = base
        self._anew = anew
        self._forgotten: set[tuple[str, str]] = set()
        self._settled: set[str] = set()
        self._windows = list(base.windows())

    def incidents(self) -> tuple[Incident, ...]:
        """Give every incident that is kept, oldest first."""
        below = {identity(incident): incident for incident in self._base.incidents()}
        return oldest_first((below | self._incidents).values())

    def parents(self) -> tuple[Parent, ...]:
        """Give every portfolio incident that is kept, oldest first."""
        below = {identity(one): one for one in self._base.parents()}
        return oldest_first((below | self._parents).values())

    def trail(self, fingerprint: Fingerprint) -> tuple[TrailLine, ...]:
        """Give the decision trail of an incident, oldest first, the newest 200 lines."""
        lines = (*self._base.trail(fingerprint), *super().trail(fingerprint))
        return lines[-TRAIL_LINES:]

    def recall(self, topic: str, key: str) -> str | None:
        """Give what was remembered, or None."""
        fact = super().recall(topic, key)
        if fact is not None or topic in self._anew or (topic, key) in self._forgotten:
            return fact
        return self._base.recall(topic, key)

    def remember(self, topic: str, key: str, fact: str, *, now: datetime) -> None:
        """Keep *fact* under *topic* and *key*, replacing what was there."""
        if topic not in self._anew:
            super().remember(topic, key, fact, now=now)

    def forget(self, topic: str, key: str) -> None:
        """Drop what was remembered, if anything was."""
        self._forgotten.add((topic, key))
        super().forget(topic, key)

    def intents(self) -> tuple[Intent, ...]:
        """Give the intents whose outcome is not known yet, oldest first."""
        own = super().intents()
        hidden = self._settled | {intent.key for intent in own}
        below = (intent for intent in self._base.intents() if intent.key not in hidden)
        return tuple(sorted((*below, *own), key=lambda intent: (intent.at, intent.key)))

    def settle(self, key: str) -> None:
        """Drop an intent: it happened, or it certainly did not."""
        self._settled.add(key)
        super().settle(key)

    def reports(self, *, limit: int) -> tuple[CycleReport, ...]:
        """Give the newest reports, newest first."""
        own = super().reports(limit=limit)
        replaced = {report.cycle for report in own}
        below = (one for one in self._base.reports(limit=limit) if one.cycle not in replaced)
        return (*own, *below)[:limit]

    def looks(self) -> tuple[Looked, ...]:
        """Give when each cycle of which a report is kept looked, oldest first."""
        own = map(looked, self._reports.values())
        return tuple(sorted((*self._base.looks(), *own), key=lambda one: one.started_at))

    def told(self) -> Told | None:
        """Give what people know, None when nobody was ever told anything."""
        own = super().told()
        return self._base.told() if own is None else own
