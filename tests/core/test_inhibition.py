"""A broken cause upstream hides its consequences, until it is over and they are not."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from incident_builders import (
    CI,
    MINUTE,
    PROJECT,
    REJECTED,
    STATUS,
    T0,
    UNKNOWN,
    WEB,
    ailment,
    incident,
    proof,
    run,
)
from pipeline_health.core.inhibition import CONSEQUENCES, OF_PROVIDER, may_hide, with_hidden
from pipeline_health.core.model.case import Case, Diagnosed
from pipeline_health.core.model.findings import Finding, Kind, Subject, Symptom, Thing
from pipeline_health.core.model.ids import Fingerprint, ProjectName, RepoName
from pipeline_health.core.model.incident import Cause, CauseClass, Filing, Incident, Naming, Phase
from pipeline_health.core.model.readings import NotAsked
from pipeline_health.core.providers import Provider, provider_of

NOW = T0 + 60 * MINUTE
MISSING = replace(WEB, kind=Kind.STAGING_DEPLOY_MISSING)
SEEN = Diagnosed(
    finding=Finding(
        symptom=CI, project=PROJECT, since=T0, commit=None, trace=run(), says="It failed."
    ),
    cause=UNKNOWN,
    evidence=None,
)
NAMED = Naming(by=Fingerprint("many"), repo=RepoName("acme/ops"), number=1, url="u", at=T0)
FILED = Filing(repo=RepoName("acme/shop"), number=7, url="u")


def of(symptom: Symptom, *, cause: Cause = UNKNOWN, name: str = "") -> Incident:
    """Give an incident of *symptom* that is not filed."""
    broken = incident(ailment(symptom), cause=cause)
    return replace(
        broken, kind=symptom.kind, fingerprint=Fingerprint(name or f"f-{symptom.kind}"), filing=None
    )


def hidden(*incidents: Incident) -> Sequence[str | None]:
    """Give behind which incident each one is hidden while all of them are seen to fail."""
    return behind(*(Case(incident=each, findings=(SEEN,), issue=NotAsked()) for each in incidents))


def behind(*cases: Case) -> Sequence[str | None]:
    """Give behind which incident each one is hidden."""
    return [case.incident.hidden_behind for case in with_hidden(cases, now=NOW)]


def some(kind: Kind) -> Symptom:
    """Give a symptom of *kind*."""
    return replace(CI, kind=kind, subject=Subject(Thing.PROJECT, "shop"))


@pytest.mark.parametrize(
    ("upstream", "downstream"),
    [
        (upstream, downstream)
        for row in CONSEQUENCES
        for upstream in sorted(row.upstream)
        for downstream in sorted(row.downstream)
    ],
)
def test_each_consequence_is_hidden_behind_its_cause(upstream: Kind, downstream: Kind) -> None:
    """It is known and shown, and files nothing."""
    cause, consequence = of(some(upstream)), of(some(downstream))

    assert [None, cause.fingerprint] == hidden(cause, consequence)


def test_the_rows_say_what_follows_from_what() -> None:
    """A row that is taken out of the table is noticed here."""
    told = {
        (upstream, downstream)
        for row in CONSEQUENCES
        for upstream in row.upstream
        for downstream in row.downstream
    }
    staging = (
        Kind.STAGING_DEPLOY_FAILED,
        Kind.STAGING_DEPLOY_STUCK,
        Kind.STAGING_DEPLOY_MISSING,
    )

    assert told == {
        (Kind.STAGING_TESTS_FAILED, Kind.PRODUCTION_LAGGING),
        (Kind.STAGING_UNREACHABLE, Kind.PRODUCTION_LAGGING),
        (Kind.PRODUCTION_DEPLOY_FAILED, Kind.PRODUCTION_LAGGING),
        (Kind.PRODUCTION_DEPLOY_FAILED, Kind.PRODUCTION_UNREACHABLE),
        (Kind.MAIN_CI_RED, Kind.STAGING_DEPLOY_MISSING),
        (Kind.MAIN_CI_MISSING, Kind.STAGING_DEPLOY_MISSING),
        (Kind.MAIN_CI_STUCK, Kind.STAGING_DEPLOY_MISSING),
        *((kind, Kind.STAGING_TESTS_FAILED) for kind in staging),
        *((kind, Kind.STAGING_UNREACHABLE) for kind in staging),
        *((kind, Kind.PRODUCTION_LAGGING) for kind in staging),
        (Kind.MAIN_CI_RED, Kind.PRODUCTION_LAGGING),
        (Kind.MAIN_CI_MISSING, Kind.PRODUCTION_LAGGING),
        (Kind.MAIN_CI_STUCK, Kind.PRODUCTION_LAGGING),
    }


@pytest.mark.parametrize(
    ("provider", "kind", "expected"),
    [
        (Provider.RAILWAY, Kind.PRODUCTION_DEPLOY_FAILED, True),
        (Provider.RAILWAY, Kind.PRODUCTION_LAGGING, True),
        (Provider.GITHUB, Kind.PRODUCTION_LAGGING, True),
        (Provider.GITHUB, Kind.PRODUCTION_DEPLOY_FAILED, False),
    ],
)
def test_a_refused_credential_keeps_from_production_what_its_provider_does(
    provider: Provider, kind: Kind, *, expected: bool
) -> None:
    """Railway deploys there, and GitHub begins what promotes."""
    assert expected is (kind in OF_PROVIDER[provider])


@pytest.mark.parametrize(
    "upstream",
    [
        replace(of(CI), project=ProjectName("blog"), repo=RepoName("acme/blog")),
        replace(of(WEB), project=ProjectName("blog")),
        replace(of(CI), phase=Phase.RESOLVED, resolved_at=NOW - MINUTE),
        of(some(Kind.SCHEDULED_WORKFLOW_RED)),
    ],
    ids=["another repository", "another project", "over", "unrelated"],
)
def test_what_is_not_upstream_hides_nothing(upstream: Incident) -> None:
    """A failure with a cause of its own is an issue within the SLA."""
    assert None is hidden(upstream, of(MISSING))[1]


def test_ci_is_of_the_whole_repository() -> None:
    """Two projects of one repository wait for the same CI."""
    neighbour = replace(of(CI), project=ProjectName("admin"))

    assert [None, neighbour.fingerprint] == hidden(neighbour, of(MISSING))


@pytest.mark.parametrize("phase", [Phase.OPEN, Phase.RECOVERING, Phase.MUTED])
def test_what_is_not_proved_to_be_over_hides(phase: Phase) -> None:
    """Whoever muted the cause knows what follows from it."""
    cause = replace(of(CI), phase=phase)

    assert cause.fingerprint == hidden(cause, of(MISSING))[1]


def test_what_is_filed_stays_filed() -> None:
    """A cause that shows later withdraws no issue that people have read."""
    assert None is hidden(of(CI), replace(of(MISSING), filing=FILED))[1]


def test_a_relapse_is_hidden_like_any_other_consequence() -> None:
    """Its issue was closed with proof: to open it again would tell one root cause twice."""
    relapse = replace(of(MISSING), filing=replace(FILED, closed_at=T0))

    assert of(CI).fingerprint == hidden(of(CI), relapse)[1]


@pytest.mark.parametrize(
    ("upstream", "hides"),
    [
        (Case(incident=of(CI), issue=NotAsked()), False),
        (Case(incident=of(CI), in_flight=True, issue=NotAsked()), True),
        (Case(incident=replace(of(CI), filing=FILED), issue=NotAsked()), True),
        (Case(incident=replace(of(CI), hidden_behind=Fingerprint("x")), issue=NotAsked()), True),
        (Case(incident=replace(of(CI), named=NAMED), issue=NotAsked()), True),
    ],
    ids=[
        "never filed, and not seen any more",
        "under way",
        "filed",
        "itself hidden",
        "told of with others",
    ],
)
def test_what_nobody_is_told_of_hides_nothing(upstream: Case, *, hides: bool) -> None:
    """It was broken while no issue could be filed; to hide behind it is to be silent for ever."""
    follows = Case(incident=of(MISSING), findings=(SEEN,), issue=NotAsked())

    assert (upstream.incident.fingerprint if hides else None) == behind(upstream, follows)[1]


@pytest.mark.parametrize("phase", [Phase.RESOLVED, Phase.MUTED])
def test_what_is_over_or_muted_is_not_hidden(phase: Phase) -> None:
    """There is nothing to be filed."""
    assert None is hidden(of(CI), replace(of(MISSING), phase=phase))[1]


@pytest.mark.parametrize(("ago", "still"), [(9, True), (10, False)])
def test_a_consequence_may_take_ten_minutes_to_go_away(ago: int, *, still: bool) -> None:
    """What follows from the cause recovers a little after it; what does not is then filed."""
    over = replace(of(CI), phase=Phase.RESOLVED, resolved_at=NOW - ago * MINUTE)
    follows = replace(of(MISSING), hidden_behind=over.fingerprint)

    assert (over.fingerprint if still else None) == hidden(over, follows)[1]


@pytest.mark.parametrize(
    ("proved", "believed", "still"),
    [(9, 0, True), (10, 0, False), (2 * 24 * 60, 0, False), (-90, 9, True), (-90, 10, False)],
    ids=["lately", "not lately", "nobody looked for days", "clocks differ", "and it is long over"],
)
def test_a_consequence_is_given_its_time_from_the_proof(
    proved: int, believed: int, *, still: bool
) -> None:
    """Where the proof is believed late, the consequence had time enough to go away."""
    cured = replace(ailment(CI), healed=proof(at=NOW - proved * MINUTE))
    over = replace(
        of(CI), ailments=(cured,), phase=Phase.RESOLVED, resolved_at=NOW - believed * MINUTE
    )
    follows = replace(of(MISSING), hidden_behind=over.fingerprint)

    assert (over.fingerprint if still else None) == hidden(over, follows)[1]


def test_a_root_cause_is_never_hidden() -> None:
    """A rejected secret is a person's problem whatever else is broken."""
    assert not may_hide(of(CI), of(MISSING, cause=REJECTED))


def test_a_refused_credential_hides_what_nothing_else_explains() -> None:
    """What Railway does for the project waits for the token; a build error does not."""
    token = of(CI, cause=REJECTED)

    assert may_hide(token, of(WEB))
    assert not may_hide(token, of(STATUS))
    assert not may_hide(of(STATUS, cause=replace(REJECTED, key="NPM_TOKEN")), of(WEB))
    assert not may_hide(of(STATUS, cause=UNKNOWN), of(replace(WEB, subject=CI.subject)))


@pytest.mark.parametrize(
    ("provider", "kind"),
    [(provider, kind) for provider, kinds in OF_PROVIDER.items() for kind in sorted(kinds)],
)
def test_each_thing_of_a_provider_waits_for_it(provider: Provider, kind: Kind) -> None:
    """Nothing else explains it, and nobody can mend it before the provider is mended."""
    outage = replace(REJECTED, of=CauseClass.PLATFORM, key=f"{provider}: its own services fail")

    assert may_hide(of(STATUS, cause=outage), of(some(kind)))


@pytest.mark.parametrize(("provider", "kinds"), OF_PROVIDER.items())
def test_all_things_of_a_provider_wait_for_it_together(
    provider: Provider, kinds: frozenset[Kind]
) -> None:
    """An incident may list every one of them."""
    outage = replace(REJECTED, of=CauseClass.PLATFORM, key=f"{provider}: its own services fail")
    everything = incident(*(ailment(some(kind)) for kind in sorted(kinds)))

    assert may_hide(of(STATUS, cause=outage), everything)


@pytest.mark.parametrize("kind", [Kind.STAGING_UNREACHABLE, Kind.PRODUCTION_UNREACHABLE])
def test_a_refused_credential_hides_no_url(kind: Kind) -> None:
    """What runs already goes on without it, so that a silent URL has a cause of its own."""
    assert not may_hide(of(STATUS, cause=REJECTED), of(some(kind)))


def test_the_providers_are_those_that_everything_depends_on() -> None:
    """A row that is taken out of the table is noticed here."""
    assert {Provider.RAILWAY, Provider.GITHUB} == set(OF_PROVIDER)


def test_what_waits_for_an_approval_breaks_nothing_else() -> None:
    """Only outages and refusals hide what is of their provider."""
    waits = replace(REJECTED, of=CauseClass.APPROVAL, key="railway")

    assert not may_hide(of(STATUS, cause=waits), of(WEB))


def test_an_incident_hides_only_what_follows_in_all_its_parts() -> None:
    """One that is also broken in another way has a cause of its own."""
    both = replace(of(MISSING), ailments=(ailment(MISSING), ailment(STATUS)))

    assert not may_hide(of(CI), both)


def test_nothing_broken_is_nothing_hidden() -> None:
    """An incident that is healed in all its parts is about to close."""
    assert not may_hide(of(CI), replace(of(MISSING), duplicate_of=Fingerprint("x")))


@pytest.mark.parametrize(
    ("key", "provider"),
    [
        ("RAILWAY_TOKEN", Provider.RAILWAY),
        ("Railway", Provider.RAILWAY),
        ("GITHUB_TOKEN", Provider.GITHUB),
        ("NPM_TOKEN", None),
    ],
)
def test_the_provider_is_told_by_the_key(key: str, provider: Provider | None) -> None:
    """A secret's name tells whose it is; any other key is nobody's that everything waits for."""
    assert provider is provider_of(replace(REJECTED, key=key))


def test_a_token_of_our_own_hides_nothing() -> None:
    """What we look with breaks nothing but our sight: the pipeline has a token of its own."""
    own = of(some(Kind.CREDENTIAL_REJECTED), cause=replace(REJECTED, ours=True))

    assert [None, None] == hidden(own, of(WEB))
