"""GitHub as `doctor` asks it, as one account."""

from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from functools import partial

from pipeline_health.clients.errors import ClientError
from pipeline_health.clients.github_auth import InstallationToken
from pipeline_health.clients.github_survey import Asked, GitHubSurvey, kind_of, skew_of
from pipeline_health.clients.github_wire import Wire
from pipeline_health.clients.http import Http
from pipeline_health.core.model.checkup import Account, RepoFacts, TokenKind, Unread
from pipeline_health.core.model.ids import RepoName
from pipeline_health.core.model.policy import Policy, ProjectPolicy
from pipeline_health.ports import Clock, Memory
from pipeline_health.settings import GitHubCredential, GitHubToken
from pipeline_health.surveying.found import Repo, Surveyed
from pipeline_health.wiring import github_account, github_token

AT_ONCE, SLOWLY, MANY = 8, 2, 200
"""GitHub takes 900 REST requests a minute (docs.github.com, "Rate limits", 2026-11): a few hundred
at once are done before they count, and where there are more repositories they are asked slowly."""


class Code:
    """GitHub, as one account."""

    def __init__(
        self, credential: GitHubCredential, api: str, http: Http, clock: Clock, memory: Memory
    ) -> None:
        self._credential = credential
        self._token = github_token(credential, http, api=api, clock=clock)
        self._clock = clock
        wire = Wire(
            http,
            api=api,
            token=self._token,
            clock=clock,
            memory=memory,
            account=github_account(credential),
        )
        self._github = GitHubSurvey(wire)

    def surveyed(self, policy: Policy | None) -> Surveyed:
        """Ask who we are, and for every repository where we are somebody."""
        account, skew = self._introduced()
        wanted = _wanted(policy) if policy else ()
        if isinstance(account, Unread) or account.refused is not None:
            return Surveyed(account=account, skew=skew)
        found = self._github.survey(wanted)
        repos = dict[RepoName, Repo]()
        for asked, repo in found.repos.items():
            repos[asked.repo] = _merged(repos.get(asked.repo), repo)
        with ThreadPoolExecutor(AT_ONCE if len(repos) <= MANY else SLOWLY) as pool:
            ask = partial(self._with_workflows, policy.projects if policy else ())
            whole = dict(zip(repos, pool.map(ask, repos, repos.values()), strict=True))
        return Surveyed(
            account=replace(account, login=found.login or self._github.login()),
            repos=whole,
            skew=skew,
        )

    def _introduced(self) -> tuple[Account | Unread, Mapping[str, timedelta | Unread]]:
        variable, kind = self._credential.variable, TokenKind.APP
        if isinstance(self._credential, GitHubToken):
            kind = kind_of(self._credential.token.reveal())
        before = self._clock.now()
        try:
            told = self._github.introduce(variable, kind)
        except ClientError as exc:
            unread = exc.retryable
            refused = Account(variable=variable, kind=kind, refused=str(exc))
            return (Unread(str(exc)) if unread else refused), {}
        skew = skew_of(told.date, before=before, after=self._clock.now())
        account = told.account
        if isinstance(self._token, InstallationToken):
            account = replace(account, permissions=self._token.permissions)
        return account, {"GitHub": skew}

    def _with_workflows(
        self, projects: Iterable[ProjectPolicy], name: RepoName, repo: Repo
    ) -> Repo:
        """Add the workflows of a repository, and the jobs, where its projects name any."""
        own = [project for project in projects if project.repo == name]
        named = any(project.ci_workflows or project.deploy_workflow for project in own)
        if not isinstance(repo, RepoFacts) or not named:
            return repo
        try:
            there = self._github.workflows(name)
        except ClientError as exc:
            return replace(repo, workflows=Unread(str(exc)))
        deploying = {project.deploy_workflow for project in own if _names_jobs(project)}
        ids = [one.id for one in there if one.name in deploying]
        jobs = self._jobs(name, ids) if ids else None
        return replace(repo, workflows=there, jobs=jobs)

    def _jobs(self, name: RepoName, workflows: Iterable[int]) -> frozenset[str] | Unread:
        try:
            found = frozenset[str]().union(*(self._github.jobs(name, id_) for id_ in workflows))
        except ClientError as exc:
            return Unread(str(exc))
        return found or Unread("the workflow has not run yet, so that its jobs are not known")


def _wanted(policy: Policy) -> tuple[Asked, ...]:
    """Give every repository with each branch that is watched of it."""
    asked = [Asked(repo=project.repo, branch=project.branch) for project in policy.projects]
    if policy.limits.ops_repo is not None:
        asked.append(Asked(repo=policy.limits.ops_repo))
    return tuple(dict.fromkeys(asked))


def _merged(known: Repo | None, found: Repo) -> Repo:
    """Put together what was seen of one repository by two of its branches."""
    if isinstance(known, RepoFacts) and isinstance(found, RepoFacts):
        return replace(known, branches=known.branches | found.branches)
    return found if known is None or isinstance(found, RepoFacts) else known


def _names_jobs(project: ProjectPolicy) -> bool:
    return project.staging_job is not None or project.production_job is not None
