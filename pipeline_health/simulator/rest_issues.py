"""GitHub's REST routes for issues, comments and labels."""

from collections.abc import Callable
from typing import Any

from pipeline_health.simulator.github_records import Issue
from pipeline_health.simulator.github_values import is_same_login, listed
from pipeline_health.simulator.rest import Asked, RefusedError, Reply, invalid, issue_of
from pipeline_health.simulator.rest_shapes import (
    comment_shape,
    issue_shape,
    label_shape,
    labels_shape,
)

LONGEST_BODY = 65_536
LONGEST_TITLE = 256
SORTS: dict[str, Callable[[Issue], tuple[Any, int]]] = {
    "created": lambda issue: (issue.created_at, issue.number),
    "updated": lambda issue: (issue.updated_at, issue.number),
    "comments": lambda issue: (len(issue.comments), issue.number),
}


def list_issues(asked: Asked) -> Reply:
    """List issues and pull requests, filtered by state, labels and creator."""
    if not asked.repo.has_issues:
        raise RefusedError(410, "Issues has been disabled in this repository.")
    everything = [*asked.repo.issues.values(), *asked.repo.pulls.values()]
    found = [issue for issue in listed(asked.world, everything) if _is_wanted(asked, issue)]
    descending = asked.query.get("direction", "desc") == "desc"
    found.sort(key=SORTS[asked.query.get("sort", "created")], reverse=descending)
    return asked.page([issue_shape(asked, issue) for issue in found])


def _is_wanted(asked: Asked, issue: Issue) -> bool:
    creator, state = asked.query.get("creator"), asked.query.get("state", "open")
    wanted = {name.lower() for name in asked.query.get("labels", "").split(",") if name}
    return (
        state in ("all", issue.state)
        and wanted <= {name.lower() for name in issue.labels}
        and (creator is None or is_same_login(issue.user, creator))
    )


def create_issue(asked: Asked) -> Reply:
    """File an issue; without push access its labels are dropped, and nothing says so."""
    if not asked.repo.has_issues:
        raise RefusedError(410, "Issues has been disabled in this repository.")
    sent = asked.json()
    if not sent.get("title"):
        raise invalid(resource="Issue", name="title", code="missing_field")
    _check_length("Issue", sent)
    labels = [] if asked.repo.drops_labels else _names(sent.get("labels") or [])
    issue = asked.repo.open_issue(
        sent["title"], sent.get("body") or "", labels=labels, user=asked.login
    )
    return Reply(payload=issue_shape(asked, issue), status=201)


def get_issue(asked: Asked, number: str) -> Reply:
    """Give an issue by its number; no lag delays that."""
    return Reply(payload=issue_shape(asked, issue_of(asked, number)))


def edit_issue(asked: Asked, number: str) -> Reply:
    """Change the title, body, state or labels of an issue."""
    issue, sent = issue_of(asked, number), asked.json()
    _check_length("Issue", sent)
    if "title" in sent or "body" in sent:
        asked.repo.edit_issue(issue.number, title=sent.get("title"), body=sent.get("body"))
    if "labels" in sent and not asked.repo.drops_labels:
        asked.repo.label_issue(issue.number, _names(sent["labels"]))
    if sent.get("state") == "closed":
        reason = sent.get("state_reason") or "completed"
        asked.repo.close_issue(issue.number, user=asked.login, reason=reason)
    elif sent.get("state") == "open":
        asked.repo.reopen_issue(issue.number)
    return Reply(payload=issue_shape(asked, issue))


def list_comments(asked: Asked, number: str) -> Reply:
    """List the comments of an issue, oldest first."""
    issue = issue_of(asked, number)
    return asked.page([comment_shape(asked, issue, comment) for comment in issue.comments])


def create_comment(asked: Asked, number: str) -> Reply:
    """Comment on an issue."""
    issue, sent = issue_of(asked, number), asked.json()
    if not sent.get("body"):
        raise invalid(resource="IssueComment", name="body", code="missing_field")
    _check_length("IssueComment", sent)
    comment = asked.repo.comment(issue.number, sent["body"], user=asked.login)
    return Reply(payload=comment_shape(asked, issue, comment), status=201)


def list_labels(asked: Asked) -> Reply:
    """List the labels that the repository knows."""
    return asked.page([label_shape(asked, label) for label in asked.repo.labels.values()])


def get_label(asked: Asked, name: str) -> Reply:
    """Give one label that the repository knows."""
    found = asked.repo.labels.get(name.lower())
    if found is None:
        raise RefusedError(404, "Not Found")
    return Reply(payload=label_shape(asked, found))


def create_label(asked: Asked) -> Reply:
    """Make a label; a name is taken whatever its case."""
    _check_push_access(asked)
    sent = asked.json()
    if not sent.get("name"):
        raise invalid(resource="Label", name="name", code="missing_field")
    if sent["name"].lower() in asked.repo.labels:
        raise invalid(resource="Label", name="name", code="already_exists")
    label = asked.repo.make_label(
        sent["name"], color=sent.get("color", "ededed"), description=sent.get("description")
    )
    return Reply(payload=label_shape(asked, label), status=201)


def list_issue_labels(asked: Asked, number: str) -> Reply:
    """List the labels of an issue."""
    return asked.page(labels_shape(asked, issue_of(asked, number).labels))


def add_labels(asked: Asked, number: str) -> Reply:
    """Add labels to an issue; those that the repository lacks are made."""
    issue = issue_of(asked, number)
    return _relabel(asked, issue, [*issue.labels, *_names(asked.json())])


def set_labels(asked: Asked, number: str) -> Reply:
    """Replace the labels of an issue."""
    return _relabel(asked, issue_of(asked, number), _names(asked.json()))


def remove_label(asked: Asked, number: str, name: str) -> Reply:
    """Take one label off an issue that has it."""
    issue = issue_of(asked, number)
    left = [label for label in issue.labels if label.lower() != name.lower()]
    if len(left) == len(issue.labels):
        raise RefusedError(404, "Label does not exist")
    return _relabel(asked, issue, left)


def _relabel(asked: Asked, issue: Issue, names: list[str]) -> Reply:
    _check_push_access(asked)
    asked.repo.label_issue(issue.number, names)
    return Reply(payload=labels_shape(asked, issue.labels))


def _check_push_access(asked: Asked) -> None:
    if asked.repo.drops_labels:
        raise RefusedError(403, "Resource not accessible by personal access token")


def _check_length(resource: str, sent: dict[str, Any]) -> None:
    if len(sent.get("body") or "") > LONGEST_BODY:
        msg = f"body is too long (maximum is {LONGEST_BODY} characters)"
        raise invalid(resource=resource, name="body", code="custom", message=msg)
    if len(sent.get("title") or "") > LONGEST_TITLE:
        msg = f"title is too long (maximum is {LONGEST_TITLE} characters)"
        raise invalid(resource=resource, name="title", code="custom", message=msg)


def _names(labels: Any) -> list[str]:
    """Give label names however they were sent: bare, as objects, or below `labels`."""
    found = labels.get("labels", []) if isinstance(labels, dict) else labels
    return [label if isinstance(label, str) else label["name"] for label in found]
