"""How GitHub is spoken to: its headers, its two interfaces, its refusals, and what it all costs.

GitHub answers 200 where a query failed, 403 where it means «later», and redirects a renamed
repository. Every such oddity ends here: the callers see an answer or a `ClientError`.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from threading import Lock
from urllib.parse import urlencode, urlsplit

from pipeline_health.clients.errors import (
    ClientError,
    NothingThereError,
    RateLimitedError,
    RefusedError,
    UnexpectedShapeError,
    UnreachableError,
)
from pipeline_health.clients.graphql import Endpoint, Result, ask, result_of
from pipeline_health.clients.http import Answer, Http, retry_time
from pipeline_health.clients.json import Json
from pipeline_health.core.model.report import Usage
from pipeline_health.ports import Clock

API_VERSION = "2026-03-10"
PAGE = 100
# docs.github.com, "Best practices": without a Retry-After, wait for at least a minute.
SECONDARY_WAIT = timedelta(seconds=60)
_TOO_LARGE = frozenset({502, 504})
_PASSING = ("something went wrong", "timeout", "timed out", "couldn't respond")


class TooLargeError(ClientError):
    """GitHub gave up on a query (502, 504 or its resource limits); a smaller one may pass."""


class Meter:
    """Counts what a cycle asks of GitHub, whichever library or thread sends it."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._requests = 0
        self._points: int | None = None
        self._remaining: int | None = None

    def count(self) -> None:
        """Count one request."""
        with self._lock:
            self._requests += 1

    def charge(self, points: int, remaining: int) -> None:
        """Add the price of one query, and note what is left until the next hour."""
        with self._lock:
            self._points = (self._points or 0) + points
            self._remaining = remaining

    def usage(self) -> Usage:
        """Sum up."""
        return Usage(requests=self._requests, points=self._points, remaining=self._remaining)


class Wire:
    """One account's connection to GitHub; *api* is the root of the REST interface."""

    def __init__(self, http: Http, *, api: str, token: Callable[[], str], clock: Clock) -> None:
        self.meter = Meter()
        self.http = http
        self.api = api.rstrip("/")
        self.host = urlsplit(api).hostname or api
        self._token = token
        self._clock = clock

    def headers(self) -> dict[str, str]:
        """Give the headers of every request."""
        return {
            "Accept": "application/vnd.github+json",
            "Authorization": f"Bearer {self._token()}",
            "X-GitHub-Api-Version": API_VERSION,
        }

    def query(
        self, document: str, variables: Mapping[str, object], *, splittable: bool = False
    ) -> Result:
        """Ask one document; the answer has data, though perhaps not all of it.

        With *splittable*, TooLargeError says at once that a smaller query should be tried.
        """

        def check(answer: Answer) -> None:
            if splittable and answer.status in _TOO_LARGE:
                self.meter.count()
                msg = f"GitHub answered {answer.status} to a large query"
                raise TooLargeError(msg)
            self.check(answer)
            _refuse_nothing(result_of(answer, self.host), answer, splittable=splittable)

        # The enterprise's REST root ends in /v3, and GraphQL lies beside it.
        url = f"{self.api.removesuffix('/v3')}/graphql"
        endpoint = Endpoint(host=self.host, url=url, headers=self.headers(), refuse=check)
        result = ask(self.http, endpoint, document, variables)
        self._charge(result)
        return result

    def get(self, path: str, **params: str | int) -> Json:
        """Read one REST page; NothingThereError for a 404."""
        query = f"?{urlencode(params)}" if params else ""
        answer = self.http.read(
            "GET", f"{self.api}{path}{query}", headers=self.headers(), check=self._check_json
        )
        return Json(answer.json(self.host), path)

    def check(self, answer: Answer) -> None:
        """Count *answer*, and raise what it means when it is no success."""
        self.meter.count()
        refuse(answer, now=self._clock.now())

    def _check_json(self, answer: Answer) -> None:
        self.check(answer)
        answer.json(self.host)

    def _charge(self, result: Result) -> None:
        try:
            limit = result.data.at("rateLimit")
            self.meter.charge(limit.number("cost"), limit.number("remaining"))
        except UnexpectedShapeError:
            return  # what a query costs is good to know, and no reason to lose its answer


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
        case 410:
            what = "issues are disabled, or a log has expired"
            meaning = RefusedError(f"GitHub says that it is gone ({what}): {said}", status=410)
        case status if 400 <= status < 500 and status != 408:  # noqa: PLR2004 - the refusals
            meaning = RefusedError(f"GitHub refused with {status}: {said}", status=status)
        case status:
            meaning = UnreachableError(f"GitHub answered {status}: {said}")
    return meaning


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
    """Give what a 403 or 429 means when it means «later».

    Retry-After first, then the hour's end, then a minute: the order is GitHub's own (rate limits,
    "Exceeding the rate limit").
    """
    retry_at = retry_time(answer.headers, now=now)
    if retry_at is None and answer.headers.get("x-ratelimit-remaining") == "0":
        retry_at = reset_time(answer.headers) or now + SECONDARY_WAIT
    if retry_at is None and (answer.status == 429 or "rate limit" in said.lower()):  # noqa: PLR2004
        retry_at = now + SECONDARY_WAIT
    if retry_at is None:
        return None
    msg = f"GitHub's rate limit is used up until {retry_at:%H:%M:%S} UTC ({said})"
    return RateLimitedError(msg, retry_at=retry_at)


def reset_time(headers: Mapping[str, str]) -> datetime | None:
    """Give the time at which the hour's allowance is full again, as far as it is told."""
    try:
        return datetime.fromtimestamp(float(headers["x-ratelimit-reset"]), tz=UTC)
    except (KeyError, ValueError, OverflowError, OSError):
        return None


def _refuse_nothing(result: Result, answer: Answer, *, splittable: bool) -> None:
    """Raise for a 200 that says only what went wrong, or only a part of what a half would say."""
    kinds = {problem.type for problem in result.problems}
    if splittable and "RESOURCE_LIMITS_EXCEEDED" in kinds:
        msg = "GitHub's resource limits cut a large query short"
        raise TooLargeError(msg)
    if not result.data.missing:
        return
    if not result.problems:
        msg = "GitHub answered a query with nothing, and no reason"
        raise UnreachableError(msg)
    first = result.problems[0]
    if first.type == "RATE_LIMITED":
        retry_at = reset_time(answer.headers)
        msg = f"GitHub's rate limit is used up ({first.message})"
        raise RateLimitedError(msg, retry_at=retry_at)
    msg = f"GitHub answered a query with an error: {first.message}"
    if any(sign in first.message.lower() for sign in _PASSING):
        raise UnreachableError(msg)
    raise RefusedError(msg, status=answer.status)
