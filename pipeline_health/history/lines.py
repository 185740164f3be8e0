"""Lines of our own recordings, written and read back; what is read is validated, never trusted.

A key that is missing takes its default and one that is not known is skipped, so that a key with a
default needs no new schema.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass, replace
from datetime import datetime
from functools import cache
from typing import TypeAlias, TypeVar, assert_never

from pydantic import TypeAdapter, ValidationError

from pipeline_health.core.model.ids import as_repo, as_sha
from pipeline_health.core.model.shown import LONGEST_LOG, Heading, LookedAt, Shown

SCHEMA = "pipeline-health-recording/1"
LONGEST_TEXT = 2_000
LONGEST_LINE = 1_000_000
MOST_FACTS = 200
OUR_DAYS = range(1000, 9001)
"""The years that a time may be of, so that there are days before and after it."""

Line: TypeAlias = Heading | Shown | LookedAt
LineT = TypeVar("LineT", bound=Line)

_NUMBERS = range(2**63)
_LOG = "log"
_COMMITS = frozenset({"sha", "head", "commit"})
_REPOS = frozenset({"repo", "built_from"})


class LineError(ValueError):
    """What stands in a line is not what we write; the message completes «line 7: »."""


@cache
def _headings() -> TypeAdapter[Heading]:
    return TypeAdapter(Heading)


@cache
def _shown() -> TypeAdapter[Shown]:
    return TypeAdapter(Shown)


@cache
def _looks() -> TypeAdapter[LookedAt]:
    return TypeAdapter(LookedAt)


def written(line: Line) -> bytes:
    """Give *line* as it is written, with the end of its line."""
    match line:
        case Heading():
            return _text(_plain(_headings(), line))
        case LookedAt():
            return _text(_plain(_looks(), line))
        case Shown():
            return _text(_plain(_shown(), line))
        case unreachable:
            assert_never(unreachable)


def fit_to_keep(shown: Shown, redact: Callable[[str], str]) -> Shown:
    """Give *shown* as it may be written: every text redacted first and cut after, few of each."""
    plain = _fit(_plain(_shown(), shown), "", redact)
    return _decoded(_shown(), _text(plain))


def without_logs(shown: Shown) -> Shown:
    """Give *shown* without what failing jobs and deployments left behind."""
    return replace(
        shown,
        runs=tuple(
            replace(run, jobs=tuple(replace(job, log="") for job in run.jobs)) for run in shown.runs
        ),
        deployments=tuple(replace(each, log="") for each in shown.deployments),
    )


def read_heading(line: bytes) -> Heading:
    """Read the first line of a recording; raises LineError where it is none of ours."""
    return _decoded(_headings(), line)


def read(line: bytes) -> Line:
    """Read one line; raises LineError where it is none of ours."""
    try:
        found: object = json.loads(line)
    except (ValueError, RecursionError) as exc:
        msg = "is no JSON; expected one object a line"
        raise LineError(msg) from exc
    if not isinstance(found, dict):
        msg = "is no object; expected one object a line"
        raise LineError(msg)
    if "schema" in found:
        return _decoded(_headings(), line)
    if "looked_at" in found:
        return _decoded(_looks(), line)
    if "project" in found:
        return _decoded(_shown(), line)
    msg = "has none of the keys schema, looked_at and project; expected one of them"
    raise LineError(msg)


def _plain(adapter: TypeAdapter[LineT], line: LineT) -> object:
    return adapter.dump_python(line, mode="json", exclude_defaults=True)


def _text(plain: object) -> bytes:
    return json.dumps(plain, ensure_ascii=True, separators=(",", ":")).encode() + b"\n"


def _fit(value: object, key: str, redact: Callable[[str], str]) -> object:
    """Give *value*, which stands under *key*, redacted and bounded, whatever it is made of."""
    match value:
        case str():
            text = redact(value)
            return text[-LONGEST_LOG:] if key == _LOG else text[:LONGEST_TEXT]
        case list():
            return [_fit(each, key, redact) for each in value[-MOST_FACTS:]]
        case dict():
            return {name: _fit(inner, str(name), redact) for name, inner in value.items()}
        case _:
            return value


def _decoded(adapter: TypeAdapter[LineT], line: bytes) -> LineT:
    try:
        found = adapter.validate_json(line, strict=True)
    except ValidationError as exc:
        first = exc.errors(include_url=False, include_context=False, include_input=False)[0]
        place = ".".join(map(str, first["loc"])) or "the line"
        msg = f"{place}: {first['msg']}"
        raise LineError(msg) from exc
    problem = next((it for key, leaf in _leaves(found) if (it := _problem(key, leaf))), None)
    if problem is not None:
        raise LineError(problem)
    return found


def oddity_of(line: Line) -> str | None:
    """Say what no look of ours could have shown: times far off, numbers that no provider has."""
    return next((it for key, leaf in _leaves(line) if (it := _oddity(key, leaf))), None)


def _oddity(key: str, leaf: object) -> str | None:
    if isinstance(leaf, datetime) and leaf.year not in OUR_DAYS:
        return f"{key}: is at the edge of the calendar; expected a time of our days"
    if isinstance(leaf, int) and leaf not in _NUMBERS:
        return f"{key}: is no number that a provider gives; expected one below 2^63"
    return None


def _problem(key: str, leaf: object) -> str | None:
    """Say what the types do not: times have zones, and ids and names are such as lead nowhere."""
    if isinstance(leaf, datetime) and leaf.tzinfo is None:
        return f"{key}: has no time zone; expected one that ends in Z"
    if isinstance(leaf, str) and key in _COMMITS and as_sha(leaf) != leaf:
        return f"{key}: is no commit; expected 40 lower-case hexadecimal digits"
    if isinstance(leaf, str) and key in _REPOS and as_repo(leaf) != leaf:
        return f"{key}: is no repository; expected owner/name"
    return None


def _leaves(value: object, key: str = "") -> Iterator[tuple[str, object]]:
    """Give every value of a line that holds no others, with the key that it stands under."""
    if is_dataclass(value):
        for field in fields(value):
            yield from _leaves(getattr(value, field.name), field.name)
    elif isinstance(value, tuple):
        for each in value:
            yield from _leaves(each, key)
    else:
        yield key, value
