"""The box is emptied in order and in a bounded time, and a history of faults loses nothing."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import Enum

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from concern_builders import NOW, filed, over, scene
from incident_builders import MINUTE
from pipeline_health.agent.delivering import MOST, TOPIC, Delivery, Postman
from pipeline_health.core.model.notice import Letter, Notice, NoticeKind, Told
from pipeline_health.core.news import news_of
from pipeline_health.ledger import MemoryLedger
from pipeline_health.ports import NotifierError

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


class Died(Exception):  # noqa: N818 - what happens to us
    """Our process died here."""


class Mood(Enum):
    """What a receiver does with a letter."""

    TAKES = "takes it"
    DOWN = "gives no answer"
    REFUSES = "refuses, and wants an hour"
    DIES = "takes it, and we die before we know"


@dataclass
class Receiver:
    """A receiver in some mood; *seconds* are what each letter takes of the *time* there is."""

    name: str
    mood: Mood = Mood.TAKES
    got: list[str] = field(default_factory=list)
    time: list[float] = field(default_factory=lambda: [20.0])
    seconds: float = 0.0
    within: list[timedelta] = field(default_factory=list)

    def send(self, letter: Letter, *, now: datetime, within: timedelta) -> None:
        """Send a letter, or raise NotifierError."""
        self.within.append(within)
        self.time[0] -= self.seconds
        if self.mood in (Mood.DOWN, Mood.REFUSES):
            until = now + HOUR if self.mood is Mood.REFUSES else None
            raise NotifierError(self.mood.value, until=until)
        self.got.append(letter.notice.title)
        if self.mood is Mood.DIES:
            raise Died


def notice(title: str) -> Notice:
    """Give a notice."""
    return Notice(kind=NoticeKind.NEW, title=title, body="", url="", priority=3, tags=())


def box(*titles: str, receivers: Sequence[str] = ("one", "two")) -> MemoryLedger:
    """Give a ledger with letters in its box."""
    ledger = MemoryLedger()
    with ledger.lease(now=NOW, lasting=HOUR) as lease:
        notices = [notice(title) for title in titles]
        ledger.tell(Told(), notices, receivers=receivers, lease=lease, now=NOW)
    return ledger


def deliver(
    ledger: MemoryLedger, *receivers: Receiver, now: datetime = NOW, time: float = 20.0
) -> Delivery:
    """Let the postman go once."""
    clock = [time]
    for receiver in receivers:
        receiver.time = clock
    return Postman(ledger, receivers, now=now, left=lambda: clock[0]).deliver()


def test_each_receiver_gets_everything_oldest_first() -> None:
    """And the box is empty then."""
    one, two, ledger = Receiver("one"), Receiver("two"), box("a", "b")
    delivery = deliver(ledger, one, two)

    assert (one.got, two.got, delivery) == (["a", "b"], ["a", "b"], Delivery(sent=4))
    assert ledger.letters() == ()


def test_one_that_is_down_keeps_nobody_else_waiting() -> None:
    """Its own letters wait behind the first."""
    one, two, ledger = Receiver("one", Mood.DOWN), Receiver("two"), box("a", "b")
    (line,) = deliver(ledger, one, two).untold

    assert (len(one.within), two.got) == (1, ["a", "b"])
    assert (line.receiver, line.notices, line.why) == ("one", 2, "gives no answer")
    assert [letter.receiver for letter in ledger.letters()] == ["one", "one"]


def test_one_that_refuses_is_left_alone_for_an_hour() -> None:
    """However often the postman comes, and what it said is remembered until it takes one."""
    one, ledger = Receiver("one", Mood.REFUSES), box("a", receivers=["one"])
    for minutes in (0, 5, 55, 60):
        assert deliver(ledger, one, now=NOW + minutes * MINUTE).untold[0].why == Mood.REFUSES.value
    assert len(one.within) == 2

    one.mood = Mood.TAKES
    deliver(ledger, one, now=NOW + 3 * HOUR)

    assert (one.got, ledger.recall(TOPIC, "one")) == (["a"], None)


@pytest.mark.parametrize("fact", ["", "nonsense\nwhy", "2026-11-22T12:00:00\nnaive", None])
def test_a_hold_that_is_none_holds_nobody(fact: str | None) -> None:
    """A clock that was set back, and a text of another version."""
    one, ledger = Receiver("one"), box("a", receivers=["one"])
    far = f"{(NOW + 2 * HOUR).isoformat()}\nwhy"
    ledger.remember(TOPIC, "one", far if fact is None else fact, now=NOW)

    assert deliver(ledger, one).sent == 1


def test_the_time_is_shared_among_the_receivers() -> None:
    """A slow one has its share, and no letter more than ten seconds."""
    one, two = Receiver("one", seconds=6.0), Receiver("two")
    ledger = box("a", "b", "c")
    (line,) = deliver(ledger, one, two).untold

    assert (one.got, two.got) == (["a", "b"], ["a", "b", "c"])
    assert (line.notices, line.why) == (1, "the next cycle goes on")
    assert [each.total_seconds() for each in one.within] == [10.0, 4.0]


def test_one_cycle_sends_a_bounded_number() -> None:
    """The rest goes with the next."""
    one, ledger = Receiver("one"), box(*map(str, range(MOST + 2)), receivers=["one"])

    assert [deliver(ledger, one).sent for _ in range(3)] == [MOST, 2, 0]
    assert one.got == list(map(str, range(MOST + 2)))


def test_what_nobody_can_get_is_dropped_and_said() -> None:
    """A receiver that is gone at once, one that never answers after a week."""
    one, ledger = Receiver("one", Mood.DOWN), box("a")
    first = deliver(ledger, one)
    week = deliver(ledger, one, now=NOW + 7 * DAY)
    last = deliver(ledger, one, now=NOW + 7 * DAY + MINUTE)

    assert first.dropped == ("a: two is not configured any more",)
    assert (week.dropped, last.dropped) == ((), ("a: one did not take it for a week",))
    assert (ledger.letters(), last.untold) == ((), ())


# -- histories -------------------------------------------------------------------------------

LIVE = st.sets(st.sampled_from(["red", "blue", "green"]))
MOODS = st.tuples(st.sampled_from(Mood), st.sampled_from(Mood))


class Town:
    """Two receivers, a ledger, and incidents that come and go."""

    def __init__(self) -> None:
        self.receivers = (Receiver("one"), Receiver("two"))
        self.ledger = MemoryLedger()
        self.posted: list[str] = []
        self.now = NOW
        self._known: set[str] = set()

    def cycle(self, live: set[str]) -> None:
        """Run what a cycle runs to tell people."""
        self.now += 5 * MINUTE
        self._known |= live
        incidents = [
            incident if incident.title in live else over(incident)
            for incident in (filed(name=name, title=name) for name in sorted(self._known))
        ]
        seen = replace(scene(*incidents), now=self.now)
        told = self.ledger.told() or Told(noted_at=NOW)
        news = news_of(told, seen, remind=DAY, slack=MINUTE)
        names = [receiver.name for receiver in self.receivers]
        with self.ledger.lease(now=self.now, lasting=HOUR) as lease:
            if news.notices or news.told != told:
                self.ledger.tell(
                    news.told, news.notices, receivers=names, lease=lease, now=self.now
                )
                self.posted += [each.title for each in news.notices]
            Postman(self.ledger, self.receivers, now=self.now, left=lambda: 20.0).deliver()


def without_repeats(titles: Sequence[str]) -> list[str]:
    """Leave out what was sent twice in a row."""
    return [each for place, each in enumerate(titles) if place == 0 or each != titles[place - 1]]


@settings(max_examples=60, deadline=None)
@given(history=st.lists(st.tuples(LIVE, MOODS), max_size=12))
def test_whatever_fails_each_change_is_told_in_order(
    history: list[tuple[set[str], tuple[Mood, Mood]]],
) -> None:
    """Exactly once to each; once more only where we died before we knew that it arrived."""
    town, live, changes, died = Town(), set[str](), 0, False
    for now_live, moods in history:
        for receiver, mood in zip(town.receivers, moods, strict=True):
            receiver.mood = mood
        changes += len(now_live ^ live)
        live = now_live
        try:
            town.cycle(live)
        except Died:
            died = True
    for receiver in town.receivers:
        receiver.mood = Mood.TAKES
    for _ in range(13):  # an hour, after which nobody is held
        town.cycle(live)

    assert len(town.posted) == changes
    for receiver in town.receivers:
        got = without_repeats(receiver.got) if died else receiver.got
        assert got == town.posted
    assert town.ledger.letters() == ()
