"""The lease as a row: who may write, until when, and when another run may take over.

Free is a lease that was released, that has run out, or whose holder is proved to be dead. The clock
is believed as it is: when it steps back, a living holder keeps the lease until the written time
comes round again, a dead one on this host is noticed all the same; when it steps forward, the lease
counts as run out, and its holder learns so before its next write.
"""

from datetime import datetime, timedelta

from pipeline_health.frozen import dataclass
from pipeline_health.ledger import queries
from pipeline_health.ledger.holder import Holder, is_dead
from pipeline_health.ledger.store import Store, Transaction
from pipeline_health.ledger.times import as_text, as_time
from pipeline_health.ports import LeaseHeldError, LeaseLostError


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    epoch: int
    held: bool
    taken_at: datetime
    expires_at: datetime


class LeaseTable:
    """Takes, prolongs and gives back the lease of one ledger in the name of *holder*."""

    def __init__(self, store: Store, *, holder: Holder) -> None:
        self._store = store
        self._holder = holder

    def take(self, *, now: datetime, lasting: timedelta) -> int:
        """Take the lease and give its epoch, or raise LeaseHeldError saying who has it."""
        with self._store.writing() as transaction:
            before = self._require_free(transaction, now=now)
            times = (as_text(now), as_text(now + lasting))
            transaction.run(queries.TAKE_LEASE, before + 1, *times, *_columns(self._holder))
            return before + 1

    def renew(self, epoch: int, *, until: datetime) -> None:
        """Prolong the lease, or raise LeaseLostError."""
        with self._store.writing() as transaction:
            mine = (epoch, self._holder.nonce)
            if transaction.run(queries.RENEW_LEASE, as_text(until), *mine) == 0:
                raise self._lost()

    def is_ours(self, epoch: int, transaction: Transaction) -> bool:
        """Tell whether the lease is still ours in *transaction*."""
        return bool(transaction.read(int, queries.OUR_LEASE, epoch, self._holder.nonce))

    def require(self, epoch: int, transaction: Transaction) -> None:
        """Raise LeaseLostError unless the lease is still ours in *transaction*."""
        if not self.is_ours(epoch, transaction):
            raise self._lost()

    def release(self, epoch: int, transaction: Transaction) -> None:
        """Give the lease back in *transaction*, if it is still ours."""
        transaction.run(queries.RELEASE_LEASE, epoch, self._holder.nonce)

    def _require_free(self, transaction: Transaction, *, now: datetime) -> int:
        """Give the epoch of the lease before, 0 for none, or raise LeaseHeldError."""
        rows = transaction.read(_row, queries.LEASE)
        if not rows:
            return 0
        if rows[0].held and now < rows[0].expires_at:
            self._require_dead(transaction, rows[0])
        return rows[0].epoch

    def _require_dead(self, transaction: Transaction, row: _Row) -> None:
        (holder,) = transaction.read(_holder, queries.LEASE_HOLDER)
        if is_dead(holder, here=self._holder):
            return
        msg = (
            f"another run holds the lease of {self._store.path}: pid {holder.pid} on "
            f"{holder.host} has held it since {row.taken_at:%Y-%m-%d %H:%M:%S} UTC; "
            f"it expires at {row.expires_at:%Y-%m-%d %H:%M:%S} UTC"
        )
        raise LeaseHeldError(msg, retryable=True)

    def _lost(self) -> LeaseLostError:
        msg = (
            f"the lease of {self._store.path} is no longer ours: it ran out and another run took "
            "it, or the file was changed; nothing more is written, the next cycle looks again"
        )
        return LeaseLostError(msg)


def _columns(holder: Holder) -> tuple[str, int, str, str, str]:
    return holder.nonce, holder.pid, holder.host, holder.boot, holder.started


def _row(epoch: int, held: int, taken_at: str, expires_at: str) -> _Row:
    return _Row(
        epoch=epoch, held=held == 1, taken_at=as_time(taken_at), expires_at=as_time(expires_at)
    )


def _holder(nonce: str, pid: int, host: str, boot: str, started: str) -> Holder:
    return Holder(nonce=nonce, pid=pid, host=host, boot=boot, started=started)
