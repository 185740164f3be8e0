"""What the commands beside a cycle stand on: the ledger, and what can be read of the files.

They ask no provider. What they want to know of the configuration has a default where the file
cannot be read, and they say so.
"""

import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from pipeline_health import settings as configured
from pipeline_health.agent.first_looks import first_looks as looked_at_first
from pipeline_health.bootstrap import SystemClock, open_to_read
from pipeline_health.core.model.ids import ProjectName
from pipeline_health.core.model.policy import Policy
from pipeline_health.frozen import dataclass
from pipeline_health.ledger import Holder, SqlLedger
from pipeline_health.ports import Ledger
from pipeline_health.settings import ConfigurationError
from pipeline_health.settings.alone import read_policy
from pipeline_health.settings.sources import ledger_path
from pipeline_health.telemetry import Redaction

__all__ = [
    "Wishes",
    "first_looks",
    "now",
    "open_to_read",
    "open_to_write",
    "policy",
    "redaction",
    "wishes",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What the operator wants, as far as it could be read; *unread* says why it could not be.

    Then *policy* has the defaults, and no project.
    """

    policy: Policy
    unread: str = ""


def now() -> datetime:
    """Tell the time."""
    return SystemClock().now()


def first_looks(ledger: Ledger) -> Mapping[ProjectName, datetime]:
    """Give when the project of each known incident was first looked at, where that is kept."""
    return looked_at_first(ledger, ledger.incidents())


def policy(config: Path | None) -> Policy:
    """Read the configuration, and no secret; raises ConfigurationError."""
    environment = configured.process_environment()
    return read_policy(config=config, environment=environment, home=Path.home())


def wishes(config: Path | None) -> Wishes:
    """Read the configuration, or say why that was not possible."""
    try:
        return Wishes(policy=policy(config))
    except ConfigurationError as exc:
        return Wishes(policy=Policy(projects=()), unread=str(exc).splitlines()[0])


def redaction(config: Path | None) -> Redaction:
    """Give the redaction: of the loaded values where they can be read, of known formats always."""
    environment = configured.process_environment()
    try:
        settings = configured.load(config=config, environment=environment, home=Path.home())
    except ConfigurationError:
        return Redaction()
    return Redaction(settings.secrets())


@contextmanager
def open_to_write() -> Iterator[Ledger]:
    """Open the ledger for a command that notes a decision of the operator's, beside any cycle."""
    path = ledger_path(configured.process_environment(), home=Path.home())
    with SqlLedger.open(path, holder=Holder.current(secrets.token_hex(8))) as ledger:
        yield ledger
