"""Which of an incident's failures a finding is measured by: any of them, and each as a whole."""

from dataclasses import replace

import pytest

from incident_builders import (
    CI,
    MINUTE,
    PROJECT,
    REJECTED,
    STAGING,
    STATUS,
    T0,
    UNKNOWN,
    WEB,
    ailment,
    incident,
    proof,
    run,
)
from pipeline_health.core.belonging import (
    covers_environment,
    is_older_than_the_cure,
    lists_subject,
    lists_symptom,
    root_of,
)
from pipeline_health.core.model.case import Diagnosed
from pipeline_health.core.model.findings import Finding, Kind, Symptom
from pipeline_health.core.model.incident import CauseClass, Phase

BOTH = incident(ailment(CI), ailment(WEB))


def found(symptom: Symptom) -> Diagnosed:
    """Give a finding of *symptom*."""
    finding = Finding(
        symptom=symptom, project=PROJECT, since=T0, commit=None, trace=run(), says="It failed."
    )
    return Diagnosed(finding=finding, cause=UNKNOWN, evidence=None)


@pytest.mark.parametrize(
    ("symptom", "the_same", "another_way", "place"),
    [
        pytest.param(CI, True, True, False, id="the first of them"),
        pytest.param(WEB, True, True, False, id="the second of them"),
        pytest.param(
            replace(WEB, kind=Kind.STAGING_DEPLOY_STUCK), False, True, False, id="stuck, not failed"
        ),
        pytest.param(STAGING, False, False, True, id="the environment around it"),
        pytest.param(STATUS, False, False, False, id="neither"),
    ],
)
def test_one_of_several_failures_is_enough(
    symptom: Symptom, *, the_same: bool, another_way: bool, place: bool
) -> None:
    """By its symptom, by what is broken in another way, or by where it is."""
    seen = found(symptom)

    assert the_same is lists_symptom(BOTH, seen)
    assert another_way is lists_subject(BOTH, seen)
    assert place is covers_environment(BOTH, seen)


@pytest.mark.parametrize(("minutes", "stale"), [(-1, True), (0, True), (1, False)])
def test_a_failure_is_stale_up_to_the_moment_of_its_cure(minutes: int, *, stale: bool) -> None:
    """What failed with the proof, or before it, is what the proof is about."""
    healed = incident(ailment(WEB), replace(ailment(CI), healed=proof(at=T0)))
    seen = replace(found(CI).finding, since=T0 + minutes * MINUTE)

    assert stale is is_older_than_the_cure(healed, seen)


def test_a_token_of_our_own_is_a_root_of_its_own() -> None:
    """A pipeline's secret may have the same name, and be well."""
    assert (CauseClass.CREDENTIAL, "RAILWAY_TOKEN") == root_of(REJECTED)
    assert (CauseClass.CREDENTIAL, "our own RAILWAY_TOKEN") == root_of(replace(REJECTED, ours=True))


def test_what_is_over_covers_its_environment_in_the_same_way_only() -> None:
    """A deployment that is missing now is no relapse of one that failed."""
    missing = found(replace(STAGING, kind=Kind.STAGING_DEPLOY_MISSING))
    over = replace(BOTH, phase=Phase.RESOLVED, resolved_at=T0)

    assert covers_environment(BOTH, missing)
    assert not covers_environment(over, missing)
    assert covers_environment(over, found(STAGING))
