"""Who can fix an incident, and how: the part of an issue that somebody acts on.

An agent is never asked to touch a secret, nor a person to paste one.
"""

from typing import assert_never

from pipeline_health.core.inert import inline, prose
from pipeline_health.core.issue_text.kinds import words_for
from pipeline_health.core.issue_text.own_steps import own_steps
from pipeline_health.core.issue_text.wording import (
    counted,
    credential,
    is_deploy,
    is_production,
    jobs_named,
    link,
    secret_of,
    trace_link,
    what_runs,
)
from pipeline_health.core.model.findings import Symptom
from pipeline_health.core.model.incident import CauseClass, Incident, Owner
from pipeline_health.core.model.questions import DeployTrace, RunTrace

_RAILWAY_TOKENS = "https://railway.com/account/tokens"
_RERUNS_SHOWN = 5
_LONGEST_COMMAND = 240

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
_NOT_FOR_AN_AGENT = (
    "**Not for an agent.** No agent should try to rotate the secret, or to edit code, workflows or "
    "checks around it: no commit can fix this, and every attempt is one more failed run."
)
_MADE_BY_ACTIONS = (
    "`GITHUB_TOKEN` is made by Actions for every run and cannot be set: check `permissions:` in "
    "the workflow, and Settings → Actions → General → Workflow permissions of the repository."
)
_REDEPLOY = (
    "and deploy the change. Do not press Redeploy on the failed deployment: it would use the old "
    "variables."
)
_ASKS = (
    "It asks for the value. Add `--env` and the environment's name when the job reads the secret "
    "of an environment."
)
_NEVER = "Never paste the value into this issue."
_MUTE = (
    "If it may stay broken, close this issue as *not planned*: that mutes it until it has worked "
    "once."
)


def who_and_how(incident: Incident) -> str:
    """Say who can fix *incident* and what they do, step by step."""
    ours = own_steps(incident)
    if ours is not None:
        steps = _numbered((*ours, _MUTE))
        return f"**A person.** No agent is working on it. {_severity(incident)}\n\n{steps}"
    match (incident.cause.owner, incident.cause.of):
        case (Owner.AGENT, _):
            return _by_agent(incident)
        case (Owner.HUMAN, CauseClass.CREDENTIAL):
            return _by_keyholder(incident)
        case (Owner.HUMAN, CauseClass.UNKNOWN | CauseClass.PLATFORM | CauseClass.FLAKY):
            return _by_person(incident)
        case unreachable:
            assert_never(unreachable)


def _by_agent(incident: Incident) -> str:
    mend = words_for(incident.newest.symptom).mend
    return "\n\n".join(
        (
            f"**An agent**, in the repository. {_severity(incident)}",
            _numbered((f"Find out why {_reading(incident)}.{_tried(incident)}", mend, _PROPOSE)),
            _SCOPE,
            _NOT_CODE,
        )
    )


def _tried(incident: Incident) -> str:
    if not incident.attempts:
        return ""
    fixes = counted(incident.attempts, "earlier fix", "earlier fixes")
    return f" {fixes} did not work: read what was tried before you try again."


def _by_keyholder(incident: Incident) -> str:
    who = f"**A person** who may replace {credential(incident.cause)}. {_severity(incident)}"
    can_be_set = incident.cause.key != "GITHUB_TOKEN"
    renewed = (_renewal(incident), _storing(incident)) if can_be_set else (_MADE_BY_ACTIONS,)
    return "\n\n".join((who, _numbered((*renewed, _after(incident))), _NOT_FOR_AN_AGENT))


def _renewal(incident: Incident) -> str:
    if "railway" not in incident.cause.key.lower():
        return (
            f"Find out at the provider why {credential(incident.cause)} was refused (expired, "
            "revoked, never set, or lacking a permission), and make a new value there."
        )
    page = link("railway.com/account/tokens", _RAILWAY_TOKENS)
    return (
        f"Make a new Railway token: an account or workspace token at {page}, a project token in "
        "the project's settings under Tokens. Make the kind that the pipeline uses today; Railway "
        "refuses the wrong kind with the same words as an expired one."
    )


def _storing(incident: Incident) -> str:
    secret = secret_of(incident.cause)
    if isinstance(incident.newest.trace, DeployTrace):
        value = f"`{secret}`" if secret else "the new value"
        return f"Set {value} in Railway, in the variables of the service, {_REDEPLOY} {_NEVER}"
    text = f"gh secret set {secret or 'NAME'} --repo {incident.repo}"
    command = inline(text, characters=_LONGEST_COMMAND)
    name = "" if secret else ", NAME being the secret that the failing step reads"
    return f"Store it as the secret of the GitHub repository: {command}{name}. {_ASKS} {_NEVER}"


def _after(incident: Incident) -> str:
    """Give the step that proves the new value: what failed is run again."""
    commands = ", ".join(_reruns(incident))
    if not commands:
        return "See that what failed runs again, and succeeds."
    return f"Run again what failed: {commands}."


def _reruns(incident: Incident) -> tuple[str, ...]:
    traces = {
        (ailment.trace.run_id, ailment.trace.repo): None
        for ailment in incident.broken
        if isinstance(ailment.trace, RunTrace)
    }
    return tuple(
        inline(f"gh run rerun {run_id} --failed --repo {repo}", characters=_LONGEST_COMMAND)
        for run_id, repo in tuple(traces)[:_RERUNS_SHOWN]
    )


def _by_person(incident: Incident) -> str:
    reruns = ", ".join(_reruns(incident))
    again = f" If it was not the code, run it again: {reruns}." if reruns else ""
    steps = (
        f"See why {_reading(incident)}.",
        f"{words_for(incident.newest.symptom).fix}{again}",
        _MUTE,
    )
    who = f"**A person.** {_given_up(incident)} {_severity(incident)}"
    return f"{who}\n\n{_numbered(steps)}"


def _given_up(incident: Incident) -> str:
    if not incident.escalated:
        return "No agent is working on it."
    return f"{prose(incident.escalated)} The agent will not try again."


def _severity(incident: Incident) -> str:
    symptom = incident.newest.symptom
    return f"Severity: {words_for(symptom).severity}. {_consequence(symptom)}."


def _consequence(symptom: Symptom) -> str:
    loss = words_for(symptom).loss
    if loss is not None:
        return loss
    if is_production(symptom.kind):
        return "Nothing new reaches production until it succeeds"
    if is_deploy(symptom.kind, symptom.subject):
        return "Nothing new reaches staging, and nothing can be promoted, until it succeeds"
    return (
        "Nothing that is merged is proved to work, and nothing can be promoted, until it succeeds"
    )


def _reading(incident: Incident) -> str:
    """Name what failed, and where and by which command its log is read."""
    newest = incident.newest
    part = f"{jobs_named(newest.jobs)} of " if newest.jobs else ""
    place = trace_link(newest.trace)
    if isinstance(newest.trace, RunTrace):
        command = f"gh run view {newest.trace.run_id} --log-failed --repo {newest.trace.repo}"
        place = f"{place} ({inline(command, characters=_LONGEST_COMMAND)})"
    words = words_for(newest.symptom)
    what = f"{part}{what_runs(newest.symptom)} {words.failed}"
    if not words.logged:
        return f"{what}: see {place}"
    return f"{what}: the evidence is at the end of this issue, the whole log at {place}"


def _numbered(steps: tuple[str, ...]) -> str:
    return "\n".join(f"{number}. {step}" for number, step in enumerate(steps, start=1))
