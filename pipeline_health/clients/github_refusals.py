"""What GitHub means by an answer that is no success: a refusal, «later», or nothing at all."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from pipeline_health.clients.errors import (
    ClientError,
    NothingThereError,
    RateLimitedError,
    RefusedError,
    UnreachableError,
)
from pipeline_health.clients.graphql import Result
from pipeline_health.clients.http import Answer, retry_time
from pipeline_health.clients.json import Json

# docs.github.com, "Best practices": without a Retry-After, wait for at least a minute.
SECONDARY_WAIT = timedelta(seconds=60)
_PASSING = ("something went wrong", "timeout", "timed out", "couldn't respond")


RESOURCE_LIMITS = "RESOURCE_LIMITS_EXCEEDED"
"""What GitHub calls the problem of an answer that it cut short."""


class TooLargeError(ClientError):
    """GitHub gave up on a query (502, 504 or its resource limits); a smaller one may pass."""


def refuse(answer: Answer, *, now: datetime) -> None:
    """Raise what an answer other than a success means; *now* is where a `Retry-After` starts."""
    meaning = meaning_of(answer, now=now)
    if meaning is not None:
        raise meaning


def meaning_of(answer: Answer, *, now: datetime) -> ClientError | None:
    """Give what an answer other than a success means."""
    if answer.status < 300:  # noqa: PLR2004 - the end of the successes
        return None
    said = message_of(answer)
    meaning: ClientError
    match answer.status:
        case 401:
            meaning = RefusedError(f"GitHub refused the token ({said})", status=401)
        case 403 | 429 as status:
            refused = RefusedError(f"GitHub refused: {said}", status=status)
            meaning = _rate_limit(answer, said, now) or refused
        case 404:
            meaning = NothingThereError(f"GitHub shows no such thing: {said}")
        case status if status < 400:  # noqa: PLR2004 - the redirections
            msg = f"GitHub answered {status}, which leads elsewhere ({said}): is the repository "
            meaning = UnreachableError(msg + "called something else now?")
        case 410:
            what = "issues are disabled, or a log has expired"
            meaning = RefusedError(f"GitHub says that it is gone ({what}): {said}", status=410)
        case status if status < 500 and status != 408:  # noqa: PLR2004 - the refusals
            meaning = RefusedError(f"GitHub refused with {status}: {said}", status=status)
        case status:
            meaning = UnreachableError(f"GitHub answered {status}: {said}")
    return meaning


def own_limit(answer: Answer, *, now: datetime) -> RateLimitedError | None:
    """Give the limit that *answer* tells of in GitHub's own words, whoever may have sent it."""
    meaning = meaning_of(answer, now=now)
    if isinstance(meaning, RateLimitedError) and _speaks_of_limits(message_of(answer)):
        return meaning
    return None


def message_of(answer: Answer) -> str:
    """Give GitHub's own words about a refusal, as far as there are any."""
    try:
        root = Json(answer.json("GitHub"))
        said = root.maybe_text("message") if root.has("message") else None
        detail = ", ".join(
            text
            for error in (root.items("errors") if root.has("errors") else ())
            if (text := error.maybe_text("message") or error.maybe_text("code"))
        )
    except ClientError:
        return "no reason given"
    words = said or "no reason given"
    return f"{words} ({detail})"[:300] if detail else words[:300]


def _rate_limit(answer: Answer, said: str, now: datetime) -> RateLimitedError | None:
    """Give what a 403 or 429 means when it means «later»."""
    told = _told_to_wait(answer, now=now)
    if told is None and answer.status != 429 and not _speaks_of_limits(said):  # noqa: PLR2004
        return None
    return _limited(said, told or now + SECONDARY_WAIT)


def _limited(said: str, retry_at: datetime) -> RateLimitedError:
    msg = f"GitHub's rate limit is used up until {retry_at:%H:%M:%S} UTC ({said})"
    return RateLimitedError(msg, retry_at=retry_at)


def _told_to_wait(answer: Answer, *, now: datetime) -> datetime | None:
    """Give by our clock until when the headers say to wait.

    Retry-After first, then the hour's end, then a minute: the order is GitHub's own (rate limits,
    "Exceeding the rate limit").
    """
    retry_at = answer.by_our_clock(retry_time(answer.headers, now=answer.at), now=now)
    if retry_at is None and answer.headers.get("x-ratelimit-remaining") == "0":
        reset = answer.by_our_clock(reset_time(answer.headers), now=now)
        return reset or now + SECONDARY_WAIT
    return retry_at


def _speaks_of_limits(said: str) -> bool:
    return "rate limit" in said.lower()


def reset_time(headers: Mapping[str, str]) -> datetime | None:
    """Give the time at which the hour's allowance is full again, as far as it is told."""
    try:
        return datetime.fromtimestamp(float(headers["x-ratelimit-reset"]), tz=UTC)
    except (KeyError, ValueError, OverflowError, OSError):
        return None


def refuse_nothing(result: Result, answer: Answer, *, splittable: bool, now: datetime) -> None:
    """Raise for a 200 that says only what went wrong, or only a part of what a half would say."""
    kinds = {problem.type for problem in result.problems}
    if splittable and RESOURCE_LIMITS in kinds:
        msg = "GitHub's resource limits cut a large query short"
        raise TooLargeError(msg)
    if not result.data.missing:
        return
    if not result.problems:
        msg = "GitHub answered a query with nothing, and no reason"
        raise UnreachableError(msg)
    first = result.problems[0]
    if first.type == "RATE_LIMITED" or _speaks_of_limits(first.message):
        told = _told_to_wait(answer, now=now)
        raise _limited(first.message, told or now + SECONDARY_WAIT)
    msg = f"GitHub answered a query with an error: {first.message}"
    if any(sign in first.message.lower() for sign in _PASSING):
        raise UnreachableError(msg)
    raise RefusedError(msg, status=answer.status)
