"""Staging as GitHub shows it: the workflow that deploys, and the deployment records."""

from collections.abc import Iterator

from pipeline_health.core.model.findings import Observation
from pipeline_health.core.model.snapshot import ProjectView
from pipeline_health.core.recorded_deploys import record_words, workflow_word
from pipeline_health.core.stages import staging_of


def deploy_workflow(view: ProjectView) -> Iterator[Observation]:
    """Say whether the newest run of the deploy workflow brought staging up."""
    observation = workflow_word(staging_of(view))
    if observation is not None:
        yield observation


def deployment_records(view: ProjectView) -> Iterator[Observation]:
    """Say what the newest deployment record of staging says, unless another source says more."""
    return record_words(staging_of(view))
