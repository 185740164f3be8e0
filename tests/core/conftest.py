"""A guard for the pure core: a test of it that opens a file, a socket or a process fails."""

import sys
from collections.abc import Iterator

import pytest

_FORBIDDEN = ("socket.", "subprocess.", "os.system", "os.exec", "os.fork", "os.posix_spawn")
_LIBRARIES = (".py", ".pyc", ".so")
_armed = False


def _may_open(path: object) -> bool:
    """Tell whether *path* is opened by an import, a traceback, or Hypothesis for itself.

    A number is a file that is open already, and was judged by its path then.
    """
    if isinstance(path, int):
        return True
    name = path.decode() if isinstance(path, bytes) else str(path)
    return name.endswith(_LIBRARIES) or "__pycache__" in name or ".hypothesis" in name


def _guard(event: str, arguments: tuple[object, ...]) -> None:
    if not _armed:
        return
    if event.startswith(_FORBIDDEN) or event == "sqlite3.connect":
        pytest.fail(f"a test of the pure core does I/O: {event}")
    if event == "open" and not _may_open(arguments[0]):
        pytest.fail(f"a test of the pure core opens a file: {arguments[0]}")


sys.addaudithook(_guard)  # cannot be taken away again, so that it asks whether it is armed


@pytest.fixture(autouse=True)
def no_io() -> Iterator[None]:
    """Arm the guard for the length of one test."""
    global _armed  # noqa: PLW0603 -- an audit hook has no other way to know which test is running
    _armed = True
    yield
    _armed = False
