"""Exit codes are an interface: scripts and systemd units key on them."""

from enum import IntEnum


class Exit(IntEnum):
    """What the process says when it ends."""

    DONE = 0
    FOUND = 1
    WRONG = 2
    BLIND = 3
    HELD = 4
    INTERRUPTED = 130
