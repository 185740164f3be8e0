"""What is said of sources that stay blind, and of our own tokens."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from builders import (
    NOW,
    PROJECT,
    RAILWAY_PROJECT,
    REPO,
    a_deployment,
    a_policy,
    a_repository,
    a_service,
    a_view,
    ago,
    an_environment,
    blind,
    github,
)
from pipeline_health.core.model.findings import (
    Finding,
    Kind,
    Observation,
    Proof,
    Scope,
    Subject,
    Symptom,
    Thing,
    Unsettled,
)
from pipeline_health.core.model.questions import LinkTrace
from pipeline_health.core.model.readings import Blind, BlindCause, GitHubReading, NotAsked
from pipeline_health.core.model.sight import Refusal, Sight, Source, Spell
from pipeline_health.core.model.snapshot import ProjectView
from pipeline_health.core.rules.sight import blind_sources, refused_tokens

TOKEN = "RAILWAY_TOKEN"
TOKEN_SCOPE = Scope(f"token:{TOKEN}")
PLACE = Scope(f"railway:{RAILWAY_PROJECT}:staging")
DOWN = blind("Railway answered 502")
REFUSED = Blind(at=NOW, why="Not Authorized", cause=BlindCause.REFUSED, token=TOKEN)
MISPLACED = replace(REFUSED, why="it belongs to production", cause=BlindCause.MISPLACED)
RAILWAY_PAGE = LinkTrace(url=f"https://railway.com/project/{RAILWAY_PROJECT}")
GITHUB_PAGE = LinkTrace(url=f"https://github.com/{REPO}")
READ = replace(an_environment(a_service(a_deployment())), token=TOKEN)


def of_source(source: Source, scope: str = "github:4711") -> Symptom:
    """Give the symptom of a blind *source*."""
    return Symptom(
        kind=Kind.SOURCE_BLIND, scope=Scope(scope), subject=Subject(Thing.SOURCE, source.value)
    )


RAILWAY = of_source(Source.RAILWAY, PLACE)


def of_token(scope: Scope = TOKEN_SCOPE, token: str = TOKEN) -> Symptom:
    """Give the symptom of a token that does not work in *scope*."""
    return Symptom(kind=Kind.CREDENTIAL_REJECTED, scope=scope, subject=Subject(Thing.SECRET, token))


def dark(minutes: float, *, looks: int, why: str = "Railway answered 502") -> Spell:
    """Give a spell that began so long ago."""
    return Spell(first=replace(blind(why), at=ago(minutes=minutes)), looks=looks)


def blinded(spells: Mapping[Source, Spell], read: GitHubReading | None = None) -> ProjectView:
    """Give a view of which Railway could not be read, with what is remembered of it."""
    view = a_view(staging=DOWN if Source.RAILWAY in spells else None, read=read)
    return replace(view, sight=Sight(dark=spells))


def said_of(view: ProjectView, symptom: Symptom) -> list[Observation]:
    """Give what is said of one source."""
    return [each for each in blind_sources(view) if each.symptom == symptom]


def test_each_source_that_was_read_is_proved() -> None:
    """Also one that was asked for in two parts; what was not asked for is not mentioned."""
    proofs = list(blind_sources(a_view()))

    assert [
        (Source.RAILWAY, PLACE),
        (Source.GITHUB, f"github:{REPO}"),
        (Source.BRANCH, "github:4711"),
        (Source.CHECKS, "github:4711"),
        (Source.DEPLOYMENTS, "github:4711"),
        (Source.ISSUES, "github:4711"),
    ] == [(each.symptom.subject.name, each.symptom.scope) for each in proofs]
    assert (
        Proof(
            symptom=RAILWAY,
            project=PROJECT,
            at=NOW,
            commit=None,
            trace=RAILWAY_PAGE,
            says="Railway was read.",
        )
        == proofs[0]
    )
    assert GITHUB_PAGE == proofs[1].trace if isinstance(proofs[1], Proof) else False


def test_a_source_that_stays_blind_is_a_finding_for_people() -> None:
    """Since the patience ended, in the words of its first look."""
    assert [
        Finding(
            symptom=RAILWAY,
            project=PROJECT,
            since=ago(minutes=1),
            commit=None,
            trace=RAILWAY_PAGE,
            says="Railway cannot be read: Railway answered 502.",
            for_people=True,
        )
    ] == said_of(blinded({Source.RAILWAY: dark(16, looks=4)}), RAILWAY)


@pytest.mark.parametrize(
    "spell", [dark(15, looks=4), dark(300, looks=2)], ids=["not long enough", "after a gap"]
)
def test_a_source_that_may_see_again_is_unsettled(spell: Spell) -> None:
    """Neither half of the SLA to the minute, nor two looks however far apart."""
    assert [
        Unsettled(
            symptom=RAILWAY,
            project=PROJECT,
            why="Railway could not be read in this look; it is told when it lasts.",
        )
    ] == said_of(blinded({Source.RAILWAY: spell}), RAILWAY)


def test_what_is_blind_in_the_same_words_is_told_once() -> None:
    """A branch that cannot be read hides its checks."""
    unread = replace(github(), branch=DOWN, checks=DOWN)
    spells = {source: dark(60, looks=9) for source in (Source.BRANCH, Source.CHECKS)}

    findings = [
        each for each in blind_sources(blinded(spells, unread)) if isinstance(each, Finding)
    ]

    assert [of_source(Source.BRANCH)] == [finding.symptom for finding in findings]


def test_a_repository_that_cannot_be_seen_has_a_name_only() -> None:
    """Its id is not known; nothing can be filed there while that lasts."""
    gone = replace(github(), repository=DOWN)
    view = blinded({Source.GITHUB: dark(60, looks=9)}, gone)

    assert [of_source(Source.GITHUB, f"github:{REPO}")] == [
        each.symptom for each in blind_sources(view) if isinstance(each, Finding)
    ]


def test_a_project_without_railway_has_no_such_source() -> None:
    """Not even a place where it could be, while the repository is not seen."""
    view = a_view(
        policy=a_policy(railway_project=None),
        read=replace(github(), repository=DOWN),
        staging=NotAsked(),
    )

    assert [] == list(blind_sources(view))
    assert [] == list(refused_tokens(view))


def test_blindness_of_which_nothing_is_remembered_is_not_told() -> None:
    """Nor is a source that nobody asked for, nor one that a refused token hides."""
    view = a_view(staging=DOWN)

    assert [] == said_of(view, RAILWAY)
    assert [] == said_of(a_view(staging=REFUSED), RAILWAY)


def test_an_archived_repository_has_no_findings() -> None:
    """Nothing runs there, and nothing can be filed there."""
    archived = github(repository=a_repository(archived=True))
    view = replace(a_view(staging=REFUSED, read=archived), sight=with_refusal(REFUSED, minutes=60))

    assert [] == list(blind_sources(view))
    assert [] == list(refused_tokens(view))


# -- tokens ----------------------------------------------------------------------------------


def with_refusal(
    first: Blind,
    *,
    minutes: float,
    scope: Scope = TOKEN_SCOPE,
    unused: bool = False,
    refused: bool = False,
    over: bool = False,
) -> Sight:
    """Give what is known of a token that did not work so long ago."""
    spell = Spell(first=replace(first, at=ago(minutes=minutes)))
    refusal = Refusal(token=first.token, scope=scope, spell=spell, over=over)
    return Sight(
        refusals={Source.RAILWAY: refusal},
        unused=frozenset({first.token} if unused else ()),
        refused=frozenset({first.token} if refused else ()),
    )


def test_the_first_refusal_is_unsettled() -> None:
    """Railway says «Not Authorized» of other things too."""
    view = replace(a_view(staging=REFUSED), sight=with_refusal(REFUSED, minutes=0))

    assert [
        Unsettled(
            symptom=of_token(),
            project=PROJECT,
            why="RAILWAY_TOKEN was of no use in this look; another look confirms it.",
        )
    ] == list(refused_tokens(view))


@pytest.mark.parametrize(
    ("now", "scope", "says"),
    [
        (REFUSED, TOKEN_SCOPE, "RAILWAY_TOKEN is not accepted: Not Authorized."),
        (
            MISPLACED,
            PLACE,
            "RAILWAY_TOKEN is a token of another environment: it belongs to production.",
        ),
    ],
    ids=["refused", "misplaced"],
)
def test_a_confirmed_refusal_is_a_finding_for_people(now: Blind, scope: Scope, says: str) -> None:
    """It is broken since the first look that was refused."""
    sight = with_refusal(now, minutes=5, scope=scope)

    assert [
        Finding(
            symptom=of_token(scope),
            project=PROJECT,
            since=ago(minutes=5),
            commit=None,
            trace=RAILWAY_PAGE,
            says=says,
            for_people=True,
        )
    ] == list(refused_tokens(replace(a_view(staging=now), sight=sight)))


def test_a_token_that_reads_is_proved_everywhere_and_here() -> None:
    """It is neither refused nor of another environment."""
    view = a_view(staging=READ)
    expected = Proof(
        symptom=of_token(),
        project=PROJECT,
        at=NOW,
        commit=None,
        trace=RAILWAY_PAGE,
        says="Railway is read, and RAILWAY_TOKEN is not refused.",
    )

    assert [expected, replace(expected, symptom=of_token(PLACE))] == list(refused_tokens(view))


def test_a_token_that_is_refused_to_a_neighbour_is_not_proved() -> None:
    """Two looks of one cycle disagree: only the place is proved."""
    sight = with_refusal(REFUSED, minutes=60, refused=True)

    proofs = refused_tokens(replace(a_view(staging=READ), sight=sight))

    assert [of_token(PLACE)] == [proof.symptom for proof in proofs]


@pytest.mark.parametrize(
    ("sight", "expected"),
    [
        (with_refusal(REFUSED, minutes=9, unused=True, over=True), [of_token()]),
        (with_refusal(REFUSED, minutes=9, over=True), []),
        (with_refusal(MISPLACED, minutes=9, scope=PLACE, over=True), [of_token(PLACE)]),
    ],
    ids=["nobody reads with it", "a neighbour does", "another one reads this place"],
)
def test_a_token_that_was_replaced_is_done_with(sight: Sight, expected: list[Symptom]) -> None:
    """What reads now proves that the one before is not missed."""
    view = replace(a_view(staging=replace(READ, token="NEW")), sight=sight)

    assert [*(of_token(scope, "NEW") for scope in (Scope("token:NEW"), PLACE)), *expected] == [
        proof.symptom for proof in refused_tokens(view)
    ]


def test_what_was_read_without_a_name_of_a_token_proves_none() -> None:
    """An environment of another version of this tool."""
    assert [] == list(refused_tokens(a_view()))


def test_our_github_token_is_judged_alike() -> None:
    """Refused, it hides the repository; seen again, the repository proves it."""
    gone = replace(REFUSED, token="GITHUB_TOKEN")
    refusal = Refusal(
        token="GITHUB_TOKEN",
        scope=Scope("token:GITHUB_TOKEN"),
        spell=Spell(first=replace(gone, at=ago(minutes=5))),
    )
    sight = Sight(refusals={Source.GITHUB: refusal})
    hidden = replace(a_view(read=replace(github(), repository=gone)), sight=sight)
    seen_again = replace(a_view(), sight=sight)
    symptom = of_token(Scope("token:GITHUB_TOKEN"), "GITHUB_TOKEN")

    (finding,) = refused_tokens(hidden)
    (proof,) = refused_tokens(seen_again)

    assert isinstance(finding, Finding)
    assert (symptom, GITHUB_PAGE) == (finding.symptom, finding.trace)
    assert isinstance(proof, Proof)
    assert (symptom, GITHUB_PAGE) == (proof.symptom, proof.trace)


def test_a_refusal_of_which_nothing_is_remembered_is_not_told() -> None:
    """One look proves nothing."""
    assert [] == list(refused_tokens(a_view(staging=REFUSED)))
