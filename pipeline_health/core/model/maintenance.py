"""Windows in which somebody works on something, so that its failures open no issue."""

from datetime import datetime

from pipeline_health.core.model.findings import Kind
from pipeline_health.core.model.ids import ProjectName
from pipeline_health.frozen import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class MaintenanceWindow:
    """From *since* until *until*, failures of *project* open no issue and tell nobody.

    With a *kind* only those of that kind. It always ends; *reason* is the operator's.
    """

    project: ProjectName
    kind: Kind | None
    since: datetime
    until: datetime
    reason: str

    def covers(self, project: ProjectName, kind: Kind, *, now: datetime) -> bool:
        """Tell whether a failure of *project* that is of *kind* is silent at *now*."""
        return (
            self.since <= now < self.until and project == self.project and self.kind in (None, kind)
        )
