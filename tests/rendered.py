"""What GitHub would make of a text of ours: its parts as CommonMark and GitHub's extensions see it.

Beside CommonMark, GitHub links bare addresses in text (GFM, "Autolinks"), mentions and numbers.
None of it is in markdown-it-py, so it is looked for in the text that is outside of code.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from markdown_it import MarkdownIt
from markdown_it.token import Token

LONGEST_BODY = 65_536
"""GitHub refuses a longer body of an issue or a comment."""

ALIVE = {
    "an address": r"(?i)(?:https?|ftp)://|\bwww\.|[\w.+-]@[\w-]+\.\w",
    "a mention": r"(?<![A-Za-z0-9_`])@[A-Za-z0-9]",
    "a number": r"(?<![A-Za-z0-9_&])#[0-9]+\b|(?i:\bGH-[0-9]+\b)|[\w.-]/[\w.-]+#[0-9]+\b",
    "a formula": r"(?<!\\)\$",
}
"""What GitHub makes of text outside of code, but for commits: to link one touches no thread."""

CALLED = {
    "an agent": r"(?i)@(?:archon|claude|openhands|copilot|codex|gemini|sweep|jules|cursor|devin)\b",
    "a command": r"(?im)^\s*sweep:",
    "a thread": r"(?i)https?://\S{1,300}?/(?:issues|pulls?|discussions)/[0-9]",
    "a comment": r"<!--|--!?>",
    "a sign that cannot be seen": "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u034f\u115f\u1160\u17b4\u17b5"
    "\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0"
    "\ufff0-\ufffb\ud800-\udfff\U000e0000-\U000e0fff]",
}
"""What programs match in the raw text, code or not."""


@dataclass(frozen=True, kw_only=True)
class Rendered:
    """The parts of one text, in their order; *words* is what stands outside of code."""

    headings: tuple[str, ...]
    fences: tuple[str, ...]
    spans: tuple[str, ...]
    links: tuple[str, ...]
    html: tuple[str, ...]
    words: tuple[str, ...]
    rows: tuple[int, ...]
    shape: tuple[str, ...]

    def alive(self) -> list[str]:
        """Tell what GitHub would link or notify outside of code; a link's own label is no text."""
        return [f"{what}: {text!r}" for text in self.words for what in _found(ALIVE, text)]


def rendered(text: str) -> Rendered:
    """Render *text*, the body of an issue or a comment."""
    tokens = (
        MarkdownIt("commonmark").enable(["table", "strikethrough"]).disable("text_join").parse(text)
    )
    inlines = [child for token in tokens for child in _words(token)]
    return Rendered(
        headings=tuple(b.content for a, b in pairwise(tokens) if a.type == "heading_open"),
        fences=tuple(token.content for token in tokens if token.type in ("fence", "code_block")),
        spans=tuple(child.content for child in inlines if child.type == "code_inline"),
        links=tuple(
            str(child.attrs.get("href", child.attrs.get("src")))
            for child in inlines
            if child.type in ("link_open", "image")
        ),
        html=tuple(
            token.content.strip()
            for token in (*tokens, *inlines)
            if token.type in ("html_block", "html_inline")
        ),
        words=tuple(_outside(tokens)),
        rows=tuple(_cells(tokens)),
        shape=tuple(token.type for token in tokens if token.level == 0),
    )


def called(text: str) -> list[str]:
    """Tell what programs would match in *text*, which may be in code."""
    return list(_found(CALLED, text))


def _found(patterns: dict[str, str], text: str) -> Iterator[str]:
    return (what for what, pattern in patterns.items() if re.search(pattern, text))


def _words(token: Token) -> list[Token]:
    return token.children or []


def _outside(tokens: list[Token]) -> Iterator[str]:
    """Give each run of text between code, links and breaks, as it is read."""
    for token in tokens:
        run, in_link = "", 0
        for child in _words(token):
            in_link += (child.type == "link_open") - (child.type == "link_close")
            if child.type in ("text", "text_special") and not in_link:
                # An escape keeps these two from what GitHub's own extensions look for.
                run += child.markup if child.content in (".", "$") else child.content
            elif child.type not in ("strong_open", "strong_close", "em_open", "em_close"):
                yield run
                run = ""
        yield run


def _cells(tokens: list[Token]) -> Iterator[int]:
    """Give how many cells each row of each table has."""
    cells = 0
    for token in tokens:
        cells += token.type in ("td_open", "th_open")
        if token.type == "tr_close":
            yield cells
            cells = 0
