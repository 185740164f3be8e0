"""URLs that answer, that do not, and of which nobody can tell yet."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from builders import (
    NOW,
    PROJECT,
    RAILWAY_PROJECT,
    a_policy,
    a_sight,
    a_view,
    ago,
    blind,
    seen,
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
from pipeline_health.core.model.readings import Part
from pipeline_health.core.model.snapshot import ProjectView
from pipeline_health.core.model.urls import Doubt, Place, UrlSight
from pipeline_health.core.observe import production_scope, unread
from pipeline_health.core.rules.urls import production_unreachable, staging_unreachable

BASE = "https://shop.example"
URL = f"{BASE}/"
DOWN = (ago(minutes=10), ago(minutes=5), ago())


def look(
    part: Part[UrlSight] | None,
    *,
    place: Place = Place.STAGING,
    rule: Callable[[ProjectView], Iterator[Observation]] = staging_unreachable,
    railway_project: str | None = RAILWAY_PROJECT,
) -> list[Observation]:
    """Give what *rule* says of a project with both URLs, of which *part* was seen at *place*."""
    policy = replace(
        a_policy(railway_project=railway_project), staging_url=BASE, production_url=BASE
    )
    urls = {} if part is None else {place: part}
    return list(rule(replace(a_view(policy=policy), urls=urls)))


def symptom(kind: Kind, scope: str) -> Symptom:
    """Give the symptom of the URL."""
    return Symptom(kind=kind, scope=Scope(scope), subject=Subject(Thing.URL, BASE))


def test_three_looks_in_a_row_are_a_finding_for_the_agent() -> None:
    """It began when the third failed; it has no commit, and the base URL is its name."""
    assert look(seen(a_sight(*DOWN))) == [
        Finding(
            symptom=symptom(Kind.STAGING_UNREACHABLE, f"railway:{RAILWAY_PROJECT}:staging"),
            project=PROJECT,
            since=ago(),
            commit=None,
            trace=LinkTrace(url=URL),
            says="The URL of staging answered 502, look after look, while GitHub could be read "
            "and nothing was being deployed.",
        )
    ]


def test_the_words_are_those_of_the_look_that_decided() -> None:
    """However it fails later, a finding says the same, so that its issue is not edited for it."""
    later = replace(a_sight(*DOWN), says="answered 503")

    assert look(seen(later)) == look(seen(a_sight(*DOWN)))


def test_production_is_for_people() -> None:
    """What mends it is a deployment to production, which no agent makes."""
    (finding,) = look(seen(a_sight(*DOWN)), place=Place.PRODUCTION, rule=production_unreachable)

    assert isinstance(finding, Finding)
    assert finding.for_people
    assert finding.symptom == symptom(
        Kind.PRODUCTION_UNREACHABLE, f"railway:{RAILWAY_PROJECT}:production"
    )


@pytest.mark.parametrize(
    ("place", "rule"),
    [(Place.STAGING, staging_unreachable), (Place.PRODUCTION, production_unreachable)],
)
def test_without_railway_the_scope_is_the_url(
    place: Place, rule: Callable[[ProjectView], Iterator[Observation]]
) -> None:
    """It does not depend on whether GitHub could be seen."""
    (finding,) = look(seen(a_sight(*DOWN)), place=place, rule=rule, railway_project=None)

    assert finding.symptom.scope == f"url:{BASE}"


def test_one_look_that_answers_is_the_proof() -> None:
    """It needs no commit, because the finding has none."""
    assert look(seen(a_sight())) == [
        Proof(
            symptom=symptom(Kind.STAGING_UNREACHABLE, f"railway:{RAILWAY_PROJECT}:staging"),
            project=PROJECT,
            at=NOW,
            commit=None,
            trace=LinkTrace(url=URL),
            says=f"{URL} answered 200.",
        )
    ]


@pytest.mark.parametrize(
    ("sight", "why", "in_flight"),
    [
        (a_sight(ago()), "it may still be a transient", False),
        (a_sight(*DOWN[:2]), "it may still be a transient", False),
        (
            a_sight(*DOWN, shared=True),
            "other sites failed with it, so that our own network is the first suspect",
            False,
        ),
        (a_sight(doubt=Doubt.DEPLOYING), Doubt.DEPLOYING, True),
        (a_sight(*DOWN, doubt=Doubt.DEPLOYING), Doubt.DEPLOYING, True),
        (a_sight(*DOWN, doubt=Doubt.CONTROL), Doubt.CONTROL, False),
        (a_sight(*DOWN, doubt=Doubt.UNSEEN), Doubt.UNSEEN, False),
    ],
    ids=["one", "two", "shared", "deploying", "deploying-again", "no-control", "railway-unseen"],
)
def test_a_look_that_proves_nothing_is_unsettled(
    sight: UrlSight, why: str, *, in_flight: bool
) -> None:
    """It says what is in the way of a verdict."""
    (said,) = look(seen(sight))

    assert isinstance(said, Unsettled)
    assert (said.why, said.in_flight) == (f"{URL} answered 502, but {why}.", in_flight)


@pytest.mark.parametrize("part", [None, blind()], ids=["nobody-asked", "not-asked-in-time"])
def test_what_was_not_seen_says_nothing(part: Part[UrlSight] | None) -> None:
    """Neither a finding nor a proof."""
    assert look(part) == []
    assert look(part, place=Place.PRODUCTION, rule=production_unreachable) == []


def test_a_url_that_is_no_longer_configured_says_nothing() -> None:
    """A look without a name is nobody's."""
    view = replace(a_view(), urls={Place.STAGING: seen(a_sight(*DOWN))})

    assert list(staging_unreachable(view)) == []


def test_the_scope_of_production_is_that_of_its_environment() -> None:
    """Railway's where it is configured, else the repository's, which must have been seen."""
    policy = replace(a_policy(railway_project=None), production_environment="live")
    unseen = a_view(policy=policy, read=unread(policy, why="no connection", now=NOW))

    assert production_scope(a_view()) == f"railway:{RAILWAY_PROJECT}:production"
    assert production_scope(a_view(policy=policy)) == "github:4711:environment:live"
    assert production_scope(unseen) is None
