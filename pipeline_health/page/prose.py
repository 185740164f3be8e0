"""The little Markdown of our own sentences, as pieces that a template can escape."""

import re
from collections.abc import Iterator

from pipeline_health.frozen import dataclass
from pipeline_health.page.links import rebuilt

_PIECES = re.compile(r"\[(?P<label>`?[^`\]]*`?)\]\((?P<url>[^)\s]*)\)|`(?P<code>[^`]*)`")
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A stretch of text: *code* where it is somebody's name, linked where *url* is a known page."""

    text: str
    code: bool = False
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One paragraph, or one item of a list."""

    pieces: tuple[Piece, ...]
    item: bool = False


def lines_of(text: str) -> tuple[Line, ...]:
    """Give the lines of *text* that say anything."""
    return tuple(
        Line(pieces=tuple(_pieces(line.removeprefix("- "))), item=line.startswith("- "))
        for line in text.splitlines()
        if line.strip()
    )


def _pieces(line: str) -> Iterator[Piece]:
    end = 0
    for found in _PIECES.finditer(line):
        yield from _plain(line[end : found.start()])
        end = found.end()
        if found["code"] is not None:
            yield Piece(text=found["code"], code=True)
        else:
            label = found["label"]
            yield Piece(
                text=label.strip("`"), code=label.startswith("`"), url=rebuilt(found["url"])
            )
    yield from _plain(line[end:])


def _plain(text: str) -> Iterator[Piece]:
    if text:
        yield Piece(text=_ESCAPED.sub(r"\1", text))
