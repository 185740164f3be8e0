"""What people do to the issue of a portfolio incident, and what that makes of it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from incident_builders import MINUTE
from pipeline_health.core.incidents import GONE_AFTER
from pipeline_health.core.model.ids import Login
from pipeline_health.core.model.incident import Phase
from pipeline_health.core.model.issue import Gone, IssueRef, TrackedIssue
from pipeline_health.core.model.parent import Parent, ParentCase
from pipeline_health.core.model.readings import Blind, Seen
from pipeline_health.core.parent_life import as_tracked, over_or_gone
from pipeline_health.core.parents import gathered
from portfolio_builders import (
    NOW,
    OPS,
    case_of,
    cases_of,
    failing,
    filed_at,
    many,
    ops_issue,
    over,
    shown,
    terms_for,
)

INCIDENTS = many(3)
TERMS = terms_for(INCIDENTS)
PARENT = filed_at(gathered(cases_of(INCIDENTS), (), TERMS)[1][0])
GONE = Seen(at=NOW, value=Gone(ref=IssueRef(OPS, 1), why="404"))


def seen(issue: TrackedIssue, *, of: Parent = PARENT) -> Parent:
    """Give *of* once its issue was seen as it is."""
    return as_tracked(ParentCase(parent=of, issue=shown(issue)), TERMS)


def closed_by(login: str, *, bot: bool = False) -> TrackedIssue:
    """Give the issue as somebody closed it as not planned."""
    return ops_issue(
        open=False, not_planned=True, closed_at=NOW, closed_by=Login(login), closed_by_bot=bot
    )


@pytest.mark.parametrize(
    ("issue", "phase"),
    [
        (ops_issue(), Phase.OPEN),
        (closed_by("dana"), Phase.MUTED),
        (closed_by("archon"), Phase.OPEN),
        (closed_by("health-bot", bot=True), Phase.OPEN),
        (ops_issue(open=False, closed_at=NOW, closed_by=Login("dana")), Phase.OPEN),
    ],
    ids=["open", "a person wants no more of it", "an agent", "a bot", "a person thinks it is done"],
)
def test_only_a_person_who_closes_it_as_not_planned_mutes_it(
    issue: TrackedIssue, phase: Phase
) -> None:
    """Whoever closes it otherwise says nothing about what is broken."""
    assert phase is seen(issue).phase


def test_who_opens_a_muted_one_again_wants_to_hear_of_it() -> None:
    """A person may change their mind."""
    assert Phase.OPEN is seen(ops_issue(), of=replace(PARENT, phase=Phase.MUTED)).phase


def test_what_we_closed_is_not_muted_by_that() -> None:
    """It is back, and its issue says still that it is over."""
    assert PARENT.filing is not None
    ours = replace(PARENT, filing=replace(PARENT.filing, closed_at=NOW))

    assert Phase.OPEN is seen(closed_by("dana"), of=ours).phase


def test_an_issue_that_could_not_be_read_changes_nothing() -> None:
    """Not seeing is not a decision."""
    blind = ParentCase(parent=PARENT, issue=Blind(at=NOW, why="no answer"))

    assert PARENT == as_tracked(blind, TERMS)


def test_an_issue_that_is_gone_twice_an_hour_apart_was_deleted() -> None:
    """Then it is muted until it has recovered; once is an error of the list."""
    once = as_tracked(ParentCase(parent=PARENT, issue=GONE), TERMS)
    soon = as_tracked(ParentCase(parent=once, issue=GONE), replace(TERMS, now=NOW + MINUTE))
    late = as_tracked(ParentCase(parent=once, issue=GONE), replace(TERMS, now=NOW + GONE_AFTER))

    assert [Phase.OPEN, Phase.OPEN, Phase.MUTED] == [each.phase for each in (once, soon, late)]
    assert None is seen(ops_issue(), of=once).gone_since


def test_the_deleted_issue_of_what_is_over_is_forgotten() -> None:
    """What is back gets a new one."""
    over_since = NOW - 2 * GONE_AFTER
    ended = replace(PARENT, phase=Phase.RESOLVED, gone_since=over_since)

    assert None is as_tracked(ParentCase(parent=ended, issue=GONE), TERMS).filing


@pytest.mark.parametrize("phase", [Phase.OPEN, Phase.RECOVERING, Phase.MUTED])
def test_who_deletes_what_we_closed_mutes_nothing_of_what_is_back(phase: Phase) -> None:
    """It named nothing of that, so that nobody decided; people hear of it in a new one."""
    assert PARENT.filing is not None
    ours = replace(PARENT, filing=replace(PARENT.filing, closed_at=NOW), phase=phase, tried=2)

    anew = as_tracked(ParentCase(parent=ours, issue=GONE), TERMS)
    late = replace(ours, gone_since=NOW - GONE_AFTER)

    assert (Phase.PENDING, None, None, 0) == (anew.phase, anew.filing, anew.gone_since, anew.tried)
    assert anew == as_tracked(ParentCase(parent=late, issue=GONE), TERMS)
    assert ours.members == anew.members


def test_of_what_is_over_it_is_noted_when_it_was_closed() -> None:
    """A closed one need not be looked at any more; one that is open yet is."""
    ended = replace(PARENT, phase=Phase.RESOLVED)

    closed = seen(ops_issue(open=False, closed_at=NOW), of=ended).filing
    still = seen(ops_issue(), of=ended).filing

    assert closed is not None
    assert still is not None
    assert (NOW, None) == (closed.closed_at, still.closed_at)


def test_a_member_that_was_over_before_keeps_its_time() -> None:
    """The time of the proof is its incident's."""
    member = PARENT.members[0]
    healed = over(INCIDENTS[0], at=NOW - MINUTE)

    ended = over_or_gone(member, healed, TERMS)
    odd = over_or_gone(member, replace(healed, resolved_at=None, ailments=()), TERMS)

    assert ended is not None
    assert odd is not None
    assert (NOW - MINUTE, NOW, "") == (ended.over_at, odd.over_at, odd.proof)
    assert None is over_or_gone(member, INCIDENTS[0], TERMS)


def test_of_two_incidents_with_one_fingerprint_the_living_one_counts() -> None:
    """What is over may be back as an incident of its own."""
    before = replace(over(failing("p0")), nonce=failing("older").nonce)
    cases = (*cases_of(INCIDENTS), case_of(before))

    _, (parent,) = gathered(cases, (PARENT,), TERMS)

    assert 3 == len(parent.going_on)
    assert timedelta() == parent.since - INCIDENTS[0].first_failed_at
