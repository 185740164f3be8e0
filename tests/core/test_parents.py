"""Which incidents are one story: many projects, one reason, at once; and what becomes of it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from incident_builders import MINUTE, T0
from pipeline_health.core.model.case import Case
from pipeline_health.core.model.findings import Kind, Scope, Subject, Symptom, Thing
from pipeline_health.core.model.ids import ProjectName
from pipeline_health.core.model.incident import Cause, CauseClass, Incident, Naming, Owner, Phase
from pipeline_health.core.model.issue import IssueRef
from pipeline_health.core.model.maintenance import MaintenanceWindow
from pipeline_health.core.model.parent import Parent
from pipeline_health.core.parent_life import JOINS, MANY, SETTLING
from pipeline_health.core.parents import (
    AT_ONCE,
    came_at_once,
    fingerprint_of,
    gathered,
    named_in,
    signature_of,
    with_names,
)
from portfolio_builders import (
    BILLING,
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
    over,
    projects_in,
    terms_for,
)

HOUR = 60 * MINUTE


def group(
    *incidents: Incident, parents: tuple[Parent, ...] = (), **changes: object
) -> tuple[tuple[Case, ...], tuple[Parent, ...]]:
    """Group *incidents*, all of which were seen to fail."""
    return gathered(cases_of(incidents), parents, terms_for(incidents, **changes))


def one(*incidents: Incident, **changes: object) -> Parent:
    """Give the one parent that *incidents* have."""
    (parent,) = group(*incidents, **changes)[1]  # type: ignore[arg-type]
    return parent


@pytest.mark.parametrize("cause", [NPM, TOKEN, BILLING], ids=lambda cause: str(cause.of))
def test_three_projects_with_one_reason_are_one_story(cause: Cause) -> None:
    """A provider, a limit or a secret that fails three projects at once is told of once."""
    incidents = many(3, cause)

    cases, (parent,) = group(*incidents)

    assert [parent.fingerprint] * 3 == [case.incident.part_of for case in cases]
    assert ["p0", "p1", "p2"] == projects_in(parent.going_on)
    assert (OPS, Phase.PENDING, T0) == (parent.repo, parent.phase, parent.since)


@pytest.mark.parametrize(
    ("incidents", "why"),
    [
        (many(2), "two projects"),
        (many(5, PLAIN), "a cause of one project only"),
        ((*many(2), *many(2, TOKEN, start=2)), "two reasons"),
        (
            tuple(failing(f"p{at}", at=T0 - at * (AT_ONCE / 2 + MINUTE)) for at in range(3)),
            "more than a quarter of an hour",
        ),
        (tuple(replace(each, phase=Phase.MUTED) for each in many(3)), "muted by a person"),
        (tuple(map(over, many(3))), "over"),
        (
            tuple(replace(each, project=ProjectName("p0")) for each in many(3)),
            "three failures of one project",
        ),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)
def test_what_is_no_story_of_many(incidents: tuple[Incident, ...], why: str) -> None:
    """Fewer than three, for other reasons, apart in time, or of no concern: each is on its own."""
    cases, parents = group(*incidents)

    assert (why, ()) == (why, parents)
    assert {None} == {case.incident.part_of for case in cases}


def test_what_was_not_seen_now_and_is_not_filed_begins_no_story() -> None:
    """Only a failure that stands, or that has its issue, counts."""
    incidents = many(3)
    unseen = tuple(case_of(each, seen=False) for each in incidents)
    filed = [case_of(failing(f"p{at}", filed=at + 1), seen=False) for at in range(3)]

    assert () == gathered(unseen, (), terms_for(incidents))[1]
    assert 1 == len(gathered(filed, (), terms_for(incidents))[1])


def test_what_somebody_wants_silent_is_not_named() -> None:
    """A window of maintenance over a project keeps it out of the story."""
    incidents = many(4)
    window = MaintenanceWindow(
        project=ProjectName("p0"), kind=None, since=T0 - HOUR, until=NOW + HOUR, reason="a move"
    )

    assert ["p1", "p2", "p3"] == projects_in(one(*incidents, windows=(window,)).going_on)


def test_a_source_that_many_projects_cannot_be_read_from_is_its_providers_trouble() -> None:
    """Whatever each of them says, it is one outage."""
    blind = tuple(_blind(f"p{at}", "Railway production") for at in range(3))

    parent = one(*blind)

    assert "Many projects at once: Railway cannot be read" == parent.title
    assert parent.cause is not None
    assert (CauseClass.PLATFORM, Owner.HUMAN) == (parent.cause.of, parent.cause.owner)


@pytest.mark.parametrize(
    ("source", "provider"),
    [("Railway", "Railway"), ("GitHub checks", "GitHub"), ("URLs", "Network")],
)
def test_whose_trouble_a_blind_source_is(source: str, provider: str) -> None:
    """Railway's two environments, GitHub's parts, or the network between us and the products."""
    expected = CauseClass.PLATFORM, f"{provider}: it cannot be read"

    assert expected == signature_of(_blind("shop", source))


def _blind(project: str, source: str) -> Incident:
    symptom = Symptom(
        kind=Kind.SOURCE_BLIND,
        scope=Scope(f"{project}-staging"),
        subject=Subject(Thing.SOURCE, source),
    )
    unknown = replace(PLAIN, of=CauseClass.UNKNOWN, key=f"source-blind:{source}")
    of = failing(project, unknown)
    ailments = tuple(replace(each, symptom=symptom) for each in of.ailments)
    return replace(of, kind=Kind.SOURCE_BLIND, ailments=ailments)


def test_a_further_project_joins_while_the_story_is_young() -> None:
    """What fails for the same reason within the hour is named with the others."""
    parent = filed_at(one(*many(3)))
    late = failing("late", at=T0 + JOINS)

    joined = one(*many(3), late, parents=(parent,))

    assert ["p0", "p1", "p2", "late"] == projects_in(joined.going_on)


def test_a_project_that_fails_long_after_the_others_is_a_story_of_its_own() -> None:
    """Nobody who read of the others knows of it."""
    parent = filed_at(one(*many(3)))
    late = failing("late", at=T0 + JOINS + MINUTE)

    cases, (same,) = group(*many(3), late, parents=(parent,))

    assert ["p0", "p1", "p2"] == projects_in(same.going_on)
    assert cases[-1].incident.part_of is None


def test_many_that_fail_long_after_the_others_are_told_where_those_are() -> None:
    """Two issues about one reason would be one too many."""
    parent = filed_at(one(*many(3)))
    later = many(3, at=T0 + 2 * JOINS, start=7)

    grown = one(*many(3), *later, parents=(parent,), now=NOW + 2 * JOINS)

    assert 6 == len(grown.going_on)
    assert parent.filing == grown.filing


def test_one_whose_cause_is_another_now_leaves() -> None:
    """It diverges: it gets an issue of its own; when its cause is the same again, it is back."""
    parent = filed_at(one(*many(4)))
    apart = failing("p0", PLAIN)

    cases, (now,) = group(apart, *many(3, start=1), parents=(parent,))
    again = one(*many(4), parents=(now,))

    assert cases[0].incident.part_of is None
    assert ["its cause is another one now: code"] == [
        each.left for each in now.members if each.left
    ]
    assert 4 == len(again.going_on)


def test_a_member_that_is_told_of_elsewhere_leaves() -> None:
    """A duplicate of an older incident has its issue there."""
    parent = filed_at(one(*many(4)))
    duplicate = replace(
        over(failing("p0")), duplicate_of=failing("older").fingerprint, phase=Phase.RESOLVED
    )

    now = one(duplicate, *many(3, start=1), parents=(parent,))

    assert ["it is told of in another issue"] == [each.left for each in now.members if each.left]


def test_it_is_over_when_nothing_of_it_went_on_for_a_while() -> None:
    """An outage comes and goes: one look at which all is well is not the end."""
    parent = filed_at(one(*many(3)))
    healed = tuple(map(over, many(3)))

    first = one(*healed, parents=(parent,))
    second = one(*healed, parents=(first,), now=NOW + SETTLING)

    assert (Phase.RECOVERING, NOW) == (first.phase, first.over_since)
    assert (Phase.RESOLVED, NOW + SETTLING) == (second.phase, second.resolved_at)
    assert ["https://github.com/acme/shop/actions/runs/202"] * 3 == [
        member.proof for member in second.members
    ]


def test_what_breaks_again_meanwhile_keeps_it_open() -> None:
    """The time of quiet begins anew."""
    parent = filed_at(one(*many(3)))
    quiet = one(*map(over, many(3)), parents=(parent,))

    again = one(*many(3), parents=(quiet,), now=NOW + 5 * MINUTE)

    assert (Phase.OPEN, None) == (again.phase, again.over_since)


def test_what_nobody_was_told_of_is_forgotten_when_it_is_over() -> None:
    """It was never filed, so that there is nothing to close."""
    parent = one(*many(3))

    assert () == group(*map(over, many(3)), parents=(parent,))[1]


def test_the_same_reason_soon_after_its_end_is_the_same_story() -> None:
    """Its issue is opened again, with those that fail now."""
    ended = replace(filed_at(one(*many(3))), phase=Phase.RESOLVED, resolved_at=NOW)

    back = one(*many(3, start=5), parents=(ended,), now=NOW + timedelta(days=6))

    assert (ended.nonce, Phase.OPEN, None) == (back.nonce, back.phase, back.resolved_at)
    assert ["p5", "p6", "p7"] == projects_in(back.members)


def test_the_same_reason_long_after_its_end_is_a_new_story() -> None:
    """Nobody looks into an issue of last month."""
    ended = replace(filed_at(one(*many(3))), phase=Phase.RESOLVED, resolved_at=NOW)

    _, (old, new) = group(*many(3, start=5), parents=(ended,), now=NOW + timedelta(days=8))

    assert (ended, Phase.PENDING) == (old, new.phase)


def test_what_a_person_muted_hides_nothing_that_comes_later() -> None:
    """Those that were muted stay so; others that fail for the same reason are told of anew."""
    muted = filed_at(one(*many(3)), phase=Phase.MUTED)

    cases, parents = group(*many(3), *many(3, start=5), parents=(muted,))

    assert [Phase.MUTED, Phase.PENDING] == [parent.phase for parent in parents]
    assert ["p5", "p6", "p7"] == projects_in(parents[1].going_on)
    assert {muted.fingerprint} == {case.incident.part_of for case in cases[:3]}


def test_what_is_muted_is_over_once_it_has_recovered() -> None:
    """Then the same reason is a story again."""
    muted = filed_at(one(*many(3)), phase=Phase.MUTED)
    healed = tuple(map(over, many(3)))

    first = one(*healed, parents=(muted,))
    second = one(*healed, parents=(first,), now=NOW + SETTLING)

    assert (Phase.MUTED, Phase.RESOLVED) == (first.phase, second.phase)


def test_a_project_that_was_not_looked_at_stays_as_it_was() -> None:
    """A look at some projects only says nothing of the others."""
    parent = filed_at(one(*many(3)))
    terms = terms_for(many(3))

    _, (same,) = gathered((), (parent,), terms)

    assert parent.members == same.members


def test_a_project_that_is_not_watched_any_more_leaves() -> None:
    """Nobody would ever see when it is over."""
    parent = filed_at(one(*many(3)))

    now = one(*many(2), parents=(parent,))

    assert ["", "", "its project is not watched any more"] == [each.left for each in now.members]


def test_where_parents_are_filed_is_todays_choice_until_they_are() -> None:
    """Who names the repository later, finds the issue there."""
    parent = one(*many(3), ops=None)

    named = one(*many(3), parents=(parent,))
    kept = one(*many(3), parents=(filed_at(parent),), ops=None)

    assert (None, OPS) == (parent.repo, named.repo)
    assert kept.filing is not None


def test_a_crowd_is_no_story_of_one_reason() -> None:
    """What waits for room is no part of it, and goes its own way."""
    crowd = replace(filed_at(one(*many(3))), cause=None, fingerprint=fingerprint_of(None))

    cases, (same, new) = group(*many(3), parents=(crowd,))

    assert crowd == same
    assert new.fingerprint == cases[0].incident.part_of


def test_an_incident_notes_the_issue_that_first_told_of_it() -> None:
    """By that its time to an issue is measured; a later naming changes nothing."""
    incidents = many(3)
    parent = filed_at(one(*incidents))
    unnamed = replace(parent, filing=None)

    (first, *_) = with_names(cases_of(incidents), (parent,))
    (again, *_) = with_names((first,), (filed_at(parent, number=9),))
    (nobody, *_) = with_names(cases_of(incidents), (unnamed,))
    (ended, *_) = with_names(cases_of(map(over, incidents)), (parent,))

    assert Naming(by=parent.fingerprint, repo=OPS, number=1, url=first_url(parent), at=NOW) == (
        first.incident.named
    )
    assert first == again
    assert [None, None] == [nobody.incident.named, ended.incident.named]
    assert (IssueRef(OPS, 1), None) == (named_in(first.incident), named_in(nobody.incident))


def first_url(parent: Parent) -> str:
    """Give the address of the issue of *parent*."""
    assert parent.filing is not None
    return parent.filing.url


def test_three_within_a_quarter_of_an_hour_anywhere_in_the_row_count() -> None:
    """The window moves along: what failed long before takes nothing away."""
    names = [ProjectName(name) for name in "abcde"]
    apart = [(T0 + at * 8 * MINUTE, name) for at, name in enumerate(names)]
    close = [(T0 - 5 * HOUR, names[0]), (T0, names[1]), (T0, names[2]), (T0, names[3])]

    assert not came_at_once(apart)
    assert came_at_once(close)
    assert MANY == 3


def test_terms_without_a_repository_group_all_the_same() -> None:
    """People are told of the group, whether an issue can be filed for it or not."""
    terms = terms_for(many(3), ops=None)

    assert 1 == len(gathered(cases_of(many(3)), (), terms)[1])
