"""Is a URL down? How many looks it takes to say so, and which of them count.

One look proves nothing: 31 alarms of the monitor before this one were a single look without an
answer, none of them an outage that anybody found, two of them on unrelated sites half a minute
apart (the portfolio's own history, April to September 2026).
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from pipeline_health.core.model.urls import Doubt, Miss, Probe, Row
from pipeline_health.frozen import dataclass

LOOKS = 3
SPAN = timedelta(minutes=5)
APART = timedelta(minutes=1)
"""Looks closer than this are one look."""

KEPT = 12
"""With looks a minute apart, the eleventh decides at the latest."""

_REFUSES_US = frozenset({401, 403})


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A look that failed, beside what casts doubt on it."""

    at: datetime
    says: str
    shared: bool = False
    doubt: Doubt | None = None


def is_answer(probe: Probe) -> bool:
    """Tell whether something works there: it serves, leads on, or asks who we are."""
    if probe.status is None:
        return False
    return 200 <= probe.status < 400 or probe.status in _REFUSES_US  # noqa: PLR2004 - HTTP's own


def row_after(before: Row | None, failure: Failure, *, gap: timedelta) -> Row:
    """Give the row with one more failed look; one more than *gap* after the last begins it anew.

    A deployment in between asks for a fresh verdict on what was down for sure.
    """
    misses = before.misses if before is not None and failure.at - before.last <= gap else ()
    if failure.doubt is Doubt.DEPLOYING and confirmed(misses) is not None:
        misses = ()
    if failure.doubt is None and _is_another_look(misses, failure.at):
        miss = Miss(at=failure.at, says=failure.says, shared=failure.shared)
        misses = (*misses, miss)[:KEPT]
    return Row(last=failure.at, misses=misses)


def _is_another_look(misses: tuple[Miss, ...], at: datetime) -> bool:
    return not misses or at - misses[-1].at >= APART


def confirmed(misses: tuple[Miss, ...]) -> Miss | None:
    """Give the look with which it was down for sure, None while it may still be a transient.

    Where an unrelated URL failed with it our own network is the first suspect, and it takes twice
    as many looks over twice the time.
    """
    for count, miss in enumerate(misses, start=1):
        windows = 2 if any(each.shared for each in misses[:count]) else 1
        if count >= LOOKS * windows and miss.at - misses[0].at >= SPAN * windows:
            return miss
    return None


def is_shared(url: str, failing: Iterable[str]) -> bool:
    """Tell whether any of *failing* is unrelated to *url*: it is on another host."""
    return any(urlsplit(other).netloc != urlsplit(url).netloc for other in failing)


def transient(row: Row | None) -> datetime | None:
    """Give when it began to fail, if it answers again before it was down for sure."""
    if row is None or not row.misses or confirmed(row.misses) is not None:
        return None
    return row.misses[0].at
