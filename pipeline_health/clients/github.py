"""GitHub as the sources and the tracker need it: values of ours in, values of ours out.

Many repositories are read in one GraphQL document, understood also when an answer is partial, and a
few lists over REST. Labels, comments and edits are in `github_edits`.
"""

from collections.abc import Iterator, Mapping, Sequence

from pipeline_health.clients import documents
from pipeline_health.clients.errors import (
    ClientError,
    NothingThereError,
    RefusedError,
    UnexpectedShapeError,
    UnreachableError,
)
from pipeline_health.clients.github_failures import Failures
from pipeline_health.clients.github_files import Files
from pipeline_health.clients.github_look import Counts, Look, owner_and_name
from pipeline_health.clients.github_parse import issue_of, page_of, sha_of
from pipeline_health.clients.github_rest import (
    LoggedJob,
    RunAt,
    all_pages,
    created_issue_of,
    job_of,
    other_issue_of,
    relation_of,
    run_of,
)
from pipeline_health.clients.github_sighting import Sighting, Wanted
from pipeline_health.clients.github_wire import PAGE, Wire
from pipeline_health.clients.graphql import Result
from pipeline_health.clients.json import Json
from pipeline_health.core.model.ids import Login, RepoName, Sha, as_repo
from pipeline_health.core.model.issue import Gone, IssueRef, OtherIssue, Tracked, TrackedIssue
from pipeline_health.core.model.questions import Relation
from pipeline_health.core.model.readings import Blind, Reading, Seen
from pipeline_health.core.model.report import Usage
from pipeline_health.frozen import dataclass

ISSUES_AT_ONCE = 50
MOST_PAGES_OF_OURS = 10
NEWEST_RUNS = 30
_OK, _NOT_FOUND = 200, 404


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbered:
    """What is *at* each number that was asked for.

    *names* are the repositories' names of now; *taken* are the numbers at which there is an issue
    or a pull request, whatever it is.
    """

    at: Mapping[IssueRef, Reading[Tracked]]
    names: Mapping[RepoName, RepoName]
    taken: frozenset[IssueRef]


class GitHub:
    """GitHub as one account sees it, by way of *wire*."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self.api = wire.api
        self.failures = Failures(self._wire)
        self.files = Files(self._wire)
        self.counts = Counts(self._wire)

    @property
    def wire(self) -> Wire:
        """The connection itself, for what asks GitHub in a file of its own."""
        return self._wire

    def usage(self) -> Usage:
        """Tell what was asked so far."""
        return self._wire.meter.usage()

    def who_am_i(self) -> Seen[str]:
        """Give the token's login exactly as GitHub spells it, as `createdBy` wants it."""
        result = self._wire.query(documents.GITHUB_WHO_AM_I, {})
        return Seen(at=result.at, value=result.data.text("viewer", "login"))

    def look(
        self, batch: Sequence[Wanted], *, author: str, checks: bool, patient: bool = True
    ) -> tuple[Sighting, ...]:
        """Read every repository of *batch* in one request, and follow the lists that go on.

        How many check runs an unfinished suite has, `counts` adds. Without patience it is one try.
        """
        return Look(self._wire, author=author, checks=checks).at(batch, patient=patient)

    def runs_at(self, repo: RepoName, sha: Sha) -> tuple[RunAt, ...]:
        """List the Actions runs of one commit, all of them."""
        path = f"/repos/{repo}/actions/runs"
        return tuple(
            run_of(node) for node in all_pages(self._wire, path, "workflow_runs", head_sha=sha)
        )

    def runs_on(
        self, repo: RepoName, branch: str, *, event: str | None = None
    ) -> tuple[RunAt, ...]:
        """List the newest Actions runs of one branch; more of them where only one event counts."""
        path = f"/repos/{repo}/actions/runs"
        one_event: dict[str, str | int] = {} if event is None else {"event": event}
        number = NEWEST_RUNS if event is None else PAGE
        found = self._wire.get(path, branch=branch, per_page=number, **one_event)
        return tuple(run_of(node) for node in found.items("workflow_runs"))

    def runs_lately(self, repo: RepoName, branch: str) -> tuple[RunAt, ...]:
        """List the newest 100 Actions runs of one branch, however they began; one request."""
        found = self._wire.get(f"/repos/{repo}/actions/runs", branch=branch, per_page=PAGE)
        return tuple(run_of(node) for node in found.items("workflow_runs"))

    def jobs(self, repo: RepoName, run_id: int) -> tuple[LoggedJob, ...]:
        """List the jobs of a run at its newest attempt."""
        path = f"/repos/{repo}/actions/runs/{run_id}/jobs"
        return tuple(job_of(node) for node in all_pages(self._wire, path, "jobs", filter="latest"))

    def job_log(self, repo: RepoName, job_id: int, *, keep: int) -> bytes | None:
        """Read the last *keep* bytes of a job's log, or None when there is none (yet).

        GitHub redirects to a store elsewhere, to which the token does not go.
        """
        status, log = self._wire.tail(f"/repos/{repo}/actions/jobs/{job_id}/logs", keep=keep)
        if status == _OK:
            return log
        if status == _NOT_FOUND:
            return None
        msg = f"GitHub answered {status} for the log of job {job_id} of {repo}"
        if status >= 500 or status == 429:  # noqa: PLR2004 - failures of who keeps it, which pass
            raise UnreachableError(msg)
        raise RefusedError(msg, status=status)

    def compare(self, repo: RepoName, older: Sha, newer: Sha) -> Relation:
        """Tell how *newer* stands to *older*; MISSING when one of them is not there."""
        try:
            found = self._wire.get(f"/repos/{repo}/compare/{older}...{newer}", per_page=1)
        except NothingThereError:
            return Relation.MISSING
        return relation_of(found)

    def workflow_of(self, repo: RepoName, run_id: int) -> tuple[str, int]:
        """Give the path of the file of a run's workflow, and the workflow's id."""
        run = self._wire.get(f"/repos/{repo}/actions/runs/{run_id}")
        return run.text("path").partition("@")[0], run.number("workflow_id")

    def workflow_file(
        self, repo: RepoName, path: str, *, older: Sha, newer: Sha
    ) -> tuple[bool, bool, Sha | None]:
        """Tell whether *path* is there at *older* and at *newer*, and which commit touched it last.

        The last commit is looked for up to *newer*; it is the one that removed the file, too.
        """
        owner, name = owner_and_name(repo)
        variables = {
            "owner": owner,
            "name": name,
            "before": f"{older}:{path}",
            "after": f"{newer}:{path}",
            "head": newer,
            "path": path,
        }
        found = self._whole(documents.GITHUB_WORKFLOW_FILE, variables, repo)
        touched = [sha_of(node, "oid") for node in found.items("head", "history", "nodes")]
        there = [not found.at(place).missing for place in ("before", "after")]
        return there[0], there[1], next(iter(touched), None)

    def rerun_failed_jobs(self, repo: RepoName, run_id: int) -> None:
        """Run the failed jobs of a run again, and what depends on them; sent once.

        docs.github.com, REST "Re-run failed jobs from a workflow run", 2026-11: 201 and `{}`.
        """
        self._wire.send("POST", f"/repos/{repo}/actions/runs/{run_id}/rerun-failed-jobs")

    def issues(
        self, refs: Sequence[IssueRef], *, identity: Login | None, splittable: bool = False
    ) -> Numbered:
        """Read issues by number, ISSUES_AT_ONCE in one request.

        Where it is *splittable*, TooLargeError or TimedOutError says at once to ask for fewer.
        """
        at: dict[IssueRef, Reading[Tracked]] = {}
        names: dict[RepoName, RepoName] = {}
        taken: set[IssueRef] = set()
        for start in range(0, len(refs), ISSUES_AT_ONCE):
            chunk = refs[start : start + ISSUES_AT_ONCE]
            document, numbers = documents.github_issues(len(chunk)), _by_number(chunk)
            result = self._wire.query(document, numbers, splittable=splittable)
            for place, ref in enumerate(chunk):
                at[ref] = _tracked(result, f"i{place}", ref, identity)
                if not result.data.at(f"i{place}", "issueOrPullRequest").missing:
                    taken.add(ref)
                name = as_repo(result.data.maybe_text(f"i{place}", "nameWithOwner"))
                names[ref.repo] = name or ref.repo
        return Numbered(at=at, names=names, taken=frozenset(taken))

    def ours(
        self, repo: RepoName, *, author: str, identity: Login | None
    ) -> tuple[TrackedIssue, ...]:
        """List the issues of *author*, last changed first, MOST_PAGES_OF_OURS pages at most."""
        return tuple(self._ours(repo, author, identity))

    def _ours(self, repo: RepoName, author: str, identity: Login | None) -> Iterator[TrackedIssue]:
        owner, name = owner_and_name(repo)
        after: str | None = None
        for _ in range(MOST_PAGES_OF_OURS):
            variables = {"owner": owner, "name": name, "author": author, "after": after}
            data = self._whole(documents.GITHUB_OURS, variables, repo)
            for node in data.items("issues", "nodes"):
                ref = IssueRef(repo, node.number("number"))
                yield issue_of(node, ref, identity=identity)
            after = page_of(data.at("issues"))
            if after is None:
                return

    def open_issues_of_others(
        self, repo: RepoName, *, own: frozenset[Login]
    ) -> tuple[OtherIssue, ...]:
        """List, of the newest 100, the open issues of trusted accounts that are not *own*."""
        found = self._wire.get(f"/repos/{repo}/issues", state="open", per_page=PAGE)
        others = (other_issue_of(node, own=own) for node in found.items())
        return tuple(other for other in others if other is not None)

    def highest(self, repo: RepoName) -> int:
        """Give the highest number among issues and pull requests, 0 where there is none."""
        owner, name = owner_and_name(repo)
        found = self._whole(documents.GITHUB_HIGHEST, {"owner": owner, "name": name}, repo)
        lists = (found.items("issues", "nodes"), found.items("pullRequests", "nodes"))
        return max((node.number("number") for nodes in lists for node in nodes), default=0)

    def create_issue(
        self, repo: RepoName, *, title: str, body: str, labels: Sequence[str]
    ) -> TrackedIssue:
        """File an issue, sending the request once; an error's *lost* says that it may exist.

        Labels that GitHub dropped are missing in what comes back: it drops them in silence where
        the token may not push.
        """
        filed = {"title": title, "body": body, "labels": list(labels)}
        created = self._wire.create(f"/repos/{repo}/issues", filed)
        try:
            ref = IssueRef(repo, created.number("number"))
            return created_issue_of(created, ref)
        except UnexpectedShapeError as exc:
            msg = f"GitHub filed an issue in {repo}, but its answer is not what it should be: {exc}"
            raise ClientError(msg, lost=True) from exc

    def _whole(self, document: str, variables: Mapping[str, object], repo: RepoName) -> Json:
        """Ask about one repository; an answer with a hole in it is none."""
        result = self._wire.query(document, variables)
        found = result.data.at("repository")
        if found.missing and all(problem.type == "NOT_FOUND" for problem in result.problems):
            msg = f"GitHub shows no repository {repo} to this token"
            raise NothingThereError(msg)
        if result.problems:
            msg = f"GitHub: {result.problems[0].message}"
            raise ClientError(msg, retryable=True)
        return found


def _by_number(refs: Sequence[IssueRef]) -> dict[str, object]:
    variables: dict[str, object] = {}
    for at, ref in enumerate(refs):
        owner, name = owner_and_name(ref.repo)
        variables |= {f"o{at}": owner, f"n{at}": name, f"i{at}": ref.number}
    return variables


def _tracked(result: Result, alias: str, ref: IssueRef, identity: Login | None) -> Reading[Tracked]:
    """Tell what is at one number: an issue, nothing (any more), or no way to know."""
    problems = result.problems_under(alias)
    node = result.data.at(alias, "issueOrPullRequest")
    if result.data.at(alias).missing:
        reason = problems[0].message if problems else "no reason given"
        return Blind(at=result.at, why=f"GitHub does not show {ref.repo}: {reason}")
    if node.missing and all(problem.type == "NOT_FOUND" for problem in problems):
        why = f"{ref.repo} has no issue {ref.number} (any more)"
        return Seen(at=result.at, value=Gone(ref=ref, why=why))
    if problems:
        return Blind(at=result.at, why=f"GitHub: {problems[0].message}")
    try:
        if node.text("__typename") != "Issue":
            why = f"number {ref.number} of {ref.repo} is no issue"
            return Seen(at=result.at, value=Gone(ref=ref, why=why))
        return Seen(at=result.at, value=issue_of(node, ref, identity=identity))
    except UnexpectedShapeError as exc:
        return Blind(at=result.at, why=str(exc))
