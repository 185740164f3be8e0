"""What the verdict on CI says of each workflow, app and status."""

from dataclasses import replace
from datetime import datetime

import pytest

from builders import (
    HEAD,
    NOW,
    a_run,
    a_status,
    a_suite,
    ago,
    an_app_suite,
    blind,
    checks,
    seen,
)
from pipeline_health.core.ci_verdict import (
    CommitVerdict,
    EntryVerdict,
    Ours,
    Standing,
    State,
    is_orphan,
    judge,
)
from pipeline_health.core.model.findings import Subject, Thing
from pipeline_health.core.model.readings import (
    CheckConclusion,
    CheckStatus,
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


MOVED_ON = replace(STANDING, moved_on=True)


def verdict_of(*suites: Suite, standing: Standing = STANDING) -> CommitVerdict:
    """Give the verdict on a commit with *suites*."""
    return judge(seen(checks(*suites)), standing)


def test_what_could_not_be_read_is_unknown() -> None:
    """A read that failed is UNKNOWN, with the reason of the failure."""
    expected = CommitVerdict(state=State.UNKNOWN, why="403 from the suites")
    assert expected == judge(blind("403 from the suites"), STANDING)


def test_an_unknown_entry_does_not_hide_a_red_one() -> None:
    """The whole is UNKNOWN, and the workflow that plainly failed is still RED in the entries."""
    verdicts = {
        entry.subject.name: entry.verdict
        for entry in verdict_of(RED_LINT, a_suite(STRANGE)).entries
    }
    assert {"CI": EntryVerdict.UNKNOWN, "Lint": EntryVerdict.RED} == verdicts


def test_an_orphan_is_noted() -> None:
    """A suite that is ignored is named, so that nobody wonders where it went."""
    verdict = verdict_of(GREEN, an_app_suite(queued(check_runs=0), app="dormant"))
    assert (Subject(Thing.STATUS, "dormant"),) == verdict.ignored


@pytest.mark.parametrize(
    ("suite", "expected"),
    [
        (a_suite(CANCELLED), EntryVerdict.CANCELLED),
        (a_suite(CheckConclusion.NEUTRAL), EntryVerdict.NEUTRAL),
        (a_suite(CheckConclusion.SKIPPED), EntryVerdict.SKIPPED),
    ],
    ids=["cancelled", "neutral", "skipped"],
)
def test_an_entry_says_how_it_ended(suite: Suite, expected: EntryVerdict) -> None:
    """What is neither red nor green keeps its own name in the entries."""
    assert expected == verdict_of(suite).entries[0].verdict


def test_a_cancelled_run_of_a_passed_commit_is_superseded() -> None:
    """Where the branch moved on, a cancelled run says that a newer one took its place."""
    entries = verdict_of(a_suite(CANCELLED), standing=MOVED_ON).entries
    assert [EntryVerdict.SUPERSEDED] == [entry.verdict for entry in entries]


def test_the_reason_names_what_it_is_about() -> None:
    """The sentence names each subject once, in order, and what became of it."""
    assert "CI, Lint: failed" == verdict_of(RED_LINT, RED).why


def test_entries_are_named_by_what_made_them() -> None:
    """A run is its workflow, another app's suite is the app, a status is its context."""
    reading = seen(checks(GREEN, an_app_suite(), statuses=[a_status()], commit=HEAD))
    expected = [
        (Subject(Thing.STATUS, "ci/external"), "https://ci.example/1"),
        (Subject(Thing.STATUS, "codecov"), None),
        (CI, "https://github.com/acme/shop/actions/runs/1"),
    ]
    assert expected == [(entry.subject, entry.url) for entry in judge(reading, STANDING).entries]


def test_our_own_names_can_be_told() -> None:
    """What is named as ours does not count, under whatever name."""
    ours = Ours(apps=frozenset({"codecov"}), contexts=frozenset({"ci/external"}))
    reading = seen(checks(an_app_suite(RED), statuses=[a_status(StatusState.FAILURE)]))
    assert State.NO_CI == judge(reading, replace(STANDING, ours=ours)).state


@pytest.mark.parametrize(
    ("suite", "expected"),
    [
        (queued(check_runs=0, created_at=ago(hours=4)), True),
        (queued(check_runs=0, created_at=ago(hours=3)), False),
        (queued(check_runs=None, created_at=ago(hours=4)), False),
        (queued(check_runs=2, created_at=ago(hours=4)), False),
        (a_suite(None, check_runs=0, created_at=ago(hours=4)), False),
        (an_app_suite(queued(check_runs=0)), True),
    ],
    ids=["old", "young", "not counted", "with checks", "in progress", "another app"],
)
def test_an_orphan_is_queued_and_empty(suite: Suite, *, expected: bool) -> None:
    """Only a queued suite that certainly has no check run is an orphan; of Actions after 3 h."""
    assert expected is is_orphan(suite, now=NOW)
