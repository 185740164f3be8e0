"""Records of the simulated GitHub as its GraphQL service writes them."""

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from typing import TypeVar

from graphql import GraphQLError

from pipeline_health.simulator.executor import Arguments, Value, window
from pipeline_health.simulator.github_records import (
    Closing,
    CommitStatus,
    DeploymentRecord,
    ExternalSuite,
    Issue,
    Job,
    Run,
    Suite,
)
from pipeline_health.simulator.github_world import Repo
from pipeline_health.simulator.timeline import seconds
from pipeline_health.simulator.world import World

T = TypeVar("T")
PAGE = 100
FIRST_OF_OTHERS = 1_000_000_000
"""The check runs of other apps are numbered from here, out of the way of everything else."""

ORDERS: dict[str, Callable[[Issue], tuple[object, int]]] = {
    "CREATED_AT": lambda issue: (issue.created_at, issue.number),
    "UPDATED_AT": lambda issue: (issue.updated_at, issue.number),
    "COMMENTS": lambda issue: (len(issue.comments), issue.number),
}


def connection(items: Sequence[T], make: Callable[[T], Value], arguments: Arguments) -> Value:
    """Give a connection as GitHub has it, or refuse: a page must be asked for, of at most 100."""
    asked = arguments.get("first", arguments.get("last"))
    if asked is None:
        msg = "You must provide a `first` or `last` value to properly paginate the connection."
        raise GraphQLError(msg, extensions={"type": "MISSING_PAGINATION_BOUNDARIES"})
    if not 0 <= asked <= PAGE:
        msg = f"Requesting {asked} records on the connection exceeds the limit of {PAGE} records."
        raise GraphQLError(msg, extensions={"type": "EXCESSIVE_PAGINATION"})
    page, about = window(items, arguments, limit=PAGE)
    return {
        "nodes": [make(item) for item in page],
        "pageInfo": about,
        "totalCount": len(items),
    }


def is_same_login(one: str, other: str) -> bool:
    """Tell whether two logins are one account: REST adds `[bot]`, and case does not count."""
    return one.removesuffix("[bot]").lower() == other.removesuffix("[bot]").lower()


def is_newest_first(arguments: Arguments) -> bool:
    """Tell whether `orderBy` asks for descending order."""
    return (arguments.get("orderBy") or {}).get("direction") == "DESC"


def listed(world: World, issues: Iterable[Issue]) -> list[Issue]:
    """List what a list of issues shows by now: what is new appears late."""
    if world.list_lag <= timedelta(0):
        return list(issues)
    shown = world.now() - world.list_lag
    return [issue for issue in issues if issue.created_at <= shown]


def ordered(issues: list[Issue], arguments: Arguments) -> list[Issue]:
    """Sort *issues* as `orderBy` asks."""
    order = arguments.get("orderBy")
    if order is None:
        return issues
    return sorted(issues, key=ORDERS[order["field"]], reverse=is_newest_first(arguments))


def actor(login: str | None) -> Value | None:
    """Write an account: GraphQL knows an app's as a Bot, without the `[bot]` of REST."""
    if login is None:
        return None
    kind = "Bot" if login.endswith("[bot]") else "User"
    return {"__typename": kind, "login": login.removesuffix("[bot]")}


def upper(word: str | None) -> str | None:
    """Write one of REST's words as GraphQL does."""
    return None if word is None else word.upper()


def commit_status(status: CommitStatus) -> Value:
    """Write a commit status."""
    return {
        "context": status.context,
        "state": status.state.upper(),
        "description": status.description,
        "targetUrl": status.target_url,
        "createdAt": seconds(status.created_at),
        "creator": actor(status.creator),
    }


def check_suite(repo: Repo, suite: Suite) -> Value:
    """Write a check suite; only one of Actions has a workflow run."""
    if isinstance(suite, ExternalSuite):
        app, run, branch = suite.app, None, repo.branch_of(suite.sha)
    else:
        app, branch = "github-actions", suite.branch
        run = {
            "databaseId": suite.id,
            "event": suite.event,
            "url": f"https://github.com/{repo.full_name}/actions/runs/{suite.id}",
            "workflow": {"databaseId": suite.workflow_id, "name": suite.workflow},
        }
    return {
        "__typename": "CheckSuite",
        "id": f"CS_{suite.suite_id}",
        "databaseId": suite.suite_id,
        "status": suite.status.upper(),
        "conclusion": upper(suite.conclusion),
        "createdAt": seconds(suite.created_at),
        "updatedAt": seconds(suite.updated_at),
        "app": {"slug": app},
        "branch": {"name": branch} if branch in repo.branches else None,
        "workflowRun": run,
        "checkRuns": lambda given: _check_runs(repo, suite, given),
    }


def _check_runs(repo: Repo, suite: Suite, given: Arguments) -> Value:
    """List the check runs of a suite, of one name where that is asked for."""
    wanted = given.get("filterBy") or {}
    if isinstance(suite, ExternalSuite):
        found = [_external_run(suite, at) for at in range(suite.runs)]
    else:
        earlier = suite.earlier if wanted.get("checkType") == "ALL" else []
        found = [_job_run(repo, suite, job) for job in (*earlier, *suite.jobs)]
    name = wanted.get("checkName")
    named = [run for run in found if name in (None, run["name"])]
    return connection(named, lambda run: run, given)


def _job_run(repo: Repo, run: Run, job: Job) -> Value:
    return {
        "databaseId": job.id,
        "name": job.name,
        "status": job.status.upper(),
        "conclusion": upper(job.conclusion),
        "completedAt": seconds(job.completed_at),
        "url": f"https://github.com/{repo.full_name}/actions/runs/{run.id}/job/{job.id}",
    }


def _external_run(suite: ExternalSuite, at: int) -> Value:
    number = FIRST_OF_OTHERS + suite.suite_id + at
    return {
        "databaseId": number,
        "name": suite.check,
        "status": suite.status.upper(),
        "conclusion": upper(suite.conclusion),
        "completedAt": seconds(suite.updated_at) if suite.conclusion else None,
        "url": f"https://{suite.app}.example/{number}",
    }


def deployment(repo: Repo, record: DeploymentRecord) -> Value:
    """Write a deployment with its newest status."""
    last = record.statuses[-1] if record.statuses else None
    return {
        "databaseId": record.id,
        "commitOid": record.sha,
        "environment": record.environment,
        "createdAt": seconds(record.created_at),
        "creator": actor(record.creator),
        "latestStatus": last
        and {
            "state": last.state.upper(),
            "createdAt": seconds(last.created_at),
            "logUrl": f"https://github.com/{repo.full_name}/deployments/{record.id}",
            "environmentUrl": None,
        },
    }


def issue_value(repo: Repo, issue: Issue, *, login: str) -> Value:
    """Write an issue as *login* sees it."""
    return {
        "__typename": "Issue",
        "number": issue.number,
        "title": issue.title,
        "body": issue.body,
        "state": issue.state.upper(),
        "stateReason": lambda given: _state_reason(issue, given),
        "createdAt": seconds(issue.created_at),
        "updatedAt": seconds(issue.updated_at),
        "closedAt": seconds(issue.closed_at),
        "url": f"https://github.com/{repo.full_name}/issues/{issue.number}",
        "viewerDidAuthor": is_same_login(issue.user, login),
        "author": actor(issue.user),
        "labels": lambda given: connection(issue.labels, lambda name: {"name": name}, given),
        "timelineItems": lambda given: connection(issue.closings, _closed_event, given),
        "closedByPullRequestsReferences": lambda given: connection(
            _closing_pulls(repo, issue, given), pull_value, given
        ),
    }


def pull_value(pull: Issue) -> Value:
    """Write a pull request, as far as anybody asks."""
    return {
        "__typename": "PullRequest",
        "number": pull.number,
        "mergedAt": seconds(pull.merged_at),
        "updatedAt": seconds(pull.updated_at),
    }


def _closing_pulls(repo: Repo, issue: Issue, given: Arguments) -> list[Issue]:
    """Give the pull requests whose text says that they fix *issue*; closed ones when asked for."""
    says = re.compile(
        rf"\b(?:fix(?:es|ed)?|close[sd]?|resolve[sd]?) #{issue.number}\b", re.IGNORECASE
    )
    return [
        pull
        for pull in repo.pulls.values()
        if says.search(pull.body) and (pull.state == "open" or given["includeClosedPrs"])
    ]


def _state_reason(issue: Issue, given: Arguments) -> str | None:
    """Write why an issue was closed; DUPLICATE is only for those who ask for it (the schema)."""
    reason = upper(issue.state_reason)
    hidden = reason == "DUPLICATE" and not given["enableDuplicate"]
    return "NOT_PLANNED" if hidden else reason


def _closed_event(closing: Closing) -> Value:
    return {
        "__typename": "ClosedEvent",
        "createdAt": seconds(closing.at),
        "actor": actor(closing.by),
    }
