"""The top of an issue: one sentence of what is broken and since when, and the table of the facts.

A row is there only when its fact is known.
"""

from collections.abc import Iterator
from typing import assert_never

from pipeline_health.core.inert import inline
from pipeline_health.core.issue_text.kinds import words_for
from pipeline_health.core.issue_text.wording import (
    GITHUB,
    SHOWN,
    commit_link,
    counted,
    credential,
    is_deploy,
    is_production,
    moment,
    named,
    names,
    noun_of,
    refusal,
    sentence,
    trace_link,
    what_runs,
)
from pipeline_health.core.model.findings import Symptom, Thing
from pipeline_health.core.model.incident import Ailment, CauseClass, Incident, Owner, Phase
from pipeline_health.core.model.policy import ProjectPolicy

_PLACES = {"run": "run", "deploy": "deployment", "link": "page"}


def branch_of(project: ProjectPolicy | None) -> str:
    """Name the branch that is watched."""
    if project is None or project.branch is None:
        return "the watched branch"
    return inline(project.branch)


def staging_of(project: ProjectPolicy | None) -> str:
    """Name the environment that is staging."""
    return "staging" if project is None else inline(project.staging_environment)


def environment_of(symptom: Symptom, project: ProjectPolicy | None) -> str:
    """Name the environment that *symptom* is about."""
    if not is_production(symptom.kind):
        return staging_of(project)
    return "production" if project is None else inline(project.production_environment)


def what_and_since(incident: Incident, project: ProjectPolicy | None) -> str:
    """Say in one sentence what is broken, where, and since when."""
    what = f"{_what_failed(incident.newest.symptom, incident, project)}, {_since(incident)}"
    own = incident.newest.symptom.subject.thing is Thing.SECRET
    if incident.cause.of is CauseClass.CREDENTIAL and not own:
        what = f"{credential(incident.cause)} {refusal(incident.cause)}: {what}"
    others = len(incident.ailments) - 1
    more = f"; {counted(others, 'other thing')} failed for the same reason" if others else ""
    return f"{sentence(what)}{more}."


def _what_failed(symptom: Symptom, incident: Incident, project: ProjectPolicy | None) -> str:
    where = f"project {inline(incident.project)} ({inline(incident.repo)})"
    failed = words_for(symptom).failed
    match symptom.subject.thing:
        case Thing.ENVIRONMENT:
            return f"the deployment to {named(symptom.subject)} of {where} {failed}"
        case Thing.SERVICE:
            where_to = environment_of(symptom, project)
            what = f"the deployment of {named(symptom.subject)} to {where_to}"
            return f"{what} {failed} in {where}"
        case Thing.WORKFLOW | Thing.STATUS if is_deploy(symptom.kind, symptom.subject):
            where_to = environment_of(symptom, project)
            what = f"the deployment to {where_to} by {named(symptom.subject)}"
            return f"{what} {failed} in {where}"
        case Thing.WORKFLOW | Thing.STATUS:
            return f"{what_runs(symptom)} {failed} on {branch_of(project)} of {where}"
        case Thing.BRANCH:
            return f"{what_runs(symptom)} {failed} at the newest commit of {where}"
        case (
            Thing.PROJECT | Thing.URL | Thing.SOURCE | Thing.SECRET | Thing.CREDENTIAL | Thing.FILE
        ):
            return f"{what_runs(symptom)} {failed} in {where}"
        case unreachable:
            assert_never(unreachable)


def _since(incident: Incident) -> str:
    start = moment(incident.first_failed_at)
    if incident.phase is Phase.RESOLVED and incident.resolved_at is not None:
        return f"first at {start}, and was proved fixed at {moment(incident.resolved_at)}"
    return f"and {words_for(incident.newest.symptom).stands} since {start}"


def table(incident: Incident, project: ProjectPolicy | None) -> str:
    """Give the facts as a table."""
    rows = "\n".join(f"| {name} | {value} |" for name, value in _rows(incident, project))
    return f"| what | value |\n|---|---|\n{rows}"


def _rows(incident: Incident, project: ProjectPolicy | None) -> Iterator[tuple[str, str]]:
    newest = incident.newest
    yield "project", inline(incident.project)
    yield "repository", inline(incident.repo)
    if newest.commit is not None:
        yield "failing commit", commit_link(incident.repo, newest.commit) + _maker(newest)
    yield from _place(newest, project)
    if newest.jobs:
        yield "failed job" if len(newest.jobs) == 1 else "failed jobs", names(newest.jobs)
    yield _PLACES[newest.trace.of], trace_link(newest.trace)
    yield "since", moment(incident.first_failed_at)
    if incident.failed_at != incident.first_failed_at:
        yield "last failure", moment(incident.failed_at)
    if incident.flapping:
        looks = f"{incident.looks_wanted} green looks in a row"
        yield "flapping", f"it came and went; it closes after {looks}"
    yield from _history(incident)
    yield from _others(incident)


def _maker(newest: Ailment) -> str:
    if newest.made is None:
        return ""
    by = f" by {inline(newest.made.author)}" if newest.made.author else ""
    return f"{by}, {moment(newest.made.committed_at)}"


def _place(newest: Ailment, project: ProjectPolicy | None) -> Iterator[tuple[str, str]]:
    subject = newest.symptom.subject
    if subject.thing is Thing.PROJECT:
        yield "environment", environment_of(newest.symptom, project)
        return
    yield noun_of(subject), inline(subject.name)
    if subject.thing in (Thing.BRANCH, Thing.SOURCE, Thing.SECRET, Thing.CREDENTIAL):
        return
    if subject.thing is Thing.URL:
        yield "environment", environment_of(newest.symptom, project)
    elif is_deploy(newest.symptom.kind, subject):
        if subject.thing is not Thing.ENVIRONMENT:
            yield "environment", environment_of(newest.symptom, project)
    elif project is not None and project.branch is not None:
        yield "branch", inline(project.branch)


def _history(incident: Incident) -> Iterator[tuple[str, str]]:
    good, bad = incident.last_green, incident.commit
    if good is not None:
        yield "last green commit", commit_link(incident.repo, good)
    is_the_code = incident.cause.of.owner is Owner.AGENT
    if good is not None and bad is not None and is_the_code:
        yield "suspects", _suspects(incident, f"{good}...{bad}", same=good == bad)
    if incident.previous is not None:
        url = f"{GITHUB}/{incident.repo}/issues/{incident.previous}"
        yield "earlier issue of this cause", f"[no. {incident.previous}]({url})"
    if incident.beside is not None:
        url = f"{GITHUB}/{incident.repo}/issues/{incident.beside}"
        yield "told by another monitor before", f"[no. {incident.beside}]({url})"


def _suspects(incident: Incident, span: str, *, same: bool) -> str:
    if same:
        return "none: this very commit was green before, so nothing in the code changed"
    return f"[every commit between the two]({GITHUB}/{incident.repo}/compare/{span})"


def _others(incident: Incident) -> Iterator[tuple[str, str]]:
    newest = incident.newest
    others = [ailment for ailment in incident.ailments if ailment is not newest]
    for ailment in others[:SHOWN]:
        yield "failed too", f"{what_runs(ailment.symptom)}, {trace_link(ailment.trace)}"
    if len(others) > SHOWN:
        yield "failed too", f"{len(others) - SHOWN} more"
