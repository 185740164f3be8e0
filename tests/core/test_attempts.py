"""The breaker: which ends of the agent's work are attempts, and when a person gets the issue."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from incident_builders import CI, MINUTE, PROJECT, REJECTED, REPO, T0, UNKNOWN, incident, run
from pipeline_health.core.attempts import (
    Patience,
    escalated,
    was_closed_by_a_fix,
    with_attempts,
)
from pipeline_health.core.correlate import with_failure
from pipeline_health.core.model.case import Case, Diagnosed
from pipeline_health.core.model.findings import Finding
from pipeline_health.core.model.ids import Login
from pipeline_health.core.model.incident import CauseClass, Filing, Incident, Owner, Phase
from pipeline_health.core.model.issue import Gone, IssueRef, PullRequest, Tracked, TrackedIssue
from pipeline_health.core.model.policy import Limits, Routing
from pipeline_health.core.model.readings import Blind, NotAsked, Part, Seen

NOW = T0 + timedelta(hours=2)
PATIENCE = Patience(routing=Routing(), limits=Limits())
FILED = replace(incident(), filing=Filing(repo=REPO, number=7, url="u", opened_at=T0), moved_at=T0)


def shown(**changes: object) -> TrackedIssue:
    """Give the issue, open and queued for the agent."""
    given = TrackedIssue(
        ref=IssueRef(REPO, 7),
        open=True,
        not_planned=False,
        title="t",
        body="",
        labels=frozenset({"bug", "archon:queued"}),
        ours=True,
        created_at=T0,
        updated_at=T0,
        closed_at=None,
        url="u",
    )
    return replace(given, **changes)  # type: ignore[arg-type]


def closed(by: str | None = "archon", *, at: datetime | None = T0 + MINUTE) -> TrackedIssue:
    """Give the issue as *by* closed it."""
    return shown(open=False, closed_at=at, closed_by=None if by is None else Login(by))


def merged(at: datetime = T0 + MINUTE) -> TrackedIssue:
    """Give the issue with a merged pull request."""
    return shown(pulls=(PullRequest(number=8, moved_at=at, merged_at=at),))


def after(
    issue: TrackedIssue | Part[Tracked],
    *,
    of: Incident = FILED,
    failed_at: datetime | None = T0 + 2 * MINUTE,
    now: datetime = NOW,
) -> Incident:
    """Give *of* after one cycle in which it failed at *failed_at*."""
    part: Part[Tracked] = Seen(at=now, value=issue) if isinstance(issue, TrackedIssue) else issue
    found: tuple[Diagnosed, ...] = ()
    if failed_at is not None:
        finding = Finding(
            symptom=CI, project=PROJECT, since=failed_at, commit=None, trace=run(), says="x"
        )
        found = (Diagnosed(finding=finding, cause=UNKNOWN, evidence=None),)
    return with_attempts(Case(incident=of, findings=found, issue=part), PATIENCE, now=now)


@pytest.mark.parametrize(
    ("issue", "attempts"),
    [
        pytest.param(closed(), 1, id="closed by the agent"),
        pytest.param(replace(closed("renovate"), closed_by_bot=True), 1, id="closed by a bot"),
        pytest.param(merged(), 1, id="a pull request was merged"),
        pytest.param(closed("dev"), 0, id="closed by a person"),
        pytest.param(closed(None), 0, id="closed by nobody knows whom"),
        pytest.param(closed(at=None), 0, id="closed at an unknown time"),
        pytest.param(closed(at=T0 + 3 * MINUTE), 0, id="closed after the failure"),
        pytest.param(merged(T0 + 3 * MINUTE), 0, id="merged after the failure"),
        pytest.param(merged(T0 + 2 * MINUTE), 1, id="merged at the moment of the failure"),
        pytest.param(merged(T0 - MINUTE), 0, id="merged before it broke"),
        pytest.param(
            shown(pulls=(PullRequest(number=8, moved_at=T0, merged_at=None),)), 0, id="not merged"
        ),
        pytest.param(shown(), 0, id="nothing happened"),
    ],
)
def test_an_attempt_is_a_fix_that_ended_before_it_failed_again(
    issue: TrackedIssue, attempts: int
) -> None:
    """One row a way to end."""
    assert attempts == after(issue).attempts


def test_one_fix_is_one_attempt_however_many_signs_tell_of_it() -> None:
    """A merge closes the issue: two signs, one attempt, and it is not counted again."""
    both = replace(closed(), pulls=merged(T0 + MINUTE / 2).pulls)
    once = after(both)

    assert (1, T0 + MINUTE) == (once.attempts, once.counted_until)
    assert after(both, of=once, failed_at=T0 + 5 * MINUTE).attempts == 1


def test_of_several_failures_the_newest_shows_that_a_fix_did_not_work() -> None:
    """One that stands since before the fix says nothing about it; the next one does."""
    found = tuple(
        Diagnosed(
            finding=Finding(
                symptom=CI, project=PROJECT, since=at, commit=None, trace=run(), says="x"
            ),
            cause=UNKNOWN,
            evidence=None,
        )
        for at in (T0, T0 + 2 * MINUTE)
    )
    case = Case(incident=FILED, findings=found, issue=Seen(at=NOW, value=closed()))

    assert with_attempts(case, PATIENCE, now=NOW).attempts == 1


def test_without_a_failure_nothing_is_counted() -> None:
    """Not failing now is no verdict on a fix."""
    assert after(closed(), failed_at=None).attempts == 0


def test_a_closing_after_the_proof_is_no_attempt() -> None:
    """We closed it ourselves when it was over."""
    filing = FILED.filing
    assert filing is not None
    over = replace(FILED, filing=replace(filing, closed_at=T0 + MINUTE))

    assert after(closed(), of=over).attempts == 0


def test_a_run_is_over_from_the_first_look_that_shows_it() -> None:
    """The label has no time of its own; it is forgotten when it goes."""
    done = shown(labels=frozenset({"bug", "archon:failed"}))
    first = after(done)
    assert (0, NOW) == (first.attempts, first.over_since)

    later = after(done, of=first, failed_at=NOW + MINUTE, now=NOW + MINUTE)
    assert (1, NOW) == (later.attempts, later.over_since)
    assert after(shown(), of=later).over_since is None


@pytest.mark.parametrize(
    ("of", "issue"),
    [
        (FILED, Blind(at=NOW, why="502")),
        (FILED, NotAsked()),
        (FILED, Seen(at=NOW, value=Gone(ref=IssueRef(REPO, 7), why="404"))),
        (replace(FILED, phase=Phase.RESOLVED), closed()),
        (replace(FILED, phase=Phase.MUTED), closed()),
        (replace(FILED, filing=None), closed()),
    ],
    ids=["blind", "not asked", "gone", "resolved", "muted", "not filed"],
)
def test_what_is_not_seen_or_not_live_is_left_as_it_is(
    of: Incident, issue: TrackedIssue | Part[Tracked]
) -> None:
    """Blind counts nothing."""
    assert of == after(issue, of=of)


def test_the_last_attempt_hands_it_over_for_good() -> None:
    """The third fix that did not work is the agent's last."""
    tried = after(closed(), of=replace(FILED, attempts=2))

    assert (3, Owner.HUMAN) == (tried.attempts, tried.cause.owner)
    assert tried.escalated == "3 fixes by the agent did not work."
    assert after(merged(T0 + 90 * MINUTE), of=tried, failed_at=NOW).attempts == 3


def test_better_evidence_does_not_give_it_back() -> None:
    """A person has it, whatever the next log says."""
    given = escalated(FILED, "3 fixes by the agent did not work.")
    finding = Finding(
        symptom=CI, project=PROJECT, since=NOW, commit=None, trace=run(), says="CI failed."
    )

    later = with_failure(given, Diagnosed(finding=finding, cause=UNKNOWN, evidence=None))

    assert (CauseClass.UNKNOWN, Owner.HUMAN) == (later.cause.of, later.cause.owner)


@pytest.mark.parametrize(
    ("issue", "of", "person"),
    [
        pytest.param(shown(), FILED, True, id="nothing moved"),
        pytest.param(
            shown(labels=frozenset({"archon:in-progress"})), FILED, False, id="a run has it"
        ),
        pytest.param(
            shown(pulls=(PullRequest(number=8, moved_at=NOW, merged_at=None),)),
            FILED,
            False,
            id="a pull request moved",
        ),
        pytest.param(
            shown(),
            replace(FILED, counted_until=T0 + timedelta(hours=3)),
            False,
            id="an attempt was just counted",
        ),
        pytest.param(closed("dev"), FILED, False, id="it is closed"),
        pytest.param(
            shown(created_at=NOW),
            replace(FILED, moved_at=None, filing=Filing(repo=REPO, number=7, url="u")),
            False,
            id="found, and young",
        ),
        pytest.param(
            shown(),
            replace(
                FILED,
                moved_at=None,
                filing=Filing(repo=REPO, number=7, url="u", opened_at=T0 + MINUTE),
            ),
            False,
            id="opened a minute too late for that",
        ),
    ],
)
def test_when_nothing_moves_for_the_deadline_a_person_gets_it(
    issue: TrackedIssue,
    of: Incident,
    person: bool,  # noqa: FBT001 - a column of the table
) -> None:
    """Six hours without a run, a pull request or a commit."""
    later = after(issue, of=of, failed_at=None, now=T0 + timedelta(hours=6))

    assert person is (later.cause.owner is Owner.HUMAN)
    assert person is later.escalated.startswith("Nothing moved for 6 hours: no run, no pull req")


def test_a_person_has_no_deadline_and_makes_no_attempts() -> None:
    """The breaker is for agents."""
    theirs = replace(FILED, cause=REJECTED, attempts=9)

    later = after(closed(), of=theirs, now=T0 + timedelta(days=9))

    assert (9, "") == (later.attempts, later.escalated)


def test_labels_that_give_it_to_a_person_are_obeyed_and_not_told_again() -> None:
    """Whoever labelled it knows; a hand-over of ours would only repeat it."""
    taken = after(shown(labels=frozenset({"human-needed"})))

    assert taken.filing is not None
    assert (Owner.HUMAN, Owner.HUMAN) == (taken.cause.owner, taken.filing.owner)
    assert ("Its labels say that a person has it.", 0) == (taken.escalated, taken.attempts)


def test_our_own_labels_for_a_person_are_no_news() -> None:
    """We put them there when we handed it over."""
    assert FILED.filing is not None
    handed = replace(FILED, filing=replace(FILED.filing, owner=Owner.HUMAN))

    assert "" == after(shown(labels=frozenset({"human-needed"})), of=handed).escalated


@pytest.mark.parametrize(
    ("issue", "by_a_fix"),
    [
        pytest.param(closed("archon"), True, id="by an agent"),
        pytest.param(replace(closed("renovate"), closed_by_bot=True), True, id="by a bot"),
        pytest.param(
            replace(closed("dev"), pulls=merged(T0 + MINUTE).pulls), True, id="by a merge"
        ),
        pytest.param(
            replace(closed("dev"), pulls=merged(T0 + 2 * MINUTE).pulls), True, id="by a merge soon"
        ),
        pytest.param(
            replace(closed("dev"), pulls=merged(T0 + 2.1 * MINUTE).pulls), False, id="merged later"
        ),
        pytest.param(
            replace(closed("dev"), pulls=(PullRequest(number=8, moved_at=T0, merged_at=None),)),
            False,
            id="beside one that is not merged",
        ),
        pytest.param(
            replace(closed("dev", at=None), pulls=merged().pulls), False, id="at no known time"
        ),
        pytest.param(closed("dev"), False, id="by a person"),
    ],
)
def test_who_closed_it(issue: TrackedIssue, *, by_a_fix: bool) -> None:
    """A person who merges what an agent wrote closes by the agent's word."""
    assert by_a_fix is was_closed_by_a_fix(issue, frozenset({Login("archon")}))
