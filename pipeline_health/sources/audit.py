"""The credentials audit: the variables of Railway, and the files of the branch.

Whatever goes wrong in here is told by the name of the error alone. Its text may quote a value.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol, TypeVar

from pipeline_health.core.model.audit import Audit, Committed, Compared
from pipeline_health.core.model.deployed import Deployed
from pipeline_health.core.model.ids import Sha
from pipeline_health.core.model.policy import ProjectPolicy
from pipeline_health.core.model.readings import Blind, NotAsked, Part

T = TypeVar("T")


class ComparesVariables(Protocol):
    """Where the variables of both environments are compared."""

    def compared(
        self, project: ProjectPolicy, deployed: Deployed, *, now: datetime
    ) -> Part[Compared]:
        """Compare them now."""
        ...


class ListsFiles(Protocol):
    """Where the files of the branch are looked at."""

    def committed(
        self, project: ProjectPolicy, head: Sha | None, *, now: datetime
    ) -> Part[Committed]:
        """Name what must not be there at *head*."""
        ...


class Auditor:
    """Both halves of the audit, each Blind or not on its own; *files* may be asked by nobody."""

    def __init__(self, *, variables: ComparesVariables, files: ListsFiles | None) -> None:
        self._variables = variables
        self._files = files

    def audit(
        self, project: ProjectPolicy, deployed: Deployed, head: Sha | None, *, now: datetime
    ) -> Audit:
        """Audit one project now; *head* is the commit whose tree is read. Never raises."""
        variables = _guarded(lambda: self._variables.compared(project, deployed, now=now), now=now)
        files, source = NotAsked("nobody asked for the files"), self._files
        if source is None:
            return Audit(at=now, variables=variables, files=files)
        listed = _guarded(lambda: source.committed(project, head, now=now), now=now)
        return Audit(at=now, variables=variables, files=listed)


def _guarded(look: Callable[[], Part[T]], *, now: datetime) -> Part[T]:
    try:
        return look()
    except Exception as exc:  # noqa: BLE001 - a defect of ours is blindness, and quotes nothing
        return Blind(at=now, why=f"the audit broke off: {type(exc).__name__}")
