"""How a command that failed ends: from an exception to a word on standard error and a code."""

import click

from pipeline_health import telemetry
from pipeline_health.cli.exits import Exit
from pipeline_health.cli.tables import tell
from pipeline_health.ports import HistoryError, LeaseHeldError, PipelineHealthError
from pipeline_health.settings import ConfigurationError

_CODES: tuple[tuple[type[PipelineHealthError], Exit], ...] = (
    (ConfigurationError, Exit.WRONG),
    (LeaseHeldError, Exit.HELD),
    (HistoryError, Exit.WRONG),
    (PipelineHealthError, Exit.BLIND),
)


def told(exc: Exception) -> Exit:
    """Tell why a command failed, and give its exit code.

    A defect of ours is told with what is known of it, redacted, and is never taken for an answer.
    """
    if isinstance(exc, PipelineHealthError):
        for line in f"pipeline-health: {exc}".splitlines():
            tell(line, err=True)
        return next(code for kind, code in _CODES if isinstance(exc, kind))
    telemetry.tell_of_defect(exc)
    name = type(exc).__name__
    click.echo(f"pipeline-health: a defect of ours ({name}); nothing is concluded", err=True)
    return Exit.BLIND
