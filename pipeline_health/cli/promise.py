"""The account of the promise in time, as the ledger can give it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from pipeline_health.core.model.ids import Fingerprint, ProjectName
from pipeline_health.core.model.incident import Incident, Phase
from pipeline_health.core.model.maintenance import MaintenanceWindow
from pipeline_health.core.service_level import (
    LOOKS_MISSED,
    Hops,
    Spread,
    gaps_in,
    hops_of,
    is_back,
    reason_not_measured,
    spread_of,
)
from pipeline_health.frozen import dataclass
from pipeline_health.ports import Ledger

_REOPENED = "ReopenIssue: "


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One incident and its hops; *why_not* says why they do not count, None where they do."""

    incident: Incident
    hops: Hops
    why_not: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """What is told of the promise: every incident since a moment, and the gaps in our looking."""

    since: datetime
    now: datetime
    sla: timedelta
    interval: timedelta
    assumed: str
    every: tuple[Measured, ...]
    gaps: tuple[tuple[datetime, datetime], ...]
    looked: bool

    @property
    def measured(self) -> tuple[Measured, ...]:
        """Those whose time counts."""
        return tuple(one for one in self.every if one.why_not is None)

    @property
    def filed(self) -> tuple[Hops, ...]:
        """The hops of those that count and have an issue."""
        return tuple(one.hops for one in self.measured if one.hops.filed_at is not None)

    @property
    def breaches(self) -> int:
        """How many came too late, or are not filed yet and too late already."""
        return sum(self.is_late(one) for one in self.measured)

    def is_late(self, one: Measured) -> bool:
        """Tell whether *one* broke the promise."""
        return one.hops.is_late(self.sla, now=self.now)

    def spreads(self) -> Mapping[str, Spread | None]:
        """Give how long the whole took and each hop, of what is filed."""
        return {
            "whole": spread_of(hops.taken(now=self.now) for hops in self.filed),
            "to_sight": spread_of(_known(hops.to_sight() for hops in self.filed)),
            "to_issue": spread_of(_known(hops.to_filing() for hops in self.filed)),
        }


def account_of(  # noqa: PLR0913 - one argument a fact
    ledger: Ledger,
    *,
    first_looks: Mapping[ProjectName, datetime],
    sla: timedelta,
    interval: timedelta,
    assumed: str,
    since: datetime,
    now: datetime,
) -> Account:
    """Put together what the ledger tells of the promise."""
    windows, looks = ledger.windows(), ledger.looks()
    every = (
        _measured(each, ledger, windows, first_look=first_looks.get(each.project), now=now)
        for each in ledger.incidents()
    )
    gaps = gaps_in(looks, longer_than=interval * LOOKS_MISSED, since=since, now=now)
    return Account(
        since=since,
        now=now,
        sla=sla,
        interval=interval,
        assumed=assumed,
        every=tuple(one for one in every if _concerns(one, since)),
        gaps=tuple(gaps),
        looked=bool(looks),
    )


def _concerns(one: Measured, since: datetime) -> bool:
    """Tell whether *one* failed since then, or is still waiting for its issue."""
    incident = one.incident
    untold = incident.filing is None and incident.named is None
    waits = untold and incident.phase is not Phase.RESOLVED
    return waits or one.hops.failed_at >= since


def _measured(
    incident: Incident,
    ledger: Ledger,
    windows: Sequence[MaintenanceWindow],
    *,
    first_look: datetime | None,
    now: datetime,
) -> Measured:
    reopened = _reopened_at(ledger, incident.fingerprint) if is_back(incident) else None
    hops = hops_of(incident, first_look=first_look, windows=windows, reopened_at=reopened)
    why_not = reason_not_measured(incident, hops, windows=windows, now=now)
    return Measured(incident=incident, hops=hops, why_not=why_not)


def _reopened_at(ledger: Ledger, fingerprint: Fingerprint) -> datetime | None:
    """Give when the trail says that we last opened the issue again."""
    lines = ledger.trail(fingerprint)
    return max((line.at for line in lines if line.says.startswith(_REOPENED)), default=None)


def _known(lengths: Iterable[timedelta | None]) -> Iterator[timedelta]:
    return (length for length in lengths if length is not None)
