"""What only people can act on, whatever its evidence tells of the cause."""

from dataclasses import replace

from pipeline_health.core.model.findings import Finding
from pipeline_health.core.model.incident import Cause, CauseClass, Owner


def owned(cause: Cause, finding: Finding) -> Cause:
    """Give *cause* with the owner that it must have: *finding* may be for people only."""
    if not finding.for_people or cause.owner is Owner.HUMAN:
        return cause
    why = "Only a person can act on it." if cause.of is CauseClass.UNKNOWN else cause.why
    return replace(cause, owner=Owner.HUMAN, why=why)
