"""Records of the simulated GitHub as its REST service writes them (published OpenAPI shapes)."""

import zlib

from pipeline_health.simulator.executor import Value
from pipeline_health.simulator.github_records import (
    CommitStatus,
    ExternalSuite,
    Issue,
    IssueComment,
    Job,
    Label,
    Run,
    Step,
    Suite,
)
from pipeline_health.simulator.github_world import Repo
from pipeline_health.simulator.rest import Asked
from pipeline_health.simulator.timeline import seconds


def user_shape(base: str, login: str) -> Value:
    """Write an account."""
    number = zlib.crc32(login.encode())
    return {
        "login": login,
        "id": number,
        "node_id": f"U_{number}",
        "type": "Bot" if login.endswith("[bot]") else "User",
        "site_admin": False,
        "avatar_url": f"https://avatars.githubusercontent.com/u/{number}",
        "url": f"{base}/users/{login}",
        "html_url": f"https://github.com/{login.removesuffix('[bot]')}",
    }


def repo_shape(asked: Asked) -> Value:
    """Write the repository."""
    return listed_repo_shape(asked.base, asked.repo)


def listed_repo_shape(base: str, repo: Repo) -> Value:
    """Write a repository as one of many."""
    return {
        "id": repo.id,
        "node_id": f"R_{repo.id}",
        "name": repo.name,
        "full_name": repo.full_name,
        "owner": user_shape(base, repo.owner),
        "private": repo.private,
        "visibility": "private" if repo.private else "public",
        "archived": repo.archived,
        "disabled": False,
        "fork": repo.fork,
        "description": None,
        "default_branch": repo.default_branch,
        "has_issues": repo.has_issues,
        "open_issues_count": len(repo.open_titles),
        "permissions": {"admin": False, "push": not repo.drops_labels, "pull": True},
        "url": f"{base}/repos/{repo.full_name}",
        "html_url": f"https://github.com/{repo.full_name}",
    }


def label_shape(asked: Asked, label: Label) -> Value:
    """Write a label."""
    return {
        "id": label.id,
        "node_id": f"LA_{label.id}",
        "name": label.name,
        "color": label.color,
        "description": label.description,
        "default": False,
        "url": f"{asked.url}/labels/{label.name}",
    }


def labels_shape(asked: Asked, names: list[str]) -> list[Value]:
    """Write the labels with these names."""
    return [label_shape(asked, asked.repo.make_label(name)) for name in names]


def issue_shape(asked: Asked, issue: Issue) -> Value:
    """Write an issue; a pull request is one with a further field."""
    url = f"{asked.url}/issues/{issue.number}"
    kind = "pull" if issue.is_pull else "issues"
    pull = {"pull_request": {"url": f"{asked.url}/pulls/{issue.number}"}} if issue.is_pull else {}
    closer = issue.closed_by
    return {
        "id": issue.id,
        "node_id": f"I_{issue.id}",
        "number": issue.number,
        "title": issue.title,
        "body": issue.body,
        "state": issue.state,
        "state_reason": issue.state_reason,
        "user": user_shape(asked.base, issue.user),
        "labels": labels_shape(asked, issue.labels),
        "assignee": None,
        "assignees": [],
        "milestone": None,
        "locked": False,
        "active_lock_reason": None,
        "author_association": "NONE" if issue.user in asked.repo.strangers else "MEMBER",
        "comments": len(issue.comments),
        "created_at": seconds(issue.created_at),
        "updated_at": seconds(issue.updated_at),
        "closed_at": seconds(issue.closed_at),
        "closed_by": None if closer is None else user_shape(asked.base, closer),
        "url": url,
        "repository_url": asked.url,
        "labels_url": url + "/labels{/name}",
        "comments_url": url + "/comments",
        "events_url": url + "/events",
        "html_url": f"https://github.com/{asked.repo.full_name}/{kind}/{issue.number}",
        **pull,
    }


def comment_shape(asked: Asked, issue: Issue, comment: IssueComment) -> Value:
    """Write a comment."""
    page = f"https://github.com/{asked.repo.full_name}/issues/{issue.number}"
    return {
        "id": comment.id,
        "node_id": f"IC_{comment.id}",
        "body": comment.body,
        "user": user_shape(asked.base, comment.user),
        "author_association": "MEMBER",
        "created_at": seconds(comment.created_at),
        "updated_at": seconds(comment.created_at),
        "url": f"{asked.url}/issues/comments/{comment.id}",
        "issue_url": f"{asked.url}/issues/{issue.number}",
        "html_url": f"{page}#issuecomment-{comment.id}",
    }


def run_shape(asked: Asked, run: Run) -> Value:
    """Write a workflow run at its newest attempt."""
    url = f"{asked.url}/actions/runs/{run.id}"
    same = [one.id for one in asked.repo.runs if one.workflow_id == run.workflow_id]
    return {
        "id": run.id,
        "node_id": f"WFR_{run.id}",
        "name": run.workflow,
        "display_title": run.title or asked.repo.commits[run.sha].message.split("\n")[0],
        "path": asked.repo.path_of(run.workflow),
        "workflow_id": run.workflow_id,
        "check_suite_id": run.suite_id,
        "check_suite_node_id": f"CS_{run.suite_id}",
        "event": run.event,
        "head_branch": run.branch,
        "head_sha": run.sha,
        "status": run.status,
        "conclusion": run.conclusion,
        "run_number": same.index(run.id) + 1,
        "run_attempt": run.attempt,
        "created_at": seconds(run.created_at),
        "updated_at": seconds(run.updated_at),
        "run_started_at": seconds(run.created_at),
        "pull_requests": [],
        "url": url,
        "jobs_url": f"{url}/jobs",
        "logs_url": f"{url}/logs",
        "html_url": f"https://github.com/{asked.repo.full_name}/actions/runs/{run.id}",
    }


def job_shape(asked: Asked, run: Run, job: Job) -> Value:
    """Write a job with its steps."""
    page = f"https://github.com/{asked.repo.full_name}/actions/runs/{run.id}/job/{job.id}"
    return {
        "id": job.id,
        "node_id": f"CR_{job.id}",
        "run_id": run.id,
        "run_url": f"{asked.url}/actions/runs/{run.id}",
        "run_attempt": job.attempt,
        "workflow_name": run.workflow,
        "head_branch": run.branch,
        "head_sha": run.sha,
        "name": job.name,
        "status": job.status,
        "conclusion": job.conclusion,
        "created_at": seconds(job.started_at),
        "started_at": seconds(job.started_at),
        "completed_at": seconds(job.completed_at),
        "steps": [step_shape(job, step, at) for at, step in enumerate(job.steps, start=1)],
        "labels": ["ubuntu-latest"],
        "url": f"{asked.url}/actions/jobs/{job.id}",
        "check_run_url": f"{asked.url}/check-runs/{job.id}",
        "html_url": page,
    }


def step_shape(job: Job, step: Step, number: int) -> Value:
    """Write a step of a job."""
    return {
        "name": step.name,
        "number": number,
        "status": step.status,
        "conclusion": step.conclusion,
        "started_at": seconds(job.started_at),
        "completed_at": seconds(job.completed_at),
    }


def annotation_shape(asked: Asked, message: str) -> Value:
    """Write a note at a job as a whole, as the runner service makes it."""
    return {
        "path": ".github",
        "blob_href": f"https://github.com/{asked.repo.full_name}/blob/{asked.repo.head}/.github",
        "start_line": 1,
        "end_line": 1,
        "start_column": None,
        "end_column": None,
        "annotation_level": "failure",
        "title": "",
        "message": message,
        "raw_details": "",
    }


def status_shape(asked: Asked, status: CommitStatus) -> Value:
    """Write a commit status."""
    creator = status.creator
    return {
        "id": status.id,
        "node_id": f"SC_{status.id}",
        "context": status.context,
        "state": status.state,
        "description": status.description or None,
        "target_url": status.target_url,
        "creator": None if creator is None else user_shape(asked.base, creator),
        "avatar_url": None,
        "created_at": seconds(status.created_at),
        "updated_at": seconds(status.created_at),
        "url": f"{asked.url}/statuses/{status.id}",
    }


def suite_shape(suite: Suite) -> Value:
    """Write a check suite."""
    if isinstance(suite, ExternalSuite):
        app, runs = suite.app, suite.runs
    else:
        app, runs = "github-actions", len(suite.jobs)
    return {
        "id": suite.suite_id,
        "node_id": f"CS_{suite.suite_id}",
        "head_sha": suite.sha,
        "status": suite.status,
        "conclusion": suite.conclusion,
        "app": {"slug": app},
        "latest_check_runs_count": runs,
        "created_at": seconds(suite.created_at),
        "updated_at": seconds(suite.updated_at),
    }


def commit_shape(asked: Asked, sha: str) -> Value:
    """Write a commit."""
    commit = asked.repo.commits[sha]
    person = {
        "name": commit.author,
        "email": f"{commit.author}@example.com",
        "date": seconds(commit.committed_at),
    }
    return {
        "sha": sha,
        "node_id": f"C_{sha}",
        "commit": {"message": commit.message, "author": person, "committer": person},
        "author": user_shape(asked.base, commit.author),
        "committer": user_shape(asked.base, commit.author),
        "parents": [{"sha": commit.parent}] if commit.parent else [],
        "url": f"{asked.url}/commits/{sha}",
        "html_url": f"https://github.com/{asked.repo.full_name}/commit/{sha}",
    }
