"""Reads `pipeline-health.toml` and says, for everything that is wrong in it, where and what."""

import hashlib
import json
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import is_dataclass
from functools import cache
from pathlib import Path
from typing import get_args, get_type_hints

from pydantic_core import ErrorDetails, ValidationError

from pipeline_health.settings.configuration import Configuration
from pipeline_health.settings.errors import ConfigurationError, Problem, configuration_error
from pipeline_health.settings.regular_file import read_regular
from pipeline_health.shapes import Shape, key_of

_EXAMPLE = """\
  [[projects]]
  name = "shop"
  repo = "acme/shop"
  railway_project = "the id in the URL of its Railway project"
"""

_LARGEST = 1024 * 1024

_WORDS = {
    "bool_type": "is of the wrong type; expected true or false",
    "dataclass_type": "is of the wrong type; expected a table",
    "enum": "is none of the known values; expected {expected}",
    "greater_than": "is too small; expected more than {gt}",
    "greater_than_equal": "is too small; expected at least {ge}",
    "int_type": "is of the wrong type; expected a whole number",
    "less_than_equal": "is too large; expected at most {le}",
    "literal_error": "is none of the known values; expected {expected}",
    "missing": "is missing; expected a value",
    "string_too_short": "is empty; expected a text",
    "string_type": "is of the wrong type; expected a text in quotes",
    "tuple_type": "is of the wrong type; expected a list in brackets",
}
"""Our words for pydantic's kinds of errors; for all others its own words do."""


def read_configuration(path: Path) -> tuple[Configuration, str]:
    """Give what *path* says, and the SHA-256 of its bytes in hexadecimal digits.

    Raises ConfigurationError that lists everything that is wrong.
    """
    content = _content(path)
    return configuration_of(content, path), hashlib.sha256(content).hexdigest()


def configuration_of(content: bytes, path: Path) -> Configuration:
    """Give what *content* says, which is, or is to be, that of *path*.

    Raises ConfigurationError that lists everything that is wrong.
    """
    document = _document(content, path)
    try:
        return _shape().of(document)
    except ValidationError as exc:
        errors = exc.errors(include_url=False, include_input=False)
        problems = [Problem(str(path), _key(it["loc"], document), _says(it)) for it in errors]
        raise configuration_error(problems) from exc


def read_what_can_be(path: Path) -> tuple[Configuration | None, Sequence[Problem]]:
    """Give what *path* says but for what is wrong in it, and everything that is.

    What is wrong is left out, a project that lacks what it must have as a whole. None where nothing
    is left that would be a configuration.
    """
    try:
        return read_configuration(path)[0], ()
    except ConfigurationError as exc:
        if not exc.problems:
            says = str(exc).removeprefix(f"{path}: ")
            return None, (Problem(str(path), "", says.splitlines()[0]),)
        problems = exc.problems
    document = dict(_document(_content(path), path))
    while True:
        try:
            return _shape().of(document), problems
        except ValidationError as exc:
            if not _prune(document, exc.errors(include_url=False)[0]):
                return None, problems


def _prune(document: object, error: ErrorDetails) -> bool:
    """Take what *error* complains of out of *document*; False where nothing can be taken."""
    home, at = None, None
    for part in error["loc"][:-1] if error["type"] == "missing" else error["loc"]:
        home, at, document = document, part, _inside(document, part)
    match home, at:
        case dict(), _ if at in home:
            del home[at]
        case list(), int():
            del home[at]
        case _:
            return False
    return True


def _content(path: Path) -> bytes:
    try:
        return read_regular(path, largest=_LARGEST, expected="a TOML file")
    except FileNotFoundError as exc:
        msg = (
            f"{path}: there is no such file; make it with `pipeline-health init`, or name another "
            f"one with --config or $PIPELINE_HEALTH_CONFIG\nThe smallest one:\n{_EXAMPLE}"
        )
        raise ConfigurationError(msg) from exc
    except OSError as exc:
        msg = f"{path}: could not be read ({exc.strerror}); expected a TOML file"
        raise ConfigurationError(msg) from exc


def _document(content: bytes, path: Path) -> Mapping[str, object]:
    try:
        return tomllib.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError as exc:
        line = content.count(b"\n", 0, exc.start) + 1
        msg = f"{path}: is not UTF-8 text (line {line})"
        raise ConfigurationError(msg) from exc
    except (ValueError, RecursionError) as exc:
        msg = f"{path}: is no TOML: {exc}"
        raise ConfigurationError(msg) from exc


def _says(error: ErrorDetails) -> str:
    if error["type"] == "unexpected_keyword_argument":
        return _unknown_key(error["loc"])
    words = _WORDS.get(error["type"])
    return words.format(**error.get("ctx", {})) if words else error["msg"]


def _unknown_key(loc: tuple[int | str, ...]) -> str:
    """Say that there is no such key, and which one could have been meant."""
    from difflib import get_close_matches  # noqa: PLC0415 - nearly all files are right

    *table, key = (part for part in loc if isinstance(part, str))
    near = get_close_matches(key, _keys()[tuple(table)], n=1)
    if near:
        return f"no such key; did you mean {near[0]}?"
    homes = [_heading(path) for path, keys in _keys().items() if key in keys]
    if homes:
        return f"no such key here; it belongs to {' or '.join(homes)}"
    return f"no such key; expected one of {', '.join(_keys()[tuple(table)])}"


def _heading(table: tuple[str, ...]) -> str:
    return f"[{'.'.join(table)}]" if table else "the top of the file, before the first [table]"


def _key(loc: tuple[int | str, ...], document: object) -> str:
    """Write *loc* as a path; a project is shown by its name, other items of lists by number."""
    path = ""
    for part in loc:
        document = _inside(document, part)
        if isinstance(part, int):
            path += f"[{_item(part, document)}]"
        else:
            path += ("." if path else "") + _bare(part)
    return path


def _inside(document: object, part: int | str) -> object:
    if isinstance(part, str):
        return document.get(part) if isinstance(document, dict) else None
    return document[part] if isinstance(document, list) else None


def _item(position: int, item: object) -> str:
    name = item.get("name") if isinstance(item, dict) else None
    return name if isinstance(name, str) and _BARE.fullmatch(name) else f"#{position + 1}"


def _bare(key: str) -> str:
    return key if _BARE.fullmatch(key) else json.dumps(key)


def _tables(
    table: type, path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Give every table of the file with its keys."""
    hints = get_type_hints(table, include_extras=True)
    keys = {key_of(hint) or name: hint for name, hint in hints.items()}
    yield path, tuple(keys)
    for key, hint in keys.items():
        for inner in _tables_in(hint):
            yield from _tables(inner, (*path, key))


def _tables_in(hint: object) -> Iterator[type]:
    if isinstance(hint, type) and is_dataclass(hint):
        yield hint
    for argument in get_args(hint):
        yield from _tables_in(argument)


_BARE = re.compile(r"[A-Za-z0-9_-]{1,80}")


@cache
def _keys() -> Mapping[tuple[str, ...], tuple[str, ...]]:
    return dict(_tables(Configuration))


@cache
def _shape() -> Shape[Configuration]:
    return Shape(Configuration, closed=True)
