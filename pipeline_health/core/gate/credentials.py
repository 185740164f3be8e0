"""Criterion `credential-isolation`: staging and production share no credential.

It fails on proved sharing. What cannot be verified is named, and blocks only where the operator
asked for that: by `required_secrets`, or by `strict`. Else a token that cannot see production would
block for ever.
"""

from datetime import timedelta
from typing import assert_never

from pipeline_health.core.gate.steps import about_blindness
from pipeline_health.core.gate.words import criterion
from pipeline_health.core.model.audit import Compared
from pipeline_health.core.model.findings import Kind
from pipeline_health.core.model.gate_policy import Waivable
from pipeline_health.core.model.promotion import Matter
from pipeline_health.core.model.readings import Blind, NotAsked, Seen
from pipeline_health.core.model.verdict import Criterion, CriterionName, CriterionState

_NAME = CriterionName.CREDENTIAL_ISOLATION
_SEPARATE = (
    "give each environment one of its own; pipeline-health credentials-audit {project} says where"
    " it is. What both may have belongs in shared_ok of [projects.audit]"
)
_NAMED_AT_MOST = 5


def credential_isolation(matter: Matter) -> Criterion:
    """Judge the audit that was just made; who does without it still shares what is proved."""
    told = _still_told(matter)
    if told is None and matter.waives(Waivable.RAILWAY):
        return _put(matter, CriterionState.WAIVED, "waived with Railway: no variables are compared")
    return told or _of_one_environment(matter) or _by_audit(matter)


def _of_one_environment(matter: Matter) -> Criterion | None:
    """Say that staging is production, if it is: then there is nothing that they do not share.

    A name and an id in the configuration may mean one environment.
    """
    staging, production = matter.facts.staging, matter.view.production
    if not isinstance(staging, Seen) or not isinstance(production, Seen):
        return None
    if staging.value.id != production.value.id:
        return None
    says = f"staging and production are one environment of Railway: {staging.value.name}"
    hint = "set production_environment to the name or the id of another one"
    return _put(matter, CriterionState.FAIL, says, hint=hint)


def _still_told(matter: Matter) -> Criterion | None:
    """Say that an issue tells of sharing that nothing has proved to be over, if one does.

    Who seals a shared secret hides it, and separates nothing.
    """
    incidents = matter.facts.incidents
    for one in incidents.value if isinstance(incidents, Seen) else ():
        if one.kind is Kind.CREDENTIAL_SHARED and not one.over:
            says = f"issue {one.number} is open: {one.title}"
            return _put(matter, CriterionState.FAIL, says, hint=_separate(matter))
    return None


def _by_audit(matter: Matter) -> Criterion:
    match matter.facts.audit.variables:
        case Blind() as blind:
            says = f"the variables could not be read: {blind.why}"
            hint = about_blindness(matter, blind)
            return _put(matter, CriterionState.UNKNOWN, says, hint=hint)
        case NotAsked(why=why):
            return _nothing_compared(matter, why)
        case Seen(value=compared):
            return _by_comparison(matter, compared)
        case never:
            assert_never(never)


def _separate(matter: Matter) -> str:
    return _SEPARATE.format(project=matter.policy.name)


def allowed_age(matter: Matter) -> timedelta:
    """Give how old the audit may be."""
    return matter.policy.audit.interval


def _put(matter: Matter, state: CriterionState, says: str, *, hint: str = "") -> Criterion:
    return criterion(matter, _NAME, state, says, at=matter.facts.audit.at, hint=hint)


def _nothing_compared(matter: Matter, why: str) -> Criterion:
    audit, says = matter.policy.audit, f"nothing was compared: {why}"
    if audit.required or audit.strict:
        hint = f"set a token that may read production's variables, or relax {_asked(matter)}"
        return _put(matter, CriterionState.FAIL, f"{says}; {_asked(matter)} asks for it", hint=hint)
    return _put(matter, CriterionState.PASS, f"no sharing is proved; {says}")


def _asked(matter: Matter) -> str:
    return "strict in [projects.audit]" if matter.policy.audit.strict else "required_secrets"


def _by_comparison(matter: Matter, compared: Compared) -> Criterion:
    if compared.sharings:
        names = _list([one.subject for one in compared.sharings])
        says = f"staging and production share {names}"
        return _put(matter, CriterionState.FAIL, says, hint=_separate(matter))
    if compared.missing:
        says = "; ".join(f"{one.name} {one.why}" for one in compared.missing[:_NAMED_AT_MOST])
        hint = "set it there, or take it out of required_secrets"
        return _put(matter, CriterionState.FAIL, f"a required secret is missing: {says}", hint=hint)
    return _by_the_unverified(matter, compared)


def _by_the_unverified(matter: Matter, compared: Compared) -> Criterion:
    audit = matter.policy.audit
    unverified = [one.name for one in compared.unverifiable]
    wanted = unverified if audit.strict else [one for one in unverified if one in audit.required]
    if wanted:
        says = f"it cannot be verified that {_list(wanted)} {_differ(wanted)}"
        says = f"{says}, and {_asked(matter)} asks for it"
        hint = (
            f"pipeline-health credentials-audit {matter.policy.name} says why; a sealed variable"
            f" can be set anew without sealing it. Or relax {_asked(matter)}"
        )
        return _put(matter, CriterionState.FAIL, says, hint=hint)
    count = len(compared.clean)
    says = f"{count or 'no'} {'secret' if count == 1 else 'secrets'} compared, none shared"
    if unverified:
        says = f"{says}; not verifiable: {_list(unverified)}"
    return _put(matter, CriterionState.PASS, says)


def _differ(names: list[str]) -> str:
    return "differs" if len(set(names)) == 1 else "differ"


def _list(names: list[str]) -> str:
    unique = list(dict.fromkeys(names))
    more = len(unique) - _NAMED_AT_MOST
    return ", ".join(unique[:_NAMED_AT_MOST]) + (f" and {more} more" if more > 0 else "")
