"""How a replayed agent is configured: as the operator wants, or as the recording implies.

No secret is read: the tokens are pretended, and so are the addresses.
"""

import tomllib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from pipeline_health import settings as configured
from pipeline_health.core.model.policy import Policy, ProjectPolicy
from pipeline_health.core.model.recording import (
    DeploymentTold,
    RecordedProject,
    Recording,
    UrlTold,
)
from pipeline_health.core.model.urls import Place
from pipeline_health.core.toml import quoted
from pipeline_health.recordings import RecordingError
from pipeline_health.replaying.line import GITHUB, RAILWAY
from pipeline_health.settings import ConfigurationError, Settings

TOKEN = "gh-good-token"  # noqa: S105 - of the pretend GitHub
_PRETENDED = {
    "GITHUB_TOKEN": TOKEN,
    "RAILWAY_TOKEN": "rw-good-token",
    "GITHUB_API_URL": f"https://{GITHUB}",
    "RAILWAY_API_URL": f"https://{RAILWAY}/graphql/v2",
}


def settings_for(recording: Recording, config: Path | None, home: Path) -> Settings:
    """Read *config*, or what the recording implies; *home* is where nothing of ours is.

    Raises ConfigurationError for *config*, and RecordingError for a recording that implies none.
    """
    if not recording.projects:
        msg = "tells of no project; expected a look that saw one"
        raise RecordingError(msg)
    if config is not None:
        return configured.load(config=config, environment=_PRETENDED, home=home)
    implied = home / "implied.toml"
    implied.write_text("\n\n".join(map(_implied, recording.projects)), encoding="utf-8")
    try:
        return configured.load(config=implied, environment=_PRETENDED, home=home)
    except ConfigurationError as exc:
        says = "; ".join(": ".join(part for part in (p.key, p.says) if part) for p in exc.problems)
        msg = f"implies a configuration that is wrong: {says}"
        raise RecordingError(msg) from exc


def _implied(project: RecordedProject) -> str:
    """Write the configuration that a recording implies of *project*."""
    railway = project.railway_project
    return "\n".join(
        [
            "[[projects]]",
            f"name = {quoted(project.name)}",
            f"repo = {quoted(project.repo)}",
            f"branch = {quoted(project.branch)}",
            *([] if railway is None else [f"railway_project = {quoted(railway)}"]),
            *_lines(project),
        ]
    )


def _lines(project: RecordedProject) -> Iterator[str]:
    """Give the other keys of *project*; a line that is more than one would end its table."""
    for line in project.lines:
        try:
            keys = list(tomllib.loads(line).values())
        except tomllib.TOMLDecodeError:
            keys = []
        if len(keys) != 1 or not isinstance(keys[0], str | list):
            msg = f"{project.name}: {line!r}: expected one key of [[projects]], a text or a list"
            raise RecordingError(msg)
        yield line


def as_recorded(
    policy: Policy, recording: Recording, config: Path | None
) -> tuple[Policy, tuple[str, ...]]:
    """Give *policy* without what nothing is recorded of, and a sentence for each such thing.

    Raises ConfigurationError for a recorded repository that is not configured.
    """
    recorded = {project.repo.lower() for project in recording.projects}
    missing = recorded - {project.repo.lower() for project in policy.projects}
    if missing:
        msg = (
            f"{config}: {', '.join(sorted(missing))}: recorded and not configured; expected a "
            "[[projects]] with this repo"
        )
        raise ConfigurationError(msg)
    watched = [project for project in policy.projects if project.repo.lower() in recorded]
    projects, lacks = [], []
    for project in watched:
        known, says = _narrowed(project, recording)
        projects.append(known)
        lacks += says
    others = [project.name for project in policy.projects if project not in watched]
    if others:
        lacks.append(f"Nothing is recorded of {', '.join(others)}; not watched.")
    return replace(policy, projects=tuple(projects)), tuple(lacks)


def _narrowed(project: ProjectPolicy, recording: Recording) -> tuple[ProjectPolicy, list[str]]:
    says = []
    railways = {f.project for f in recording.facts if isinstance(f, DeploymentTold)}
    urls = {(f.repo.lower(), f.place) for f in recording.facts if isinstance(f, UrlTold)}
    repo = project.repo.lower()
    if project.railway_project is not None and project.railway_project not in railways:
        says.append(f"{project.name}: no deployment of railway_project is recorded; not watched.")
        project = replace(project, railway_project=None)
    if project.staging_url is not None and (repo, Place.STAGING) not in urls:
        says.append(f"{project.name}: nothing of staging_url is recorded; not asked.")
        project = replace(project, staging_url=None)
    if project.production_url is not None and (repo, Place.PRODUCTION) not in urls:
        says.append(f"{project.name}: nothing of production_url is recorded; not asked.")
        project = replace(project, production_url=None)
    return project, says
