"""From incidents and issues to a plan of changes, each with its reason.

Nothing is decided after this: the plan is printed, or applied as it stands. New issues come in the
order in which things failed, those of many projects first, as far as the caps allow; what has no
place waits, and is named in the crowd when it would wait for too long.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import chain

from pipeline_health.core.case_steps import steps_of
from pipeline_health.core.crowd import CROWD, Left, crowd_of, is_pressing, left_alone, untold
from pipeline_health.core.maintenance import kept_silent, reason_to_be_silent
from pipeline_health.core.model.case import Case
from pipeline_health.core.model.ids import Fingerprint
from pipeline_health.core.model.incident import Incident, Phase
from pipeline_health.core.model.parent import Parent, ParentCase
from pipeline_health.core.model.plan import BEYOND_CAPS, Change, CloseIssue, OpenIssue, Plan
from pipeline_health.core.model.readings import Blind
from pipeline_health.core.parent_life import by_identity, has_own, is_decided, may_be_back
from pipeline_health.core.parent_steps import parent_steps
from pipeline_health.core.terms import Terms
from pipeline_health.frozen import dataclass

TRIES = 2
"""How often members wait for an issue that could not be filed, before each gets its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Want:
    """What one incident, or one parent for its *incidents*, needs: steps in their order."""

    since: datetime
    title: str
    steps: tuple[Change | str, ...]
    incidents: tuple[Incident, ...]
    parent: bool = False
    shut: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Draft:
    """A plan as far as there is room: what is *left* has no place in it.

    *hour* is what remains of this hour, *kept* how much of that no single failure may take.
    """

    changes: tuple[Change, ...]
    waiting: tuple[str, ...]
    left: tuple[Left, ...]
    hour: int
    kept: int


def reconcile(cases: Iterable[Case], terms: Terms) -> Plan:
    """Give the plan that makes the tracker say what is true, oldest failure first."""
    known = tuple(cases)
    terms = _with_decided_crowds(known, terms)
    told = replace(terms, telling=frozenset(_telling(terms)), named=frozenset(_named(terms)))
    wants = _wants(known, told)
    before = _last_crowd(told)
    draft = _drafted(wants, told, crowd=before)
    crowd = _crowd(before, draft, known, told)
    steps = _of_crowd(crowd, told)
    if any(isinstance(step, OpenIssue) for step in steps):
        draft = _drafted(wants, told, crowd=before, taken=1)
        crowd = _crowd(before, draft, known, told)
        steps = _of_crowd(crowd, told)
    parents = [case.parent for case in told.parents if case is not before]
    if crowd is not None:
        parents.append(crowd.parent)
    steps = (*steps, *_of_crowds_before(before, told))
    return Plan(
        changes=(*(step for step in steps if not isinstance(step, str)), *draft.changes),
        waiting=draft.waiting,
        parents=tuple(parents),
        asks_ops=told.portfolio.desk is None
        and (any(map(_wants_an_issue, parents)) or _writes(steps, wants, told)),
    )


def _last_crowd(terms: Terms) -> ParentCase | None:
    """Give the crowd that lives and takes more, else the newest of those that are over."""
    crowds = [case for case in terms.parents if _is_crowd(case) and not is_decided(case.parent)]
    ranked = ((case.parent.phase is not Phase.RESOLVED, case.parent.first_seen) for case in crowds)
    return max(zip(ranked, crowds, strict=True), key=lambda pair: pair[0], default=(None, None))[1]


def _is_crowd(case: ParentCase) -> bool:
    return case.parent.fingerprint == CROWD


def _with_decided_crowds(cases: Sequence[Case], terms: Terms) -> Terms:
    """Give *terms* in which every crowd that a person muted or deleted names whom it did, at most.

    What waits beside those is a crowd of its own.
    """
    incidents = by_identity(case.incident for case in cases)
    return replace(
        terms,
        parents=tuple(
            replace(case, parent=left_alone(case.parent, incidents, terms))
            if _is_crowd(case) and is_decided(case.parent)
            else case
            for case in terms.parents
        ),
    )


def _of_crowd(crowd: ParentCase | None, terms: Terms) -> tuple[Change | str, ...]:
    """Give what the crowd needs; without any room it cannot be told of either."""
    steps = () if crowd is None else tuple(parent_steps(crowd, terms, specimen=None))
    room = _room(terms) > 0
    return tuple(step for step in steps if room or not isinstance(step, OpenIssue))


def _of_crowds_before(crowd: ParentCase | None, terms: Terms) -> Iterator[CloseIssue]:
    """Give what closes the crowds beside *crowd* that are over: each has an issue of its own."""
    before = (case for case in terms.parents if _is_crowd(case) and case is not crowd)
    for step in chain.from_iterable(parent_steps(case, terms, specimen=None) for case in before):
        if isinstance(step, CloseIssue) and step.duplicate_of is None:
            yield step


def _room(terms: Terms) -> int:
    """Tell how many issues may be opened in this cycle."""
    limits = terms.limits
    return min(limits.issues_per_cycle, limits.issues_per_hour - terms.opened_lately)


def _telling(terms: Terms) -> Iterator[Fingerprint]:
    """Name the parents whose issue speaks for their members, or is going to.

    One that is filed speaks while nothing is known that keeps us from writing there, and what a
    person muted stays muted.
    """
    desk = terms.portfolio.desk
    why_not = None if desk is None else desk.why_not
    for parent in _of_one_cause(terms):
        possible = parent.repo is not None and desk is not None and parent.tried < TRIES
        may_be_told = parent.filing is not None or possible
        if may_be_told and (why_not is None or parent.phase is Phase.MUTED):
            yield parent.fingerprint


def _named(terms: Terms) -> Iterator[Fingerprint]:
    """Name the incidents that an issue names which is there, and cannot be written now."""
    desk = terms.portfolio.desk
    if desk is None or desk.why_not is None or desk.shut:
        return
    for parent in _of_one_cause(terms):
        for member in parent.going_on if parent.filing is not None else ():
            if member.named_at is not None:
                yield member.fingerprint


def _of_one_cause(terms: Terms) -> Iterator[Parent]:
    for case in terms.parents:
        if case.parent.cause is not None and case.parent.phase is not Phase.RESOLVED:
            yield case.parent


def _wants_an_issue(parent: Parent) -> bool:
    unfiled = parent.filing is None and parent.repo is not None
    return unfiled and parent.phase is Phase.PENDING and bool(parent.going_on)


def _writes(steps: Sequence[Change | str], wants: Iterable[_Want], terms: Terms) -> bool:
    """Tell whether an issue that many projects share is to be written, there where we may look."""
    of_many = (*steps, *(step for want in wants if want.parent for step in want.steps))
    return terms.portfolio.repo is not None and not all(isinstance(step, str) for step in of_many)


def _wants(cases: Sequence[Case], terms: Terms) -> tuple[_Want, ...]:
    """Give what every parent but the crowd and every incident needs, each oldest failure first.

    What tells of many projects comes before what tells of one.
    """
    # A look that says nothing of a member, or heals it, leaves the text of its parent as it was.
    by_fingerprint = {case.incident.fingerprint: case for case in cases if case.incident.broken}
    wants = [_of_case(case, terms) for case in cases]
    wants += [
        _of_parent(case, by_fingerprint, terms) for case in terms.parents if not _is_crowd(case)
    ]
    return tuple(sorted(wants, key=lambda want: (not want.parent, want.since)))


def _of_case(case: Case, terms: Terms) -> _Want:
    return _Want(
        since=case.incident.first_failed_at,
        title=case.incident.title,
        steps=tuple(kept_silent(steps_of(case, terms), case, terms.windows, now=terms.now)),
        incidents=(case.incident,),
        shut=_has_no_place(case, terms),
    )


def _has_no_place(case: Case, terms: Terms) -> bool:
    """Tell whether *case* would be told of, but that its repository takes no issue at all.

    Where issues were disabled nobody reads the one that it has, either.
    """
    incident, desk = case.incident, terms.desks.get(case.incident.repo)
    readable = has_own(incident) and not isinstance(case.issue, Blind)
    if readable or not case.findings or desk is None or not desk.shut:
        return False
    over = incident.phase in (Phase.RESOLVED, Phase.MUTED)
    told = terms.is_told_elsewhere(incident) or incident.hidden_behind is not None
    return not (over or told) and reason_to_be_silent(case, terms.windows, now=terms.now) is None


def _of_parent(case: ParentCase, cases: Mapping[Fingerprint, Case], terms: Terms) -> _Want:
    parent = case.parent
    found = [cases[each.fingerprint] for each in parent.going_on if each.fingerprint in cases]
    shown = next((each for each in found if each.incident.evidence is not None), None)
    specimen = shown or next(iter(found), None)
    return _Want(
        since=parent.since,
        title=parent.title,
        steps=tuple(parent_steps(case, terms, specimen=specimen)),
        incidents=tuple(
            each.incident for each in found if each.findings and not has_own(each.incident)
        ),
        parent=True,
    )


def _drafted(
    wants: Iterable[_Want], terms: Terms, *, crowd: ParentCase | None, taken: int = 0
) -> _Draft:
    """Give what there is room for, when *taken* new issues are planned already.

    The last place of an hour is kept for the crowd: who gets it, names all that come after.
    """
    hour = terms.limits.issues_per_hour - terms.opened_lately - taken
    room = _room(terms) - taken
    kept = 0 if taken or not _may_crowd(crowd, terms) else 1
    changes: list[Change] = []
    waiting: list[str] = []
    left: list[Left] = []
    for want in wants:
        for step in want.steps:
            if isinstance(step, str):
                waiting.append(f"{want.title}: {step}")
            elif not isinstance(step, OpenIssue):
                changes.append(step)
            elif room > 0 and (want.parent or hour > kept):
                room, hour = room - 1, hour - 1
                changes.append(step)
            else:
                waiting.append(f"{want.title}: {BEYOND_CAPS}")
                left.append(Left(incidents=want.incidents, many=want.parent))
        if want.shut:
            left.append(Left(incidents=want.incidents, shut=True))
    return _Draft(
        changes=tuple(changes), waiting=tuple(waiting), left=tuple(left), hour=hour, kept=kept
    )


def _may_crowd(crowd: ParentCase | None, terms: Terms) -> bool:
    """Tell whether the crowd has no issue that is open, and may get one."""
    desk = terms.portfolio.desk
    shut = terms.portfolio.repo is None or (desk is not None and desk.why_not is not None)
    return not (shut or (crowd is not None and _has_an_issue(crowd.parent, terms)))


def _has_an_issue(crowd: Parent, terms: Terms) -> bool:
    """Tell whether the crowd has an issue, which is open or would be opened again."""
    over = crowd.phase is Phase.RESOLVED
    return crowd.filing is not None and (not over or may_be_back(crowd, terms))


def _crowd(
    before: ParentCase | None, draft: _Draft, cases: Sequence[Case], terms: Terms
) -> ParentCase | None:
    """Give the crowd beside its issue; None where nothing waits for too long, or nobody hears."""
    known = None if before is None else before.parent
    if known is None and terms.portfolio.repo is None:
        return None
    goes_on = known is not None and known.phase is not Phase.RESOLVED
    crowds = (case.parent for case in terms.parents if _is_crowd(case))
    left = untold(draft.left, filter(is_decided, crowds))
    named = goes_on or is_pressing(left, terms, hour=draft.hour, kept=draft.kept)
    incidents = by_identity(case.incident for case in cases)
    crowd = crowd_of(known, left if named else (), incidents, terms)
    if crowd is None or (crowd.filing is None and not crowd.going_on):
        return None
    return ParentCase(parent=crowd) if before is None else replace(before, parent=crowd)
