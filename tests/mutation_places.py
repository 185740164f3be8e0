"""A place in a syntax tree, and how what stands there is told from what could: `a [< → <=] b`."""

import ast
import copy
import itertools
import re
from dataclasses import dataclass
from typing import Any, TypeVar

_Node = TypeVar("_Node", bound=ast.AST)
_SHOWN = 40
"""How many letters of a statement are shown before and after what is changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where *node* is: it is *field* of *parent*, or the one at *index* of that list."""

    statement: ast.stmt
    parent: ast.AST
    field: str
    index: int | None
    node: ast.AST

    def put(self, node: ast.AST) -> None:
        """Let *node* stand here."""
        if self.index is None:
            setattr(self.parent, self.field, node)
        else:
            getattr(self.parent, self.field)[self.index] = node


def with_(node: _Node, **fields: Any) -> _Node:
    """Give *node* with other *fields*; what is below stays the same."""
    other = copy.copy(node)
    for field, value in fields.items():
        setattr(other, field, value)
    return other


def end_of_head(statement: ast.stmt) -> int:
    """Give the last line of *statement* before the block that it opens, if it opens one."""
    body = getattr(statement, "body", None)
    return body[0].lineno - 1 if body else statement.end_lineno or statement.lineno


def head(node: ast.stmt) -> str:
    """Say *node*, of a block only the first statement's line."""
    short = with_(node, body=[], orelse=[]) if hasattr(node, "body") else node
    if isinstance(node, ast.Match):
        short = with_(node, cases=[with_(case, body=[]) for case in node.cases])
    return ast.unparse(ast.fix_missing_locations(short))


def difference(place: Place, new: ast.AST) -> str:
    """Say what of the statement changes when *new* stands at *place*: `a [< → <=] b`."""
    if place.node is place.statement:
        assert isinstance(place.node, ast.stmt)
        assert isinstance(new, ast.stmt)
        old, mutated = head(place.node), head(new)
    else:
        old = head(place.statement)
        place.put(new)
        mutated = head(place.statement)
        place.put(place.node)
    return _marked(*(re.findall(r"\w+|\s+|[<>=!]=|.", text) for text in (old, mutated)))


def _marked(old: list[str], new: list[str]) -> str:
    shorter = min(len(old), len(new))
    same = next((at for at in range(shorter) if old[at] != new[at]), shorter)
    rest = shorter - same
    tail = next((at for at in range(rest) if old[-1 - at] != new[-1 - at]), rest)
    was, is_now = (_short("".join(each[same : len(each) - tail])) for each in (old, new))
    before, after = _near(old[:same][::-1])[::-1], _near(old[len(old) - tail :])
    return " ".join(f"{''.join(before)}[{was} → {is_now}]{''.join(after)}".split())


def _near(words: list[str]) -> list[str]:
    """Give as many of the first *words* as are shown."""
    lengths = list(itertools.accumulate(map(len, words)))
    return words[: sum(length <= _SHOWN for length in lengths)]


def _short(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= 2 * _SHOWN else f"{words[: 2 * _SHOWN]}…"
