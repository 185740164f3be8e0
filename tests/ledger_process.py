"""What a second process does to a ledger; run by multiprocessing's spawn."""

from typing import TYPE_CHECKING, TypeAlias

from ledger_samples import LASTING, T0, a_holder, an_incident, an_intent
from pipeline_health.ledger import SqlLedger
from pipeline_health.ports import LeaseHeldError

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from pathlib import Path

Pipe: TypeAlias = "Connection[str, str]"


def hold_until_killed(path: "Path", says: Pipe, hears: Pipe) -> None:
    """Take the lease, save an incident, note an intent, say so, and wait for ever."""
    with (
        SqlLedger.open(path, holder=a_holder("other")) as ledger,
        ledger.lease(now=T0, lasting=LASTING) as lease,
    ):
        ledger.save([an_incident()], lease=lease)
        ledger.intend(an_intent(), lease=lease)
        says.send("holding")
        hears.recv()


def compete(path: "Path", says: Pipe, hears: Pipe) -> None:
    """Open the ledger when told to, try the lease once, and keep it until told again."""
    hears.recv()
    with SqlLedger.open(path, holder=a_holder("competitor")) as ledger:
        try:
            with ledger.lease(now=T0, lasting=LASTING):
                says.send("worked")
                hears.recv()
        except LeaseHeldError:
            says.send("held")
