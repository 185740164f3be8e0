"""Staging as Railway shows it: the newest deployment of every watched service."""

from collections.abc import Iterator

from pipeline_health.core.model.findings import Observation
from pipeline_health.core.model.snapshot import ProjectView
from pipeline_health.core.service_deploys import service_words
from pipeline_health.core.stages import staging_of


def railway_deploys(view: ProjectView) -> Iterator[Observation]:
    """Say of each watched service in staging whether its newest deployment failed or works."""
    return service_words(staging_of(view))
