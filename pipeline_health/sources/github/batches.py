"""Many repositories in few requests: batches that become smaller where GitHub gives up."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from pipeline_health.clients.batch_sizes import Trial
from pipeline_health.clients.errors import ClientError, RateLimitedError, UnreachableError
from pipeline_health.clients.github_refusals import TooLargeError
from pipeline_health.clients.github_sighting import Sighting, Wanted, unseen
from pipeline_health.clients.pieces import STRIKES, Line, Piece
from pipeline_health.core.model.readings import Blind
from pipeline_health.threads import Outcome, work_off

MOST_SPLITS = 8
"""One bad repository among 50 is found with 6 splits; an outage must not cost a request each."""


@dataclass(slots=True, kw_only=True)
class Batches:
    """Asks for many repositories by way of *ask*, *size* in a request.

    *blinded* says what an error means, *at_once* how many requests may be under way now, and
    *trial* notes what came of each batch. What failed for good is unseen.
    """

    ask: Callable[[Sequence[Wanted]], Sequence[Sighting]]
    size: int
    blinded: Callable[[ClientError], Blind]
    at_once: Callable[[], int]
    trial: Trial
    _found: dict[Wanted, Sighting] = field(default_factory=dict, init=False)
    _splits: int = field(default=MOST_SPLITS, init=False)
    _strikes: int = field(default=0, init=False)

    def see(self, wanted: Sequence[Wanted]) -> Mapping[Wanted, Sighting]:
        """Ask for everything *wanted*.

        A batch that was too much is halved and both halves are asked for, MOST_SPLITS times in all.
        A rate limit ends it, and so does an outage.
        """
        line = Line(wanted, size=self.size, trial=self.trial)

        def keep(piece: Piece[Wanted], outcome: Outcome[Sequence[Sighting]]) -> None:
            try:
                self._found.update(zip(piece.things, outcome(), strict=True))
            except ClientError as exc:
                self._failed(line, piece, exc)
            else:
                self._strikes = 0
                line.passed(piece)

        work_off(
            line.waiting,
            lambda piece: self.ask(piece.things),
            keep,
            at_once=lambda: line.room(self.at_once()),
        )
        return {each: self._found[each] for each in wanted}

    def _failed(self, line: Line[Wanted], piece: Piece[Wanted], exc: ClientError) -> None:
        divisible = len(piece) > 1 and _may_pass_in_halves(exc)
        if divisible and line.puts_off(piece):
            return
        self._strikes += 1
        ends = isinstance(exc, RateLimitedError) or self._strikes >= STRIKES
        if divisible and self._splits and not ends:
            self._splits -= 1
            line.halve(piece)
            return
        blind = self.blinded(exc)
        for each in (piece, *line.drop_all()) if ends else (piece,):
            line.lost(each, given_up=divisible)
            self._found.update({one: unseen(one, blind) for one in each.things})


def _may_pass_in_halves(exc: ClientError) -> bool:
    """Tell whether the size may be what is wrong; a host that was never reached is not that."""
    return isinstance(exc, TooLargeError) or (isinstance(exc, UnreachableError) and exc.lost)
