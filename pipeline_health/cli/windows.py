"""Windows of maintenance as people and as scripts read them."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from pipeline_health.cli.tables import moment
from pipeline_health.core.as_json import JsonValue, written
from pipeline_health.core.maintenance import open_windows, target_of
from pipeline_health.core.model.maintenance import MaintenanceWindow

LATELY = timedelta(days=1)
"""For how long it is told that something was silent."""


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
