"""What the agent needs of the world, as protocols, and the errors by which the world says no.

Every implementation, one floor up, passes the suite of its port in `tests/contract/`.
"""

from pipeline_health.ports.clock import Clock
from pipeline_health.ports.errors import (
    HistoryError,
    LeaseHeldError,
    LeaseLostError,
    LedgerError,
    PipelineHealthError,
    RequestError,
    RunnerError,
    TrackerError,
)
from pipeline_health.ports.ledger import RAILWAY_NAMES, Lease, Ledger, Memory
from pipeline_health.ports.notifier import Notifier, NotifierError
from pipeline_health.ports.recorder import Recorder
from pipeline_health.ports.sources import (
    AuditSource,
    CodeSource,
    CommitSource,
    DeploySource,
    HistorySource,
    Source,
    UrlSource,
)
from pipeline_health.ports.testing import EndToEnd, LiveSite
from pipeline_health.ports.tracker import Publisher, Runner, Tracker

__all__ = [
    "RAILWAY_NAMES",
    "AuditSource",
    "Clock",
    "CodeSource",
    "CommitSource",
    "DeploySource",
    "EndToEnd",
    "HistoryError",
    "HistorySource",
    "Lease",
    "LeaseHeldError",
    "LeaseLostError",
    "Ledger",
    "LedgerError",
    "LiveSite",
    "Memory",
    "Notifier",
    "NotifierError",
    "PipelineHealthError",
    "Publisher",
    "Recorder",
    "RequestError",
    "Runner",
    "RunnerError",
    "Source",
    "Tracker",
    "TrackerError",
    "UrlSource",
]
