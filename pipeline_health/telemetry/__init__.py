"""What leaves the process in words: structured logs, and the one redaction that every text passes.

Issues, comments, reports and tracebacks go through the same `Redaction` as a log line does.
"""

from pipeline_health.telemetry.logs import (
    LogFormat,
    configure,
    configure_here,
    muted,
    tell_of_defect,
)
from pipeline_health.telemetry.redaction import Redaction

__all__ = ["LogFormat", "Redaction", "configure", "configure_here", "muted", "tell_of_defect"]
