"""The right to write, as a value that nobody but a ledger can make."""

from collections.abc import Callable
from datetime import datetime

from pipeline_health.ports import Lease, LeaseLostError

_MINT = object()


class HeldLease:
    """A lease that was taken; whether it still holds is asked at every write."""

    __slots__ = ("_prolong", "epoch", "issuer")

    def __init__(
        self, mint: object, issuer: object, *, epoch: int, prolong: Callable[[datetime], None]
    ) -> None:
        if mint is not _MINT:
            msg = "a lease is taken from a ledger, it cannot be made"
            raise TypeError(msg)
        self.issuer = issuer
        self.epoch = epoch
        self._prolong = prolong

    def renew(self, *, now: datetime) -> None:
        """Prolong it, or raise LeaseLostError when somebody else has it now."""
        self._prolong(now)


def grant(issuer: object, *, epoch: int, prolong: Callable[[datetime], None]) -> HeldLease:
    """Make the lease that *issuer* has just written down under *epoch*."""
    return HeldLease(_MINT, issuer, epoch=epoch, prolong=prolong)


def epoch_of(lease: Lease, *, issuer: object) -> int:
    """Give the epoch of *lease*; raises LeaseLostError when *issuer* did not make it."""
    if isinstance(lease, HeldLease) and lease.issuer is issuer:
        return lease.epoch
    msg = "this lease is not of this ledger; nothing was written"
    raise LeaseLostError(msg)
