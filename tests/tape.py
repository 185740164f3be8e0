"""A recording that the cycles of a host are written to, and what it tells."""

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeAlias

from hosts import Host
from pipeline_health import recordings
from pipeline_health.core.model.recording import Recording
from pipeline_health.core.model.report import CycleReport
from pipeline_health.history.file import HistoryFile
from pipeline_health.history.recorder import HistoryRecorder
from pipeline_health.telemetry import Redaction

Write: TypeAlias = Callable[[int, bytes], int]


class Tape:
    """Records the cycles of a host, each by a process of its own as far as the file can tell."""

    def __init__(self, host: Host, path: Path) -> None:
        self.host = host
        self.path = path
        self.trouble: str | None = None
        self.write: Write = os.write

    def cycle(self, **how: Any) -> CycleReport:
        """Run one cycle and record it."""
        machine = self.host.machine
        with HistoryFile.open(self.path, write=self.write) as file:
            redaction = Redaction(self.host.settings().secrets())
            recorder = HistoryRecorder(file, redact=redaction, version="1.2.3")
            self.host.machine = replace(machine, recorder=recorder)
            report = self.host.cycle(**how)
        self.host.machine, self.trouble = machine, recorder.trouble
        return report

    def lines(self) -> list[str]:
        """Give the lines of the file."""
        return self.path.read_text().splitlines()

    def read(self) -> Recording:
        """Read it back."""
        return recordings.read(self.path)
