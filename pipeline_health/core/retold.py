"""From the lines of a recording back to a history: each fact once, at its provider's own time.

Between two looks nobody saw anything: what has no time of a provider has that of the look, and what
nobody could see is said in words.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from pipeline_health.core.model.ids import ProjectName, RepoName, Sha
from pipeline_health.core.model.recording import (
    DeploymentTold,
    Fact,
    Pushed,
    Recording,
    RunTold,
    SuiteTold,
    UrlTold,
)
from pipeline_health.core.model.shown import Entry, Heading, LookedAt, Shown
from pipeline_health.core.retold_sight import (
    described,
    distinct,
    gaps,
    moment,
    reconfigured,
    sights,
    spells,
    stretches,
    with_projects,
)

T = TypeVar("T")

MOST_SENTENCES = 20
STANDING = (
    "What came and went between two looks is not recorded, but for what its provider dated.",
    "Values of variables are not recorded: credentials are not audited.",
    "What people and agents did to issues is not recorded.",
)


def retold(
    name: str, heading: Heading, entries: Sequence[Entry], *, lacks: Iterable[str] = ()
) -> Recording:
    """Give the history that *entries* tell, in their order; *lacks* is known to be missing."""
    entries = tuple(with_projects(entries))
    projects = described(entries)
    lines = [entry for entry in entries if isinstance(entry, Shown) and entry.project in projects]
    looks = [entry.looked_at for entry in entries if isinstance(entry, LookedAt)]
    facts: list[Fact] = [*_pushed(entries), *_told(lines), *sights(entries)]
    return Recording(
        name=name,
        began_at=heading.began_at,
        ended_at=max(looks, default=heading.began_at),
        projects=distinct(projects.values()),
        facts=tuple(sorted(facts, key=lambda fact: fact.at)),
        lacks=(
            *STANDING,
            *lacks,
            *_few(reconfigured(entries), "changes of what is watched"),
            *_few(gaps(entries), "times when nobody looked"),
            *_few(spells(entries), "times when something could not be read"),
            *_few(_set_back(lines), "commits that were taken off a branch"),
        ),
        stretches=stretches(entries),
    )


def _few(sentences: Iterable[str], what: str) -> Iterator[str]:
    every = tuple(sentences)
    yield from every[:MOST_SENTENCES]
    if len(every) > MOST_SENTENCES:
        yield f"There are {len(every) - MOST_SENTENCES} more {what}."


def _set_back(lines: Sequence[Shown]) -> Iterator[str]:
    """Tell where the head is no newer commit than the one before: a push that was forced."""
    known: set[Sha] = set()
    head: dict[str, Sha] = {}
    for line in lines:
        if line.head is not None:
            if line.head in known and head.get(line.project) not in (None, line.head):
                yield (
                    f"The branch of {line.project} was set back to {line.head[:7]}"
                    f" by {moment(line.at)}."
                )
            head[line.project] = line.head
        known |= {push.sha for push in line.pushes}


# -- commits ---------------------------------------------------------------------------------


def _pushed(entries: Sequence[Entry]) -> Iterator[Pushed]:
    """Give each commit when it came to the branch: between the looks that did not show it and did.

    Its own time counts within these bounds: a commit may be older than its push. It came before
    whatever ran for it.
    """
    begun = _first_runs(entries)
    landed: dict[tuple[RepoName, Sha], Pushed] = {}
    last: dict[RepoName, datetime] = {}
    looked: dict[ProjectName, datetime] = {}
    for entry in entries:
        if isinstance(entry, LookedAt):
            looked |= dict.fromkeys(entry.projects or (), entry.looked_at)
            continue
        for push in entry.pushes:
            key = push.repo, push.sha
            if key not in landed:
                at = min(push.at, begun.get(key, push.at), entry.at)
                since = looked.get(entry.project)
                at = at if since is None else max(at, since)
                last[push.repo] = max(at, last.get(push.repo, at))
                landed[key] = replace(push, at=last[push.repo])
            elif push.message and not landed[key].message:
                landed[key] = replace(push, at=landed[key].at)
    yield from landed.values()


def _first_runs(entries: Sequence[Entry]) -> Mapping[tuple[RepoName, Sha], datetime]:
    """Give when the first thing ran for each commit: it was pushed by then."""
    first: dict[tuple[RepoName, Sha], datetime] = {}
    for entry in entries:
        if isinstance(entry, LookedAt):
            continue
        told: tuple[RunTold | SuiteTold, ...] = (*entry.runs, *entry.suites)
        for each in told:
            key = each.repo, each.sha
            first[key] = min(first.get(key, each.created_at), each.created_at)
    return first


# -- the other facts -------------------------------------------------------------------------


def _told(lines: Sequence[Shown]) -> Iterator[Fact]:
    runs = (run for line in lines for run in line.runs)
    yield from _fullest(runs, bare=_without_jobs, size=_jobs_told)
    yield from dict.fromkeys(each for line in lines for each in line.suites)
    yield from dict.fromkeys(each for line in lines for each in line.statuses)
    yield from dict.fromkeys(each for line in lines for each in line.records)
    deployments = (each for line in lines for each in line.deployments)
    yield from _fullest(deployments, bare=_without_log, size=lambda each: len(each.log))
    yield from _changes(url for line in lines for url in line.urls)


def _without_jobs(run: RunTold) -> RunTold:
    return replace(run, jobs=())


def _jobs_told(run: RunTold) -> int:
    return len(run.jobs) + sum(len(job.log) for job in run.jobs)


def _without_log(deployment: DeploymentTold) -> DeploymentTold:
    return replace(deployment, log="")


def _fullest(
    facts: Iterable[T], *, bare: Callable[[T], Hashable], size: Callable[[T], int]
) -> Iterator[T]:
    """Give of the facts that differ in what they left behind only the one that left most."""
    kept: dict[Hashable, T] = {}
    for fact in facts:
        before = kept.get(bare(fact))
        if before is None or size(fact) > size(before):
            kept[bare(fact)] = fact
    yield from kept.values()


def _changes(urls: Iterable[UrlTold]) -> Iterator[UrlTold]:
    last: dict[object, bool] = {}
    for url in urls:
        if last.get((url.repo, url.place)) is not url.answers:
            last[url.repo, url.place] = url.answers
            yield url
