"""The laws of portfolio incidents must be able to be broken: each is, once, in a town of many."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from random import Random

import pytest

from incident_builders import MINUTE
from properties import laws_end
from properties.history import History, LawBrokenError, steps
from properties.laws import closed_with_proof, one_issue_a_cause, within_the_caps
from properties.laws_end import nothing_of_many
from properties.laws_many import none_of_its_own_beside_it, not_over_while_broken, notes_are_kept
from properties.laws_time import Watch, told_within_the_sla
from properties.many import REASONS, consequences, reason_of, told_in
from properties.moves_many import an_outage_ends, an_outage_hits_many
from properties.scene import Scene, Shown, shelf
from properties.town import AGENT, US, Town
from properties.truth import Service, Workflow, truths

NPM = f'"cause":"platform","key":"{REASONS[0].key}"'
NOBODY: dict[tuple[int, int], Shown] = {}


@pytest.fixture
def history() -> Iterator[History]:
    """Give a town of many in which an outage was seen, and is told of in one issue."""
    with ExitStack() as opened:
        history = History(3, opened=opened)
        history.town.limits.per_cycle = 5
        history.town.limits.per_hour = 20
        for product in history.town.products:
            product.repo.push("next")
            repo, says = product.repo, REASONS[0].says
            repo.run("CI", "failure", jobs={"test": "failure"}, log=says, step="npm ci")
        history.town.world.advance(5 * MINUTE)
        history.cycle(history.computers[0])
        yield history


def scene_of(history: History) -> Scene:
    """Give a further cycle in which nothing was done."""
    history.town.world.advance(5 * MINUTE)
    before, passed = shelf(history.town), history.cycle(history.computers[0])
    found = truths(history.town)
    return Scene(
        town=history.town,
        passed=passed,
        before=before,
        after=shelf(history.town),
        truths=found,
        last_seen=found,
        seen=frozenset(found),
        late=frozenset(),
        named=history.named,
    )


def of_ops(town: Town) -> tuple[int, int]:
    """Give the place of the issue that tells of all."""
    assert town.ops is not None
    (number,) = (one.number for one in town.ops.issues.values() if one.user == US)
    return town.ops.id, number


def test_an_outage_of_many_is_one_issue_and_breaks_no_law(history: History) -> None:
    """Else the laws would hold for want of portfolio incidents."""
    key, scene = of_ops(history.town), scene_of(history)

    for law in (one_issue_a_cause, not_over_while_broken, none_of_its_own_beside_it):
        assert [] == list(law(scene))
    assert {"acme/operations"} == {
        repo.full_name for repo, issue in history.town.issues() if issue.user == US
    }
    assert len(history.town.products) == len(history.named[key])
    assert REASONS[0] == reason_of(history.town, Workflow(history.town.repos[0].id, "CI"))


def test_a_second_issue_of_one_story_is_noticed(history: History) -> None:
    """Somebody of our name files it."""
    key, scene = of_ops(history.town), scene_of(history)
    second = (key[0], 99)
    scene.after = {**scene.after, second: scene.after[key]}

    assert any("#99 of ours are open" in breach for breach in one_issue_a_cause(scene))


def test_an_end_too_early_is_noticed(history: History) -> None:
    """It is closed while its products are broken, and nothing else tells of them."""
    key, scene = of_ops(history.town), scene_of(history)
    shut = replace(scene.after[key], state="closed", reason="completed", closed_by=US)
    scene.after = {**scene.after, key: shut}

    assert len(history.town.products) == len(list(not_over_while_broken(scene)))
    assert key not in history.named


@pytest.mark.parametrize(
    ("anew", "room", "hour", "noticed"),
    [(True, 0, 20, False), (True, 5, 1, False), (False, 0, 20, True), (True, 5, 20, True)],
    ids=["the next one", "one of the next hour", "it is what was named", "there was room for it"],
)
def test_what_failed_anew_and_waits_for_the_caps_holds_no_issue_open(
    history: History, room: int, hour: int, *, anew: bool, noticed: bool
) -> None:
    """All was proved to be over, and the closing came late."""
    key, scene = of_ops(history.town), scene_of(history)
    shut = replace(scene.after[key], state="closed", reason="completed", closed_by=US)
    scene.after, scene.town.limits.per_cycle = {**scene.after, key: shut}, room
    scene.opened_at, scene.town.limits.per_hour = history.opened_at, hour
    for thing, truth in scene.truths.items() if anew else ():
        assert truth.since is not None
        scene.proved = {**scene.proved, thing: truth.since - MINUTE}

    assert noticed is bool(list(not_over_while_broken(scene)))


@pytest.mark.parametrize("reason", ["not_planned", "completed"])
def test_what_a_person_closed_elsewhere_holds_no_issue_open(history: History, reason: str) -> None:
    """The crowd named it for a while; then the issue of its reason did, which nobody wants."""
    key, scene = of_ops(history.town), scene_of(history)
    ops, told = history.town.ops, scene.after[key]
    assert ops is not None
    other = ops.open_issue(told.title, told.body, user=US)
    scene.after = {**scene.after, key: replace(told, state="closed", closed_by=US)}
    open_yet = len(list(not_over_while_broken(scene)))
    ops.close_issue(other.number, user="dev", reason=reason)
    history.named[key] = set(told_in(history.town, told))

    assert len(history.town.products) == open_yet
    assert [] == list(not_over_while_broken(scene))


@pytest.mark.parametrize(
    ("by", "ago", "noticed"),
    [("dev", 29, False), ("dev", 31, True), (US, 29, True)],
    ids=["lately", "long ago", "by us"],
)
def test_what_has_an_own_issue_that_somebody_closed_holds_none_of_all_open(
    history: History, by: str, ago: int, *, noticed: bool
) -> None:
    """It had left for its own issue, and that one is opened again after the SLA."""
    key, scene, repo = of_ops(history.town), scene_of(history), history.town.repos[0]
    own = repo.open_issue("Main CI red: CI (shop)", "", user=US)
    repo.close_issue(own.number, user=by)
    scene.passed.ended = history.town.world.now() + ago * MINUTE
    scene.after = {**scene.after, key: replace(scene.after[key], state="closed", closed_by=US)}

    breaches = list(not_over_while_broken(scene))

    assert noticed is (len(breaches) == len(history.town.products))


@pytest.mark.parametrize(
    ("proved", "says", "shown", "noticed"),
    [
        (-1, NPM, True, False),
        (-1, '"cause":null,"key":""', True, False),
        (0, NPM, True, True),
        (-1, NPM.replace("npm", "yarn"), True, True),
        (-1, NPM, False, True),
    ],
    ids=["anew", "anew, and in the crowd", "not proved", "for another reason", "told nowhere"],
)
def test_what_failed_anew_may_be_told_in_the_issue_of_all_alone(
    history: History, proved: int, says: str, *, shown: bool, noticed: bool
) -> None:
    """Its own issue was closed late, by a proof from before that: it is about an earlier one."""
    key, scene = of_ops(history.town), scene_of(history)
    thing, mine = Workflow(history.town.repos[0].id, "CI"), (history.town.repos[0].id, 50)
    failed = scene.truths[thing].since
    assert failed is not None
    scene.proved, scene.failed = {thing: failed + proved * MINUTE}, {thing: failed}
    of_all = scene.after[key]
    assert NPM in of_all.body
    body = of_all.body.replace(NPM, says) if shown else ""
    own = replace(of_all, title="Main CI red: CI (shop)", body="", state="closed", closed_by=US)
    scene.before = {**scene.before, mine: replace(own, state="open", closed_by=None)}
    scene.after = {key: replace(of_all, body=body), mine: own}

    breaches = list(closed_with_proof(scene))

    assert noticed is any("was closed while" in breach for breach in breaches)
    assert noticed is bool(breaches)


@pytest.mark.parametrize(
    ("by", "reason", "ago", "proved", "noticed"),
    [
        (AGENT, "completed", 29, -1, False),
        (AGENT, "completed", 31, -1, True),
        (US, "completed", 29, -1, True),
        ("dev", "not_planned", 31, -1, False),
        (AGENT, "completed", 29, 0, True),
    ],
    ids=["lately", "long ago", "by us", "muted", "not proved"],
)
def test_what_failed_anew_may_wait_where_somebody_closed_the_issue_of_all(
    history: History, by: str, reason: str, ago: int, proved: int, *, noticed: bool
) -> None:
    """It is opened again after the SLA, unless it is muted; what was proved is an earlier one."""
    ops, thing = history.town.ops, Workflow(history.town.repos[0].id, "CI")
    assert ops is not None
    ops.close_issue(of_ops(history.town)[1], user=by, reason=reason)
    history.town.world.advance((ago - 5) * MINUTE)
    scene, mine = scene_of(history), (history.town.repos[0].id, 50)
    failed = scene.truths[thing].since
    assert failed is not None
    scene.proved, scene.failed = {thing: failed + proved * MINUTE}, {thing: failed}
    own = Shown(
        title="Main CI red: CI (shop)",
        body="",
        state="closed",
        reason="completed",
        closed_by=US,
        user=US,
        labels=(),
        comments=0,
    )
    scene.before = {mine: replace(own, state="open", reason=None, closed_by=None)}
    scene.after = {mine: own}

    assert noticed is any("was closed while" in breach for breach in closed_with_proof(scene))


@pytest.mark.parametrize("before", ["nothing", "closed"])
def test_an_issue_beside_the_one_of_all_is_noticed(history: History, before: str) -> None:
    """Filed, or opened again, for a product that waits in it."""
    key, scene = of_ops(history.town), scene_of(history)
    beside = (history.town.repos[0].id, 50)
    own = replace(scene.after[key], title="Main CI red: CI (shop)", body="")
    scene.after = {**scene.after, beside: own}
    if before == "closed":
        scene.before = {**scene.before, beside: replace(own, state="closed")}

    assert ["#50 (Main CI red: CI (shop)) was opened beside operations#2"] == list(
        none_of_its_own_beside_it(scene)
    )


def test_a_lost_note_is_noticed(history: History) -> None:
    """A person wrote it below the line, and the next edit took it away."""
    key, scene = of_ops(history.town), scene_of(history)
    noted = f"{scene.after[key].body}\n\n<!-- notes -->\nI called the provider."
    scene.before = {**scene.before, key: replace(scene.before[key], body=noted)}

    assert [f"#{key[1]} has lost its note"] == list(notes_are_kept(scene))


def test_a_product_of_which_no_issue_tells_is_noticed(history: History) -> None:
    """The issue of all is there no more, half an hour after it all began."""
    key, watch, scene = of_ops(history.town), Watch(), scene_of(history)
    for at in range(12):
        scene.passed.began = scene.passed.ended = history.town.world.now() + at * 5 * MINUTE
        scene.passed.began = scene.passed.ended
        found = list(told_within_the_sla(scene, watch))
        assert [] == found
    scene.after = {other: issue for other, issue in scene.after.items() if other != key}

    told = list(told_within_the_sla(scene, watch))

    assert len(history.town.products) == len(told)
    assert all("no issue says so" in breach for breach in told)


@pytest.mark.parametrize(
    ("shown", "filed", "waits"),
    [(14, 1, True), (15, 1, False), (14, 0, False)],
    ids=["it is the next one", "it is named with others by now", "there was room for it"],
)
def test_what_was_seen_late_may_wait_until_more_may_be_filed(
    history: History, shown: int, filed: int, *, waits: bool
) -> None:
    """Nobody looked for hours: one issue a cycle, and all of them within half of the SLA."""
    key, watch, scene = of_ops(history.town), Watch(), scene_of(history)
    history.town.limits.per_cycle = 1
    for _ in range(12):
        scene.passed.began = scene.passed.ended = scene.passed.began + 5 * MINUTE
        assert [] == list(told_within_the_sla(scene, watch))
    own = replace(scene.after[key], body="")
    scene.after = {(history.town.repos[0].id, 50 + at): own for at in range(filed)}
    watch.shown_since = dict.fromkeys(watch.shown_since, scene.passed.began - shown * MINUTE)

    told = list(told_within_the_sla(scene, watch))

    assert len(told) == (0 if waits else len(history.town.products))


@pytest.mark.parametrize(
    ("mended", "unsaid"),
    [(False, set()), (True, {Service("shop", "web")})],
    ids=["while the cause is broken", "once it is over"],
)
def test_what_follows_from_what_the_owner_deleted_waits_for_its_end(
    history: History, unsaid: set[Service], *, mended: bool
) -> None:
    """Nobody is told of the cause, and whoever deleted its issue knows of it."""
    town = history.town
    assert town.ops is not None
    (shop,) = (product for product in town.products if product.name == "shop")
    shop.services[0].deploy("FAILED")
    town.delete(town.ops, town.ops.issues[of_ops(town)[1]])
    if mended:
        shop.repo.run("CI", "success", jobs={"test": "success"})

    broken = {Service("shop", "web")} & laws_end.wanted(town)

    assert unsaid == broken - consequences(town)


def test_a_lost_ledger_sees_everything_for_the_first_time(history: History) -> None:
    """What it may wait for, it may wait for anew."""
    watch, scene = Watch(), scene_of(history)
    list(told_within_the_sla(scene, watch))
    first, later = set(watch.shown_since.values()), scene.passed.began + MINUTE
    scene.passed.began, scene.losses = later, 1

    list(told_within_the_sla(scene, watch))

    assert {later - MINUTE} == first
    assert {later} == set(watch.shown_since.values())


def test_what_is_filed_for_all_counts_as_any_issue_does(history: History) -> None:
    """The caps hold with it."""
    key, scene = of_ops(history.town), scene_of(history)
    scene.town.limits.per_cycle = 0
    scene.before = {other: issue for other, issue in scene.before.items() if other != key}

    assert ["1 issues were filed in one cycle, of which 0 are allowed"] == list(
        within_the_caps(scene)
    )


@pytest.mark.parametrize(
    ("losses", "hidden", "counts"),
    [(0, True, True), (1, False, True), (1, True, False)],
    ids=["the ledger knows it", "it is shown", "nobody can know"],
)
def test_what_nobody_can_count_any_more_takes_no_place(
    history: History, *, losses: int, hidden: bool, counts: bool
) -> None:
    """The ledger was lost, and the operator's repository is hidden from our token."""
    key, scene = of_ops(history.town), scene_of(history)
    scene.town.limits.per_hour = 1
    beside = (history.town.repos[0].id, 50)
    scene.after = {**scene.after, beside: replace(scene.after[key], body="")}
    scene.opened_at = [(scene.passed.ended, key), (scene.passed.ended, beside)]
    scene.losses = losses
    if hidden:
        scene.town.world.registry.hidden.add(key[0])

    said = "2 issues were filed in an hour, of which 1 are allowed"
    assert ([said] if counts else []) == list(within_the_caps(scene))


def test_what_is_left_open_in_the_end_is_noticed(history: History) -> None:
    """Everything works, and it is still open."""
    assert 1 == len(list(nothing_of_many(history.town)))


def test_a_seed_tells_a_history_of_many() -> None:
    """Outages, recoveries, and a good end."""
    with ExitStack() as opened:
        history = History(6, opened=opened)
        dice = Random(6)  # noqa: S311 - a story's dice
        an_outage_hits_many(history.town, dice)
        for _ in steps(history, 4):
            pass
        an_outage_ends(history.town, dice)
        history.end()

    assert history.town.world.refusals == []


def test_a_stranger_whose_issue_was_touched_is_noticed(history: History) -> None:
    """Also in the operator's repository."""
    ops = history.town.ops
    assert ops is not None
    before = shelf(history.town)
    ops.edit_issue(1, body="ours now")

    with pytest.raises(LawBrokenError, match="#1 of dev was touched"):
        history.judge(scene_of(history).passed, before)
