"""The values that we hold, in every spelling in which they could turn up in a text."""

import base64
import html
import json
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from urllib.parse import quote, quote_plus

MASK = "***"

_SHORTEST = 8
"""Below this a value could be a word: settings refuse it, but for the name of an ntfy topic."""

_SHORTEST_LINE = 16
"""A line of a private key this long is a secret of its own; its `-----BEGIN` line is none."""

_BITS_OF_BYTE, _BITS_OF_BASE64 = 8, 6


class PlantedValues:
    """Finds loaded values in a text, in one pass however many there are."""

    def __init__(self, values: Iterable[str]) -> None:
        self._words: list[re.Pattern[str]] = []
        self._by_start: dict[str, list[str]] = {}
        for value in sorted({part for whole in values for part in _parts(whole)}):
            self._add(value)

    def masked(self, text: str) -> str:
        """Give *text* with every spelling of every value replaced; overlapping ones at once."""
        pieces: list[str] = []
        done = 0
        for start, end in self._spans(text):
            pieces += [text[done:start], MASK]
            done = end
        rest = "".join([*pieces, text[done:]])
        for word in self._words:
            rest = word.sub(MASK, rest)
        return rest

    def _add(self, value: str) -> None:
        if len(value) < _SHORTEST:
            self._words += [re.compile(rf"(?<!\w){re.escape(value)}(?!\w)")]
            return
        for spelling in spellings(value):
            self._by_start.setdefault(spelling[:_SHORTEST], []).append(spelling)

    def _spans(self, text: str) -> Iterator[tuple[int, int]]:
        few = len(self._by_start) < len(text)
        if few and not any(beginning in text for beginning in self._by_start):
            return
        start = end = -1
        for at in range(len(text) - _SHORTEST + 1):
            reach = self._reach(text, at)
            if reach is None:
                continue
            if at > end:
                if start >= 0:
                    yield start, end
                start = at
            end = max(end, reach)
        if start >= 0:
            yield start, end

    def _reach(self, text: str, at: int) -> int | None:
        candidates = self._by_start.get(text[at : at + _SHORTEST], ())
        return max((at + len(it) for it in candidates if text.startswith(it, at)), default=None)


def _parts(whole: str) -> Iterator[str]:
    """Give the value, and the lines of a private key, for a log shows it line by line."""
    for value in (whole, whole.strip()):
        if any(character.isalnum() for character in value):
            yield value
    lines = whole.strip().splitlines()
    for line in lines if len(lines) > 1 else ():
        if len(line) >= _SHORTEST_LINE and not line.startswith("-----"):
            yield line


@lru_cache(maxsize=64)
def spellings(value: str) -> frozenset[str]:
    """Give *value* as itself, and as URLs, JSON, Python, HTML and base64 would write it."""
    raw = value.encode("utf-8", "surrogatepass")
    quoted = {quote(raw), quote(raw, safe=""), quote_plus(raw)}
    lowered = {re.sub(r"%[0-9A-F]{2}", lambda code: code[0].lower(), it) for it in quoted}
    escaped = {json.dumps(value)[1:-1], json.dumps(value, ensure_ascii=False)[1:-1]}
    printed = {repr(value)[1:-1], html.escape(value)}
    return frozenset({value} | quoted | lowered | escaped | printed | set(_base64_cores(raw)))


def _base64_cores(raw: bytes) -> Iterator[str]:
    """Give the characters that depend on *raw* alone, wherever in a longer text it stands."""
    for before in range(3):
        first = -(-before * _BITS_OF_BYTE // _BITS_OF_BASE64)
        last = (before + len(raw)) * _BITS_OF_BYTE // _BITS_OF_BASE64
        padded = bytes(before) + raw
        yield base64.b64encode(padded).decode()[first:last]
        yield base64.urlsafe_b64encode(padded).decode()[first:last]
