from contextlib import suppress
from datetime import datetime, timedelta
from threading import Event, Thread, current_thread, main_thread

import pytest

from pipeline_health.clients.errors import ClientError, RateLimitedError, UnreachableError
from pipeline_health.clients.holds import LONGEST, TOPIC, Hold
from wire import NOON, Notebook, StillClock

MINUTE = timedelta(minutes=1)


def asked(hold: Hold, error: ClientError | None = None) -> bool:
    """Ask once, with that outcome; tells whether the provider was asked at all."""
    reached = False
    try:
        with hold.obeyed():
            reached = True
            if error is not None:
                raise error
    except ClientError:
        return reached
    return reached


def hold_at(memory: Notebook, after: timedelta = timedelta(0), key: str = "GitHub") -> Hold:
    """Give the hold of a cycle that runs so long after noon."""
    return Hold(key, memory=memory, clock=StillClock(NOON + after))


def limited(wait: timedelta | None) -> RateLimitedError:
    """Give a rate limit that was met at noon and lasts so long."""
    return RateLimitedError("slowly", retry_at=None if wait is None else NOON + wait)


@pytest.mark.parametrize(
    ("wait", "after", "expected"),
    [
        pytest.param(10 * MINUTE, 9 * MINUTE, False, id="not-yet"),
        pytest.param(10 * MINUTE, 10 * MINUTE, True, id="over"),
        pytest.param(None, MINUTE, True, id="no-time-told"),
        pytest.param(-MINUTE, timedelta(0), True, id="over-already"),
        pytest.param(LONGEST * 100, LONGEST - MINUTE, False, id="for-years-an-hour"),
        pytest.param(LONGEST * 100, LONGEST, True, id="for-years-no-longer"),
    ],
)
def test_a_later_cycle_asks_when_the_wait_is_over(
    wait: timedelta | None, after: timedelta, *, expected: bool
) -> None:
    """A wait is kept over cycles; one that no provider can mean is cut short."""
    memory = Notebook()
    asked(hold_at(memory), limited(wait))

    assert expected is asked(hold_at(memory, after))


def test_the_longer_of_two_waits_is_kept() -> None:
    """Two threads asked at once, and the hour's limit was told before that of a minute."""
    memory = Notebook()
    shorter = hold_at(memory).obeyed()
    shorter.__enter__()
    asked(hold_at(memory), limited(10 * MINUTE))
    shorter.__exit__(RateLimitedError, limited(MINUTE), None)

    assert not asked(hold_at(memory, 9 * MINUTE))


class Slow(Notebook):
    """A notebook in which another thread reads until somebody has written, or for a moment."""

    def __init__(self) -> None:
        super().__init__()
        self.read, self.written = Event(), Event()

    def recall(self, topic: str, key: str) -> str | None:
        """Give what was noted when the reader began."""
        noted = super().recall(topic, key)
        if current_thread() is not main_thread():
            self.read.set()
            self.written.wait(0.2)
        return noted

    def remember(self, topic: str, key: str, fact: str, *, now: datetime) -> None:
        """Note *fact*."""
        super().remember(topic, key, fact, now=now)
        self.written.set()


def test_the_longer_of_two_waits_is_kept_when_both_are_noted_at_once() -> None:
    """Who read before the other one wrote takes nothing back."""
    memory = Slow()
    hold = hold_at(memory)
    waits = {MINUTE: hold.obeyed(), 10 * MINUTE: hold.obeyed()}
    for asking in waits.values():
        asking.__enter__()

    def told(wait: timedelta) -> None:
        with suppress(RateLimitedError):
            waits[wait].__exit__(RateLimitedError, limited(wait), None)

    late = Thread(target=told, args=(MINUTE,))
    late.start()
    memory.read.wait()
    told(10 * MINUTE)
    late.join()

    assert not asked(hold_at(memory, 9 * MINUTE))


def test_a_cycle_that_waits_says_until_when() -> None:
    """Whoever reads it knows that nobody need do anything."""
    memory = Notebook()
    asked(hold_at(memory), limited(10 * MINUTE))

    with pytest.raises(
        RateLimitedError, match=r"GitHub was not asked.* until 12:10:00 UTC"
    ) as told:
        hold_at(memory).obeyed().__enter__()

    assert NOON + 10 * MINUTE == told.value.retry_at


def test_a_clock_that_stepped_back_makes_no_wait_longer() -> None:
    """By a clock of last week the wait would last for a week."""
    memory = Notebook()
    asked(hold_at(memory), limited(10 * MINUTE))

    assert asked(hold_at(memory, -timedelta(days=7)))


@pytest.mark.parametrize("error", [None, UnreachableError("gone")])
def test_only_a_rate_limit_makes_us_wait(error: ClientError | None) -> None:
    """Another failure is worth another try."""
    memory = Notebook()
    asked(hold_at(memory), error)

    assert asked(hold_at(memory))
    assert {} == memory.facts


def test_one_provider_does_not_wait_for_another() -> None:
    """Each has its own."""
    memory = Notebook()
    asked(hold_at(memory), limited(10 * MINUTE))

    assert asked(hold_at(memory, key="Railway"))


def test_one_account_does_not_wait_for_another() -> None:
    """Whoever checks a promotion beside the agent, or has another token now, has his own limit."""
    memory, clock = Notebook(), StillClock()
    agent, check = (
        Hold("GitHub", account=account, memory=memory, clock=clock) for account in ("a", "b")
    )
    asked(agent, limited(10 * MINUTE))

    assert (False, True) == (asked(agent), asked(check))


@pytest.mark.parametrize(
    "text", ["soon", "", "9999-12-31T23:59:59-01:00", "0001-01-01T00:00+23:59"]
)
def test_a_note_that_makes_no_sense_holds_nobody_up(text: str) -> None:
    """Another version of ours may have written it."""
    memory = Notebook()
    memory.facts[TOPIC, "GitHub"] = text

    assert asked(hold_at(memory))
