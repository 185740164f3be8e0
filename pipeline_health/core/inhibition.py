"""A broken cause upstream hides its consequences: they are known and shown, and not filed.

What is hidden keeps its incident in the ledger. It is filed when what hides it is over and it is
still broken, so that nothing is lost but the noise. An issue that is open already stays open.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from pipeline_health.core.model.case import Case
from pipeline_health.core.model.findings import Kind
from pipeline_health.core.model.ids import Fingerprint
from pipeline_health.core.model.incident import CauseClass, Incident, Phase
from pipeline_health.core.providers import Provider, provider_of
from pipeline_health.frozen import dataclass

SETTLING = timedelta(minutes=10)
"""How long what was hidden may take to recover after its upstream did."""

_OF_CI = frozenset({Kind.MAIN_CI_RED, Kind.MAIN_CI_MISSING, Kind.MAIN_CI_STUCK})
_STAGING_DEPLOY = frozenset(
    {Kind.STAGING_DEPLOY_FAILED, Kind.STAGING_DEPLOY_STUCK, Kind.STAGING_DEPLOY_MISSING}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hides:
    """One row: a broken incident of one of *upstream* hides those of one of *downstream*."""

    upstream: frozenset[Kind]
    downstream: frozenset[Kind]


CONSEQUENCES: tuple[Hides, ...] = (
    Hides(
        upstream=_OF_CI,
        downstream=frozenset({Kind.STAGING_DEPLOY_MISSING, Kind.PRODUCTION_LAGGING}),
    ),
    Hides(
        upstream=_STAGING_DEPLOY,
        downstream=frozenset(
            {Kind.STAGING_TESTS_FAILED, Kind.STAGING_UNREACHABLE, Kind.PRODUCTION_LAGGING}
        ),
    ),
    Hides(
        upstream=frozenset({Kind.STAGING_TESTS_FAILED, Kind.STAGING_UNREACHABLE}),
        downstream=frozenset({Kind.PRODUCTION_LAGGING}),
    ),
    Hides(
        upstream=frozenset({Kind.PRODUCTION_DEPLOY_FAILED}),
        downstream=frozenset({Kind.PRODUCTION_LAGGING, Kind.PRODUCTION_UNREACHABLE}),
    ),
)
"""What follows from what in one project, whatever its evidence looks like."""

ROOTS = frozenset(
    {CauseClass.CREDENTIAL, CauseClass.QUOTA, CauseClass.APPROVAL, CauseClass.PLATFORM}
)
"""Causes that are no consequence of anything: they are never hidden."""

OUTAGES = ROOTS - {CauseClass.APPROVAL}
"""Causes that break everything of their provider."""

_STAYS_UP = frozenset({Kind.STAGING_UNREACHABLE, Kind.PRODUCTION_UNREACHABLE})
"""What a refused credential does not break: what runs already goes on without it."""

OF_PROVIDER: Mapping[Provider, frozenset[Kind]] = {
    Provider.RAILWAY: _STAGING_DEPLOY
    | {
        Kind.STAGING_TESTS_FAILED,
        Kind.STAGING_UNREACHABLE,
        Kind.PRODUCTION_DEPLOY_FAILED,
        Kind.PRODUCTION_LAGGING,
        Kind.PRODUCTION_UNREACHABLE,
    },
    Provider.GITHUB: frozenset(
        {
            Kind.MAIN_CI_MISSING,
            Kind.MAIN_CI_STUCK,
            Kind.STAGING_DEPLOY_MISSING,
            Kind.PRODUCTION_LAGGING,
        }
    ),
}
"""What a credential or an outage of a provider hides, where nothing else explains it."""


def with_hidden(cases: Sequence[Case], *, now: datetime) -> tuple[Case, ...]:
    """Give *cases*, each saying behind which incident it is hidden, if behind any."""
    return tuple(
        replace(
            case,
            incident=replace(case.incident, hidden_behind=_behind(case.incident, cases, now)),
        )
        for case in cases
    )


def _behind(incident: Incident, cases: Sequence[Case], now: datetime) -> Fingerprint | None:
    """Give what hides *incident*: one whose issue is open, or was left to be open, is not hidden.

    A relapse is: its issue was closed with proof, and says nothing of what is broken now.
    """
    told = incident.filing is not None and incident.filing.closed_at is None
    if told or incident.phase in (Phase.RESOLVED, Phase.MUTED):
        return None
    upstream = (
        case.incident.fingerprint
        for case in cases
        if case.incident is not incident
        and may_hide(case.incident, incident)
        and (_is_upstream(case) or _is_settling(case.incident, incident, now))
    )
    return next(upstream, None)


def _is_upstream(case: Case) -> bool:
    """Tell whether the incident of *case* still breaks what depends on it, and somebody is told.

    What was never filed, and of which nothing is seen any more, never will be.
    """
    incident = case.incident
    told = incident.filing is not None or incident.named is not None
    told = told or incident.hidden_behind is not None
    return incident.phase is not Phase.RESOLVED and (told or bool(case.findings) or case.in_flight)


def _is_settling(other: Incident, incident: Incident, now: datetime) -> bool:
    """Tell whether *other* is over so lately that its consequence may still be going away."""
    over = other.resolved_at
    hid = incident.hidden_behind == other.fingerprint
    return hid and over is not None and now - over < SETTLING


def may_hide(upstream: Incident, downstream: Incident) -> bool:
    """Tell whether *downstream* is what follows when *upstream* is broken."""
    if downstream.cause.of in ROOTS or not _are_neighbours(upstream, downstream):
        return False
    kinds = {ailment.symptom.kind for ailment in downstream.broken}
    return bool(kinds) and (
        any(_follow(kinds, row, upstream) for row in CONSEQUENCES)
        or _is_of_its_provider(upstream, downstream, kinds)
    )


def _follow(kinds: set[Kind], row: Hides, upstream: Incident) -> bool:
    broken = {ailment.symptom.kind for ailment in upstream.ailments}
    return bool(broken & row.upstream) and kinds <= row.downstream


def _is_of_its_provider(upstream: Incident, downstream: Incident, kinds: set[Kind]) -> bool:
    """Tell whether *upstream* is about the provider of *downstream*, which nothing explains."""
    if upstream.cause.of not in OUTAGES or downstream.cause.of is not CauseClass.UNKNOWN:
        return False
    if upstream.cause.ours:  # what we look with breaks nothing but our sight
        return False
    if upstream.cause.of is CauseClass.CREDENTIAL and kinds & _STAYS_UP:
        return False
    provider = provider_of(upstream.cause)
    return provider is not None and kinds <= OF_PROVIDER[provider]


def _are_neighbours(one: Incident, other: Incident) -> bool:
    """Tell whether both are of one project; CI is of the whole repository."""
    if one.project == other.project:
        return True
    return one.kind in _OF_CI and one.repo == other.repo
