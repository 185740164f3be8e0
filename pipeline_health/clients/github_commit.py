"""Exactly one commit, in one request; each part of the answer is believed or not on its own."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from pipeline_health.clients import commit_documents
from pipeline_health.clients.errors import ClientError, UnexpectedShapeError
from pipeline_health.clients.github_commit_parse import (
    Tip,
    counted_suites,
    deployments_at,
    named_job,
    named_runs,
    tip_of,
)
from pipeline_health.clients.github_look import MOST_PAGES, owner_and_name
from pipeline_health.clients.github_parse import name_of, page_of, sha_of, statuses_of
from pipeline_health.clients.github_rest import all_pages
from pipeline_health.clients.github_sighting import Blame
from pipeline_health.clients.github_wire import Wire
from pipeline_health.clients.graphql import Problem, Result
from pipeline_health.clients.json import Json
from pipeline_health.core.model.commit import NamedCheck, NoSuchCommit
from pipeline_health.core.model.ids import RepoName, Sha
from pipeline_health.core.model.readings import (
    Blind,
    Checks,
    DeploymentRecord,
    NotAsked,
    Part,
    Reading,
    Seen,
    Suite,
)
from pipeline_health.frozen import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitWanted:
    """Which commit is read. *environments* is what a deployment to staging may be called.

    *branch* is None for the default one, *check* where no check run is wanted by its name.
    """

    repo: RepoName
    branch: str | None
    sha: Sha
    environments: tuple[str, ...]
    check: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitFound:
    """What one request told of a commit; *repo* is the repository's name of now.

    *bare* are the checks without their suites, for whoever adds these from elsewhere: where
    *forbidden*, the token may not see suites, and where *unnamed*, no check runs.
    """

    at: datetime
    repo: RepoName
    committed_at: datetime
    tip: Reading[Tip]
    bare: Reading[Checks]
    checks: Reading[Checks]
    deployments: Reading[tuple[DeploymentRecord, ...]]
    named: Part[tuple[NamedCheck, ...]]
    forbidden: bool
    unnamed: bool


class CommitLook:
    """Reads one commit over *wire*, and the jobs of its runs; safe to share between threads."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def at(self, wanted: CommitWanted) -> Seen[CommitFound | NoSuchCommit] | Blind:
        """Read the commit; raises when nothing came of it."""
        named = wanted.check is not None
        document = commit_documents.github_commit(wanted.branch, named=named)
        result = self._wire.query(document, _variables(wanted))
        found = result.data.at("repository")
        blame = _blame_of(result)
        if found.missing:
            why = blame.reason_of_absence(wanted.repo)
            return Blind(at=result.at, why=why, cause=blame.cause_of_absence)
        problem = blame.problems.get("repository")
        if _is_no_commit(found.at("commit"), problem):
            return Seen(at=result.at, value=NoSuchCommit(sha=wanted.sha))
        return blame.part(lambda: self._found(found, blame, wanted))

    def named_jobs(
        self, repo: RepoName, run_id: int, suite: Suite, check: str
    ) -> tuple[NamedCheck, ...]:
        """List the jobs called *check* of the run behind *suite*, at its newest attempt."""
        path = f"/repos/{repo}/actions/runs/{run_id}/jobs"
        jobs = all_pages(self._wire, path, "jobs", filter="latest")
        return tuple(named_job(job, suite) for job in jobs if job.text("name") == check)

    def _found(self, found: Json, blame: Blame, wanted: CommitWanted) -> CommitFound:
        commit = found.at("commit")
        sha = sha_of(commit, "oid")
        if sha != wanted.sha:
            msg = f"asked for commit {wanted.sha}, GitHub shows {sha}"
            raise UnexpectedShapeError(msg)
        bare = blame.part(lambda: Checks(sha=sha, statuses=statuses_of(commit)), "status")
        pages = blame.part(lambda: tuple(self._suites(commit, wanted)), "suites")
        return CommitFound(
            at=blame.at,
            repo=name_of(found),
            committed_at=commit.time("committedDate"),
            tip=blame.part(lambda: _tip(found.at("branch"), wanted), "branch"),
            bare=bare,
            checks=_checks(bare, pages, blame),
            deployments=blame.part(
                lambda: deployments_at(sha, commit.at("deployments")), "deployments"
            ),
            named=_named(pages, blame, wanted.check),
            forbidden=blame.forbids_suites,
            unnamed=blame.forbids_suites or _is_forbidden(blame.problems.get("named")),
        )

    def _suites(self, commit: Json, wanted: CommitWanted) -> Iterator[Json]:
        """Give every page of suites; half a list could hide the one thing that matters."""
        page, left = commit.at("checkSuites"), MOST_PAGES
        yield page
        while (after := page_of(page)) is not None:
            if not left:
                msg = f"the check suites of {wanted.sha} go on after {MOST_PAGES} more pages"
                raise ClientError(msg)
            page, left = self._more(wanted, after), left - 1
            yield page

    def _more(self, wanted: CommitWanted, after: str) -> Json:
        named = wanted.check is not None
        document = commit_documents.github_commit_suites(named=named)
        variables = {**_place(wanted), "after": after}
        result = self._wire.query(document, variables)
        if result.problems:
            msg = f"GitHub: {result.problems[0].message}"
            raise ClientError(msg)
        return result.data.at("repository", "commit", "checkSuites")


def _place(wanted: CommitWanted) -> dict[str, object]:
    owner, name = owner_and_name(wanted.repo)
    check: dict[str, object] = {} if wanted.check is None else {"check": wanted.check}
    return {"owner": owner, "name": name, "oid": wanted.sha, **check}


def _variables(wanted: CommitWanted) -> dict[str, object]:
    branch = {} if wanted.branch is None else {"branch": f"refs/heads/{wanted.branch}"}
    return {**_place(wanted), "environments": list(wanted.environments), **branch}


def _blame_of(result: Result) -> Blame:
    """Sort the problems of an answer about one commit by the part that each one spoils."""
    problems: dict[str, Problem] = {}
    for problem in result.problems_under("repository"):
        problems.setdefault(_part_of(problem.path[1:]), problem)
    return Blame(at=result.at, problems=problems)


def _part_of(path: tuple[str, ...]) -> str:
    for field, part in (("counted", "counts"), ("named", "named"), ("checkSuites", "suites")):
        if field in path:
            return part
    match path:
        case ("commit", "status" | "deployments" as part, *_):
            return part
        case ("branch", *_):
            return "branch"
    return "repository"


def _is_no_commit(commit: Json, problem: Problem | None) -> bool:
    """Tell whether there is no such object, or one that is no commit; a trouble tells neither."""
    if commit.missing:
        return problem is None or problem.type == "NOT_FOUND"
    return commit.text("__typename") != "Commit"


def _is_forbidden(problem: Problem | None) -> bool:
    return problem is not None and problem.type == "FORBIDDEN"


def _tip(branch: Json, wanted: CommitWanted) -> Tip:
    if branch.missing:
        what = "commit yet" if wanted.branch is None else f"branch {wanted.branch}"
        msg = f"{wanted.repo} has no {what}"
        raise ClientError(msg)
    return tip_of(branch)


def _checks(
    bare: Reading[Checks], pages: Reading[tuple[Json, ...]], blame: Blame
) -> Reading[Checks]:
    if isinstance(bare, Blind):
        return bare
    if isinstance(pages, Blind):
        return pages
    counts = "counts" not in blame.problems
    return blame.part(
        lambda: replace(
            bare.value,
            suites=tuple(counted_suites(pages.value, counts=counts)),
        )
    )


def _named(
    pages: Reading[tuple[Json, ...]], blame: Blame, check: str | None
) -> Part[tuple[NamedCheck, ...]]:
    if check is None:
        return NotAsked()
    if isinstance(pages, Blind):
        return pages
    return blame.part(lambda: tuple(named_runs(pages.value, check)), "named")
