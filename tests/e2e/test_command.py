"""The operator's own tests as real commands: what they get, how they end, and what they leave."""

import json
import os
import select
import signal
import socket
import stat
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from pipeline_health.bootstrap import SystemClock
from pipeline_health.core.model.ids import RepoName, Sha
from pipeline_health.core.model.live import Tested
from pipeline_health.e2e import LocalEndToEnd, Surroundings
from pipeline_health.secret import Secret
from pipeline_health.telemetry import Redaction

SHOP = RepoName("acme/shop")
COMMIT = Sha("a1" * 20)
LONG = timedelta(seconds=20)
BRIEF = timedelta(seconds=0.3)
PASSWORD = Secret("planted-password")


class Desk:
    """Runs commands in a directory of its own."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.path = os.defpath
        self.clock = SystemClock()

    def run(self, *command: str, passing: Sequence[str] = (), timeout: timedelta = LONG) -> Tested:
        """Run one, to its end or to that of its time."""
        here = Surroundings(
            directory=self.directory,
            path=self.path,
            home="/nowhere",
            variables={"E2E_PASSWORD": PASSWORD, "E2E_OTHER": Secret("other")},
        )
        redaction = Redaction([PASSWORD])
        runner = LocalEndToEnd(here, redact=redaction, clock=self.clock, grace=BRIEF)
        return runner.run(
            command,
            passing=passing,
            base="https://shop.example/base",
            commit=COMMIT,
            repo=SHOP,
            timeout=timeout,
        )

    def python(
        self, script: str, *more: str, passing: Sequence[str] = (), timeout: timedelta = LONG
    ) -> Tested:
        """Run a small script without the packages of its interpreter."""
        return self.run(
            sys.executable, "-IS", "-c", script, *more, passing=passing, timeout=timeout
        )


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Give a desk that is in no work tree."""
    return Desk(tmp_path)


class Line:
    """A port that somebody who was started dials, and hangs up by dying."""

    def __init__(self, listener: socket.socket) -> None:
        self._listener = listener
        self.port = str(listener.getsockname()[1])

    def has_been_dialled(self) -> bool:
        """Tell whether somebody waits to be answered."""
        return bool(select.select([self._listener], [], [], 0)[0])

    def is_dead(self) -> bool:
        """Tell whether who had dialled is gone, ten seconds from now at the latest."""
        line, _ = self._listener.accept()
        line.settimeout(10)
        with line:
            try:
                return line.recv(1) == b""
            except ConnectionResetError:
                return True
            except TimeoutError:
                return False


@contextmanager
def listening() -> Iterator[Line]:
    """Listen on loopback."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(10)
        yield Line(listener)


STUBBORN = """
import pathlib, signal, socket, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("here", flush=True)
line = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
pathlib.Path("ready").touch()
time.sleep(60)
"""
"""Ignores the request to end, says that it is here, dials a port, and stays."""

PARENT = f"""
import pathlib, subprocess, sys, time
subprocess.Popen([sys.executable, "-IS", "-c", {STUBBORN!r}, sys.argv[1]])
while not pathlib.Path("ready").exists():
    time.sleep(0.01)
"""
"""Starts a stubborn one that shares its output, and waits until it is there."""


# -- how it ends -----------------------------------------------------------------------------


def test_a_command_that_exits_with_zero_has_passed(desk: Desk) -> None:
    """Its output is evidence, both streams in the order in which they were written."""
    tested = desk.python("""
import sys
print("out", flush=True); print("err", file=sys.stderr, flush=True); print("out again")
""")

    assert (tested.what, tested.passed) == ("the end-to-end command", True)
    assert tested.says.startswith("exited with 0 after ")
    assert tested.tail == "out\nerr\nout again"


def test_every_other_exit_code_is_a_failure(desk: Desk) -> None:
    """The code is told."""
    tested = desk.python("raise SystemExit(7)")

    assert tested.passed is False
    assert tested.says.startswith("exited with 7 after ")


@pytest.mark.parametrize(
    ("number", "name"), [(int(signal.SIGKILL), "SIGKILL"), (int(signal.SIGABRT), "SIGABRT")]
)
def test_a_command_that_was_killed_has_failed(desk: Desk, number: int, name: str) -> None:
    """Out of memory, say; the signal is named."""
    tested = desk.python(f"import os; os.kill(os.getpid(), {number})")

    assert tested.passed is False
    assert tested.says.startswith(f"was killed by {name} after ")


@pytest.mark.skipif(not hasattr(signal, "SIGRTMIN"), reason="no real-time signals here")
def test_a_signal_without_a_name_has_its_number(desk: Desk) -> None:
    """Between the first and the last real-time signal none has a name."""
    number = int(signal.SIGRTMIN) + 3

    assert desk.python(f"import os; os.kill(os.getpid(), {number})").says.startswith(
        f"was killed by signal {number} after "
    )


def test_a_command_that_is_not_there_is_said_so(desk: Desk) -> None:
    """It is no crash of ours."""
    tested = desk.run("no-such-command", "test")

    assert tested.passed is False
    assert tested.says == (
        "could not be started: there is no no-such-command, or what it is to be run by is not there"
    )


def test_a_file_that_may_not_be_executed_is_said_so(desk: Desk) -> None:
    """The usual slip with a script."""
    script = desk.directory / "test.sh"
    script.write_text("#!/bin/sh\nexit 0\n")

    assert desk.run("./test.sh").says == "could not be started: ./test.sh is not executable"
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    assert desk.run("./test.sh").passed is True


def test_what_is_no_program_is_said_so(desk: Desk) -> None:
    """The system's own words."""
    script = desk.directory / "test"
    script.write_bytes(b"\x7fELF and nothing more")
    script.chmod(0o755)

    tested = desk.run("./test")

    assert (tested.passed, tested.says) == (
        False,
        "could not be started: Exec format error (./test)",
    )


def test_a_directory_that_is_gone_is_said_so(desk: Desk) -> None:
    """Not that the command is missing."""
    desk.directory /= "gone"

    assert desk.python("").says == (
        f"could not be started: No such file or directory ({desk.directory})"
    )


# -- what it gets ----------------------------------------------------------------------------


def test_the_environment_is_what_was_asked_for_and_nothing_else(desk: Desk) -> None:
    """Ours holds tokens; nothing that was not named gets through."""
    tested = desk.run("env", passing=["E2E_PASSWORD"])

    assert sorted(tested.tail.splitlines()) == [
        "BASE_URL=https://shop.example/base",
        f"COMMIT_SHA={COMMIT}",
        "E2E_PASSWORD=***",
        "HOME=/nowhere",
        f"PATH={os.defpath}",
    ]


def test_the_arguments_reach_it_as_they_are(desk: Desk) -> None:
    """No shell sees them."""
    odd = ["$HOME", "a b", "*", "; exit 3", "`id`"]

    tested = desk.python("import json, sys; print(json.dumps(sys.argv[1:]))", *odd)

    assert json.loads(tested.tail) == odd


def test_there_is_nothing_to_read_and_no_terminal(desk: Desk) -> None:
    """Nobody is there to answer a question; it leads a session of its own."""
    tested = desk.python(
        "import os, sys; print(repr(sys.stdin.read()), os.getsid(0) == os.getpid())"
    )

    assert tested.tail == "'' True"


def test_what_is_not_set_cannot_be_passed(desk: Desk) -> None:
    """Nothing is run, and nothing is proved."""
    tested = desk.python("print('run')", passing=["E2E_USER"])

    assert (tested.passed, tested.says, tested.tail) == (
        None,
        "was not run: E2E_USER of e2e_env is not set",
        "",
    )


# -- what is kept of its output --------------------------------------------------------------


def test_the_end_of_a_flood_is_kept(desk: Desk) -> None:
    """A hundred megabytes go by; eighty lines stay, and the first of them says what went."""
    tested = desk.python("""
import os
line = b"z" * 999 + b"\\n"
block = line * 1000
for _ in range(100):
    left = memoryview(block)
    while left:
        left = left[os.write(1, left):]
for at in range(200):
    print("line", at)
""")

    lines = tested.tail.splitlines()
    assert tested.passed is True
    assert (len(lines), lines[-1]) == (80, "line 199")
    assert lines[0].endswith("earlier lines left out")


def test_a_line_without_an_end_is_cut(desk: Desk) -> None:
    """Six thousand characters are evidence enough."""
    tested = desk.python("print('y' * 300_000 + 'the end', end='')")

    assert tested.tail.endswith("yyythe end")
    assert len(tested.tail) <= 6000


def test_a_long_line_that_ends_is_kept_from_its_end(desk: Desk) -> None:
    """The one line end that was kept is its own."""
    assert desk.python("print('y' * 300_000 + 'the end')").tail.endswith("yyythe end")


@pytest.mark.parametrize(
    "said",
    ["planted-password", "planted\\x1b[0m-pass\\x00word", "planted\\u200b-password"],
    ids=["plain", "coloured", "invisible"],
)
def test_a_secret_is_not_repeated(desk: Desk, said: str) -> None:
    """Not in any disguise that is taken off before the text is shown either."""
    tested = desk.python(f"print('with {said} in it')")

    assert tested.tail == "with *** in it"


def test_output_is_harmless(desk: Desk) -> None:
    """It will stand in an issue."""
    tested = desk.python("print('\\x1b[31m@archon\\x1b[0m fixes #12')")

    assert tested.tail == "(at)archon fixes no. 12"


def test_what_is_no_text_is_shown_as_far_as_it_is_one(desk: Desk) -> None:
    """Bytes are no reason to fail."""
    assert desk.python("import os; os.write(1, b'a\\xff\\xfeb')").tail == "a\ufffd\ufffdb"


def test_a_command_that_closes_its_output_is_waited_for(desk: Desk) -> None:
    """It ends when it ends."""
    tested = desk.python("import os, time; os.close(1); os.close(2); time.sleep(0.2); os._exit(4)")

    assert tested.says.startswith("exited with 4 after ")


# -- what is left of it ----------------------------------------------------------------------


class Hurried(SystemClock):
    """A clock on which an hour passes when somebody dials."""

    def __init__(self, line: Line) -> None:
        self._line = line

    def monotonic(self) -> float:
        """Tell the time."""
        return super().monotonic() + (3600 if self._line.has_been_dialled() else 0)


def test_time_that_is_over_ends_it_all(desk: Desk) -> None:
    """The grandchild too that ignores the request to end."""
    with listening() as line:
        desk.clock = Hurried(line)
        tested = desk.python(f"{PARENT}\ntime.sleep(60)", line.port)

        assert (tested.passed, tested.says) == (False, "did not end within 20 s and was stopped")
        assert tested.tail == "here"
        assert line.is_dead()


def test_real_time_ends_it_as_well(desk: Desk) -> None:
    """What does nothing at all is stopped when its time is over."""
    began = time.monotonic()

    tested = desk.python("import time; time.sleep(60)", timeout=BRIEF)

    assert (tested.passed, tested.says) == (False, "did not end within 0.3 s and was stopped")
    assert time.monotonic() - began < 10


def test_who_tidies_up_is_given_the_time_for_it(desk: Desk) -> None:
    """A browser is closed properly; the last words are evidence."""
    with listening() as line:
        desk.clock = Hurried(line)
        tested = desk.python(
            """
import signal, socket, sys, time
def tidy(*_):
    print("tidied up", flush=True)
    sys.exit(0)
signal.signal(signal.SIGTERM, tidy)
line = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
time.sleep(60)
""",
            line.port,
        )

    assert (tested.passed, tested.tail) == (False, "tidied up")


def test_what_a_command_leaves_behind_does_not_outlive_it(desk: Desk) -> None:
    """Though it exits with 0, and though what it left holds on to its output."""
    began = time.monotonic()
    with listening() as line:
        tested = desk.python(PARENT, line.port)

        assert tested.passed is True
        assert line.is_dead()
    assert time.monotonic() - began < 10


def test_who_leaves_the_group_cannot_hold_us_up(desk: Desk) -> None:
    """A daemon keeps the pipe open and floods it; the run ends all the same."""
    daemon = """
import os, sys, time
if os.fork() == 0:
    os.setsid()
    ends = time.monotonic() + 60
    while time.monotonic() < ends:
        try:
            os.write(1, b"noise\\n")
        except OSError:
            os._exit(0)
    os._exit(0)
time.sleep(0.2)
"""
    began = time.monotonic()

    assert desk.python(daemon).passed is True
    assert time.monotonic() - began < 30


class Interrupted(SystemClock):
    """A clock at which Ctrl-C is pressed as soon as somebody has dialled."""

    def __init__(self, line: Line) -> None:
        self._line = line

    def monotonic(self) -> float:
        """Tell the time until then."""
        if self._line.has_been_dialled():
            raise KeyboardInterrupt
        return super().monotonic()


def test_an_interrupt_ends_it_all(desk: Desk) -> None:
    """Though who was started ignores the request, and though a second one comes while we wait."""
    with listening() as line:
        desk.clock = Interrupted(line)
        with pytest.raises(KeyboardInterrupt):
            desk.python(STUBBORN, line.port)

        assert line.is_dead()


@pytest.mark.parametrize("_", range(5))
def test_an_interrupt_while_it_starts_leaves_nobody(desk: Desk, _: int) -> None:
    """The command is in another session before anybody here has its number."""
    script = f"echo $$ > pid; kill -INT {os.getpid()}; exec sleep 60"
    with pytest.raises(KeyboardInterrupt):
        desk.run("sh", "-c", script)

    with pytest.raises(ProcessLookupError):
        os.kill(int((desk.directory / "pid").read_text()), 0)
