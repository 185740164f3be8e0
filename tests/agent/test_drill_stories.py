"""A fire drill over real HTTP: filed, listed, picked up, closed; and what may go wrong with it."""

import re
import threading
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from agent_types import Shop
from hosts import MINUTE, ours
from pipeline_health.bootstrap import Machine
from pipeline_health.core.drill import Drill, Hop
from pipeline_health.drilling import run_drill
from pipeline_health.ports import LeaseHeldError, TrackerError
from pipeline_health.simulator import World, WorldClock
from pipeline_health.simulator.github_records import Issue


class Waiting(WorldClock):
    """The world's clock; whoever waits lets the world go on, and *then* comes what comes."""

    def __init__(self, world: World, *then: Callable[[], None]) -> None:
        super().__init__(world)
        self._world = world
        self._then = list(then)
        self._passed = 0.0

    def monotonic(self) -> float:
        """Tell real seconds, and those that were waited."""
        return super().monotonic() + self._passed

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        self._world.advance(timedelta(seconds=seconds))
        self._passed += seconds
        if self._then:
            self._then.pop(0)()


def drilled(shop: Shop, *then: Callable[[], None], lasting: timedelta = 2 * MINUTE) -> Drill:
    """Make a drill of the shop, while *then* happens as it waits."""
    machine = Machine(clock=Waiting(shop.world, *then), pace=timedelta(0))
    settings = shop.host.settings()
    return run_drill(settings, "shop", lasting=lasting, tell=told.append, machine=machine)


told: list[Drill] = []


def issues(shop: Shop) -> list[Issue]:
    """Give the issues of drills, oldest first."""
    return [issue for issue in shop.repo.issues.values() if issue.title.startswith("Drill: ")]


def picks_up(shop: Shop) -> Callable[[], None]:
    """Let the pickup take the newest issue: it changes the label."""

    def act() -> None:
        labels = issues(shop)[-1].labels
        labels.remove("archon:queued")
        labels.append("archon:in-progress")

    return act


def test_a_drill_goes_through(shop: Shop) -> None:
    """Each hop has its time, the issue says that it is a drill, and ends with the times."""
    told.clear()
    ended = drilled(shop, lambda: None, picks_up(shop))
    (issue,) = issues(shop)
    assert [(line.hop, line.took) for line in ended.hops] == [
        (Hop.FILED, timedelta(0)),
        (Hop.LISTED, timedelta(0)),
        (Hop.PICKED_UP, timedelta(seconds=30)),
        (Hop.CLOSED, timedelta(seconds=30)),
    ]
    assert ended.sentence == "The drill of shop went through in 30.0 s."
    assert [len(each.hops) for each in told] == [1, 2, 3, 4]
    assert (issue.state, issue.title) == ("closed", "Drill: nothing is broken (shop)")
    assert "Nothing is broken" in issue.body
    assert "| picked up | 30.0 s |" in issue.comments[-1].body
    assert {"pipeline-health", "bug"} <= set(issue.labels)


def test_no_cycle_takes_a_drill_for_an_incident(shop: Shop) -> None:
    """Neither one that runs meanwhile, nor one whose ledger is new."""
    reports: list[str] = []

    def cycle() -> None:
        reports.append(shop.host.cycle().sentence)

    drilled(shop, cycle, picks_up(shop))
    shop.host.forget()
    reports.append(shop.host.cycle().sentence)
    assert reports == ["Looked at 1 project; nothing that was seen is broken."] * 2
    assert ours(shop.repo) == []


def test_nobody_picks_it_up(shop: Shop) -> None:
    """Then the way is broken there, and the issue is closed all the same."""
    ended = drilled(shop)
    assert [line.hop for line in ended.missed] == [Hop.PICKED_UP]
    assert ended.sentence == "The drill of shop failed; what did not come: picked up."
    assert "| picked up | did not come |" in issues(shop)[0].comments[-1].body
    assert issues(shop)[0].state == "closed"


def test_an_interrupt_closes_what_was_filed(shop: Shop) -> None:
    """Control-C ends the waiting, and leaves no issue about nothing behind."""

    def interrupts() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        drilled(shop, interrupts)
    (issue,) = issues(shop)
    assert issue.state == "closed"
    assert issue.comments[-1].body.startswith("The drill of shop was ended before anybody")


class Interrupted(WorldClock):
    """The world's clock; Control-C comes in the middle of filing, and *then* comes what comes."""

    def __init__(self, shop: Shop, then: Callable[[], None]) -> None:
        super().__init__(shop.world)
        self._shop = shop
        self._then = then
        self._interrupts = [KeyboardInterrupt()]

    def now(self) -> datetime:
        """Tell the time, unless somebody loses patience just now."""
        in_filing = issues(self._shop) and threading.current_thread() is threading.main_thread()
        if in_filing and self._interrupts:
            raise self._interrupts.pop()
        return super().now()

    def sleep(self, _: float) -> None:
        """Let it come, at once."""
        self._then()


@pytest.mark.parametrize(("status", "left"), [(None, "closed"), (403, "open")])
def test_an_interrupt_in_the_middle_of_filing_closes_it_too(
    shop: Shop, status: int | None, left: str
) -> None:
    """Its answer is not waited for, so it is looked for; if that fails the next drill does it."""

    def spoil() -> None:
        if status is not None:
            shop.world.faults.add(
                host="github", mode="status", match="POST /graphql", status=status
            )

    shop.world.faults.add(
        host="github", mode="delay", match="POST /repos/acme/shop/issues?", seconds=0.1
    )
    machine = Machine(clock=Interrupted(shop, spoil), pace=timedelta(0))
    settings = shop.host.settings()
    with pytest.raises(KeyboardInterrupt):
        run_drill(settings, "shop", lasting=MINUTE, tell=told.append, machine=machine)
    assert [issue.state for issue in issues(shop)] == [left]
    drilled(shop, picks_up(shop))
    assert [issue.state for issue in issues(shop)] == ["closed", "closed"]


@pytest.mark.parametrize("hops", [1, 2, 3])
def test_whoever_listens_and_hangs_up_leaves_no_issue_open(shop: Shop, hops: int) -> None:
    """`drill shop | head -1` is over after the first hop."""

    def hangs_up(drill: Drill) -> None:
        if len(drill.hops) >= hops:
            raise BrokenPipeError

    machine = Machine(clock=Waiting(shop.world, picks_up(shop)), pace=timedelta(0))
    with pytest.raises(BrokenPipeError):
        run_drill(shop.host.settings(), "shop", lasting=MINUTE, tell=hangs_up, machine=machine)
    assert [issue.state for issue in issues(shop)] == ["closed"]


def test_a_drill_whose_times_cannot_be_told_is_closed_all_the_same(shop: Shop) -> None:
    """Somebody may have locked the conversation."""
    shop.world.faults.add(host="github", mode="status", match="/comments?", status=403)
    ended = drilled(shop, picks_up(shop))
    assert [line.hop for line in ended.missed] == [Hop.CLOSED]
    assert [issue.state for issue in issues(shop)] == ["closed"]


def test_what_a_drill_that_died_left_open_is_closed_by_the_next(shop: Shop) -> None:
    """Its marker tells it from an issue of somebody who wrote «Drill» himself."""
    drilled(shop, picks_up(shop))
    left, theirs = issues(shop)[0], shop.repo.open_issue("Drill: nothing is broken (shop)")
    left.state = theirs.state = "open"
    drilled(shop, picks_up(shop))
    assert (left.state, theirs.state) == ("closed", "open")


def test_a_lost_answer_files_no_second_drill(shop: Shop) -> None:
    """It is found by its marker; where it is not there, nothing was filed, and that is said."""
    shop.world.faults.add(host="github", mode="cut_after", match="POST /repos/acme/shop/issues?")
    assert not drilled(shop, picks_up(shop)).missed
    assert len(issues(shop)) == 1
    shop.world.faults.add(host="github", mode="cut_before", match="POST /repos/acme/shop/issues?")
    with pytest.raises(TrackerError, match="filing in acme/shop"):
        drilled(shop)
    assert len(issues(shop)) == 1


def test_a_cycle_under_way_comes_first(shop: Shop) -> None:
    """Nothing is filed beside it; closing waits for it."""
    ledger = shop.host.machine.ledger
    with ledger(shop.host.settings()) as kept:
        held = kept.lease(now=shop.world.now(), lasting=MINUTE)
        with held, pytest.raises(LeaseHeldError):
            drilled(shop)
        assert issues(shop) == []
        again = kept.lease(now=shop.world.now(), lasting=MINUTE)

        def picked_up_in_a_cycle() -> None:
            again.__enter__()
            picks_up(shop)()

        def over() -> None:
            again.__exit__(None, None, None)

        ended = drilled(shop, picked_up_in_a_cycle, over)
    assert not ended.missed
    assert issues(shop)[0].state == "closed"


def test_labels_that_were_dropped_are_a_hop_that_is_missed(shop: Shop) -> None:
    """Without its labels no pickup finds it."""
    shop.repo.drops_labels = True
    ended = drilled(shop)
    assert Hop.FILED in [line.hop for line in ended.missed]
    assert re.search("dropped the labels .*bug", ended.hops[0].says)


def test_an_agent_that_keys_on_a_comment_is_called(shop: Shop) -> None:
    """As for a real issue."""
    shop.host.extra = '[routing]\ncomment = "@archon fix #{number}"'
    ended = drilled(shop, picks_up(shop))
    assert ended.has(Hop.CALLED)
    assert issues(shop)[0].comments[0].body == f"@archon fix #{issues(shop)[0].number}"


def test_people_and_the_dead_mans_switch_hear_of_it(shop: Shop) -> None:
    """As loudly as of an incident; the switch only notes it, because a drill is no cycle."""
    ntfy, switch = shop.world.site("ntfy"), shop.world.site("switch")
    shop.host.secrets |= {
        "NTFY_TOPIC": f"{shop.host.loopback.site_url('ntfy')}/a-secret-topic",
        "HEALTHCHECK_URL": f"{shop.host.loopback.site_url('switch')}/ping/uuid",
    }
    ended = drilled(shop, picks_up(shop))
    assert [line.name for line in ended.hops[1:3]] == ["told: ntfy", "heartbeat: HEALTHCHECK_URL"]
    (call,) = ntfy.calls
    assert call.headers["Title"] == "Drill: nothing is broken (shop)"
    assert call.headers["Click"] == ended.url
    (noted,) = switch.asked
    assert noted.startswith("/ping/uuid/log?rid=")


def test_a_receiver_that_says_no_is_a_hop_that_is_missed(shop: Shop) -> None:
    """That is what a drill is for."""
    shop.world.site("ntfy").status = 500
    shop.world.site("switch").status = None
    shop.host.secrets |= {
        "NTFY_TOPIC": f"{shop.host.loopback.site_url('ntfy')}/a-secret-topic",
        "HEALTHCHECK_URL": f"{shop.host.loopback.site_url('switch')}/ping/uuid",
    }
    ended = drilled(shop, picks_up(shop))
    assert [line.hop for line in ended.missed] == [Hop.TOLD, Hop.HEARTBEAT]
    assert "500" in ended.missed[0].says
    assert "a-secret-topic" not in str(ended)
    assert issues(shop)[0].state == "closed"
