"""The lines of a recording as stories tell them: looks at projects, minute by minute."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from builders import NOW, REPO, ago
from pipeline_health.core.model.ids import ProjectName, RepoName, Sha
from pipeline_health.core.model.recording import Pushed, RecordedProject, Recording
from pipeline_health.core.model.shown import Entry, Heading, LookedAt, Shown, SourceTold
from pipeline_health.core.model.sight import Source
from pipeline_health.core.retold import STANDING, retold

SHOP, FILM = ProjectName("shop"), ProjectName("film")


def minute(number: float) -> datetime:
    """Give a minute of the recording."""
    return ago(minutes=-number)


def product(name: ProjectName) -> RecordedProject:
    """Describe a project."""
    return RecordedProject(name=name, repo=RepoName(f"acme/{name}"))


def look(number: float, *lines: Shown, at: Sequence[ProjectName] | None = None) -> list[Entry]:
    """Give the lines of one look; the first one says at what."""
    shown = [replace(line, at=minute(number)) for line in lines]
    return [*shown, LookedAt(looked_at=minute(number), projects=None if at is None else tuple(at))]


def first(*names: ProjectName, **seen: Any) -> list[Entry]:
    """Give the first look, which describes the projects; the first one shows what was *seen*."""
    lines = [Shown(project=name, at=NOW, whole=True, described=product(name)) for name in names]
    lines[0] = replace(lines[0], **seen)
    return look(0, *lines, at=names)


def news(project: ProjectName = SHOP, **seen: Any) -> Shown:
    """Give what a later look showed."""
    return replace(Shown(project=project, at=NOW), **seen)


def told(*looks: Sequence[Entry], lacks: Sequence[str] = ()) -> Recording:
    """Give the history that *looks* tell."""
    heading = Heading(schema="s", version="1", began_at=minute(0))
    return retold("h.jsonl", heading, [entry for each in looks for entry in each], lacks=lacks)


def push(commit: Sha, at: datetime, message: str = "") -> Pushed:
    """Give a commit of shop's."""
    return Pushed(at=at, repo=REPO, sha=commit, message=message)


def source(which: Source, *, readable: bool, at: float = 0) -> SourceTold:
    """Say of a source whether it could be read."""
    return SourceTold(
        at=minute(at), source=which, readable=readable, why="" if readable else "it is down"
    )


def missing(recording: Recording) -> tuple[str, ...]:
    """Give what is missing beside what always is."""
    assert recording.lacks[: len(STANDING)] == STANDING
    return recording.lacks[len(STANDING) :]
