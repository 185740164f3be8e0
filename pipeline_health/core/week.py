"""The week in numbers, for the Monday note: what was broken and mended, and how fast."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field
from datetime import UTC, datetime, timedelta

from pipeline_health.core.concerns import owner_of
from pipeline_health.core.model.ids import ProjectName
from pipeline_health.core.model.incident import Incident, Owner, Phase
from pipeline_health.core.model.maintenance import MaintenanceWindow
from pipeline_health.core.model.report import TransientLine
from pipeline_health.core.service_level import hops_of
from pipeline_health.frozen import dataclass

_HOUR = 8
WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """Seven days until now. *to_issue* is the median time from a failure to its issue, if any.

    *transients* tells how many looks at a URL failed for a moment by hour of the day in UTC; they
    are of the last 30 days, because a week has too few.
    """

    looks: int
    incidents: int
    to_issue: timedelta | None
    by_agent: int
    by_people: int
    transients: Mapping[int, int] = field(default_factory=dict)


def monday_before(now: datetime) -> datetime:
    """Give the last Monday, 08:00 UTC, that is not later than *now*."""
    here = now.astimezone(UTC)
    start = here.replace(hour=_HOUR, minute=0, second=0, microsecond=0)
    start -= timedelta(days=here.weekday())
    return start if start <= here else start - WEEK


def week_of(
    incidents: Sequence[Incident],
    *,
    looks: int,
    transients: Iterable[TransientLine] = (),
    first_looks: Mapping[ProjectName, datetime],
    windows: Sequence[MaintenanceWindow] = (),
    now: datetime,
) -> Week:
    """Count what happened within a week before *now*."""
    since = now - WEEK
    mended = Counter(owner_of(each) for each in incidents if _is_mended(each, since))
    every = (
        hops_of(each, first_look=first_looks.get(each.project), windows=windows)
        for each in incidents
    )
    times = [
        hops.taken(now=now) for hops in every if hops.filed_at is not None and hops.filed_at > since
    ]
    hours: Counter[int] = Counter()
    for line in transients:
        hours[line.hour] += line.count
    return Week(
        looks=looks,
        incidents=sum(
            each.first_seen > since and each.filing is not None and each.duplicate_of is None
            for each in incidents
        ),
        to_issue=_median(times),
        by_agent=mended[Owner.AGENT],
        by_people=mended[Owner.HUMAN],
        transients=dict(sorted(hours.items())),
    )


def _median(times: Sequence[timedelta]) -> timedelta | None:
    """Give the median (`statistics` would cost each cycle its import)."""
    if not times:
        return None
    ordered, middle = sorted(times), len(times) // 2
    return (ordered[middle] + ordered[-middle - 1]) / 2


def _is_mended(incident: Incident, since: datetime) -> bool:
    return (
        incident.phase is Phase.RESOLVED
        and incident.filing is not None
        and incident.duplicate_of is None
        and incident.resolved_at is not None
        and incident.resolved_at > since
    )
