"""From GitHub's REST answers to values of ours: Actions runs and jobs, commits, a new issue."""

from collections.abc import Iterator

from pipeline_health.clients.errors import ClientError, UnexpectedShapeError
from pipeline_health.clients.github_parse import sha_of
from pipeline_health.clients.github_wire import PAGE, Wire
from pipeline_health.clients.json import Json
from pipeline_health.core.model.ids import Login, RepoName, Sha, as_login
from pipeline_health.core.model.issue import IssueRef, OtherIssue, TrackedIssue
from pipeline_health.core.model.questions import Job, Relation
from pipeline_health.core.model.readings import CheckConclusion, CheckStatus, Suite, WorkflowRun
from pipeline_health.frozen import dataclass

MOST_PAGES = 5
_ACTIONS = "github-actions"
_TRUSTED = frozenset({"OWNER", "MEMBER", "COLLABORATOR"})
_FAILED_STEP = frozenset({"failure", "timed_out"})


@dataclass(frozen=True, slots=True, kw_only=True)
class RunAt:
    """An Actions run, as the check suite that it would be, its commit, and what it is called."""

    sha: Sha
    suite: Suite
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedJob:
    """A job of a run: the id by which its log is read, its attempt, and whether it ever began."""

    id: int
    job: Job
    attempt: int = 1
    began: bool = True


def all_pages(wire: Wire, path: str, key: str, **params: str | int) -> Iterator[Json]:
    """Give every item of a paged REST list; raises when it is longer than MOST_PAGES."""
    for page in range(1, MOST_PAGES + 1):
        found = wire.get(path, **params, per_page=PAGE, page=page)
        items = list(found.items(key))
        yield from items
        if len(items) < PAGE:
            return
    msg = f"{path} lists more than {MOST_PAGES * PAGE} {key}; not all of them were read"
    raise ClientError(msg)


def runs_back_to(wire: Wire, repo: RepoName, branch: str, run_id: int) -> Iterator["RunAt"]:
    """Give the runs of a branch behind its newest page, as far back as the run of that id.

    Raises when that is farther than MOST_PAGES.
    """
    path = f"/repos/{repo}/actions/runs"
    for page in range(2, MOST_PAGES + 1):
        found = wire.get(path, branch=branch, per_page=PAGE, page=page)
        runs = [run_of(node) for node in found.items("workflow_runs")]
        yield from runs
        ids = [run.suite.run.id for run in runs if run.suite.run is not None]
        if len(runs) < PAGE or min(ids) <= run_id:
            return
    msg = f"more than {MOST_PAGES * PAGE} runs of {branch} began since; not all of them were read"
    raise ClientError(msg)


def run_of(node: Json) -> RunAt:
    """Read one Actions run; a re-run keeps its id."""
    concluded = not node.at("conclusion").missing
    run = WorkflowRun(
        id=node.number("id"),
        event=node.text("event"),
        workflow_id=node.number("workflow_id"),
        workflow=node.maybe_text("name") or node.maybe_text("path") or "",
        url=node.text("html_url"),
    )
    suite = Suite(
        id=node.number("check_suite_id"),
        app=_ACTIONS,
        status=node.one_of(CheckStatus, "status"),
        conclusion=node.one_of(CheckConclusion, "conclusion") if concluded else None,
        created_at=node.time("created_at"),
        updated_at=node.time("updated_at"),
        branch=node.maybe_text("head_branch"),
        run=run,
    )
    title = node.maybe_text("display_title") or ""
    return RunAt(sha=sha_of(node, "head_sha"), suite=suite, title=title)


def job_of(node: Json) -> LoggedJob:
    """Read one job and the first of its steps that failed."""
    concluded = not node.at("conclusion").missing
    steps = [] if node.at("steps").missing else list(node.items("steps"))
    failed = (step.text("name") for step in steps if step.maybe_text("conclusion") in _FAILED_STEP)
    job = Job(
        name=node.text("name"),
        conclusion=node.one_of(CheckConclusion, "conclusion") if concluded else None,
        started_at=node.maybe_time("started_at"),
        completed_at=node.maybe_time("completed_at"),
        step=next(failed, None),
        url=node.maybe_text("html_url"),
    )
    attempt = node.maybe_number("run_attempt") or 1
    return LoggedJob(id=node.number("id"), job=job, attempt=attempt, began=bool(steps))


def annotation_of(node: Json) -> str:
    """Read the failure that an annotation tells; nothing from a notice or a warning."""
    if node.maybe_text("annotation_level") != "failure":
        return ""
    said = (node.maybe_text("title"), node.maybe_text("message"))
    return ": ".join(word for word in said if word)


def relation_of(comparison: Json) -> Relation:
    """Read how the newer commit of a comparison stands to the older one."""
    said = comparison.text("status")
    try:
        return Relation(said)
    except ValueError as exc:
        msg = f"GitHub compares two commits as {said[:50]!r}, which we do not know"
        raise UnexpectedShapeError(msg) from exc


def other_issue_of(node: Json, *, own: frozenset[Login]) -> OtherIssue | None:
    """Read an issue of a trusted account but *own*; None for a pull request and for a stranger's.

    An association that we do not know is a stranger's.
    """
    author = node.maybe_text("user", "login")
    trusted = node.maybe_text("author_association") in _TRUSTED
    if not node.at("pull_request").missing or not trusted or author is None:
        return None
    if as_login(author) in own:
        return None
    return OtherIssue(
        number=node.number("number"),
        title=node.text("title"),
        body=node.maybe_text("body") or "",
    )


def created_issue_of(node: Json, ref: IssueRef) -> TrackedIssue:
    """Read the answer to our own filing; *labels* are those that GitHub really set."""
    return TrackedIssue(
        ref=ref,
        open=node.text("state") == "open",
        not_planned=False,
        title=node.text("title"),
        body=node.maybe_text("body") or "",
        labels=frozenset(label.text("name") for label in node.items("labels")),
        ours=True,
        created_at=node.time("created_at"),
        updated_at=node.time("updated_at"),
        closed_at=node.maybe_time("closed_at"),
        url=node.text("html_url"),
    )
