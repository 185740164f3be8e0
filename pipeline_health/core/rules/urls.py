"""The URLs of staging and production: whether anything answers there."""

from collections.abc import Iterator
from datetime import datetime

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
from pipeline_health.core.model.readings import Seen
from pipeline_health.core.model.snapshot import ProjectView
from pipeline_health.core.model.urls import Doubt, Miss, Place, UrlSight
from pipeline_health.core.observe import production_scope, staging_scope
from pipeline_health.core.outage import confirmed
from pipeline_health.core.reach import base_url
from pipeline_health.frozen import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class _Site:
    """One URL as one look saw it."""

    view: ProjectView
    place: Place
    symptom: Symptom
    sight: UrlSight
    seen_at: datetime

    def unsettled(self, why: str, *, in_flight: bool = False) -> Unsettled:
        """Say that nobody can tell yet, and why."""
        return Unsettled(
            symptom=self.symptom,
            project=self.view.policy.name,
            why=f"{self.sight.url} {self.sight.says}, but {why}.",
            in_flight=in_flight,
        )

    def proof(self) -> Proof:
        """Say that it answers."""
        return Proof(
            symptom=self.symptom,
            project=self.view.policy.name,
            at=self.seen_at,
            commit=None,
            trace=LinkTrace(url=self.sight.url),
            says=f"{self.sight.url} {self.sight.says}.",
        )

    def finding(self, miss: Miss, *, for_people: bool) -> Finding:
        """Say that it is down; the words are those of *miss*, so that they stay the same."""
        return Finding(
            symptom=self.symptom,
            project=self.view.policy.name,
            since=miss.at,
            commit=None,
            trace=LinkTrace(url=self.sight.url),
            says=f"The URL of {self.place} {miss.says}, look after look, while GitHub could be "
            "read and nothing was being deployed.",
            for_people=for_people,
        )


def staging_unreachable(view: ProjectView) -> Iterator[Observation]:
    """Say whether the URL of staging answers, once enough looks agree that it does not."""
    site = _site(view, Place.STAGING, Kind.STAGING_UNREACHABLE)
    if site is not None:
        yield _word(site, for_people=False)


def production_unreachable(view: ProjectView) -> Iterator[Observation]:
    """Say whether the URL of production answers; what mends it is a deployment, by people."""
    site = _site(view, Place.PRODUCTION, Kind.PRODUCTION_UNREACHABLE)
    if site is not None:
        yield _word(site, for_people=True)


def _site(view: ProjectView, place: Place, kind: Kind) -> _Site | None:
    part, url = view.urls.get(place), base_url(view.policy, place)
    if not isinstance(part, Seen) or url is None:
        return None
    symptom = Symptom(kind=kind, scope=_scope(view, place, url), subject=Subject(Thing.URL, url))
    return _Site(view=view, place=place, symptom=symptom, sight=part.value, seen_at=part.at)


def _scope(view: ProjectView, place: Place, url: str) -> Scope:
    scope = staging_scope(view) if place is Place.STAGING else production_scope(view)
    named = view.policy.railway_project is not None
    return scope if named and scope is not None else Scope(f"url:{url}")


def _word(site: _Site, *, for_people: bool) -> Observation:
    sight = site.sight
    if sight.answers:
        return site.proof()
    if sight.doubt is not None:
        return site.unsettled(sight.doubt, in_flight=sight.doubt is Doubt.DEPLOYING)
    miss = confirmed(sight.misses)
    return (
        site.unsettled(_caution(sight))
        if miss is None
        else site.finding(miss, for_people=for_people)
    )


def _caution(sight: UrlSight) -> str:
    if any(miss.shared for miss in sight.misses):
        return "other sites failed with it, so that our own network is the first suspect"
    return "it may still be a transient"
