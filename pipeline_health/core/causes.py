"""How the cause that a look finds merges into what an incident knows already.

A class is found from evidence, and evidence comes late, is cut short, and is of one failure among
several: what is known is given up for what is known better, and never for nothing.
"""

from dataclasses import replace

from pipeline_health.core.model.case import Diagnosed
from pipeline_health.core.model.incident import Ailment, Cause, CauseClass, Incident, Owner
from pipeline_health.core.model.questions import Evidence

_PASSING = frozenset({CauseClass.PLATFORM, CauseClass.FLAKY})
"""Causes that pass by themselves: the next failure has them again, or another one."""
JOBS_KEPT = 20
TO_AND_FRO = 2
WENT_TO_AND_FRO = "What fails there goes to and fro between what an agent and a person can mend."


def with_cause(incident: Incident, found: Diagnosed) -> Incident:
    """Give *incident* with what *found* tells of its cause, its evidence and its failing jobs."""
    newest = incident.newest.symptom == found.finding.symptom
    evidence = _better(incident.evidence, found.evidence) if newest else incident.evidence
    jobs = () if found.evidence is None else found.evidence.jobs
    ailments = tuple(
        replace(ailment, jobs=_all_of(ailment.jobs, jobs))
        if jobs and ailment.symptom == found.finding.symptom
        else ailment
        for ailment in incident.ailments
    )
    grown = replace(incident, evidence=evidence, ailments=ailments)
    if newest and _has_passed(incident.cause, found):
        return _owned(grown, found.cause)
    return _owned(grown, _cause(incident, found.cause))


def _has_passed(known: Cause, found: Diagnosed) -> bool:
    """Tell whether the newest failure shows in full that it is not what passes by itself."""
    whole = found.evidence is not None and found.evidence.complete
    return whole and known.of in _PASSING and found.cause.of is CauseClass.UNKNOWN


def _cause(incident: Incident, found: Cause) -> Cause:
    """Choose between the cause that is known and the one that was found now.

    What is unknown says nothing, but that an approval is no longer waited for. A credential stays
    the cause until it is healed: what fails beside it would hide it, and give it to the agent.
    """
    known = incident.cause
    if found.of is CauseClass.UNKNOWN and known.of is not CauseClass.APPROVAL:
        return found if known.of is CauseClass.UNKNOWN else known
    if known.of is not CauseClass.CREDENTIAL or not known.key or _is_of_an_earlier_turn(incident):
        return found
    return found if _names_the_secret(found) and not _names_the_secret(known) else known


def _names_the_secret(cause: Cause) -> bool:
    """Tell a secret's name, which always has an underscore, from a provider's."""
    return cause.of is CauseClass.CREDENTIAL and "_" in cause.key


def _is_of_an_earlier_turn(incident: Incident) -> bool:
    """Tell whether what is known of *incident* was read before it was last over."""
    if not incident.turns:
        return False
    return incident.evidence is None or incident.evidence.at <= incident.turns[-1]


def _owned(incident: Incident, cause: Cause) -> Incident:
    """Give *incident* with *cause*; what a person has for good stays with that person.

    It goes back to the agent once: nobody reads the fourth hand-over.
    """
    owner = incident.cause.owner
    if incident.escalated:
        return replace(incident, cause=replace(cause, owner=owner))
    moves = 0 if incident.filing is None else incident.filing.moves
    if moves >= TO_AND_FRO and owner is Owner.HUMAN and cause.owner is Owner.AGENT:
        kept = replace(cause, owner=owner)
        return replace(incident, cause=kept, escalated=WENT_TO_AND_FRO)
    return replace(incident, cause=cause)


def with_key(incident: Incident, found: Cause) -> Incident:
    """Give *incident*, of whose cause only the class is known, with the key of what was *found*.

    Its own issue tells the class alone; the one for many projects tells what they share.
    """
    known = incident.cause
    if known.key or known.of is not found.of:
        return incident
    return replace(incident, cause=replace(known, key=found.key))


def _better(before: Evidence | None, after: Evidence | None) -> Evidence | None:
    if after is None or before is None:
        return after if before is None else before
    return after if after.complete or not before.complete else before


def jobs_noted(evidence: Evidence | None, before: Ailment | None) -> tuple[str, ...]:
    """Give the jobs that failed since it was last proved to work, as far as evidence tells.

    One that failed before and is not in the newest failure has not passed by that: it may be gone.
    """
    now = () if evidence is None else evidence.jobs
    if before is None or (before.healed is not None and now):
        return now
    return _all_of(before.jobs, now)


def _all_of(before: tuple[str, ...], now: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*before, *now)))[:JOBS_KEPT]
