"""What the recordings say of the cron is read as it stands, and nothing is guessed."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from signal_records import (
    Extent,
    Filed,
    Wait,
    causes,
    extent,
    filed_by_the_cron,
    missed,
    single_cases,
)

MINUTE = timedelta(minutes=1)
FAILED = "2026-04-30T06:04:30.1234567Z"
STORM: dict[str, Any] = {
    "schema": "replay/1",
    "incident": "reli-railway-token-2026-04",
    "repo": "acme/shop",
    "root_causes": [
        {
            "id": "R1",
            "label": "a token",
            "owner": "human",
            "began_at": "2026-04-27T15:07:00Z",
            "ended_at": None,
            "last_failure_seen_at": FAILED,
        },
        {"id": "R4", "label": "none", "owner": "nobody", "began_at": None, "ended_at": None},
    ],
}
UNKNOWN: dict[str, Any] = {
    "number": 7,
    "check": None,
    "root_cause": None,
    "who_could_fix": None,
    "failure_logged_at": None,
    "filed_at": None,
    "filed_at_minute": None,
    "agent_first_branch_at": None,
    "prs": [],
}
TICK = {
    "repo": "acme/shop",
    "number": 1,
    "detected_at": "2026-04-28T03:00:32Z",
    "detected_at_minute": None,
    "outage_confirmed": False,
    "who_could_fix": "monitor",
    "cause_claimed": "a restart",
}
LAGS = [
    {
        "repo": "acme/shop",
        "number": 1,
        "verdict": "false_positive",
        "head_committed_at": "2026-05-26T11:00:00Z",
        "detected_at": "2026-05-26T12:00:00Z",
    },
    {
        "repo": "acme/shop",
        "number": 2,
        "verdict": "true",
        "who_could_fix": "human",
        "head_committed_at": "2026-05-26T11:12:00Z",
        "detected_at": "2026-05-26T12:00:00Z",
    },
]
CASES = [
    {"id": "stale", "repo": "acme/a", "number": 1, "verdict": "false_positive", "facts": {}},
    {"id": "masked", "verdict": "missed", "facts": {}},
    {"id": "again", "repo": "acme/a", "numbers": [2, 3], "verdict": "duplicates", "facts": {}},
    {"id": "elsewhere", "repo": "acme/a", "number": 4, "see": "prod_lagging.json"},
    {
        "id": "token",
        "repo": "acme/b",
        "number": 5,
        "verdict": "human_only_given_to_agent",
        "facts": {"agent_branch_started_at": "2026-04-18T09:21:02.011Z"},
        "who_could_fix": "human",
    },
]


def recorded(folder: Path, told: dict[str, Any]) -> Path:
    """Write a recording."""
    file = folder / "recording.json"
    file.write_text(json.dumps({"schema": "replay/1", **told}))
    return file


def only(folder: Path, **facts: object) -> Filed:
    """Give what is read of a storm with one issue that has *facts* and no others."""
    (issue,) = filed_by_the_cron(recorded(folder, {**STORM, "issues": [{**UNKNOWN, **facts}]}))
    return issue


@pytest.mark.parametrize(
    ("facts", "wait"),
    [
        ({}, None),
        ({"failure_logged_at": FAILED}, None),
        ({"filed_at": "2026-04-30T06:30:30Z"}, None),
        (
            {"failure_logged_at": FAILED, "filed_at": "2026-04-30T06:30:30.123456Z"},
            Wait(least=26 * MINUTE, most=26 * MINUTE),
        ),
        (
            {"failure_logged_at": FAILED, "agent_first_branch_at": "2026-04-30T06:31:30.123456Z"},
            Wait(most=27 * MINUTE),
        ),
        (
            {"failure_logged_at": "2026-04-30T06:05:00Z", "filed_at_minute": "2026-04-30T06:30"},
            Wait(least=25 * MINUTE, most=26 * MINUTE),
        ),
        (
            {
                "failure_logged_at": "2026-04-30T06:05:00Z",
                "filed_at_minute": "2026-04-30T06:30",
                "agent_first_branch_at": "2026-04-30T06:30:30Z",
            },
            Wait(least=25 * MINUTE, most=25.5 * MINUTE),
        ),
    ],
)
def test_a_time_is_exact_only_where_both_ends_are_recorded(
    tmp_path: Path, facts: dict[str, object], wait: Wait | None
) -> None:
    """A minute has two ends, and the agent's branch is a bound from above."""
    assert wait == only(tmp_path, **facts).wait


@pytest.mark.parametrize(
    ("facts", "got"),
    [
        ({}, None),
        ({"prs": [9]}, "agent"),
        ({"agent_first_branch_at": "2026-04-30T06:31:00Z"}, "agent"),
    ],
)
def test_the_agent_got_what_it_is_recorded_to_have_worked_on(
    tmp_path: Path, facts: dict[str, object], got: str | None
) -> None:
    """Without a trace of the agent nobody is recorded to have got it."""
    assert got == only(tmp_path, **facts).given_to


def test_what_another_workflow_filed_is_not_the_crons(tmp_path: Path) -> None:
    """The recording says so in the name of the check."""
    issues = [{**UNKNOWN, "check": "token (not the cron)"}, UNKNOWN]

    assert len(filed_by_the_cron(recorded(tmp_path, {**STORM, "issues": issues}))) == 1


def test_a_cause_of_nobodys_makes_a_false_alarm(tmp_path: Path) -> None:
    """And one that a person could mend does not."""
    assert only(tmp_path, root_cause="R4", who_could_fix="nobody (no fault)").false
    assert not only(tmp_path, root_cause="R1", who_could_fix="human").false


def test_a_word_that_is_not_known_stops_the_count(tmp_path: Path) -> None:
    """Nothing new of a recording is counted as something else."""
    with pytest.raises(KeyError, match="the weather"):
        only(tmp_path, who_could_fix="the weather")
    with pytest.raises(ValueError, match="no replay/1"):
        filed_by_the_cron(recorded(tmp_path, {**STORM, "schema": "replay/2", "issues": []}))


def test_a_cause_without_an_end_was_last_seen(tmp_path: Path) -> None:
    """What is not recorded stays unknown."""
    token, none = causes(recorded(tmp_path, STORM))

    assert token.began_at is not None
    assert token.seen_at is not None
    assert token.ended_at is none.began_at is none.seen_at is None


def test_the_extent_of_a_recording_is_counted(tmp_path: Path) -> None:
    """What only answers an issue is told apart from what was pushed anyway."""
    told = {
        **STORM,
        "pushes": [{"kind": kind} for kind in ("ordinary", "investigation", "investigation")],
        "runs": [{"conclusion": "failure"}, {"conclusion": "success"}],
        "issues": [UNKNOWN, {**UNKNOWN, "check": "main_ci_red"}],
    }

    assert Extent(pushes=3, answers=2, failing_runs=1, without_check=1) == extent(
        recorded(tmp_path, told)
    )


def test_a_silent_tick_is_a_false_alarm_unless_the_outage_was_confirmed(tmp_path: Path) -> None:
    """It was filed after it was detected, and nothing had failed."""
    ticks = {
        "incident": "http-000-transients",
        "issues": [TICK, {**TICK, "outage_confirmed": True, "cause_claimed": None}],
    }

    silent, down = filed_by_the_cron(recorded(tmp_path, ticks))

    assert (True, "nobody", "agent", None) == (
        silent.false,
        silent.fixer,
        silent.given_to,
        silent.wait,
    )
    assert (False, None) == (down.false, down.given_to)


def test_a_lag_is_false_or_has_waited_since_its_commit_at_least(tmp_path: Path) -> None:
    """The record has the look that saw it, not the issue."""
    told = {"incident": "prod-deploy-lagging", "issues": LAGS}

    false, true = filed_by_the_cron(recorded(tmp_path, told))

    assert (True, None, "nobody", None) == (false.false, false.cause, false.fixer, false.wait)
    assert (False, "acme/shop#2", "human") == (true.false, true.cause, true.fixer)
    assert true.wait == Wait(least=48 * MINUTE)


def test_a_single_case_has_as_many_issues_as_numbers(tmp_path: Path) -> None:
    """What another recording tells is left to it, and what was missed has no issue."""
    file = recorded(tmp_path, {"incident": "single-cases", "cases": CASES})

    issues = filed_by_the_cron(file)

    assert [(1, None), (2, "again"), (3, "again"), (5, "token")] == [
        (issue.number, issue.cause) for issue in issues
    ]
    assert [True, False, False, False] == [issue.false for issue in issues]
    assert ("human", "agent") == (issues[-1].fixer, issues[-1].given_to)
    assert missed(file) == ["masked"]
    assert single_cases(file) == {"stale": 1, "masked": 0, "again": 2, "elsewhere": 1, "token": 1}
