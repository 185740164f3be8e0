"""Writes down what each look showed; whatever goes wrong with that, the cycle goes on."""

import traceback
from collections.abc import Callable
from datetime import datetime
from functools import cache

import structlog

from pipeline_health.core.model.shown import LookedAt
from pipeline_health.core.model.snapshot import Snapshot
from pipeline_health.core.showing import shown
from pipeline_health.history.file import HistoryFile
from pipeline_health.history.lines import fit_to_keep
from pipeline_health.ports import HistoryError


class HistoryRecorder:
    """Appends to one recording. *trouble* says why the last look is not in it, None when it is."""

    def __init__(self, file: HistoryFile, *, redact: Callable[[str], str], version: str) -> None:
        self.trouble: str | None = None
        self._file = file
        self._redact = redact
        self._version = version

    def keep(self, snapshot: Snapshot) -> None:
        """Append what *snapshot* shows and the file does not tell yet."""
        try:
            self._keep(snapshot, now=snapshot.now)
            self.trouble = None
        except HistoryError as exc:
            self._missed(self._redact(str(exc)))
        except Exception as exc:  # noqa: BLE001 - a defect of ours costs a line, and no cycle
            trace = self._redact("".join(traceback.format_exception(exc)))
            structlog.get_logger().error("recording_defect", traceback=trace)
            self._missed(self._redact(f"a defect of ours: {type(exc).__name__}: {exc}"))

    def _keep(self, snapshot: Snapshot, *, now: datetime) -> None:
        redact = cache(self._redact)  # names and times stand there many times
        seen = [fit_to_keep(shown(view), redact) for view in snapshot.projects]
        looked = LookedAt(looked_at=now, projects=tuple(each.project for each in seen))
        self._file.append(seen, looked, version=self._version)

    def _missed(self, why: str) -> None:
        self.trouble = why
        structlog.get_logger().warning("not_recorded", why=why)
