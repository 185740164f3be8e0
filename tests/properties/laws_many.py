"""What must hold of portfolio incidents after every cycle, beside the laws of every other issue."""

from collections.abc import Iterator

from properties.anew import shut_lately, waits_anew
from properties.many import decided, is_usable, parents_in, reason_of, told_in
from properties.scene import Scene, Shown, about, ours_open
from properties.town import US
from properties.truth import State, Thing

NOTE = "<!-- notes -->\nI called the provider."


def not_over_while_broken(scene: Scene) -> Iterator[str]:
    """No portfolio issue is closed by us while what it named is broken for its reason, and seen.

    What else tells of it may do so, and a person may have muted it there, or closed that one
    lately: it is opened again after the SLA. What failed anew since it was proved to work may
    wait for the caps: the closing came late, and it is no part of that.
    """
    elsewhere = _told(scene) | decided(scene.town) | shut_lately(scene, scene.town.places)
    for key, issue in scene.closed():
        key_of = _reason_in(scene, key)
        if key_of is None or not scene.passed.clean:
            continue
        for thing in sorted(scene.named.get(key, set()) & scene.seen - elsewhere, key=repr):
            reason = reason_of(scene.town, thing)
            stands = scene.truths[thing].state is State.BROKEN and reason is not None
            stands = stands and not waits_anew(scene, thing)
            if stands and reason is not None and key_of in ("", reason.key):
                yield f"#{key[1]} ({issue.title}) was closed while {thing} is broken"
    _remember(scene)


def _told(scene: Scene) -> set[Thing]:
    told = {
        thing
        for key, it, _ in ours_open(scene)
        for thing in about(scene.town, scene.repo(key[0]), it)
    }
    for _, issue, _ in parents_in(scene.town, scene.after):
        told |= told_in(scene.town, issue)
    return told


def _reason_in(scene: Scene, key: tuple[int, int]) -> str | None:
    """Give the reason of a portfolio issue that was open, empty for a crowd."""
    for other, _, marker in parents_in(scene.town, scene.before):
        if other == key:
            return marker.key
    return None


def _remember(scene: Scene) -> None:
    """Note what is named, as long as it is: a life of an issue ends when it is closed."""
    open_now = {key: told_in(scene.town, it) for key, it, _ in parents_in(scene.town, scene.after)}
    for key in scene.named.keys() - open_now.keys():
        del scene.named[key]
    for key, things in open_now.items():
        scene.named.setdefault(key, set()).update(things)


def none_of_its_own_beside_it(scene: Scene) -> Iterator[str]:
    """Nothing that waits in a portfolio issue gets one of its own while its reason is that."""
    if scene.hosts > 1 or scene.losses or not is_usable(scene.town):
        return
    for (repo, number), issue in (*scene.opened(), *_reopened(scene)):
        for thing in sorted(about(scene.town, scene.repo(repo), issue), key=repr):
            reason = reason_of(scene.town, thing)
            for key, was, marker in parents_in(scene.town, scene.before):
                same = reason is not None and marker.key == reason.key
                if same and thing in told_in(scene.town, was) & told_in_now(scene, key):
                    yield f"#{number} ({issue.title}) was opened beside operations#{key[1]}"


def _reopened(scene: Scene) -> Iterator[tuple[tuple[int, int], Shown]]:
    for key, issue in scene.after.items():
        was = scene.before.get(key)
        if was is not None and (was.state, issue.state, issue.user) == ("closed", "open", US):
            yield key, issue


def told_in_now(scene: Scene, key: tuple[int, int]) -> frozenset[Thing]:
    """Give what a portfolio issue names after the cycle."""
    issue = scene.after.get(key)
    return frozenset() if issue is None else told_in(scene.town, issue)


def notes_are_kept(scene: Scene) -> Iterator[str]:
    """Nothing that people write below the line of a portfolio issue is lost."""
    ops = scene.town.ops
    for key, was in scene.before.items():
        now = scene.after.get(key)
        if ops is None or key[0] != ops.id or not _is_noted(was):
            continue
        if now is not None and not _is_noted(now):
            yield f"#{key[1]} has lost its note"


def _is_noted(issue: Shown) -> bool:
    return issue.user == US and NOTE in issue.body


LAWS = (not_over_while_broken, none_of_its_own_beside_it, notes_are_kept)
