"""Ask for many things at once, and for fewer when that fails, until it is known what fails.

One failing alias turns Railway's whole answer into null (its root fields are non-null), so a batch
is asked again without it, or in halves where nothing names it.
"""

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias, TypeVar

from pipeline_health.clients.errors import ClientError, RateLimitedError, UnreachableError
from pipeline_health.clients.railway_errors import TokenRefusedError
from pipeline_health.frozen import dataclass

T = TypeVar("T")
STRIKES = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """What is asked in one request; *again* says that it is part of one that failed."""

    ids: tuple[str, ...]
    again: bool = False


Fetch: TypeAlias = Callable[[Piece], Mapping[str, T | ClientError]]


def in_pieces(ids: Sequence[str], fetch: Fetch[T], *, size: int) -> dict[str, T | ClientError]:
    """Fetch all of *ids*, at most *size* in a request; each is there, with a value or an error.

    *fetch* gives what it could settle, at least one id, or raises when that is none: then the piece
    is halved. A refused token is raised; a rate limit or a host that is not there ends it all.
    """
    waiting = deque(
        Piece(ids=tuple(ids[start : start + size])) for start in range(0, len(ids), size)
    )
    sends = len(waiting) + 2 * size  # halving a whole batch down to single ids takes as many
    strikes = 0
    settled: dict[str, T | ClientError] = {}
    while waiting:
        piece = waiting.popleft()
        sends -= 1
        try:
            got = fetch(piece)
        except TokenRefusedError:
            raise
        except ClientError as exc:
            strikes += isinstance(exc, UnreachableError)
            if sends <= 0 or strikes >= STRIKES or _ends_it(exc):
                return settled | dict.fromkeys(_all(piece, *waiting), exc)
            if len(piece.ids) == 1:
                settled[piece.ids[0]] = exc
            waiting.extend(_halves(piece))
        else:
            strikes = 0
            settled.update(got)
            rest = tuple(id_ for id_ in piece.ids if id_ not in got)
            waiting.extend([Piece(ids=rest, again=True)] if rest else [])
    return settled


def _ends_it(exc: ClientError) -> bool:
    """Tell whether asking for less cannot help; not even sent means no host, or no time."""
    return isinstance(exc, RateLimitedError) or (isinstance(exc, UnreachableError) and not exc.lost)


def _halves(piece: Piece) -> tuple[Piece, ...]:
    if len(piece.ids) == 1:
        return ()
    middle = (len(piece.ids) + 1) // 2
    return (
        Piece(ids=piece.ids[:middle], again=True),
        Piece(ids=piece.ids[middle:], again=True),
    )


def _all(*pieces: Piece) -> tuple[str, ...]:
    return tuple(id_ for piece in pieces for id_ in piece.ids)
