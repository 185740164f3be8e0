"""Writes a file that is not there yet: all of it or nothing, for our eyes only."""

import contextlib
import os
import secrets
from pathlib import Path
from typing import Final

from pipeline_health.settings.errors import ConfigurationError

STDOUT: Final = Path("-")
"""What stands for standard output where a file is asked for."""

_OURS, _OUR_FOLDER = 0o600, 0o700


def write_new(path: Path, text: str) -> None:
    """Make *path* with *text*, mode 0600, durably; a folder that is missing gets mode 0700.

    Raises ConfigurationError when something is there already, or when it cannot be written; then
    nothing is there that was not there before.
    """
    try:
        _make_folder(path.parent)
        draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
        try:
            _write(draft, text)
            _put(draft, path)
        finally:
            with contextlib.suppress(FileNotFoundError):
                draft.unlink()
        _sync(path.parent)
    except OSError as exc:
        msg = f"{path}: could not be written ({exc.strerror}); nothing was changed"
        raise ConfigurationError(msg) from exc


def _put(draft: Path, path: Path) -> None:
    """Give *draft* its name; unlike a rename, a link never replaces what came meanwhile."""
    try:
        os.link(draft, path)
    except FileExistsError as exc:
        msg = f"{path}: is there already, and was left as it is"
        raise ConfigurationError(msg) from exc


def _make_folder(folder: Path) -> None:
    """Make *folder* and what is missing above it, whatever the umask is."""
    if folder.is_dir():
        return
    _make_folder(folder.parent)
    folder.mkdir(mode=_OUR_FOLDER)


def _write(path: Path, text: str) -> None:
    opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, _OURS)
    with os.fdopen(opened, "wb") as file:
        os.fchmod(file.fileno(), _OURS)  # whatever the umask is
        file.write(text.encode())
        file.flush()
        os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
