"""A plan with portfolio incidents in it: what comes first, what waits, what is told by whom."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from incident_builders import MINUTE, T0
from pipeline_health.core import issue_text
from pipeline_health.core.crowd import CROWD
from pipeline_health.core.issue_text.parents import CROWD_TITLE, parent_body
from pipeline_health.core.model.case import Case
from pipeline_health.core.model.ids import Nonce, ProjectName
from pipeline_health.core.model.incident import Incident, Naming, Phase
from pipeline_health.core.model.issue import Gone, IssueRef, Tracked, TrackedIssue
from pipeline_health.core.model.maintenance import MaintenanceWindow
from pipeline_health.core.model.parent import Parent, ParentCase
from pipeline_health.core.model.plan import (
    CloseIssue,
    CommentIssue,
    OpenIssue,
    Plan,
    ReopenIssue,
    UpdateIssue,
)
from pipeline_health.core.model.policy import Limits, Routing
from pipeline_health.core.model.readings import Blind, NotAsked, Part, Seen
from pipeline_health.core.parent_life import JOINS
from pipeline_health.core.parents import gathered
from pipeline_health.core.reconcile import TRIES, reconcile
from pipeline_health.core.terms import Desk, Terms
from portfolio_builders import (
    NOW,
    NPM,
    OPS,
    PLAIN,
    TOKEN,
    case_of,
    cases_of,
    failing,
    filed_at,
    many,
    ops_issue,
    over,
    projects_in,
    shown,
    terms_for,
)


def planned(
    incidents: Sequence[Incident],
    *known: ParentCase,
    cases: Sequence[Case] | None = None,
    **changes: object,
) -> Plan:
    """Group *incidents* and plan for them, as a cycle does."""
    terms = terms_for(incidents, **changes)
    before = [case.parent for case in known]
    grouped, parents = gathered(cases or cases_of(incidents), before, terms)
    beside = {case.parent.nonce: case for case in known}
    return reconcile(grouped, replace(terms, parents=tuple(_beside(parents, beside))))


def _beside(parents: Iterable[Parent], known: Mapping[Nonce, ParentCase]) -> Iterable[ParentCase]:
    for parent in parents:
        case = known.get(parent.nonce, ParentCase(parent=parent))
        yield replace(case, parent=parent)


def opened(plan: Plan) -> list[str]:
    """Give the titles of the issues that are to be opened, in their order."""
    return [change.title for change in plan.changes if isinstance(change, OpenIssue)]


def parent_of(incidents: Sequence[Incident]) -> Parent:
    """Give the parent that *incidents* have, before anybody was told of it."""
    (parent,) = planned(incidents).parents
    return parent


def told(
    incidents: Sequence[Incident],
    issue: TrackedIssue | None = None,
    *,
    phase: Phase = Phase.OPEN,
) -> ParentCase:
    """Give the parent of *incidents* once its issue says what is true, as the tracker has it."""
    parent = filed_at(parent_of(incidents))
    specimen = case_of(incidents[0])
    body = parent_body(parent, routing=Routing(), specimen=specimen)
    parent = filed_at(parent, told=issue_text.digest(body), phase=phase)
    return ParentCase(parent=parent, issue=shown(issue or ops_issue(body=body)))


def test_many_projects_with_one_reason_are_one_new_issue() -> None:
    """It is a person's, in the operator's repository, and nothing else is filed."""
    (change,) = planned(many(200)).changes

    assert isinstance(change, OpenIssue)
    assert (OPS, ("pipeline-health", "human-needed", "archon:skipped")) == (
        change.repo,
        change.labels,
    )
    assert [f"`p{at}`" for at in range(200) if f"`p{at}`" not in change.body] == []


def test_members_that_are_filed_stay_and_the_others_wait() -> None:
    """Nothing is closed, and nothing more is opened beside the one issue."""
    plan = planned((failing("filed", filed=4), *many(3)))

    assert ["Many projects at once: npm cannot fetch packages"] == opened(plan)
    assert 1 == len(plan.changes)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"ops": None}, ()),
        ({"desk": Desk(why_not="it is public", shut=True)}, ("it is public",)),
    ],
    ids=["there is no such repository", "it takes none"],
)
def test_where_one_issue_for_all_is_impossible_each_gets_its_own(
    changes: dict[str, object], said: tuple[str, ...]
) -> None:
    """The caps hold, and nothing waits for what never comes."""
    plan = planned(many(3), **changes)  # type: ignore[arg-type]

    assert [f"Main CI red: CI (p{at})" for at in range(3)] == opened(plan)
    assert [f"Many projects at once: npm cannot fetch packages: {why}" for why in said] == list(
        plan.waiting
    )


def test_nobody_waits_for_an_issue_that_could_not_be_filed_twice() -> None:
    """It is tried again, and each of its members gets its own meanwhile."""
    parent = parent_of(many(3))
    once = ParentCase(parent=replace(parent, tried=TRIES - 1))
    twice = ParentCase(parent=replace(parent, tried=TRIES))

    assert 1 == len(opened(planned(many(3), once)))
    assert 4 == len(opened(planned(many(3), twice)))


def test_a_repository_that_nobody_looked_at_is_asked_for() -> None:
    """Only then: a quiet cycle, and one with a few failures, ask nothing of it."""
    assert planned(many(3), desk=None).asks_ops
    assert not planned(many(2), desk=None).asks_ops
    assert not planned(many(3), ops=None, desk=None).asks_ops
    assert not planned(many(3), told(many(3)), desk=None).asks_ops


def test_what_tells_of_many_comes_before_what_tells_of_one() -> None:
    """However old the single failures are: it is worth more of the room."""
    single = tuple(failing(f"s{at}", PLAIN, at=T0 - 60 * MINUTE) for at in range(5))
    every = (*single, *many(3), *many(3, TOKEN, at=T0 - MINUTE, start=5))

    plan = planned([replace(each, first_seen=NOW) for each in every])

    assert [
        "Many projects at once: RAILWAY_TOKEN is rejected",
        "Many projects at once: npm cannot fetch packages",
        *(f"Main CI red: CI (s{at})" for at in range(3)),
    ] == opened(plan)


def test_twenty_reasons_are_told_in_the_order_in_which_they_began() -> None:
    """Five a cycle; the rest comes in the next ones, and none is named in a crowd."""
    reasons = [replace(NPM, key=f"provider {at}: it fails") for at in range(20)]
    incidents = [
        each
        for at, reason in enumerate(reasons)
        for each in many(10, reason, at=T0 + at * timedelta(seconds=10), start=at * 10)
    ]
    fresh = [replace(each, first_seen=NOW) for each in incidents]

    plan = planned(fresh)

    assert [f"Many projects at once: provider {at}: it fails" for at in range(5)] == opened(plan)
    assert 15 == len(plan.waiting)
    assert 20 == len(plan.parents)


def test_more_than_can_be_filed_in_time_is_named_in_one_issue() -> None:
    """It takes one of the places, and names all that have none: the twenty-first, too."""
    incidents = tuple(replace(each, first_seen=NOW) for each in many(30, PLAIN))

    plan = planned(incidents)

    assert [CROWD_TITLE, *(f"Main CI red: CI (p{at})" for at in range(4))] == opened(plan)
    body = plan.changes[0].body if isinstance(plan.changes[0], OpenIssue) else ""
    assert [at for at in range(4, 30) if f"`p{at}`" not in body] == []
    assert "`p3`" not in body


def test_what_waits_for_the_issue_of_many_is_named_too() -> None:
    """A story that finds no room in the hour keeps its projects' promise in the crowd."""
    reasons = [replace(NPM, key=f"provider {at}: it fails") for at in range(3)]
    incidents = [
        replace(each, first_seen=NOW)
        for at, reason in enumerate(reasons)
        for each in many(3, reason, start=at * 3)
    ]

    plan = planned(incidents, limits=Limits(issues_per_hour=2))

    assert [CROWD_TITLE, "Many projects at once: provider 0: it fails"] == opened(plan)
    assert isinstance(plan.changes[0], OpenIssue)
    assert [at for at in range(3, 9) if f"`p{at}`" not in plan.changes[0].body] == []


def test_the_last_place_of_an_hour_is_kept_for_the_crowd() -> None:
    """Who would get it, is named there with all that come after; one of many may take it."""
    single = tuple(replace(each, first_seen=NOW) for each in many(1, PLAIN))

    assert [CROWD_TITLE] == opened(planned(single, opened_lately=19))
    assert ["Main CI red: CI (p0)"] == opened(planned(single, opened_lately=19, ops=None))
    assert 1 == len(opened(planned(many(3), opened_lately=19)))


def test_a_crowd_of_long_ago_is_no_issue_to_be_named_in() -> None:
    """The place is kept again; one of last week is opened again, and takes none."""
    single = tuple(replace(each, first_seen=NOW) for each in many(1, PLAIN))
    ended = replace(crowd_of(many(3, PLAIN)).parent, phase=Phase.RESOLVED, members=())

    def with_crowd(*, of: timedelta) -> Plan:
        known = ParentCase(parent=replace(ended, resolved_at=NOW - of))
        return planned(single, known, opened_lately=19)

    assert [CROWD_TITLE] == opened(with_crowd(of=timedelta(days=30)))
    assert ["Main CI red: CI (p0)"] == opened(with_crowd(of=timedelta(days=3)))


def test_without_room_for_the_crowd_itself_nothing_is_opened() -> None:
    """The caps hold for it, too; people are told otherwise."""
    plan = planned(many(3, PLAIN), opened_lately=20)

    assert [] == opened(plan)
    assert 3 == len(plan.crowded)


def crowd_of(incidents: Sequence[Incident]) -> ParentCase:
    """Give the crowd in which *incidents* are named, as the tracker has it."""
    (crowd,) = planned(incidents, opened_lately=19).parents
    assert CROWD == crowd.fingerprint
    return ParentCase(parent=filed_at(crowd), issue=shown(ops_issue()))


def test_a_crowd_that_is_told_names_what_still_waits() -> None:
    """Every cycle edits it in place; whoever gets an issue of its own leaves."""
    waiting = many(3, PLAIN)
    before = crowd_of(waiting)

    (edit, *_), (crowd,) = (
        planned(waiting, before, opened_lately=18).changes,
        planned(waiting, before, opened_lately=18).parents,
    )

    assert isinstance(edit, UpdateIssue)
    assert 3 == len(crowd.members)
    assert ["Main CI red: CI (p0)", "Main CI red: CI (p1)"] == opened(
        planned(waiting, before, opened_lately=18)
    )


def test_a_crowd_of_which_nothing_waits_ends() -> None:
    """Everything has its issue, or is over."""
    waiting = many(3, PLAIN)
    before = crowd_of(waiting)
    quiet = replace(before, parent=replace(before.parent, over_since=NOW - 20 * MINUTE))

    plan = planned(tuple(map(over, waiting)), quiet)

    (closing,) = plan.changes
    assert isinstance(closing, CloseIssue)
    assert "3 failures proved to be over" in closing.comment.body


def test_a_crowd_that_nobody_heard_of_is_forgotten() -> None:
    """It was planned while there was no room, and all is well now."""
    waiting = many(3, PLAIN)
    unheard = ParentCase(parent=replace(crowd_of(waiting).parent, filing=None, phase=Phase.PENDING))

    assert () == planned(tuple(map(over, waiting)), unheard).parents


def shut_desks(incidents: Iterable[Incident]) -> dict[object, Desk]:
    """Give desks that take nothing."""
    return {each.repo: Desk(why_not="its issues are disabled", shut=True) for each in incidents}


@pytest.mark.parametrize(
    "decided", [{"phase": Phase.MUTED}, {"gone_since": NOW}], ids=["muted", "gone"]
)
def test_a_crowd_that_a_person_decided_about_names_nobody_else(decided: dict[str, object]) -> None:
    """What finds no place beside those is a crowd of its own; they are silent until they end."""
    first, later = many(2, PLAIN), many(2, PLAIN, start=2)
    known = crowd_of(first)
    of_people = replace(known, parent=replace(known.parent, **decided))  # type: ignore[arg-type]

    def beside(*incidents: Incident) -> Plan:
        return planned(incidents, of_people, desks=shut_desks(incidents))

    assert [] == opened(beside(*first))
    assert [CROWD_TITLE] == opened(beside(*first, *later))
    assert [["p0", "p1"], ["p2", "p3"]] == [
        projects_in(crowd.going_on) for crowd in beside(*first, *later).parents
    ]
    (ending,) = beside(*map(over, first)).parents
    assert () == ending.going_on


def test_a_failure_whose_repository_takes_no_issue_is_named_in_the_operators() -> None:
    """It has no other place."""
    incidents = many(1, PLAIN)

    plan = planned(incidents, desks=shut_desks(incidents))

    assert [CROWD_TITLE] == opened(plan)


@pytest.mark.parametrize(
    "of",
    [
        replace(failing("p0", PLAIN), hidden_behind=failing("x").fingerprint),
        failing("p0", PLAIN, phase=Phase.MUTED),
        over(failing("p0", PLAIN)),
        failing("p0", PLAIN, filed=4),
    ],
    ids=["it follows from another", "a person muted it", "it is over", "it is filed"],
)
def test_what_needs_no_issue_needs_no_other_place(of: Incident) -> None:
    """Nothing is said of what would not be filed."""
    assert [] == opened(planned((of,), desks=shut_desks((of,))))


def test_what_is_silent_or_unseen_needs_no_other_place() -> None:
    """A window of maintenance, and a failure that was not seen now."""
    incidents = many(1, PLAIN)
    window = MaintenanceWindow(
        project=ProjectName("p0"), kind=None, since=T0, until=NOW + MINUTE, reason="a move"
    )
    unseen = (case_of(incidents[0], seen=False),)
    desks = shut_desks(incidents)

    assert [] == opened(planned(incidents, desks=desks, windows=(window,)))
    assert [] == opened(planned(incidents, desks=desks, cases=unseen))


def test_one_that_is_told_of_with_others_needs_no_other_place() -> None:
    """Its repository takes no issue, but the issue of many tells of it."""
    incidents = many(3)

    plan = planned(incidents, desks=shut_desks(incidents))

    assert ["Many projects at once: npm cannot fetch packages"] == opened(plan)


def test_an_issue_that_says_what_is_true_is_left_alone() -> None:
    """Nothing changed, so nothing is written."""
    assert () == planned(many(3), told(many(3))).changes


def test_a_look_that_says_nothing_of_its_members_changes_no_word_of_an_issue() -> None:
    """CI runs at the next commit, or a recovery is held until another look: nothing is decided."""
    unseen = tuple(case_of(each, seen=False) for each in many(3))

    assert () == planned(many(3), told(many(3)), cases=unseen).changes


def test_an_issue_is_edited_in_place_when_a_fact_changes() -> None:
    """A further project fails: what people wrote below the line is kept."""
    issue = ops_issue(body="old\n\n<!-- notes -->\nI am on it.")

    (edit,) = planned(many(4), told(many(3), issue)).changes

    assert isinstance(edit, UpdateIssue)
    assert edit.body.endswith("<!-- notes -->\nI am on it.")
    assert "**4 projects**" in edit.body


def test_many_more_long_after_the_first_ones_are_said_in_a_comment() -> None:
    """Whoever read of the first ones hears of it; two more are in the description alone."""
    later = 2 * JOINS
    some = many(3, at=T0 + later, start=5)
    known = told(many(3))
    now = NOW + later

    plan = planned((*many(3), *some), known, now=now)
    few = planned((*many(3), *some[:2]), known, now=now)

    (comment,) = [each for each in plan.changes if isinstance(each, CommentIssue)]
    expected = "3 more projects failed for the same reason: `p5`, `p6`, `p7`."
    assert expected == comment.comment.body
    assert not any(isinstance(each, CommentIssue) for each in few.changes)


def test_a_member_that_is_filed_links_the_issue_of_all() -> None:
    """Its own text says that it is not the only one, while that is so."""
    naming = Naming(
        by=parent_of(many(3)).fingerprint,
        repo=OPS,
        number=1,
        url="https://github.com/acme/operations/issues/1",
        at=NOW,
    )
    part = replace(failing("p9", filed=4), part_of=naming.by, named=naming)
    text = issue_text.body(part, routing=Routing(), evidence_shown=case_of(part).shows)

    place = f"[acme/operations no. 1]({naming.url})"
    assert f"It is not the only one: {place} tells of every project" in text
    for apart in (replace(part, part_of=None), replace(part, named=None)):
        body = issue_text.body(apart, routing=Routing(), evidence_shown=case_of(apart).shows)
        assert "not the only one" not in body


@pytest.mark.parametrize(
    ("issue", "said"),
    [
        (Blind(at=NOW, why="no answer"), ("its issue could not be read (no answer)",)),
        (NotAsked(), ()),
        (Seen(at=NOW, value=Gone(ref=IssueRef(OPS, 1), why="404")), ()),
        (
            shown(ops_issue(ours=False)),
            ("issue 1 is not provably ours, so it is left alone",),
        ),
    ],
    ids=["blind", "not read", "gone", "somebody else's"],
)
def test_an_issue_that_is_not_seen_to_be_ours_is_left_alone(
    issue: Part[Tracked], said: tuple[str, ...]
) -> None:
    """Nothing is written, and nothing is filed beside it."""
    known = replace(told(many(3)), issue=issue)

    plan = planned(many(4), known)

    assert () == plan.changes
    assert [f"{known.parent.title}: {why}" for why in said] == list(plan.waiting)


def closed(**changes: object) -> TrackedIssue:
    """Give the issue as somebody closed it, a while ago."""
    return replace(ops_issue(), open=False, closed_at=NOW, **changes)  # type: ignore[arg-type]


def test_what_somebody_closed_while_it_is_broken_is_opened_again() -> None:
    """After the time of the promise, or at once when more of it fails."""
    known = told(many(3), closed())
    later = replace(failing("late", at=NOW + MINUTE))

    waits = planned(many(3), known, now=NOW + 29 * MINUTE)
    opens = planned(many(3), known, now=NOW + 30 * MINUTE)
    more = planned((*many(3), later), known, now=NOW + 2 * MINUTE)
    undated = planned(many(3), told(many(3), replace(closed(), closed_at=None)))

    assert () == waits.changes
    assert ["It was closed, but it is still broken."] == reasons(opens)
    assert ["More of it failed after this issue was closed."] == reasons(more)
    assert reasons(more) == reasons(undated)


def reasons(plan: Plan) -> list[str]:
    """Say why issues are opened again."""
    return [change.reason for change in plan.changes if isinstance(change, ReopenIssue)]


def test_what_is_back_after_we_closed_it_is_opened_again() -> None:
    """The comment says that, and in how many projects."""
    known = told(many(3), closed())
    assert known.parent.filing is not None
    filing = replace(known.parent.filing, closed_at=NOW)
    known = replace(known, parent=replace(known.parent, filing=filing))

    (change,) = planned(many(3), known).changes

    assert isinstance(change, ReopenIssue)
    assert change.comment is not None
    assert change.comment.body.startswith("Reopened. The same is back after it was over.")
    assert "Broken now in 3 projects" in change.comment.body


def test_a_closed_issue_of_what_goes_on_nowhere_stays_closed() -> None:
    """It settles: nothing of it is broken."""
    assert () == planned(tuple(map(over, many(3))), told(many(3), closed())).changes


def test_nothing_is_said_in_what_a_person_muted() -> None:
    """Nor is any of its members filed."""
    known = told(many(3), closed(), phase=Phase.MUTED)

    assert () == planned(many(3), known).changes


def test_it_is_closed_with_the_proofs_once() -> None:
    """When its issue is closed, or was closed by us, nothing is said again."""
    quiet = told(many(3))
    ended = replace(quiet, parent=replace(quiet.parent, over_since=NOW - 20 * MINUTE))
    healed = tuple(map(over, many(3)))

    (closing,) = planned(healed, ended).changes
    done = replace(ended, issue=shown(closed()))

    assert isinstance(closing, CloseIssue)
    assert "3 failures proved to be over" in closing.comment.body
    assert () == planned(healed, done).changes


def test_of_several_crowds_the_one_that_lives_goes_on() -> None:
    """Those of before are kept as they are, until the ledger forgets them."""
    waiting = many(3, PLAIN)
    lives = crowd_of(waiting)
    ended = replace(
        lives.parent,
        nonce=Nonce("older"),
        phase=Phase.RESOLVED,
        resolved_at=NOW - timedelta(days=30),
        first_seen=NOW - timedelta(days=31),
    )

    plan = planned(waiting, ParentCase(parent=ended), lives)

    assert {ended.nonce: Phase.RESOLVED, lives.parent.nonce: Phase.OPEN} == {
        parent.nonce: parent.phase for parent in plan.parents
    }
    assert CROWD_TITLE not in opened(plan)


def test_a_crowd_that_is_over_is_closed_whatever_other_crowds_there_were() -> None:
    """A closing that was refused is tried again; what only bears its name is another crowd's."""
    over = replace(crowd_of(many(3, PLAIN)), strays=(ops_issue(9),))
    ended = replace(
        over.parent, phase=Phase.RESOLVED, resolved_at=NOW, first_seen=NOW - timedelta(hours=1)
    )
    unheard = replace(ended, nonce=Nonce("younger"), filing=None, first_seen=NOW)

    plan = planned((), replace(over, parent=ended), ParentCase(parent=unheard))

    (closing,) = plan.changes
    assert isinstance(closing, CloseIssue)
    assert (ended.nonce, ops_issue().ref) == (closing.nonce, closing.ref)


def test_the_younger_of_two_issues_of_one_story_is_closed() -> None:
    """Another host filed it, too: the older one stays."""
    known = replace(
        told(many(3), ops_issue(2)),
        strays=(
            ops_issue(5),
            ops_issue(1),
            ops_issue(6, ours=False),
            ops_issue(7, open=False),
        ),
    )

    closing = [each for each in planned(many(3), known).changes if isinstance(each, CloseIssue)]

    assert [(5, 2)] == [(each.ref.number, each.duplicate_of) for each in closing]
    assert closing[0].comment.body.startswith("Duplicate of #2")


@pytest.mark.parametrize("phase", [Phase.MUTED, Phase.RESOLVED, Phase.OPEN])
def test_a_closed_issue_takes_the_place_of_no_younger_one(phase: Phase) -> None:
    """What came since is told there alone: a person closed the older one, or it is over."""
    known = replace(told(many(3), closed(), phase=phase), strays=(ops_issue(5),))

    plan = planned(many(3), known)

    assert [] == [each for each in plan.changes if isinstance(each, CloseIssue)]


def test_an_issue_that_is_opened_again_takes_the_place_of_a_younger_one() -> None:
    """One issue stays open, the older one."""
    known = replace(told(many(3), closed()), strays=(ops_issue(5),))

    back, stray = planned(many(3), known, now=NOW + 30 * MINUTE).changes

    assert isinstance(back, ReopenIssue)
    assert isinstance(stray, CloseIssue)
    assert (5, back.ref.number) == (stray.ref.number, stray.duplicate_of)


def test_steps_and_evidence_are_those_of_a_member_that_has_any() -> None:
    """One without a log teaches nothing."""
    mute = replace(failing("a", at=T0 - MINUTE), evidence=None)

    (change,) = planned((mute, *many(3))).changes
    (none,) = planned(tuple(replace(each, evidence=None) for each in many(3))).changes

    assert isinstance(change, OpenIssue)
    assert isinstance(none, OpenIssue)
    assert "The steps are those for `p0`" in change.body
    assert "There is no log here yet" in none.body


def test_terms_say_by_themselves_whose_issue_speaks() -> None:
    """What *telling* held before counts for nothing: it is found anew."""
    terms: Terms = terms_for(many(1), telling=frozenset({failing("x").fingerprint}))
    part = replace(many(1)[0], part_of=failing("x").fingerprint)

    assert 1 == len(opened(reconcile(cases_of((part,)), terms)))
