import json
from collections.abc import Mapping
from datetime import timedelta

import pytest

from pipeline_health.clients.errors import (
    ClientError,
    NothingThereError,
    RateLimitedError,
    RefusedError,
    UnexpectedShapeError,
    UnreachableError,
)
from pipeline_health.clients.github_refusals import TooLargeError, message_of, refuse
from pipeline_health.clients.github_wire import API_VERSION, Meter, Wire
from pipeline_health.clients.http import Answer, Http
from pipeline_health.core.model.report import Usage
from wire import NOON, Said, Script, StillClock, github_wire, http_at, saying

WHO = '{"data": {"viewer": {"login": "health-bot"}}}'
SECONDARY = "You have exceeded a secondary rate limit."


def answer(status: int, message: str = "", headers: Mapping[str, str] | None = None) -> Answer:
    """Give an answer as GitHub words its refusals."""
    body = json.dumps({"message": message}).encode()
    return Answer(status=status, headers=headers or {}, body=body, at=NOON)


def wire_to(script: Script, http: Http, clock: StillClock, path: str = "") -> Wire:
    """Give a wire to a scripted server."""
    api = script.url.removesuffix("/graphql/v2") + path
    return github_wire(http, api, clock=clock, token="t0ken")


def said(payload: object, **headers: str) -> Said:
    """Give a 200 with JSON."""
    return Said(body=json.dumps(payload).encode(), headers=headers)


def ask(*answers: Said, splittable: bool = False) -> object:
    """Ask a server that says *answers* who we are."""
    clock = StillClock()
    script = saying(*answers)
    with script.running(), http_at(clock) as http:
        wire = wire_to(script, http, clock)
        return wire.query("query WhoAmI { viewer { login } }", {}, splittable=splittable).data.text(
            "viewer", "login"
        )


@pytest.mark.parametrize("status", [200, 201, 204])
def test_a_success_is_let_through(status: int) -> None:
    """Nothing is raised for a success."""
    refuse(answer(status), now=NOON)


@pytest.mark.parametrize(
    ("status", "kind", "retryable", "lost"),
    [
        pytest.param(401, RefusedError, False, False, id="unauthorized"),
        pytest.param(403, RefusedError, False, False, id="forbidden"),
        pytest.param(404, NothingThereError, False, False, id="not-found"),
        pytest.param(408, UnreachableError, True, True, id="request-timeout"),
        pytest.param(410, RefusedError, False, False, id="gone"),
        pytest.param(422, RefusedError, False, False, id="invalid"),
        pytest.param(307, UnreachableError, True, True, id="redirect-not-followed"),
        pytest.param(500, UnreachableError, True, True, id="server-error"),
        pytest.param(502, UnreachableError, True, True, id="bad-gateway"),
    ],
)
def test_a_refusal_means_what_follows_from_it(
    status: int, kind: type[ClientError], *, retryable: bool, lost: bool
) -> None:
    """The status decides whether to try again, and whether a write may have happened."""
    with pytest.raises(kind, match="because") as caught:
        refuse(answer(status, "because"), now=NOON)

    assert (kind, retryable, lost) == (
        type(caught.value),
        caught.value.retryable,
        caught.value.lost,
    )


def test_a_refused_token_is_named_as_such() -> None:
    """A 401 says that the token was refused, in GitHub's words."""
    with pytest.raises(RefusedError) as caught:
        refuse(answer(401, "Bad credentials"), now=NOON)

    assert "GitHub refused the token (Bad credentials)" == str(caught.value)
    assert 401 == caught.value.status


@pytest.mark.parametrize(
    ("given", "wait"),
    [
        pytest.param(answer(403, "x", {"retry-after": "7"}), 7, id="retry-after"),
        pytest.param(
            answer(
                429,
                "x",
                {
                    "retry-after": "7",
                    "x-ratelimit-remaining": "0",
                    "x-ratelimit-reset": str(NOON.timestamp() + 900),
                },
            ),
            7,
            id="retry-after-comes-first",
        ),
        pytest.param(
            answer(
                403,
                "API rate limit exceeded",
                {
                    "x-ratelimit-remaining": "0",
                    "x-ratelimit-reset": str(int(NOON.timestamp()) + 900),
                },
            ),
            900,
            id="primary",
        ),
        pytest.param(
            answer(403, "x", {"x-ratelimit-remaining": "0"}), 60, id="primary-without-its-end"
        ),
        pytest.param(
            answer(403, "x", {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "soon"}),
            60,
            id="primary-with-a-strange-end",
        ),
        pytest.param(answer(403, SECONDARY), 60, id="secondary-without-a-header"),
        pytest.param(answer(429, "slow down"), 60, id="429-without-a-word"),
    ],
)
def test_a_rate_limit_says_until_when(given: Answer, wait: int) -> None:
    """Retry-After wins, then the end of the hour, and a minute is the least."""
    with pytest.raises(RateLimitedError) as caught:
        refuse(given, now=NOON)

    assert NOON + timedelta(seconds=wait) == caught.value.retry_at


@pytest.mark.parametrize(
    ("body", "words"),
    [
        pytest.param(b'{"message": "Not Found"}', "Not Found", id="message"),
        pytest.param(
            b'{"message": "Validation Failed", "errors": [{"code": "missing_field"}]}',
            "Validation Failed (missing_field)",
            id="with-a-code",
        ),
        pytest.param(
            b'{"message": "No", "errors": [{"message": "too long", "code": "custom"}, {}]}',
            "No (too long)",
            id="with-a-message",
        ),
        pytest.param(b"<html>", "no reason given", id="html"),
        pytest.param(b"", "no reason given", id="empty"),
        pytest.param(b"[]", "no reason given", id="list"),
        pytest.param(b'{"message": 3}', "no reason given", id="number"),
        pytest.param(b'{"errors": "all"}', "no reason given", id="errors-of-another-type"),
        pytest.param(b'{"message": "%s"}' % (b"x" * 400), "x" * 300, id="endless"),
    ],
)
def test_githubs_own_words_are_found_or_not(body: bytes, words: str) -> None:
    """Whatever a refusal's body is, it becomes a short text."""
    assert words == message_of(Answer(status=422, headers={}, body=body, at=NOON))


def test_every_request_carries_version_agent_and_token() -> None:
    """GitHub answers a known version of itself, to somebody who names himself."""
    clock = StillClock()
    script = saying(Said(body=b"[]"))
    with script.running(), http_at(clock) as http:
        wire_to(script, http, clock).get("/user", page=1)

    headers = script.asked[0].headers
    assert API_VERSION == headers["X-GitHub-Api-Version"]
    assert "Bearer t0ken" == headers["Authorization"]
    assert headers["User-Agent"].startswith("pipeline-health/")
    assert "/user?page=1" == script.asked[0].path


@pytest.mark.parametrize(
    ("root", "path"),
    [
        pytest.param("", "/graphql", id="github"),
        pytest.param("/", "/graphql", id="slash"),
        pytest.param("/api/v3", "/api/graphql", id="enterprise"),
    ],
)
def test_graphql_lies_beside_the_rest_root(root: str, path: str) -> None:
    """An enterprise's REST root ends in /v3, and its GraphQL does not."""
    clock = StillClock()
    script = saying(Said(body=WHO.encode()))
    with script.running(), http_at(clock) as http:
        wire_to(script, http, clock, root).query("query { viewer { login } }", {})

    assert [path] == [asked.path for asked in script.asked]


def test_the_price_of_a_query_is_added_up() -> None:
    """Requests, points and what is left are known after a few queries, priced or not."""
    clock = StillClock()
    priced = {"data": {"rateLimit": {"cost": 2, "remaining": 4998}, "viewer": None}}
    script = saying(said(priced), said(priced), said({"data": {"rateLimit": None}}))
    with script.running(), http_at(clock) as http:
        wire = wire_to(script, http, clock)
        for _ in range(3):
            wire.query("query { viewer { login } }", {})

    assert Usage(requests=3, points=4, remaining=4998) == wire.meter.usage()


def test_a_meter_without_queries_knows_no_points() -> None:
    """Nothing asked is no points known, not no points left."""
    assert Usage(requests=0, points=None, remaining=None) == Meter().usage()


@pytest.mark.parametrize(
    ("given", "kind"),
    [
        pytest.param(
            said({"errors": [{"type": "RATE_LIMITED", "message": "limit"}]}),
            RateLimitedError,
            id="primary-limit-is-a-200",
        ),
        pytest.param(
            said({"data": None, "errors": [{"message": "Field 'x' doesn't exist"}]}),
            RefusedError,
            id="bad-document",
        ),
        pytest.param(
            said({"data": None, "errors": [{"message": "Something went wrong while executing"}]}),
            UnreachableError,
            id="passing",
        ),
        pytest.param(said({"data": None}), UnreachableError, id="nothing-and-no-reason"),
        pytest.param(said({"hello": 1}), UnexpectedShapeError, id="no-graphql"),
        pytest.param(said([]), UnexpectedShapeError, id="list"),
        pytest.param(Said(body=b"<html>"), UnreachableError, id="html"),
        pytest.param(Said(status=502, body=b"{}"), UnreachableError, id="bad-gateway"),
        pytest.param(said({"data": {"viewer": 3}}), UnexpectedShapeError, id="shape"),
    ],
)
def test_a_query_without_any_answer_raises(given: Said, kind: type[ClientError]) -> None:
    """A 200 is not yet an answer."""
    with pytest.raises(ClientError) as caught:
        ask(given)

    assert kind is type(caught.value)


def test_a_passing_error_is_asked_again() -> None:
    """A read is repeated when that may help, and its second answer counts."""
    passing = said({"data": None, "errors": [{"message": "Something went wrong"}]})

    assert "health-bot" == ask(passing, Said(body=WHO.encode()))


@pytest.mark.parametrize(
    "given",
    [
        pytest.param(Said(status=502), id="502"),
        pytest.param(Said(status=504), id="504"),
        pytest.param(
            said({"data": {}, "errors": [{"type": "RESOURCE_LIMITS_EXCEEDED", "message": "m"}]}),
            id="resource-limits",
        ),
    ],
)
def test_a_large_query_that_fails_is_not_sent_again_as_it_was(given: Said) -> None:
    """The caller learns at once that a smaller query should be tried."""
    with pytest.raises(TooLargeError):
        ask(given, Said(body=WHO.encode()), splittable=True)


IN_TEN_MINUTES = str(int(NOON.timestamp()) + 600)


@pytest.mark.parametrize(
    ("error", "headers", "seconds"),
    [
        pytest.param(
            {"type": "RATE_LIMITED", "message": "limit"},
            {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": IN_TEN_MINUTES},
            600,
            id="primary",
        ),
        pytest.param({"type": "RATE_LIMITED", "message": "limit"}, {}, 60, id="no-header"),
        pytest.param(
            {"message": SECONDARY},
            {
                "Retry-After": "30",
                "X-RateLimit-Remaining": "9",
                "X-RateLimit-Reset": IN_TEN_MINUTES,
            },
            30,
            id="secondary",
        ),
        pytest.param({"message": SECONDARY}, {}, 60, id="secondary-without-a-header"),
    ],
)
def test_a_limit_of_graphql_is_a_200_that_says_until_when(
    error: Mapping[str, str], headers: Mapping[str, str], seconds: int
) -> None:
    """The headers beside it are those of a refusal, and so is the least of a minute."""
    with pytest.raises(RateLimitedError) as caught:
        ask(said({"data": None, "errors": [error]}, **headers))

    assert NOON + timedelta(seconds=seconds) == caught.value.retry_at


@pytest.mark.parametrize(
    "location", ["https://[bad", "//[::1", "http://elsewhere/"], ids=["none", "odd", "elsewhere"]
)
def test_a_write_that_is_led_to_no_address_of_ours_is_sent_once(location: str) -> None:
    """What GitHub says of where it went is an answer that is no use, and no defect of ours."""
    script, clock = saying(Said(status=307, headers={"Location": location})), StillClock()
    with script.running(), http_at(clock) as http, pytest.raises(UnreachableError):
        wire_to(script, http, clock).send("POST", "/x")

    assert 1 == len(script.asked)


@pytest.mark.parametrize("differs", [timedelta(hours=-2), timedelta(minutes=50)])
def test_the_end_of_the_hour_is_told_by_our_clock(differs: timedelta) -> None:
    """By a clock that differs it would be over already, or far away."""
    headers = {"x-ratelimit-remaining": "0", "x-ratelimit-reset": IN_TEN_MINUTES}

    with pytest.raises(RateLimitedError) as caught:
        refuse(answer(403, "x", headers), now=NOON + differs)

    assert NOON + differs + timedelta(minutes=10) == caught.value.retry_at
