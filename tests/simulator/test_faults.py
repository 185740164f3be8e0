"""What can be made to go wrong, and what has happened by then."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from pipeline_health.clients import documents
from pipeline_health.simulator import Answer, Call, ConnectionCut, Simulator, World
from pipeline_health.simulator.faults import Mode
from pipeline_health.simulator.github_world import Repo
from pipeline_health.simulator.railway_world import RailwayEnvironment

Ask = Callable[..., Answer]
ISSUES = "/repos/acme/shop/issues"
SENT = {"title": "One"}


def test_a_status_is_answered_in_place(world: World, shop: Repo, rest: Ask) -> None:
    """Nothing happens; body and headers are the order's."""
    world.faults.add(host="github", mode="status", status=503, headers={"Retry-After": "9"})
    world.faults.add(host="github", mode="status", body="busy")
    first, second = rest("POST", ISSUES, SENT), rest("POST", ISSUES, SENT)
    assert (503, "9", {"message": "Server Error"}) == (
        first.status,
        first.headers["Retry-After"],
        json.loads(first.body),
    )
    assert (502, b"busy") == (second.status, second.body)
    assert {} == shop.issues
    assert [503, 502] == [request.status for request in world.requests]


@pytest.mark.parametrize(("body", "start"), [("", b"<html>"), ("<b>no</b>", b"<b>")])
def test_a_page_of_html_is_answered_in_place(
    world: World, rest: Ask, body: str, start: bytes
) -> None:
    """With the status that was ordered."""
    world.faults.add(host="github", mode="html", status=200, body=body)
    answer = rest("GET", ISSUES)
    assert (200, True) == (answer.status, answer.body.startswith(start))
    assert answer.headers["Content-Type"].startswith("text/html")


@pytest.mark.parametrize("mode", ["truncate", "empty"])
def test_an_answer_is_spoiled_after_its_effect(
    world: World, shop: Repo, rest: Ask, mode: Mode
) -> None:
    """The status is right, the body is no JSON, and the issue is there."""
    world.faults.add(host="github", mode=mode)
    answer = rest("POST", ISSUES, SENT)
    assert 201 == answer.status
    with pytest.raises(ValueError, match=r"Expecting value|Unterminated|delimiter"):
        json.loads(answer.body)
    assert ["One"] == shop.open_titles


@pytest.mark.parametrize(
    ("mode", "titles"), [("cut_before", []), ("cut_after", ["One"])], ids=["before", "after"]
)
def test_a_connection_is_cut(
    world: World, shop: Repo, rest: Ask, mode: Mode, titles: list[str]
) -> None:
    """Before anything happens, or after: the client cannot tell."""
    world.faults.add(host="github", mode=mode)
    with pytest.raises(ConnectionCut):
        rest("POST", ISSUES, SENT)
    assert titles == shop.open_titles
    assert [("POST", 0)] == [(request.method, request.status) for request in world.requests]


def test_a_fault_is_for_the_requests_that_it_names(world: World, shop: Repo, rest: Ask) -> None:
    """So many of them, of one host, with a part of method, path, query and document."""
    world.faults.add(host="github", mode="status", match=f"GET {ISSUES}?state=all", times=2)
    world.faults.add(host="railway", mode="status")
    targets = (ISSUES, f"{ISSUES}?state=all", f"{ISSUES}?state=all", f"{ISSUES}?state=all")
    assert [200, 502, 502, 200] == [rest("GET", target).status for target in targets]
    assert [] == shop.open_titles


def test_orders_can_be_withdrawn(world: World, shop: Repo, rest: Ask) -> None:
    """After that everything goes well."""
    world.faults.add(host="github", mode="status", times=9)
    world.faults.clear()
    assert (200, 0) == (rest("GET", ISSUES).status, len(shop.issues))


def test_an_order_that_means_nothing_is_refused(world: World) -> None:
    """A mistake in a story is loud."""
    with pytest.raises(ValueError, match="no fault 'explode'"):
        world.faults.add(host="github", mode="explode")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("status", "answered"), [(502, 403), (429, 429)], ids=["by default", "as ordered"]
)
@pytest.mark.parametrize(
    ("mode", "header"), [("primary_limit", "X-RateLimit-Reset"), ("secondary_limit", "Retry-After")]
)
def test_githubs_limits_are_403_or_429(
    world: World, rest: Ask, mode: Mode, header: str, status: int, answered: int
) -> None:
    """The primary one tells when it ends, the secondary one how long to wait."""
    world.faults.add(host="github", mode=mode, status=status, seconds=30)
    answer = rest("GET", "/user")
    ends = {"Retry-After": "30", "X-RateLimit-Reset": str(int(world.now().timestamp()) + 30)}
    assert (answered, ends[header]) == (answer.status, answer.headers[header])


def test_a_bare_limit_does_not_say_when_to_come_back(world: World, rest: Ask) -> None:
    """A secondary limit may come without Retry-After."""
    world.faults.add(host="github", mode="bare_limit", status=429)
    answer = rest("GET", "/user")

    assert (429, None) == (answer.status, answer.headers.get("Retry-After"))
    assert b"secondary rate limit" in answer.body


def test_githubs_primary_limit_of_points_is_a_200(world: World, github: Callable[..., Any]) -> None:
    """The error says RATE_LIMITED."""
    world.faults.add(host="github", mode="primary_limit")
    assert "RATE_LIMITED" == github(documents.GITHUB_WHO_AM_I)["errors"][0]["type"]


@pytest.mark.parametrize("mode", ["primary_limit", "secondary_limit"])
def test_railways_limit_is_a_429(
    world: World, railway: Callable[..., tuple[int, Any]], mode: Mode
) -> None:
    """With Retry-After, which the extra headers may replace."""
    world.faults.add(host="railway", mode=mode)
    status, body = railway(documents.RAILWAY_SCOPE)
    assert (429, "Rate limit exceeded") == (status, body["errors"][0]["message"])
    world.faults.add(host="railway", mode=mode, seconds=0.5)
    headers = {"User-Agent": "tests"}
    call = Call(method="POST", target="/graphql/v2", headers=headers, body=b"{}")
    assert "0.5" == Simulator(world).answer("railway", call).headers["Retry-After"]


@pytest.mark.parametrize(("body", "message"), [("", "Something went wrong"), ("no", "no")])
def test_a_document_may_fail_as_a_whole(
    world: World, github: Callable[..., Any], body: str, message: str
) -> None:
    """Data is null, and the message is the order's."""
    world.faults.add(host="github", mode="graphql_error", body=body)
    found = github(documents.GITHUB_WHO_AM_I)
    assert (None, True) == (found["data"], found["errors"][0]["message"].startswith(message))


def test_one_part_of_an_answer_may_be_missing(world: World, github: Callable[..., Any]) -> None:
    """GitHub nulls the alias and names it; the others are there. It waits for its alias."""
    world.repo("acme/shop").open_issue("One")
    world.faults.add(host="github", mode="partial", body="i1")
    assert "errors" not in github(documents.GITHUB_WHO_AM_I)
    given = {"o0": "acme", "n0": "shop", "i0": 1, "o1": "acme", "n1": "shop", "i1": 1}
    body = github(documents.github_issues(2), **given)
    assert (None, [["i1"]]) == (body["data"]["i1"], [error["path"] for error in body["errors"]])
    assert "acme/shop" == body["data"]["i0"]["nameWithOwner"]


def test_on_railway_a_missing_part_takes_all_with_it(
    world: World, staging: RailwayEnvironment, railway: Callable[..., tuple[int, Any]]
) -> None:
    """Its root fields may not be null; the error names the alias."""
    world.faults.add(host="railway", mode="partial", body="e0", times=2)
    _, body = railway(documents.railway_look(1), {"e0": staging.id})
    assert (None, ["e0"]) == (body["data"], body["errors"][0]["path"])
    _, body = railway(documents.railway_look(1), {"e0": "unknown"})
    assert ["Not Authorized"] == [error["message"] for error in body["errors"]]


@pytest.mark.parametrize(("seconds", "passed"), [(None, 1), (25, 25)], ids=["default", "told"])
def test_a_delay_passes_on_the_worlds_clock(
    world: World, rest: Ask, seconds: float | None, passed: int
) -> None:
    """In this process nobody waits; the answer is as it would have been."""
    world.faults.add(host="github", mode="delay", seconds=seconds)
    before = world.now()
    assert 200 == rest("GET", "/user").status
    assert passed == (world.now() - before).total_seconds()


def test_a_trickle_is_the_whole_answer_byte_by_byte(world: World, shop: Repo, rest: Ask) -> None:
    """Its effect has happened; each byte comes a second after the one before, or as ordered."""
    world.faults.add(host="github", mode="trickle")
    world.faults.add(host="github", mode="trickle", seconds=0.5)
    answers = [rest("POST", ISSUES, SENT) for _ in range(2)]
    assert [(201, 1.0), (201, 0.5)] == [(answer.status, answer.pace) for answer in answers]
    assert 2 == len(shop.issues)
