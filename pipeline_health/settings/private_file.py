"""Reads a file that only we may read. What was opened is judged, so that no swap can fool us."""

import os
import shlex
import stat
from pathlib import Path

from pipeline_health.settings.errors import ConfigurationError

_LARGEST = 64 * 1024
_OPENED_TO_OTHERS = 0o066


def read_private(path: Path, *, owner: int | None) -> str | None:
    """Give the text of *path*, None when there is no such file.

    With *owner* (a user id) the file must be that user's and closed to all others; None skips this
    check. A link is judged by what it leads to. Raises ConfigurationError, never with content.
    """
    try:
        content = _content(path, owner=owner)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as exc:
        msg = f"{path}: could not be read ({exc.strerror}); expected a file that we may read"
        raise ConfigurationError(msg) from exc
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        msg = f"{path}: is not UTF-8 text"
        raise ConfigurationError(msg) from None  # the error holds the content


def _content(path: Path, *, owner: int | None) -> bytes:
    content = b""
    # Without O_NONBLOCK a FIFO would make us wait for its writer for ever.
    opened = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOCTTY)
    try:
        reason = _refusal(os.fstat(opened), path, owner=owner)
        if reason is None:
            with os.fdopen(opened, "rb", closefd=False) as file:
                content = file.read(_LARGEST + 1)
    finally:
        os.close(opened)
    if len(content) > _LARGEST:
        reason = f"is too large; expected at most {_LARGEST // 1024} KiB"
    if reason is not None:
        msg = f"{path}: {reason}"
        raise ConfigurationError(msg)
    return content


def _refusal(found: os.stat_result, path: Path, *, owner: int | None) -> str | None:
    """Say why a file like *found* is refused, None when it is not."""
    if not stat.S_ISREG(found.st_mode):
        return "is no regular file; expected a file with one NAME=value a line"
    if owner is None:
        return None
    remedy = f"chmod 600 {shlex.quote(str(path))}"
    if found.st_uid != owner:
        return f"belongs to user {found.st_uid}, not to us ({owner}); take it over, then {remedy}"
    if found.st_mode & _OPENED_TO_OTHERS:
        return f"is open to others (mode {stat.S_IMODE(found.st_mode):04o}); run: {remedy}"
    return None
