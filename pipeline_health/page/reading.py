"""What every page is drawn from: the ledger at one moment, and what the operator wants."""

from collections.abc import Callable, Mapping
from dataclasses import field
from datetime import datetime, timedelta
from functools import lru_cache
from threading import Lock
from typing import Final, Protocol, TypeVar

from pipeline_health.agent.facts import facts_of, past_of
from pipeline_health.core.board import board_of
from pipeline_health.core.inert import visible
from pipeline_health.core.model.board import Board, Facts, Past, Wishes
from pipeline_health.core.model.ids import Fingerprint
from pipeline_health.core.model.journal import TrailLine
from pipeline_health.core.promise import Account, account_of
from pipeline_health.frozen import dataclass
from pipeline_health.ports import Ledger

T = TypeVar("T")

LATELY: Final = timedelta(days=30)
"""How far back the page looks: its time line, and the promise in time."""
_REMEMBERED: Final = 8192


class Records(Protocol):
    """A ledger that is only read."""

    def at_one_moment(self, look: Callable[[Ledger], T]) -> T:
        """Give what *look* makes of the ledger, all of it as of one moment; raises LedgerError."""
        ...

    def stamp(self) -> object:
        """Give what is another one whenever anything was written since."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What was read at one moment."""

    facts: Facts
    past: Past


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """All that one page may show. *told* makes any text fit to be shown: redacted, and visible.

    *known* are the fingerprints of which there is a page.
    """

    board: Board
    known: frozenset[Fingerprint]
    account: Account
    trail: tuple[TrailLine, ...]
    told: Callable[[str], str]
    redact: Callable[[str], str]


@dataclass(kw_only=True)
class Reader:
    """Reads what a page needs: anew whenever the ledger has changed, and else what it had.

    *wishes* and *redact* give what holds now, which a reload may change.
    """

    records: Records
    wishes: Callable[[], Wishes]
    redact: Callable[[], Callable[[str], str]]
    now: Callable[[], datetime]
    _had: tuple[object, Kept] | None = field(default=None, init=False)
    _lock: Lock = field(default_factory=Lock, init=False)

    def view(self, *, of: Callable[[Facts], Fingerprint | None] = lambda _: None) -> View:
        """Give what is known now, with the trail *of* one incident; raises LedgerError."""

        def read(ledger: Ledger) -> tuple[object, Kept, tuple[TrailLine, ...]]:
            stamp, kept = self._read(ledger)
            chosen = of(kept.facts)
            return stamp, kept, () if chosen is None else ledger.trail(chosen)

        with self._lock:
            stamp, kept, trail = self.records.at_one_moment(read)
            self._had = (stamp, kept)
        return self._view(kept, trail)

    def everything(self) -> tuple[View, Mapping[Fingerprint, tuple[TrailLine, ...]]]:
        """Give what is known now, and the trail of every incident, as of one moment."""

        def read(ledger: Ledger) -> tuple[Kept, Mapping[Fingerprint, tuple[TrailLine, ...]]]:
            _, kept = self._read(ledger)
            known = [each.fingerprint for each in kept.facts.incidents]
            known += [each.fingerprint for each in kept.facts.parents]
            return kept, {each: ledger.trail(each) for each in known}

        with self._lock:
            kept, trails = self.records.at_one_moment(read)
        return self._view(kept, ()), trails

    def _view(self, kept: Kept, trail: tuple[TrailLine, ...]) -> View:
        now, wishes, redact = self.now(), self.wishes(), self.redact()
        return View(
            board=board_of(kept.facts, wishes, now=now),
            known=frozenset(kept.facts.fingerprints),
            account=account_of(kept.facts, kept.past, wishes, since=now - LATELY, now=now),
            trail=trail,
            told=told_by(redact),
            redact=redact,
        )

    def _read(self, ledger: Ledger) -> tuple[object, Kept]:
        """Read what is kept, unless it is as it was; only a moment that held may be remembered."""
        stamp = self.records.stamp()
        if self._had is not None and self._had[0] == stamp:
            return self._had
        facts = facts_of(ledger)
        return stamp, Kept(facts=facts, past=past_of(ledger, facts))


@lru_cache(maxsize=2)
def told_by(redact: Callable[[str], str]) -> Callable[[str], str]:
    """Give what makes a text fit to be shown; most texts are the same on each page.

    Visible first: what is hidden between signs that nobody sees is redacted, too.
    """
    return lru_cache(_REMEMBERED)(lambda text: redact(visible(text)))
