"""The words that the checks share."""

import difflib
from collections.abc import Iterable, Sequence

from pipeline_health.core.model.examination import Ailing, Level

SHOWN = 10


def fault(where: str, says: str, mend: str) -> Ailing:
    """Make a finding that keeps something from working."""
    return Ailing(level=Level.FAULT, where=where, says=says, mend=mend)


def advice(where: str, says: str, mend: str) -> Ailing:
    """Make a finding that could be better, and that nothing fails of."""
    return Ailing(level=Level.ADVICE, where=where, says=says, mend=mend)


def nearest(name: str, there: Iterable[str]) -> str | None:
    """Give the one of *there* that *name* was meant to be, None where nothing is near."""
    by_case = {one.casefold(): one for one in sorted(there)}
    near = difflib.get_close_matches(name.casefold(), by_case)
    return by_case[near[0]] if near else None


def correction(name: str, there: Iterable[str], *, key: str) -> str:
    """Say how to mend a misspelt *name* in *key*: the nearest right one, or all there are."""
    names = sorted(there)
    near = nearest(name, names)
    if near is not None:
        return f'in {key}, write "{near}"'
    return f"in {key}, write one of: {listed(names)}" if names else f"take it out of {key}"


def listed(names: Sequence[str]) -> str:
    """Give *names* in a row, the first ones where there are many."""
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return f"{', '.join(names[:SHOWN])}{more}"


def counted(number: int, what: str, many: str | None = None) -> str:
    """Give a number with its word, one or many."""
    return f"{number} {what if number == 1 else many or f'{what}s'}"
