"""What must hold over time: every failure that lasts has its issue, and people's word counts."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from properties.anew import SLA, stepped_lately
from properties.many import consequences, decided, is_usable, named, told_in
from properties.scene import Scene, about, ours_open
from properties.town import US
from properties.truth import State, Thing

ROUND = timedelta(minutes=5)
LONGEST_CYCLE = timedelta(minutes=3)
LONGEST_PAUSE = timedelta(hours=1)
FURTHEST_APART = timedelta(hours=6, minutes=30)
"""How far a clock may be set back: from three hours early to three and a half late."""
FOUND = "it was filed before"
SETTLING = timedelta(minutes=10)
"""How long an answer that was lost may still be on its way."""


@dataclass(slots=True)
class Watch:
    """What is remembered between cycles: how long a thing was broken, and how often it was seen.

    *clean_since* is when the row of cycles began in which nothing went wrong. *shown_since* is when
    a cycle first saw what is broken, of which a ledger that was lost knows nothing any more.
    """

    broken_since: dict[Thing, datetime] = field(default_factory=dict)
    clean_since: datetime | None = None
    clean: int = 0
    limited_at: datetime | None = None
    usable_since: datetime | None = None
    shown_since: dict[Thing, datetime] = field(default_factory=dict)
    losses: int = 0


def told_within_the_sla(scene: Scene, watch: Watch) -> Iterator[str]:
    """Every failure that lasts longer than the SLA has its issue, as soon as all can be seen."""
    if scene.passed.clean and not _has_to_wait(scene, watch):
        for thing in sorted(scene.truths.keys() - scene.seen, key=repr):
            yield f"{thing} was not looked at, and nothing had gone wrong"
    _remember(scene, watch)
    if watch.clean_since is None or watch.clean < 2:
        return
    began = scene.passed.began
    if began - watch.clean_since < SETTLING or not _may_file(scene, watch):
        return
    covered = _covered(scene, watch) | _next_in_turn(scene, watch)
    for thing, since in watch.broken_since.items():
        if began - since > SLA and thing not in covered:
            yield f"{thing} is broken since {since:%a %H:%M:%S}, and no issue says so"


def _remember(scene: Scene, watch: Watch) -> None:
    for thing, truth in scene.truths.items():
        if truth.state is not State.BROKEN or truth.since is None:
            watch.broken_since.pop(thing, None)
            watch.shown_since.pop(thing, None)
        else:
            known = watch.broken_since.get(thing, truth.since)
            watch.broken_since[thing] = max(known, truth.since)
    _remember_what_was_shown(scene, watch)
    if any("limit" in what for what in scene.passed.witness.spoiled):
        watch.limited_at = scene.passed.ended
    if not is_usable(scene.town):
        watch.usable_since = None
    elif watch.usable_since is None:
        watch.usable_since = scene.passed.began
    if scene.passed.clean and scene.truths.keys() <= scene.seen:
        watch.clean_since = watch.clean_since or scene.passed.began
        watch.clean += 1
    else:
        watch.clean_since, watch.clean = None, 0


def _remember_what_was_shown(scene: Scene, watch: Watch) -> None:
    if scene.losses != watch.losses:
        watch.losses = scene.losses
        watch.shown_since.clear()
    if scene.passed.report is not None:
        for thing in watch.broken_since.keys() & scene.seen:
            watch.shown_since.setdefault(thing, scene.passed.began)


def _has_to_wait(scene: Scene, watch: Watch) -> bool:
    """Tell whether a provider asked for a pause that may not be over yet.

    Until when is noted by the host's clock: one that was set back comes to that hour once more.
    """
    off = scene.clock_off or stepped_lately(scene)
    longest = LONGEST_PAUSE + FURTHEST_APART if off else LONGEST_PAUSE
    return watch.limited_at is not None and scene.passed.began - watch.limited_at <= longest


def _hour(scene: Scene) -> timedelta:
    """Give how long what the host takes for an hour may be: a clock is off by two hours at most."""
    return timedelta(hours=3 if scene.clock_off or stepped_lately(scene) else 1)


def _may_file(scene: Scene, watch: Watch) -> bool:
    """Tell whether the caps leave room: what waits for them is filed later.

    Their hour is that of the host, and of an issue that it found again GitHub says when it was
    made: where the host's clock is late, or has been early, an issue counts for so much longer. It
    counts from the end of the cycle that filed it, however long that may have taken. Where what
    has no room is named in the operator's repository, only a full hour excuses.
    """
    hour = scene.passed.ended - _hour(scene) - LONGEST_CYCLE
    full = sum(at > hour for at, _ in scene.opened_at) >= scene.town.limits.per_hour
    room = _filed_now(scene) < scene.town.limits.per_cycle
    return not full and (_may_name(scene, watch) or room)


def _next_in_turn(scene: Scene, watch: Watch) -> set[Thing]:
    """Give what is filed in a cycle soon, when this one has filed as many as it may.

    Where nobody looked for longer than the SLA, no issue can be in time; each has its own within
    half of the SLA from the first look, and only what would wait for longer is named with others.
    """
    if _filed_now(scene) < scene.town.limits.per_cycle:
        return set()
    half = SLA / 2 + _hour(scene) - timedelta(hours=1)
    began = scene.passed.began
    return {thing for thing, shown in watch.shown_since.items() if began - shown < half}


def _filed_now(scene: Scene) -> int:
    """Count the issues of this cycle, and filings that found theirs: each took the place of one.

    Those were filed by another host in its round, or before a ledger was lost; no list has them.
    """
    if scene.hosts > 1:
        return sum(at > scene.passed.ended - ROUND for at, _ in scene.opened_at)
    report = scene.passed.report
    found = () if report is None else (one for one in report.changes if one.why == FOUND)
    return len(list(scene.opened())) + len(list(found))


def _covered(scene: Scene, watch: Watch) -> set[Thing]:
    """Give what an issue tells of, or people decided about, or cannot be told where it is."""
    covered = named(scene)
    for (repo, _), issue, _ in ours_open(scene):
        covered |= about(scene.town, scene.repo(repo), issue)
    if scene.town.ops is not None:
        covered |= consequences(scene.town)
    return covered | _excused(scene, for_all=_may_name(scene, watch))


def _may_name(scene: Scene, watch: Watch) -> bool:
    """Tell whether the operator's repository was there to name what has no place of its own."""
    since = watch.usable_since
    return since is not None and scene.passed.began - since > SETTLING


def _excused(scene: Scene, *, for_all: bool) -> set[Thing]:
    """Give what people have closed, or whose repository takes no issues."""
    excused: set[Thing] = set()
    lately = scene.passed.ended - SLA - scene.clock_off
    for repo, issue in scene.town.issues():
        if issue.state != "closed" or issue.closed_at is None:
            continue
        muted = issue.state_reason == "not_planned" and issue.closed_by == "dev"
        if muted or issue.closed_at > lately:
            excused |= about(scene.town, repo, issue)
    excused |= _decided_of_many(scene, lately)
    off = {repo.id for repo in scene.town.repos if not repo.has_issues and not for_all}
    deleted = {repo.id for repo in scene.town.repos if repo.deleted}
    for thing in scene.truths:
        if scene.repo_of(thing) in off | deleted:
            excused.add(thing)
    return excused


def _decided_of_many(scene: Scene, lately: datetime) -> set[Thing]:
    """Give what a person closed, or deleted, in the operator's repository."""
    found, ops = decided(scene.town), scene.town.ops
    for issue in () if ops is None else ops.issues.values():
        if issue.user == US and issue.closed_at is not None and issue.closed_at > lately:
            found |= told_in(scene.town, issue)
    return found
