"""How the cause that a look finds merges into what an incident knows already.

A class is found from evidence, and evidence comes late, is cut short, and is of one failure among
several: what is known is given up for what is known better, and never for nothing.
"""

from dataclasses import replace

from pipeline_health.core.model.case import Diagnosed
from pipeline_health.core.model.incident import Ailment, Cause, CauseClass, Incident
from pipeline_health.core.model.questions import Evidence


def with_cause(incident: Incident, found: Diagnosed) -> Incident:
    """Give *incident* with what *found* tells of its cause, its evidence and its failing jobs."""
    newest = incident.newest.symptom == found.finding.symptom
    evidence = _better(incident.evidence, found.evidence) if newest else incident.evidence
    jobs = () if found.evidence is None else found.evidence.jobs
    ailments = tuple(
        replace(ailment, jobs=jobs)
        if jobs and ailment.symptom == found.finding.symptom
        else ailment
        for ailment in incident.ailments
    )
    cause = _owned(incident, _cause(incident, found.cause))
    return replace(incident, cause=cause, evidence=evidence, ailments=ailments)


def _cause(incident: Incident, found: Cause) -> Cause:
    """Choose between the cause that is known and the one that was found now.

    What is unknown says nothing, but that an approval is no longer waited for. A credential stays
    the cause until it is healed: what fails beside it would hide it, and give it to the agent.
    """
    known = incident.cause
    if found.of is CauseClass.UNKNOWN and known.of is not CauseClass.APPROVAL:
        return found if known.of is CauseClass.UNKNOWN else known
    if known.of is CauseClass.CREDENTIAL and known.key and not _is_of_an_earlier_turn(incident):
        return known
    return found


def _is_of_an_earlier_turn(incident: Incident) -> bool:
    """Tell whether what is known of *incident* was read before it was last over."""
    if not incident.turns:
        return False
    return incident.evidence is None or incident.evidence.at <= incident.turns[-1]


def _owned(incident: Incident, cause: Cause) -> Cause:
    """Leave an incident that was handed to a person for good with that person."""
    return replace(cause, owner=incident.cause.owner) if incident.escalated else cause


def _better(before: Evidence | None, after: Evidence | None) -> Evidence | None:
    if after is None or before is None:
        return after if before is None else before
    return after if after.complete or not before.complete else before


def jobs_noted(evidence: Evidence | None, before: Ailment | None) -> tuple[str, ...]:
    """Give the jobs that failed, as the evidence tells them, else as noted before."""
    if evidence is not None and evidence.jobs:
        return evidence.jobs
    return () if before is None else before.jobs
