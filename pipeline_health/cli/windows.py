"""Windows of maintenance as people and as scripts read them."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from pipeline_health.cli.reporting import JsonValue, written
from pipeline_health.cli.tables import moment
from pipeline_health.core.maintenance import open_windows, window_over
from pipeline_health.core.model.ids import Fingerprint, ProjectName
from pipeline_health.core.model.incident import Incident, Phase
from pipeline_health.core.model.maintenance import MaintenanceWindow
from pipeline_health.core.model.report import CycleReport
from pipeline_health.ports import Ledger

LATELY = timedelta(days=1)
"""For how long it is told that something was silent."""


def target_of(window: MaintenanceWindow) -> str:
    """Give what *window* keeps silent as the commands take it: PROJECT[/KIND]."""
    return window.project if window.kind is None else f"{window.project}/{window.kind}"


def lines_of(windows: Sequence[MaintenanceWindow], *, now: datetime) -> Iterator[str]:
    """Say what is silent now, and what was lately."""
    for window in open_windows(windows, now=now):
        yield f"Silenced: {target_of(window)} until {moment(window.until)}: {window.reason}"
    for window in windows:
        if window.until <= now < window.until + LATELY:
            yield (
                f"Was silenced: {target_of(window)} from {moment(window.since)} to "
                f"{moment(window.until)}: {window.reason}"
            )


def window_as_json(window: MaintenanceWindow, *, now: datetime) -> Mapping[str, JsonValue]:
    """Give one window; *open* says whether it is silent now."""
    return {
        "project": window.project,
        "kind": window.kind,
        "since": written(window.since),
        "until": written(window.until),
        "reason": window.reason,
        "open": window.since <= now < window.until,
    }


def windows_as_json(windows: Sequence[MaintenanceWindow], *, now: datetime) -> list[JsonValue]:
    """Give the windows that are open, or ended within a day."""
    return [window_as_json(each, now=now) for each in windows if now < each.until + LATELY]


class Silent:
    """Tells of each incident which window keeps it silent now, as the next cycle will find."""

    def __init__(self, ledger: Ledger, *, now: datetime) -> None:
        self._windows = ledger.windows()
        self._now = now
        self._speaking = _speaking(ledger.reports(limit=1))

    def of(
        self, incident: Incident, *, without: MaintenanceWindow | None = None
    ) -> MaintenanceWindow | None:
        """Give the window that is the first to end, as if *without* one, None where none is."""
        if incident.phase in (Phase.RESOLVED, Phase.MUTED):
            return None
        windows = tuple(window for window in self._windows if window != without)
        speaking = self._speaking.get(incident.fingerprint, frozenset())
        return window_over(incident, windows, speaking=speaking, now=self._now)


def _speaking(reports: Sequence[CycleReport]) -> Mapping[Fingerprint, frozenset[ProjectName]]:
    """Give the projects that spoke of each incident: several may share a repository."""
    found: dict[Fingerprint, frozenset[ProjectName]] = {}
    for report in reports:
        for project in report.projects:
            for line in project.findings:
                found[line.fingerprint] = found.get(line.fingerprint, frozenset()) | {project.name}
    return found
