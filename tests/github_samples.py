"""GitHub's answers, one sample of each kind, in the providers' own shapes."""

from collections.abc import Mapping
from datetime import UTC, datetime

from hypothesis import strategies as st

from pipeline_health.core.model.ids import RepoName, Sha
from pipeline_health.core.model.issue import IssueRef

REF = IssueRef(RepoName("acme/shop"), 7)
AT = "2026-03-02T10:00:00Z"
LATER = "2026-03-02T10:05:00Z"
TEN = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
FIVE_PAST = datetime(2026, 3, 2, 10, 5, tzinfo=UTC)
SHA = Sha("a" * 40)

REPOSITORY: Mapping[str, object] = {
    "id": "R_1",
    "databaseId": 1,
    "nameWithOwner": "acme/shop",
    "isPrivate": True,
    "isArchived": False,
    "hasIssuesEnabled": True,
}
REF_NODE: Mapping[str, object] = {
    "name": "main",
    "target": {
        "oid": SHA,
        "committedDate": AT,
        "messageHeadline": "Add a basket",
        "author": {"name": "A. Dev", "user": {"login": "dev"}},
        "history": {
            "nodes": [
                {"oid": SHA, "committedDate": AT},
                {"oid": "b" * 40, "committedDate": AT},
            ]
        },
    },
}
STATUS: Mapping[str, object] = {
    "status": {
        "contexts": [
            {
                "context": "ci/x",
                "state": "SUCCESS",
                "createdAt": AT,
                "creator": {"login": "Bot[bot]"},
                "description": "3 of 4 passed",
                "targetUrl": "https://example.com",
            }
        ]
    }
}
SUITE: Mapping[str, object] = {
    "id": "CS_1",
    "databaseId": 31234567890,
    "status": "COMPLETED",
    "conclusion": "FAILURE",
    "createdAt": AT,
    "updatedAt": LATER,
    "app": {"slug": "github-actions"},
    "workflowRun": {
        "databaseId": 5,
        "event": "push",
        "url": "https://github.com/acme/shop/actions/runs/5",
        "workflow": {"databaseId": 6, "name": "CI"},
    },
}
DEPLOYMENT: Mapping[str, object] = {
    "databaseId": 9,
    "commitOid": SHA,
    "environment": "staging",
    "createdAt": AT,
    "creator": {"login": "railway-app"},
    "latestStatus": {
        "state": "FAILURE",
        "createdAt": LATER,
        "logUrl": "",
        "environmentUrl": "https://railway.com/project/x",
    },
}
STUB: Mapping[str, object] = {"number": 7, "state": "OPEN", "updatedAt": AT}
ISSUE: Mapping[str, object] = {
    "number": 7,
    "title": "Main CI red",
    "body": "It is.",
    "state": "CLOSED",
    "stateReason": "NOT_PLANNED",
    "createdAt": AT,
    "updatedAt": LATER,
    "closedAt": LATER,
    "url": "https://github.com/acme/shop/issues/7",
    "viewerDidAuthor": False,
    "author": {"login": "health-bot", "__typename": "Bot"},
    "labels": {"nodes": [{"name": "bug"}]},
    "timelineItems": {
        "nodes": [{"createdAt": LATER, "actor": {"login": "Ann", "__typename": "User"}}]
    },
}
RUN: Mapping[str, object] = {
    "id": 5,
    "event": "push",
    "workflow_id": 6,
    "name": "CI",
    "path": ".github/workflows/ci.yml",
    "html_url": "https://github.com/acme/shop/actions/runs/5",
    "check_suite_id": 8,
    "status": "in_progress",
    "conclusion": None,
    "created_at": AT,
    "updated_at": LATER,
    "head_sha": SHA,
}
JOB: Mapping[str, object] = {
    "id": 3,
    "name": "test",
    "conclusion": "failure",
    "completed_at": LATER,
    "html_url": "https://github.com/acme/shop/actions/runs/5/job/3",
    "steps": [
        {"name": "Set up", "conclusion": "success"},
        {"name": "pytest", "conclusion": "failure"},
        {"name": "Report", "conclusion": "failure"},
        {"name": "Post", "conclusion": None},
    ],
}
CREATED: Mapping[str, object] = {
    "number": 7,
    "state": "open",
    "title": "T",
    "body": None,
    "labels": [{"name": "bug"}],
    "created_at": AT,
    "updated_at": AT,
    "closed_at": None,
    "html_url": "https://github.com/acme/shop/issues/7",
}

JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)


def places(value: object, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """List every place in a JSON value, its root first."""
    below: list[tuple[str | int, ...]] = []
    if isinstance(value, Mapping):
        below = [place for key in value for place in places(value[key], (*path, key))]
    if isinstance(value, list):
        below = [place for at, each in enumerate(value) for place in places(each, (*path, at))]
    return [path, *below]


def spoiled(value: object, path: tuple[str | int, ...], junk: object) -> object:
    """Give a JSON value with *junk* at one place."""
    if not path:
        return junk
    if isinstance(value, Mapping):
        return {**value, path[0]: spoiled(value[str(path[0])], path[1:], junk)}
    assert isinstance(value, list)
    return [
        spoiled(each, path[1:], junk) if at == path[0] else each for at, each in enumerate(value)
    ]
