"""Where runs are started that may be told to die (tests/mortal.py), and what became of them."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TypeAlias

from desk import Desk
from pipeline_health.bootstrap import SystemClock
from pipeline_health.simulator import Loopback, World
from pipeline_health.simulator.faults import Host, Mode

MORTAL = Path(__file__).with_name("mortal.py")


There: TypeAlias = Callable[[], bool]
"""Tells whether a run has come to where it is to be."""

TIMES = 99


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """How a run ended: its exit code, and if it lived, its sentence and the boundaries passed."""

    code: int
    sentence: str = ""
    passed: tuple[str, ...] = ()


class Nursery:
    """Forks runs from one process that has imported everything."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    @classmethod
    @contextmanager
    def opened(cls) -> Iterator["Nursery"]:
        """Start the process, and end it at the end."""
        with subprocess.Popen(
            [sys.executable, str(MORTAL)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        ) as process:
            yield cls(process)
            assert process.stdin is not None
            process.stdin.close()

    def live(self, desk: Desk, *, minutes: int = 0, dies_at: int | None = None) -> Life:
        """Run once at *desk*, *minutes* from now, and die at boundary *dies_at*, if any."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        order = {"environment": desk.environment, "minutes": minutes, "dies_at": dies_at}
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        code, told = json.loads(self._process.stdout.readline())
        if not told:
            return Life(code=code)
        known = json.loads(told)
        return Life(code=code, sentence=known["sentence"], passed=tuple(known["passed"]))


@contextmanager
def desk_in(home: Path, *, minutes: int = 0) -> Iterator[Desk]:
    """Give a desk in a world of its own, so many *minutes* from now.

    The command has its own clock.
    """
    world = World(SystemClock().now().replace(microsecond=0) + timedelta(minutes=minutes))
    with Loopback(world) as loopback:
        yield Desk(world, loopback, home)
    assert world.refusals == []


def breaks(desk: Desk) -> None:
    """Let main be red: there is something to file."""
    desk.repo.push("second")
    desk.repo.run("CI", "failure", jobs={"test": "failure"}, log="FAILED test_total")


def hangs(host: Host, mode: Mode, match: str = "", seconds: float = 60) -> Callable[[Desk], There]:
    """Let a provider answer late, or a byte at a time."""

    def order(desk: Desk) -> There:
        fault = desk.world.faults.add(
            host=host, mode=mode, match=match, times=TIMES, seconds=seconds
        )
        return lambda: fault.times < TIMES

    return order


def wait_for(there: There) -> None:
    """Wait until it is so."""
    ends = time.monotonic() + 60
    while not there():
        assert time.monotonic() < ends
        time.sleep(0.01)
