"""Who can fix an incident, and how: the part of an issue that somebody acts on.

An agent is never asked to touch a secret, nor a person to paste one.
"""

from typing import assert_never

from pipeline_health.core.inert import prose
from pipeline_health.core.issue_text.apart_steps import NOT_FOR_AN_AGENT, apart_steps
from pipeline_health.core.issue_text.credentials import by_keyholder
from pipeline_health.core.issue_text.doing import MUTE, numbered, reading, reruns, severity
from pipeline_health.core.issue_text.kinds import words_for
from pipeline_health.core.issue_text.own_steps import own_steps
from pipeline_health.core.issue_text.providers import by_approver, by_payer, by_waiting
from pipeline_health.core.issue_text.wording import counted
from pipeline_health.core.model.incident import CauseClass, Incident, Owner

_PROPOSE = (
    'Open one pull request whose description says "Fixes" and this issue\'s number. If there is '
    "an open pull request for this issue already, continue that one."
)
_SCOPE = (
    "In scope: what this failure needs, and nothing else. Out of scope: secrets, alarms and the "
    "checks themselves. Do not delete, skip or weaken a test, a job, a workflow or a health check "
    "to make it pass."
)
_NOT_CODE = (
    "**If the cause turns out to be a secret, a quota or the platform: change nothing, say so in "
    "a comment here, and stop.**"
)
_SETTINGS = (
    "Mend the setting where the repository holds it, on a branch: the workflow file, the "
    "Dockerfile, `railway.json` or `railway.toml`, the start command, the path of the health "
    "check, the migration. A value that only the settings of Railway or GitHub hold is for a "
    "person: name the variable in a comment here, change nothing, and stop. Never write a secret "
    "into the repository."
)
_PACKAGES = (
    "Make the packages fit, on a branch: renew the lock file with the project's own tool, or "
    "choose versions that fit together. For a known vulnerability take the version that is "
    "patched; to ignore it is no fix."
)
_DETERMINISM = (
    "Make it deterministic, on a branch: the same job passed at the same commit in another "
    "attempt, so find what else it depends on (time, order, randomness, the network, what another "
    "test left behind). Do not delete it, skip it, or repeat it until it passes."
)


def who_and_how(incident: Incident) -> str:
    """Say who can fix *incident* and what they do, step by step."""
    apart = apart_steps(incident)
    if apart is not None:
        who = f"**A person** who may make a new secret. {severity(incident)}"
        return "\n\n".join((who, numbered((*apart, MUTE)), NOT_FOR_AN_AGENT))
    ours = own_steps(incident)
    if ours is not None:
        steps = numbered((*ours, MUTE))
        return f"**A person.** No agent is working on it. {severity(incident)}\n\n{steps}"
    return _by_agent(incident) if incident.cause.owner is Owner.AGENT else _by_human(incident)


def _by_human(incident: Incident) -> str:
    match incident.cause.of:
        case CauseClass.CREDENTIAL:
            return by_keyholder(incident)
        case CauseClass.QUOTA:
            return by_payer(incident)
        case CauseClass.PLATFORM:
            return by_waiting(incident)
        case CauseClass.APPROVAL:
            return by_approver(incident)
        case (
            CauseClass.CONFIG
            | CauseClass.DEPENDENCY
            | CauseClass.FLAKY
            | CauseClass.CODE
            | CauseClass.UNKNOWN
        ):
            return _by_person(incident)
        case unreachable:
            assert_never(unreachable)


def _by_agent(incident: Incident) -> str:
    return "\n\n".join(
        (
            f"**An agent**, in the repository. {severity(incident)}",
            numbered(
                (f"Find out why {reading(incident)}.{_tried(incident)}", _mend(incident), _PROPOSE)
            ),
            _SCOPE,
            _NOT_CODE,
        )
    )


def _mend(incident: Incident) -> str:
    """Say what an agent is asked to do, by the class of the cause."""
    match incident.cause.of:
        case CauseClass.CONFIG:
            return _SETTINGS
        case CauseClass.DEPENDENCY:
            return _PACKAGES
        case CauseClass.FLAKY:
            return _DETERMINISM
        case (
            CauseClass.CODE
            | CauseClass.UNKNOWN
            | CauseClass.CREDENTIAL
            | CauseClass.QUOTA
            | CauseClass.APPROVAL
            | CauseClass.PLATFORM
        ):
            return words_for(incident.newest.symptom).mend
        case unreachable:
            assert_never(unreachable)


def _tried(incident: Incident) -> str:
    if not incident.attempts:
        return ""
    fixes = counted(incident.attempts, "earlier fix", "earlier fixes")
    return f" {fixes} did not work: read what was tried before you try again."


def _by_person(incident: Incident) -> str:
    commands = ", ".join(reruns(incident))
    again = f" If it was not the code, run it again: {commands}." if commands else ""
    steps = (
        f"See why {reading(incident)}.",
        f"{words_for(incident.newest.symptom).fix}{again}",
        MUTE,
    )
    who = f"**A person.** {_given_up(incident)} {severity(incident)}"
    return f"{who}\n\n{numbered(steps)}"


def _given_up(incident: Incident) -> str:
    if not incident.escalated:
        return "No agent is working on it."
    return f"{prose(incident.escalated)} The agent will not try again."
