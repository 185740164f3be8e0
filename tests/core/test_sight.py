"""What is remembered of blindness, and what one look adds to it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from builders import (
    NOW,
    PROJECT,
    RAILWAY_PROJECT,
    a_deployment,
    a_policy,
    a_service,
    a_view,
    ago,
    an_environment,
    blind,
    github,
)
from incident_builders import CI, ailment, incident
from pipeline_health.core.model.findings import Scope, Subject, Thing
from pipeline_health.core.model.ids import ProjectName
from pipeline_health.core.model.policy import Policy
from pipeline_health.core.model.railway import Environment
from pipeline_health.core.model.readings import Blind, BlindCause, NotAsked
from pipeline_health.core.model.sight import Refusal, Sight, Source, Spell
from pipeline_health.core.model.snapshot import ProjectView, Snapshot
from pipeline_health.core.sight import is_blind_to, sighted

POLICY = Policy(projects=(a_policy(),))
BLOG = ProjectName("blog")
TOKEN = "RAILWAY_TOKEN"
SCOPE = Scope(f"token:{TOKEN}")
PLACE = Scope(f"railway:{RAILWAY_PROJECT}:staging")
DOWN = blind("Railway answered 502")
REFUSED = Blind(at=NOW, why="refused", cause=BlindCause.REFUSED, token=TOKEN)
MISPLACED = replace(REFUSED, why="of production", cause=BlindCause.MISPLACED)


def an_environment_read_with(token: str) -> Environment:
    """Give staging as a look with *token* saw it."""
    return replace(an_environment(a_service(a_deployment())), token=token)


def sight_of(*views: ProjectView, before: Sight | None = None, policy: Policy = POLICY) -> Sight:
    """Give what is known of the first of *views* after a look, *before* which something was."""
    snapshot = Snapshot(now=NOW, projects=views)
    remembered = {} if before is None else {PROJECT: before}
    return sighted(snapshot, remembered, policy, now=NOW).projects[0].sight


@pytest.mark.parametrize(
    ("thing", "github_only", "railway_only"),
    [
        (Thing.WORKFLOW, True, False),
        (Thing.SERVICE, False, True),
        (Thing.PROJECT, True, True),
        (Thing.URL, False, False),
        (Thing.SECRET, False, False),
    ],
)
def test_which_blindness_hides_a_failure(
    thing: Thing, *, github_only: bool, railway_only: bool
) -> None:
    """What another source shows is seen all the same."""
    symptom = replace(CI, subject=Subject(thing, "it"))
    of = incident(ailment(symptom))

    assert github_only is is_blind_to(of, a_view(read=replace(github(), branch=DOWN)))
    assert railway_only is is_blind_to(of, replace(a_view(), staging=DOWN))
    assert not is_blind_to(of, a_view())


def test_a_project_that_is_seen_has_nothing_dark() -> None:
    """Half of the SLA is borne; a timer may be a little early for the second look."""
    sight = sight_of(a_view())

    assert Sight(patience=POLICY.sla / 2, again=POLICY.poll_interval / 2) == sight


def test_blindness_begins_with_a_look() -> None:
    """Whatever time the source gave it: all spells are told by one clock."""
    sight = sight_of(a_view(staging=replace(DOWN, at=ago(hours=3))))

    assert {Source.RAILWAY: Spell(first=DOWN)} == sight.dark


@pytest.mark.parametrize(
    ("now", "words"),
    [
        (blind("Railway answered 503"), DOWN),
        (
            Blind(at=NOW, why="it is restricted", cause=BlindCause.UNSEEN),
            Blind(at=NOW, why="it is restricted", cause=BlindCause.UNSEEN),
        ),
    ],
    ids=["other words of the same reason", "another reason"],
)
def test_a_spell_goes_on_with_the_words_of_its_reason(now: Blind, words: Blind) -> None:
    """An issue is not rewritten for every number in an error message."""
    began = replace(DOWN, at=ago(minutes=10))
    before = Sight(dark={Source.RAILWAY: Spell(first=began, looks=2)})

    sight = sight_of(a_view(staging=now), before=before)

    assert {Source.RAILWAY: Spell(first=replace(words, at=ago(minutes=10)), looks=3)} == sight.dark


def test_a_source_that_is_seen_again_is_forgotten() -> None:
    """The next blindness is another one."""
    before = Sight(dark={Source.RAILWAY: Spell(first=DOWN, looks=2)})

    assert {} == sight_of(a_view(), before=before).dark


def test_of_a_repository_that_is_not_seen_nothing_else_is_dark() -> None:
    """All of its parts are blind for the one reason."""
    gone = replace(github(), repository=DOWN, branch=DOWN, checks=DOWN, deployments=DOWN)

    assert {Source.GITHUB} == set(sight_of(a_view(read=gone)).dark)


def test_a_refused_token_makes_no_source_dark() -> None:
    """It is told as what it is, wherever it is used."""
    sight = sight_of(a_view(staging=REFUSED))

    assert {} == sight.dark
    assert {
        Source.RAILWAY: Refusal(token=TOKEN, scope=SCOPE, spell=Spell(first=REFUSED))
    } == sight.refusals
    assert {TOKEN} == sight.refused


def test_a_token_of_another_environment_is_wrong_in_one_place() -> None:
    """It may be right elsewhere, and it is not refused."""
    sight = sight_of(a_view(staging=MISPLACED))

    assert PLACE == sight.refusals[Source.RAILWAY].scope
    assert frozenset() == sight.refused


def test_a_refusal_goes_on_until_the_source_is_read() -> None:
    """Then it is over, and stays known, so that the proof can name it."""
    first = replace(REFUSED, at=ago(minutes=5))
    refusal = Refusal(token=TOKEN, scope=SCOPE, spell=Spell(first=first))
    before = Sight(refusals={Source.RAILWAY: refusal})

    again = sight_of(a_view(staging=REFUSED), before=before)
    unclear = sight_of(a_view(staging=DOWN), before=before)
    read = sight_of(a_view(staging=an_environment_read_with(TOKEN)), before=before)

    assert replace(refusal, spell=Spell(first=first, looks=2)) == again.refusals[Source.RAILWAY]
    assert refusal == unclear.refusals[Source.RAILWAY]
    assert replace(refusal, over=True) == read.refusals[Source.RAILWAY]


def test_a_token_that_reads_elsewhere_is_not_refused_here() -> None:
    """A neighbour reads with it while this project is blind for another reason."""
    refusal = Refusal(token=TOKEN, scope=SCOPE, spell=Spell(first=REFUSED))
    misplaced = replace(refusal, scope=PLACE)
    neighbour = a_view(policy=a_policy(name=BLOG), staging=an_environment_read_with(TOKEN))
    shop = a_view(staging=replace(DOWN, token=TOKEN))

    assert [True, False] == [
        sight_of(shop, neighbour, before=Sight(refusals={Source.RAILWAY: known}))
        .refusals[Source.RAILWAY]
        .over
        for known in (refusal, misplaced)
    ]


@pytest.mark.parametrize(
    "known",
    [
        Refusal(token=TOKEN, scope=SCOPE, spell=Spell(first=REFUSED, looks=9), over=True),
        Refusal(token="OTHER", scope=Scope("token:OTHER"), spell=Spell(first=REFUSED, looks=9)),
        Refusal(token=TOKEN, scope=PLACE, spell=Spell(first=MISPLACED, looks=9)),
    ],
    ids=["it was over", "of another token", "of another sort"],
)
def test_another_refusal_begins_anew(known: Refusal) -> None:
    """What was known of the one before confirms nothing."""
    sight = sight_of(a_view(staging=REFUSED), before=Sight(refusals={Source.RAILWAY: known}))

    assert 1 == sight.refusals[Source.RAILWAY].spell.looks


@pytest.mark.parametrize(
    ("neighbour", "others", "expected"),
    [
        (an_environment_read_with("OTHER"), (), {TOKEN}),
        (an_environment_read_with(TOKEN), (), set()),
        (REFUSED, (), set()),
        (an_environment_read_with("OTHER"), (BLOG,), set()),
        (NotAsked(), (), {TOKEN}),
        (DOWN, (), set()),
        (replace(DOWN, token="OTHER"), (), {TOKEN}),
    ],
    ids=[
        "by nobody",
        "by a neighbour",
        "in vain by a neighbour",
        "not looked at",
        "no Railway",
        "with who knows what",
        "by nobody, though one is blind",
    ],
)
def test_a_token_that_nobody_reads_with_any_more_is_known(
    neighbour: Environment | Blind | NotAsked, others: tuple[ProjectName, ...], expected: set[str]
) -> None:
    """It cannot be proved to work again, and need not."""
    refusal = Refusal(token=TOKEN, scope=SCOPE, spell=Spell(first=REFUSED))
    shop = a_view(staging=an_environment_read_with("NEW"))
    blog = a_view(policy=a_policy(name=BLOG), staging=neighbour)
    policy = replace(POLICY, others=frozenset(others))

    sight = sight_of(shop, blog, before=Sight(refusals={Source.RAILWAY: refusal}), policy=policy)

    assert expected == sight.unused


def test_how_long_blindness_is_borne_follows_the_policy() -> None:
    """Half of what may pass before an issue is there, and half of the time between two looks."""
    slow = replace(POLICY, sla=timedelta(hours=1), poll_interval=timedelta(minutes=30))

    sight = sight_of(a_view(), policy=slow)

    assert (timedelta(minutes=30), timedelta(minutes=15)) == (sight.patience, sight.again)


def test_a_token_that_github_refuses_is_still_read_with() -> None:
    """Else it would be told that nobody needs it any more."""
    refused = replace(REFUSED, token="GITHUB_TOKEN")

    staging = an_environment_read_with("NEW")
    sight = sight_of(a_view(read=replace(github(), repository=refused), staging=staging))

    assert ["GITHUB_TOKEN"] == [each.token for each in sight.refusals.values()]
    assert frozenset() == sight.unused
