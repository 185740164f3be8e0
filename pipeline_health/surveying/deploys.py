"""Railway as `doctor` asks it, as each of our tokens."""

from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from pipeline_health.clients.errors import ClientError, NothingThereError
from pipeline_health.clients.github_survey import skew_of
from pipeline_health.clients.http import Http
from pipeline_health.clients.railway import Railway
from pipeline_health.clients.railway_access import FoundProject, HeaderForm
from pipeline_health.clients.railway_survey import Known, RailwaySurvey
from pipeline_health.core.checkup.deploys import PRODUCTION, STAGING, chosen
from pipeline_health.core.model.checkup import (
    EnvironmentFacts,
    Invisible,
    NamedEnvironment,
    Place,
    RailwayKind,
    Unread,
)
from pipeline_health.core.model.policy import Policy, ProjectPolicy
from pipeline_health.ports import Clock, Memory
from pipeline_health.secret import NamedSecret
from pipeline_health.settings import RailwayCredentials
from pipeline_health.surveying.found import Surveyed

RAILWAY_AT_ONCE: Final = 4
"""Railway's smaller plans allow ten requests a second (docs.railway.com, 2026-08)."""

_WIDE = (RailwayKind.ACCOUNT, RailwayKind.WORKSPACE)


class Deploys:
    """Railway, as each of our tokens."""

    def __init__(
        self, tokens: RailwayCredentials, api: str, http: Http, clock: Clock, memory: Memory
    ) -> None:
        self._railway = Railway(http, api=api, clock=clock, memory=memory)
        self._survey = RailwaySurvey(self._railway)
        self._tokens = tokens
        self._clock = clock

    def surveyed(self, policy: Policy | None) -> Surveyed:
        """Ask what each token is, and look into every environment that it is for."""
        projects = [one for one in policy.projects if one.railway_project] if policy else []
        named = self._named(projects)
        before = self._clock.now()
        with ThreadPoolExecutor(RAILWAY_AT_ONCE) as pool:
            known = dict(zip(named, pool.map(self._know, named.values()), strict=True))
            after = self._clock.now()
            wanted = [
                (project, key, token.name)
                for project in projects
                for key, token in self._used(project, known)
            ]
            ask = partial(self._places, wanted)
            places = [one for many in pool.map(ask, known.values()) for one in many]
        dates = [one.date for one in known.values() if one.date is not None]
        return Surveyed(
            tokens=tuple(one.token for one in known.values()),
            places=tuple(places),
            skew=_skews(dates, before=before, after=after),
        )

    def _named(self, projects: Iterable[ProjectPolicy]) -> Mapping[str, NamedSecret]:
        tokens = self._tokens
        found = [tokens.for_project(one.name) for one in projects]
        found += [tokens.for_production(one.name) for one in projects]
        if tokens.shared is not None:
            found.append(NamedSecret(secret=tokens.shared, name=tokens.shared_name))
        return {one.name: one for one in found if one is not None}

    def _know(self, named: NamedSecret) -> Known:
        is_shared = named.name == self._tokens.shared_name
        likely = HeaderForm.BEARER if is_shared else HeaderForm.PROJECT
        return self._survey.know(named, likely=likely)

    def _used(
        self, project: ProjectPolicy, known: Mapping[str, Known]
    ) -> Iterable[tuple[str, NamedSecret]]:
        """Give which token is for which environment; a project token of staging is for that."""
        staging = self._tokens.for_project(project.name)
        production = self._tokens.for_production(project.name)
        if staging is not None:
            yield STAGING, staging
        if production is not None and (
            staging is None
            or production.name != staging.name
            or known[staging.name].token.kind in _WIDE
        ):
            yield PRODUCTION, production

    def _places(
        self, wanted: Iterable[tuple[ProjectPolicy, str, str]], known: Known
    ) -> tuple[Place, ...]:
        """Look into the environments that one token is for."""
        variable = known.token.variable
        own = [(project, key) for project, key, name in wanted if name == variable]
        if known.access is None:
            why = Unread(f"{variable} could not be used")
            return tuple(
                Place(project=project.name, key=key, variable=variable, environments=why)
                for project, key in own
            )
        there = self._environments(known, [project for project, _ in own])
        found = {
            (project.name, key): _chosen(project, key, there[project.railway_project or ""])
            for project, key in own
        }
        ids = [one.id for one in found.values() if one is not None]
        inside = self._survey.inside(known.access, ids)
        return tuple(
            Place(
                project=project.name,
                key=key,
                variable=variable,
                environments=there[project.railway_project or ""],
                inside=_inside(inside, found[project.name, key]),
            )
            for project, key in own
        )

    def _environments(
        self, known: Known, projects: Iterable[ProjectPolicy]
    ) -> Mapping[str, tuple[NamedEnvironment, ...] | Invisible | Unread]:
        """Name the environments of each Railway project, as far as the token shows them."""
        ids = [project.railway_project or "" for project in projects]
        place = known.token.place
        if place is not None:
            own = (NamedEnvironment(id=place.environment_id, name=place.environment),)
            return {id_: own if id_ == place.project_id else Invisible() for id_ in ids}
        if known.access is None or not ids:
            return {}
        try:
            found = self._railway.find(known.access, ids)
        except ClientError as exc:
            return dict.fromkeys(ids, Unread(str(exc)))
        return {id_: _listed(one) for id_, one in found.items()}


def _chosen(
    project: ProjectPolicy, key: str, there: tuple[NamedEnvironment, ...] | Invisible | Unread
) -> NamedEnvironment | None:
    """Give the environment that the configuration means, where it is there and open."""
    found = chosen(getattr(project, key), there) if isinstance(there, tuple) else None
    return found if found is not None and found.open else None


def _inside(
    looked: Mapping[str, EnvironmentFacts | ClientError], found: NamedEnvironment | None
) -> EnvironmentFacts | Unread | None:
    if found is None:
        return None
    inside = looked[found.id]
    return Unread(str(inside)) if isinstance(inside, ClientError) else inside


def _listed(
    found: FoundProject | ClientError,
) -> tuple[NamedEnvironment, ...] | Invisible | Unread:
    if isinstance(found, NothingThereError):
        return Invisible()
    if isinstance(found, ClientError):
        return Unread(str(found))
    if not found.whole:
        return Unread(f"Railway project {found.name} has more environments than can be listed")
    return tuple(
        NamedEnvironment(id=one.id, name=one.name, open=one.accessible)
        for one in found.environments
    )


def _skews(
    dates: Iterable[datetime], *, before: datetime, after: datetime
) -> Mapping[str, timedelta | Unread]:
    """Give how far Railway's clock is from ours; none where it answered to no token."""
    skews = [skew_of(date, before=before, after=after) for date in dates]
    return {"Railway": skews[0]} if skews else {}
