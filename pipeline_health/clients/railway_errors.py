"""How Railway says no: mostly HTTP 200 with a message, since its error codes tell little.

A bad token, the wrong header, a wrong scope and often a deleted id all read `Not Authorized` with
the code INTERNAL_SERVER_ERROR (recorded live probes, 2026-07 and 2026-09): the message decides.
"""

from datetime import datetime, timedelta
from http import HTTPStatus

from pipeline_health.clients.errors import (
    ClientError,
    NothingThereError,
    RateLimitedError,
    RefusedError,
    UnreachableError,
)
from pipeline_health.clients.graphql import Problem, Result, result_of
from pipeline_health.clients.http import Answer, retry_time

HOST = "Railway"
NO_BUILD = "does not have an associated build"
UNTOLD_WAIT = timedelta(seconds=60)
"""How long Railway is left alone where it does not say for how long: its limits are of a second and
of an hour, and whoever asks on through the second one is shut out for longer."""
_LONGEST = 200
_REFUSALS = ("not authorized", "project token not found")
_ANYTHING = ("INTERNAL_SERVER_ERROR", "")
_OUR_FAULT = ("GRAPHQL_VALIDATION_FAILED", "GRAPHQL_PARSE_FAILED", "BAD_USER_INPUT")


class NotAuthorizedError(ClientError):
    """Railway said `Not Authorized` of what was asked; under this header it will say so again."""


class TokenRefusedError(NotAuthorizedError):
    """Railway refused the token itself, under this header."""


class PassingError(ClientError):
    """An answer with an error that may be gone the next time; *result* is that answer."""

    def __init__(self, message: str, *, result: Result) -> None:
        super().__init__(message, retryable=True)
        self.result = result


def refuse(answer: Answer, *, now: datetime) -> None:
    """Raise for an answer that is no answer to a GraphQL document."""
    if answer.status == HTTPStatus.TOO_MANY_REQUESTS:
        msg = "Railway's rate limit is reached"
        raise RateLimitedError(msg, retry_at=_retry_time(answer, now=now) or now + UNTOLD_WAIT)
    if answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        msg = f"Railway answered {answer.status}"
        raise UnreachableError(msg)
    if answer.status >= HTTPStatus.MULTIPLE_CHOICES:
        raise _refusal(answer)


def refuse_limited(answer: Answer, *, now: datetime) -> None:
    """Raise for a limit that an answer tells of in words, whatever else is in it."""
    for problem in result_of(answer, HOST).problems:
        error = error_of(problem)
        if isinstance(error, RateLimitedError):
            until = _retry_time(answer, now=now) or now + UNTOLD_WAIT
            raise RateLimitedError(str(error), retry_at=until)


def refuse_passing(answer: Answer) -> None:
    """Raise for an error that may be gone when the same is sent again."""
    result = result_of(answer, HOST)
    for problem in result.problems:
        error = error_of(problem)
        if error.retryable and not isinstance(error, RateLimitedError):
            raise PassingError(str(error), result=result)


def error_of(problem: Problem) -> ClientError:
    """Give the error that *problem* is, by what follows from it."""
    said = " ".join(problem.message.split())[:_LONGEST]
    lowered = said.lower()
    msg = f"Railway said: {said}"
    if any(refusal in lowered for refusal in _REFUSALS):
        return NotAuthorizedError(msg)
    if "not found" in lowered or NO_BUILD in lowered:
        return NothingThereError(msg)
    if "rate limit" in lowered:
        return RateLimitedError(msg, retry_at=None)
    if problem.type in _OUR_FAULT:
        return RefusedError(msg, status=400)
    return ClientError(msg, retryable=problem.type in _ANYTHING)


def first_error(result: Result) -> ClientError | None:
    """Give the first error of *result*, if it has any."""
    return next((error_of(problem) for problem in result.problems), None)


def require_token(result: Result) -> None:
    """Raise for an error of *result*, which asked about the token and nothing else."""
    error = first_error(result)
    if isinstance(error, NotAuthorizedError):
        raise TokenRefusedError(str(error))
    if error is not None:
        raise error


def _retry_time(answer: Answer, *, now: datetime) -> datetime | None:
    return answer.by_our_clock(retry_time(answer.headers, now=answer.at), now=now)


def _refusal(answer: Answer) -> ClientError:
    """Say why a status from 300 to 499 came: from Railway itself, or from what stands before it."""
    try:
        error = first_error(result_of(answer, HOST))
    except ClientError:
        error = None
    if error is not None:
        return error if not error.retryable else RefusedError(str(error), status=answer.status)
    page = answer.body[:_LONGEST].decode("utf-8", "replace")
    msg = f"Railway answered {answer.status} without a reason that we can read"
    if "error code: 1010" in page:  # Cloudflare, by the User-Agent
        msg = f"Railway's front door (Cloudflare) answered {answer.status}, error code: 1010: it "
        return RefusedError(msg + "turned our User-Agent away", status=answer.status)
    if "<" in page:  # "Access denied" pages come under heavy traffic, and go
        return UnreachableError(f"Railway answered {answer.status} with a page instead of JSON")
    if answer.status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
        return NotAuthorizedError(msg)
    return RefusedError(msg, status=answer.status)
