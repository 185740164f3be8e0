"""The free remedy: one re-run of the failed jobs, before anyone is asked.

It is for causes that pass by themselves, once for each run, cause and commit, and it delays an
issue by a quarter of an hour at most. An issue that is open already is not touched by it.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from pipeline_health.core.model.case import Case
from pipeline_health.core.model.incident import Ailment, CauseClass, Incident, Remedy
from pipeline_health.core.model.plan import RerunJobs
from pipeline_health.core.model.questions import RunTrace

RERUNNABLE = frozenset({CauseClass.PLATFORM, CauseClass.FLAKY})
HELPS_WITHIN = timedelta(minutes=15)
REMEDIES_KEPT = 20


def remedies_of(case: Case, *, now: datetime) -> tuple[RerunJobs | str, ...]:
    """Give the re-runs that may spare *case* its issue, or say that one may still; else nothing.

    *case* has no issue yet. Where one of its failures is of no run, or is back after a re-run,
    nothing can spare it.
    """
    incident = case.incident
    too_late = now - incident.first_failed_at >= HELPS_WITHIN
    if incident.cause.of not in RERUNNABLE or too_late or not incident.broken:
        return ()
    tried = [_tried(ailment, incident) for ailment in incident.broken]
    if not all(_may_help(*pair) for pair in zip(incident.broken, tried, strict=True)):
        return ()
    if all(remedy is not None for remedy in tried):
        return ("a re-run of its failed jobs may still mend it",)
    return tuple(_untried(case))


def is_overdue(case: Case, *, now: datetime) -> bool:
    """Tell whether a re-run goes on for longer than an issue may wait for it."""
    tried = any(_tried(ailment, case.incident) is not None for ailment in case.incident.broken)
    return tried and case.in_flight and now - case.incident.first_failed_at >= HELPS_WITHIN


def with_remedy(incident: Incident, change: RerunJobs, *, sent: bool, now: datetime) -> Incident:
    """Give *incident* with the remedy noted; one whose answer was lost counts as tried.

    *sent* is False when GitHub refused it: that is noted too, and nothing waits for it.
    """
    remedy = Remedy(
        cause=change.cause,
        commit=change.commit,
        run_id=change.run_id,
        failed_at=change.failed_at,
        at=now,
        sent=sent,
    )
    return replace(incident, remedies=(*incident.remedies, remedy)[-REMEDIES_KEPT:])


def _untried(case: Case) -> Iterator[RerunJobs]:
    incident = case.incident
    standing = {found.finding.symptom for found in case.findings}
    for ailment in incident.broken:
        trace, commit = ailment.trace, ailment.commit
        untried = ailment.symptom in standing and _tried(ailment, incident) is None
        if untried and isinstance(trace, RunTrace) and commit is not None:
            yield RerunJobs(
                fingerprint=incident.fingerprint,
                nonce=incident.nonce,
                repo=incident.repo,
                run_id=trace.run_id,
                commit=commit,
                cause=incident.cause.of,
                failed_at=ailment.failed_at,
                reason=f"{ailment.says} That may pass by itself ({incident.cause.of}).",
            )


def _tried(ailment: Ailment, incident: Incident) -> Remedy | None:
    """Give the remedy that was tried for the run, commit and cause of *ailment*."""
    trace = ailment.trace
    if not isinstance(trace, RunTrace):
        return None
    place = (trace.run_id, ailment.commit, incident.cause.of)
    same = (one for one in incident.remedies if (one.run_id, one.commit, one.cause) == place)
    return next(same, None)


def _may_help(ailment: Ailment, tried: Remedy | None) -> bool:
    """Tell whether a re-run may mend *ailment*, or the one that was tried still may."""
    if not isinstance(ailment.trace, RunTrace) or ailment.commit is None:
        return False
    return tried is None or (tried.sent and ailment.failed_at <= tried.failed_at)
