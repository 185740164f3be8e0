"""What every ledger promises of its lease: one writes at a time, and knows when it may not."""

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest

from ledger_kinds import EVERY_LEDGER
from ledger_samples import LASTING, MINUTE, T0, a_report, an_incident, an_intent
from pipeline_health.ledger import MemoryLedger
from pipeline_health.ports import Lease, LeaseHeldError, LeaseLostError, Ledger


@pytest.fixture(params=EVERY_LEDGER)
def ledger(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Ledger]:
    """Give each implementation in turn, empty."""
    with EVERY_LEDGER[request.param](tmp_path) as opened:
        yield opened


class ForgedLease:
    """A lease that no ledger made."""

    def renew(self, *, now: datetime) -> None:
        """Claim to have renewed."""


def test_a_second_cycle_cannot_take_the_lease_while_the_first_holds_it(ledger: Ledger) -> None:
    """Whoever comes second is told that the lease is held, and that later it may not be."""
    with (
        ledger.lease(now=T0, lasting=LASTING),
        pytest.raises(LeaseHeldError, match="holds the lease") as refused,
        ledger.lease(now=T0 + MINUTE, lasting=LASTING),
    ):
        pass

    assert refused.value.retryable


def test_a_lease_is_free_again_after_its_cycle(ledger: Ledger) -> None:
    """Leaving the block gives the lease back, long before it runs out."""
    with ledger.lease(now=T0, lasting=LASTING):
        pass

    with ledger.lease(now=T0, lasting=LASTING) as lease:
        lease.renew(now=T0)


def test_a_lease_is_given_back_when_the_cycle_fails(ledger: Ledger) -> None:
    """An exception passes through, and the next cycle starts at once."""
    with pytest.raises(ZeroDivisionError), ledger.lease(now=T0, lasting=LASTING):
        raise ZeroDivisionError

    with ledger.lease(now=T0, lasting=LASTING) as lease:
        lease.renew(now=T0)


def test_a_report_may_give_the_lease_back(ledger: Ledger) -> None:
    """The cycle that it tells of is over: the next one starts at once, and nothing more is kept."""
    with ledger.lease(now=T0, lasting=LASTING) as first:
        ledger.remember("repo", "acme/shop", "R_1", now=T0)
        ledger.record(a_report(), ending=first)
        with pytest.raises(LeaseLostError):
            ledger.save([an_incident()], lease=first)
        with ledger.lease(now=T0 + MINUTE, lasting=LASTING) as second:
            second.renew(now=T0 + MINUTE)

    assert ("R_1", (a_report(),)) == (
        ledger.recall("repo", "acme/shop"),
        ledger.reports(limit=2),
    )


def test_a_report_that_comes_after_the_lease_was_lost_is_kept(ledger: Ledger) -> None:
    """How a cycle ended is known, and whoever has the lease now keeps it."""
    with (
        ledger.lease(now=T0, lasting=LASTING) as first,
        ledger.lease(now=T0 + LASTING, lasting=LASTING) as second,
    ):
        ledger.record(a_report(), ending=first)
        second.renew(now=T0 + LASTING)

    assert (a_report(),) == ledger.reports(limit=2)
    with ledger.lease(now=T0 + LASTING, lasting=LASTING) as third:
        third.renew(now=T0 + LASTING)


def test_a_lease_that_ran_out_is_taken_over(ledger: Ledger) -> None:
    """A cycle that hangs past its lease loses it to the next one, at the very moment it ends."""
    with (
        ledger.lease(now=T0, lasting=LASTING),
        ledger.lease(now=T0 + LASTING, lasting=LASTING) as second,
    ):
        second.renew(now=T0 + LASTING)


def test_a_renewed_lease_outlives_its_first_end(ledger: Ledger) -> None:
    """Renewing counts anew from the moment of the renewal."""
    with ledger.lease(now=T0, lasting=LASTING) as lease:
        lease.renew(now=T0 + 4 * MINUTE)

        with (
            pytest.raises(LeaseHeldError),
            ledger.lease(now=T0 + 8 * MINUTE, lasting=LASTING),
        ):
            pass


def _renew(ledger: Ledger, lease: Lease) -> None:
    del ledger
    lease.renew(now=T0 + LASTING)


def _save(ledger: Ledger, lease: Lease) -> None:
    ledger.save([an_incident()], lease=lease)


def _intend(ledger: Ledger, lease: Lease) -> None:
    ledger.intend(an_intent(), lease=lease)


def _settle(ledger: Ledger, lease: Lease) -> None:
    ledger.save([], lease=lease, settled=["n1"])


def _save_nothing(ledger: Ledger, lease: Lease) -> None:
    ledger.save([], lease=lease)


WRITES = pytest.mark.parametrize(
    "write",
    [_renew, _save, _settle, _save_nothing, _intend],
    ids=["renew", "save", "settle", "save nothing", "intend"],
)


@WRITES
def test_a_lost_lease_stops_every_write(
    ledger: Ledger, write: Callable[[Ledger, Lease], None]
) -> None:
    """Once another cycle took over, the first one writes nothing any more."""
    with (
        ledger.lease(now=T0, lasting=LASTING) as first,
        ledger.lease(now=T0 + LASTING, lasting=LASTING),
        pytest.raises(LeaseLostError, match="no longer ours"),
    ):
        write(ledger, first)

    assert ((), ()) == (ledger.incidents(), ledger.intents())


@WRITES
def test_a_lease_that_was_given_back_allows_nothing(
    ledger: Ledger, write: Callable[[Ledger, Lease], None]
) -> None:
    """A lease that is used after its cycle is a lost one."""
    with ledger.lease(now=T0, lasting=LASTING) as lease:
        pass

    with pytest.raises(LeaseLostError):
        write(ledger, lease)


def test_the_loser_of_a_lease_does_not_give_back_the_winners(ledger: Ledger) -> None:
    """When the cycle that hung ends at last, the lease of its successor stays."""
    first = ledger.lease(now=T0, lasting=LASTING)
    first.__enter__()
    with ledger.lease(now=T0 + LASTING, lasting=LASTING) as second:
        first.__exit__(None, None, None)

        second.renew(now=T0 + LASTING)
        ledger.save([an_incident()], lease=second)

    assert (an_incident(),) == ledger.incidents()


@pytest.mark.parametrize("write", [_save, _intend], ids=["save", "intend"])
def test_a_lease_that_this_ledger_did_not_make_is_worth_nothing(
    ledger: Ledger, write: Callable[[Ledger, Lease], None]
) -> None:
    """Neither a forged lease nor that of another ledger opens this one."""
    with ledger.lease(now=T0, lasting=LASTING), pytest.raises(LeaseLostError, match="not of this"):
        write(ledger, ForgedLease())

    with (
        MemoryLedger().lease(now=T0, lasting=LASTING) as stranger,
        ledger.lease(now=T0, lasting=LASTING),
        pytest.raises(LeaseLostError, match="not of this"),
    ):
        write(ledger, stranger)


def test_a_lease_cannot_be_made_by_hand(ledger: Ledger) -> None:
    """The class of a lease refuses to be called by anyone but a ledger."""
    with (
        ledger.lease(now=T0, lasting=LASTING) as lease,
        pytest.raises(TypeError, match="cannot be made"),
    ):
        type(lease)(object(), ledger, epoch=1, prolong=print)  # type: ignore[call-arg]
