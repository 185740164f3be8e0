"""Commands of this host that only tell something, bounded in time and in what they say."""

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Mapping
from contextlib import suppress

from pipeline_health.frozen import dataclass

SECONDS = 5.0
_LARGEST = 256 * 1024
_PASSED = ("HOME", "XDG_RUNTIME_DIR", "DBUS_SESSION_BUS_ADDRESS", "USER", "LOGNAME")
_FAILED = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """What became of a command: its exit code, and all that it said."""

    code: int
    said: str


class Shell:
    """Runs commands that are found in the PATH of *environment*, of which they get the least."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._path = environment.get("PATH", "")
        self._environment = {
            "PATH": self._path,
            "LC_ALL": "C",
            **{name: environment[name] for name in _PASSED if name in environment},
        }

    def run(self, *command: str, seconds: float = SECONDS) -> Ran | None:
        """Give what *command* says, None where there is no such program.

        One that takes longer than *seconds* is ended, and its code is below zero. What it says goes
        to a file: a child that it left behind cannot keep us waiting at a pipe.
        """
        program = shutil.which(command[0], path=self._path)
        if program is None:
            return None
        with tempfile.TemporaryFile() as said:
            try:
                process = subprocess.Popen(  # noqa: S603 - a list, and no shell reads it
                    [program, *command[1:]],
                    stdin=subprocess.DEVNULL,
                    stdout=said,
                    stderr=subprocess.STDOUT,
                    env=self._environment,
                    start_new_session=True,
                )
            except OSError as exc:
                return Ran(code=_FAILED, said=f"could not be started: {exc.strerror}")
            try:
                code = process.wait(seconds)
            except subprocess.TimeoutExpired:
                with suppress(ProcessLookupError):  # it may have ended just now
                    os.killpg(process.pid, signal.SIGKILL)
                process.wait()
                return Ran(code=_FAILED, said=f"gave no answer within {seconds:.0f} s")
            said.seek(0)
            return Ran(code=code, said=said.read(_LARGEST).decode("utf-8", "replace"))
