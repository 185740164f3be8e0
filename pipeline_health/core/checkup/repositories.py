"""The repositories of the configuration: whether they are there, take issues, and let us work."""

from collections import defaultdict
from collections.abc import Iterator
from shlex import quote

from pipeline_health.core.checkup.accounts import account_of
from pipeline_health.core.checkup.words import advice, correction, fault, listed, nearest
from pipeline_health.core.deploy_verdict import is_named
from pipeline_health.core.model.checkup import (
    Facts,
    Invisible,
    RepoFacts,
    TokenKind,
    Unread,
    WorkflowFile,
)
from pipeline_health.core.model.examination import Told, Unchecked
from pipeline_health.core.model.ids import RepoName
from pipeline_health.core.model.parent import LEAST_PROJECTS
from pipeline_health.core.model.policy import Policy, ProjectPolicy, Routing

_MAY_LABEL = frozenset({"TRIAGE", "WRITE", "MAINTAIN", "ADMIN"})
_DEFAULTS = Routing()


def repositories(facts: Facts) -> Iterator[Told]:
    """Check that each is there under its name, not archived, and takes issues."""
    for repo, found in facts.repos.items():
        where = _where(facts, repo)
        if isinstance(found, Unread):
            yield Unchecked(where=where, why=found.why)
        elif isinstance(found, Invisible):
            yield fault(
                where,
                f"{repo} is not there, or not for this token",
                "correct repo, or let the token see the repository",
            )
        else:
            yield from _repository(facts, repo, found, where)


def _repository(facts: Facts, repo: RepoName, found: RepoFacts, where: str) -> Iterator[Told]:
    if found.name.casefold() != repo.casefold():
        says = f"{repo} is called {found.name} now"
        yield advice(where, says, f'set repo to "{found.name}"')
    if found.archived:
        yield fault(
            where,
            f"{repo} is archived: no issue can be filed there",
            f"gh repo unarchive {found.name}, or take it out of the configuration",
        )
    if not found.issues_enabled:
        yield fault(
            where,
            f"{repo} has its issues disabled: none can be filed there",
            f"gh repo edit {found.name} --enable-issues",
        )
    others = facts.repos.values() if _is_ops(facts, repo) and not found.private else ()
    if any(isinstance(one, RepoFacts) and one.private for one in others):
        says = f"{repo} is public, and would tell of private repositories"
        yield fault(where, says, "name a private repository")


def together(facts: Facts) -> Iterator[Told]:
    """Check that what breaks many projects at once has a place where it is one issue."""
    policy = facts.policy
    if policy is None or policy.limits.ops_repo is not None:
        return
    if len(policy.projects) >= LEAST_PROJECTS:
        yield advice(
            "limits.ops_repo",
            f"is not set: what breaks all {len(policy.projects)} projects at once is an issue for "
            "each of them, filed as the caps allow",
            'set it to "owner/name" of a repository for operations; a private one, where any is',
        )


def branches(facts: Facts) -> Iterator[Told]:
    """Check that the branch that is watched exists."""
    for project, found in _seen(facts):
        if project.branch not in found.branches:
            default = found.default_branch
            named = f"branch {project.branch}" if project.branch else "branch to watch"
            there = f"its default branch is {default}" if default else "it has no commit yet"
            yield fault(
                f"projects[{project.name}].branch",
                f"{project.repo} has no {named}; {there}",
                f'set branch to "{default}"' if default else "push a first commit",
            )


def permissions(facts: Facts) -> Iterator[Told]:
    """Check that nothing is refused to our account, permission by permission."""
    account, denied = account_of(facts), defaultdict[str, list[str]](list)
    if account is None:
        return
    for repo, found in facts.repos.items():
        if isinstance(found, RepoFacts):
            for permission in sorted(found.denied):
                denied[permission].append(repo)
            # An App has permissions of its own, and no role in a repository.
            role = found.permission if account.permissions is None else None
            if role is not None and role not in _MAY_LABEL:
                yield fault(
                    _where(facts, repo),
                    f"our account may only read {repo} ({role.lower()}): GitHub would "
                    "drop the labels of our issues without a word",
                    f"github.com/{found.name}/settings/access: give it the role Triage or Write",
                )
    for permission, repos in denied.items():
        if (permission, account.kind) != ("checks", TokenKind.FINE_GRAINED):
            yield fault(
                account.variable,
                f"lacks the permission {permission}: read for {listed(repos)}",
                f"give the token {permission}: read (docs/security.md has the whole list)",
            )


def workflows(facts: Facts) -> Iterator[Told]:
    """Check that each workflow that is named exists, and may run."""
    for project, found in _seen(facts):
        if isinstance(found.workflows, Unread):
            why = f"the workflows of {project.repo} could not be listed: {found.workflows.why}"
            yield Unchecked(where=f"projects[{project.name}]", why=why)
        elif found.workflows is not None:
            yield from _workflows(project, found.workflows)


def _workflows(project: ProjectPolicy, there: tuple[WorkflowFile, ...]) -> Iterator[Told]:
    named = [("ci_workflows", name) for name in project.ci_workflows]
    if project.deploy_workflow is not None:
        named.append(("deploy_workflow", project.deploy_workflow))
    for key, name in named:
        where = f"projects[{project.name}].{key}"
        states = {one.state for one in there if one.name == name}
        if not states:
            says = f'{project.repo} has no workflow "{name}"'
            yield fault(where, says, correction(name, (one.name for one in there), key=key))
        elif "active" not in states:
            yield fault(
                where,
                f'workflow "{name}" does not run: {listed(sorted(states))}',
                f"gh workflow enable {quote(name)} --repo {project.repo}",
            )


def jobs(facts: Facts) -> Iterator[Told]:
    """Check that each job that is named is in the newest runs of the deploying workflow."""
    for project, found in _seen(facts):
        for key in ("staging_job", "production_job"):
            name: str | None = getattr(project, key)
            where = f"projects[{project.name}].{key}"
            if name is None or found.jobs is None:
                continue
            if isinstance(found.jobs, Unread):
                yield Unchecked(where=where, why=found.jobs.why)
            elif not any(is_named(job, name) for job in found.jobs):
                says = f'no job of the newest runs of {project.deploy_workflow} is called "{name}"'
                yield fault(where, says, correction(name, map(_whole, found.jobs), key=key))


def _whole(job: str) -> str:
    """Give the name of a job without its matrix and without what it calls."""
    return job.partition(" (")[0].partition(" / ")[0]


def labels(facts: Facts) -> Iterator[Told]:
    """Check that each label that tells of a state exists; ours are made when missing."""
    if facts.policy is None:
        return
    unused = []
    for repo, found in facts.repos.items():
        if isinstance(found, RepoFacts) and isinstance(found.labels, Unread):
            why = f"the labels of {repo} could not be listed: {found.labels.why}"
            yield Unchecked(where=_where(facts, repo), why=why)
    for key, label in _states(facts.policy):
        lacks = {
            repo: found.labels
            for repo, found in facts.repos.items()
            if isinstance(found, RepoFacts)
            and not isinstance(found.labels, Unread)
            and label.casefold() not in {one.casefold() for one in found.labels}
        }
        if lacks and label in getattr(_DEFAULTS, key):
            unused.append(label)
        elif lacks:
            yield _unknown_label(key, label, lacks)
    if unused:
        yield advice(
            "routing",
            f"not every repository has the labels {listed(unused)}, which are there by default",
            "nothing, where nobody sets them; else: gh label create NAME --repo OWNER/REPO",
        )


def _states(policy: Policy) -> Iterator[tuple[str, str]]:
    """Give the labels that others set, with their keys."""
    made = {*policy.routing.base, *policy.routing.agent, *policy.routing.human}
    for key in ("agent_states", "agent_over", "hands_off"):
        for label in getattr(policy.routing, key):
            if label not in made:
                yield key, label


def _unknown_label(key: str, label: str, lacks: dict[RepoName, tuple[str, ...]]) -> Told:
    near = nearest(label, {one for there in lacks.values() for one in there})
    repos = sorted(lacks)
    create = f"gh label create {quote(label)} --repo {repos[0]}"
    meant = "" if near is None else f'set it to "{near}", or: '
    return fault(f"routing.{key}", f'"{label}" is no label of {listed(repos)}', f"{meant}{create}")


def github_environments(facts: Facts) -> Iterator[Told]:
    """Check that the name for deployments to staging is one that was used."""
    for project, found in _seen(facts):
        name, where = project.github_environment, f"projects[{project.name}].github_environment"
        if name is None:
            continue
        if isinstance(found.environments, Unread):
            yield Unchecked(where=where, why=found.environments.why)
        elif name not in found.environments:
            there = sorted(found.environments)
            says = f'nothing was deployed to "{name}" of {project.repo} lately'
            if nearest(name, there):
                yield fault(where, says, correction(name, there, key="github_environment"))
            else:
                seen = f"there were: {listed(there)}" if there else "there was no deployment at all"
                yield advice(where, f"{says}; {seen}", "record deployments (docs/promotion.md)")


def _seen(facts: Facts) -> Iterator[tuple[ProjectPolicy, RepoFacts]]:
    for project in facts.policy.projects if facts.policy else ():
        found = facts.repos.get(project.repo)
        if isinstance(found, RepoFacts):
            yield project, found


def _where(facts: Facts, repo: RepoName) -> str:
    """Name the key that says *repo*."""
    if _is_ops(facts, repo):
        return "limits.ops_repo"
    projects = facts.policy.projects if facts.policy else ()
    return next((f"projects[{one.name}].repo" for one in projects if one.repo == repo), repo)


def _is_ops(facts: Facts, repo: RepoName) -> bool:
    return facts.policy is not None and repo == facts.policy.limits.ops_repo
