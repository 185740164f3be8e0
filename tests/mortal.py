"""Runs that die when they are told to, forked from a process that has imported everything.

`python tests/mortal.py` reads orders from standard input, one JSON object a line, and answers each
with what became of that run. A run is what `run-once` does, with the real network and the real file
of the ledger; both count the boundaries that they pass, and at the one that was ordered the process
kills itself with SIGKILL, so that no handler, no `finally` and no buffer has a say.
"""

import json
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import httpx

from incident_builders import T0, incident
from pipeline_health import bootstrap
from pipeline_health.core.model.report import CycleReport
from pipeline_health.ledger import Holder, SqlLedger
from pipeline_health.ledger.codec import incident_as_text, report_as_text
from pipeline_health.ledger.store import Transaction, WritableStore
from pipeline_health.settings import Settings


class Fate:
    """Counts boundaries, and ends the process at the one that it is to die at."""

    def __init__(self, dies_at: int | None) -> None:
        self.passed: list[str] = []
        self._dies_at = dies_at
        self._gate = threading.Lock()

    def passes(self, boundary: str) -> None:
        """Pass one more boundary, or die at it."""
        with self._gate:
            self.passed.append(boundary)
            if len(self.passed) == self._dies_at:
                os.kill(os.getpid(), signal.SIGKILL)

    @contextmanager
    def ledger(self, settings: Settings) -> Iterator[SqlLedger]:
        """Open the ledger as the command does, in a store that has this fate."""
        holder = Holder.current("mortal")
        with SqlLedger(MortalStore(settings, self), holder=holder) as opened:
            yield opened


class MortalStore(WritableStore):
    """The ledger's file; each commit has a boundary before it and one after it."""

    def __init__(self, settings: Settings, fate: Fate) -> None:
        self._fate = fate
        super().__init__(settings.ledger_path)

    @contextmanager
    def writing(self) -> Iterator[Transaction]:
        """Write as ever; nothing is committed at the first boundary, and everything at the next."""
        with super().writing() as transaction:
            yield transaction
            self._fate.passes("ledger: before the commit")
        self._fate.passes("ledger: after the commit")


class MortalTransport(httpx.BaseTransport):
    """The network; each write has a boundary before it is sent and one after its effect.

    At the second one the answer has not reached the agent.
    """

    def __init__(self, fate: Fate) -> None:
        self._fate = fate
        self._network = httpx.HTTPTransport(verify=False)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send as ever."""
        if request.method == "GET" or "graphql" in request.url.path:
            return self._network.handle_request(request)
        what = f"{request.method} {request.url.path}"
        self._fate.passes(f"{what}: before its effect")
        answer = self._network.handle_request(request)
        self._fate.passes(f"{what}: before its answer")
        return answer

    def close(self) -> None:
        """Let go of the connections."""
        self._network.close()


class Later(bootstrap.SystemClock):
    """The clock of this host, so much later."""

    def __init__(self, by: timedelta) -> None:
        self._by = by

    def now(self) -> datetime:
        """Tell the time."""
        return super().now() + self._by


def live(order: dict[str, object]) -> str:
    """Run once as ordered; gives the sentence and the boundaries, if there is time for that."""
    os.environ.clear()  # noqa: TID251 - this is the process that the order is about
    os.environ.update(order["environment"])  # type: ignore[call-overload]  # noqa: TID251
    dies_at, minutes = order["dies_at"], order["minutes"]
    assert isinstance(minutes, int)
    assert dies_at is None or isinstance(dies_at, int)
    fate = Fate(dies_at)
    machine = bootstrap.Machine(
        clock=Later(timedelta(minutes=minutes)),
        transport=MortalTransport(fate),
        ledger=fate.ledger,
        pace=timedelta(0),
        at_once=1,
    )
    report = bootstrap.run_once(bootstrap.load(None, log_format="json"), machine=machine)
    return json.dumps({"sentence": report.sentence, "passed": fate.passed})


def born(order: dict[str, object]) -> tuple[int, str]:
    """Fork, let the child live, and give how it ended and what it told."""
    ears, mouth = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(ears)
        with os.fdopen(mouth, "w") as says:
            says.write(live(order))
        os._exit(0)
    os.close(mouth)
    with os.fdopen(ears) as hears:
        told = hears.read()
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), told


def grow_up() -> None:
    """Build, once for all who are forked from us, what a process builds when it first needs it."""
    incident_as_text(incident())
    report_as_text(
        CycleReport(cycle="0", started_at=T0, finished_at=T0, sentence="Nothing was looked at.")
    )
    MortalTransport(Fate(None)).close()


def main() -> None:
    """Take orders until there are no more."""
    grow_up()
    for line in sys.stdin:
        sys.stdout.write(json.dumps(born(json.loads(line))) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
