"""Every implementation of the ledger's port, for the suites that all of them pass."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from ledger_samples import a_holder
from pipeline_health.ledger import DryRunLedger, MemoryLedger, SqlLedger
from pipeline_health.ports import Ledger


def _sql(path: Path) -> AbstractContextManager[Ledger]:
    return SqlLedger.open(path / "ledger.db", holder=a_holder())


def _memory(_: Path) -> AbstractContextManager[Ledger]:
    return nullcontext(MemoryLedger())


def _dry_run(_: Path) -> AbstractContextManager[Ledger]:
    return nullcontext(DryRunLedger(MemoryLedger()))


def _dry_run_of_a_missing_file(path: Path) -> AbstractContextManager[Ledger]:
    return nullcontext(DryRunLedger(SqlLedger.read_only(path / "missing.db")))


EVERY_LEDGER: Mapping[str, Callable[[Path], AbstractContextManager[Ledger]]] = {
    "sql": _sql,
    "memory": _memory,
    "dry-run": _dry_run,
    "dry-run-of-a-missing-file": _dry_run_of_a_missing_file,
}
"""How to open each of them, empty, in a directory."""
