import threading
from collections import deque

import pytest

from pipeline_health.threads import Outcome, both, for_each, interrupts_kept, work_off


class Counter:
    """Answers with twice what it is asked, and notes how many ask at the same moment."""

    def __init__(self, meeting: int = 1) -> None:
        self._door = threading.Barrier(meeting, timeout=10)
        self._lock = threading.Lock()
        self._inside = 0
        self.most = 0
        self.threads: set[int] = set()

    def ask(self, number: int) -> int:
        """Answer, when as many as meet have come; there is no answer to zero."""
        with self._lock:
            self._inside += 1
            self.most = max(self.most, self._inside)
            self.threads.add(threading.get_ident())
        self._door.wait()
        with self._lock:
            self._inside -= 1
        if not number:
            raise ZeroDivisionError
        return 2 * number


@pytest.mark.parametrize(("at_once", "meeting"), [(1, 1), (3, 3)], ids=["in order", "three"])
def test_each_is_answered_and_no_more_at_once_than_allowed(at_once: int, meeting: int) -> None:
    """The answers come in the order of the questions, whichever came first."""
    counter = Counter(meeting)

    assert {at: 2 * at for at in range(1, 10)} == for_each(
        range(1, 10), counter.ask, at_once=at_once
    )
    assert at_once == counter.most
    assert (counter.threads == {threading.get_ident()}) is (at_once == 1)


def test_one_alone_needs_no_thread() -> None:
    """A small portfolio costs none."""
    counter = Counter()

    assert {4: 8} == for_each([4, 4], counter.ask, at_once=8)
    assert {threading.get_ident()} == counter.threads


def test_what_is_raised_elsewhere_is_raised_here() -> None:
    """It is no defect of a thread that nobody looks at."""
    with pytest.raises(ZeroDivisionError):
        for_each(range(3), Counter().ask, at_once=2)


def test_what_an_answer_adds_is_worked_off_too_and_how_many_at_once_may_change() -> None:
    """Two ask side by side until somebody says that one must do."""
    allowed, counter, got = [2], Counter(), []

    def then(number: int, outcome: Outcome[int]) -> None:
        got.append(outcome())
        allowed[0] = 1
        if number < 8:
            waiting.append(2 * number)

    waiting = deque([4, 5])
    work_off(waiting, counter.ask, then, at_once=lambda: allowed[0])

    assert [8, 10, 16, 20] == sorted(got)
    assert counter.most <= 2


def test_both_are_under_way_at_the_same_time() -> None:
    """Each waits for the other."""
    counter = Counter(meeting=2)

    assert (2, 4) == both(lambda: counter.ask(1), lambda: counter.ask(2))
    assert 2 == len(counter.threads)


def test_an_interrupt_is_not_taken_for_a_failure_of_a_lock() -> None:
    """What `threading` does when Control-C comes between two of its steps."""
    with pytest.raises(KeyboardInterrupt), interrupts_kept():
        interrupted()


def interrupted() -> None:
    """Release on the way out a lock that is not held."""
    try:
        raise KeyboardInterrupt
    finally:
        threading.Lock().release()


def test_a_failure_of_a_lock_that_nobody_interrupted_is_one() -> None:
    """It is a bug, and says so."""
    with pytest.raises(RuntimeError, match="unlocked"), interrupts_kept():
        threading.Lock().release()
