"""From readings to a snapshot, and the few questions that every rule asks of a view."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import assert_never

from pipeline_health.core.model.audit import Committed, Compared
from pipeline_health.core.model.deployed import Deployed, Remembered
from pipeline_health.core.model.findings import Kind, Scope, Subject, Symptom, Thing
from pipeline_health.core.model.ids import ProjectName, RepoName, Sha
from pipeline_health.core.model.policy import Policy, ProjectPolicy
from pipeline_health.core.model.questions import Answers, Contains, LinkTrace, Relation
from pipeline_health.core.model.railway import Deployment, Environment
from pipeline_health.core.model.readings import (
    Blind,
    BlindCause,
    GitHubReading,
    NotAsked,
    Part,
    Seen,
)
from pipeline_health.core.model.snapshot import ProjectView, Snapshot

NAMED_AT_MOST = 5
_OF_REPOSITORY = ":github:"


def observe(
    policy: Policy,
    *,
    github: Mapping[ProjectName, GitHubReading],
    railway: Mapping[ProjectName, Deployed],
    before: Mapping[ProjectName, Remembered],
    answers: Answers,
    now: datetime,
) -> Snapshot:
    """Put what the sources saw beside what the operator wants of it, project by project.

    What a source does not mention, or shows no deployment of where *before* remembers some, is
    Blind: an empty read is not health.
    """
    return Snapshot(
        now=now,
        projects=tuple(
            _view(
                project,
                code=github.get(project.name),
                deployed=railway.get(project.name),
                known=before.get(project.name, Remembered()),
                answers=answers,
                now=now,
            )
            for project in policy.projects
        ),
    )


def _view(
    project: ProjectPolicy,
    *,
    code: GitHubReading | None,
    deployed: Deployed | None,
    known: Remembered,
    answers: Answers,
    now: datetime,
) -> ProjectView:
    no_code = f"GitHub was not read for {project.repo}"
    seen = deployed or unlooked(project, why=f"Railway was not read for {project.name}", now=now)
    return ProjectView(
        policy=project,
        now=now,
        github=code or unread(project, why=no_code, now=now),
        staging=_plausible(seen.staging, known.staging),
        production=_plausible(seen.production, known.production),
        passages=known.passages,
        answers=answers,
    )


def unread(project: ProjectPolicy, *, why: str, now: datetime) -> GitHubReading:
    """Give the reading of a repository of which nothing could be read."""
    blind = Blind(at=now, why=why)
    return GitHubReading(
        repository=blind,
        branch=blind,
        checks=blind,
        earlier=blind if project.deploy_workflow is not None else NotAsked(),
        deployments=blind,
        issues=blind,
        production=blind,
    )


def unlooked(project: ProjectPolicy, *, why: str, now: datetime) -> Deployed:
    """Give the environments of a project that was not looked at, if anybody asked for them."""
    part = NotAsked() if project.railway_project is None else Blind(at=now, why=why)
    return Deployed(staging=part, production=part)


def _plausible(part: Part[Environment], had: frozenset[str]) -> Part[Environment]:
    if not isinstance(part, Seen) or not had or _deployed(part.value):
        return part
    names = sorted(had)
    more = "" if len(names) <= NAMED_AT_MOST else f" and {len(names) - NAMED_AT_MOST} more"
    return Blind(
        at=part.at,
        why=f"Railway shows no deployment of {', '.join(names[:NAMED_AT_MOST])}{more}"
        " where there were some",
        cause=BlindCause.IMPLAUSIBLE,
        token=part.value.token,
    )


def _deployed(environment: Environment) -> frozenset[str]:
    return frozenset(service.name for service in environment.services if service.deployments)


def services_seen(part: Part[Environment]) -> frozenset[str]:
    """Give the services that have a deployment now, none while that was not seen."""
    return _deployed(part.value) if isinstance(part, Seen) else frozenset()


def blind_parts(view: ProjectView) -> Iterator[tuple[str, str]]:
    """Name every source that could not be read in full, and why; the same words only once."""
    github = view.github
    parts = (
        ("github", github.repository),
        ("github", github.branch),
        ("github", github.checks),
        ("github", github.earlier),
        ("github", github.deployments),
        ("github", github.issues),
        ("github", github.required),
        ("github", github.production),
        ("railway", view.staging),
        ("railway", view.production),
        *(("url", part) for part in view.urls.values()),
        *(("audit", part) for part in _audited(view)),
    )
    yield from dict.fromkeys(
        (source, part.why) for source, part in parts if isinstance(part, Blind)
    )


def _audited(view: ProjectView) -> tuple[Part[Compared] | Part[Committed], ...]:
    audit = view.audit
    return (audit.value.variables, audit.value.files) if isinstance(audit, Seen) else ()


def is_archived(view: ProjectView) -> bool:
    """Tell whether the repository is archived: nothing runs there, and nothing can be filed."""
    repository = view.github.repository
    return isinstance(repository, Seen) and repository.value.archived


def staging_symptom(
    view: ProjectView, subject: Subject | None = None, *, kind: Kind = Kind.STAGING_DEPLOY_FAILED
) -> Symptom | None:
    """Give a symptom of staging as the repository tells it, of the whole without a *subject*.

    None while its scope cannot be known.
    """
    scope = of_repository(view, staging_scope(view))
    if scope is None:
        return None
    return Symptom(
        kind=kind,
        scope=scope,
        subject=subject or Subject(Thing.ENVIRONMENT, view.policy.staging_environment),
    )


def staging_scope(view: ProjectView) -> Scope | None:
    """Give the scope of everything that is about staging, None where it cannot be known yet."""
    policy, repository = view.policy, view.github.repository
    if policy.railway_project is not None:
        return Scope(f"railway:{policy.railway_project}:{policy.staging_environment}")
    if isinstance(repository, Seen):
        return Scope(f"github:{repository.value.id}:environment:{policy.staging_environment}")
    return None


def production_scope(view: ProjectView) -> Scope | None:
    """Give the scope of everything that is about production, None where it cannot be known yet."""
    policy, repository = view.policy, view.github.repository
    if policy.railway_project is not None:
        return Scope(f"railway:{policy.railway_project}:{policy.production_environment}")
    if isinstance(repository, Seen):
        return Scope(f"github:{repository.value.id}:environment:{policy.production_environment}")
    return None


def of_repository(view: ProjectView, scope: Scope | None) -> Scope | None:
    """Give the scope of what the repository, and no service, tells of the environment *scope*.

    Several repositories may be deployed to one environment of Railway: the word of one neither
    proves nor breaks what another one says. None while the repository's id is not known.
    """
    repository = view.github.repository
    if scope is None or view.policy.railway_project is None:
        return scope
    if not isinstance(repository, Seen):
        return None
    return Scope(f"{scope}{_OF_REPOSITORY}{repository.value.id}")


def environment_of(scope: Scope) -> Scope:
    """Give the scope of the environment that *scope* is about, whoever tells of it."""
    return Scope(scope.partition(_OF_REPOSITORY)[0])


def commit_of(view: ProjectView, deployment: Deployment) -> Sha | None:
    """Give the commit of *deployment*, None also where it is a commit of another repository.

    A fork or a neighbour in the same Railway project may name a commit that is not on our branch.
    """
    if deployment.repo is None or is_ours(view, deployment.repo):
        return deployment.commit
    return None


def is_ours(view: ProjectView, repo: RepoName) -> bool:
    """Tell whether *repo* is the project's, under the configured name or the one of today."""
    return repo.lower() in _names(view)


def _names(view: ProjectView) -> frozenset[str]:
    repository = view.github.repository
    today = (repository.value.name,) if isinstance(repository, Seen) else ()
    return frozenset(name.lower() for name in (view.policy.repo, *today))


def commit_page(view: ProjectView, sha: Sha) -> LinkTrace:
    """Give GitHub's page of a commit, for what has no page of its own."""
    return LinkTrace(url=f"https://github.com/{view.policy.repo}/commit/{sha}")


def contains(view: ProjectView, *, newer: Sha, older: Sha) -> bool | Contains:
    """Tell whether commit *newer* contains *older*, or give the question that would settle it.

    The head counts as containing what was forced off the branch.
    """
    answer = descends(view, newer=newer, older=older)
    if answer is False and newer == _head(view):
        return _relation(view, newer, older) in (Relation.DIVERGED, Relation.MISSING)
    return answer


def descends(view: ProjectView, *, newer: Sha, older: Sha) -> bool | Contains:
    """Tell whether *newer* is *older* or a descendant of it, or give the question to be asked.

    What was forced off the branch has no descendants there. An answer that could not be had stays a
    question: nothing is concluded from it.
    """
    if newer == older:
        return True
    by_history = _contains_by_history(view, newer, older)
    if by_history is not None:
        return by_history
    relation = _relation(view, newer, older)
    match relation:
        case None:
            return Contains(repo=view.policy.repo, newer=newer, older=older)
        case Relation.IDENTICAL | Relation.AHEAD:
            return True
        case Relation.BEHIND | Relation.DIVERGED | Relation.MISSING:
            return False
        case never:
            assert_never(never)


def _relation(view: ProjectView, newer: Sha, older: Sha) -> Relation | None:
    """Give how the two stand to each other, as far as that was found out."""
    question = Contains(repo=view.policy.repo, newer=newer, older=older)
    answer = view.answers.contains.get(question)
    return answer.value if isinstance(answer, Seen) else None


def _contains_by_history(view: ProjectView, newer: Sha, older: Sha) -> bool | None:
    branch = view.github.branch
    if not isinstance(branch, Seen):
        return None
    history = branch.value.history
    if newer not in history or older not in history:
        return None
    return history.index(newer) < history.index(older)


def _head(view: ProjectView) -> Sha | None:
    branch = view.github.branch
    return branch.value.head.sha if isinstance(branch, Seen) else None
