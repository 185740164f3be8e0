"""GraphQL over HTTP as both providers speak it: an answer may be whole, partial or nothing."""

from collections.abc import Callable, Mapping
from datetime import datetime

from pipeline_health.clients.errors import ClientError, UnexpectedShapeError
from pipeline_health.clients.http import Answer, Http
from pipeline_health.clients.json import Json
from pipeline_health.frozen import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One entry of `errors`: *path* is where in the answer it left a null, as far as it is told."""

    message: str
    type: str
    path: tuple[str, ...]

    @property
    def alias(self) -> str | None:
        """The root field that failed, None when the whole document did."""
        return self.path[0] if self.path else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What a document gave: *data* may be partial, *problems* say where and why."""

    data: Json
    problems: tuple[Problem, ...]
    at: datetime

    def problems_under(self, *path: str) -> tuple[Problem, ...]:
        """Give the problems at *path*, below it, or above it (a null travels upwards)."""
        return tuple(
            problem
            for problem in self.problems
            if problem.path[: len(path)] == path or path[: len(problem.path)] == problem.path
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """Where and as whom GraphQL is asked. *refuse* raises for an answer that is no use at all."""

    host: str
    url: str
    headers: Mapping[str, str]
    refuse: Callable[[Answer], None]


def ask(
    http: Http,
    endpoint: Endpoint,
    document: str,
    variables: Mapping[str, object],
    *,
    not_after: tuple[type[ClientError], ...] = (),
    pace: Callable[[], None] | None = None,
) -> Result:
    """Send one query document and give its answer; a query is a read, so it may be sent again.

    It is not after an error of *not_after*, and whenever it is sent that is when *pace* returns.
    """

    def check(answer: Answer) -> None:
        endpoint.refuse(answer)
        answer.json(endpoint.host)

    answer = http.read(
        "POST",
        endpoint.url,
        headers=endpoint.headers,
        body={"query": document, "variables": dict(variables)},
        check=check,
        not_after=not_after,
        pace=pace,
    )
    return result_of(answer, endpoint.host)


def result_of(answer: Answer, host: str) -> Result:
    """Read *answer* of *host* as GraphQL, or raise when it is something else."""
    root = Json(answer.json(host), host)
    if not root.has("data") and not root.has("errors"):
        msg = f"{host} answered {answer.status} with neither data nor errors"
        raise UnexpectedShapeError(msg)
    return Result(data=root.at("data"), problems=_problems(root), at=answer.at)


def _problems(root: Json) -> tuple[Problem, ...]:
    errors = root.at("errors")
    if errors.missing:
        return ()
    return tuple(
        Problem(
            message=error.maybe_text("message") or "no message",
            type=_type_of(error),
            path=_path_of(error),
        )
        for error in errors.items()
    )


def _type_of(error: Json) -> str:
    """GitHub puts `type` beside the message, Railway a `code` into `extensions`."""
    return error.maybe_text("type") or error.maybe_text("extensions", "code") or ""


def _path_of(error: Json) -> tuple[str, ...]:
    return () if error.at("path").missing else tuple(str(step) for step in error.steps("path"))
