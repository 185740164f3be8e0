"""Two incidents that turn out to have one root cause: the older keeps both, nothing is lost."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

import pytest

from incident_builders import (
    CI,
    MINUTE,
    PROJECT,
    REJECTED,
    REPO,
    STATUS,
    T0,
    UNKNOWN,
    WEB,
    ailment,
    incident,
    run,
)
from pipeline_health.core.convergence import (
    Placed,
    converged,
    merged_closed,
    strays_closed,
    with_older,
)
from pipeline_health.core.issue_text import duplicate, marker_of
from pipeline_health.core.model.case import Case, Diagnosed
from pipeline_health.core.model.findings import Finding, Kind, Symptom
from pipeline_health.core.model.ids import Fingerprint, Nonce, RepoName
from pipeline_health.core.model.incident import Cause, Filing, Incident, Phase
from pipeline_health.core.model.issue import IssueRef, TrackedIssue
from pipeline_health.core.model.plan import CloseIssue, Comment
from pipeline_health.core.model.readings import NotAsked

NOW = T0 + 60 * MINUTE


def of(
    name: str,
    symptom: Symptom,
    *,
    number: int | None,
    cause: Cause = REJECTED,
    failed_at: datetime = T0,
) -> Incident:
    """Give an incident of *symptom* with a fingerprint of its own, filed under *number*."""
    filing = None if number is None else Filing(repo=REPO, number=number, url="u")
    return replace(
        incident(ailment(symptom, failed_at=failed_at), cause=cause),
        fingerprint=Fingerprint(name),
        nonce=Nonce(f"n-{name}"),
        filing=filing,
    )


def seen(symptom: Symptom) -> Diagnosed:
    """Give a finding of this cycle."""
    finding = Finding(
        symptom=symptom, project=PROJECT, since=T0, commit=None, trace=run(), says="It failed."
    )
    return Diagnosed(finding=finding, cause=REJECTED, evidence=None)


def issue(number: int, *, opened: bool = True) -> TrackedIssue:
    """Give an issue of ours."""
    return TrackedIssue(
        ref=IssueRef(REPO, number),
        open=opened,
        not_planned=False,
        title="t",
        body="b",
        labels=frozenset(),
        ours=True,
        created_at=T0,
        updated_at=T0,
        closed_at=None,
        url="u",
    )


def test_the_older_issue_takes_over_what_the_younger_one_lists() -> None:
    """One rejected token was two incidents while neither had a log."""
    ci, web = of("ci", CI, number=9, failed_at=T0 - MINUTE), of("web", WEB, number=7)
    ci, web = replace(ci, attempts=2), replace(web, attempts=1)

    (young, none), (old, findings) = converged([(ci, (seen(CI),)), (web, (seen(WEB),))], now=NOW)

    assert (Phase.RESOLVED, NOW, "web") == (young.phase, young.resolved_at, young.duplicate_of)
    assert ((), ()) == (young.broken, none)
    assert [WEB, CI] == [each.symptom for each in old.ailments]
    assert (2, 2, T0 - MINUTE) == (old.count, old.attempts, old.first_failed_at)
    assert [CI, WEB] == [each.finding.symptom for each in reversed(findings)]
    assert [T0 - MINUTE, T0] == [each.at for each in old.occurrences]


def test_why_the_younger_one_fails_now_is_why_the_older_one_does() -> None:
    """What was read in this cycle is newer than the cause that the older one has from before."""
    older, younger = of("older", CI, number=3, cause=UNKNOWN), of("younger", CI, number=9)

    quiet = converged([(older, ()), (younger, ())], now=NOW)
    failing = converged([(older, ()), (younger, (seen(CI),))], now=NOW)

    assert [UNKNOWN, REJECTED] == [quiet[0][0].cause, failing[0][0].cause]


def test_what_is_filed_is_older_than_what_is_not() -> None:
    """Nobody has read the other one yet."""
    ci, web = of("ci", CI, number=None, failed_at=T0 - MINUTE), of("web", WEB, number=7)

    (young, _), (old, _) = converged([(ci, ()), (web, ())], now=NOW)

    assert ("web", None) == (young.duplicate_of, old.duplicate_of)


def test_an_open_issue_is_not_closed_for_one_that_a_person_closed_as_not_planned() -> None:
    """Whoever muted one symptom has not closed the issue in which the cause is worked on."""
    muted = replace(of("web", WEB, number=7), phase=Phase.MUTED)

    (kept, _), (gone, _) = converged([(of("ci", CI, number=9), ()), (muted, ())], now=NOW)

    assert (None, "ci") == (kept.duplicate_of, gone.duplicate_of)
    assert [CI, WEB] == [each.symptom for each in kept.ailments]


def test_an_open_issue_is_not_closed_for_an_older_one_that_is_closed() -> None:
    """Else for a moment both would be open, or neither."""
    shut = {IssueRef(REPO, 7): False}
    placed = [(of("ci", CI, number=9), ()), (of("web", WEB, number=7), ())]

    (kept, _), (gone, _) = converged(placed, closed=shut, now=NOW)

    assert (None, "ci") == (kept.duplicate_of, gone.duplicate_of)


@pytest.mark.parametrize("phase", [Phase.OPEN, Phase.MUTED])
def test_what_a_person_muted_is_not_opened_again_under_another_number(phase: Phase) -> None:
    """An older issue about the same failure was only closed; a lost ledger knows of no mute."""
    muted = replace(of("web", WEB, number=9), phase=phase)
    closed = {IssueRef(REPO, 7): False, IssueRef(REPO, 9): True}

    (gone, _), (kept, _) = converged(
        [(of("ci", CI, number=7), ()), (muted, ())], closed=closed, now=NOW
    )

    assert ("web", None) == (gone.duplicate_of, kept.duplicate_of)


@pytest.mark.parametrize("number", [7, 11])
def test_two_that_are_about_the_same_failure_become_one(number: int) -> None:
    """An old issue that is opened again is about what the one of today is about."""
    today = of("ci", CI, number=9, cause=UNKNOWN)
    old = of("old", replace(CI, kind=Kind.MAIN_CI_STUCK), number=number, cause=UNKNOWN)

    (first, _), (second, _) = converged([(today, ()), (old, ())], now=NOW)

    expected = ("old", None) if number < 9 else (None, "ci")
    assert expected == (first.duplicate_of, second.duplicate_of)


@pytest.mark.parametrize(("whole", "part"), [(7, 9), (9, 7)], ids=["older", "younger"])
def test_one_that_says_all_that_another_says_is_the_same(whole: int, part: int) -> None:
    """Whichever of them is the older: nobody is to mend a failure for two issues."""
    more = replace(
        of("more", CI, number=whole, cause=UNKNOWN), ailments=(ailment(CI), ailment(WEB))
    )
    less = of("less", WEB, number=part, cause=UNKNOWN)

    told = converged([(more, ()), (less, ())], now=NOW)

    expected = [None, "more"] if whole < part else ["less", None]
    assert expected == [each.duplicate_of for each, _ in told]


def test_what_is_taken_over_may_take_over_a_third_one() -> None:
    """Else the third would take the open one over, whose issue it would close for its own."""
    today = of("web", WEB, number=9, cause=UNKNOWN)
    old = of("ci", CI, number=7, cause=UNKNOWN)
    both = replace(of("both", WEB, number=8, cause=UNKNOWN), ailments=(ailment(WEB), ailment(CI)))
    closed = {IssueRef(REPO, 7): False, IssueRef(REPO, 8): True}

    placed = converged([(old, ()), (both, ()), (today, ())], closed=closed, now=NOW)

    assert ["web", "web", None] == [each.duplicate_of for each, _ in placed]
    assert [WEB, CI] == [each.symptom for each in placed[-1][0].ailments]


def test_two_that_share_only_a_part_stay_apart() -> None:
    """Neither says all that the other says."""
    ours = replace(of("ci", CI, number=9, cause=UNKNOWN), ailments=(ailment(CI), ailment(WEB)))
    other = replace(
        of("web", WEB, number=7, cause=UNKNOWN), ailments=(ailment(WEB), ailment(STATUS))
    )

    assert [None, None] == [
        each.duplicate_of for each, _ in converged([(ours, ()), (other, ())], now=NOW)
    ]


def test_what_is_not_filed_is_muted_with_its_root_cause() -> None:
    """A person decided about the secret before anyone was told of its next victim."""
    muted = replace(of("web", WEB, number=7), phase=Phase.MUTED)

    (ci, _), (kept, _) = converged([(of("ci", CI, number=None), ()), (muted, ())], now=NOW)

    assert ("web", Phase.MUTED) == (ci.duplicate_of, kept.phase)


@pytest.mark.parametrize("newer", [0, 1])
def test_of_one_symptom_in_both_the_newest_failure_stays(newer: int) -> None:
    """Proof must be newer than the last failure, whichever incident noted it."""
    times = [T0 + MINUTE, T0] if newer == 0 else [T0, T0 + MINUTE]
    placed: list[Placed] = [
        (of(str(at), CI, number=at + 1, failed_at=time), ()) for at, time in enumerate(times)
    ]

    old, _ = converged(placed, now=NOW)[0]

    assert [T0 + MINUTE] == [each.failed_at for each in old.ailments]


def test_of_two_failures_of_one_moment_the_older_incidents_stays() -> None:
    """It may know more of it: its jobs, and who made the commit."""
    one, other = of("one", CI, number=1), of("other", CI, number=2)
    known = replace(one, ailments=(ailment(jobs=("test",)),))

    old, _ = converged([(known, ()), (other, ())], now=NOW)[0]

    assert (ailment(jobs=("test",)),) == old.ailments


@pytest.mark.parametrize(
    "other",
    [
        of("web", WEB, number=7, cause=UNKNOWN),
        of("web", WEB, number=7, cause=replace(REJECTED, key="NPM_TOKEN")),
        of("web", WEB, number=7, cause=replace(REJECTED, key="")),
        replace(of("web", WEB, number=7), phase=Phase.RESOLVED),
        replace(of("web", WEB, number=7), repo=RepoName("acme/blog")),
    ],
    ids=["unknown", "another secret", "no name", "over", "another repository"],
)
def test_what_has_another_root_cause_stays_apart(other: Incident) -> None:
    """Two things that are broken are two issues."""
    placed: tuple[Placed, ...] = ((of("ci", CI, number=9), ()), (other, ()))

    assert placed == converged(placed, now=NOW)


def test_the_issue_of_a_duplicate_is_closed_and_names_the_older_one() -> None:
    """Whoever follows the younger issue finds the one that stays."""
    ci, web = of("ci", CI, number=9), of("web", WEB, number=7)
    placed = converged([(ci, ()), (web, ())], now=NOW)
    case = with_older(Case(incident=placed[0][0], issue=NotAsked()), placed)

    (change,) = merged_closed(case, issue(9))

    assert change == CloseIssue(
        fingerprint=Fingerprint("ci"),
        nonce=Nonce("n-ci"),
        ref=IssueRef(REPO, 9),
        body=None,
        comment=Comment(key="duplicate n-ci 7", body=duplicate(of=7)),
        reason="Issue 7 is about the same root cause and is older.",
        duplicate_of=7,
    )
    assert "#7" in change.comment.body


def test_a_duplicate_names_the_issue_of_today_and_not_one_of_long_ago() -> None:
    """The same secret was rejected last month, and that issue is closed."""
    ci, web = of("ci", CI, number=9), of("web", WEB, number=7)
    before = replace(of("web", WEB, number=1), phase=Phase.RESOLVED, nonce=Nonce("before"))
    other = replace(of("other", STATUS, number=3, cause=UNKNOWN), first_seen=NOW)
    placed = converged([(before, ()), (ci, ()), (web, ()), (other, ())], now=NOW)

    case = with_older(Case(incident=placed[1][0], issue=NotAsked()), placed)

    assert case.older == web.filing


class Untouched(tuple[Placed, ...]):
    """Incidents that nobody goes through."""

    __slots__ = ()

    def __iter__(self) -> Iterator[Placed]:
        """Fail."""
        pytest.fail("all were asked for the sake of one")


def test_what_is_no_duplicate_asks_no_other() -> None:
    """After a season a ledger has thousands of incidents, and each would go through all."""
    alone = Case(incident=of("ci", CI, number=9), issue=NotAsked())

    assert with_older(alone, Untouched()) == alone


def test_a_duplicate_whose_issue_is_closed_is_left_alone() -> None:
    """Somebody may have opened it again on purpose."""
    young = replace(of("ci", CI, number=9), duplicate_of=Fingerprint("web"))
    assert young.filing is not None
    told = replace(young, filing=replace(young.filing, closed_at=T0))

    assert [] == list(merged_closed(Case(incident=young, issue=NotAsked()), issue(9, opened=False)))
    assert [] == list(merged_closed(Case(incident=told, issue=NotAsked()), issue(9)))


def test_a_duplicate_of_what_the_ledger_lost_waits() -> None:
    """It must not be closed for an issue that nobody can name."""
    young = replace(of("ci", CI, number=9), duplicate_of=Fingerprint("web"))
    case = with_older(Case(incident=young, issue=NotAsked()), [])

    assert ["it is a duplicate of an incident that is not filed yet"] == list(
        merged_closed(case, issue(9))
    )


def test_an_incident_without_strays_closes_nothing() -> None:
    """The usual case."""
    case = Case(incident=of("ci", CI, number=9), issue=NotAsked())

    assert [] == list(strays_closed(case, issue(9)))


def test_every_stray_that_is_no_copy_is_closed() -> None:
    """A copy carries the nonce under which the issue was filed, whatever the ledger says now."""
    filing = Filing(repo=REPO, number=9, url="u", nonce=Nonce("filed"))
    ours = replace(of("ci", CI, number=9), filing=filing)
    marks = ("filed", "n-ci", "third")
    strays = tuple(
        replace(issue(20 + at), marker=replace(marker_of(ours), nonce=Nonce(mark)))
        for at, mark in enumerate(marks)
    )

    closed = list(strays_closed(Case(incident=ours, issue=NotAsked(), strays=strays), issue(9)))

    assert [(21, "duplicate n-ci 9"), (22, "duplicate third 9")] == [
        (each.ref.number, each.comment.key) for each in closed
    ]
