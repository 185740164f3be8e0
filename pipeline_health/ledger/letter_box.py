"""What people know, and the notices that are on their way to them: both change at once.

A letter is in the box until its receiver said yes. Whoever dies between that yes and the commit
sends it twice; nobody is ever left untold.
"""

from collections.abc import Sequence
from datetime import datetime

from pipeline_health.core.model.notice import Letter, Notice, Told
from pipeline_health.ledger import queries
from pipeline_health.ledger.codec import notice_as_text, notice_of, told_as_text, told_of
from pipeline_health.ledger.store import Store, Transaction
from pipeline_health.ledger.times import as_text, as_time


class LetterBox:
    """The box of one ledger."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def told(self) -> Told | None:
        """Give what people know, None when nobody was ever told anything."""
        return next(iter(self._store.read(told_of, queries.TOLD)), None)

    def put(
        self,
        told: Told,
        notices: Sequence[Notice],
        transaction: Transaction,
        *,
        receivers: Sequence[str],
        now: datetime,
    ) -> None:
        """Keep what people know and a letter for each receiver, in *transaction*."""
        transaction.run(queries.KEEP_TOLD, told_as_text(told))
        for notice in notices:
            for receiver in receivers:
                transaction.run(queries.POST, receiver, as_text(now), notice_as_text(notice))

    def letters(self) -> tuple[Letter, ...]:
        """Give what is in the box, oldest first."""
        return tuple(self._store.read(_letter, queries.LETTERS))

    def drop(self, letter: Letter) -> None:
        """Take a letter out of the box."""
        with self._store.writing() as transaction:
            transaction.run(queries.DROP_LETTER, letter.id)


def _letter(number: int, receiver: str, at: str, document: str) -> Letter:
    notice = notice_of(document, number=number)
    return Letter(id=number, receiver=receiver, at=as_time(at), notice=notice)
