"""From variables to marks: the place where every value ends."""

import re
from collections.abc import Iterator, Sequence

from pipeline_health.clients.railway_variables import Values
from pipeline_health.core.audit import Held
from pipeline_health.core.secrecy import Digester, Mark, is_open, is_readable, marks_of
from pipeline_health.secret import Secret

SEALED = "is sealed"
HIDDEN = "is kept back or masked by Railway"
_OF_RAILWAY = "RAILWAY_"
_ODD = re.compile(r"[^\w.-]+")
"""What no name of a variable should hold: it would tear up a list of places, or a line."""


def weighed(
    holder: str,
    views: Sequence[Values],
    *,
    sealed: frozenset[str],
    required: frozenset[str],
    digest: Digester,
) -> Iterator[Held]:
    """Give every variable of *holder*, as its *views* have it, the rendered one first.

    What is *sealed* is not compared, whatever its value seems to be: null is not equal to null.
    """
    names = sealed.union(*(view.keys() for view in views))
    for written in sorted(names):
        name = _ODD.sub("_", written)
        if name.startswith(_OF_RAILWAY) and name not in required:
            continue
        values = [view[written] for view in views if written in view]
        reason = SEALED if written in sealed else _reason(values)
        if reason and (name in required or not is_open(name)):
            yield Held(holder=holder, name=name, unreadable=reason)
        elif not reason:
            yield Held(
                holder=holder,
                name=name,
                marks=_marks(name, values, required=name in required, digest=digest),
                there=values[0] is not None and bool(values[0].reveal().strip()),
            )


def _reason(values: Sequence[Secret | None]) -> str:
    texts = (None if value is None else value.reveal() for value in values)
    return "" if all(is_readable(text) for text in texts) else HIDDEN


def _marks(
    name: str, values: Sequence[Secret | None], *, required: bool, digest: Digester
) -> frozenset[Mark]:
    return frozenset(
        mark
        for value in values
        if value is not None
        for mark in marks_of(name, value.reveal(), required=required, digest=digest)
    )
