"""One light for each station of a project: its CI, its staging and its production, at a glance.

A light sums up what the rules said, and decides nothing: what is broken outshines what could not be
seen, that what nobody can tell yet, and only a station of which a proof speaks is healthy.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from pipeline_health.core.model.findings import Finding, Kind, Observation, Proof, Unsettled
from pipeline_health.core.model.readings import Blind
from pipeline_health.core.model.report import Glow, Light, Station
from pipeline_health.core.model.sight import Source
from pipeline_health.core.model.snapshot import ProjectView

_PREFIXES = {
    "main-ci-": Station.CI,
    "staging-": Station.STAGING,
    "production-": Station.PRODUCTION,
}
_SOURCES: Mapping[Station, tuple[Source, ...]] = {
    Station.CI: (Source.GITHUB, Source.BRANCH, Source.CHECKS),
    Station.STAGING: (Source.RAILWAY, Source.DEPLOYMENTS),
    Station.PRODUCTION: (Source.PRODUCTION, Source.DEPLOYMENTS),
}


def station_of(kind: Kind) -> Station | None:
    """Give the station that a failure of *kind* is about, None where it is about none."""
    return next((at for start, at in _PREFIXES.items() if kind.startswith(start)), None)


def lights_of(
    view: ProjectView, said: Sequence[Observation], *, awaited: Collection[Station] = ()
) -> tuple[Light, ...]:
    """Give the light of each station by what was *said* of it.

    At the *awaited* ones something is filed that nothing proves to be over.
    """
    return tuple(_light(station, view, said, awaited) for station in Station)


def _light(
    station: Station,
    view: ProjectView,
    said: Iterable[Observation],
    awaited: Collection[Station],
) -> Light:
    ours = tuple(it for it in said if station_of(it.symptom.kind) is station)
    broken = [it.since for it in ours if isinstance(it, Finding)]
    if broken:
        return Light(of=station, glow=Glow.BROKEN, since=min(broken))
    if _is_blind(station, view):
        return Light(of=station, glow=Glow.BLIND, since=_dark_since(station, view))
    if station in awaited:
        return Light(of=station, glow=Glow.UNPROVED)
    if any(isinstance(it, Unsettled) for it in ours):
        return Light(of=station, glow=Glow.UNDECIDED)
    proved = [it.at for it in ours if isinstance(it, Proof)]
    if proved:
        # What each look proves anew has no time but the look's, and would make each report another.
        earlier = (at for at in proved if at < view.now)
        return Light(of=station, glow=Glow.HEALTHY, since=max(earlier, default=None))
    return Light(of=station, glow=Glow.UNWATCHED)


def _is_blind(station: Station, view: ProjectView) -> bool:
    github = view.github
    parts: Mapping[Station, tuple[object, ...]] = {
        Station.CI: (github.repository, github.branch, github.checks),
        Station.STAGING: (view.staging, github.deployments),
        Station.PRODUCTION: (view.production, github.production),
    }
    return any(isinstance(part, Blind) for part in parts[station])


def _dark_since(station: Station, view: ProjectView) -> datetime | None:
    """Give when the first of its sources went dark, as far as that is remembered."""
    dark = view.sight.dark
    return min((dark[it].first.at for it in _SOURCES[station] if it in dark), default=None)
