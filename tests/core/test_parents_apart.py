"""When the issue for all cannot be written, doubled or was muted: who still tells, and who does."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from incident_builders import MINUTE
from pipeline_health.core.issue_text.parents import CROWD_TITLE
from pipeline_health.core.model.case import Case
from pipeline_health.core.model.ids import Nonce
from pipeline_health.core.model.incident import Filing, Incident, Phase
from pipeline_health.core.model.issue import IssueRef, TrackedIssue
from pipeline_health.core.model.parent import Parent, ParentCase
from pipeline_health.core.model.plan import OpenIssue, Plan, ReopenIssue
from pipeline_health.core.model.readings import Blind
from pipeline_health.core.parent_life import ended, member_of, merged
from pipeline_health.core.parents import gathered
from pipeline_health.core.reconcile import reconcile
from pipeline_health.core.terms import Desk
from portfolio_builders import (
    NOW,
    PLAIN,
    case_of,
    cases_of,
    failing,
    filed_at,
    many,
    ops_issue,
    over,
    projects_in,
    repo_of,
    shown,
    terms_for,
)

ARCHIVED = Desk(why_not="limits.ops_repo is archived", shut=True)
UNREADABLE = Desk(why_not="limits.ops_repo could not be read")


def parent_of(incidents: Sequence[Incident]) -> Parent:
    """Give the parent of *incidents*, whose issue is filed and names them."""
    return filed_at(gathered(cases_of(incidents), (), terms_for(incidents))[1][0])


def planned(
    incidents: Sequence[Incident],
    parent: Parent,
    *,
    cases: Sequence[Case] | None = None,
    **changes: object,
) -> Plan:
    """Plan beside *parent*, whose issue is open and says something of before."""
    terms = terms_for(incidents, **changes)
    grouped, (now,) = gathered(cases or cases_of(incidents), (parent,), terms)
    beside = ParentCase(parent=now, issue=shown(ops_issue()))
    return reconcile(grouped, replace(terms, parents=(beside,)))


def own(plan: Plan) -> list[str]:
    """Give the titles of what is filed."""
    return [change.title for change in plan.changes if isinstance(change, OpenIssue)]


@pytest.mark.parametrize(
    ("desk", "phase", "filed"),
    [
        (Desk(), Phase.OPEN, []),
        (UNREADABLE, Phase.OPEN, ["p3"]),
        (ARCHIVED, Phase.OPEN, ["p0", "p1", "p2", "p3"]),
        (ARCHIVED, Phase.MUTED, ["p3"]),
    ],
    ids=["it is", "perhaps it is", "it is not", "it is not, and a person muted it"],
)
def test_members_wait_for_an_issue_as_long_as_it_can_be_written(
    desk: Desk, phase: Phase, filed: list[str]
) -> None:
    """What it names is told of while it may only be out of reach; what it never named is not."""
    parent = replace(parent_of(many(3)), phase=phase)

    plan = planned(many(4), parent, desk=desk)

    assert [f"Main CI red: CI ({name})" for name in filed] == own(plan)
    assert all(isinstance(change, OpenIssue) for change in plan.changes if desk.why_not)


def test_nothing_is_written_where_nobody_has_looked_whether_that_may_be() -> None:
    """It may have become public since: one look, before what has changed is told there."""
    parent = parent_of(many(3))

    assert planned(many(4), parent, desk=None).asks_ops
    assert not planned(many(4), parent, desk=Desk()).asks_ops
    assert not planned(many(4), parent, desk=None, ops=None).asks_ops


def relapsed(project: str) -> Incident:
    """Give a failure that is back after its own issue was closed with a proof."""
    of = failing(project, filed=4)
    assert of.filing is not None
    return replace(of, filing=replace(of.filing, closed_at=NOW - 30 * MINUTE))


def closed(of: Incident) -> TrackedIssue:
    """Give the closed issue of its own."""
    ref = IssueRef(repo_of(of.project), 4)
    return ops_issue(ref=ref, open=False, closed_at=NOW - 30 * MINUTE)


def test_an_old_issue_is_not_opened_again_beside_the_one_for_all() -> None:
    """Its project waits as the others do, and the issue for all says that it tells of it."""
    incidents = (relapsed("p0"), *many(2, start=1))
    cases = [case_of(incidents[0], issue=shown(closed(incidents[0]))), *cases_of(incidents[1:])]
    parent = parent_of(incidents)

    together = planned(incidents, parent, cases=cases)
    alone = planned(incidents, parent, cases=cases, desk=ARCHIVED)

    assert not any(isinstance(change, ReopenIssue) for change in together.changes)
    assert any(isinstance(change, ReopenIssue) for change in alone.changes)
    assert ("", "https://github.com/acme/p0/issues/4") == (
        member_of(incidents[0]).url,
        member_of(failing("p0", filed=4)).url,
    )


def test_what_has_an_issue_that_nobody_can_read_is_named_in_the_operators() -> None:
    """Issues were disabled after it was filed."""
    of = failing("p0", PLAIN, filed=4)
    desks = {of.repo: Desk(why_not="its issues are disabled", shut=True)}
    case = case_of(of, issue=Blind(at=NOW, why="issues are disabled in acme/p0"))

    plan = reconcile((case,), terms_for((of,), desks=desks))

    assert [CROWD_TITLE] == own(plan)


@pytest.mark.parametrize(
    "decided", [{"phase": Phase.MUTED}, {"gone_since": NOW}], ids=["muted", "gone"]
)
def test_what_recovered_is_no_part_of_a_muted_story_when_it_fails_anew(
    decided: dict[str, object],
) -> None:
    """It is muted until it has recovered, and not until all others have."""
    parent = replace(parent_of(many(4)), **decided)  # type: ignore[arg-type]
    recovered = gathered(
        cases_of((over(failing("p0")), *many(3, start=1))), (parent,), terms_for(many(4))
    )[1]

    cases, (now,) = gathered(cases_of(many(4)), recovered, terms_for(many(4)))

    assert ["p1", "p2", "p3"] == projects_in(now.going_on)
    assert cases[0].incident.part_of is None


def test_what_lives_takes_in_what_fails_and_not_what_is_over() -> None:
    """Of two records of one reason, whichever was first."""
    live = parent_of(many(3))
    old = replace(live, nonce=Nonce("old"), phase=Phase.RESOLVED, resolved_at=NOW, members=())
    later = many(3, at=NOW + 120 * MINUTE, start=5)

    _, parents = gathered(cases_of((*many(3), *later)), (old, live), terms_for((*many(3), *later)))

    assert {live.nonce: 6, old.nonce: 0} == {one.nonce: len(one.going_on) for one in parents}


def test_what_is_gone_takes_in_nothing_more() -> None:
    """A second story begins beside it, and each keeps what it has."""
    gone, later = replace(parent_of(many(3)), gone_since=NOW), many(3, start=5)
    cases, terms = cases_of((*many(3), *later)), terms_for((*many(3), *later))

    for parents in ((gone,), gathered(cases, (gone,), terms)[1]):
        joined, now = gathered(cases, parents, terms)
        old, new = sorted(now, key=lambda each: each.gone_since is None)

        assert ["p0", "p1", "p2"] == projects_in(old.members)
        assert ["p5", "p6", "p7"] == projects_in(new.members)
        assert {gone.fingerprint} == {case.incident.part_of for case in joined}


@pytest.mark.parametrize(
    "decided", [{"phase": Phase.MUTED}, {"gone_since": NOW}], ids=["muted", "gone"]
)
def test_what_an_issue_never_named_leaves_it_when_people_decide(decided: dict[str, object]) -> None:
    """They knew nothing of it."""
    parent = parent_of(many(4))
    *named, last = parent.members
    unnamed = replace(parent, members=(*named, replace(last, named_at=None)))
    decided_of = replace(unnamed, **decided)  # type: ignore[arg-type]

    cases, (now,) = gathered(cases_of(many(4)), (decided_of,), terms_for(many(4)))

    assert ["p0", "p1", "p2"] == projects_in(now.members)
    assert cases[3].incident.part_of is None


def test_what_is_over_is_not_back_in_an_issue_that_is_gone() -> None:
    """It was deleted before it could be closed."""
    over_by_now = {"phase": Phase.RESOLVED, "resolved_at": NOW, "gone_since": NOW}
    old = replace(parent_of(many(3)), **over_by_now)  # type: ignore[arg-type]

    _, parents = gathered(cases_of(many(3)), (old,), terms_for(many(3)))

    assert [Phase.RESOLVED, Phase.PENDING] == [parent.phase for parent in parents]


def numbered(number: int | None, *projects: str) -> Parent:
    """Give a parent whose issue has a number, or none yet, as one of several of one reason."""
    parent = parent_of(many(3))
    members = tuple(member_of(failing(name)) for name in projects)
    named = replace(parent, nonce=Nonce(f"n{number}"), members=members)
    return replace(named, filing=None) if number is None else filed_at(named, number)


def test_two_stories_of_one_reason_are_one_again() -> None:
    """A person opened the older issue again: it takes everything, and the younger one is over."""
    older, *others = merged(
        (numbered(None, "p4"), numbered(6, "p1", "p2"), numbered(4, "p0", "p1")), now=NOW
    )

    assert ("n4", ["p0", "p1", "p2", "p4"]) == (older.nonce, projects_in(older.members))
    assert [("n6", Phase.RESOLVED), ("nNone", Phase.RESOLVED)] == [
        (other.nonce, other.phase) for other in others
    ]


@pytest.mark.parametrize(
    "state",
    [{"phase": Phase.MUTED}, {"phase": Phase.RESOLVED}, {"gone_since": NOW}],
    ids=["muted", "over", "gone"],
)
def test_what_does_not_live_takes_nothing(state: dict[str, object]) -> None:
    """What a person muted stays as it is, what is over, and what was deleted as it seems."""
    first = replace(numbered(4, "p0"), **state)  # type: ignore[arg-type]
    second = numbered(6, "p1")

    assert {first.nonce: first, second.nonce: second} == {
        one.nonce: one for one in merged((first, second), now=NOW)
    }


def test_what_was_left_to_others_is_looked_at_no_more() -> None:
    """Its issue counts as closed, from the time that is known."""
    filing = ended(numbered(4, "p0"), now=NOW).filing
    before = Filing(repo=repo_of("p0"), number=4, url="", closed_at=NOW - MINUTE)

    assert filing is not None
    assert filing.closed_at == NOW
    assert ended(replace(numbered(4), filing=before), now=NOW).filing == before
    assert ended(numbered(None), now=NOW).filing is None
