"""The decision table of CI, row by row."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime

import pytest

from builders import (
    a_run,
    a_status,
    a_suite,
    ago,
    an_app_suite,
    checks,
    seen,
)
from pipeline_health.core.ci_verdict import (
    Standing,
    State,
    judge,
)
from pipeline_health.core.model.findings import Subject, Thing
from pipeline_health.core.model.readings import (
    CheckConclusion,
    CheckStatus,
    CommitStatus,
    StatusState,
    Suite,
    Unrecognised,
)

STANDING = Standing(committed_at=ago(hours=1))
CI = Subject(Thing.WORKFLOW, "CI")
STRANGE = Unrecognised("WOBBLY")
GREEN = a_suite()
RED = a_suite(CheckConclusion.FAILURE)
LINT = a_suite(run=a_run(2, workflow="Lint"))
RED_LINT = a_suite(CheckConclusion.FAILURE, run=a_run(2, workflow="Lint"))
RUNNING = a_suite(None)
CANCELLED = CheckConclusion.CANCELLED


def queued(*, check_runs: int | None, created_at: datetime | None = None) -> Suite:
    """Give a queued suite of Actions."""
    return a_suite(None, status=CheckStatus.QUEUED, check_runs=check_runs, created_at=created_at)


def workflow_run(event: str, conclusion: CheckConclusion = CheckConclusion.FAILURE) -> Suite:
    """Give a suite whose run was started by *event*."""
    return a_suite(conclusion, run=a_run(7, workflow="Other", event=event))


@dataclass(frozen=True, kw_only=True)
class Row:
    """One row of the table: what was read, and what it means."""

    expected: State
    suites: tuple[Suite, ...] = ()
    statuses: tuple[CommitStatus, ...] = ()
    standing: Standing = field(default=STANDING)


def row(
    expected: State,
    *suites: Suite,
    statuses: Iterable[CommitStatus] = (),
    standing: Standing = STANDING,
) -> Row:
    """Give one row."""
    return Row(expected=expected, suites=suites, statuses=tuple(statuses), standing=standing)


REQUIRED = replace(STANDING, required=frozenset({"CI"}))
YOUNG = replace(REQUIRED, committed_at=ago(minutes=10))
MOVED_ON = replace(STANDING, moved_on=True)
OFF_BRANCH = replace(STANDING, on_branch=False)
WAS_RED = replace(STANDING, was_red=frozenset({CI, Subject(Thing.STATUS, "ci/external")}))
DEPLOYS = replace(STANDING, deploy_workflow="Deploy")

ROWS: dict[str, Row] = {
    "1 unknown conclusion": row(State.UNKNOWN, a_suite(STRANGE)),
    "1 unknown status of a suite": row(State.UNKNOWN, a_suite(None, status=STRANGE)),
    "1 completed without a conclusion": row(
        State.UNKNOWN, a_suite(None, status=CheckStatus.COMPLETED)
    ),
    "1 a suite of Actions without a run": row(
        State.UNKNOWN, an_app_suite(GREEN, app="github-actions")
    ),
    "1 unknown commit status": row(State.UNKNOWN, GREEN, statuses=[a_status(STRANGE)]),
    "1 unknown before red": row(State.UNKNOWN, RED_LINT, a_suite(STRANGE)),
    "1 unknown before off the branch": row(State.UNKNOWN, a_suite(STRANGE), standing=OFF_BRANCH),
    "2 off the branch": row(State.NOT_MAIN, GREEN, standing=OFF_BRANCH),
    "2 off the branch before red": row(State.NOT_MAIN, RED, standing=OFF_BRANCH),
    "3 failure": row(State.RED, RED),
    "3 timed out": row(State.RED, a_suite(CheckConclusion.TIMED_OUT)),
    "3 startup failure": row(State.RED, a_suite(CheckConclusion.STARTUP_FAILURE)),
    "3 action required": row(State.RED, a_suite(CheckConclusion.ACTION_REQUIRED)),
    "3 failure of another app": row(State.RED, GREEN, an_app_suite(RED)),
    "3 status failure": row(State.RED, GREEN, statuses=[a_status(StatusState.FAILURE)]),
    "3 status error": row(State.RED, GREEN, statuses=[a_status(StatusState.ERROR)]),
    "3 red while others run": row(State.RED, RUNNING, RED_LINT),
    "3 red beside a green of the other event": row(
        State.RED, a_suite(run=a_run(5, event="merge_group")), RED
    ),
    "3 red in merge_group": row(State.RED, workflow_run("merge_group"), GREEN),
    "3 two workflows of one name": row(State.RED, RED, a_suite(run=a_run(9, workflow_id=77))),
    "3 newer red hides older green": row(
        State.RED, GREEN, a_suite(CheckConclusion.FAILURE, run=a_run(8))
    ),
    "3 red status newer than green": row(
        State.RED,
        GREEN,
        statuses=[
            a_status(StatusState.FAILURE, created_at=ago(minutes=2)),
            a_status(created_at=ago(minutes=3)),
        ],
    ),
    "3 an orphan hides no older red": row(
        State.RED, RED, replace(queued(check_runs=0, created_at=ago(hours=4)), id=50)
    ),
    "4 a newer run after a red one": row(State.RED_RERUNNING, RED, a_suite(None, run=a_run(8))),
    "4 the same run again": row(State.RED_RERUNNING, RUNNING, standing=WAS_RED),
    "4 a status pending again": row(
        State.RED_RERUNNING, GREEN, statuses=[a_status(StatusState.PENDING)], standing=WAS_RED
    ),
    "4 not after a green run": row(State.PENDING, GREEN, a_suite(None, run=a_run(8))),
    "4 not after a red one that was overcome": row(
        State.PENDING, RED, a_suite(run=a_run(8)), a_suite(None, run=a_run(9))
    ),
    "5 in progress": row(State.PENDING, RUNNING, LINT),
    "5 queued by Actions": row(State.PENDING, queued(check_runs=0)),
    "5 queued with a check run": row(State.PENDING, queued(check_runs=1)),
    "5 queued, runs not counted": row(State.PENDING, queued(check_runs=None)),
    "5 requested": row(State.PENDING, a_suite(None, status=CheckStatus.REQUESTED)),
    "5 waiting": row(State.PENDING, a_suite(None, status=CheckStatus.WAITING)),
    "5 pending": row(State.PENDING, a_suite(None, status=CheckStatus.PENDING)),
    "5 another app with a check run": row(State.PENDING, GREEN, an_app_suite(queued(check_runs=1))),
    "5 status pending": row(State.PENDING, GREEN, statuses=[a_status(StatusState.PENDING)]),
    "5 status expected": row(State.PENDING, GREEN, statuses=[a_status(StatusState.EXPECTED)]),
    "5 exactly three hours": row(State.PENDING, a_suite(None, updated_at=ago(hours=3))),
    "5 a re-run of an old run": row(State.PENDING, a_suite(None, created_at=ago(hours=30))),
    "6 another app that never began": row(State.GREEN, GREEN, an_app_suite(queued(check_runs=0))),
    "6 an orphan of Actions": row(
        State.GREEN, LINT, queued(check_runs=0, created_at=ago(hours=3.1))
    ),
    "6 nothing but an orphan": row(State.NO_CI, an_app_suite(queued(check_runs=0))),
    "7 cancelled": row(State.INDETERMINATE, LINT, a_suite(CANCELLED)),
    "7 cancelled a moment ago": row(
        State.PENDING, LINT, a_suite(CANCELLED, updated_at=ago(minutes=15))
    ),
    "7 superseded": row(
        State.INDETERMINATE, a_suite(CANCELLED, updated_at=ago(minutes=1)), standing=MOVED_ON
    ),
    "7 cancelled, then green": row(State.GREEN, a_suite(CANCELLED), a_suite(run=a_run(8))),
    "8 stale": row(State.STUCK, a_suite(CheckConclusion.STALE)),
    "8 in progress for long": row(State.STUCK, a_suite(None, updated_at=ago(hours=3.1))),
    "8 status pending for long": row(
        State.STUCK, GREEN, statuses=[a_status(StatusState.PENDING, created_at=ago(hours=4))]
    ),
    "9 required and absent": row(State.MISSING, LINT, standing=REQUIRED),
    "9 required, absent, nothing at all": row(State.MISSING, standing=REQUIRED),
    "9 required and absent, young": row(State.PENDING, LINT, standing=YOUNG),
    "9 a status cannot stand in for a workflow": row(
        State.MISSING, LINT, statuses=[a_status(context="CI")], standing=REQUIRED
    ),
    "10 nothing at all": row(State.NO_CI),
    "10 everything skipped": row(
        State.NO_CI,
        a_suite(CheckConclusion.SKIPPED),
        an_app_suite(a_suite(CheckConclusion.NEUTRAL)),
    ),
    "10 a scheduled run is not CI": row(State.NO_CI, workflow_run("schedule")),
    "10 workflow_run is not CI": row(State.NO_CI, workflow_run("workflow_run")),
    "10 the deploy workflow is not CI": row(
        State.NO_CI,
        a_suite(CheckConclusion.FAILURE, run=a_run(workflow="Deploy")),
        standing=DEPLOYS,
    ),
    "10 our own context is not CI": row(
        State.NO_CI, statuses=[a_status(StatusState.PENDING, context="pipeline-health/promotion")]
    ),
    "10 our own app is not CI": row(State.NO_CI, an_app_suite(RUNNING, app="pipeline-health")),
    "10 Railway's status is not CI": row(
        State.NO_CI,
        statuses=[a_status(StatusState.FAILURE, context="shop - web", creator="railway-app")],
    ),
    "10 the shape alone is not Railway": row(
        State.RED, statuses=[a_status(StatusState.FAILURE, context="shop - web")]
    ),
    "11 green": row(State.GREEN, GREEN),
    "11 green with skipped and neutral": row(
        State.GREEN,
        GREEN,
        a_suite(CheckConclusion.SKIPPED, run=a_run(2, workflow="Docs")),
        an_app_suite(a_suite(CheckConclusion.NEUTRAL)),
        statuses=[a_status()],
    ),
    "11 green by statuses alone": row(State.GREEN, statuses=[a_status()]),
    "11 required and there": row(State.GREEN, GREEN, standing=REQUIRED),
    "11 newer green hides older red": row(State.GREEN, RED, a_suite(run=a_run(8))),
    "11 ended ten seconds ago": row(State.PENDING, LINT, a_suite(updated_at=ago(seconds=10))),
    "11 ended eleven seconds ago": row(State.GREEN, LINT, a_suite(updated_at=ago(seconds=11))),
    "11 ended after the read": row(State.PENDING, a_suite(updated_at=ago(seconds=-5))),
}


@pytest.mark.parametrize("given", ROWS.values(), ids=ROWS)
def test_each_row_gives_its_verdict(given: Row) -> None:
    """A commit gets the verdict of the first row that matches what was read of it."""
    reading = seen(checks(*given.suites, statuses=given.statuses))
    assert given.expected == judge(reading, given.standing).state


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (row(State.GREEN, GREEN), "everything that ran passed"),
        (row(State.RED, RED, RED_LINT), "CI, Lint: failed"),
        (row(State.RED_RERUNNING, RUNNING, standing=WAS_RED), "CI: failed and runs again"),
        (row(State.PENDING, RUNNING), "CI: under way"),
        (row(State.INDETERMINATE, a_suite(CANCELLED, updated_at=ago(hours=1))), "CI: cancelled"),
        (
            row(State.INDETERMINATE, a_suite(CANCELLED), standing=MOVED_ON),
            "CI: cancelled, and the branch moved on",
        ),
        (row(State.STUCK, a_suite(None, updated_at=ago(hours=25))), "CI: stuck"),
        (row(State.UNKNOWN, a_suite(STRANGE)), "CI: not understood"),
        (row(State.NOT_MAIN, GREEN, standing=OFF_BRANCH), "the commit is not on the branch"),
        (row(State.NO_CI), "nothing that ran says success"),
        (
            row(State.MISSING, LINT, standing=replace(REQUIRED, required=frozenset({"B", "A"}))),
            "A, B: no run",
        ),
        (row(State.PENDING, LINT, standing=YOUNG), "CI: no run yet"),
        (
            row(State.PENDING, a_suite(updated_at=ago(seconds=5))),
            "the newest check ended seconds ago",
        ),
    ],
)
def test_each_row_says_why(given: Row, why: str) -> None:
    """The sentence that stands in issues and verdicts."""
    told = judge(seen(checks(*given.suites, statuses=given.statuses)), given.standing)
    assert (given.expected, why) == (told.state, told.why)


def test_a_cancelled_run_is_waited_for_a_quarter_of_an_hour() -> None:
    """Whoever cancelled it may start it again."""
    at_the_end = a_suite(CANCELLED, updated_at=ago(minutes=15))
    after_it = a_suite(CANCELLED, updated_at=ago(minutes=15, seconds=1))
    states = [judge(seen(checks(each)), STANDING).state for each in (at_the_end, after_it)]
    assert states == [State.PENDING, State.INDETERMINATE]


def test_only_an_attempt_that_ended_made_it_red() -> None:
    """One that was given up in the middle failed nothing."""
    attempts = (
        replace(RED, updated_at=ago(minutes=30)),
        replace(RUNNING, id=RED.id + 1, updated_at=ago(minutes=20)),
        replace(RUNNING, id=RED.id + 2, updated_at=ago(minutes=1)),
    )
    assert judge(seen(checks(*attempts)), STANDING).state is State.RED_RERUNNING
