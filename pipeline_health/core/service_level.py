"""The promise in time: from a failure at its provider to an issue, hop by hop.

What was broken before the first look at its project starts its clock at that look. What is back
after it was over is measured anew: from the failure that it is back with to the reopening of its
issue. When it was first seen to be back is not kept. Its issue is whichever named it first: its
own, or that of a portfolio incident.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from pipeline_health.core.beside import reason_to_wait
from pipeline_health.core.maintenance import silent_spans, told, window_over
from pipeline_health.core.model.incident import Filing, Incident, Naming, Phase
from pipeline_health.core.model.maintenance import MaintenanceWindow
from pipeline_health.core.model.report import Looked
from pipeline_health.frozen import dataclass

LOOKS_MISSED = 3
"""After so many intervals without a finished look, our own looking had a gap."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hops:
    """When an incident failed, was seen, and was filed; each no earlier than the one before.

    *failed_at* is the provider's time, or the first look where that was later. *filed_at* is None
    while no issue tells of it. *silent* are the stretches of maintenance, which do not count; none
    overlap. *sight_kept* is False where *seen_at* is no more than a bound. *by_parent* says that it
    was the issue of a portfolio incident that told of it first.
    """

    failed_at: datetime
    seen_at: datetime
    filed_at: datetime | None
    silent: tuple[tuple[datetime, datetime], ...] = ()
    sight_kept: bool = True
    by_parent: bool = False

    def taken(self, *, now: datetime) -> timedelta:
        """Give the time from the failure to the issue, or to *now* while there is none."""
        return self._counted(self.failed_at, self.filed_at or max(now, self.seen_at))

    def to_sight(self) -> timedelta | None:
        """Give the time from the failure to our seeing it, None where that was not kept."""
        return self._counted(self.failed_at, self.seen_at) if self.sight_kept else None

    def to_filing(self) -> timedelta | None:
        """Give the time from our seeing it to the issue, None without one."""
        if self.filed_at is None or not self.sight_kept:
            return None
        return self._counted(self.seen_at, self.filed_at)

    def is_late(self, sla: timedelta, *, now: datetime) -> bool:
        """Tell whether that is more than was promised."""
        return self.taken(now=now) > sla

    def _counted(self, start: datetime, end: datetime) -> timedelta:
        silent = (min(end, until) - max(start, since) for since, until in self.silent)
        return (end - start) - sum((max(each, timedelta()) for each in silent), timedelta())


def hops_of(
    incident: Incident,
    *,
    first_look: datetime | None,
    windows: Sequence[MaintenanceWindow] = (),
    reopened_at: datetime | None = None,
) -> Hops:
    """Give the hops of *incident*, whose project was first looked at at *first_look*, if known.

    *windows* are those of maintenance, and *reopened_at* is when we last opened its issue again.
    """
    silent = silent_spans(incident, windows)
    if is_back(incident):
        failed = incident.first_failed_at
        filed, by_parent = _told(reopened_at, incident.named, after=failed)
        return Hops(
            failed_at=failed,
            seen_at=filed or failed,
            filed_at=filed,
            silent=silent,
            sight_kept=False,
            by_parent=by_parent,
        )
    seen = incident.first_seen
    failed = min(incident.first_failed_at, seen)
    if first_look is not None:
        failed = min(max(failed, first_look), seen)
    filing = incident.filing
    kept = filing is None or filing.opened_at is not None
    own = None if filing is None else filing.opened_at
    filed, by_parent = _told(own, incident.named if kept else None)
    return Hops(
        failed_at=failed,
        seen_at=seen,
        filed_at=None if filed is None else max(filed, seen),
        silent=silent,
        by_parent=by_parent,
    )


def _told(
    own: datetime | None, naming: Naming | None, *, after: datetime | None = None
) -> tuple[datetime | None, bool]:
    """Give when an issue first told of an incident, and whether that was a parent's."""
    times = ((own, False), (None if naming is None else naming.at, True))
    known = [(at, by) for at, by in times if at is not None and (after is None or at >= after)]
    return min(known, default=(None, False))


def is_back(incident: Incident) -> bool:
    """Tell whether *incident* broke again after it was over, under the issue that it had."""
    opened_at = None if incident.filing is None else incident.filing.opened_at
    return bool(incident.turns) and opened_at is not None and incident.first_failed_at > opened_at


def reason_not_measured(
    incident: Incident,
    hops: Hops,
    *,
    windows: Sequence[MaintenanceWindow] = (),
    now: datetime,
) -> str | None:
    """Say why the time of *incident* is not measured, or None where it is."""
    filing = incident.filing
    if filing is None and (incident.named is None or incident.duplicate_of is not None):
        return _unfiled(incident, windows, now=now)
    if filing is not None and filing.opened_at is None:
        return "when it was filed is not kept"
    if incident.beside is not None:
        return f"issue {incident.beside} of another monitor said so first, and ours waited"
    if filing is not None and is_back(incident) and hops.filed_at is None:
        return _not_reopened(incident, filing, windows, now=now)
    return None


def _unfiled(
    incident: Incident, windows: Sequence[MaintenanceWindow], *, now: datetime
) -> str | None:
    if incident.duplicate_of is not None:
        return f"a duplicate of {incident.duplicate_of}"
    if incident.phase is Phase.RESOLVED:
        return "it was over before it was filed"
    return _put_off(incident, windows, now=now) or reason_to_wait(incident, now=now)


def _not_reopened(
    incident: Incident, filing: Filing, windows: Sequence[MaintenanceWindow], *, now: datetime
) -> str | None:
    if incident.phase is Phase.RESOLVED:
        return "it was over before its issue was opened again"
    if filing.closed_at is None:
        return "it is back, and when its issue was opened again is not kept"
    return _put_off(incident, windows, now=now)


def _put_off(
    incident: Incident, windows: Sequence[MaintenanceWindow], *, now: datetime
) -> str | None:
    if incident.phase is Phase.MUTED:
        return "a person wants no issue of it"
    if incident.hidden_behind is not None:
        return f"it follows from {incident.hidden_behind}, and is not filed while that is broken"
    window = window_over(incident, windows, now=now)
    return None if window is None else told(window, now=now)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """How long something took: the percentiles are nearest-rank, so each is one that happened."""

    p50: timedelta
    p95: timedelta
    longest: timedelta


def spread_of(lengths: Iterable[timedelta]) -> Spread | None:
    """Give the spread of *lengths*, None where there are none."""
    ordered = sorted(lengths)
    if not ordered:
        return None
    return Spread(p50=_ranked(ordered, 50), p95=_ranked(ordered, 95), longest=ordered[-1])


def _ranked(ordered: Sequence[timedelta], percent: int) -> timedelta:
    rank = -(-len(ordered) * percent // 100)
    return ordered[rank - 1]


def gaps_in(
    looks: Iterable[Looked], *, longer_than: timedelta, since: datetime, now: datetime
) -> Iterator[tuple[datetime, datetime]]:
    """Give the stretches without a finished look that reach beyond *since*, the last up to *now*.

    Time before the first look of all is none: nobody was looking yet.
    """
    ends = sorted(look.finished_at for look in looks if not look.failed)
    for start, end in pairwise((*ends, max(now, ends[-1])) if ends else ()):
        if end - start > longer_than and end > since:
            yield start, end
