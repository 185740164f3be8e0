"""How fast we write to GitHub, seen by who takes the writes."""

from datetime import timedelta
from itertools import pairwise

import pytest

from pipeline_health.clients.errors import RateLimitedError, UnreachableError
from pipeline_health.clients.github_wire import Wire
from pipeline_health.clients.write_pace import AN_HOUR, BURST, TOPIC, WritePace
from wire import NOON, Notebook, Said, StillClock, http_at, saying

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
ACCOUNT = "GitHub at 127.0.0.1, us"


def write_pace(clock: StillClock, memory: Notebook, pace: timedelta = SECOND) -> WritePace:
    """Give the pace of an account, as a new process would."""
    return WritePace(clock, memory, ACCOUNT, pace=pace)


def written(clock: StillClock, number: int, *, rest: float = 0.0) -> list[float]:
    """Write so often, resting before each; gives when each was sent."""
    pace, sent = write_pace(clock, Notebook()), []
    for _ in range(number):
        clock.sleep(rest)
        pace.begin("PATCH")
        sent.append(clock.passed)
        pace.end()
    return sent


def test_a_few_go_at_once_and_the_rest_a_second_apart() -> None:
    """One failure is a few writes, and an outage is many."""
    sent = written(StillClock(), 20)

    assert [0.0] * BURST == sent[:BURST]
    assert {1.0} == {later - sooner for sooner, later in pairwise(sent[BURST - 1 :])}


def test_no_minute_sees_eighty() -> None:
    """However often somebody rests meanwhile."""
    for rest in (0.0, 0.3, 0.9, 1.0, 4.0):
        sent = written(StillClock(), 200, rest=rest)
        assert max(sum(at <= each < at + 60 for each in sent) for at in sent) <= 65


def test_who_has_rested_may_write_a_few_at_once_again() -> None:
    """A second for each, and never more of them than at first."""
    clock = StillClock()
    pace, memory = [], Notebook()
    writes = write_pace(clock, memory)
    for rest in (0, 0, 0, 0, 0, 100, 0, 0, 0, 0, 0):
        clock.sleep(rest)
        before = clock.passed
        writes.begin("PATCH")
        pace.append(clock.passed - before)
        writes.end()

    assert [0.0] * 10 + [1.0] == pace


def test_an_hour_that_is_full_refuses_before_anything_is_sent() -> None:
    """Also by the next process, until the first five minutes of it are over an hour old."""
    clock, memory = StillClock(), Notebook()
    for _ in range(AN_HOUR):
        pace = write_pace(clock, memory, timedelta(0))
        pace.require_room("POST")
        pace.begin("POST")
    clock.set(NOON + 64 * MINUTE)

    with pytest.raises(RateLimitedError, match=f"{AN_HOUR} writes an hour.*13:05:00") as caught:
        write_pace(clock, memory).require_room("POST")

    assert NOON + 65 * MINUTE == caught.value.retry_at
    write_pace(clock, memory).require_room("PATCH")
    clock.set(NOON + 65 * MINUTE)
    write_pace(clock, memory).require_room("POST")


@pytest.mark.parametrize("text", ["x", "1:x", "99999999999999999999:1", "9999999999:480", "7:480"])
def test_what_is_no_count_of_the_last_hour_counts_not(text: str) -> None:
    """Of another version, of the future, or long ago."""
    memory = Notebook()
    memory.facts[TOPIC, ACCOUNT] = text

    write_pace(StillClock(), memory).require_room("POST")


@pytest.mark.parametrize("made", [0, AN_HOUR], ids=["room", "full"])
def test_the_wire_writes_at_that_pace_and_not_at_all_when_the_hour_is_full(made: int) -> None:
    """A refusal of ours is none of GitHub's: reads go on."""
    clock, memory = StillClock(), Notebook()
    memory.facts[TOPIC, ACCOUNT] = f"{int(NOON.timestamp())}:{made}"
    with (
        saying(Said(status=201, body=b'{"login": "us"}')).running() as script,
        http_at(clock) as http,
    ):
        wire = Wire(
            http,
            api=script.url.removesuffix("/graphql/v2"),
            token=lambda: "t",
            clock=clock,
            memory=memory,
            account="us",
        )
        if made:
            with pytest.raises(RateLimitedError):
                wire.create("/repos/acme/shop/issues", {})
            assert "us" == wire.get("/user").text("login")
            return
        for _ in range(BURST + 2):
            wire.create("/repos/acme/shop/issues", {})

    assert [1.0, 1.0] == clock.slept
    assert f"{int(NOON.timestamp())}:{BURST + 2}" == memory.facts[TOPIC, ACCOUNT]


def test_what_is_not_sent_any_more_is_neither_waited_for_nor_counted() -> None:
    """The time of the cycle is over: a second for each of hundreds would outlive the lease."""
    clock, memory = StillClock(), Notebook()
    with (
        saying(Said(status=201, body=b'{"number": 1}')).running() as script,
        http_at(clock) as http,
    ):
        http.ending.end_within(timedelta(0))
        wire = Wire(
            http, api=script.url, token=lambda: "t", clock=clock, memory=memory, account="us"
        )
        for _ in range(3 * BURST):
            with pytest.raises(UnreachableError, match="no time is left") as told:
                wire.create("/repos/acme/shop/issues", {})
            assert not told.value.lost

    assert (0.0, [], {}) == (clock.passed, script.asked, memory.facts)
