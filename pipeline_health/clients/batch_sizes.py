"""How much is asked for in one request: less where a provider gives up, slowly more where not.

Only the size of a batch that was too much, and of which every part passed in the end, is to blame:
what fails alone as well fails at any size. The size is kept, so that the next cycle does not find
it out again, and nothing is written while it stays.
"""

from collections import defaultdict
from dataclasses import replace
from datetime import datetime, timedelta

from pipeline_health.frozen import dataclass
from pipeline_health.ports import Memory

TOPIC = "batch-size"
GROWS_AFTER = timedelta(hours=1)
"""So long a size must do, at every look, before it becomes a quarter more."""
FORGIVES_AFTER = timedelta(days=1)
"""So long nothing as large as what was too much is tried: each try may cost a timeout."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """How the batches of one look went. *asked* is how many things there were in all.

    *passed* is the size that would have been right from the start, *failed* one that was too much;
    None where no batch was. *clean* says that none was asked for again.
    """

    asked: int
    passed: int | None = None
    failed: int | None = None
    clean: bool = True


class Trial:
    """Notes how the parts of each batch go; a batch is named by a number."""

    def __init__(self) -> None:
        self._asked = 0
        self._too_much: dict[int, list[int]] = defaultdict(list)
        self._passed: dict[int, list[int]] = defaultdict(list)
        self._lost: set[int] = set()
        self._given_up: set[int] = set()
        self._single = False

    def passed(self, batch: int, size: int) -> None:
        """Note that a part of that size was answered."""
        self._passed[batch].append(size)
        self._asked += size

    def too_much(self, batch: int, size: int) -> None:
        """Note that a part of that size is asked for again in halves."""
        self._too_much[batch].append(size)

    def lost(self, batch: int, size: int, *, given_up: bool = False) -> None:
        """Note that nothing came of a part; it is *given_up* where a smaller one might pass."""
        self._asked += size
        if given_up:
            self._given_up.add(batch)
            self._too_much[batch].append(size)
            return
        self._lost.add(batch)
        self._single = self._single or size == 1

    def right_for(self, batch: int) -> int | None:
        """Give the size that would have been right for a batch, None where nobody can tell.

        Where the search was given up half of what was too much is a guess; it is none where
        nothing passed at all, or where something failed alone.
        """
        passed, too_much = self._passed[batch], self._too_much[batch]
        if batch in self._lost or not too_much or not passed:
            return None
        if batch not in self._given_up:
            return max(passed)
        return None if self._single else max(min(too_much) // 2, 1)

    def outcome(self) -> Tried:
        """Sum up."""
        right = {batch: self.right_for(batch) for batch in tuple(self._too_much)}
        to_blame = {batch: size for batch, size in right.items() if size is not None}
        return Tried(
            asked=self._asked,
            passed=min(to_blame.values(), default=None),
            failed=min((min(self._too_much[batch]) for batch in to_blame), default=None),
            clean=not self._too_much and not self._lost,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kept:
    """A size and *since* when; *failed* is what was too much then, 0 for nothing."""

    size: int
    since: datetime
    failed: int = 0

    def after(self, tried: Tried, *, most: int, now: datetime) -> "_Kept":
        """Give what is right after a look."""
        if tried.passed is not None and tried.failed is not None:
            return _Kept(size=tried.passed, since=now, failed=tried.failed)
        if not tried.clean or tried.asked <= self.size or self.size >= most:
            return self  # more would save no request
        if self.since > now:
            return replace(self, since=now)  # the clock was set back, by whatever it was wrong
        more = min(self.size + max(self.size // 4, 1), most)
        if now - self.since < (FORGIVES_AFTER if 0 < self.failed <= more else GROWS_AFTER):
            return self
        return _Kept(size=more, since=now, failed=self.failed if more < self.failed else 0)


class BatchSize:
    """The size for one *account*; it begins with *start* and never becomes more than *most*."""

    def __init__(self, memory: Memory, account: str, *, start: int, most: int) -> None:
        self._memory = memory
        self._account = account
        self._start = start
        self._most = max(start, most)

    def size(self) -> int:
        """Give how many things may be asked for in one request now."""
        kept = self._kept()
        return self._start if kept is None else kept.size

    def learn(self, tried: Tried, *, now: datetime) -> None:
        """Keep what a look taught; nothing is written where that is nothing new."""
        kept = self._kept()
        before = kept or _Kept(size=self._start, since=now)
        after = before.after(tried, most=self._most, now=now)
        if kept is None and after == before and tried.asked <= before.size:
            return  # one request is all there is, whatever the size
        text = f"{after.size} {after.failed} {after.since.isoformat()}"
        self._memory.remember(TOPIC, self._account, text, now=now)

    def _kept(self) -> _Kept | None:
        """Read what is kept; a text that another version wrote, or of another age, is nothing."""
        size, _, rest = (self._memory.recall(TOPIC, self._account) or "").partition(" ")
        failed, _, since = rest.partition(" ")
        try:
            kept = _Kept(size=int(size), failed=int(failed), since=datetime.fromisoformat(since))
        except ValueError:
            return None
        return kept if 0 < kept.size <= self._most and kept.since.tzinfo is not None else None
