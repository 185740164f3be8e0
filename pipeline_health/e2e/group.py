"""A command in a group of its own: watched, and ended with everything that it started."""

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Final, Self

from pipeline_health.e2e.tail import Tail
from pipeline_health.ports import Clock
from pipeline_health.threads import Going

_STEP: Final = 0.05
_STARTS_WITHIN: Final = 5.0
_PIPEFULS: Final = 16  # of 64 KiB, which one read takes: no pipe holds more than a mebibyte


class NotStartedError(Exception):
    """The command could not be started; *why* is what the system said."""

    def __init__(self, why: OSError) -> None:
        super().__init__(str(why))
        self.why = why


class ProcessGroup:
    """One command and whatever it starts; the group does not outlive the block.

    *grace* is how long it gets to tidy up between the request to end and the end.
    """

    def __init__(
        self,
        command: Sequence[str],
        *,
        environment: Mapping[str, str],
        directory: Path,
        clock: Clock,
        grace: timedelta,
    ) -> None:
        self._command = list(command)
        self._environment = dict(environment)
        self._directory = directory
        self._clock = clock
        self._grace = grace.total_seconds()
        self._started = False

    def __enter__(self) -> Self:
        """Start it; raises NotStartedError. Whoever is interrupted meanwhile leaves nothing."""
        # In a thread, which no signal interrupts between the start and our knowing of it.
        starting = Going(self._start)
        try:
            starting.begin()
            starting.is_over()
        except BaseException:
            starting.is_over(_STARTS_WITHIN)
            if self._started:
                self.__exit__()
            raise
        try:
            starting.outcome()
        except OSError as exc:
            raise NotStartedError(exc) from exc
        return self

    def _start(self) -> None:
        self._process = subprocess.Popen(  # noqa: S603 - the operator's own command, and no shell
            self._command,
            env=self._environment,
            cwd=self._directory,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        assert self._process.stdout is not None  # noqa: S101 - it was started with a pipe
        self._pipe = self._process.stdout
        self._tail = Tail(self._pipe.fileno())
        self._started = True

    def __exit__(self, *_: object) -> None:
        try:
            self._end()
            self._take_last_words()
        finally:
            self._pipe.close()

    def wait(self, timeout: timedelta) -> int | None:
        """Give what the command exits with, None when it has not in time."""
        ends = self._clock.monotonic() + timeout.total_seconds()
        while (code := self._process.poll()) is None:
            left = ends - self._clock.monotonic()
            if left <= 0:
                return None
            self._tail.read(min(_STEP, left))
        return code

    def output(self) -> bytes:
        """Give the end of what was said, on both streams as it came; all of it after the block."""
        return self._tail.text()

    def _take_last_words(self) -> None:
        """Empty the pipe once; one who left the group could fill it for ever."""
        for _ in range(_PIPEFULS):
            if not self._tail.read(0):
                return

    def _end(self) -> None:
        try:
            if self._signal(signal.SIGTERM):
                self._wait_for_all(self._clock.monotonic() + self._grace)
        finally:
            self._signal(signal.SIGKILL)
            # Whoever is stuck in the kernel cannot be ended, and is not waited for.
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(max(self._grace, 1))

    def _wait_for_all(self, ends: float) -> None:
        while self._clock.monotonic() < ends:
            self._process.poll()  # who is not taken leave of counts as there
            if not self._signal(0):
                return
            self._tail.read(_STEP)

    def _signal(self, number: int) -> bool:
        """Send a signal to the group; tells whether there is anybody left in it."""
        try:
            os.killpg(self._process.pid, number)
        except (ProcessLookupError, PermissionError):  # macOS: nobody but the dead
            return False
        return True
