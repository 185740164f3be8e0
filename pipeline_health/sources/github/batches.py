"""Many repositories in few requests: batches that become smaller where GitHub gives up."""

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from pipeline_health.clients.batch_sizes import Trial
from pipeline_health.clients.errors import ClientError, RateLimitedError, UnreachableError
from pipeline_health.clients.github_refusals import TooLargeError
from pipeline_health.clients.github_sighting import Sighting, Wanted, unseen
from pipeline_health.core.model.readings import Blind
from pipeline_health.threads import Outcome, work_off

MOST_SPLITS = 8
"""One bad repository among 50 is found with 6 splits; an outage must not cost a request each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Batch:
    """What is asked for in one request, part of the batch of that *number*."""

    wanted: Sequence[Wanted]
    number: int

    def halves(self) -> "tuple[_Batch, _Batch]":
        half = (len(self.wanted) + 1) // 2
        return (
            _Batch(wanted=self.wanted[:half], number=self.number),
            _Batch(wanted=self.wanted[half:], number=self.number),
        )


@dataclass(slots=True, kw_only=True)
class Batches:
    """Asks for many repositories by way of *ask*, *size* in a request.

    *blinded* says what an error means, *at_once* how many requests may be under way now, and
    *trial* notes what came of each batch. What failed for good is unseen.
    """

    ask: Callable[[Sequence[Wanted]], Sequence[Sighting]]
    size: int
    blinded: Callable[[ClientError], Blind]
    at_once: Callable[[], int] = lambda: 1
    trial: Trial = field(default_factory=Trial)
    _queue: deque[_Batch] = field(default_factory=deque, init=False)
    _found: dict[Wanted, Sighting] = field(default_factory=dict, init=False)
    _splits: int = field(default=MOST_SPLITS, init=False)

    def see(self, wanted: Sequence[Wanted]) -> Mapping[Wanted, Sighting]:
        """Ask for everything *wanted*.

        A batch that was too much is halved and both halves are asked for, MOST_SPLITS times in all.
        """
        for start in range(0, len(wanted), self.size):
            self._queue.append(_Batch(wanted=wanted[start : start + self.size], number=start))
        work_off(
            self._queue, lambda batch: self.ask(batch.wanted), self._keep, at_once=self.at_once
        )
        return {each: self._found[each] for each in wanted}

    def _keep(self, batch: _Batch, outcome: Outcome[Sequence[Sighting]]) -> None:
        try:
            self._found.update(zip(batch.wanted, outcome(), strict=True))
        except ClientError as exc:
            self._failed(batch, exc)
        else:
            self.trial.passed(batch.number, len(batch.wanted))

    def _failed(self, batch: _Batch, exc: ClientError) -> None:
        if self._splits and len(batch.wanted) > 1 and _may_pass_in_halves(exc):
            self._splits -= 1
            self.trial.too_much(batch.number, len(batch.wanted))
            self._queue.extend(batch.halves())
            return
        lost = [batch]
        if isinstance(exc, RateLimitedError):
            lost += self._queue
            self._queue.clear()
        blind = self.blinded(exc)
        for each in lost:
            self.trial.lost(each.number, len(each.wanted))
            self._found.update({one: unseen(one, blind) for one in each.wanted})


def _may_pass_in_halves(exc: ClientError) -> bool:
    """Tell whether the size may be what is wrong; a host that was never reached is not that."""
    return isinstance(exc, TooLargeError) or (isinstance(exc, UnreachableError) and exc.lost)
