"""A computer on which the agent runs: a clock that may step, a disk that may be full, and death."""

import os
import shutil
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

from pipeline_health.ledger import Holder, SqlLedger
from pipeline_health.ledger.faults import explained
from pipeline_health.ledger.store import Transaction, WritableStore
from pipeline_health.ports import Ledger, LedgerError
from pipeline_health.settings import Settings
from pipeline_health.simulator import World

NO_PROCESS = 2**30
"""No system that we run on gives a process so great a number."""


class Died(BaseException):
    """The process is killed here; nothing of it happens any more."""


@dataclass(slots=True)
class HostClock:
    """A host's clock: *offset* is what it is off by, *asleep* how long the host was suspended.

    An *exchange* is a thread in which a request is answered. Whoever asks for the time meanwhile
    waits for it, so that a seed tells the same story on every machine.
    """

    world: World
    offset: timedelta = timedelta(0)
    asleep: timedelta = timedelta(0)
    exchanges: list[threading.Thread] = field(default_factory=list)
    _born: datetime = field(init=False)

    def __post_init__(self) -> None:
        self._born = self.world.now()

    def now(self) -> datetime:
        """Tell the time, right or wrong."""
        return self.world.now() + self.offset

    def monotonic(self) -> float:
        """Tell seconds, unmoved by steps, and without those of a suspend."""
        here = threading.current_thread()
        inner = self.exchanges.index(here) + 1 if here in self.exchanges else 0
        for exchange in self.exchanges[inner:]:
            exchange.join()
        del self.exchanges[inner:]
        return (self.world.now() - self._born - self.asleep).total_seconds()

    def sleep(self, seconds: float) -> None:
        """Let the world go on."""
        self.world.advance(timedelta(seconds=seconds))

    def suspend(self, by: timedelta) -> None:
        """Let the world go on without us."""
        self.world.advance(by)
        self.asleep += by


@dataclass(slots=True)
class Fate:
    """What becomes of one process: *at_commit* is called before and after each commit.

    A dead one writes nothing any more; it cannot even give its lease back.
    """

    at_commit: Callable[[str], None] = lambda _: None
    dead: bool = False
    full: bool = False

    def die(self) -> None:
        """Be killed now."""
        self.dead = True
        raise Died


class MortalStore(WritableStore):
    """The ledger's file in the hands of a process with a fate."""

    def __init__(self, path: Path, fate: Fate) -> None:
        self._fate = fate
        super().__init__(path)

    @contextmanager
    def writing(self) -> Iterator[Transaction]:
        """Begin a transaction, if this process lives and its disk has room."""
        if self._fate.dead:
            msg = "a dead process writes nothing"
            raise LedgerError(msg)
        self._fate.at_commit("before a commit")
        with explained("write", self.path):
            if self._fate.full:
                raise _full()
        with super().writing() as transaction:
            yield transaction
        self._fate.at_commit("after a commit")


def _full() -> sqlite3.OperationalError:
    error = sqlite3.OperationalError("database or disk is full")
    error.sqlite_errorcode = sqlite3.SQLITE_FULL
    return error


@dataclass(slots=True)
class Computer:
    """One host: its ledger's file, copies of it, and its clock."""

    name: str
    home: Path
    clock: HostClock
    copies: list[tuple[datetime, Path]] = field(default_factory=list)

    @property
    def ledger(self) -> Path:
        """Where the ledger is."""
        return self.home / "ledger.db"

    def opening(
        self, fate: Fate, dice: Random, *, mortal: bool
    ) -> Callable[[Settings], AbstractContextManager[Ledger]]:
        """Give what opens the ledger for a process; a *mortal* one can be proved dead."""
        holder = Holder(
            nonce=f"{dice.getrandbits(64):016x}",
            pid=NO_PROCESS if mortal else os.getpid(),
            host=self.name,
            boot="",
            started="",
        )

        @contextmanager
        def opened(settings: Settings) -> Iterator[Ledger]:
            store = MortalStore(settings.ledger_path, fate)
            with SqlLedger(store, holder=holder) as ledger:
                yield ledger

        return opened

    def copy(self, *, now: datetime) -> None:
        """Keep a copy of the ledger, as a backup does, for some hours."""
        if not self.ledger.exists():
            return
        if self.copies and now - self.copies[-1][0] < timedelta(minutes=20):
            return
        target = self.home / f"copy-{len(self.copies)}-{now:%d%H%M%S}.db"
        shutil.copyfile(self.ledger, target)
        self.copies.append((now, target))
        while len(self.copies) > 12:
            self.copies.pop(0)[1].unlink()

    def lose(self) -> None:
        """Lose the ledger."""
        for left in self.home.glob("ledger.db*"):
            left.unlink()

    def restore(self, *, now: datetime) -> datetime | None:
        """Put the newest copy back that is an hour old; gives when it was made."""
        old = [copy for copy in self.copies if now - copy[0] >= timedelta(hours=1)]
        if not old:
            return None
        self.lose()
        shutil.copyfile(old[-1][1], self.ledger)
        return old[-1][0]
