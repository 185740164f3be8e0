"""What several ways of looking share: a pipeline, a state that nobody knows, and its name."""

from dataclasses import replace
from enum import StrEnum

from builders import (
    a_policy,
)
from pipeline_health.core.model.readings import (
    CheckConclusion,
    Unrecognised,
)

NEW = Unrecognised("NEW")
PIPELINE = "Pipeline"
RED = CheckConclusion.FAILURE
WHOLE = a_policy(deploy_workflow=PIPELINE, railway_project=None)
STAGED = replace(WHOLE, staging_job="Stage")
LATER = replace(WHOLE, production_job="Release")
BOTH = replace(STAGED, production_job="Release")


def word_of(value: StrEnum | Unrecognised | None) -> str:
    """Give the provider's own word."""
    if value is None:
        return "nothing yet"
    return value.text if isinstance(value, Unrecognised) else value.value
