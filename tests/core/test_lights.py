"""One light for each station: what outshines what, and what is no health."""

from dataclasses import replace

import pytest

from builders import HEAD, NOW, PROJECT, a_view, ago, blind, github
from pipeline_health.core.lights import lights_of, station_of
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
from pipeline_health.core.model.readings import Blind
from pipeline_health.core.model.report import Glow, Light, Station
from pipeline_health.core.model.sight import Sight, Source, Spell

RED = Symptom(
    kind=Kind.MAIN_CI_RED, scope=Scope("acme/shop main"), subject=Subject(Thing.WORKFLOW, "CI")
)
PAGE = LinkTrace(url="")
BROKEN = Finding(
    symptom=RED, project=PROJECT, since=ago(hours=2), commit=HEAD, trace=PAGE, says="It failed."
)
PROVED = Proof(
    symptom=RED, project=PROJECT, at=ago(minutes=9), commit=HEAD, trace=PAGE, says="It passed."
)
NOW_PROVED = replace(PROVED, at=NOW)
"""A URL answers at each look: its proof is as old as the look."""
OPEN = Unsettled(symptom=RED, project=PROJECT, why="It runs.")


@pytest.mark.parametrize(
    ("said", "awaited", "light"),
    [
        ([], (), Light(of=Station.CI, glow=Glow.UNWATCHED)),
        ([PROVED], (), Light(of=Station.CI, glow=Glow.HEALTHY, since=ago(minutes=9))),
        (
            [PROVED, replace(PROVED, at=ago(minutes=3))],
            (),
            Light(of=Station.CI, glow=Glow.HEALTHY, since=ago(minutes=3)),
        ),
        ([PROVED, NOW_PROVED], (), Light(of=Station.CI, glow=Glow.HEALTHY, since=PROVED.at)),
        ([NOW_PROVED], (), Light(of=Station.CI, glow=Glow.HEALTHY)),
        ([PROVED, OPEN], (), Light(of=Station.CI, glow=Glow.UNDECIDED)),
        ([PROVED], (Station.CI,), Light(of=Station.CI, glow=Glow.UNPROVED)),
        ([PROVED], (Station.STAGING,), Light(of=Station.CI, glow=Glow.HEALTHY, since=PROVED.at)),
        (
            [OPEN, BROKEN, replace(BROKEN, since=ago(hours=1))],
            (Station.CI,),
            Light(of=Station.CI, glow=Glow.BROKEN, since=ago(hours=2)),
        ),
    ],
    ids=[
        "silence",
        "proof",
        "newest",
        "each look",
        "only now",
        "under way",
        "awaited",
        "elsewhere",
        "broken",
    ],
)
def test_what_was_said_is_one_light(
    said: list[Observation], awaited: tuple[Station, ...], light: Light
) -> None:
    """Broken outshines what nobody can tell, and that what is proved; silence is no health."""
    assert lights_of(a_view(), said, awaited=awaited)[0] == light


def test_what_was_not_seen_is_dark_whatever_was_proved() -> None:
    """Since the first look that did not see it, where that is remembered."""
    unseen = replace(a_view(), github=replace(github(), checks=blind()))
    since = Blind(at=ago(hours=3), why="502")
    dark = replace(unseen, sight=Sight(dark={Source.CHECKS: Spell(first=since)}))

    assert lights_of(unseen, [PROVED])[0] == Light(of=Station.CI, glow=Glow.BLIND)
    assert lights_of(dark, [PROVED])[0].since == ago(hours=3)
    assert lights_of(dark, [BROKEN])[0].glow is Glow.BROKEN


@pytest.mark.parametrize("station", [Station.STAGING, Station.PRODUCTION])
def test_each_station_has_sources_of_its_own(station: Station) -> None:
    """What Railway or GitHub does not show of one says nothing of another."""
    name = str(station)
    unseen = replace(a_view(), **{name: blind()})  # type: ignore[arg-type]
    glows = {light.of: light.glow for light in lights_of(unseen, [PROVED])}
    assert glows[station] is Glow.BLIND
    assert glows[Station.CI] is Glow.HEALTHY
    assert len(set(glows.values())) == 3


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_is_of_one_station_or_of_none(kind: Kind) -> None:
    """Credentials, schedules and our own sight are no station."""
    apart = {
        Kind.CREDENTIAL_REJECTED,
        Kind.CREDENTIAL_SHARED,
        Kind.ENV_FILE_COMMITTED,
        Kind.SCHEDULED_WORKFLOW_RED,
        Kind.SOURCE_BLIND,
    }
    assert (station_of(kind) is None) == (kind in apart)
    assert NOW == a_view().now
