"""The end of what a command says, however much it says."""

import os
import select
import time
from typing import Final

KEPT: Final = 64 * 1024
"""Bytes that are kept: far more than is shown, because escape sequences are taken out of them."""

_AT_ONCE: Final = 64 * 1024


class Tail:
    """Reads a pipe and keeps its end."""

    def __init__(self, pipe: int) -> None:
        self._pipe = pipe
        self._kept = bytearray()
        self._cut = False
        self._over = False
        self._poll = select.poll()
        self._poll.register(pipe, select.POLLIN)

    def read(self, seconds: float) -> bool:
        """Wait so long at most for something to read, and read it; tells whether it did."""
        if self._over:
            time.sleep(seconds)  # the command has closed its output, and goes on
            return False
        if not self._poll.poll(seconds * 1000):
            return False
        said = os.read(self._pipe, _AT_ONCE)
        self._over = not said
        self._kept += said
        if len(self._kept) > KEPT:
            self._cut = True
            del self._kept[:-KEPT]
        return bool(said)

    def text(self) -> bytes:
        """Give what was kept, from the beginning of a line: half a secret could not be redacted."""
        if not self._cut:
            return bytes(self._kept)
        half = KEPT // 2
        return bytes(self._kept[self._kept.find(b"\n", 0, half) + 1 or half :])
