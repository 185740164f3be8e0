"""Reads a file of bounded size. What was opened is judged, so that no swap can fool us."""

import os
import stat
from collections.abc import Callable
from pathlib import Path

from pipeline_health.settings.errors import ConfigurationError


def read_regular(
    path: Path,
    *,
    largest: int,
    expected: str,
    refusal: Callable[[os.stat_result], str | None] = lambda _: None,
) -> bytes:
    """Give the bytes of *path*, of which there are at most *largest*.

    *refusal* says why a file like the opened one is refused. Raises ConfigurationError, never with
    content, and OSError where nothing can be opened.
    """
    content = b""
    # Without O_NONBLOCK a FIFO would make us wait for its writer for ever.
    opened = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOCTTY)
    try:
        found = os.fstat(opened)
        reason = _shape(found, largest=largest, expected=expected) or refusal(found)
        if reason is None:
            with os.fdopen(opened, "rb", closefd=False) as file:
                content = file.read(largest + 1)
    finally:
        os.close(opened)
    if reason is None and len(content) > largest:  # it grew meanwhile
        reason = _too_large(largest)
    if reason is not None:
        msg = f"{path}: {reason}"
        raise ConfigurationError(msg)
    return content


def _shape(found: os.stat_result, *, largest: int, expected: str) -> str | None:
    if not stat.S_ISREG(found.st_mode):
        return f"is no regular file; expected {expected}"
    return _too_large(largest) if found.st_size > largest else None


def _too_large(largest: int) -> str:
    return f"is too large; expected at most {largest // 1024} KiB"
