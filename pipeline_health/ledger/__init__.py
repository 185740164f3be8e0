"""What the agent keeps between cycles: one SQLite file, and the lease that lets one run write.

The file is comfort, not truth: whoever loses it loses dates and suppressed repeats, and finds the
open issues again by their markers. `SqlLedger` is the file, `MemoryLedger` forgets everything, and
`DryRunLedger` reads from another ledger without ever writing to it.
"""

from pipeline_health.ledger.holder import Holder
from pipeline_health.ledger.memory import MemoryLedger
from pipeline_health.ledger.overlay import DryRunLedger
from pipeline_health.ledger.sql import SqlLedger

__all__ = ["DryRunLedger", "Holder", "MemoryLedger", "SqlLedger"]
