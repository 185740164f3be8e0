"""What is silent while somebody works on it: no issue is opened for it, and nobody is called to it.

A silence is about telling people. It proves nothing, closes nothing, and no promotion asks for it.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from pipeline_health.core.issue_text import digest
from pipeline_health.core.model.case import Case
from pipeline_health.core.model.findings import Kind
from pipeline_health.core.model.ids import ProjectName
from pipeline_health.core.model.incident import Incident
from pipeline_health.core.model.maintenance import MaintenanceWindow
from pipeline_health.core.model.plan import (
    Change,
    CommentIssue,
    HandOver,
    OpenIssue,
    ReopenIssue,
    Requeue,
    RerunJobs,
    UpdateIssue,
)

_CALLS = (OpenIssue, ReopenIssue, HandOver, Requeue, CommentIssue, RerunJobs)
"""What asks anybody to act: people, an agent, or the pipeline."""

LONGEST = timedelta(days=30)
"""How far ahead a window may end: what is silent for longer is not watched at all."""


def reason_to_be_silent(
    case: Case, windows: Iterable[MaintenanceWindow], *, now: datetime
) -> str | None:
    """Say until when nobody is told of the incident of *case*, or None when somebody may be."""
    speaking = {found.finding.project for found in case.findings}
    window = window_over(case.incident, windows, speaking=speaking, now=now)
    return None if window is None else told(window, now=now)


def kept_silent(
    steps: Iterable[Change | str],
    case: Case,
    windows: Iterable[MaintenanceWindow],
    *,
    now: datetime,
) -> Iterator[Change | str]:
    """Give the *steps* that *case* needs, without those that call anybody while it is silent.

    What is filed already is edited and closed all the same, also in place of a hand-over.
    """
    silent = reason_to_be_silent(case, windows, now=now)
    planned = tuple(steps)
    calls = () if silent is None else tuple(step for step in planned if isinstance(step, _CALLS))
    yield from (step for step in planned if step not in calls)
    if silent is not None and calls:
        yield from _edited_instead(calls, case)
        yield silent


def _edited_instead(calls: Sequence[Change | str], case: Case) -> Iterator[UpdateIssue]:
    """Let the open issue say what the hand-over that waits would have said in it."""
    filing = case.incident.filing
    if filing is None or any(isinstance(call, ReopenIssue) for call in calls):
        return
    for call in calls:
        if isinstance(call, HandOver) and digest(call.body) != filing.told:
            yield UpdateIssue(
                fingerprint=call.fingerprint,
                nonce=call.nonce,
                ref=call.ref,
                body=call.body,
                reason="The facts in it changed.",
            )


def told(window: MaintenanceWindow, *, now: datetime) -> str:
    """Say that *window* keeps something silent, until when and why."""
    form = "%H:%M" if window.until.date() == now.date() else "%Y-%m-%d %H:%M"
    return f"silenced until {window.until:{form}} UTC: {window.reason}"


def window_over(
    incident: Incident,
    windows: Iterable[MaintenanceWindow],
    *,
    now: datetime,
    speaking: Collection[ProjectName] = (),
) -> MaintenanceWindow | None:
    """Give the window that keeps *incident* silent at *now*: of several needed, the first to end.

    All of it must be covered: every project that is *speaking* of it, beside its own, and every
    kind that is broken in it. A rejected credential is of its own kind, whatever else it breaks.
    """
    known = tuple(windows)
    covering = [_longest(project, kind, known, now) for project, kind in _all(incident, speaking)]
    found = [window for window in covering if window is not None]
    if len(found) < len(covering):
        return None
    return min(found, key=lambda window: window.until)


def silent_spans(
    incident: Incident, windows: Sequence[MaintenanceWindow]
) -> tuple[tuple[datetime, datetime], ...]:
    """Give the stretches of time in which *incident* was, or will be, silent; none overlap."""
    moments = sorted({at for window in windows for at in (window.since, window.until)})
    return tuple(
        (start, end)
        for start, end in pairwise(moments)
        if window_over(incident, windows, now=start) is not None
    )


def target_of(window: MaintenanceWindow) -> str:
    """Give what *window* keeps silent as the commands take it: PROJECT[/KIND]."""
    return window.project if window.kind is None else f"{window.project}/{window.kind}"


def open_windows(
    windows: Iterable[MaintenanceWindow], *, now: datetime
) -> tuple[MaintenanceWindow, ...]:
    """Give the *windows* that are open at *now*, the next to end first."""
    open_now = (window for window in windows if window.since <= now < window.until)
    return tuple(sorted(open_now, key=lambda window: (window.until, window.since)))


def _all(
    incident: Incident, speaking: Collection[ProjectName]
) -> Iterator[tuple[ProjectName, Kind]]:
    kinds = {incident.kind, *(ailment.symptom.kind for ailment in incident.broken)}
    if incident.kind is Kind.CREDENTIAL_REJECTED:
        kinds = {incident.kind}
    for project in {incident.project, *speaking}:
        for kind in kinds:
            yield project, kind


def _longest(
    project: ProjectName, kind: Kind, windows: Sequence[MaintenanceWindow], now: datetime
) -> MaintenanceWindow | None:
    covering = (window for window in windows if window.covers(project, kind, now=now))
    return max(covering, key=lambda window: window.until, default=None)
