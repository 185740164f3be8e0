"""Which services of staging must be proved to serve the commit."""

from collections.abc import Iterable

from pipeline_health.core.model.promotion import Matter
from pipeline_health.core.model.railway import Service
from pipeline_health.core.observe import is_ours


def gated(matter: Matter, services: Iterable[Service]) -> tuple[Service, ...]:
    """Give the services that must be proved, of those that are there.

    The named ones, else all that are, or ever were, built from this repository: a database or an
    image of somebody else's has no commit that could be proved.
    """
    named = matter.policy.services
    if named:
        return tuple(one for one in services if one.name in named)
    return tuple(one for one in services if _is_built_here(matter, one))


def _is_built_here(matter: Matter, service: Service) -> bool:
    sources = (service.repo, *(one.repo for one in service.deployments))
    return any(repo is not None and is_ours(matter.view, repo) for repo in sources)
