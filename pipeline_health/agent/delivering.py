"""The box of letters is emptied: oldest first, in a bounded time, and nothing is lost on the way.

A letter leaves the box when its receiver said yes, when its receiver is gone from the
configuration, or after a week. What fails keeps those behind it waiting, so that nobody reads of
the end before the beginning.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from pipeline_health.core.model.notice import Letter
from pipeline_health.core.model.report import UntoldLine
from pipeline_health.frozen import dataclass
from pipeline_health.ports import Ledger, Notifier, NotifierError

TOPIC = "receiver"
"""Where the ledger remembers of each receiver until when it is not asked, and what it said."""

KEPT = timedelta(days=7)
MOST = 20
_EACH = timedelta(seconds=10)
_LONGEST_HOLD = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """What became of the box: *dropped* are sentences about letters that nobody will get."""

    sent: int = 0
    untold: tuple[UntoldLine, ...] = ()
    dropped: tuple[str, ...] = ()


class Postman:
    """Brings the letters of one *ledger* to *notifiers*, as long as there are seconds *left*."""

    def __init__(
        self,
        ledger: Ledger,
        notifiers: Sequence[Notifier],
        *,
        now: datetime,
        left: Callable[[], float],
    ) -> None:
        self._ledger = ledger
        self._notifiers = {notifier.name: notifier for notifier in notifiers}
        self._now = now
        self._left = left
        self._sent = 0

    def deliver(self) -> Delivery:
        """Send what can be sent; raises LedgerError when the box cannot be opened or kept."""
        letters = self._ledger.letters()
        dropped = tuple(self._swept(letters))
        waiting = {
            name: [each for each in letters if each.receiver == name and not self._is_old(each)]
            for name in self._notifiers
        }
        return Delivery(untold=tuple(self._brought(waiting)), sent=self._sent, dropped=dropped)

    def _swept(self, letters: Sequence[Letter]) -> Iterator[str]:
        for letter in letters:
            gone = letter.receiver not in self._notifiers
            if gone or self._is_old(letter):
                self._ledger.drop(letter)
                why = "is not configured any more" if gone else "did not take it for a week"
                yield f"{letter.notice.title}: {letter.receiver} {why}"

    def _is_old(self, letter: Letter) -> bool:
        return self._now - letter.at > KEPT

    def _brought(self, waiting: Mapping[str, Sequence[Letter]]) -> Iterator[UntoldLine]:
        """Share the time among the receivers, so that a slow one costs the others nothing."""
        names = [name for name, letters in waiting.items() if letters]
        for place, name in enumerate(names):
            share = self._left() / (len(names) - place)
            letters = waiting[name]
            spared = self._left() - share
            sent, why, mistake = self._to(name, letters, spared=spared)
            self._sent += sent
            if sent < len(letters):
                yield UntoldLine(
                    receiver=name, notices=len(letters) - sent, why=why, mistake=mistake
                )

    def _to(self, name: str, letters: Sequence[Letter], *, spared: float) -> tuple[int, str, bool]:
        """Send to one receiver while more than the *spared* seconds are left.

        Gives how many arrived, what kept the others, and whether that is a mistake of ours.
        """
        held = self._held(name)
        if held:
            return 0, held, False
        for sent, letter in enumerate(letters):
            left = self._left() - spared
            if sent == MOST or left <= 0:
                return sent, "the next cycle goes on", False
            within = min(_EACH, timedelta(seconds=left))
            try:
                self._notifiers[name].send(letter, now=self._now, within=within)
            except NotifierError as exc:
                until = exc.until or self._now
                fact = f"{until.isoformat()}\n{exc}"
                self._ledger.remember(TOPIC, name, fact, now=self._now)
                return sent, str(exc), exc.mistake
            self._ledger.drop(letter)
            self._ledger.forget(TOPIC, name)
        return len(letters), "", False

    def _held(self, name: str) -> str:
        """Say why *name* is not asked now; a hold that no failure of ours could be is none."""
        until, _, why = (self._ledger.recall(TOPIC, name) or "").partition("\n")
        try:
            wait = datetime.fromisoformat(until) - self._now
        except (TypeError, ValueError):
            return ""
        return why if timedelta(0) < wait <= _LONGEST_HOLD else ""
