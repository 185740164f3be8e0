"""From GitHub's GraphQL answers to values of ours; pure, and loud about what does not fit."""

from collections.abc import Iterable, Iterator

from pipeline_health.clients.errors import UnexpectedShapeError
from pipeline_health.clients.json import Json
from pipeline_health.core.model.ids import Login, RepoName, Sha, as_login, as_repo, as_sha
from pipeline_health.core.model.issue import IssueRef, PullRequest, TrackedIssue
from pipeline_health.core.model.readings import (
    Branch,
    CheckConclusion,
    CheckStatus,
    Commit,
    CommitStatus,
    DeploymentRecord,
    DeploymentState,
    IssueStub,
    Repository,
    StatusState,
    Suite,
    WorkflowRun,
)


def page_of(connection: Json) -> str | None:
    """Give the cursor after which a connection goes on, or None when it ends here.

    A next page that nobody could ask for is a wrong shape.
    """
    if not connection.flag("pageInfo", "hasNextPage"):
        return None
    return connection.text("pageInfo", "endCursor")


def sha_of(parent: Json, key: str) -> Sha:
    """Read a full commit id."""
    sha = as_sha(parent.text(key))
    if sha is None:
        msg = f"expected a full commit id as {key}, found {parent.text(key)[:50]!r}"
        raise UnexpectedShapeError(msg)
    return sha


def name_of(found: Json) -> RepoName:
    """Read what a repository is called now."""
    name = as_repo(found.text("nameWithOwner"))
    if name is None:
        msg = f"expected owner/name, found {found.text('nameWithOwner')[:50]!r}"
        raise UnexpectedShapeError(msg)
    return name


def repository_of(found: Json) -> Repository:
    """Read the facts of one repository."""
    return Repository(
        node_id=found.text("id"),
        id=found.number("databaseId"),
        name=name_of(found),
        private=found.flag("isPrivate"),
        archived=found.flag("isArchived"),
        has_issues=found.flag("hasIssuesEnabled"),
    )


def branch_of(ref: Json) -> Branch:
    """Read a branch, its head and the newest commits on it."""
    target = ref.at("target")
    head = Commit(
        sha=sha_of(target, "oid"),
        committed_at=target.time("committedDate"),
        subject=target.maybe_text("messageHeadline") or "",
        author=target.maybe_text("author", "user", "login")
        or target.maybe_text("author", "name")
        or "",
    )
    commits = tuple(target.items("history", "nodes"))
    return Branch(
        name=ref.text("name"),
        head=head,
        message=target.maybe_text("message") or "",
        history=tuple(sha_of(commit, "oid") for commit in commits),
        dates=tuple(commit.time("committedDate") for commit in commits),
    )


def statuses_of(commit: Json) -> tuple[CommitStatus, ...]:
    """Read the newest status of every context; a commit without any has no `status` at all."""
    if commit.at("status").missing:
        return ()
    return tuple(
        CommitStatus(
            context=status.text("context"),
            state=status.one_of(StatusState, "state"),
            created_at=status.time("createdAt"),
            creator=_login(status, "creator"),
            url=status.maybe_text("targetUrl"),
            description=status.maybe_text("description") or "",
        )
        for status in commit.items("status", "contexts")
    )


def suites_of(connection: Json) -> tuple[Suite, ...]:
    """Read one page of check suites."""
    return tuple(_suite(node) for node in connection.items("nodes"))


def _suite(node: Json) -> Suite:
    concluded = not node.at("conclusion").missing
    return Suite(
        id=node.number("databaseId"),
        node_id=node.text("id"),
        app=node.maybe_text("app", "slug") or "unknown",
        status=node.one_of(CheckStatus, "status"),
        conclusion=node.one_of(CheckConclusion, "conclusion") if concluded else None,
        created_at=node.time("createdAt"),
        updated_at=node.time("updatedAt"),
        branch=node.maybe_text("branch", "name"),
        run=None if node.at("workflowRun").missing else _run(node.at("workflowRun")),
    )


def _run(node: Json) -> WorkflowRun:
    return WorkflowRun(
        id=node.number("databaseId"),
        event=node.text("event"),
        workflow_id=node.number("workflow", "databaseId"),
        workflow=node.text("workflow", "name"),
        url=node.text("url"),
    )


def counts_of(nodes: Iterable[Json]) -> Iterator[tuple[int, int]]:
    """Read how many check runs each suite has; a suite that is gone by now is left out."""
    for node in nodes:
        if not node.missing:
            yield node.number("databaseId"), node.number("checkRuns", "totalCount")


def deployments_of(connection: Json) -> tuple[DeploymentRecord, ...]:
    """Read deployments, newest first."""
    return tuple(_deployment(node) for node in connection.items("nodes"))


def _deployment(node: Json) -> DeploymentRecord:
    status = node.at("latestStatus")
    created_at = node.time("createdAt")
    return DeploymentRecord(
        id=node.number("databaseId"),
        sha=sha_of(node, "commitOid"),
        environment=node.maybe_text("environment") or "",
        state=None if status.missing else status.one_of(DeploymentState, "state"),
        created_at=created_at,
        changed_at=created_at if status.missing else status.time("createdAt"),
        creator=_login(node, "creator"),
        url=status.maybe_text("logUrl") or status.maybe_text("environmentUrl") or None,
    )


def stubs_of(connection: Json) -> tuple[IssueStub, ...]:
    """Read one page of a list of issues."""
    return tuple(
        IssueStub(
            number=node.number("number"),
            open=_is_open(node),
            updated_at=node.time("updatedAt"),
        )
        for node in connection.items("nodes")
    )


def issue_of(node: Json, ref: IssueRef, *, identity: Login | None) -> TrackedIssue:
    """Read one issue; *ours* when the token's account wrote it, or the one named *identity*."""
    is_open = _is_open(node)
    author = _login(node, "author")
    closer = Json(None) if is_open else _closer(node)
    return TrackedIssue(
        ref=ref,
        open=is_open,
        not_planned=node.maybe_text("stateReason") == "NOT_PLANNED",
        title=node.text("title"),
        body=node.maybe_text("body") or "",
        labels=frozenset(label.text("name") for label in _nodes(node.at("labels"))),
        ours=node.flag("viewerDidAuthor") or (author is not None and author == identity),
        created_at=node.time("createdAt"),
        updated_at=node.time("updatedAt"),
        closed_at=node.maybe_time("closedAt"),
        url=node.text("url"),
        closed_by=None if closer.missing else as_login(closer.text("login")),
        closed_by_bot=not closer.missing and _is_bot(closer),
        pulls=tuple(
            PullRequest(
                number=pull.number("number"),
                moved_at=pull.time("updatedAt"),
                merged_at=pull.maybe_time("mergedAt"),
            )
            for pull in _nodes(node.at("closedByPullRequestsReferences"))
        ),
    )


def _closer(node: Json) -> Json:
    """Find who closed it last; a deleted account leaves no actor."""
    events = list(_nodes(node.at("timelineItems")))
    return events[-1].at("actor") if events else Json(None)


def _is_bot(actor: Json) -> bool:
    """GraphQL says so by the type; where a login has kept REST's ending, that says it too."""
    return actor.maybe_text("__typename") == "Bot" or actor.text("login").endswith("[bot]")


def _is_open(node: Json) -> bool:
    """Tell whether an issue is open; a state that we do not know must not pass for closed."""
    match node.text("state"):
        case "OPEN":
            return True
        case "CLOSED":
            return False
        case state:
            msg = f"expected an issue to be OPEN or CLOSED, found {state[:50]!r}"
            raise UnexpectedShapeError(msg)


def _nodes(connection: Json) -> Iterator[Json]:
    return iter(()) if connection.missing else connection.items("nodes")


def _login(parent: Json, key: str) -> Login | None:
    login = parent.maybe_text(key, "login")
    return None if login is None else as_login(login)
