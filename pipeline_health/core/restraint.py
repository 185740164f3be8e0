"""Too many recoveries at once: none is believed until another look proves it again.

A provider that lies for one look must not close a portfolio. What counts are the incidents that an
open issue tells of; what was proved before this look stays proved.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from pipeline_health.core.model.case import Case
from pipeline_health.core.model.incident import Incident
from pipeline_health.core.model.issue import TrackedIssue
from pipeline_health.core.model.readings import Seen

MANY = 5
"""So many recoveries in one look are too many, if they are more than half of what it tells of."""


def restrained(
    cases: Sequence[Case], before: Sequence[Incident], *, now: datetime
) -> tuple[Case, ...]:
    """Give *cases*, with no recovery among too many that this is the first look to prove.

    *before* are their incidents before the proofs of this look, in the same order. Whatever the
    numbers are, what was held is believed when it is proved again; a failure of it is a new story.
    """
    pairs = tuple(zip(cases, before, strict=True))
    many = _are_too_many(pairs)
    return tuple(_held(case, was, now=now) if many else _let_go(case) for case, was in pairs)


def _are_too_many(pairs: Sequence[tuple[Case, Incident]]) -> bool:
    """Tell whether too many recover at once of those that the look tells of.

    What it says nothing of, such as that of a blind source, does not go on as far as it knows.
    """
    over = sum(_recovers(case, was) for case, was in pairs)
    going_on = sum(_goes_on(case) for case, _ in pairs)
    return over >= MANY and over > going_on


def _recovers(case: Case, was: Incident) -> bool:
    """Tell whether this look proves in full that *case*, which an issue tells of, is over."""
    return bool(was.broken) and not case.incident.broken and _is_told(case)


def _goes_on(case: Case) -> bool:
    """Tell whether this look shows that *case*, which an issue tells of, is not over."""
    return bool(case.incident.broken) and bool(case.findings or case.in_flight) and _is_told(case)


def _is_told(case: Case) -> bool:
    """Tell whether an open issue tells of *case*: its own as far as is known, or a parent's."""
    filing = case.incident.filing
    if filing is None:
        return case.incident.named is not None
    if isinstance(case.issue, Seen):
        return isinstance(case.issue.value, TrackedIssue) and case.issue.value.open
    return filing.closed_at is None


def _held(case: Case, was: Incident, *, now: datetime) -> Case:
    """Take back what this look healed of *case*, if it is the first one to prove it over."""
    incident = case.incident
    if not _recovers(case, was) or incident.held_since is not None:
        return _let_go(case)
    ailments = tuple(
        replace(ailment, healed=earlier.healed)
        for ailment, earlier in zip(incident.ailments, was.ailments, strict=True)
    )
    return replace(case, incident=replace(incident, ailments=ailments, held_since=now))


def _let_go(case: Case) -> Case:
    """Forget that *case* was held, once it is proved again or fails again."""
    if case.incident.held_since is None or (case.incident.broken and not case.findings):
        return case
    return replace(case, incident=replace(case.incident, held_since=None))
