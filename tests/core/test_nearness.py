"""A finding is compared with a few incidents, and with every one to which it may belong."""

from dataclasses import replace
from itertools import product

from incident_builders import (
    CI,
    MINUTE,
    PIPELINE,
    PROJECT,
    REJECTED,
    REPO,
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
    Incidents,
    covers_environment,
    has_cause,
    is_older_than_the_cure,
    lists_subject,
    lists_symptom,
)
from pipeline_health.core.correlate import fingerprint_of
from pipeline_health.core.model.case import Diagnosed
from pipeline_health.core.model.findings import Finding, Kind, Scope, Symptom
from pipeline_health.core.model.ids import Fingerprint, RepoName
from pipeline_health.core.model.incident import Cause, Incident

OTHER_REPO = RepoName("acme/other")
SYMPTOMS = [
    *(CI, STATUS, WEB, STAGING, PIPELINE),
    replace(CI, scope=Scope("github:2:main")),
    replace(WEB, scope=Scope("railway:other:staging")),
    replace(WEB, kind=Kind.STAGING_DEPLOY_STUCK),
]


def found(symptom: Symptom, cause: Cause) -> Diagnosed:
    """Give a finding with its cause."""
    finding = Finding(
        symptom=symptom, project=PROJECT, since=T0, commit=None, trace=run(), says="It failed."
    )
    return Diagnosed(finding=finding, cause=cause, evidence=None)


def every_incident() -> list[Incident]:
    """Give incidents of all these symptoms, of one and of two repositories, and of a secret."""
    made = [
        replace(incident(ailment(symptom), cause=cause), repo=repo, fingerprint=Fingerprint(name))
        for at, symptom in enumerate(SYMPTOMS)
        for repo, cause, name in product(
            (REPO, OTHER_REPO),
            (UNKNOWN, REJECTED),
            (f"of {at}", *(fingerprint_of(each, UNKNOWN, REPO) for each in SYMPTOMS)),
        )
    ]
    healed = replace(ailment(CI), healed=proof(CI, at=T0 + MINUTE))
    return [*made, incident(healed), incident(ailment(WEB), ailment(CI))]


def test_whatever_a_finding_may_belong_to_is_near_it() -> None:
    """No test of belonging is true of an incident that is not looked at."""
    incidents = Incidents(every_incident())
    missed = []
    for symptom, cause in product(SYMPTOMS, (UNKNOWN, REJECTED)):
        each, fingerprint = found(symptom, cause), fingerprint_of(symptom, cause, REPO)
        near = incidents.near(each, REPO, fingerprint)
        assert near == sorted(near)
        missed += [
            (symptom, at)
            for at, known in enumerate(incidents.all)
            if at not in near
            and (
                lists_symptom(known, each)
                or lists_subject(known, each)
                or covers_environment(known, each)
                or is_older_than_the_cure(known, each.finding)
                or (known.repo == REPO and has_cause(known, each))
                or known.fingerprint == fingerprint
            )
        ]

    assert missed == []


def test_the_incidents_of_other_repositories_and_places_are_far() -> None:
    """However many there are, they are not asked."""
    far = [
        replace(
            incident(ailment(replace(CI, scope=Scope(f"github:{at}:main")))),
            repo=RepoName(f"acme/far-{at}"),
            fingerprint=Fingerprint(f"far {at}"),
        )
        for at in range(100)
    ]
    each = found(CI, UNKNOWN)

    incidents = Incidents([*far, incident(ailment(CI))])

    assert [100] == incidents.near(each, REPO, fingerprint_of(CI, UNKNOWN, REPO))


def test_what_an_incident_grows_by_makes_it_near() -> None:
    """A failure that was added is found as the first one is."""
    incidents = Incidents([replace(incident(ailment(CI)), repo=OTHER_REPO)])
    each, fingerprint = found(WEB, UNKNOWN), fingerprint_of(WEB, UNKNOWN, REPO)
    before = incidents.near(each, REPO, fingerprint)

    incidents.put(0, replace(incidents.all[0], ailments=(ailment(CI), ailment(WEB))))

    assert ([], [0]) == (before, incidents.near(each, REPO, fingerprint))
