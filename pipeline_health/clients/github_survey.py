"""GitHub as `doctor` asks it: who we are, what we may, and what there is. It reads only."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from pipeline_health.clients import survey_documents as documents
from pipeline_health.clients.documents import GITHUB_WHO_AM_I
from pipeline_health.clients.errors import ClientError, RefusedError, UnexpectedShapeError
from pipeline_health.clients.github_look import owner_and_name
from pipeline_health.clients.github_refusals import TooLargeError
from pipeline_health.clients.github_rest import all_pages
from pipeline_health.clients.github_wire import Wire
from pipeline_health.clients.graphql import Result
from pipeline_health.clients.http import Answer
from pipeline_health.clients.json import Json
from pipeline_health.core.model.checkup import (
    Account,
    Allowance,
    Invisible,
    RepoFacts,
    TokenKind,
    Unread,
    WorkflowFile,
)
from pipeline_health.core.model.ids import RepoName
from pipeline_health.frozen import dataclass

BATCH = 20
RUNS = 3
"""So many runs of a workflow are looked at for the names of its jobs: one may have been cut."""

_MOST_PAGES = 10
_PREFIXES = {
    "ghp_": TokenKind.CLASSIC,
    "github_pat_": TokenKind.FINE_GRAINED,
    "gho_": TokenKind.OAUTH,
    "ghu_": TokenKind.OAUTH,
    "ghs_": TokenKind.INSTALLATION,
    "ghr_": TokenKind.REFRESH,
}
_RAILWAYS = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_UNAUTHORIZED = 401
_PERMISSIONS = {
    "checkSuites": "checks",
    "status": "commit statuses",
    "deployments": "deployments",
    "issues": "issues",
    "labels": "issues",
    "pullRequests": "pull requests",
}
"""Which permission a field needs (docs/security.md)."""


def kind_of(token: str) -> TokenKind:
    """Tell what a token is by how it looks (docs.github.com, "Token formats", 2026-11)."""
    if _RAILWAYS.fullmatch(token):
        return TokenKind.FOREIGN
    return next(
        (kind for prefix, kind in _PREFIXES.items() if token.startswith(prefix)),
        TokenKind.UNKNOWN,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Introduction:
    """Who GitHub takes us for; *date* is its own time of that, where it told one."""

    account: Account
    date: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A repository that is to be surveyed, and its watched branch, None: the default one."""

    repo: RepoName
    branch: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """What is known of repositories, and the login that asked."""

    login: str | None
    repos: Mapping[Asked, RepoFacts | Invisible | Unread]


class GitHubSurvey:
    """Asks by way of *wire*; every method but `survey` raises ClientError where it failed."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def introduce(self, variable: str, kind: TokenKind) -> Introduction:
        """Ask what is left of the hour, which costs nothing and shows scopes, end and clock.

        A token that GitHub refuses is told in the account, not raised.
        """
        told = Account(variable=variable, kind=kind)
        dates: list[datetime] = []

        def check(answer: Answer) -> None:
            dates[:] = [answer.at] if "date" in answer.headers else []
            self._wire.check(answer)

        try:
            answer = self._wire.http.read(
                "GET", f"{self._wire.api}/rate_limit", headers=self._wire.headers(), check=check
            )
        except RefusedError as exc:
            if exc.status != _UNAUTHORIZED:
                raise
            account = replace(told, refused=str(exc))
        else:
            account = _introduced(told, answer, Json(answer.json(self._wire.host), "rate_limit"))
        return Introduction(account=account, date=next(iter(dates), None))

    def survey(self, wanted: Sequence[Asked]) -> Survey:
        """Survey many repositories, BATCH of them in a request, fewer where GitHub gives up."""
        login, repos = None, dict[Asked, RepoFacts | Invisible | Unread]()
        waiting = [list(wanted[at : at + BATCH]) for at in range(0, len(wanted), BATCH)]
        while waiting:
            batch = waiting.pop(0)
            try:
                result = self._query(batch)
            except TooLargeError:  # never of a single one
                middle = len(batch) // 2
                waiting[:0] = [batch[:middle], batch[middle:]]
                continue
            except ClientError as exc:
                repos |= dict.fromkeys(batch, Unread(str(exc)))
                continue
            login = login or result.data.maybe_text("viewer", "login")
            for at, asked in enumerate(batch):
                repos[asked] = self._repository(result, at, asked)
        return Survey(login=login, repos=repos)

    def login(self) -> str | None:
        """Give our login, None where GitHub does not tell it."""
        try:
            return self._wire.query(GITHUB_WHO_AM_I, {}).data.maybe_text("viewer", "login")
        except ClientError:
            return None

    def workflows(self, repo: RepoName) -> tuple[WorkflowFile, ...]:
        """List the workflows of a repository."""
        nodes = all_pages(self._wire, f"/repos/{repo}/actions/workflows", "workflows")
        return tuple(
            WorkflowFile(id=node.number("id"), name=node.text("name"), state=node.text("state"))
            for node in nodes
        )

    def jobs(self, repo: RepoName, workflow: int) -> frozenset[str]:
        """Name the jobs of the newest runs of a workflow that have ended; none without a run."""
        path = f"/repos/{repo}/actions/workflows/{workflow}/runs"
        found = self._wire.get(path, status="completed", per_page=RUNS)
        ids = [run.number("id") for run in found.items("workflow_runs")]
        return frozenset(
            job.text("name")
            for id_ in ids
            for job in all_pages(self._wire, f"/repos/{repo}/actions/runs/{id_}/jobs", "jobs")
        )

    def _query(self, batch: Sequence[Asked]) -> Result:
        variables: dict[str, object] = {}
        for at, asked in enumerate(batch):
            owner, name = owner_and_name(asked.repo)
            variables |= {f"o{at}": owner, f"n{at}": name}
            if asked.branch is not None:
                variables[f"b{at}"] = f"refs/heads/{asked.branch}"
        document = documents.github_survey([asked.branch for asked in batch])
        return self._wire.query(document, variables, splittable=len(batch) > 1)

    def _repository(self, result: Result, at: int, asked: Asked) -> RepoFacts | Invisible | Unread:
        found, problems = result.data.at(f"r{at}"), result.problems_under(f"r{at}")
        if found.missing:
            if any(problem.type == "NOT_FOUND" for problem in problems):
                return Invisible()
            return Unread(problems[0].message if problems else "GitHub gave no answer for it")
        try:
            return RepoFacts(
                name=found.text("nameWithOwner"),
                private=found.flag("isPrivate"),
                archived=found.flag("isArchived"),
                issues_enabled=found.flag("hasIssuesEnabled"),
                permission=found.maybe_text("viewerPermission"),
                branches=frozenset() if found.at("branch").missing else frozenset({asked.branch}),
                default_branch=found.maybe_text("defaultBranchRef", "name"),
                labels=self._labels(found.at("labels"), asked.repo),
                environments=_environments(result.data.at(f"d{at}", "deployments")),
                denied=_denied(result, at),
            )
        except UnexpectedShapeError as exc:
            return Unread(str(exc))

    def _labels(self, page: Json, repo: RepoName) -> tuple[str, ...] | Unread:
        """Name all labels, page by page."""
        if page.missing:
            return Unread("GitHub does not show them to this token")
        owner, name = owner_and_name(repo)
        names = [node.text("name") for node in page.items("nodes")]
        for _ in range(_MOST_PAGES):
            if not page.flag("pageInfo", "hasNextPage"):
                return tuple(names)
            variables = {"owner": owner, "name": name, "after": page.text("pageInfo", "endCursor")}
            try:
                result = self._wire.query(documents.GITHUB_LABELS_PAGE, variables)
            except ClientError as exc:
                return Unread(str(exc))
            page = result.data.at("repository", "labels")
            names += [node.text("name") for node in page.items("nodes")]
        return Unread(f"there are more than {len(names)} of them")


def _denied(result: Result, at: int) -> frozenset[str]:
    """Name the permissions without which something of a repository was refused."""
    return frozenset(
        _PERMISSIONS[step]
        for alias in (f"r{at}", f"d{at}", f"i{at}", f"p{at}")
        for problem in result.problems_under(alias)
        if problem.type == "FORBIDDEN"
        for step in problem.path
        if step in _PERMISSIONS
    )


def _introduced(account: Account, answer: Answer, body: Json) -> Account:
    scopes = answer.headers.get("x-oauth-scopes")
    known = None if scopes is None else frozenset(filter(None, re.split(r",\s*", scopes.strip())))
    by_behaviour = account.kind is TokenKind.UNKNOWN and known is not None
    return replace(
        account,
        kind=TokenKind.CLASSIC if by_behaviour else account.kind,
        scopes=known,
        expires_at=_day(answer.headers.get("github-authentication-token-expiration")),
        allowances=tuple(_allowance(body, name) for name in ("core", "graphql")),
    )


def _allowance(body: Json, name: str) -> Allowance:
    found = body.at("resources", name)
    try:
        resets = datetime.fromtimestamp(found.number("reset"), tz=UTC)
    except (OverflowError, OSError, ValueError) as exc:
        msg = f"expected a time at rate_limit.resources.{name}.reset"
        raise UnexpectedShapeError(msg) from exc
    return Allowance(
        of={"core": "GitHub REST", "graphql": "GitHub GraphQL"}[name],
        limit=found.number("limit"),
        remaining=found.number("remaining"),
        resets=f"{resets:%H:%M} UTC",
    )


def _day(text: str | None) -> datetime | None:
    """Read the header that names the end of a token: `2026-12-01 10:00:00 UTC`, or an offset."""
    try:
        parsed = datetime.fromisoformat((text or "").strip().replace(" UTC", "+00:00"))
        return (parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _environments(found: Json) -> frozenset[str] | Unread:
    if found.missing:
        return Unread("GitHub does not show deployments to this token")
    names = (node.maybe_text("environment") for node in found.items("nodes"))
    return frozenset(name for name in names if name)


def skew_of(date: datetime | None, *, before: datetime, after: datetime) -> timedelta | Unread:
    """Give how far a provider's clock is ahead of ours, which told *before* and *after* its answer.

    Its Date is cut to the second.
    """
    if date is None:
        return Unread("it told no time")
    earliest, latest = before - timedelta(seconds=1), after
    if earliest <= date <= latest:
        return timedelta(0)
    return date - latest if date > latest else date - earliest
