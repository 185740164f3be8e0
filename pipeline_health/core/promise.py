"""The account of the promise in time: how long each failure took to its issue, and who was late."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta

from pipeline_health.core.model.board import Facts, Past, Wishes
from pipeline_health.core.model.incident import Incident, Phase
from pipeline_health.core.service_level import (
    LOOKS_MISSED,
    Hops,
    Spread,
    gaps_in,
    hops_of,
    reason_not_measured,
    spread_of,
)
from pipeline_health.frozen import dataclass


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


def account_of(
    facts: Facts, past: Past, wishes: Wishes, *, since: datetime, now: datetime
) -> Account:
    """Put together what is kept of the promise, since *since*."""
    policy = wishes.policy
    every = (_measured(each, facts, past, now=now) for each in facts.incidents)
    longest = policy.poll_interval * LOOKS_MISSED
    return Account(
        since=since,
        now=now,
        sla=policy.sla,
        interval=policy.poll_interval,
        assumed=wishes.unread,
        every=tuple(one for one in every if _concerns(one, since)),
        gaps=tuple(gaps_in(past.looks, longer_than=longest, since=since, now=now)),
        looked=bool(past.looks),
    )


def _concerns(one: Measured, since: datetime) -> bool:
    """Tell whether *one* failed since then, or is still waiting for its issue."""
    incident = one.incident
    untold = incident.filing is None and incident.named is None
    waits = untold and incident.phase is not Phase.RESOLVED
    return waits or one.hops.failed_at >= since


def _measured(incident: Incident, facts: Facts, past: Past, *, now: datetime) -> Measured:
    hops = hops_of(
        incident,
        first_look=past.first_looks.get(incident.project),
        windows=facts.windows,
        reopened_at=past.reopened.get(incident.fingerprint),
    )
    why_not = reason_not_measured(incident, hops, windows=facts.windows, now=now)
    return Measured(incident=incident, hops=hops, why_not=why_not)


def _known(lengths: Iterable[timedelta | None]) -> Iterator[timedelta]:
    return (length for length in lengths if length is not None)
