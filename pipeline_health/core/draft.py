"""Decides what a first configuration holds: one project for each product that was seen for sure.

What is not certain (two environments that could be staging, a repository that GitHub does not show)
is left out and named, because a wrong line would look as if somebody had meant it.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import count
from typing import Final

from pipeline_health.core.model.ids import RepoName
from pipeline_health.core.model.portfolio import (
    Draft,
    OfferedService,
    OnGitHub,
    OnRailway,
    Place,
    ProjectDraft,
    Skipped,
    Stage,
    Unread,
)

_LONGEST_NAME: Final = 60
_NAMES_SHOWN: Final = 10
_HOST: Final = re.compile(
    r"(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}", re.IGNORECASE
)
_BUT: Final = r"(?<!\bpre\W)(?<!\bnon\W)(?<!\bnot\W)(?<!\bpost\W)"
_STAGING: Final = (r"staging", rf".*\b{_BUT}staging\b.*", r"stage|stg")
_PRODUCTION: Final = (r"production", rf".*\b{_BUT}production\b.*", r"prod|live")
"""What the two environments are called, the surest first; a later one counts when none before.

`pre-production` and the like are none of them.
"""


def draft(railway: Sequence[OnRailway], shown: Mapping[str, OnGitHub]) -> Draft:
    """Draft a project for each Railway project and each repository that its staging is built from.

    *shown* are the repositories that GitHub shows, by the name that was asked for, in lower case.
    """
    found = [one for project in railway for one in _projects(project, shown)]
    projects = [one for one in found if isinstance(one, ProjectDraft)]
    asked = {repo.lower() for project in railway for repo in repositories(project)}
    built = asked | {shown[name].name.lower() for name in asked if name in shown}
    return Draft(
        projects=_named(projects),
        skipped=tuple(one for one in found if isinstance(one, Skipped)),
        elsewhere=tuple(
            repo.name
            for repo in shown.values()
            if repo.name.lower() not in built and not (repo.archived or repo.fork)
        ),
    )


def draft_of_repositories(github: Sequence[OnGitHub]) -> Draft:
    """Draft a project for each repository that an issue can be filed in; nothing is on Railway."""
    found = [_alone(repo) for repo in github if not repo.fork]
    return Draft(
        projects=_named([one for one in found if isinstance(one, ProjectDraft)]),
        skipped=tuple(one for one in found if isinstance(one, Skipped)),
    )


def meant(projects: Sequence[OnRailway], word: str) -> tuple[OnRailway, ...]:
    """Give those of *projects* that a token is for whose variable calls its project *word*.

    It may see more of them than that one; without a word it is for all.
    """
    if not word:
        return tuple(projects)
    called = [one for one in projects if len(projects) == 1 or _variable(one.name) == word]
    return tuple(replace(one, word=word) for one in called)


def narrowed(drafted: Draft, keep: Callable[[ProjectDraft], bool]) -> Draft:
    """Give the draft with those projects only that are to be kept."""
    return replace(drafted, projects=tuple(one for one in drafted.projects if keep(one)))


def repositories(project: OnRailway) -> tuple[RepoName, ...]:
    """Give the repositories that any service of *project* is built from, each once."""
    services = (service for place in project.places for service in _services(place))
    repos = {it.repo.lower(): it.repo for it in services if it.repo is not None}
    return tuple(repos.values())


def _alone(repo: OnGitHub) -> ProjectDraft | Skipped:
    if repo.archived:
        return Skipped(what=repo.name, why="it is archived")
    if not repo.issues:
        return Skipped(what=repo.name, why="its issues are switched off, so nothing can be filed")
    if not repo.may_push:
        return Skipped(what=repo.name, why="the token may not push, so GitHub would drop labels")
    return ProjectDraft(name=_slug(repo.name.split("/")[1]), repo=repo)


def _projects(
    project: OnRailway, shown: Mapping[str, OnGitHub]
) -> Iterator[ProjectDraft | Skipped]:
    found = _called(_STAGING, project.places)
    if len(found) != 1:
        yield Skipped(what=project.name, why=_not_one(found, project.places))
        return
    [staging] = found
    if isinstance(staging.services, Unread):
        why = f"its environment {staging.name} could not be read: {staging.services.why}"
        yield Skipped(what=project.name, why=why, blind=True)
        return
    repos = tuple(dict.fromkeys(it.repo.lower() for it in staging.services if it.repo is not None))
    if not repos:
        why = f"no service of its environment {staging.name} is built from a repository"
        yield Skipped(what=project.name, why=why)
    for repo in repos[:1] if project.word else repos:
        yield _project(project, staging, shown.get(repo), repo, alone=len(repos) == 1)
    for repo in repos[1:] if project.word else ():
        why = f"{repo} is built there too, and a second project needs a token of its own"
        yield Skipped(what=project.name, why=why)


def _project(
    project: OnRailway, staging: Place, repo: OnGitHub | None, named: str, *, alone: bool
) -> ProjectDraft | Skipped:
    if repo is None:
        why = f"GitHub does not show {named} to this token"
        return Skipped(what=project.name, why=why)
    if repo.archived:
        return Skipped(what=project.name, why=f"{repo.name} is archived")
    own = [it for it in _services(staging) if it.repo is not None and it.repo.lower() == named]
    others = [place for place in project.places if place.id != staging.id]
    production = _called(_PRODUCTION, others)
    return ProjectDraft(
        name=_slug(project.word or _own_name(project, repo, alone=alone)),
        repo=repo,
        railway=project,
        staging=_stage(staging, named),
        production=_stage(production[0], named) if len(production) == 1 else None,
        services=() if alone else tuple(it.name for it in own if is_plain(it.name)),
    )


def _own_name(project: OnRailway, repo: OnGitHub, *, alone: bool) -> str:
    return project.name if alone else f"{project.name}-{repo.name.split('/')[1]}"


def _called(patterns: Sequence[str], places: Sequence[Place]) -> tuple[Place, ...]:
    """Give the environments that are called so, by the surest name that any has."""
    flags = re.IGNORECASE | re.DOTALL
    named = (
        tuple(one for one in places if re.fullmatch(pattern, one.name.strip(), flags))
        for pattern in patterns
    )
    return next(filter(None, named), ())


def _not_one(found: Sequence[Place], places: Sequence[Place]) -> str:
    if found:
        return f"several environments could be staging: {_names(found)}"
    return f"no environment is called staging; there are: {_names(places)}"


def _names(places: Sequence[Place]) -> str:
    names = [place.name for place in places]
    more = ", …" if len(names) > _NAMES_SHOWN else ""
    return (", ".join(names[:_NAMES_SHOWN]) or "none") + more


def _stage(place: Place, repo: str) -> Stage:
    own = [it for it in _services(place) if it.repo is not None and it.repo.lower() == repo]
    hosts = dict.fromkeys(host for it in own for host in it.domains if _HOST.fullmatch(host))
    return Stage(
        environment=place.name if is_plain(place.name) else place.id,
        urls=tuple(f"https://{host}" for host in hosts),
    )


def _services(place: Place) -> tuple[OfferedService, ...]:
    return () if isinstance(place.services, Unread) else place.services


def is_plain(name: str) -> bool:
    """Tell whether a configuration may hold *name* as it is: one line that anybody can read."""
    return bool(name) and name == name.strip() and name.isprintable()


def _slug(name: str) -> str:
    """Give *name* as the name of a project: what a variable, a path and a title can hold."""
    words = re.sub(r"[^a-z0-9._]+", "-", name.lower()).lstrip("-._")
    return words[:_LONGEST_NAME].rstrip("-._") or "project"


def _named(projects: Sequence[ProjectDraft]) -> tuple[ProjectDraft, ...]:
    """Give *projects* with a name of its own for each, also in the variables of their tokens."""
    taken: set[str] = set()
    names: dict[int, str] = {}
    # The variable of a token is there already, so that its project cannot be called otherwise.
    for at, project in sorted(enumerate(projects), key=lambda one: not _has_word(one[1])):
        free = (name for name in _variants(project.name) if not taken & _variables(name))
        names[at] = next(free)
        taken |= _variables(names[at])
    return tuple(replace(project, name=names[at]) for at, project in enumerate(projects))


def _has_word(project: ProjectDraft) -> bool:
    return project.railway is not None and bool(project.railway.word)


def _variants(name: str) -> Iterator[str]:
    yield name
    yield from (f"{name}-{number}" for number in count(2))


def _variables(name: str) -> frozenset[str]:
    """Give what the variables of the two tokens of a project end in."""
    end = _variable(name)
    return frozenset({end, f"{end}_PRODUCTION"})


def _variable(name: str) -> str:
    return re.sub("[^A-Z0-9]", "_", name.upper())
