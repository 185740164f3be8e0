"""Two incidents that turn out to have one root cause become one: the older keeps both.

A first look often has no log, so that one rejected token can open two incidents before either is
known to be about it; and a person may open an old issue again beside the one of today. Nothing is
lost: the older one takes over what the younger one listed.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import reduce
from typing import TypeAlias

from pipeline_health.core import issue_text
from pipeline_health.core.belonging import lists_all_of, root_of
from pipeline_health.core.causes import with_cause
from pipeline_health.core.correlate import OCCURRENCES_KEPT
from pipeline_health.core.model.case import Case, Diagnosed
from pipeline_health.core.model.ids import Nonce
from pipeline_health.core.model.incident import Ailment, Incident, Phase
from pipeline_health.core.model.issue import IssueRef, TrackedIssue
from pipeline_health.core.model.plan import CloseIssue, Comment

Placed: TypeAlias = tuple[Incident, tuple[Diagnosed, ...]]
"""An incident, beside the findings of this cycle that belong to it."""


def converged(
    placed: Sequence[Placed], *, closed: Mapping[IssueRef, bool] | None = None, now: datetime
) -> tuple[Placed, ...]:
    """Give *placed* with every younger incident of a root cause merged into the oldest of it.

    One whose issue is *closed* counts as younger than those whose issues are open; True says that
    it was closed as not planned.
    """
    kept = list(placed)
    for at in sorted(range(len(kept)), key=lambda at: _age(kept[at][0], closed or {})):
        # What it takes over may be the root of a third one, too.
        while (younger := _one_of_the_same_root(at, kept)) is not None:
            kept[at] = _with(kept[at], kept[younger])
            kept[younger] = (_duplicate(kept[younger][0], of=kept[at][0], now=now), ())
    return tuple(kept)


def with_older(case: Case, placed: Sequence[Placed]) -> Case:
    """Give *case* with where the incident is filed that its own is a duplicate of.

    A fingerprint may have been an incident before, that was over long ago.
    """
    of = case.incident.duplicate_of
    if of is None:
        return case
    older = [i for i, _ in placed if i.fingerprint == of]
    last = max(older, key=lambda i: (i.phase is not Phase.RESOLVED, i.first_seen), default=None)
    return case if last is None else replace(case, older=last.filing)


def _one_of_the_same_root(at: int, placed: Sequence[Placed]) -> int | None:
    older = placed[at][0]
    if older.phase is Phase.RESOLVED:
        return None
    others = (
        other
        for other, (incident, _) in enumerate(placed)
        if other != at
        and incident.phase is not Phase.RESOLVED
        and incident.repo == older.repo
        and _are_one(older, incident)
    )
    return next(others, None)


def _are_one(older: Incident, younger: Incident) -> bool:
    root = root_of(older.cause)
    if root is not None and root_of(younger.cause) == root:
        return True
    return lists_all_of(older, younger) or lists_all_of(younger, older)


def _age(
    incident: Incident, closed: Mapping[IssueRef, bool]
) -> tuple[bool, int, int, datetime, str]:
    """Order incidents so that the one whose issue is the oldest comes first.

    A muted one comes after those whose issues are open: they would be closed for one that nobody
    works on. After it comes one whose issue was only closed: it would be opened again for one that
    is open, or that somebody decided about.
    """
    filing = incident.filing
    number = 0 if filing is None else filing.number
    not_planned = None if filing is None else closed.get(IssueRef(filing.repo, filing.number))
    decided = incident.phase is Phase.MUTED or not_planned is True
    rank = 1 if decided else 0 if not_planned is None else 2
    return filing is None, rank, number, incident.first_failed_at, incident.fingerprint


def _with(older: Placed, younger: Placed) -> Placed:
    """Give *older* with everything that *younger* listed, and with why that fails now."""
    into, gone = older[0], younger[0]
    occurrences = sorted((*into.occurrences, *gone.occurrences), key=lambda each: each.at)
    grown = replace(
        into,
        ailments=_together(into.ailments, gone.ailments),
        occurrences=tuple(occurrences[-OCCURRENCES_KEPT:]),
        count=into.count + gone.count,
        first_failed_at=min(into.first_failed_at, gone.first_failed_at),
        attempts=max(into.attempts, gone.attempts),
    )
    return reduce(with_cause, younger[1], grown), (*older[1], *younger[1])


def _together(ours: Iterable[Ailment], theirs: Iterable[Ailment]) -> tuple[Ailment, ...]:
    """Give one ailment a symptom: the one that failed last."""
    by_symptom = {ailment.symptom: ailment for ailment in ours}
    for ailment in theirs:
        known = by_symptom.get(ailment.symptom)
        if known is None or known.failed_at < ailment.failed_at:
            by_symptom[ailment.symptom] = ailment
    return tuple(by_symptom.values())


def _duplicate(incident: Incident, *, of: Incident, now: datetime) -> Incident:
    return replace(incident, phase=Phase.RESOLVED, resolved_at=now, duplicate_of=of.fingerprint)


def strays_closed(case: Case, issue: TrackedIssue) -> Iterator[CloseIssue]:
    """Close every younger issue of the same incident; one with the same nonce is a copy."""
    filing = case.incident.filing
    nonces = {(filing and filing.nonce) or case.incident.nonce}
    for stray in case.strays:
        marker = stray.marker
        if not stray.open or not stray.ours or marker is None or marker.nonce in nonces:
            continue
        yield _as_duplicate(case.incident, stray, marker.nonce, of=issue.ref.number)


def merged_closed(case: Case, issue: TrackedIssue) -> Iterator[CloseIssue | str]:
    """Close the issue of an incident whose root cause an older one turned out to have."""
    filing = case.incident.filing
    if not issue.open or filing is None or filing.closed_at is not None:
        return
    if case.older is None:
        yield "it is a duplicate of an incident that is not filed yet"
        return
    yield _as_duplicate(case.incident, issue, case.incident.nonce, of=case.older.number)


def _as_duplicate(incident: Incident, issue: TrackedIssue, nonce: Nonce, *, of: int) -> CloseIssue:
    return CloseIssue(
        fingerprint=incident.fingerprint,
        nonce=incident.nonce,
        ref=issue.ref,
        body=None,
        comment=Comment(key=f"duplicate {nonce} {of}", body=issue_text.duplicate(of=of)),
        reason=f"Issue {of} is about the same root cause and is older.",
        duplicate_of=of,
    )
