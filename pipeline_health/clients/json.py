"""Typed access to untyped JSON that can say where it went wrong.

A field that is missing or of another type raises `UnexpectedShapeError` with its path, instead of
turning into a default that some rule would take for health.
"""

# ruff: noqa: SLF001 - a Json reads other values of its own kind

from collections.abc import Iterator
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, NoReturn, TypeVar

from pipeline_health.clients.errors import UnexpectedShapeError
from pipeline_health.core.model.readings import Unrecognised

E = TypeVar("E", bound=StrEnum)
_LARGEST = 2**63 - 1


class Json:
    """One value of a JSON document, with the path that led to it."""

    __slots__ = ("_above", "_key", "_value")

    def __init__(self, value: Any, path: str = "$", *, above: "Json | None" = None) -> None:
        self._value = value
        self._key = path
        self._above = above

    @property
    def _path(self) -> str:
        """The path, which is put together only where somebody wants to read it."""
        return self._key if self._above is None else f"{self._above._path}{self._key}"

    @property
    def missing(self) -> bool:
        """Tell whether there is nothing here (null, or no such field)."""
        return self._value is None

    def at(self, *keys: str) -> "Json":
        """Go down by *keys*; a null on the way gives a missing value, another type raises."""
        here = self
        for key in keys:
            value = here._value
            if value is None:
                return here
            if not isinstance(value, dict):
                here.refuse("an object")
            here = Json(value.get(key), f".{key}", above=here)
        return here

    def items(self, *keys: str) -> Iterator["Json"]:
        """Iterate over the list below *keys*."""
        here = self.at(*keys)
        for at, value in enumerate(here._as(list, "a list")):
            yield Json(value, f"[{at}]", above=here)

    def steps(self, *keys: str) -> list[str | int]:
        """Give the list of names and positions below *keys* (an error's path)."""
        return [step for step in self.at(*keys)._as(list, "a list") if isinstance(step, str | int)]

    def has(self, key: str) -> bool:
        """Tell whether this is an object with *key*, be it null."""
        return isinstance(self._value, dict) and key in self._value

    def keys(self) -> list[str]:
        """Give the names of an object's fields."""
        return list(self._as(dict, "an object"))

    def words(self) -> dict[str, str]:
        """Give what is text in an object and not empty, by its names; nothing for anything else."""
        if not isinstance(self._value, dict):
            return {}
        return {
            key: Json(word)._text()
            for key, word in self._value.items()
            if isinstance(word, str) and word
        }

    def text(self, *keys: str) -> str:
        """Give the text below *keys*."""
        return self.at(*keys)._text()

    def maybe_text(self, *keys: str) -> str | None:
        """Give the text below *keys*, or None when there is none."""
        here = self.at(*keys)
        return None if here._value is None else here._text()

    def number(self, *keys: str) -> int:
        """Give the whole number below *keys*."""
        here = self.at(*keys)
        if isinstance(here._value, bool) or not isinstance(here._value, int):
            here.refuse("a whole number")
        if not -_LARGEST <= here._value <= _LARGEST:  # which no database could hold
            here.refuse("a whole number of at most 63 bits")
        return here._value

    def maybe_number(self, *keys: str) -> int | None:
        """Give the whole number below *keys*, or None when there is none."""
        return None if self.at(*keys).missing else self.number(*keys)

    def flag(self, *keys: str) -> bool:
        """Give the truth value below *keys*."""
        here = self.at(*keys)
        if not isinstance(here._value, bool):
            here.refuse("true or false")
        return here._value

    def time(self, *keys: str) -> datetime:
        """Give the time below *keys*, aware, in UTC."""
        here = self.at(*keys)
        try:
            parsed = datetime.fromisoformat(here._text())
            return parsed.astimezone(UTC) if parsed.tzinfo else parsed.replace(tzinfo=UTC)
        except (ValueError, OverflowError) as exc:  # an offset can leave the calendar
            here.refuse("a time", exc)

    def maybe_time(self, *keys: str) -> datetime | None:
        """Give the time below *keys*, or None when there is none."""
        return None if self.at(*keys).missing else self.time(*keys)

    def one_of(self, kind: type[E], *keys: str) -> E | Unrecognised:
        """Give the value below *keys* as a member of *kind*, whatever its case, or Unrecognised."""
        text = self.text(*keys)
        try:
            return kind(text.upper())
        except ValueError:
            return Unrecognised(text)

    def _text(self) -> str:
        if not isinstance(self._value, str):
            self.refuse("a text")
        if self._value.isascii():
            return self._value
        # JSON can hold half a surrogate pair, which no file, database or terminal can
        return self._value.encode("utf-8", "replace").decode()

    def _as(self, kind: type, expected: str) -> Any:
        if not isinstance(self._value, kind):
            self.refuse(expected)
        return self._value

    def refuse(self, expected: str, cause: Exception | None = None) -> NoReturn:
        """Raise for what is here: say what was *expected*, and what sort of thing was found."""
        found = "nothing" if self._value is None else f"a {type(self._value).__name__}"
        msg = f"expected {expected} at {self._path}, found {found}"
        raise UnexpectedShapeError(msg) from cause
