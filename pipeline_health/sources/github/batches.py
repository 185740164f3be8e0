"""Many repositories in few requests: batches that become smaller where GitHub gives up."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus

from pipeline_health.clients.batch_sizes import Trial
from pipeline_health.clients.errors import (
    ClientError,
    RateLimitedError,
    RefusedError,
    UnreachableError,
)
from pipeline_health.clients.github_refusals import TooLargeError
from pipeline_health.clients.github_sighting import Sighting, Wanted, unseen
from pipeline_health.clients.pieces import STRIKES, Line, Piece
from pipeline_health.core.model.readings import Blind
from pipeline_health.ports import Memory
from pipeline_health.threads import Outcome, work_off

MOST_SPLITS = 8
"""One bad repository among 50 is found with 6 splits; an outage must not cost a request each."""

ALONE = "asked-alone"
"""The topic under which it is remembered that a repository fails alone as well."""


@dataclass(slots=True, kw_only=True)
class Batches:
    """Asks for many repositories by way of *ask*, *size* in a request.

    *blinded* says what an error means, *at_once* how many requests may be under way now, and
    *trial* notes what came of each batch. What failed for good is unseen; *failed_alone* is what
    did so in the end without anything else of its batch.
    """

    ask: Callable[[Sequence[Wanted]], Sequence[Sighting]]
    size: int
    blinded: Callable[[ClientError], Blind]
    at_once: Callable[[], int]
    trial: Trial
    failed_alone: set[Wanted] = field(default_factory=set, init=False)
    _found: dict[Wanted, Sighting] = field(default_factory=dict, init=False)
    _splits: int = field(default=MOST_SPLITS, init=False)
    _strikes: int = field(default=0, init=False)

    def see(self, wanted: Sequence[Wanted]) -> Mapping[Wanted, Sighting]:
        """Ask for everything *wanted*.

        A batch that was too much is halved and both halves are asked for, MOST_SPLITS times in all.
        A rate limit ends it, and so do a refused token and an outage.
        """
        line = Line(wanted, size=self.size, trial=self.trial)

        def keep(piece: Piece[Wanted], outcome: Outcome[Sequence[Sighting]]) -> None:
            try:
                seen = outcome()
            except ClientError as exc:
                self._failed(line, piece, exc)
            else:
                self._passed(line, piece, seen)

        work_off(
            line.waiting,
            lambda piece: self.ask(piece.things),
            keep,
            at_once=lambda: line.room(self.at_once()),
        )
        return {each: self._found[each] for each in wanted}

    def _passed(self, line: Line[Wanted], piece: Piece[Wanted], seen: Sequence[Sighting]) -> None:
        self._strikes = 0
        self._found.update(zip(piece.things, seen, strict=True))
        if piece.again and any(one.cut for one in seen):  # no size would have been right for it
            self.failed_alone.update(piece.things)
            line.lost(piece)
        else:
            line.passed(piece)

    def _failed(self, line: Line[Wanted], piece: Piece[Wanted], exc: ClientError) -> None:
        divisible = len(piece) > 1 and _may_pass_in_halves(exc)
        if divisible and line.puts_off(piece):
            return
        self._strikes += 1
        ends = _ends_it(exc) or self._strikes >= STRIKES
        if divisible and self._splits and not ends:
            self._splits -= 1
            line.halve(piece)
            return
        if piece.again and len(piece) == 1 and not ends and _may_pass_in_halves(exc):
            self.failed_alone.update(piece.things)
        blind = self.blinded(exc)
        for each in (piece, *line.drop_all()) if ends else (piece,):
            line.lost(each, given_up=divisible)
            self._found.update({one: unseen(one, blind) for one in each.things})


def _ends_it(exc: ClientError) -> bool:
    """Tell whether GitHub would say the same to whatever else we asked, and think ill of us."""
    refused = isinstance(exc, RefusedError) and exc.status == HTTPStatus.UNAUTHORIZED
    return refused or isinstance(exc, RateLimitedError)


def _may_pass_in_halves(exc: ClientError) -> bool:
    """Tell whether the size may be what is wrong; a host that was never reached is not that."""
    return isinstance(exc, TooLargeError) or (isinstance(exc, UnreachableError) and exc.lost)


class Loners:
    """Remembers which repositories fail alone as well, in *memory*: these are asked for alone.

    In a batch each of them costs every look the search for it, and MOST_SPLITS find one or two:
    what is healthy beside a third one would be blind, look after look.
    """

    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    def among(self, wanted: Sequence[Wanted]) -> tuple[Wanted, ...]:
        """Give those of *wanted* that are to be asked for alone."""
        return tuple(one for one in wanted if self._memory.recall(ALONE, one.repo.lower()))

    def learn(
        self, found: Collection[Wanted], passed: Collection[Wanted], *, now: datetime
    ) -> None:
        """Remember what was *found* to fail alone; what *passed* goes with the others again."""
        for one in passed:
            self._memory.forget(ALONE, one.repo.lower())
        for one in found:
            self._memory.remember(ALONE, one.repo.lower(), now.isoformat(), now=now)
