"""Regular expressions that are compiled when they are first used: a quiet run uses few of them."""

import re
from typing import Any, cast


class _Later:
    """Becomes, method by method, what a compiled pattern is."""

    def __init__(self, pattern: str, flags: int) -> None:
        self._made = pattern, flags

    def __getattr__(self, name: str) -> Any:  # only of what it does not have yet
        found = getattr(re.compile(*self._made), name)
        setattr(self, name, found)
        return found


def later(pattern: str, flags: int = 0) -> re.Pattern[str]:
    """Give what `re.compile` gives; it costs nothing until it is used."""
    return cast("re.Pattern[str]", _Later(pattern, flags))
