"""Single cases, one object each: the kind of file that has `cases`. Few of them have any time."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from pipeline_health.clients.json import Json
from pipeline_health.core.model.ids import RepoName
from pipeline_health.core.model.incident import Owner
from pipeline_health.core.model.readings import CheckConclusion, CheckStatus
from pipeline_health.core.model.recording import (
    Fact,
    FiledBefore,
    JobTold,
    RecordedProject,
    Recording,
    RootCause,
    RunTold,
    Stretch,
    UrlTold,
)
from pipeline_health.core.model.urls import Place
from pipeline_health.recordings.replay_1.common import (
    TICK,
    Numbers,
    first_commit,
    in_order,
    joined,
    owner_of,
    repo_of,
    whole_time,
)


def read_cases(whole: Json) -> Recording:
    """Read the file; raises UnexpectedShapeError."""
    cases = tuple(whole.items("cases"))
    numbers = Numbers()
    told = {case.text("id"): tuple(_facts(case, numbers)) for case in cases}
    driven = [case for case in cases if told[case.text("id")]]
    stretches = joined(_around(told[case.text("id")]) for case in driven)
    began_at, ended_at = whole_time(stretches, whole)
    repos = sorted({repo_of(case) for case in driven})
    facts = [
        *(first_commit(repo, began_at) for repo in repos),
        *(fact for of_case in told.values() for fact in of_case),
    ]
    return Recording(
        name=whole.text("incident"),
        began_at=began_at,
        ended_at=ended_at,
        projects=tuple(_project(repo, facts) for repo in repos),
        facts=in_order(facts),
        causes=tuple(map(_cause, driven)),
        filed=tuple(map(_filed, driven)),
        lacks=tuple(_lacks(cases, driven)),
        stretches=stretches,
    )


def _around(facts: Sequence[Fact]) -> Stretch:
    times = [fact.at for fact in facts]
    return Stretch(began_at=min(times) - TICK, ended_at=max(times) + TICK)


def _facts(case: Json, numbers: Numbers) -> Iterator[Fact]:
    """Give what can be driven: an outage of a URL with its times, a job that had failed by then."""
    if not case.has("facts"):
        return
    facts, cause = case.at("facts"), case.text("id")
    down, up = facts.maybe_time("down_seen_at_minute"), facts.maybe_time("recovered_at_minute")
    if down is not None and up is not None:
        repo, place = repo_of(case), Place.PRODUCTION
        yield UrlTold(at=down, repo=repo, place=place, answers=False, cause=cause)
        yield UrlTold(at=up, repo=repo, place=place, answers=True)
    by = facts.maybe_time("agent_branch_started_at")
    if by is not None and facts.has("job") and facts.has("log"):
        yield _failed_by(case, by, numbers.at(by))


def _failed_by(case: Json, by: datetime, run_id: int) -> RunTold:
    """Give a scheduled run that had failed *by* the time at which an agent took its issue up."""
    workflow, _, job = case.text("facts", "job").partition(" / ")
    log = case.text("facts", "log")
    repo = repo_of(case)
    return RunTold(
        at=by,
        repo=repo,
        run_id=run_id,
        workflow=workflow,
        event="schedule",
        sha=first_commit(repo, by).sha,
        status=CheckStatus.COMPLETED,
        conclusion=CheckConclusion.FAILURE,
        created_at=by,
        jobs=(JobTold(name=job or workflow, conclusion=CheckConclusion.FAILURE, log=log),),
        cause=case.text("id"),
        bound=True,
    )


def _project(repo: RepoName, facts: Sequence[Fact]) -> RecordedProject:
    name = repo.rpartition("/")[2]
    has_url = any(isinstance(fact, UrlTold) and fact.repo == repo for fact in facts)
    lines = (f'production_url = "https://{name}.test"',) if has_url else ()
    return RecordedProject(name=name, repo=repo, lines=lines)


def _cause(case: Json) -> RootCause:
    """Give the cause of a case; a failure that is true and nobody's is a person's to end."""
    owner = owner_of(case, "who_could_fix")
    if owner is None and case.text("verdict").startswith("true"):
        owner = Owner.HUMAN
    return RootCause(id=case.text("id"), label=case.text("verdict"), owner=owner)


def _filed(case: Json) -> FiledBefore:
    by = case.at("facts").maybe_time("agent_branch_started_at")
    return FiledBefore(
        repo=repo_of(case),
        number=case.number("number"),
        title=case.maybe_text("title"),
        cause=case.text("id"),
        filed_at=by,
        failed_at=case.at("facts").maybe_time("down_seen_at_minute"),
        given_to=None if by is None else Owner.AGENT,
        bound=True,
    )


def _lacks(cases: Sequence[Json], driven: Sequence[Json]) -> Iterator[str]:
    for case in cases:
        if case.has("see"):
            yield f"{case.text('id')}: it is in {case.text('see')}."
        elif case not in driven:
            yield f"{case.text('id')}: no time of any failing run, job or URL is recorded."
    yield (
        "Nothing else of these repositories is recorded: each has one commit, a host of `.test` "
        "stands in for a URL, and a schedule for what began a run."
    )
    yield (
        "The time of a failing run is a bound: that at which an agent took its issue up. Times of "
        "URLs are known to the minute."
    )
