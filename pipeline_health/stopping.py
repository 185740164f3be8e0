"""How a run takes the signals that want it to end: what hangs is let go of, nothing is half told.

Whatever waits for a provider waits in a thread that no signal reaches. So a signal calls the run's
`Ending` in, and every wait is over when that is.
"""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from types import FrameType

from pipeline_health.clients.ending import Ending

GRACE = timedelta(seconds=4)
"""What a write that is under way may still take; systemd and Docker wait for at least ten."""

_NOW = timedelta(0)


@contextmanager
def ended_by_signals(ending: Ending, *, gently: bool) -> Iterator[None]:
    """Let SIGTERM and Control-C end what runs in this block, and leave them as they were after it.

    Control-C ends it at once, as KeyboardInterrupt. So does SIGTERM, unless the run ends *gently*:
    then its deadline comes within GRACE, what was seen by then is used, and it ends by itself.
    """
    if threading.current_thread() is not threading.main_thread():  # no other one gets signals
        yield
        return
    end_now = partial(_end_now, ending)
    wanted: dict[int, Callable[[int, FrameType | None], None]] = {
        signal.SIGINT: end_now,
        signal.SIGTERM: partial(_end_soon, ending) if gently else end_now,
    }
    before = {number: signal.signal(number, take) for number, take in wanted.items()}
    try:
        yield
    finally:
        for number, taken in before.items():
            signal.signal(number, taken)


def _end_soon(ending: Ending, _: int, __: FrameType | None) -> None:
    ending.call_in(GRACE)


def _end_now(ending: Ending, _: int, __: FrameType | None) -> None:
    ending.call_in(_NOW)
    raise KeyboardInterrupt
