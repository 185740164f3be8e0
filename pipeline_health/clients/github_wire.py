"""How GitHub is spoken to: its headers, its two interfaces, its refusals, and what it all costs.

GitHub answers 200 where a query failed, 403 where it means «later», and redirects a renamed
repository. Every such oddity ends here: the callers see an answer or a `ClientError`.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import timedelta
from threading import Lock
from urllib.parse import urlencode, urljoin, urlsplit

from pipeline_health.clients.errors import (
    ClientError,
    TimedOutError,
    UnexpectedShapeError,
    UnreachableError,
)
from pipeline_health.clients.github_refusals import (
    TooLargeError,
    own_limit,
    refuse,
    refuse_nothing,
)
from pipeline_health.clients.graphql import Endpoint, Result, ask, result_of
from pipeline_health.clients.holds import Hold
from pipeline_health.clients.http import Answer, Http
from pipeline_health.clients.json import Json
from pipeline_health.clients.write_pace import BETWEEN_WRITES, WritePace
from pipeline_health.core.model.report import Usage
from pipeline_health.ports import Clock, Memory

API_VERSION = "2026-03-10"
PAGE = 100
_TOO_LARGE = frozenset({502, 504})
_OK, _CREATED, _MOVED = 200, 201, 307


class Meter:
    """Counts what a cycle asks of GitHub, whichever library or thread sends it."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._requests = 0
        self._points: int | None = None
        self._remaining: int | None = None
        self._waited = 0.0

    @property
    def waited(self) -> float:
        """Tell for how many seconds queries were waited for, each on its own."""
        return self._waited

    def wait(self, seconds: float) -> None:
        """Add the time that one query took."""
        with self._lock:
            self._waited += seconds

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
    """One account's connection to GitHub; *api* is the root of the REST interface.

    *memory* keeps until when GitHub wants to be left alone by this *account*, and what that made
    lately; *pace* is the time between two writes of many. One thread writes at a time.
    """

    def __init__(  # noqa: PLR0913 - one argument a part
        self,
        http: Http,
        *,
        api: str,
        token: Callable[[], str],
        clock: Clock,
        memory: Memory,
        account: str = "",
        pace: timedelta = BETWEEN_WRITES,
        meter: Meter | None = None,
    ) -> None:
        self.meter = meter or Meter()
        self.http = http
        self.api = api.rstrip("/")
        self.host = urlsplit(api).hostname or api
        self._token = token
        self._clock = clock
        provider = f"GitHub at {self.host}"
        self._hold = Hold(provider, account=account, memory=memory, clock=clock)
        self._pace = WritePace(clock, memory, f"{provider}, {account}", pace=pace)

    def headers(self) -> dict[str, str]:
        """Give the headers of every request."""
        return {
            "Accept": "application/vnd.github+json",
            "Authorization": f"Bearer {self._token()}",
            "X-GitHub-Api-Version": API_VERSION,
        }

    def query(
        self,
        document: str,
        variables: Mapping[str, object],
        *,
        splittable: bool = False,
        patient: bool = True,
    ) -> Result:
        """Ask one document; the answer has data, though perhaps not all of it.

        With *splittable*, TooLargeError says at once that a smaller query should be tried, and a
        timeout says so too. One that is not *patient* is sent once, whatever comes of it.
        """

        def check(answer: Answer) -> None:
            if splittable and answer.status in _TOO_LARGE:
                self.meter.count()
                msg = f"GitHub answered {answer.status} to a large query"
                raise TooLargeError(msg)
            self.check(answer)
            result, now = result_of(answer, self.host), self._clock.now()
            refuse_nothing(result, answer, splittable=splittable, now=now)

        # The enterprise's REST root ends in /v3, and GraphQL lies beside it.
        url = f"{self.api.removesuffix('/v3')}/graphql"
        with self._hold.obeyed():  # also by whoever gives the token
            endpoint = Endpoint(host=self.host, url=url, headers=self.headers(), refuse=check)
            began = self._clock.monotonic()
            try:
                not_after = _better_not_sent_again(splittable=splittable, patient=patient)
                result = ask(self.http, endpoint, document, variables, not_after=not_after)
            finally:
                self.meter.wait(self._clock.monotonic() - began)
        self._charge(result)
        return result

    def get(self, path: str, **params: str | int) -> Json:
        """Read one REST page; NothingThereError for a 404."""
        query = f"?{urlencode(params)}" if params else ""
        with self._hold.obeyed():
            answer = self.http.read(
                "GET", f"{self.api}{path}{query}", headers=self.headers(), check=self._check_json
            )
        return Json(answer.json(self.host), path)

    def tail(self, path: str, *, keep: int) -> tuple[int, bytes]:
        """Read the last *keep* bytes of a text of any length; gives the status beside them.

        It may be kept by somebody else, whose limits are not GitHub's.
        """
        self.meter.count()
        with self._hold.obeyed():
            answer = self.http.tail(f"{self.api}{path}", headers=self.headers(), keep=keep)
            limit = own_limit(answer, now=self._clock.now())
            if limit is not None:
                raise limit
        return answer.status, answer.body

    def create(self, path: str, body: object = None) -> Json:
        """Make something, and give GitHub's answer; the request is sent once, as by `change`."""
        return self.change("POST", path, body, done=_CREATED)

    def change(self, method: str, path: str, body: object = None, *, done: int = _OK) -> Json:
        """Change something, and give GitHub's answer; the request is sent once, as by `send`."""
        answer = self.send(method, path, body, done=done)
        return Json(answer.json(self.host), path)

    def send(self, method: str, path: str, body: object = None, *, done: int = _CREATED) -> Answer:
        """Send a request that changes something, once; only the status *done* says that it did.

        A repository that was renamed takes it at its new address: a 307 says that nothing was done.
        An error's *lost* says that the change may have been made all the same.
        """
        url = f"{self.api}{path}"
        self._pace.require_room(method)
        with self._hold.obeyed():
            answer = self._written(method, url, body)
            elsewhere = _elsewhere(url, answer)
            if elsewhere is not None:
                self.meter.count()
                answer = self._written(method, elsewhere, body)
            self.check(answer)
        if answer.status != done:
            msg = f"GitHub answered {answer.status} instead of {done} to {method} {path}"
            raise UnreachableError(msg)
        return answer

    def _written(self, method: str, url: str, body: object) -> Answer:
        if self.http.ending.left() > 0:  # else nothing is sent, and there is nothing to wait for
            self._pace.begin(method)
        try:
            return self.http.write(method, url, headers=self.headers(), body=body)
        finally:
            self._pace.end()

    def check(self, answer: Answer) -> None:
        """Count *answer*, and raise what it means when it is no success."""
        self.meter.count()
        refuse(answer, now=self._clock.now())

    def _check_json(self, answer: Answer) -> None:
        self.check(answer)
        answer.json(self.host)

    def _charge(self, result: Result) -> None:
        # What a query costs is good to know, and no reason to lose its answer.
        with suppress(UnexpectedShapeError):
            limit = result.data.at("rateLimit")
            self.meter.charge(limit.number("cost"), limit.number("remaining"))


def _better_not_sent_again(*, splittable: bool, patient: bool) -> tuple[type[ClientError], ...]:
    if not patient:
        return (ClientError,)
    return (TimedOutError,) if splittable else ()


def require_made(made: Json, key: str) -> None:
    """Raise when an answer to a write has not the one number that every made thing has."""
    try:
        made.number(key)
    except UnexpectedShapeError as exc:
        msg = f"GitHub's answer to a write is not what it should be: {exc}"
        raise ClientError(msg, lost=True) from exc


def _elsewhere(asked: str, answer: Answer) -> str | None:
    """Give where a renamed repository takes a request; nothing that would tell others the token."""
    location = answer.headers.get("location")
    if answer.status != _MOVED or location is None:
        return None
    try:
        there = urljoin(asked, location)
        return there if _origin(there) == _origin(asked) else None
    except ValueError:  # it is no address
        return None


def _origin(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc
