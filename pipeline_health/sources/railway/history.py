"""The history of the services of an environment, read by a token that surely belongs to it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import TypeAlias

from pipeline_health.clients.errors import NothingThereError
from pipeline_health.clients.railway import Railway
from pipeline_health.clients.railway_access import Access
from pipeline_health.clients.railway_errors import NotAuthorizedError, TokenRefusedError
from pipeline_health.core.model.policy import ProjectPolicy
from pipeline_health.core.model.railway import Environment
from pipeline_health.core.model.readings import Reading
from pipeline_health.ports import PipelineHealthError
from pipeline_health.secret import NamedSecret
from pipeline_health.sources.railway.blindness import Blindness
from pipeline_health.sources.railway.watching import staging_of

Under: TypeAlias = Callable[[Callable[[Access], Reading[Environment]]], Reading[Environment]]
"""Does something under the header that a token works with; raises as what it does."""


class HistoryReader:
    """Reads histories; every failure becomes the Blind that says why."""

    def __init__(self, client: Railway, blindness: Blindness) -> None:
        self._client = client
        self._blindness = blindness

    def read(
        self,
        project: ProjectPolicy,
        environment: Environment,
        token: NamedSecret,
        under: Under,
        *,
        now: datetime,
    ) -> Reading[Environment]:
        """Read *environment* again with the history of the services that *project* watches."""
        watched = staging_of(project, environment.project_id)
        try:
            return under(lambda access: self._under(access, project, environment, token, now=now))
        except TokenRefusedError:
            return self._blindness.refused(token, watched, at=now)
        except (NotAuthorizedError, NothingThereError) as exc:
            return self._blindness.unseen(token, watched, exc=exc, at=now)
        except PipelineHealthError as exc:
            return self._blindness.unread(token, watched, exc=exc, at=now)

    def _under(
        self,
        access: Access,
        project: ProjectPolicy,
        environment: Environment,
        token: NamedSecret,
        *,
        now: datetime,
    ) -> Reading[Environment]:
        services = [
            service
            for service in environment.services
            if not project.services or service.name in project.services
        ]
        history = self._client.histories.of(access, environment, services)
        scope = history.scope
        if scope is not None and scope.environment_id != environment.id:
            watched = staging_of(project, environment.project_id)
            return self._blindness.misplaced(token, watched, scope=scope, at=now)
        seen = history.seen
        return replace(seen, value=replace(seen.value, token=token.name))
