"""Small facts as rows: one at a time beside a cycle, many at once in it.

While we hold the lease nobody else remembers anything. So what is known is asked for by whole
topics and stays at hand, and what is new waits for the next transaction, whatever that is about:
a fact is on the disk before anything that came after it, and with the lease at the latest. What was
learned under a lease that is lost is dropped: whoever has it now knows better.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from threading import RLock
from typing import TypeAlias

from pipeline_health.frozen import dataclass
from pipeline_health.ledger import queries
from pipeline_health.ledger.codec import as_unicode
from pipeline_health.ledger.retention import REFRESH
from pipeline_health.ledger.store import Store, Transaction
from pipeline_health.ledger.times import as_text

_FEW = 4
"""After so many questions about one topic all of it is read."""

_LARGE = 8_000_000
"""A topic of more characters than this is asked for fact by fact."""

_MANY = 1000
"""So many new facts are written without waiting any longer."""


@dataclass(frozen=True, slots=True)
class _Fact:
    says: str
    kept_at: str


_Place: TypeAlias = tuple[str, str]


class _TooLargeError(Exception):
    """A topic is not worth holding."""


class Facts:
    """The facts of one ledger; threads may share them."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = RLock()
        self._is_ours: Callable[[Transaction], bool] | None = None
        self._topics: dict[str, dict[str, _Fact]] = {}
        self._asked: Counter[str] = Counter()
        self._new: dict[_Place, _Fact | None] = {}

    def recall(self, topic: str, key: str) -> str | None:
        """Give what was remembered, or None."""
        with self._lock:
            known = self._known((as_unicode(topic), as_unicode(key)))
            return None if known is None else known.says

    def remember(self, topic: str, key: str, fact: str, *, now: datetime) -> None:
        """Keep *fact*; what is known already is not written again before it has aged."""
        place, says = (as_unicode(topic), as_unicode(key)), as_unicode(fact)
        with self._lock:
            known = self._known(place)
            if known is None or known.says != says or known.kept_at < as_text(now - REFRESH):
                self._change(place, _Fact(says, as_text(now)))

    def forget(self, topic: str, key: str) -> None:
        """Drop what was remembered, if anything was."""
        place = (as_unicode(topic), as_unicode(key))
        with self._lock:
            if self._known(place) is not None:
                self._change(place, None)

    def begin(self, is_ours: Callable[[Transaction], bool]) -> None:
        """From now on, until `end`, nobody else remembers anything, as long as it *is_ours*."""
        with self._lock:
            self._is_ours = is_ours

    def end(self) -> None:
        """Others may remember again: nothing is held any more."""
        with self._lock:
            self._is_ours = None
            self._topics.clear()
            self._asked.clear()
            self._new.clear()

    @contextmanager
    def writing(self) -> Iterator[Transaction]:
        """Begin a transaction of the store, with what is new as its first part."""
        with self._lock:
            with self._store.writing() as transaction:
                self._write_new(transaction)
                yield transaction
            self._new.clear()

    def _write_new(self, transaction: Transaction) -> None:
        if self._new and self._is_ours is not None and not self._is_ours(transaction):
            self.end()
        for place, fact in self._new.items():
            _write(place, fact, transaction)

    def _change(self, place: _Place, fact: _Fact | None) -> None:
        if self._is_ours is None:
            with self._store.writing() as transaction:
                _write(place, fact, transaction)
            return
        self._new[place] = fact
        self._hold_new(place, fact)
        if len(self._new) >= _MANY:
            with self.writing():
                pass

    def _hold_new(self, place: _Place, fact: _Fact | None) -> None:
        topic, key = place
        held = self._topics.get(topic)
        if held is not None and fact is not None:
            held[key] = fact
        elif held is not None:
            held.pop(key, None)

    def _known(self, place: _Place) -> _Fact | None:
        topic, key = place
        if place in self._new:
            return self._new[place]
        if self._is_ours is not None and topic not in self._topics:
            self._asked[topic] += 1
            if self._asked[topic] == _FEW:
                self._hold(topic)
        if topic in self._topics:
            return self._topics[topic].get(key)
        return next(iter(self._store.read(_Fact, queries.RECALL, topic, key)), None)

    def _hold(self, topic: str) -> None:
        """Read all of *topic*, unless it is too large."""
        held: dict[str, _Fact] = {}
        left = _LARGE

        def keep(key: str, says: str, kept_at: str) -> None:
            nonlocal left
            left -= len(key) + len(says)
            if left < 0:
                raise _TooLargeError
            held[key] = _Fact(says, kept_at)

        try:
            self._store.read(keep, queries.TOPIC, topic)
        except _TooLargeError:
            return
        self._topics[topic] = held
        for place, fact in self._new.items():
            self._hold_new(place, fact)


def _write(place: _Place, fact: _Fact | None, transaction: Transaction) -> None:
    if fact is None:
        transaction.run(queries.FORGET, *place)
    else:
        transaction.run(queries.REMEMBER, *place, fact.says, fact.kept_at)
