"""How the cause that a look finds merges into what an incident knows already."""

from dataclasses import replace

from pipeline_health.core.model.case import Diagnosed
from pipeline_health.core.model.incident import Ailment, CauseClass, Incident
from pipeline_health.core.model.questions import Evidence


def with_cause(incident: Incident, found: Diagnosed) -> Incident:
    """Let better evidence speak; what was found to be a credential stays one."""
    settled = incident.cause.of is CauseClass.CREDENTIAL and incident.cause.key != ""
    worse = incident.cause.of is CauseClass.CREDENTIAL and found.cause.of is CauseClass.UNKNOWN
    cause = incident.cause if settled or worse else found.cause
    if incident.escalated:
        cause = replace(cause, owner=incident.cause.owner)
    newest = incident.newest.symptom == found.finding.symptom
    evidence = _better(incident.evidence, found.evidence) if newest else incident.evidence
    jobs = () if found.evidence is None else found.evidence.jobs
    ailments = tuple(
        replace(ailment, jobs=jobs)
        if jobs and ailment.symptom == found.finding.symptom
        else ailment
        for ailment in incident.ailments
    )
    return replace(incident, cause=cause, evidence=evidence, ailments=ailments)


def _better(before: Evidence | None, after: Evidence | None) -> Evidence | None:
    if after is None or before is None:
        return after if before is None else before
    return after if after.complete or not before.complete else before


def jobs_noted(evidence: Evidence | None, before: Ailment | None) -> tuple[str, ...]:
    """Give the jobs that failed, as the evidence tells them, else as noted before."""
    if evidence is not None and evidence.jobs:
        return evidence.jobs
    return () if before is None else before.jobs
