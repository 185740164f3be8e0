"""What a pipeline may ask of the two providers: a deploy of a commit, and a record of it."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from pipeline_health.simulator import Answer, World
from pipeline_health.simulator.github_world import Repo
from pipeline_health.simulator.railway_world import RailwayService

Ask = Callable[..., Answer]
Railway = Callable[..., tuple[int, Any]]
RECORDS = "/repos/acme/shop/deployments"
ALONE = {"auto_merge": False, "required_contexts": []}
DEPLOY = """mutation ($environment: String!, $service: String!, $commit: String) {
  serviceInstanceDeployV2(environmentId: $environment, serviceId: $service, commitSha: $commit)
}"""


def told(answer: Answer) -> tuple[int, str]:
    """Give the status of an answer and what it says."""
    return answer.status, json.loads(answer.body).get("message", "")


def test_a_deployment_is_recorded_with_its_states(shop: Repo, rest: Ask) -> None:
    """The record is of the commit that was named, and the account that asked made it."""
    answer = rest("POST", RECORDS, {"ref": shop.head, "environment": "staging", **ALONE})
    number = json.loads(answer.body)["id"]
    for state in ("in_progress", "success"):
        assert 201 == rest("POST", f"{RECORDS}/{number}/statuses", {"state": state}).status

    (record,) = shop.deployments
    assert (number, shop.head, "staging") == (record.id, record.sha, record.environment)
    assert ["in_progress", "success"] == [status.state for status in record.statuses]
    assert "health-bot" == record.creator


@pytest.mark.parametrize(
    ("sent", "status", "said"),
    [
        ({**ALONE}, 422, "Validation Failed"),
        ({"ref": "9" * 40, **ALONE}, 422, f"No ref found for: {'9' * 40}"),
        ({"ref": "first", "required_contexts": []}, 409, "Conflict merging main into"),
        ({"ref": "first", "auto_merge": False}, 409, "Conflict: Commit status checks failed"),
    ],
)
def test_a_record_that_github_does_not_make(
    shop: Repo, rest: Ask, sent: Mapping[str, object], status: int, said: str
) -> None:
    """A commit that nobody knows is refused; by default so is an old one, or one not green."""
    first = shop.head
    shop.status("lint", "failure", sha=first)
    shop.push("Another")
    known = {"ref": first} if sent.get("ref") == "first" else {}

    answer = told(rest("POST", RECORDS, {**sent, **known}))

    assert status == answer[0]
    assert answer[1].startswith(said)
    assert [] == shop.deployments


def test_a_state_that_github_does_not_know_is_refused(shop: Repo, rest: Ask) -> None:
    """So is one of a deployment that is not there."""
    record = shop.record_deployment("staging", None)

    assert 422 == rest("POST", f"{RECORDS}/{record.id}/statuses", {"state": "done"}).status
    assert 404 == rest("POST", f"{RECORDS}/1{record.id}/statuses", {"state": "success"}).status
    assert [] == record.statuses


def test_railway_deploys_a_commit_on_request(
    shop: Repo, web: RailwayService, railway: Railway
) -> None:
    """The answer is the id of the deployment, which begins without saying its commit."""
    first = shop.head
    shop.push("Another")
    asked = {"environment": web.environment.id, "service": web.id, "commit": first}

    _, answer = railway(DEPLOY, asked)

    (deployment,) = web.deployments
    assert deployment.id == answer["data"]["serviceInstanceDeployV2"]
    assert (first, "INITIALIZING") == (deployment.commit, deployment.status)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"commit": "9" * 40}, "Commit not found"),
        ({"service": "nobody"}, "ServiceInstance not found"),
        ({"environment": "nowhere"}, "Not Authorized"),
    ],
)
def test_railway_refuses_what_it_does_not_have(
    world: World,
    shop: Repo,
    web: RailwayService,
    railway: Railway,
    wrong: Mapping[str, str],
    said: str,
) -> None:
    """Nothing is deployed then."""
    asked = {"environment": web.environment.id, "service": web.id, "commit": shop.head, **wrong}

    _, answer = railway(DEPLOY, asked)

    assert said == answer["errors"][0]["message"]
    assert [] == web.deployments
    assert [] == world.refusals
