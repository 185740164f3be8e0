"""What is asked for in many requests: batches, and halves of those that were too much.

While one batch is taken apart everything else waits: what it teaches spares the others the same.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Generic, TypeVar

from pipeline_health.clients.batch_sizes import Trial
from pipeline_health.frozen import dataclass

T = TypeVar("T")
STRIKES = 10
"""So many failures in a row are an outage; as many find what passes of 50, if a tenth does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece(Generic[T]):
    """What is asked in one request; *again* says that it is part of a *batch* that failed.

    *first* is the half whose other half is asked next.
    """

    things: tuple[T, ...]
    batch: int = 0
    again: bool = False
    first: bool = False

    def __len__(self) -> int:
        return len(self.things)

    def cut(self, size: int) -> "Iterator[Piece[T]]":
        """Give it in pieces of *size* at most."""
        for start in range(0, len(self.things), size):
            yield replace(self, things=self.things[start : start + size])

    def halves(self) -> "tuple[Piece[T], Piece[T]]":
        """Give its two halves."""
        middle = (len(self.things) + 1) // 2
        return (
            replace(self, things=self.things[:middle], again=True, first=True),
            replace(self, things=self.things[middle:], again=True, first=False),
        )


class Line(Generic[T]):
    """What is *waiting* to be asked for, *size* at most in a request; *trial* notes how it went."""

    def __init__(self, things: Sequence[T], *, size: int, trial: Trial | None = None) -> None:
        whole = enumerate(Piece(things=tuple(things)).cut(size))
        self.waiting = deque(replace(piece, batch=at) for at, piece in whole)
        self._trial = trial or Trial()
        self._apart: int | None = None

    def room(self, most: int) -> int:
        """Tell how many may be under way, *most* at a time."""
        return most if self._apart is None else 1

    def puts_off(self, piece: Piece[T]) -> bool:
        """Let a *piece* that failed wait where another one is taken apart; tells whether it does.

        It was under way before that began, and so it comes to this once.
        """
        if self._apart in (None, piece.batch):
            return False
        self.waiting.append(piece)
        return True

    def halve(self, piece: Piece[T]) -> None:
        """Ask for the halves of *piece*, and for nothing else until its whole batch is settled.

        Both halves of a piece are asked for before a half of one of them: where one thing is to
        blame one of the two passes. And the first one is taken apart first: where the size is to
        blame few requests find what passes.
        """
        self._apart = piece.batch
        self._trial.too_much(piece.batch, len(piece))
        beside = sum(each.batch == piece.batch for each in self.waiting)
        for at, half in enumerate(piece.halves(), 1 if piece.first else beside):
            self.waiting.insert(at, half)

    def passed(self, piece: Piece[T], *, rest: Sequence[T] = ()) -> None:
        """Note that *piece* was answered, but for the *rest* of it, which is asked for next."""
        if rest:
            self.waiting.appendleft(replace(piece, things=tuple(rest), again=True, first=False))
        self._trial.passed(piece.batch, len(piece) - len(rest))
        self._conclude(piece.batch)

    def lost(self, piece: Piece[T], *, given_up: bool = False) -> None:
        """Note that nothing came of *piece*; it is *given_up* where a smaller one might pass."""
        self._trial.lost(piece.batch, len(piece), given_up=given_up)
        self._conclude(piece.batch)

    def drop_all(self) -> Sequence[Piece[T]]:
        """Let nothing wait any more, and give what did."""
        dropped = tuple(self.waiting)
        self.waiting.clear()
        return dropped

    def _conclude(self, batch: int) -> None:
        """Cut what waits to the size that was found, where all of the batch that taught it passed.

        That one is the only one under way: its parts are asked for one after the other.
        """
        if batch != self._apart or any(piece.batch == batch for piece in self.waiting):
            return
        self._apart = None
        right = self._trial.right_for(batch)
        if right is not None:
            smaller = [part for piece in self.waiting for part in piece.cut(right)]
            self.waiting.clear()
            self.waiting.extend(smaller)
