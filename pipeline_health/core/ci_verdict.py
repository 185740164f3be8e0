"""Is CI green at this commit? The decision table of docs/rules.md, as one pure function.

Check suites and commit statuses are judged, never GitHub's roll-up of them: a cancelled run rolls
up as a failure, and a workflow that could not start rolls up as nothing at all.
"""

from collections.abc import Iterable, Mapping
from dataclasses import field
from datetime import datetime, timedelta
from enum import StrEnum

from pipeline_health.core.model.findings import Subject, Thing
from pipeline_health.core.model.ids import Login
from pipeline_health.core.model.readings import (
    Blind,
    CheckConclusion,
    Checks,
    CheckStatus,
    CommitStatus,
    Reading,
    StatusState,
    Suite,
)
from pipeline_health.frozen import dataclass

ACTIONS = "github-actions"
RAILWAY = Login("railway-app")
EVENTS = frozenset({"push", "merge_group"})
STUCK_AFTER = timedelta(hours=3)
CANCELLED_AFTER = timedelta(minutes=15)
MISSING_AFTER = timedelta(minutes=10)
SETTLED_AFTER = timedelta(seconds=10)


class EntryVerdict(StrEnum):
    """What one workflow, app or status says of a commit."""

    SUCCESS = "success"
    NEUTRAL = "neutral"
    SKIPPED = "skipped"
    RED = "red"
    RED_RERUNNING = "red-rerunning"
    PENDING = "pending"
    CANCELLED = "cancelled"
    SUPERSEDED = "superseded"
    STUCK = "stuck"
    UNKNOWN = "unknown"


class State(StrEnum):
    """What all of CI says of a commit; INDETERMINATE is a cancelled or superseded run."""

    GREEN = "green"
    RED = "red"
    RED_RERUNNING = "red-rerunning"
    PENDING = "pending"
    INDETERMINATE = "indeterminate"
    STUCK = "stuck"
    MISSING = "missing"
    NO_CI = "no-ci"
    UNKNOWN = "unknown"
    NOT_MAIN = "not-main"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ours:
    """Our own checks, and the runs that we are part of: the verdict would wait for itself."""

    apps: frozenset[str] = frozenset({"pipeline-health"})
    contexts: frozenset[str] = frozenset({"pipeline-health/promotion"})
    runs: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How a commit stands: on the branch or not, passed by a newer one, and what must have run.

    *was_red* are the subjects last seen red at this commit: a re-run keeps its run and its suite,
    so that what it repeats is no longer in a later reading.
    """

    committed_at: datetime
    on_branch: bool = True
    moved_on: bool = False
    required: frozenset[str] = frozenset()
    deploy_workflow: str | None = None
    ours: Ours = field(default_factory=Ours)
    was_red: frozenset[Subject] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One judged suite or status. *since* is the provider's time of its last change."""

    subject: Subject
    verdict: EntryVerdict
    since: datetime
    source: Suite | CommitStatus

    @property
    def url(self) -> str | None:
        """The page that shows it, None where the provider names none."""
        if isinstance(self.source, CommitStatus):
            return self.source.url
        return None if self.source.run is None else self.source.run.url


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitVerdict:
    """The verdict on a commit, and what it rests on.

    The whole is UNKNOWN as soon as one entry is; an entry keeps its own verdict all the same, so
    that one strange app does not hide a workflow that plainly failed.
    """

    state: State
    why: str
    entries: tuple[Entry, ...] = ()
    ignored: tuple[Subject, ...] = ()


# What is not here (None, and what we do not recognise) is UNKNOWN.
_ENDED: Mapping[object, EntryVerdict] = {
    CheckConclusion.SUCCESS: EntryVerdict.SUCCESS,
    CheckConclusion.NEUTRAL: EntryVerdict.NEUTRAL,
    CheckConclusion.SKIPPED: EntryVerdict.SKIPPED,
    CheckConclusion.FAILURE: EntryVerdict.RED,
    CheckConclusion.TIMED_OUT: EntryVerdict.RED,
    CheckConclusion.STARTUP_FAILURE: EntryVerdict.RED,
    CheckConclusion.ACTION_REQUIRED: EntryVerdict.RED,
    CheckConclusion.CANCELLED: EntryVerdict.CANCELLED,
    CheckConclusion.STALE: EntryVerdict.STUCK,
}
_STATUSES: Mapping[object, EntryVerdict] = {
    StatusState.SUCCESS: EntryVerdict.SUCCESS,
    StatusState.FAILURE: EntryVerdict.RED,
    StatusState.ERROR: EntryVerdict.RED,
    StatusState.PENDING: EntryVerdict.PENDING,
    StatusState.EXPECTED: EntryVerdict.PENDING,
}
_BEFORE_ANCESTRY = ((EntryVerdict.UNKNOWN, State.UNKNOWN, "not understood"),)
_AFTER_ANCESTRY = (
    (EntryVerdict.RED, State.RED, "failed"),
    (EntryVerdict.RED_RERUNNING, State.RED_RERUNNING, "failed and runs again"),
    (EntryVerdict.PENDING, State.PENDING, "under way"),
    (EntryVerdict.CANCELLED, State.INDETERMINATE, "cancelled"),
    (EntryVerdict.SUPERSEDED, State.INDETERMINATE, "cancelled, and the branch moved on"),
    (EntryVerdict.STUCK, State.STUCK, "stuck"),
)


def judge(reading: Reading[Checks], standing: Standing) -> CommitVerdict:
    """Judge one commit by what was read of it. Every age is measured at the time of the read."""
    if isinstance(reading, Blind):
        return CommitVerdict(state=State.UNKNOWN, why=reading.why)
    now, checks = reading.at, reading.value
    counted = [suite for suite in checks.suites if _counts(suite, standing)]
    orphans = [suite for suite in counted if is_orphan(suite, now=now)]
    suites = [suite for suite in counted if not is_orphan(suite, now=now)]
    statuses = [status for status in checks.statuses if _is_ci(status, standing)]
    entries = (*_suite_entries(suites, standing, now), *_status_entries(statuses, standing, now))
    state, why = _first_row(entries, standing, now)
    return CommitVerdict(
        state=state,
        why=why,
        entries=tuple(sorted(entries, key=_order)),
        ignored=tuple(sorted(map(_subject_of, orphans), key=lambda subject: subject.name)),
    )


def is_orphan(suite: Suite, *, now: datetime) -> bool:
    """Tell whether *suite* waits for checks that nobody will make.

    GitHub opens a suite for every app that may write checks, on every push, and most never use it;
    now and then a suite of Actions is left behind queued in the same way.
    """
    if suite.status is not CheckStatus.QUEUED or suite.check_runs != 0:
        return False
    return suite.app != ACTIONS or now - suite.created_at > STUCK_AFTER


def is_settled(entry: Entry, *, now: datetime) -> bool:
    """Tell whether *entry* is old enough that GitHub shows everything that came with it."""
    return now - entry.since > SETTLED_AFTER


def _counts(suite: Suite, standing: Standing) -> bool:
    """Tell whether *suite* is CI; scheduled runs hang on to whatever the head is by chance."""
    if suite.run is None:
        return suite.app not in standing.ours.apps
    if suite.run.id in standing.ours.runs:
        return False
    return suite.run.event in EVENTS and suite.run.workflow != standing.deploy_workflow


def _is_ci(status: CommitStatus, standing: Standing) -> bool:
    """Tell whether *status* is CI; Railway's report deploys, and a skipped one as a success."""
    return status.context not in standing.ours.contexts and status.creator != RAILWAY


def _subject_of(suite: Suite) -> Subject:
    if suite.run is None:
        return Subject(Thing.STATUS, suite.app)
    return Subject(Thing.WORKFLOW, suite.run.workflow)


def _suite_entries(suites: Iterable[Suite], standing: Standing, now: datetime) -> list[Entry]:
    by_key: dict[tuple[str, int, str], list[Suite]] = {}
    for suite in sorted(suites, key=lambda suite: (suite.id, suite.updated_at)):
        run = suite.run
        key = (suite.app, 0, "") if run is None else (suite.app, run.workflow_id, run.event)
        by_key.setdefault(key, []).append(suite)
    return [_suite_entry(attempts, standing, now) for attempts in by_key.values()]


def _suite_entry(attempts: list[Suite], standing: Standing, now: datetime) -> Entry:
    newest, subject = attempts[-1], _subject_of(attempts[-1])
    was_red = subject in standing.was_red or _ended_red(attempts[:-1])
    verdict = _suite_verdict(newest, was_red=was_red, now=now)
    if verdict is EntryVerdict.CANCELLED:
        verdict = _cancelled(newest, standing, now)
    return Entry(subject=subject, verdict=verdict, since=newest.updated_at, source=newest)


def _ended_red(older: list[Suite]) -> bool:
    ended = [suite for suite in older if suite.status is CheckStatus.COMPLETED]
    return bool(ended) and _ENDED.get(ended[-1].conclusion) is EntryVerdict.RED


def _suite_verdict(suite: Suite, *, was_red: bool, now: datetime) -> EntryVerdict:
    lost = suite.app == ACTIONS and suite.run is None
    if lost or not isinstance(suite.status, CheckStatus):
        return EntryVerdict.UNKNOWN
    if suite.status is CheckStatus.COMPLETED:
        return _ENDED.get(suite.conclusion, EntryVerdict.UNKNOWN)
    return _under_way(suite.updated_at, was_red=was_red, now=now)


def _under_way(since: datetime, *, was_red: bool, now: datetime) -> EntryVerdict:
    """Judge what runs by its last change: a re-run keeps the creation time of the first run."""
    if was_red:
        return EntryVerdict.RED_RERUNNING
    return EntryVerdict.STUCK if now - since > STUCK_AFTER else EntryVerdict.PENDING


def _cancelled(suite: Suite, standing: Standing, now: datetime) -> EntryVerdict:
    if standing.moved_on:
        return EntryVerdict.SUPERSEDED
    overdue = now - suite.updated_at > CANCELLED_AFTER
    return EntryVerdict.CANCELLED if overdue else EntryVerdict.PENDING


def _status_entries(
    statuses: Iterable[CommitStatus], standing: Standing, now: datetime
) -> list[Entry]:
    ordered = sorted(statuses, key=lambda status: (status.created_at, str(status.state)))
    newest = {status.context: status for status in ordered}
    return [_status_entry(status, standing, now) for status in newest.values()]


def _status_entry(status: CommitStatus, standing: Standing, now: datetime) -> Entry:
    subject = Subject(Thing.STATUS, status.context)
    verdict = _STATUSES.get(status.state, EntryVerdict.UNKNOWN)
    if verdict is EntryVerdict.PENDING:
        verdict = _under_way(status.created_at, was_red=subject in standing.was_red, now=now)
    return Entry(subject=subject, verdict=verdict, since=status.created_at, source=status)


def _order(entry: Entry) -> tuple[str, str, datetime, str]:
    return (entry.subject.thing, entry.subject.name, entry.since, str(entry.source))


def _first_row(entries: tuple[Entry, ...], standing: Standing, now: datetime) -> tuple[State, str]:
    rows = _BEFORE_ANCESTRY if not standing.on_branch else _BEFORE_ANCESTRY + _AFTER_ANCESTRY
    for verdict, state, words in rows:
        names = [entry.subject.name for entry in entries if entry.verdict is verdict]
        if names:
            return state, f"{', '.join(sorted(set(names)))}: {words}"
    if not standing.on_branch:
        return State.NOT_MAIN, "the commit is not on the branch"
    return _rows_of_the_passed(entries, standing, now)


def _rows_of_the_passed(
    entries: tuple[Entry, ...], standing: Standing, now: datetime
) -> tuple[State, str]:
    """Decide the rows that are left when nothing failed and nothing is under way."""
    ran = {entry.subject.name for entry in entries if entry.subject.thing is Thing.WORKFLOW}
    missing = ", ".join(sorted(standing.required - ran))
    if missing and now - standing.committed_at <= MISSING_AFTER:
        return State.PENDING, f"{missing}: no run yet"
    if missing:
        return State.MISSING, f"{missing}: no run"
    if all(entry.verdict is not EntryVerdict.SUCCESS for entry in entries):
        return State.NO_CI, "nothing that ran says success"
    if not all(is_settled(entry, now=now) for entry in entries):
        return State.PENDING, "the newest check ended seconds ago"
    return State.GREEN, "everything that ran passed"
