"""The pretend providers, seen from the outside: who starts their process, and gives it orders."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, TypeAlias

from benchmarks.child import Took


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """Where both providers are now."""

    github: str
    railway: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What the providers say of one serving: requests each, points, and the CPU that it took.

    *opened* is how many issues there were in its end; none was there before.
    """

    opened: int
    github: int
    railway: int
    points: int
    cpu: float


Visit: TypeAlias = Callable[[Where], Took]


class Providers:
    """A pretend GitHub and Railway in a process of their own, which serve as often as is wanted."""

    def __init__(self, orders: IO[str], answers: IO[str]) -> None:
        self._orders = orders
        self._answers = answers

    def serve(
        self, visit: Visit, *, failing: int, round_trip: float, keep: Path
    ) -> tuple[Took, Told]:
        """Serve the portfolio with so many *failing* to *visit*; what was asked is in *keep*."""
        self._say({"failing": failing, "round_trip": round_trip, "keep": str(keep)})
        took = visit(Where(**self.hear()))
        self._say(None)
        told = self.hear()
        if refusals := told.pop("refusals"):
            msg = f"the providers refused what was asked: {refusals}"
            raise RuntimeError(msg)
        return took, Told(**told)

    def hear(self) -> dict[str, Any]:
        """Wait for what they say."""
        line = self._answers.readline()
        if not line:
            msg = "the pretend providers ended before their time"
            raise RuntimeError(msg)
        heard: dict[str, Any] = json.loads(line)
        return heard

    def _say(self, order: object) -> None:
        self._orders.write(json.dumps(order) + "\n")
        self._orders.flush()


@contextmanager
def providers(projects: int, home: Path) -> Iterator[Providers]:
    """Start them; *home* has the configuration and the ledger of who watches so many projects."""
    command = [sys.executable, "-m", "benchmarks.pretend", str(projects), str(home)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None  # noqa: S101 - it is a pipe
        assert process.stdout is not None  # noqa: S101 - it is a pipe
        started = Providers(process.stdin, process.stdout)
        started.hear()
        yield started
        process.stdin.close()
