import threading
import time
from datetime import timedelta

import pytest

from pipeline_health.bootstrap import SystemClock
from pipeline_health.clients.ending import Ending, TooLateError, bounded
from wire import NOON, StillClock

SECOND = timedelta(seconds=1)


def left_for(seconds: float) -> Ending:
    """Give an ending that is so far away, in real time."""
    ending = Ending(SystemClock())
    ending.end_within(timedelta(seconds=seconds))
    return ending


def test_an_ending_that_nobody_set_never_comes() -> None:
    """There is time without end."""
    assert float("inf") == Ending(StillClock()).left()


def test_time_runs_out() -> None:
    """What is left gets less, and then there is nothing."""
    clock = StillClock()
    ending = Ending(clock)
    ending.end_within(3 * SECOND)

    clock.sleep(2)
    assert 1 == ending.left()
    clock.sleep(2)
    assert -1 == ending.left()


class SuspendedClock(StillClock):
    """The clock of a host that was suspended: the steady one stood still meanwhile."""

    def monotonic(self) -> float:
        """Tell nothing of what was slept."""
        return 0.0


def test_time_runs_out_while_the_host_is_suspended() -> None:
    """What was seen before that is old."""
    clock = SuspendedClock()
    ending = Ending(clock)
    ending.end_within(3 * SECOND)
    clock.sleep(3600)

    assert ending.left() < 0


def test_a_clock_that_is_set_back_gives_no_more_time() -> None:
    """The steady one goes on."""
    clock = StillClock()
    ending = Ending(clock)
    ending.end_within(3 * SECOND)
    clock.sleep(2)
    clock.set(NOON - timedelta(days=1))

    assert 1 == ending.left()


def test_an_ending_can_be_set_anew() -> None:
    """Each round of a long check has its own."""
    clock = StillClock()
    ending = Ending(clock)
    ending.end_within(SECOND)
    clock.sleep(5)
    ending.end_within(SECOND)

    assert 1 == ending.left()


def test_what_was_called_in_stays_called_in() -> None:
    """Whoever told the process to end is not outdone by the next round, or by a later call."""
    ending = Ending(StillClock())
    ending.call_in(2 * SECOND)
    ending.call_in(9 * SECOND)
    ending.end_within(60 * SECOND)

    assert 2 == ending.left()


def test_an_inner_ending_is_never_later_than_the_outer_one() -> None:
    """A part of the work ends with the whole."""
    clock = StillClock()
    whole = Ending(clock)
    part = Ending(clock, within=whole)
    part.end_within(5 * SECOND)
    assert 5 == part.left()

    whole.call_in(SECOND)

    assert 1 == part.left()


@pytest.mark.parametrize("outcome", [7, None])
def test_what_is_done_in_time_gives_its_outcome(outcome: int | None) -> None:
    """Whatever that is, also nothing."""
    assert outcome == bounded(lambda: outcome, left=left_for(5).left)


@pytest.mark.parametrize("error", [ValueError("no"), KeyboardInterrupt()])
def test_what_it_raises_is_raised_where_it_is_waited_for(error: BaseException) -> None:
    """Even what is no Exception."""

    def act() -> None:
        raise error

    with pytest.raises(type(error)) as caught:
        bounded(act, left=left_for(5).left)

    assert error is caught.value


def test_what_hangs_is_left_alone_when_the_time_is_over() -> None:
    """The asker goes on; the thread keeps no process alive."""
    released = threading.Event()
    began = time.monotonic()

    with pytest.raises(TooLateError):
        bounded(released.wait, left=left_for(0.05).left)

    assert time.monotonic() - began < 2
    (hanging,) = (thread for thread in threading.enumerate() if thread.name == "exchange")
    assert hanging.daemon
    released.set()
    hanging.join(5)


def test_an_ending_that_is_called_in_ends_what_is_under_way() -> None:
    """Not only what begins after it."""
    released, ending = threading.Event(), left_for(60)
    call = threading.Timer(0.05, lambda: ending.call_in(timedelta(0)))
    call.start()
    began = time.monotonic()

    with pytest.raises(TooLateError):
        bounded(released.wait, left=ending.left)

    assert time.monotonic() - began < 2
    released.set()
    call.join()


def test_an_answer_that_came_at_the_last_moment_is_taken() -> None:
    """It is there, so that nothing is won by throwing it away."""
    looks = [1.0]

    def slowly_over() -> float:
        if looks:
            return looks.pop()
        time.sleep(0.05)
        return 0.0

    assert 7 == bounded(lambda: 7, left=slowly_over)


def test_an_ending_says_why_there_is_no_time() -> None:
    """Somebody ended it, or it took too long; the inner one knows of the outer one."""
    whole = Ending(StillClock())
    part = Ending(StillClock(), within=whole)
    late = part.why
    whole.call_in(SECOND)

    assert "no time is left in this cycle" == late
    assert "this run was told to end, so no time is left" == part.why == whole.why


def test_nothing_is_begun_after_the_end() -> None:
    """Who comes too late has done nothing."""
    begun: list[int] = []

    with pytest.raises(TooLateError):
        bounded(lambda: begun.append(1), left=left_for(0).left)

    assert [] == begun
