"""Reading the schema replay/1: what is refused, what is read, and what is said to be missing."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from histories import FIRST, LOG, storm, written
from pipeline_health import recordings
from pipeline_health.core.model.incident import Owner
from pipeline_health.core.model.readings import CheckConclusion
from pipeline_health.core.model.recording import Pushed, Recording, RunTold, UrlTold
from pipeline_health.recordings import RecordingError


def transients(**changes: object) -> dict[str, Any]:
    """Give two looks at which a URL was silent, and one without a time."""
    issue = {
        "repo": "acme/shop",
        "number": 1,
        "title": None,
        "url": "https://shop.example",
        "detected_at": "2026-07-01T03:01:58Z",
        "detected_at_minute": None,
        "outage_confirmed": False,
        "who_could_fix": "monitor",
    }
    minute = {"detected_at": None, "detected_at_minute": "2026-07-01T04:02", "number": 2}
    real = {"outage_confirmed": True, "detected_at": "2026-08-01T03:00:10Z", "number": 4}
    return {
        "schema": "replay/1",
        "incident": "transients",
        "monitor_probe_history": [],
        "issues": [
            issue,
            {**issue, **minute},
            {**issue, "detected_at": None, "number": 3},
            {**issue, **real},
        ],
        **changes,
    }


def lagging(**changes: object) -> dict[str, Any]:
    """Give one false alarm on the way, and a true one about a push at which nothing ran."""
    case = {
        "repo": "acme/shop",
        "number": 1,
        "title": "Prod deploy lagging main",
        "verdict": "false_positive",
        "cause": "too impatient",
        "head_sha": "c4ee3f0",
        "head_committed_at": "2026-08-29T04:43:11Z",
        "ci_run": 33234489859,
        "ci_started_at": "2026-08-29T04:43:14Z",
        "ci_ended_at": None,
        "detected_at": "2026-08-29T05:00:30Z",
        "pipeline_run": None,
        "pipeline_started_at": None,
        "deployed_at_minute": "2026-08-29T05:09",
        "stale_sha_reported": "a4d9a135",
        "stale_time_reported": "2026-08-26T05:16:16Z",
        "deployments": [
            {"id": 6237406340, "created_at": "2026-08-29T05:03:02Z", "state": "in_progress"}
        ],
    }
    true = {
        "repo": "acme/film",
        "number": 2,
        "verdict": "true",
        "cause": "nothing ran",
        "who_could_fix": "human",
        "head_sha": "0a73395e",
        "head_committed_at": "2026-08-29T05:11:34Z",
        "runs_at_head": 0,
    }
    third = {**case, "number": 3, "head_sha": None, "head_committed_at": None, "detected_at": None}
    return {
        "schema": "replay/1",
        "incident": "lagging",
        "threshold_seconds": 900,
        "issues": [case, true, {**third, "ci_run": None, "deployed_at_minute": None}],
        **changes,
    }


def cases(**changes: object) -> dict[str, Any]:
    """Give a case with times, one with a bound, one with none and one that is elsewhere."""
    down = {
        "down_seen_at_minute": "2026-06-13T09:39",
        "recovered_at_minute": "2026-06-13T10:25",
    }
    job = {"job": "scan / audit", "log": "boom", "agent_branch_started_at": "2026-05-04T16:01:09Z"}
    return {
        "schema": "replay/1",
        "incident": "cases",
        "cases": [
            _case("down", 1, "true_outage", down, "redeploy"),
            _case("weekly", 2, "true", job, "agent"),
            _case("alone", 4, "true", {**job, "job": "audit"}, "agent"),
            _case("timeless", 3, "duplicates", {}, None),
            {"id": "elsewhere", "see": "another.json"},
        ],
        **changes,
    }


def _case(
    case: str, number: int, verdict: str, facts: dict[str, str], who: str | None
) -> dict[str, object]:
    return {
        "id": case,
        "repo": "acme/shop",
        "number": number,
        "title": None,
        "verdict": verdict,
        "facts": facts,
        "who_could_fix": who,
    }


def read(home: Path, history: object) -> Recording:
    """Read *history* from a file."""
    assert isinstance(history, dict)
    return recordings.read(written(home, history))


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"3", b'{"schema": "replay/2"}', b"\xff\xfe", b"[" * 100_000]
)
def test_what_is_no_recording_is_refused(tmp_path: Path, content: bytes) -> None:
    """With the file and what was expected of it."""
    file = tmp_path / "history.json"
    file.write_bytes(content)

    with pytest.raises(RecordingError) as caught:
        recordings.read(file)

    assert f"{file}: is of no known format; expected" in str(caught.value)
    assert '"schema": "replay/1"' in str(caught.value)


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    """A folder, and nothing at all."""
    for path, says in ((tmp_path, "is no regular file"), (tmp_path / "none", "cannot be read")):
        with pytest.raises(RecordingError, match=says):
            recordings.read(path)


def test_a_file_that_is_too_large_is_refused_unread(tmp_path: Path) -> None:
    """It has holes, and takes no room."""
    file = tmp_path / "history.json"
    with file.open("wb") as opened:
        opened.truncate(recordings.LARGEST + 1)

    with pytest.raises(RecordingError, match="is too large; expected at most 65536 KiB"):
        recordings.read(file)


@pytest.mark.parametrize(
    ("history", "says"),
    [
        ({"schema": "replay/1"}, "expected an object with one of the keys pushes, "),
        (storm(pushes=3), "expected a list at $.pushes, found a int"),
        (storm(repo="shop"), "expected owner/name at $.repo"),
        (storm(repo=None), "expected a text at $.repo, found nothing"),
        (storm(runs=[{"run_id": "1"}]), "expected a list at $.runs[0].issues, found nothing"),
        (storm(runs=[{"run_id": 1, "head_sha": "xyz", "observed_at": "2026-04-27T09:34:00Z",
                      "issues": []}]), "expected a commit id of at least 7 digits at $.runs[0]"),
        (storm(period=["yesterday"]), "expected a time at $.period[0]"),
        (storm(period=[]), "expected a list of times at $.period, found a list"),
        (storm(ci={}), "expected a text at $.ci.pipeline_workflow"),
        (transients(issues=[]), "expected at least one time"),
        (transients(issues=[{"detected_at": "2026-07-01"}]), "expected a text at $.issues[0].repo"),
        (lagging(issues=[{"number": 1}]), "expected head_committed_at or ci_started_at of #1"),
        (cases(cases=[{"id": "timeless"}]), "expected at least one time"),
        (storm(period=["9999-12-31T23:59:59Z"]), "has a time at the edge of the calendar"),
        (storm(period=["0900-01-01T00:00:00Z"]), "has a time at the edge of the calendar"),
        (cases(cases=[3]), "expected an object at $.cases[0], found a int"),
    ],
    ids=lambda given: given if isinstance(given, str) else "",
)  # fmt: skip
def test_what_is_of_another_type_is_refused_where_it_is(
    tmp_path: Path, history: dict[str, Any], says: str
) -> None:
    """The file, the place, and what was expected there."""
    with pytest.raises(RecordingError) as caught:
        read(tmp_path, history)

    assert str(caught.value).startswith(f"{tmp_path / 'history.json'}: ")
    assert says in str(caught.value)


@pytest.mark.parametrize("make", [storm, transients, lagging, cases])
def test_facts_come_in_the_order_of_their_times_within_the_whole(
    tmp_path: Path, make: Callable[[], dict[str, Any]]
) -> None:
    """And every stretch is within it, after the one before."""
    recording = read(tmp_path, make())
    times = [fact.at for fact in recording.facts]
    ends = [end for each in recording.stretches for end in (each.began_at, each.ended_at)]

    assert times == sorted(times)
    assert ends == sorted(ends)
    assert recording.began_at <= min([*ends, *times])
    assert max([*ends, *times]) <= recording.ended_at


def runs(recording: Recording, workflow: str) -> list[RunTold]:
    """Give the runs of a workflow that failed."""
    return [
        fact
        for fact in recording.facts
        if isinstance(fact, RunTold)
        and fact.workflow == workflow
        and fact.conclusion is CheckConclusion.FAILURE
    ]


def test_a_storm_has_its_runs_with_their_cause_and_how_well_their_time_is_known(
    tmp_path: Path,
) -> None:
    """By an issue that was filed for it, else by the cause that went on then."""
    recording = read(tmp_path, storm())

    assert [(30_000_000_001, "token", False), (30_000_000_002, "token", True)] == [
        (run.run_id, run.cause, run.bound) for run in runs(recording, "Pipeline")
    ]
    (lint,) = runs(recording, "CI")
    assert ("lint", True, FIRST) == (lint.cause, lint.bound, lint.sha)
    (scheduled,) = runs(recording, "token-health")
    assert ("schedule", "token", LOG) == (scheduled.event, scheduled.cause, scheduled.jobs[0].log)


def test_a_run_without_an_issue_has_the_cause_that_went_on(tmp_path: Path) -> None:
    """Where it is one of those that runs failed of, and the only one."""
    history = storm()
    history["runs"][0]["issues"] = []
    assert ["token", "token"] == [run.cause for run in runs(read(tmp_path, history), "Pipeline")]

    history["root_causes"][0]["ended_at"] = "2026-04-27T09:31:00Z"
    assert [None, "token"] == [run.cause for run in runs(read(tmp_path, history), "Pipeline")]


def test_a_failure_whose_label_names_a_workflow_is_a_run_of_it(tmp_path: Path) -> None:
    """What began it is not recorded, and that is said."""
    history = storm()
    history["root_causes"][1]["label"] = "resolution too deep in scan / audit"

    recording = read(tmp_path, history)

    (run,) = runs(recording, "scan")
    assert ("schedule", "audit") == (run.event, run.jobs[0].name)
    assert any(line.startswith("lint: what began the run of scan") for line in recording.lacks)


def test_a_cause_without_a_run_or_an_end_is_not_replayed_and_that_is_said(tmp_path: Path) -> None:
    """Nothing tells when it failed, or with which words."""
    history = storm()
    history["root_causes"][1]["owner"] = "human"

    recording = read(tmp_path, history)

    assert [] == runs(recording, "CI")
    assert any(line.startswith("lint (#1): no failing run, no log") for line in recording.lacks)


def test_a_storm_without_schedules_or_silence_says_nothing_of_them(tmp_path: Path) -> None:
    """Nothing is missing that never was."""
    history = storm(other_signals=[], runs=[])
    history["issues"] = history["issues"][:1]

    recording = read(tmp_path, history)

    assert not any("schedule" in line or "URL" in line for line in recording.lacks)
    assert not any("production_url" in line for line in recording.projects[0].lines)


def test_a_signal_before_the_first_push_or_without_words_tells_of_no_cause(tmp_path: Path) -> None:
    """There is no commit to place it at; there are no words to stand in."""
    signal = storm()["other_signals"][0]
    early = {**signal, "at": "2026-04-27T07:00:00Z"}
    silent = {**signal, "names_the_cause": False}

    recording = read(tmp_path, storm(other_signals=[early, silent]))

    (run,) = runs(recording, "token-health")
    assert (None, "") == (run.cause, run.jobs[0].log)


def test_an_issue_of_that_time_was_given_to_the_agent_that_took_it_up(tmp_path: Path) -> None:
    """Or that answered it; of the others nobody knows."""
    history = storm()
    history["issues"][1]["prs"] = [7]

    assert [Owner.AGENT, Owner.AGENT, None, None] == [
        filed.given_to for filed in read(tmp_path, history).filed
    ]


def test_a_silent_tick_lasts_from_its_beginning_until_the_look_was_over(tmp_path: Path) -> None:
    """Each within a stretch of its own, or one that they share."""
    recording = read(tmp_path, transients())
    urls = [fact for fact in recording.facts if isinstance(fact, UrlTold)]

    assert [
        ("03:00:00", False),
        ("03:01:59", True),
        ("04:00:00", False),
        ("04:03:00", True),
        ("03:00:00", False),
        ("03:00:11", True),
    ] == [(f"{fact.at:%H:%M:%S}", fact.answers) for fact in urls]
    assert ["02:30-04:30", "02:30-03:30"] == [
        f"{each.began_at:%H:%M}-{each.ended_at:%H:%M}" for each in recording.stretches
    ]
    assert [("unproved", None), ("acme/shop#4", Owner.HUMAN)] == [
        (cause.id, cause.owner) for cause in recording.causes
    ]
    assert "acme/shop #3: the time is not recorded; not replayed." in recording.lacks


def test_what_stands_in_for_a_missing_time_is_said(tmp_path: Path) -> None:
    """Issue by issue."""
    said = " ".join(read(tmp_path, lagging()).lacks)

    for each in (
        "#1, #3: the end of CI is not recorded",
        "#1, #3: the start of the pipeline is not recorded",
        "#1, #3: that a list of runs led with an old run is not replayed",
        "#3: the push is not recorded",
        "#3: the commit is not recorded",
        "#2, #3: when it was filed is not recorded",
    ):
        assert each in said


def test_short_ids_and_what_was_deployed_before_are_filled_in(tmp_path: Path) -> None:
    """Once, however many issues name it; a repository without a past has one commit."""
    pushed = [fact for fact in read(tmp_path, lagging()).facts if isinstance(fact, Pushed)]

    assert ["a4d9a135".ljust(40, "0"), "c4ee3f0".ljust(40, "0"), f"{3:040x}"] == [
        push.sha for push in pushed if push.repo == "acme/shop"
    ]
    assert [f"{1:040x}", "0a73395e".ljust(40, "0")] == [
        push.sha for push in pushed if push.repo == "acme/film"
    ]


def test_a_case_without_any_time_is_named_and_not_guessed(tmp_path: Path) -> None:
    """With its reason."""
    recording = read(tmp_path, cases())

    assert ["down", "weekly", "alone"] == [cause.id for cause in recording.causes]
    assert [Owner.HUMAN, Owner.AGENT, Owner.AGENT] == [c.owner for c in recording.causes]
    assert recording.lacks[:2] == (
        "timeless: no time of any failing run, job or URL is recorded.",
        "elsewhere: it is in another.json.",
    )
    assert ["audit", "audit"] == [
        run.jobs[0].name for workflow in ("scan", "audit") for run in runs(recording, workflow)
    ]


def test_names_that_would_break_out_of_the_configuration_do_not(tmp_path: Path) -> None:
    """A workflow may be called anything."""
    history = storm()
    history["ci"]["pipeline_workflow"] = 'Deploy "→"\n[[projects]]\\'

    (project,) = read(tmp_path, history).projects

    assert project.lines[0] == r'deploy_workflow = "Deploy \"→\"\n[[projects]]\\"'
    assert json.dumps(history)  # it was read from a file
