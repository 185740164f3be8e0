"""A command as a child of its own, and what it took."""

import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Took:
    """What one child took: seconds of the wall and of the processors, megabytes at its peak."""

    wall: float
    cpu: float
    peak: float
    code: int


def run(command: Sequence[str], *, environment: Mapping[str, str], output: Path) -> Took:
    """Run *command* to its end; what it prints goes to *output*, what it logs beside it.

    The peak that Linux tells of a child is never below that of whoever started it: keep this
    process small.
    """
    began = time.perf_counter()
    child = os.posix_spawn(
        command[0],
        list(command),
        environment,
        file_actions=[
            (os.POSIX_SPAWN_OPEN, 1, str(output), _MADE, 0o600),
            (os.POSIX_SPAWN_OPEN, 2, f"{output}.log", _MADE, 0o600),
        ],
    )
    _, status, used = os.wait4(child, 0)
    return Took(
        wall=time.perf_counter() - began,
        cpu=used.ru_utime + used.ru_stime,
        peak=used.ru_maxrss / 1024,
        code=os.waitstatus_to_exitcode(status),
    )


_MADE = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
