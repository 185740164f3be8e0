"""What a recording tells of the looking itself: at what, with which gaps, and how well."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from pipeline_health.core.model.ids import ProjectName
from pipeline_health.core.model.recording import RecordedProject, SightTold, Stretch
from pipeline_health.core.model.shown import Entry, LookedAt, Shown, SourceTold
from pipeline_health.core.model.sight import Source

LONGEST_PAUSE = timedelta(minutes=30)
"""Looks that are further apart have a gap between them, of which nothing is known."""

_PROVIDERS: Mapping[Source, str] = {Source.GITHUB: "github", Source.RAILWAY: "railway"}
"""The sources without which nothing of their provider can be read."""


def with_projects(entries: Sequence[Entry]) -> Iterator[Entry]:
    """Give *entries*, every look with the projects that it was at."""
    projects: tuple[ProjectName, ...] = ()
    for entry in entries:
        if isinstance(entry, LookedAt):
            projects = projects if entry.projects is None else entry.projects
            yield replace(entry, projects=projects)
        else:
            yield entry


def described(entries: Sequence[Entry]) -> Mapping[ProjectName, RecordedProject]:
    """Give what each project was in the end."""
    return {
        entry.project: entry.described
        for entry in entries
        if isinstance(entry, Shown) and entry.described is not None
    }


def distinct(projects: Iterable[RecordedProject]) -> tuple[RecordedProject, ...]:
    """Give each of *projects* once, under its last name: a name is only a label."""
    return tuple({replace(each, name=""): each for each in projects}.values())


def reconfigured(entries: Sequence[Entry]) -> Iterator[str]:
    """Tell where a project was described in another way before."""
    last: dict[ProjectName, RecordedProject] = {}
    for entry in entries:
        if isinstance(entry, LookedAt) or entry.described is None:
            continue
        if last.get(entry.project, entry.described) != entry.described:
            yield (
                f"{entry.project} was configured in another way before {moment(entry.at)}:"
                " what was seen then is replayed as if it had been so all the time."
            )
        last[entry.project] = entry.described


def moment(at: datetime) -> str:
    """Give a time as a sentence has it."""
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M")


def gaps(entries: Sequence[Entry]) -> Iterator[str]:
    """Tell when nobody looked, oldest first."""
    last: dict[ProjectName, datetime] = {}
    for entry in _looks(entries):
        missed: dict[datetime, list[str]] = {}
        for project in entry.projects or ():
            before = last.get(project, entry.looked_at)
            if entry.looked_at - before > LONGEST_PAUSE:
                missed.setdefault(before, []).append(project)
            last[project] = entry.looked_at
        for before, names in missed.items():
            span = f"from {moment(before)} to {moment(entry.looked_at)}"
            yield f"Nobody looked at {', '.join(names)} {span}."


def stretches(entries: Sequence[Entry]) -> tuple[Stretch, ...]:
    """Give the times in which somebody looked, none where that was all the time."""
    found: list[Stretch] = []
    for look in _looks(entries):
        if found and look.looked_at - found[-1].ended_at <= LONGEST_PAUSE:
            found[-1] = replace(found[-1], ended_at=look.looked_at)
        else:
            found.append(Stretch(began_at=look.looked_at, ended_at=look.looked_at))
    return tuple(found) if len(found) > 1 else ()


def _looks(entries: Sequence[Entry]) -> list[LookedAt]:
    """Give the looks in the order of their times: a clock may have been set back."""
    looks = (entry for entry in entries if isinstance(entry, LookedAt))
    return sorted(looks, key=lambda look: look.looked_at)


def sights(entries: Sequence[Entry]) -> Iterator[SightTold]:
    """Tell when a provider could not be read for any project, and when it could again."""
    known: dict[tuple[ProjectName, Source], SourceTold] = {}
    dark: dict[Source, bool] = {}
    for entry in entries:
        if isinstance(entry, Shown):
            known |= {(entry.project, each.source): each for each in entry.sources}
            continue
        for source, provider in _PROVIDERS.items():
            told = [known[at] for name in entry.projects or () if (at := (name, source)) in known]
            is_dark = bool(told) and not any(each.readable for each in told)
            if told and is_dark is not dark.get(source, False):
                dark[source] = is_dark
                yield SightTold(
                    at=entry.looked_at,
                    provider=provider,
                    readable=not is_dark,
                    why=told[0].why if is_dark else "",
                )


def spells(entries: Sequence[Entry]) -> Iterator[str]:
    """Tell when a source of one project could not be read, oldest end first."""
    since: dict[tuple[ProjectName, Source], SourceTold] = {}
    for entry in entries:
        if not isinstance(entry, Shown):
            continue
        for each in entry.sources:
            key = entry.project, each.source
            if not each.readable:
                since.setdefault(key, each)
            elif key in since:
                yield _spell(key, since.pop(key), until=f" to {moment(each.at)}")
    for key, first in since.items():
        yield _spell(key, first, until=" on")


def _spell(key: tuple[ProjectName, Source], first: SourceTold, *, until: str) -> str:
    project, source = key
    return f"{source} of {project} could not be read from {moment(first.at)}{until}: {first.why}"
