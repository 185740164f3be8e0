"""Reads a file that only we may read."""

import os
import shlex
import stat
from pathlib import Path

from pipeline_health.settings.errors import ConfigurationError
from pipeline_health.settings.regular_file import read_regular

_LARGEST = 64 * 1024
_OPENED_TO_OTHERS = 0o066
_EXPECTED = "a file with one NAME=value a line"


def read_private(path: Path, *, owner: int | None) -> str | None:
    """Give the text of *path*, None when there is no such file.

    With *owner* (a user id) the file must be that user's and closed to all others; None skips this
    check. A link is judged by what it leads to. Raises ConfigurationError, never with content.
    """
    try:
        content = _content(path, owner=owner)
    except (FileNotFoundError, NotADirectoryError) as exc:
        if not path.is_symlink():
            return None
        msg = f"{path}: is a link that leads to no file; remove it, or make {_EXPECTED} there"
        raise ConfigurationError(msg) from exc
    except OSError as exc:
        msg = f"{path}: could not be read ({exc.strerror}); expected a file that we may read"
        raise ConfigurationError(msg) from exc
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = "\0"  # the error holds the content
    if "\0" in text:
        msg = f"{path}: is not UTF-8 text; expected {_EXPECTED}"
        raise ConfigurationError(msg)
    return text


def _content(path: Path, *, owner: int | None) -> bytes:
    def refusal(found: os.stat_result) -> str | None:
        return _refusal(found, path, owner=owner)

    return read_regular(path, largest=_LARGEST, expected=_EXPECTED, refusal=refusal)


def _refusal(found: os.stat_result, path: Path, *, owner: int | None) -> str | None:
    """Say why a file like *found* is refused, None when it is not."""
    if owner is None:
        return None
    remedy = f"chmod 600 {shlex.quote(str(path))}"
    if found.st_uid != owner:
        return f"belongs to user {found.st_uid}, not to us ({owner}); take it over, then {remedy}"
    if found.st_mode & _OPENED_TO_OTHERS:
        return f"is open to others (mode {stat.S_IMODE(found.st_mode):04o}); run: {remedy}"
    return None
