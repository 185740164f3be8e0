"""What changed since people were told last: each change once, and nothing else ever.

Level, not edge: what should be known now is compared with what is known. A concern that cannot be
judged now (its project was not looked at, it is hidden, or silent for a while) stays as it was.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import assert_never

from pipeline_health.core.concerns import (
    Scene,
    concerns_of,
    is_filed_crowd,
    is_live,
    is_member,
    is_quiet,
    is_seen,
    key_of,
    key_of_parent,
    owner_of,
)
from pipeline_health.core.incidents import proof_of
from pipeline_health.core.model.incident import Incident, Owner, Phase
from pipeline_health.core.model.notice import Concern, Known, Notice, NoticeKind, Told, Topic
from pipeline_health.core.model.parent import Parent
from pipeline_health.core.notice_text import Change, begins, notice_of, reminder, summary
from pipeline_health.core.week import WEEK, monday_before
from pipeline_health.frozen import dataclass

AT_ONCE = 5
"""More changes than this in one cycle are one notice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What people know once they have read *notices*. *monday* says that a week is to be told."""

    told: Told
    notices: tuple[Notice, ...] = ()
    monday: bool = False


def news_of(told: Told | None, scene: Scene, *, remind: timedelta, slack: timedelta) -> News:
    """Compare *scene* with what people were *told*, None when nobody ever was.

    They are reminded after *remind*, less the *slack* of a timer. A look at some projects only
    neither reminds nor tells of the week.
    """
    before = Told() if told is None else told
    known, changes = _compared(before, scene)
    notices = _notices(changes, first=told is None)
    whole = not scene.others
    mine = [each for each in known if each.owner is Owner.HUMAN]
    waiting = _not_silent(mine, scene)
    due = whole and _is_due(waiting, before.reminded_at, now=scene.now, every=remind - slack)
    noted_at = before.noted_at
    if noted_at is None or noted_at > scene.now + WEEK:  # by a clock that has been set right since
        noted_at = scene.now
    is_monday = whole and noted_at < monday_before(scene.now)
    after = Told(
        concerns=tuple(known),
        reminded_at=scene.now if due else before.reminded_at if mine else None,
        noted_at=scene.now if is_monday else noted_at,
    )
    reminders = (reminder(waiting, now=scene.now),) if due else ()
    return News(told=after, notices=(*notices, *reminders), monday=is_monday)


def _compared(before: Told, scene: Scene) -> tuple[list[Known], list[Change]]:
    known: list[Known] = []
    changes: list[Change] = []
    earlier = {each.key: each for each in before.concerns}
    now = {each.key: each for each in concerns_of(scene)}
    for key, concern in now.items():
        kind = _kind(earlier.get(key), concern)
        if kind is not None:
            changes.append(Change(kind=kind, of=concern))
        if kind is not None or key in earlier:
            known.append(_as_known(concern, earlier.get(key), now=scene.now))
    for key, one in earlier.items():
        if key not in now:
            fate = _fate(one, scene)
            known += [fate] if isinstance(fate, Known) else []
            changes += [fate] if isinstance(fate, Change) else []
    return known, changes


def _kind(before: Known | None, concern: Concern) -> NoticeKind | None:
    """Give what is new about *concern*, None when nothing is."""
    if concern.owner is Owner.HUMAN and (before is None or before.owner is Owner.AGENT):
        return _new(concern, known=before is not None)
    if before is not None and before.owner is not concern.owner:
        return NoticeKind.LEFT
    known_late = before is not None and before.late
    return NoticeKind.LATE if concern.late and concern.lately and not known_late else None


def _new(concern: Concern, *, known: bool) -> NoticeKind:
    match concern.topic:
        case Topic.TOKEN:
            return NoticeKind.TOKEN
        case Topic.CROWD:
            return NoticeKind.CROWD
        case Topic.PARENT:
            return NoticeKind.PORTFOLIO
        case Topic.INCIDENT if known or concern.moved:
            return NoticeKind.HANDED
        case Topic.INCIDENT:
            return NoticeKind.BLIND if concern.blind else NoticeKind.NEW
        case unreachable:
            assert_never(unreachable)


def _as_known(concern: Concern, before: Known | None, *, now: datetime) -> Known:
    return Known(
        key=concern.key,
        topic=concern.topic,
        project=concern.project,
        says=concern.says,
        url=concern.url,
        owner=concern.owner,
        late=bool(concern.late) or (before is not None and before.late),
        told_at=now if before is None else before.told_at,
    )


def _fate(known: Known, scene: Scene) -> Known | Change | None:
    """Say what became of what is no concern now: it stays, that is news, or it is forgotten."""
    match known.topic:
        case Topic.TOKEN:
            proof = "GitHub was read with it again; issues are filed and closed again."
            return Change(kind=NoticeKind.OVER, of=known, proof=proof) if scene.read else known
        case Topic.CROWD:
            proof = "Nothing waits for the caps any more: what is broken has its issue."
            is_over = scene.read and not scene.others and not _is_hidden_from_us(scene)
            if any(is_filed_crowd(each) for each in scene.parents):
                return None  # what waits is named in one issue, which people hear of
            return Change(kind=NoticeKind.OVER, of=known, proof=proof) if is_over else known
        case Topic.PARENT:
            parent = next((it for it in scene.parents if key_of_parent(it) == known.key), None)
            return _fate_of_parent(known, parent, scene)
        case Topic.INCIDENT:
            incident = next((it for it in scene.incidents if key_of(it) == known.key), None)
            if incident is None:
                return known if known.project in scene.others else None
            return _fate_of(known, incident)
        case unreachable:
            assert_never(unreachable)


def _fate_of(known: Known, incident: Incident) -> Known | Change | None:
    if incident.phase is Phase.RESOLVED and incident.duplicate_of is None:
        proof = proof_of(incident)
        says = "" if proof is None else proof.says
        return Change(kind=NoticeKind.OVER, of=known, proof=says)
    if not is_live(incident):
        return None
    filed, now = incident.filing is not None, owner_of(incident)
    if filed and now is Owner.AGENT and known.owner is Owner.HUMAN:
        return Change(kind=NoticeKind.LEFT, of=known)
    return known


def _fate_of_parent(known: Known, parent: Parent | None, scene: Scene) -> Known | Change | None:
    """Say what became of a portfolio incident; one without an issue is not kept when it is over."""
    if parent is not None and parent.phase is not Phase.RESOLVED:
        return None if parent.phase is Phase.MUTED else known
    if parent is None and scene.others:
        return known
    return Change(kind=NoticeKind.OVER, of=known, proof="Nothing of it goes on any more.")


def _notices(changes: Sequence[Change], *, first: bool) -> tuple[Notice, ...]:
    if len(changes) > (1 if first else AT_ONCE):
        return (begins(changes) if first else summary(changes),)
    return tuple(notice_of(change) for change in changes)


def _is_hidden_from_us(scene: Scene) -> bool:
    """Tell whether something goes on that has no issue and cannot be seen now."""
    return any(
        is_live(each)
        and each.filing is None
        and not (is_seen(each, scene) or is_member(each, scene))
        for each in scene.incidents
    )


def _not_silent(mine: Sequence[Known], scene: Scene) -> list[Known]:
    """Give what people are reminded of: nothing that somebody wants silent, or hides in another."""
    quiet = {key_of(each) for each in scene.incidents if is_quiet(each, scene)}
    return [each for each in mine if each.key not in quiet]


def _is_due(
    waiting: Sequence[Known], reminded_at: datetime | None, *, now: datetime, every: timedelta
) -> bool:
    """Tell whether something waits for as long as *every*, and nobody was reminded meanwhile.

    What is further ahead than that was told by a clock that has been set right since.
    """
    if not waiting:
        return False
    oldest = min(each.told_at for each in waiting)
    times = [at for at in (oldest, reminded_at) if at is not None and at - now <= every]
    return not times or now - max(times) >= every
