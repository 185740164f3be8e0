import json
from datetime import UTC, datetime, timedelta

import pytest

from pipeline_health.clients.errors import (
    ClientError,
    NothingThereError,
    RateLimitedError,
    RefusedError,
    UnexpectedShapeError,
    UnreachableError,
)
from pipeline_health.clients.graphql import Problem, result_of
from pipeline_health.clients.http import Answer
from pipeline_health.clients.railway_errors import (
    UNTOLD_WAIT,
    NotAuthorizedError,
    PassingError,
    TokenRefusedError,
    error_of,
    refuse,
    refuse_passing,
    require_token,
)
from wire import NOON


def said(message: str, code: str = "INTERNAL_SERVER_ERROR") -> Problem:
    """Give an error as Railway tells it."""
    return Problem(message=message, type=code, path=("e0",))


def answer(status: int, body: object, **headers: str) -> Answer:
    """Give an answer; a text is sent as it is, anything else as JSON."""
    content = body if isinstance(body, str) else json.dumps(body)
    return Answer(status=status, headers=headers, body=content.encode(), at=NOON)


def errors(*problems: Problem) -> object:
    """Give a body that tells *problems* and nothing else."""
    return {
        "data": None,
        "errors": [
            {"message": one.message, "path": list(one.path), "extensions": {"code": one.type}}
            for one in problems
        ],
    }


@pytest.mark.parametrize(
    ("problem", "kind", "retryable"),
    [
        pytest.param(said("Not Authorized"), NotAuthorizedError, False, id="refused"),
        pytest.param(said("user NOT AUTHORIZED here"), NotAuthorizedError, False, id="any-case"),
        pytest.param(said("Project Token not found"), NotAuthorizedError, False, id="no-token"),
        pytest.param(said("Deployment not found"), NothingThereError, False, id="gone"),
        pytest.param(
            said("Deployment does not have an associated build"),
            NothingThereError,
            False,
            id="never-built",
        ),
        pytest.param(said("Rate limit exceeded"), RateLimitedError, True, id="limited"),
        pytest.param(
            said("Cannot query field", "GRAPHQL_VALIDATION_FAILED"), RefusedError, False, id="ours"
        ),
        pytest.param(said("Syntax", "GRAPHQL_PARSE_FAILED"), RefusedError, False, id="syntax"),
        pytest.param(said("Bad id", "BAD_USER_INPUT"), RefusedError, False, id="input"),
        pytest.param(said("Problem processing request"), ClientError, True, id="passing"),
        pytest.param(said("Something went wrong", ""), ClientError, True, id="no-code"),
        pytest.param(
            said("Two Factor Authentication Required", "FORBIDDEN"), ClientError, False, id="other"
        ),
    ],
)
def test_the_message_decides_what_an_error_is(
    problem: Problem, kind: type[ClientError], *, retryable: bool
) -> None:
    """Railway's code is the same for nearly everything, so the message is read."""
    error = error_of(problem)

    assert kind is type(error)
    assert retryable == error.retryable
    assert f"Railway said: {problem.message}" == str(error)


def test_a_long_message_is_cut_to_one_short_line() -> None:
    """A provider's words in an error of ours are bounded."""
    assert f"Railway said: a {'b' * 198}" == str(error_of(said("a\n\n" + "b" * 5000)))


@pytest.mark.parametrize(
    ("got", "kind", "words"),
    [
        pytest.param(answer(502, "<html>"), UnreachableError, "answered 502", id="502"),
        pytest.param(answer(503, errors(said("x"))), UnreachableError, "answered 503", id="503"),
        pytest.param(
            answer(403, "error code: 1010"), RefusedError, "turned our User-Agent away", id="1010"
        ),
        pytest.param(
            answer(403, "<html>Access denied"), UnreachableError, "a page instead of", id="denied"
        ),
        pytest.param(
            answer(401, {"message": "x"}), NotAuthorizedError, "401 without a reason", id="401"
        ),
        pytest.param(
            answer(400, errors(said("Not Authorized"))), NotAuthorizedError, "said", id="400-token"
        ),
        pytest.param(
            answer(400, errors(said("Cannot query", "GRAPHQL_VALIDATION_FAILED"))),
            RefusedError,
            "Cannot query",
            id="400-validation",
        ),
        pytest.param(
            answer(400, errors(said("odd"))), RefusedError, "Railway said: odd", id="400-retryable"
        ),
        pytest.param(answer(404, {"data": None}), RefusedError, "answered 404", id="404"),
        pytest.param(answer(302, ""), RefusedError, "answered 302", id="redirect"),
    ],
)
def test_a_status_that_is_no_answer_is_refused(
    got: Answer, kind: type[ClientError], words: str
) -> None:
    """Statuses from 300 upwards raise, with words that say who refused and why."""
    with pytest.raises(ClientError, match=words) as refused:
        refuse(got, now=NOON)

    assert kind is type(refused.value)


@pytest.mark.parametrize(
    ("after", "retry_at"),
    [
        pytest.param("2.5", timedelta(seconds=2.5), id="fraction"),
        pytest.param("Mon, 02 Mar 2026 12:00:30 GMT", timedelta(seconds=30), id="date"),
        pytest.param(None, UNTOLD_WAIT, id="not-said"),
    ],
)
@pytest.mark.parametrize("ahead", [timedelta(0), timedelta(hours=1)], ids=["same", "ahead"])
def test_a_rate_limit_ends_by_our_clock(
    after: str | None, retry_at: timedelta, ahead: timedelta
) -> None:
    """What Railway says by its own clock is turned into a time by ours."""
    headers = {} if after is None else {"retry-after": after}
    ours: datetime = NOON + ahead
    with pytest.raises(RateLimitedError) as limited:
        refuse(answer(429, "slowly", **headers), now=ours)

    assert ours + retry_at == limited.value.retry_at


def test_an_answer_is_not_refused() -> None:
    """A 200 is read, whatever it says."""
    refuse(answer(200, "<html>"), now=NOON)
    refuse_passing(answer(200, errors(said("Not Authorized"), said("Rate limit reached"))))


def test_an_error_that_may_pass_is_raised_with_its_answer() -> None:
    """Only an error that may be gone the next time asks for another try."""
    with pytest.raises(PassingError) as passing:
        refuse_passing(answer(200, errors(said("Not Authorized"), said("Problem processing"))))

    assert passing.value.retryable
    assert 2 == len(passing.value.result.problems)


@pytest.mark.parametrize(
    ("problems", "kind"),
    [
        pytest.param([said("Not Authorized")], TokenRefusedError, id="refused"),
        pytest.param([said("Problem processing request")], ClientError, id="anything-else"),
    ],
)
def test_an_error_about_the_token_is_told_from_another(
    problems: list[Problem], kind: type[ClientError]
) -> None:
    """Not Authorized of the question who we are means the token itself."""
    with pytest.raises(ClientError) as refused:
        require_token(result_of(answer(200, errors(*problems)), "Railway"))

    assert kind is type(refused.value)


def test_a_token_without_errors_is_good() -> None:
    """No error, no refusal."""
    require_token(result_of(answer(200, {"data": {"apiToken": {}}}), "Railway"))


def test_an_unreadable_error_is_no_answer() -> None:
    """Errors of another shape are an unexpected shape, and not retried."""
    with pytest.raises(UnexpectedShapeError):
        refuse_passing(answer(200, {"data": None, "errors": 3}))


def test_a_date_of_another_age_names_no_time() -> None:
    """A header that lies must not cost more than the answer that it came with."""
    limited = Answer(
        status=429,
        headers={"retry-after": "Fri, 31 Dec 9999 23:59:59 GMT"},
        body=b"",
        at=datetime(1970, 1, 1, tzinfo=UTC),
    )

    with pytest.raises(RateLimitedError) as caught:
        refuse(limited, now=NOON)

    assert NOON + UNTOLD_WAIT == caught.value.retry_at
