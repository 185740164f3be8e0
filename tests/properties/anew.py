"""What failed anew since it was proved to work: it is no part of what was proved by then."""

from collections.abc import Container
from datetime import timedelta

from pipeline_health.simulator.github_world import Repo
from properties.many import decided, is_told_for_its_reason, told_in
from properties.scene import Scene, about
from properties.town import US
from properties.truth import Thing

SLA = timedelta(minutes=30)


def is_told_anew(scene: Scene, thing: Thing) -> bool:
    """Tell whether what failed anew after it was proved to work is told in an issue for many.

    A closing may come late: it was refused, or the repository took no issues. What was proved by
    then stays proved; what failed since, for another reason, is no part of that issue.
    """
    return _failed_anew(scene, thing) and is_told_for_its_reason(scene, thing)


def is_decided_anew(scene: Scene, thing: Thing) -> bool:
    """Tell whether a person decided about what failed anew after it was proved to work.

    They muted it in an issue for many, or closed one lately: it is opened again after the SLA.
    """
    return _failed_anew(scene, thing) and thing in decided(scene.town) | shut_lately(
        scene, {scene.town.ops}
    )


def shut_lately(scene: Scene, places: Container[Repo | None]) -> set[Thing]:
    """Give what issues of ours told in some places until people closed them, for less than the SLA.

    They are opened again then, unless it works by then.
    """
    found, lately = set[Thing](), scene.passed.ended - SLA - scene.clock_off
    for repo, issue in scene.town.issues():
        closed_at = None if issue.closed_by == US else issue.closed_at
        if issue.user == US and repo in places and closed_at is not None and closed_at > lately:
            found |= about(scene.town, repo, issue) | told_in(scene.town, issue)
    return found


def waits_anew(scene: Scene, thing: Thing) -> bool:
    """Tell whether what failed anew after it was proved to work waits for the caps, or for GitHub.

    GitHub lost an answer, or refused: what was tried in this very cycle, or before a crash, is
    tried again. That it is told in time is the law of the SLA.
    """
    waits = _is_full(scene) or _is_tried_in_vain(scene, thing)
    return scene.town.ops is not None and _failed_anew(scene, thing) and waits


def _is_full(scene: Scene) -> bool:
    """Tell whether no more may be filed in this cycle, or in this hour, which is the host's."""
    hours = 3 if scene.clock_off or stepped_lately(scene) else 1
    since, limits = scene.passed.began - timedelta(hours=hours), scene.town.limits
    lately = sum(at > since for at, _ in scene.opened_at)
    return len(list(scene.opened())) >= limits.per_cycle or lately >= limits.per_hour


def _is_tried_in_vain(scene: Scene, thing: Thing) -> bool:
    """Tell whether an issue for a thing, or for many, could not be filed in this very cycle."""
    places = {scene.town.ops, scene.repo(scene.repo_of(thing))}
    names = {place.full_name for place in places if place is not None}
    changes = () if scene.passed.report is None else scene.passed.report.changes
    return any(one.change == "open" and not one.applied and one.repo in names for one in changes)


def _failed_anew(scene: Scene, thing: Thing) -> bool:
    proved, failed = scene.proved.get(thing), scene.truths[thing].since
    return proved is not None and failed is not None and proved < failed


def stepped_lately(scene: Scene) -> bool:
    """Tell whether the hour of the caps is another one than ours: it is that of the host."""
    longest = timedelta(hours=4)
    return scene.stepped_at is not None and scene.passed.ended - scene.stepped_at < longest
