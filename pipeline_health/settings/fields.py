"""The kinds of values that a configuration holds, each with what is expected of it.

A refusal says what is wrong and what was expected, and never repeats the value: it could be a token
in the wrong place.
"""

import math
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Annotated, Final, TypeAlias

from pydantic_core import PydanticCustomError

from pipeline_health.core.model.address import EXPECTED, OFF, parse_address
from pipeline_health.core.model.gate_policy import Scalar
from pipeline_health.core.model.ids import Login, ProjectName, RepoName, as_login
from pipeline_health.settings.durations import EXPECTED_DURATION, parse_duration
from pipeline_health.settings.urls import url_problem
from pipeline_health.shapes import Marker, after, alone, before, bounded

E2E_OWN: Final = ("PATH", "HOME", "BASE_URL", "COMMIT_SHA")
"""What every run of the operator's own tests is given, whatever else is passed on to it."""

OUR_SECRETS: Final = frozenset(
    {
        "GITHUB_TOKEN",
        "GITHUB_APP_PRIVATE_KEY",
        "GITHUB_APP_PRIVATE_KEY_FILE",
        "RAILWAY_TOKEN",
        "RAILWAY_API_TOKEN",
        "NTFY_TOPIC",
        "NOTIFY_URLS",
        "HEALTHCHECK_URL",
        "WEB_PASSWORD",
    }
)
_SHORTEST_CYCLE: Final = timedelta(seconds=5)
_SHORTEST_RETENTION: Final = timedelta(days=30)
_LONGEST_NAME: Final = 80
_LONGEST_LABEL: Final = 50  # GitHub refuses longer ones


def refusal(says: str) -> PydanticCustomError:
    """Make the error that a validator raises; *says* reaches the operator as it is."""
    return PydanticCustomError("refused", "{says}", {"says": says})


def _matching(pattern: str, says: str) -> Marker:
    compiled = re.compile(pattern, re.ASCII)

    def check(text: str) -> str:
        if not compiled.fullmatch(text):
            raise refusal(says)
        return text

    return after(check)


def _without_problem(problem: Callable[[str], str | None]) -> Marker:
    def check(text: str) -> str:
        if says := problem(text):
            raise refusal(says)
        return text

    return after(check)


def _line_problem(text: str) -> str | None:
    if not text:
        return "is empty; expected a text"
    if text != text.strip() or not text.isprintable():
        return "has spaces around it or control characters; expected one plain line"
    return None


def _name_problem(text: str) -> str | None:
    if "/" in text or len(text) > _LONGEST_NAME:
        return f"is no project name; expected at most {_LONGEST_NAME} characters, none of them /"
    return None


def _branch_problem(text: str) -> str | None:
    """Apply the rules of git-check-ref-format(1) to a short branch name."""
    if text.startswith("refs/"):
        return "is a full reference; expected the branch's short name, such as main"
    parts = text.split("/")
    odd = re.search(r"[\x00-\x20\x7f~^:?*\[\\]|\.\.|@\{", text) or text.startswith("-")
    if odd or any(not it or it[0] == "." or it.endswith((".", ".lock")) for it in parts):
        return "is no branch name; expected one such as main"
    return None


def _label_problem(text: str) -> str | None:
    if len(text) > _LONGEST_LABEL:
        return f"is too long for a label; expected at most {_LONGEST_LABEL} characters"
    return None


def _signature_problem(text: str) -> str | None:
    return _line_problem(text) if text else None


def _as_duration(given: object) -> timedelta:
    if isinstance(given, timedelta):  # a default of ours
        return given
    duration = parse_duration(given) if isinstance(given, str) else None
    if duration is None:
        says = f"is no duration; expected {EXPECTED_DURATION}"
        raise refusal(says)
    return duration


def _as_deadline(given: timedelta) -> timedelta:
    if given < _SHORTEST_CYCLE:
        seconds = int(_SHORTEST_CYCLE.total_seconds())
        says = f"is too short to look at anything; expected at least {seconds}s"
        raise refusal(says)
    return given


def _as_retention(given: timedelta) -> timedelta:
    if given < _SHORTEST_RETENTION:
        says = f"is less than what is looked back on; expected at least {_SHORTEST_RETENTION.days}d"
        raise refusal(says)
    return given


def _at_least_one(given: tuple[object, ...]) -> tuple[object, ...]:
    if not given:
        says = "is empty; expected at least one"
        raise refusal(says)
    return given


def _as_scalar(given: object) -> Scalar:
    if isinstance(given, float) and not math.isfinite(given):
        says = "is no value that JSON has; expected a text, a number, true or false"
        raise refusal(says)
    if not isinstance(given, str | int | float):
        says = "is of the wrong type; expected a text, a number, true or false"
        raise refusal(says)
    return given


def _passing_problem(name: str) -> str | None:
    """Say why a test may not get this variable of ours."""
    if name in E2E_OWN:
        return "is set for every run of e2e; expected the name of another variable"
    if name in OUR_SECRETS or name.startswith("RAILWAY_TOKEN_"):
        return "is a secret of our own, which no test may get; expected one of the tests' own"
    return None


def _listening_problem(text: str) -> str | None:
    if text == OFF or parse_address(text) is not None:
        return None
    return f"is no place for the page; expected {EXPECTED}"


def _none_if_empty(given: object) -> object:
    return None if given == "" else given


# pydantic's own `min_length` would complain of an empty list when its items are wrong.
AT_LEAST_ONE: Final = after(_at_least_one)

Duration: TypeAlias = Annotated[timedelta, before(_as_duration)]
Deadline: TypeAlias = Annotated[Duration, after(_as_deadline)]
Retention: TypeAlias = Annotated[Duration, after(_as_retention)]
Line: TypeAlias = Annotated[str, _without_problem(_line_problem)]
Lines: TypeAlias = tuple[Line, ...]
Signature: TypeAlias = Annotated[str, _without_problem(_signature_problem)]
Name: TypeAlias = Annotated[
    ProjectName, _without_problem(_line_problem), _without_problem(_name_problem)
]
Repo: TypeAlias = Annotated[
    RepoName,
    _matching(
        r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}/(?!\.{1,2}$)[A-Za-z0-9._-]{1,100}(?<!\.git)",
        "is no repository; expected owner/name",
    ),
]
OptionalRepo: TypeAlias = Annotated[Repo | None, before(_none_if_empty)]
Account: TypeAlias = Annotated[
    Login,
    _matching(
        r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}(\[bot\])?",
        "is no login; expected the name of a GitHub account",
    ),
    after(as_login),
]
Accounts: TypeAlias = tuple[Account, ...]
OptionalAccount: TypeAlias = Annotated[Account | None, before(_none_if_empty)]
Branch: TypeAlias = Annotated[Line, _without_problem(_branch_problem)]
Label: TypeAlias = Annotated[Line, _without_problem(_label_problem)]
Labels: TypeAlias = tuple[Label, ...]
BaseUrl: TypeAlias = Annotated[
    str, _without_problem(url_problem), after(lambda url: url.rstrip("/"))
]
Listen: TypeAlias = Annotated[str, _without_problem(_listening_problem)]
UrlPath: TypeAlias = Annotated[
    str,
    _matching(r"/(?!/)[!-~]*", 'is no path; expected one that begins with a single "/"'),
]
VariableName: TypeAlias = Annotated[
    str,
    _matching(r"[A-Za-z_][A-Za-z0-9_]*", "is no name of a variable; expected one like E2E_USER"),
]
VariableNames: TypeAlias = tuple[VariableName, ...]
PassedVariables: TypeAlias = tuple[Annotated[VariableName, _without_problem(_passing_problem)], ...]
KeyPath: TypeAlias = Annotated[
    Line,
    _matching(r"[^.]+(\.[^.]+)*", "is no path of keys; expected keys joined by dots, as in a.b"),
]
HeaderName: TypeAlias = Annotated[
    str,
    _matching(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+", "is no name of a header; expected one like ETag"),
]
JsonScalar: TypeAlias = Annotated[Scalar, alone(_as_scalar)]
Count: TypeAlias = Annotated[int, bounded(gt=0)]
HttpStatus: TypeAlias = Annotated[int, bounded(ge=100, le=599)]
