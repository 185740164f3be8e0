"""Why an environment could not be seen, in words for people and by a cause for rules."""

from collections.abc import Callable
from datetime import datetime

from pipeline_health.clients.railway_access import Scope
from pipeline_health.core.model.ids import ProjectName
from pipeline_health.core.model.railway import Environment
from pipeline_health.core.model.readings import Blind, BlindCause
from pipeline_health.secret import NamedSecret
from pipeline_health.sources.railway.places import Nowhere, Places, Watched


class Blindness:
    """Makes the `Blind` for each way in which a look can fail; *redact* sees every word first."""

    def __init__(self, places: Places, *, redact: Callable[[str], str]) -> None:
        self._places = places
        self._redact = redact

    def unread(
        self, token: NamedSecret, watched: Watched, *, exc: Exception, at: datetime
    ) -> Blind:
        """Say that there was no answer, or none that can be used."""
        why = f"could not read {self._places.label(watched)}: {exc}"
        return self._blind(why, token, BlindCause.UNREADABLE, at=at)

    def nowhere(self, token: NamedSecret, place: Nowhere, *, at: datetime) -> Blind:
        """Say that the environment was looked for, and not found."""
        cause = BlindCause.UNSEEN if place.certain else BlindCause.UNREADABLE
        return self._blind(place.why, token, cause, at=at)

    def unseen(
        self, token: NamedSecret, watched: Watched, *, exc: Exception, at: datetime
    ) -> Blind:
        """Say that the token is accepted, and the environment not shown to it."""
        why = f"{token.name} does not see {self._places.label(watched)}: {exc}"
        return self._blind(why, token, BlindCause.UNSEEN, at=at)

    def elsewhere(
        self, token: NamedSecret, watched: Watched, *, found: Environment, at: datetime
    ) -> Blind:
        """Say that what was found is another environment than the one that is meant."""
        what = self._places.label(watched)
        why = f"looked for {what}, found {found.name} of Railway project {found.project_id}"
        return self._blind(why, token, BlindCause.UNSEEN, at=at)

    def refused(self, token: NamedSecret, watched: Watched, *, at: datetime) -> Blind:
        """Say that Railway does not take the token, under either header."""
        why = (
            f"Railway refused {token.name} (Not Authorized: invalid, expired, of the wrong "
            f"kind, or it cannot see {self._places.label(watched)})"
        )
        return self._blind(why, token, BlindCause.REFUSED, at=at)

    def misplaced(
        self, token: NamedSecret, watched: Watched, *, scope: Scope, at: datetime
    ) -> Blind:
        """Say that it is a project token, of another environment."""
        why = (
            f"{token.name} belongs to environment {scope.environment} of Railway project "
            f"{scope.project} ({scope.project_id}), not to {self._places.label(watched)}"
        )
        return self._blind(why, token, BlindCause.MISPLACED, at=at)

    def without_token(self, project: ProjectName, *, at: datetime) -> Blind:
        """Say that nobody configured a token."""
        why = f"there is no Railway token for {project}: set RAILWAY_TOKEN, or one for this project"
        return Blind(at=at, why=self._redact(why), cause=BlindCause.UNCONFIGURED)

    def evidence(self, why: str, *, at: datetime) -> Blind:
        """Say *why* what a deployment left behind could not be read."""
        return Blind(at=at, why=self._redact(why))

    def _blind(self, why: str, token: NamedSecret, cause: BlindCause, *, at: datetime) -> Blind:
        return Blind(at=at, why=self._redact(why), cause=cause, token=token.name)
