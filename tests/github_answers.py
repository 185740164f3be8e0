"""One good answer of GitHub to a look and to a question for issues, and who reads it."""

import json

import httpx

from github_samples import (
    DEPLOYMENT,
    ISSUE,
    REF_NODE,
    REPOSITORY,
    STATUS,
    STUB,
    SUITE,
)
from github_stage import OWN, SHOP
from pipeline_health.clients.github import GitHub
from pipeline_health.clients.github_sighting import Sighting, Wanted
from pipeline_health.clients.http import Http
from wire import StillClock, github_wire

WANTED = Wanted(repo=SHOP, branch=None, environments=("staging",), earlier=True)
END = {"pageInfo": {"hasNextPage": False, "endCursor": None}}
COMMIT = {
    **REF_NODE["target"],  # type: ignore[dict-item]
    **STATUS,
    "checkSuites": {**END, "nodes": [SUITE]},
}
FOUND = {
    **REPOSITORY,
    "opened": {**END, "nodes": [STUB]},
    "closed": {"nodes": []},
    "branch": {
        "name": "main",
        "target": {**COMMIT, "earlier": {"nodes": [COMMIT, {**COMMIT, "oid": "b" * 40}]}},
    },
    "deployments": {"nodes": [DEPLOYMENT]},
    "production": {"nodes": [{**DEPLOYMENT, "environment": "production"}]},
}
LOOK = {"data": {"rateLimit": {"cost": 1, "remaining": 9, "resetAt": "x"}, "r0": FOUND}}
ISSUES = {"data": {"i0": {"nameWithOwner": SHOP, "issueOrPullRequest": {"__typename": "Issue"}}}}
ISSUES["data"]["i0"]["issueOrPullRequest"] = {**ISSUE, "__typename": "Issue"}


def answering(payload: object) -> GitHub:
    """Give a client to which GitHub always answers *payload*."""

    def answer(_: httpx.Request) -> httpx.Response:
        return httpx.Response(200, content=json.dumps(payload).encode())

    clock = StillClock()
    http = Http(clock=clock, jitter=lambda: 0.0, transport=httpx.MockTransport(answer))
    return GitHub(github_wire(http, "http://127.0.0.1", clock=clock))


def look(payload: object) -> Sighting:
    """Give what a look makes of *payload*."""
    (sighting,) = answering(payload).look([WANTED], author=OWN, checks=True)
    return sighting
