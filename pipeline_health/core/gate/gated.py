"""Which services of staging must be proved to serve the commit."""

from collections.abc import Iterable
from itertools import pairwise

from pipeline_health.core.model.ids import RepoName
from pipeline_health.core.model.promotion import Matter
from pipeline_health.core.model.railway import Deployment, Service
from pipeline_health.core.observe import is_ours


def gated(matter: Matter, services: Iterable[Service]) -> tuple[Service, ...]:
    """Give the services that must be proved, of those that are there.

    The named ones, else all that are, or ever were, built from this repository, also as an image
    that is called as it is and tagged with a commit: a database or an image of somebody else's has
    no commit that could be proved.
    """
    named = matter.policy.services
    if named:
        return tuple(one for one in services if one.name in named)
    return tuple(one for one in services if _is_built_here(matter, one))


def _is_built_here(matter: Matter, service: Service) -> bool:
    sources = (service.repo, *(one.repo for one in service.deployments))
    if any(repo is not None and is_ours(matter.view, repo) for repo in sources):
        return True
    return any(_is_our_image(matter, one) for one in service.deployments)


def _is_our_image(matter: Matter, deployment: Deployment) -> bool:
    """Tell whether *deployment* is of an image of ours, as `ghcr.io/acme/shop/api:1a2b…` is."""
    if deployment.image is None or deployment.commit is None:
        return False
    parts = deployment.image.partition("@")[0].rpartition(":")[0].split("/")
    return any(is_ours(matter.view, RepoName(f"{owner}/{name}")) for owner, name in pairwise(parts))
