"""SVG as text: elements whose texts and attributes are escaped, whatever is in them."""

from collections.abc import Iterable
from html import escape
from typing import TypeAlias

Value: TypeAlias = str | int | float | None


def element(name: str, *inside: str, text: str = "", **attributes: Value) -> str:
    """Give the element *name* around *inside*, which is SVG already, and *text*, which is not.

    An underscore in the name of an attribute stands for a hyphen, one at its end for nothing. What
    is None is left out.
    """
    told = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(_written(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    body = escape(text, quote=False) + "".join(inside)
    return f"<{name}{told}>{body}</{name}>" if body else f"<{name}{told}/>"


def percent(share: float) -> str:
    """Give a place along the whole width, so that a chart is as wide as there is room."""
    return f"{_written(min(max(share, 0.0), 1.0) * 100)}%"


def figure(name: str, *inside: str, title: str, says: str, height: int) -> str:
    """Give a whole drawing; *title* and *says* are what is read out of it."""
    return element(
        "svg",
        element("title", text=title, id=f"{name}-title"),
        element("desc", text=says, id=f"{name}-desc"),
        *inside,
        xmlns="http://www.w3.org/2000/svg",
        class_="chart",
        role="img",
        width="100%",
        height=height,
        aria_labelledby=f"{name}-title",
        aria_describedby=f"{name}-desc",
    )


def joined(parts: Iterable[str]) -> str:
    """Give *parts* as one."""
    return "".join(parts)


def _written(value: Value) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
