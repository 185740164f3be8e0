"""Production, by the same three sources and the same tables as staging."""

from collections.abc import Iterator

from pipeline_health.core.model.findings import Observation
from pipeline_health.core.model.snapshot import ProjectView
from pipeline_health.core.recorded_deploys import record_words, workflow_word
from pipeline_health.core.service_deploys import service_words
from pipeline_health.core.stages import production_of


def production_services(view: ProjectView) -> Iterator[Observation]:
    """Say of each watched service in production whether its newest deployment failed or works."""
    return service_words(production_of(view))


def production_job(view: ProjectView) -> Iterator[Observation]:
    """Say whether `production_job` passed in the newest run of the deploy workflow that ran it."""
    observation = workflow_word(production_of(view))
    if observation is not None:
        yield observation


def production_records(view: ProjectView) -> Iterator[Observation]:
    """Say what the newest deployment record of production says, unless another source says more."""
    return record_words(production_of(view))
