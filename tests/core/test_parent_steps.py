"""What is done for a portfolio incident names it, its issue and its words, to the last of them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from pipeline_health.core import issue_text
from pipeline_health.core.issue_text import parents as words
from pipeline_health.core.model.incident import Incident, Owner, Phase
from pipeline_health.core.model.parent import Parent, ParentCase
from pipeline_health.core.model.plan import (
    Change,
    CloseIssue,
    Comment,
    CommentIssue,
    OpenIssue,
    ReopenIssue,
    UpdateIssue,
)
from pipeline_health.core.model.policy import Routing
from pipeline_health.core.parent_life import JOINS, member_of, standing
from pipeline_health.core.parent_steps import parent_steps
from pipeline_health.core.parents import gathered
from portfolio_builders import NOW, OPS, case_of, cases_of, filed_at, many, ops_issue, shown
from portfolio_builders import terms_for as terms

FIRST = many(3)
SPECIMEN = case_of(FIRST[0])
NOTES = "old\n\n<!-- notes -->\nI called them."
STAMP = "%Y%m%dT%H%M%SZ"


def parent(incidents: Sequence[Incident] = FIRST) -> Parent:
    """Give the parent of *incidents*, of which nobody was told."""
    (found,) = gathered(cases_of(incidents), (), terms(incidents))[1]
    return found


def steps(of: Parent, *, now_is: timedelta = timedelta(0), **issue: object) -> list[Change | str]:
    """Give what the parent needs beside its issue, of which *issue* says how it is."""
    there = replace(ops_issue(body=NOTES), **issue)  # type: ignore[arg-type]
    case = ParentCase(parent=of, issue=shown(there))
    return list(parent_steps(case, terms(FIRST, now=NOW + now_is), specimen=SPECIMEN))


def body(of: Parent) -> str:
    """Give what its issue must say, with what people wrote below the line."""
    notes = issue_text.notes_of(NOTES)
    return words.parent_body(of, routing=Routing(), specimen=SPECIMEN, notes=notes)


def test_an_issue_is_opened() -> None:
    """It is a person's, and says how many projects it is about."""
    of = parent()

    assert [
        OpenIssue(
            fingerprint=of.fingerprint,
            nonce=of.nonce,
            repo=OPS,
            title=of.title,
            body=words.parent_body(of, routing=Routing(), specimen=SPECIMEN),
            labels=("pipeline-health", "human-needed", "archon:skipped"),
            owner=Owner.HUMAN,
            reason=f"3 projects are told of in one issue: {of.title}.",
        )
    ] == steps(of)


def test_an_issue_is_edited() -> None:
    """Where it says something else than it must."""
    of = filed_at(parent())

    assert [
        UpdateIssue(
            fingerprint=of.fingerprint,
            nonce=of.nonce,
            ref=ops_issue().ref,
            body=body(of),
            reason="The facts in it changed.",
        )
    ] == steps(of)


@pytest.mark.parametrize(
    ("later", "said"),
    [(JOINS + timedelta(seconds=1), True), (JOINS, False)],
    ids=["long after", "within the hour"],
)
def test_many_more_are_said_in_a_comment(later: timedelta, *, said: bool) -> None:
    """Its key is the newest of them, so that it is made once; then the issue is edited."""
    known = filed_at(parent())
    more = many(3, at=NOW + later, start=5)
    of = replace(known, members=(*known.members, *map(member_of, more)))
    newest = more[-1].first_failed_at
    comment = CommentIssue(
        fingerprint=of.fingerprint,
        nonce=of.nonce,
        ref=ops_issue().ref,
        comment=Comment(
            key=f"more {of.nonce} {newest.strftime(STAMP)}",
            body=words.parent_grown([member_of(each) for each in more]),
        ),
        reason="Many more fail for the same reason, long after the first ones.",
    )

    found = steps(of, now_is=later)

    assert ([comment] if said else []) == found[:-1]
    assert isinstance(found[-1], UpdateIssue)


def test_nobody_is_told_of_more_who_was_told_of_none() -> None:
    """A crowd that was found again has named nobody: its description says it all."""
    known = filed_at(parent())
    of = replace(known, members=tuple(replace(each, named_at=None) for each in known.members))

    assert [UpdateIssue] == [type(step) for step in steps(of, now_is=9 * JOINS)]


def test_an_issue_is_closed() -> None:
    """The last words are about its end, and so is the key."""
    of = filed_at(parent(), phase=Phase.RESOLVED, resolved_at=NOW)

    assert [
        CloseIssue(
            fingerprint=of.fingerprint,
            nonce=of.nonce,
            ref=ops_issue().ref,
            body=body(of),
            comment=Comment(
                key=f"closed {of.nonce} {NOW.strftime(STAMP)}", body=words.parent_closing(of)
            ),
            reason="Nothing of it goes on any more.",
        )
    ] == steps(of)


def test_an_issue_is_opened_again() -> None:
    """It says why, once for each failure that came since."""
    of = filed_at(parent())
    why = "It was closed, but it is still broken."
    newest = max(member.since for member in of.members)

    assert [
        ReopenIssue(
            fingerprint=of.fingerprint,
            nonce=of.nonce,
            ref=ops_issue().ref,
            body=body(of),
            comment=Comment(
                key=f"reopened {of.nonce} {newest.strftime(STAMP)}",
                body=words.parent_reopened(of, why=why),
            ),
            reason=why,
        )
    ] == steps(of, now_is=timedelta(minutes=30), open=False, closed_at=NOW)


@pytest.mark.parametrize(("minutes", "phase"), [(7, Phase.RECOVERING), (8, Phase.RESOLVED)])
def test_nothing_of_it_goes_on_for_eight_minutes_before_it_is_over(
    minutes: int, phase: Phase
) -> None:
    """That is the third look of a cycle each five minutes."""
    known = filed_at(parent(), over_since=NOW)
    of = replace(known, members=tuple(replace(each, over_at=NOW) for each in known.members))

    assert phase is standing(of, now=NOW + timedelta(minutes=minutes)).phase
