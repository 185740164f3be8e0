"""Ask for many things at once, and for fewer when that fails, until it is known what fails.

One failing alias turns Railway's whole answer into null (its root fields are non-null), so a batch
is asked again without it, or in halves where nothing names it.
"""

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeAlias, TypeVar

from pipeline_health.clients.batch_sizes import Trial
from pipeline_health.clients.errors import ClientError, RateLimitedError, UnreachableError
from pipeline_health.clients.railway_errors import TokenRefusedError
from pipeline_health.threads import Outcome, work_off

T = TypeVar("T")
STRIKES = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """What is asked in one request; *again* says that it is part of a *batch* that failed."""

    ids: tuple[str, ...]
    again: bool = False
    batch: int = 0


Got: TypeAlias = Mapping[str, T | ClientError]
Fetch: TypeAlias = Callable[[Piece], Got[T]]


def in_pieces(
    ids: Sequence[str],
    fetch: Fetch[T],
    *,
    size: int,
    at_once: int = 1,
    trial: Trial | None = None,
) -> dict[str, T | ClientError]:
    """Fetch all of *ids*, at most *size* in a request; each is there, with a value or an error.

    *fetch* gives what it could settle, at least one id, or raises when that is none: then the piece
    is halved. A refused token is raised; a rate limit or a host that is not there ends it all.
    At most *at_once* requests are under way; *trial* notes what came of each batch.
    """
    waiting = deque(
        Piece(ids=tuple(ids[start : start + size]), batch=start)
        for start in range(0, len(ids), size)
    )
    pieces = _Pieces[T](waiting, sends=len(waiting) + 2 * size, trial=trial or Trial())
    work_off(waiting, fetch, pieces.settle, at_once=lambda: at_once)
    return pieces.settled


class _Pieces(Generic[T]):
    """What is waiting, and what is settled; halving a batch to single ids takes 2 * size sends."""

    def __init__(self, waiting: deque[Piece], *, sends: int, trial: Trial) -> None:
        self.settled: dict[str, T | ClientError] = {}
        self._waiting = waiting
        self._sends = sends
        self._strikes = 0
        self._trial = trial

    def settle(self, piece: Piece, outcome: Outcome[Got[T]]) -> None:
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
            self._trial.passed(piece.batch, len(got))
            rest = tuple(id_ for id_ in piece.ids if id_ not in got)
            if rest:
                self._waiting.append(Piece(ids=rest, again=True, batch=piece.batch))

    def _failed(self, piece: Piece, exc: ClientError) -> None:
        self._strikes += isinstance(exc, UnreachableError)
        if self._sends <= 0 or self._strikes >= STRIKES or _ends_it(exc):
            for lost in (piece, *self._waiting):
                self._lose(lost, exc)
            self._waiting.clear()
        elif len(piece.ids) == 1:
            self._lose(piece, exc)
        else:
            self._trial.too_much(piece.batch, len(piece.ids))
            self._waiting.extend(_halves(piece))

    def _lose(self, piece: Piece, exc: ClientError) -> None:
        self.settled.update(dict.fromkeys(piece.ids, exc))
        self._trial.lost(piece.batch, len(piece.ids))


def _ends_it(exc: ClientError) -> bool:
    """Tell whether asking for less cannot help; not even sent means no host, or no time."""
    return isinstance(exc, RateLimitedError) or (isinstance(exc, UnreachableError) and not exc.lost)


def _halves(piece: Piece) -> tuple[Piece, Piece]:
    middle = (len(piece.ids) + 1) // 2
    return (
        Piece(ids=piece.ids[:middle], again=True, batch=piece.batch),
        Piece(ids=piece.ids[middle:], again=True, batch=piece.batch),
    )
