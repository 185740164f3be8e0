"""What the commands beside a cycle stand on: the ledger, and what can be read of the files.

They ask no provider. What they want to know of the configuration has a default where the file
cannot be read, and they say so.
"""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline_health import settings as configured
from pipeline_health.agent.facts import facts_of, past_of
from pipeline_health.bootstrap import SystemClock, open_to_read
from pipeline_health.core.board import board_of
from pipeline_health.core.model.board import Board, Wishes
from pipeline_health.core.model.policy import Policy
from pipeline_health.ledger import Holder, SqlLedger
from pipeline_health.ports import Ledger
from pipeline_health.settings import ConfigurationError
from pipeline_health.settings.alone import read_policy
from pipeline_health.settings.sources import ledger_path
from pipeline_health.telemetry import Redaction

if TYPE_CHECKING:
    from pipeline_health.page.reading import Reader

__all__ = [
    "Wishes",
    "board",
    "facts_of",
    "now",
    "open_to_read",
    "open_to_write",
    "past_of",
    "policy",
    "reader",
    "redaction",
    "wishes",
]


def now() -> datetime:
    """Tell the time."""
    return SystemClock().now()


def board(ledger: Ledger, wishes: Wishes | None = None, *, now: datetime) -> Board:
    """Give the portfolio as *ledger* tells of it; without *wishes* by the defaults."""
    wanted = Wishes(policy=Policy(projects=())) if wishes is None else wishes
    return board_of(facts_of(ledger), wanted, now=now)


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


def reader(config: Path | None) -> "Reader":
    """Give what reads the ledger for the page, with what is wanted now."""
    # The page costs its import, and the other commands need none of it.
    from pipeline_health.ledger.moment import Records  # noqa: PLC0415
    from pipeline_health.page.reading import Reader  # noqa: PLC0415

    wanted, redact, at = wishes(config), redaction(config), now()
    path = ledger_path(configured.process_environment(), home=Path.home())
    return Reader(
        records=Records(path), wishes=lambda: wanted, redact=lambda: redact, now=lambda: at
    )


@contextmanager
def open_to_write() -> Iterator[Ledger]:
    """Open the ledger for a command that notes a decision of the operator's, beside any cycle."""
    path = ledger_path(configured.process_environment(), home=Path.home())
    with SqlLedger.open(path, holder=Holder.current(secrets.token_hex(8))) as ledger:
        yield ledger
