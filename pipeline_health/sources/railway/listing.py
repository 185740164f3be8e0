"""Everything that the tokens see on Railway, whichever kind of token each of them is."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from pipeline_health.clients.errors import ClientError
from pipeline_health.clients.railway import Railway
from pipeline_health.clients.railway_access import Access, FoundProject, HeaderForm
from pipeline_health.clients.railway_errors import TokenRefusedError
from pipeline_health.clients.railway_listing import Listing, Served
from pipeline_health.core import draft
from pipeline_health.core.model.portfolio import Offered, OnRailway, Place, Skipped, Unread
from pipeline_health.frozen import dataclass
from pipeline_health.secret import NamedSecret

RESTRICTED = "the token is not let into it"


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnToken:
    """A token, and what the name of its variable calls the project; empty for all projects."""

    token: NamedSecret
    word: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Portfolio:
    """The projects that were found, and the tokens that were no use."""

    projects: tuple[OnRailway, ...]
    skipped: tuple[Skipped, ...] = ()


class RailwayPortfolio:
    """Reads the portfolio; *redact* goes over everything that Railway says of a failure."""

    def __init__(self, railway: Railway, *, redact: Callable[[str], str]) -> None:
        self._railway = railway
        self._listing = Listing(railway.asking)
        self._redact = redact

    def read(self, tokens: Sequence[OwnToken]) -> Portfolio:
        """Give every project that any of *tokens* sees, each once."""
        projects: dict[str, OnRailway] = {}
        skipped: list[Skipped] = []
        for own in tokens:
            try:
                found = self._seen_by(own.token)
            except ClientError as exc:
                why = self._redact(f"could not be used: {exc}")
                skipped.append(Skipped(what=own.token.name, why=why, blind=True))
                continue
            meant = draft.meant(found, own.word)
            if found and not meant:
                why = f"sees {len(found)} projects, and none of them is called like it"
                skipped.append(Skipped(what=own.token.name, why=why))
            for project in meant:
                projects[project.id] = _together(projects.get(project.id), project)
        return Portfolio(projects=tuple(projects.values()), skipped=tuple(skipped))

    def _seen_by(self, token: NamedSecret) -> tuple[OnRailway, ...]:
        """Ask under the header of an account's token, and under the other when that is refused."""
        bearer = Access(secret=token.secret, form=HeaderForm.BEARER)
        try:
            workspaces = self._listing.workspaces(bearer)
        except TokenRefusedError:
            return (self._own_project(replace(bearer, form=HeaderForm.PROJECT)),)
        found = [one for it in workspaces for one in self._listing.projects(bearer, it)]
        open_ = [place.id for one in found for place in one.environments if place.accessible]
        served = self._listing.served(bearer, open_)
        return tuple(self._project(one, served) for one in found)

    def _own_project(self, access: Access) -> OnRailway:
        """Give the one environment of a project's token: of its siblings it shows names only.

        (Recorded live probe, 2026-07.)
        """
        scope = self._railway.scope(access)
        served = self._listing.served(access, (scope.environment_id,))
        place = Place(
            id=scope.environment_id,
            name=scope.environment,
            services=self._offered(served[scope.environment_id]),
        )
        return OnRailway(id=scope.project_id, name=scope.project, places=(place,))

    def _project(self, found: FoundProject, served: Mapping[str, Served]) -> OnRailway:
        places = (
            Place(
                id=one.id,
                name=one.name,
                services=(
                    self._offered(served[one.id]) if one.accessible else Unread(why=RESTRICTED)
                ),
            )
            for one in found.environments
        )
        return OnRailway(id=found.id, name=found.name, places=tuple(places))

    def _offered(self, served: Served) -> Offered:
        return Unread(why=self._redact(str(served))) if isinstance(served, ClientError) else served


def _together(known: OnRailway | None, found: OnRailway) -> OnRailway:
    """Give what two tokens see of one project; what one of them could read counts."""
    if known is None:
        return found
    places = {place.id: place for place in known.places}
    for place in found.places:
        if place.id not in places or not isinstance(place.services, Unread):
            places[place.id] = place
    return replace(known, places=tuple(places.values()), word=known.word or found.word)
