"""What a window of maintenance keeps silent, until when, and what it leaves as it is."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from incident_builders import (
    BAD,
    CI,
    EVIDENCE,
    MINUTE,
    PROJECT,
    REJECTED,
    REPO,
    T0,
    UNKNOWN,
    WEB,
    ailment,
    incident,
    proof,
    run,
)
from pipeline_health.core import issue_text
from pipeline_health.core.maintenance import (
    LONGEST,
    kept_silent,
    open_windows,
    reason_to_be_silent,
    silent_spans,
    told,
    window_over,
)
from pipeline_health.core.model.case import Case, Diagnosed
from pipeline_health.core.model.findings import Finding, Kind
from pipeline_health.core.model.ids import ProjectName
from pipeline_health.core.model.incident import CauseClass, Filing, Incident, Owner
from pipeline_health.core.model.issue import IssueRef
from pipeline_health.core.model.maintenance import MaintenanceWindow
from pipeline_health.core.model.plan import (
    Change,
    CloseIssue,
    Comment,
    CommentIssue,
    HandOver,
    OpenIssue,
    ReopenIssue,
    Requeue,
    RerunJobs,
    UpdateIssue,
)
from pipeline_health.core.model.readings import NotAsked

FILM = ProjectName("film")
RED, DEPLOY = Kind.MAIN_CI_RED, Kind.STAGING_DEPLOY_FAILED
REF = IssueRef(REPO, 7)


def window(
    kind: Kind | None = None, *, of: ProjectName = PROJECT, start: int = 0, minutes: int = 60
) -> MaintenanceWindow:
    """Give a window from *start* minutes after T0 that lasts for *minutes*."""
    since = T0 + start * MINUTE
    return MaintenanceWindow(
        project=of, kind=kind, since=since, until=since + minutes * MINUTE, reason="a new database"
    )


@pytest.mark.parametrize(
    ("kind", "project", "failing", "after", "covered"),
    [
        (None, PROJECT, Kind.MAIN_CI_RED, timedelta(0), True),
        (None, PROJECT, Kind.MAIN_CI_RED, 59 * MINUTE, True),
        (None, PROJECT, Kind.MAIN_CI_RED, 60 * MINUTE, False),
        (None, PROJECT, Kind.MAIN_CI_RED, -MINUTE, False),
        (None, ProjectName("film"), Kind.MAIN_CI_RED, timedelta(0), False),
        (Kind.MAIN_CI_RED, PROJECT, Kind.MAIN_CI_RED, timedelta(0), True),
        (Kind.MAIN_CI_RED, PROJECT, Kind.MAIN_CI_STUCK, timedelta(0), False),
    ],
)
def test_a_window_covers_its_project_and_kind_until_it_ends(
    *,
    kind: Kind | None,
    project: ProjectName,
    failing: Kind,
    after: timedelta,
    covered: bool,
) -> None:
    """Nothing else, and not a moment longer."""
    window = MaintenanceWindow(
        project=PROJECT, kind=kind, since=T0, until=T0 + 60 * MINUTE, reason="a new database"
    )
    assert window.covers(project, failing, now=T0 + after) is covered


BOTH = incident(ailment(), ailment(WEB))
HEALED = replace(BOTH, ailments=(ailment(), replace(ailment(WEB), healed=proof(WEB))))


@pytest.mark.parametrize(
    ("of", "windows", "speaking", "ends"),
    [
        (incident(), [window()], (), 60),
        (incident(), [window(RED)], (), 60),
        (incident(), [window(DEPLOY)], (), None),
        (incident(), [window(of=FILM)], (), None),
        (incident(), [window(start=-90)], (), None),
        (incident(), [window(), window(RED, minutes=90)], (), 90),
        (BOTH, [window()], (), 60),
        (BOTH, [window(RED)], (), None),
        (BOTH, [window(RED), window(DEPLOY, minutes=30)], (), 30),
        (HEALED, [window(RED)], (), 60),
        (incident(cause=REJECTED), [window(Kind.CREDENTIAL_REJECTED)], (), 60),
        (incident(cause=REJECTED), [window(RED)], (), None),
        (incident(), [window()], (PROJECT, FILM), None),
        (incident(), [window(), window(of=FILM, minutes=20)], (PROJECT, FILM), 20),
    ],
    ids=[
        "its project",
        "its kind",
        "another kind",
        "another project",
        "over",
        "the longest of two",
        "all that is broken",
        "half of what is broken",
        "each half of it",
        "the rest is over",
        "a credential is of its own kind",
        "and not of what it breaks",
        "another project speaks of it",
        "which is silent too",
    ],
)
def test_an_incident_is_silent_when_all_of_it_is(
    of: Incident,
    windows: Sequence[MaintenanceWindow],
    speaking: Sequence[ProjectName],
    ends: int | None,
) -> None:
    """Until the first of the windows that it needs ends."""
    found = window_over(of, windows, speaking=speaking, now=T0 + MINUTE)
    assert (None if found is None else found.until) == (
        None if ends is None else T0 + ends * MINUTE
    )


def test_the_time_that_was_silent_is_counted_once() -> None:
    """However many windows cover it, and only where all that is broken is covered."""
    windows = [window(), window(RED, start=30), window(DEPLOY, start=100), window(of=FILM)]
    spans = silent_spans(incident(), windows)
    assert sum((end - start for start, end in spans), timedelta()) == 90 * MINUTE
    assert silent_spans(BOTH, windows)[-1][1] == T0 + 60 * MINUTE


def test_a_window_lasts_for_a_month_at_most() -> None:
    """What is silent for longer is not watched at all."""
    assert timedelta(days=30) == LONGEST


def test_what_is_open_is_told_by_its_end() -> None:
    """Whoever looks wants to know what ends next."""
    long, short, over = window(minutes=90), window(RED), window(start=-60)
    assert open_windows([over, long, short], now=T0) == (short, long)


@pytest.mark.parametrize(
    ("minutes", "says"),
    [(60, "silenced until 11:05 UTC: a new"), (1500, "silenced until 2026-11-23 11:05 UTC: a new")],
)
def test_a_silence_says_until_when(minutes: int, says: str) -> None:
    """The day is told where it is not today."""
    assert told(window(minutes=minutes), now=T0).startswith(says)


def a_case(of: Incident, *, project: ProjectName = PROJECT) -> Case:
    """Give a case in which the failure stands, as *project* tells of it."""
    finding = Finding(
        symptom=CI, project=project, since=T0, commit=None, trace=run(), says="CI failed."
    )
    found = Diagnosed(finding=finding, cause=UNKNOWN, evidence=EVIDENCE)
    return Case(incident=of, findings=(found,), issue=NotAsked())


FILED = replace(incident(), filing=Filing(repo=REPO, number=7, url="u", told="before"))
FP, NONCE = FILED.fingerprint, FILED.nonce
COMMENT = Comment(key="k", body="b")
EDIT = UpdateIssue(
    fingerprint=FP, nonce=NONCE, ref=REF, body="new", reason="The facts in it changed."
)
CLOSE = CloseIssue(fingerprint=FP, nonce=NONCE, ref=REF, body="b", comment=COMMENT, reason="Over.")
OPEN = OpenIssue(
    fingerprint=FP,
    nonce=NONCE,
    repo=REPO,
    title="t",
    body="b",
    labels=(),
    owner=Owner.AGENT,
    reason="r",
)
REOPEN = ReopenIssue(
    fingerprint=FP, nonce=NONCE, ref=REF, body="b", comment=COMMENT, reason="It is back."
)
HAND = HandOver(
    fingerprint=FP,
    nonce=NONCE,
    ref=REF,
    body="new",
    add=(),
    remove=(),
    owner=Owner.HUMAN,
    comment=COMMENT,
    reason="r",
)
QUEUE = Requeue(fingerprint=FP, nonce=NONCE, ref=REF, add=(), remove=(), reason="r")
CALL = CommentIssue(fingerprint=FP, nonce=NONCE, ref=REF, comment=COMMENT, reason="r")
RERUN = RerunJobs(
    fingerprint=FP,
    nonce=NONCE,
    repo=REPO,
    run_id=1,
    commit=BAD,
    cause=CauseClass.FLAKY,
    failed_at=T0,
    reason="r",
)
SAYS = "silenced until 11:05 UTC: a new database"
TOLD = replace(HAND, body="told")


@pytest.mark.parametrize(
    ("steps", "kept"),
    [
        ([OPEN], [SAYS]),
        ([REOPEN], [SAYS]),
        ([QUEUE, EDIT], [EDIT, SAYS]),
        ([CALL], [SAYS]),
        ([RERUN], [SAYS]),
        ([HAND], [EDIT, SAYS]),
        ([TOLD], [SAYS]),
        ([HAND, REOPEN], [SAYS]),
        ([CLOSE], [CLOSE]),
        (["it was not seen"], ["it was not seen"]),
        ([], []),
    ],
    ids=[
        "nothing is opened",
        "nothing is reopened",
        "no agent is asked again, and facts are edited",
        "no agent is called",
        "nothing is run again",
        "a hand-over waits, and its facts do not",
        "unless they are told already",
        "a closed issue is left alone",
        "what is proved to be over is closed",
        "what must wait anyway says so",
        "a quiet incident stays quiet",
    ],
)
def test_nobody_is_called_while_it_is_silent(
    steps: Sequence[Change | str], kept: Sequence[Change | str]
) -> None:
    """What is filed is edited and closed all the same."""
    filing = replace(FILED.filing or Filing(repo=REPO, number=7, url="u"))
    of = replace(FILED, filing=replace(filing, told=issue_text.digest("told")))
    given = a_case(of)
    assert list(kept_silent(steps, given, [window()], now=T0)) == kept
    assert list(kept_silent(steps, given, [], now=T0)) == steps


def test_a_hand_over_without_an_issue_edits_none() -> None:
    """Nothing is filed that could say it."""
    assert list(kept_silent([HAND], a_case(incident()), [window()], now=T0)) == [SAYS]


def test_whoever_speaks_of_a_failure_must_be_silent_too() -> None:
    """Two projects of one repository share its CI."""
    assert reason_to_be_silent(a_case(incident()), [window()], now=T0) == SAYS
    assert reason_to_be_silent(a_case(incident(), project=FILM), [window()], now=T0) is None
