"""The file of a recording: made for our eyes only, appended to, and never changed.

What is to be written is compared with what the file says, so that nothing has to be remembered
elsewhere: a lost ledger, a second file or a write that failed lose nothing.
"""

import contextlib
import fcntl
import os
import re
import shlex
import stat
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from pipeline_health.core.model.ids import ProjectName
from pipeline_health.core.model.shown import Heading, LookedAt, Shown
from pipeline_health.core.untold import untold
from pipeline_health.history.lines import LONGEST_LINE, SCHEMA, without_logs, written
from pipeline_health.history.tail import Told, told_in
from pipeline_health.ports import HistoryError

LARGEST = 64 * 1024 * 1024
"""How many bytes a recording may have."""

_LOOKED_BACK: Final = (256 * 1024, 4 * 1024 * 1024)
"""So far back the file is read for what it tells of a project; a longer silence is ended by all."""

_OURS: Final = 0o600
_OPENED_TO_OTHERS: Final = 0o077
_FIRST_LINE: Final = 4096
SCHEMA_OF: Final = re.compile(rb'\{"schema":"(pipeline-health-recording/[0-9]{1,9})"')
_BEGINNING: Final = b'{"schema":"pipeline-health-recording/'


class HistoryFile:
    """A recording that is being written; one process at a time appends to it.

    *write* is how bytes reach a file, *largest* how many of them it may hold.
    """

    def __init__(
        self,
        path: Path,
        opened: int,
        *,
        write: Callable[[int, bytes], int] = os.write,
        largest: int = LARGEST,
    ) -> None:
        self._path = path
        self._file = opened
        self._write = write
        self._largest = largest

    @classmethod
    def open(
        cls,
        path: Path,
        *,
        write: Callable[[int, bytes], int] = os.write,
        largest: int = LARGEST,
    ) -> Self:
        """Open the recording at *path*, or make one, mode 0600, in a folder that is there.

        Raises HistoryError where something else is there, or it could not be written to; what is
        there is left as it is.
        """
        with contextlib.ExitStack() as undo:
            try:
                opened = _opened(path)
                undo.callback(os.close, opened)
                problem = _problem(path, opened)
            except OSError as exc:
                msg = f"{path}: could not be opened ({exc.strerror}); expected a file to write to"
                raise HistoryError(msg) from exc
            if problem is not None:
                msg = f"{path}: {problem}"
                raise HistoryError(msg)
            undo.pop_all()
        return cls(path, opened, write=write, largest=largest)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        os.close(self._file)

    def append(self, seen: Sequence[Shown], looked: LookedAt, *, version: str) -> None:
        """Append what the file does not tell yet of what was *seen*, and that somebody *looked*.

        It is one write. Raises HistoryError where it could not be made; then the file is as it
        was.
        """
        try:
            with self._alone():
                size = self._without_half_line()
                self._put(b"".join(self._lines(seen, looked, version, size)), size)
        except OSError as exc:
            msg = f"{self._path}: could not be written ({exc.strerror})"
            raise HistoryError(msg) from exc

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as exc:
            msg = f"{self._path}: another run is writing to it"
            raise HistoryError(msg) from exc
        try:
            yield
        finally:
            fcntl.flock(self._file, fcntl.LOCK_UN)

    def _without_half_line(self) -> int:
        """Cut off a line that was not written to its end, and give the size of the file."""
        found = os.fstat(self._file)
        if found.st_nlink == 0:
            msg = f"{self._path}: was removed meanwhile; the next look makes it anew"
            raise HistoryError(msg)
        size = found.st_size
        if size == 0 or self._bytes(size - 1, size) == b"\n":
            return size
        start = max(0, size - 2 * LONGEST_LINE)
        whole = start + self._bytes(start, size).rfind(b"\n") + 1
        os.ftruncate(self._file, whole)
        return whole

    def _lines(
        self, seen: Sequence[Shown], looked: LookedAt, version: str, size: int
    ) -> Iterator[bytes]:
        told = self._told(frozenset(shown.project for shown in seen), size)
        if size == 0:
            heading = Heading(schema=SCHEMA, version=version, began_at=looked.looked_at)
            yield written(heading)
        for shown in seen:
            news = untold(shown, told.of(shown.project))
            if news is not None:
                yield self._bounded(news)
        same = told.projects == looked.projects
        yield written(LookedAt(looked_at=looked.looked_at) if same else looked)

    def _bounded(self, shown: Shown) -> bytes:
        line = written(shown)
        if len(line) > LONGEST_LINE:
            line = written(without_logs(shown))
        if len(line) > LONGEST_LINE:
            msg = f"{self._path}: what was seen of {shown.project} is too much for a line"
            raise HistoryError(msg)
        return line

    def _told(self, projects: frozenset[ProjectName], size: int) -> Told:
        """Give what the end of the file tells of *projects*, looking back as far as need be."""
        told = Told()
        for back in _LOOKED_BACK:
            start = max(0, size - back)
            lines = self._bytes(start, size).splitlines()
            told = told_in(lines if start == 0 else lines[1:], projects)
            if start == 0 or told.is_whole:
                break
        return told

    def _put(self, text: bytes, size: int) -> None:
        if size + len(text) > self._largest:
            msg = (
                f"{self._path}: is full ({self._largest // 1024 // 1024} MiB), and nothing more is"
                " written to it; go on with --record and the name of another file"
            )
            raise HistoryError(msg)
        try:
            done = self._write(self._file, text)
        except OSError:
            os.ftruncate(self._file, size)
            raise
        if done < len(text):
            os.ftruncate(self._file, size)
            msg = f"{self._path}: could not be written to its end; is the disk full?"
            raise HistoryError(msg)

    def _bytes(self, start: int, end: int) -> bytes:
        return os.pread(self._file, end - start, start)


def _opened(path: Path) -> int:
    """Open what is there, or make it; a link that leads to nothing is no place to make anything."""
    flags = os.O_RDWR | os.O_APPEND | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOCTTY
    try:
        return os.open(path, flags)
    except FileNotFoundError:
        opened = os.open(path, flags | os.O_CREAT | os.O_EXCL, _OURS)
        os.fchmod(opened, _OURS)  # whatever the umask is
        return opened


def _problem(path: Path, opened: int) -> str | None:
    """Say why what was opened is not written to, None when nothing speaks against it."""
    found, owner = os.fstat(opened), os.geteuid()
    if not stat.S_ISREG(found.st_mode):
        return "is no regular file; expected a file to write to"
    if found.st_uid != owner or path.lstat().st_uid not in (owner, 0):
        return f"belongs to user {found.st_uid}, or a link to it does, and not to us ({owner})"
    if found.st_mode & _OPENED_TO_OTHERS:
        remedy = f"chmod 600 {shlex.quote(str(path))}"
        return f"is open to others (mode {stat.S_IMODE(found.st_mode):04o}); run: {remedy}"
    return heading_problem(os.pread(opened, _FIRST_LINE, 0))


def heading_problem(beginning: bytes) -> str | None:
    """Say why a file that begins so is no recording of ours; an empty one, or half a heading, is.

    What is not ours is never written to.
    """
    line, end, _ = beginning.partition(b"\n")
    if not end and _BEGINNING.startswith(line[: len(_BEGINNING)]):
        return None
    found = SCHEMA_OF.match(line)
    if found is None:
        return "is no recording of ours, and was left as it is; name another file"
    schema = found[1].decode()
    if schema != SCHEMA:
        return f"is a recording of the form {schema}, and this version knows {SCHEMA}"
    return None
