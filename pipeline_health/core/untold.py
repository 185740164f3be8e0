"""What a recording does not tell yet of what a look showed: nothing else is written to it.

What was seen is compared with what the file says, and not with the look before: what was lost on
the way is told again by the next look.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain
from typing import TypeVar

from pipeline_health.core.model.recording import Pushed, UrlTold
from pipeline_health.core.model.shown import Shown, SourceTold

T = TypeVar("T")


def untold(shown: Shown, known: Sequence[Shown]) -> Shown | None:
    """Give what of *shown* the lines *known*, oldest first, do not tell; None where that is all.

    A URL and a source are told of when they change, with the time of the look that saw it.
    """
    if not known:
        return shown
    described = next((line.described for line in reversed(known) if line.described), None)
    head = next((line.head for line in reversed(known) if line.head), None)
    news = replace(
        shown,
        whole=False,
        described=None if shown.described == described else shown.described,
        head=None if shown.head == head else shown.head,
        pushes=_new(shown.pushes, _pushes(known)),
        runs=_new(
            shown.runs,
            chain.from_iterable(
                (run, replace(run, jobs=())) for line in known for run in line.runs
            ),
        ),
        suites=_new(shown.suites, (each for line in known for each in line.suites)),
        statuses=_new(shown.statuses, (each for line in known for each in line.statuses)),
        records=_new(shown.records, (each for line in known for each in line.records)),
        deployments=_new(
            shown.deployments,
            chain.from_iterable(
                (each, replace(each, log="")) for line in known for each in line.deployments
            ),
        ),
        urls=tuple(_urls(shown, known)),
        sources=tuple(_sources(shown, known)),
    )
    silent = Shown(project=shown.project, at=shown.at)
    return None if news == silent else news


def _new(facts: Iterable[T], told: Iterable[T]) -> tuple[T, ...]:
    before = frozenset(told)
    return tuple(fact for fact in facts if fact not in before)


def _pushes(known: Sequence[Shown]) -> Iterator[Pushed]:
    """Give what is told of commits; one that was the head once is later seen without its words."""
    for line in known:
        for push in line.pushes:
            yield push
            yield replace(push, message="", author="")


def _urls(shown: Shown, known: Sequence[Shown]) -> Iterator[UrlTold]:
    last = {(url.repo, url.place): url.answers for line in known for url in line.urls}
    for url in shown.urls:
        if last.get((url.repo, url.place)) is not url.answers:
            yield url


def _sources(shown: Shown, known: Sequence[Shown]) -> Iterator[SourceTold]:
    last = {each.source: each.readable for line in known for each in line.sources}
    for each in shown.sources:
        if last.get(each.source) is not each.readable:
            yield each
