from datetime import timedelta

import pytest

from incident_builders import MINUTE, PROJECT, T0
from pipeline_health.core.model.findings import Kind
from pipeline_health.core.model.ids import ProjectName
from pipeline_health.core.model.maintenance import MaintenanceWindow


@pytest.mark.parametrize(
    ("kind", "project", "failing", "after", "covered"),
    [
        (None, PROJECT, Kind.MAIN_CI_RED, timedelta(0), True),
        (None, PROJECT, Kind.MAIN_CI_RED, 59 * MINUTE, True),
        (None, PROJECT, Kind.MAIN_CI_RED, 60 * MINUTE, False),
        (None, PROJECT, Kind.MAIN_CI_RED, -MINUTE, False),
        (None, ProjectName("film"), Kind.MAIN_CI_RED, timedelta(0), False),
        (Kind.MAIN_CI_RED, PROJECT, Kind.MAIN_CI_RED, timedelta(0), True),
        (Kind.MAIN_CI_RED, PROJECT, Kind.MAIN_CI_STUCK, timedelta(0), False),
    ],
)
def test_a_window_covers_its_project_and_kind_until_it_ends(
    *,
    kind: Kind | None,
    project: ProjectName,
    failing: Kind,
    after: timedelta,
    covered: bool,
) -> None:
    """Nothing else, and not a moment longer."""
    window = MaintenanceWindow(
        project=PROJECT, kind=kind, since=T0, until=T0 + 60 * MINUTE, reason="a new database"
    )
    assert window.covers(project, failing, now=T0 + after) is covered
