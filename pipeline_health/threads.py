"""What goes on in other threads, and how it is waited for: few at a time, in daemon threads.

`concurrent.futures` would do the same; it joins its threads when the process ends, and costs a cold
start a millisecond.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from threading import Event, Semaphore, Thread
from typing import Generic, TypeAlias, TypeVar

T = TypeVar("T")
R = TypeVar("R")

Outcome: TypeAlias = Callable[[], R]
"""Gives what became of something, or raises it."""


@contextmanager
def interrupts_kept() -> Iterator[None]:
    """Raise the interrupt that came while `threading` held no lock of its own, as what it is.

    On its way out it releases that lock, and its RuntimeError for that takes the place of the
    KeyboardInterrupt: https://github.com/python/cpython/issues/78667.
    """
    try:
        yield
    except RuntimeError as exc:
        if isinstance(exc.__context__, KeyboardInterrupt):
            raise exc.__context__ from None
        raise


class Going(Generic[T]):
    """Something under way in another thread, and what became of it when it is over.

    No signal interrupts it there, and its thread keeps no process alive.
    """

    def __init__(self, act: Callable[[], T], *, ended: Callable[[], None] | None = None) -> None:
        self._over = Event()
        self._act = act
        self._ended = ended
        self._raised: BaseException | None = None
        self._given: list[T] = []

    def begin(self) -> None:
        """Let it begin; an interrupt may come here, and it is under way all the same."""
        with interrupts_kept():
            Thread(target=self._run, name="exchange", daemon=True).start()

    def is_over(self, within: float | None = None) -> bool:
        """Wait for *within* seconds, for ever when None; tells whether it was over by then."""
        with interrupts_kept():
            return self._over.wait(within)

    def _run(self) -> None:
        try:
            self._given.append(self._act())
        except BaseException as exc:  # noqa: BLE001 - it is raised again, where it is waited for
            self._raised = exc
        finally:
            self._over.set()
            if self._ended is not None:
                self._ended()

    def outcome(self) -> T:
        """Give or raise what became of it."""
        if self._raised is not None:
            raise self._raised
        return self._given[0]


def both(one: Callable[[], T], other: Callable[[], R]) -> tuple[T, R]:
    """Do *one* in another thread and *other* in this one; gives what both gave."""
    going = Going(one)
    going.begin()
    done = other()
    going.is_over()
    return going.outcome(), done


def work_off(
    waiting: deque[T],
    ask: Callable[[T], R],
    then: Callable[[T, Outcome[R]], None],
    *,
    at_once: Callable[[], int],
) -> None:
    """Ask for everything that is *waiting*, at most *at_once* side by side, until nothing is left.

    *then* gets each with its outcome, in this thread, and may change what waits. With one at once,
    or one in all, everything happens in this thread and in order.
    """
    line = _Line(ask)
    while waiting or line.under_way:
        room = at_once()
        if not line.under_way and (room <= 1 or len(waiting) == 1):
            piece = waiting.popleft()
            then(piece, partial(ask, piece))
            continue
        while waiting and line.under_way < room:
            line.begin(waiting.popleft())
        then(*line.next_over())


class _Line(Generic[T, R]):
    """What is under way; whoever waits gets what is over first."""

    def __init__(self, ask: Callable[[T], R]) -> None:
        self._ask = ask
        self._over: deque[tuple[T, Outcome[R]]] = deque()
        self._counted = Semaphore(0)
        self.under_way = 0

    def begin(self, piece: T) -> None:
        def ended() -> None:
            self._over.append((piece, going.outcome))
            self._counted.release()

        going = Going(partial(self._ask, piece), ended=ended)
        self.under_way += 1
        going.begin()

    def next_over(self) -> tuple[T, Outcome[R]]:
        with interrupts_kept():
            self._counted.acquire()
        self.under_way -= 1
        return self._over.popleft()


def for_each(things: Iterable[T], ask: Callable[[T], R], *, at_once: int) -> Mapping[T, R]:
    """Ask for each of *things*, at most *at_once* side by side; raises what any of them raised."""
    found: dict[T, R] = {}
    wanted = tuple(dict.fromkeys(things))

    def keep(thing: T, outcome: Outcome[R]) -> None:
        found[thing] = outcome()

    work_off(deque(wanted), ask, keep, at_once=lambda: at_once)
    return {thing: found[thing] for thing in wanted}
