"""The small steps of every task: what failed, what it costs, how its log is read and run again."""

from pipeline_health.core.inert import inline
from pipeline_health.core.issue_text.kinds import words_for
from pipeline_health.core.issue_text.wording import (
    is_deploy,
    is_production,
    jobs_named,
    trace_link,
    what_runs,
)
from pipeline_health.core.model.findings import Symptom
from pipeline_health.core.model.incident import Incident
from pipeline_health.core.model.questions import LinkTrace, RunTrace

_RERUNS_SHOWN = 5
LONGEST_COMMAND = 240
MUTE = (
    "If it may stay broken, close this issue as *not planned*: that mutes it until it has worked "
    "once."
)


def severity(incident: Incident) -> str:
    """Say how bad it is, and what it keeps from happening."""
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


def reading(incident: Incident) -> str:
    """Name what failed, and where and by which command its log is read."""
    newest = incident.newest
    part = f"{jobs_named(newest.jobs)} of " if newest.jobs else ""
    place = trace_link(newest.trace)
    if isinstance(newest.trace, RunTrace):
        command = f"gh run view {newest.trace.run_id} --log-failed --repo {newest.trace.repo}"
        place = f"{place} ({inline(command, characters=LONGEST_COMMAND)})"
    words = words_for(newest.symptom)
    what = f"{part}{what_runs(newest.symptom)} {words.failed}"
    if not words.logged or _left_nothing(incident):
        return f"{what}: see {place}"
    return f"{what}: the evidence is at the end of this issue, the whole log at {place}"


def _left_nothing(incident: Incident) -> bool:
    """Tell whether there is no log to read: a page has none, and of others it may be empty."""
    if isinstance(incident.newest.trace, LinkTrace):
        return True
    evidence = incident.evidence
    return evidence is not None and evidence.complete and not evidence.is_telling


def reruns(incident: Incident) -> tuple[str, ...]:
    """Give the commands that run again what failed, as code; none where nothing can be."""
    commands = rerun_commands(incident)[:_RERUNS_SHOWN]
    return tuple(inline(command, characters=LONGEST_COMMAND) for command in commands)


def rerun_commands(incident: Incident) -> tuple[str, ...]:
    """Give every command that runs again what failed; it holds numbers and a repository's name."""
    commands = (
        f"gh run rerun {ailment.trace.run_id} --failed --repo {ailment.trace.repo}"
        for ailment in incident.broken
        if isinstance(ailment.trace, RunTrace)
    )
    return tuple(dict.fromkeys(commands))


def numbered(steps: tuple[str, ...]) -> str:
    """Give *steps* as a numbered list."""
    return "\n".join(f"{number}. {step}" for number, step in enumerate(steps, start=1))
