"""Ask for many things at once, and for fewer when that fails, until it is known what fails.

One failing alias turns Railway's whole answer into null (its root fields are non-null), so a batch
is asked again without it, or in halves where nothing names it.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Generic, TypeAlias, TypeVar

from pipeline_health.clients.batch_sizes import Trial
from pipeline_health.clients.errors import (
    ClientError,
    RateLimitedError,
    TimedOutError,
    UnreachableError,
)
from pipeline_health.clients.pieces import STRIKES, Line, Piece
from pipeline_health.clients.railway_errors import TokenRefusedError
from pipeline_health.threads import Outcome, work_off

T = TypeVar("T")

Got: TypeAlias = Mapping[str, T | ClientError]
Fetch: TypeAlias = Callable[[Piece[str]], Got[T]]


def in_pieces(
    ids: Sequence[str],
    fetch: Fetch[T],
    *,
    size: int,
    at_once: int = 1,
    trial: Trial | None = None,
    doubtful: set[str] | None = None,
) -> dict[str, T | ClientError]:
    """Fetch all of *ids*, at most *size* in a request; each is there, with a value or an error.

    *fetch* gives what it could settle, at least one id, or raises when that is none: then the piece
    is halved. A refused token is raised; a rate limit or a host that is not there ends it all.
    At most *at_once* requests are under way; *trial* notes what came of each batch. What was left
    unread of a batch that was being taken apart is added to *doubtful*: it fails, or its neighbour.
    """
    line = Line(ids, size=size, trial=trial)
    # Halving a whole batch down to single ids takes twice its size.
    sends, doubts = len(line.waiting) + 2 * size, set[str]() if doubtful is None else doubtful
    settling = _Settling[T](line, sends=sends, doubtful=doubts)
    work_off(line.waiting, fetch, settling.settle, at_once=lambda: line.room(at_once))
    return settling.settled


class _Settling(Generic[T]):
    """What is settled so far, and what is left of the patience with Railway."""

    def __init__(self, line: Line[str], *, sends: int, doubtful: set[str]) -> None:
        self.settled: dict[str, T | ClientError] = {}
        self._doubtful = doubtful
        self._line = line
        self._sends = sends
        self._strikes = 0

    def settle(self, piece: Piece[str], outcome: Outcome[Got[T]]) -> None:
        """Keep what came of *piece*, and let the rest of it wait again."""
        self._sends -= 1
        try:
            got = outcome()
        except TokenRefusedError:
            raise
        except ClientError as exc:
            self._failed(piece, exc)
        else:
            self._strikes = 0
            self.settled.update(got)
            self._line.passed(piece, rest=[id_ for id_ in piece.things if id_ not in got])

    def _failed(self, piece: Piece[str], exc: ClientError) -> None:
        ends = _ends_it(exc)
        if not ends and self._line.puts_off(piece):
            return
        self._strikes += isinstance(exc, UnreachableError)
        if ends or self._sends <= 0 or self._strikes >= STRIKES:
            for each in (piece, *self._line.drop_all()):
                self._lose(each, exc)
        elif len(piece) == 1:
            self._lose(piece, exc)
        else:
            self._line.halve(piece)

    def _lose(self, piece: Piece[str], exc: ClientError) -> None:
        self.settled.update(dict.fromkeys(piece.things, exc))
        self._line.lost(piece)
        # Neither a limit nor an outage says anything of what was asked for.
        if piece.again and not isinstance(exc, RateLimitedError) and self._strikes < STRIKES:
            self._doubtful.update(piece.things)


def better_halved(piece: Piece[str]) -> tuple[type[ClientError], ...]:
    """Give the errors after which *piece* is halved and not sent again as it is.

    A whole batch is sent again save after a timeout, for most failures pass by themselves. Where a
    part of one times out alone as well, it would take the time of all others to do so twice more.
    """
    if len(piece) == 1:
        return (TimedOutError,) if piece.again else ()
    return (UnreachableError,) if piece.again else (TimedOutError,)


def _ends_it(exc: ClientError) -> bool:
    """Tell whether asking for less cannot help; not even sent means no host, or no time."""
    return isinstance(exc, RateLimitedError) or (isinstance(exc, UnreachableError) and not exc.lost)
