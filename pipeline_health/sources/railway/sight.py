"""What a look at Railway led to."""

from collections.abc import Iterable, Iterator

from pipeline_health.clients.errors import ClientError, NothingThereError
from pipeline_health.clients.railway import Looked
from pipeline_health.clients.railway_errors import NotAuthorizedError
from pipeline_health.core.model.railway import Deployment, Environment, RailwayStatus
from pipeline_health.core.model.readings import Part, Seen
from pipeline_health.sources.railway.places import Watched


def is_elsewhere(looked: Looked, watched: Watched) -> bool:
    """Tell whether a look did not lead to what is meant: gone, moved, or called otherwise now."""
    if isinstance(looked, ClientError):
        return isinstance(looked, NotAuthorizedError | NothingThereError)
    found = looked.value
    return found.project_id != watched.project_id or not watched.is_at(found.id, found.name)


def crashed(parts: Iterable[Part[Environment]]) -> frozenset[str]:
    """Give the deployments that ran before they failed: their own log says more than the build."""
    return frozenset(
        deployment.id
        for part in parts
        for deployment in deployments_of(part)
        if deployment.status is RailwayStatus.CRASHED
    )


def deployments_of(part: Part[Environment]) -> Iterator[Deployment]:
    """Give every deployment that was seen."""
    for service in part.value.services if isinstance(part, Seen) else ():
        yield from service.deployments
