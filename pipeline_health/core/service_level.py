"""The promise in time: from a failure at its provider to an issue, hop by hop.

What was broken before the first look at its project starts its clock at that look.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from pipeline_health.core.model.incident import Incident


@dataclass(frozen=True, slots=True, kw_only=True)
class Hops:
    """When an incident failed, was seen, and was filed; each no earlier than the one before.

    *failed_at* is the provider's time, or the first look where that was later. *filed_at* is None
    while there is no issue.
    """

    failed_at: datetime
    seen_at: datetime
    filed_at: datetime | None

    def taken(self, *, now: datetime) -> timedelta:
        """Give the time from the failure to the issue, or to *now* while there is none."""
        return (self.filed_at or max(now, self.seen_at)) - self.failed_at

    def is_late(self, sla: timedelta, *, now: datetime) -> bool:
        """Tell whether that is more than was promised."""
        return self.taken(now=now) > sla


def hops_of(incident: Incident, *, first_look: datetime | None) -> Hops:
    """Give the hops of *incident*, whose project was first looked at at *first_look*, if known."""
    seen = incident.first_seen
    failed = min(incident.first_failed_at, seen)
    if first_look is not None:
        failed = min(max(failed, first_look), seen)
    filed = None if incident.filing is None else incident.filing.opened_at
    return Hops(
        failed_at=failed,
        seen_at=seen,
        filed_at=None if filed is None else max(filed, seen),
    )
