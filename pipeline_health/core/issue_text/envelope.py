"""The envelope of every marker: one HTML comment of one line of ASCII, with JSON inside.

What could end the comment, mention somebody or refer to something is written as a JSON escape,
because agents and bots match the raw text.
"""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from pipeline_health.core.model.incident import CauseClass

_LINE = re.compile(r"<!-- pipeline-health v1 (\{.*\}) -->")
_SURROGATE = re.compile("[\ud800-\udfff]")
_ALIVE = re.compile(r"[<>&@#`]|(?<=-)-")


class MalformedError(ValueError):
    """What looks like a marker is none. Nobody is told why: anybody may have written it."""


def unwrapped(body: str, *, longest: int) -> object | None:
    """Give what the marker in the first line of *body* holds, None where that is no marker."""
    line = body.partition("\n")[0].rstrip(" \t\r")
    found = _LINE.fullmatch(line) if len(line) <= longest else None
    if found is None:
        return None
    try:
        fields: object = json.loads(found[1], parse_constant=_refuse)
    except (ValueError, RecursionError):
        return None
    return fields


def enveloped(fields: Mapping[str, object]) -> str:
    """Give *fields* as one line of ASCII that ends no comment, mentions nobody, refers nowhere."""
    text = json.dumps(fields, ensure_ascii=True, separators=(",", ":"))
    return f"<!-- pipeline-health v1 {_ALIVE.sub(_escape, text)} -->"


def _escape(found: re.Match[str]) -> str:
    return f"\\u{ord(found[0]):04x}"


def written(at: datetime) -> str:
    """Give *at* in UTC, as a marker has it."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _refuse(_: str) -> None:
    """Take no number that JSON does not have."""
    raise MalformedError


def listed(value: object) -> Sequence[object]:
    """Give a list, or raise."""
    if not isinstance(value, list):
        raise MalformedError
    return value


def fields_of(value: object) -> Mapping[str, object]:
    """Give an object of JSON, or raise."""
    if not isinstance(value, dict):
        raise MalformedError
    return value


def text_at(fields: object, key: str) -> str:
    """Give the text under *key*, or raise."""
    return worded(fields_of(fields).get(key))


def worded(value: object) -> str:
    """Give a text that is not empty and can be written in UTF-8 (a lone surrogate cannot)."""
    if not isinstance(value, str) or not value or _SURROGATE.search(value):
        raise MalformedError
    return value


def class_of(value: object) -> CauseClass | None:
    """Read the class of a cause; another version's word for it is none, and no broken marker."""
    known = {of.value: of for of in CauseClass}
    return known.get(value) if isinstance(value, str) else None


def time_at(fields: object, key: str) -> datetime:
    """Give the time under *key*, or raise."""
    text = text_at(fields, key)
    if not text.endswith("Z"):
        raise MalformedError
    return datetime.fromisoformat(text)
