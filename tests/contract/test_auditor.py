"""The audit as a whole: never an exception, and a crash quotes nothing."""

from datetime import datetime

from builders import NOW, a_policy, blind, seen
from pipeline_health.core.model.audit import Committed, Compared
from pipeline_health.core.model.deployed import Deployed
from pipeline_health.core.model.ids import Sha
from pipeline_health.core.model.policy import ProjectPolicy
from pipeline_health.core.model.readings import Blind, NotAsked, Part
from pipeline_health.sources.audit import Auditor

PLANTED = "planted-value-of-both"


class Comparing:
    """Compares nothing, or crashes with a value in its hands."""

    def __init__(self, *, crashes: bool = False) -> None:
        self._crashes = crashes

    def compared(
        self, project: ProjectPolicy, deployed: Deployed, *, now: datetime
    ) -> Part[Compared]:
        """Compare."""
        if self._crashes:
            raise ValueError(PLANTED)
        return seen(Compared())


class Listing:
    """Lists nothing, or crashes."""

    def __init__(self, *, crashes: bool = False) -> None:
        self._crashes = crashes

    def committed(
        self, project: ProjectPolicy, head: Sha | None, *, now: datetime
    ) -> Part[Committed]:
        """List."""
        if self._crashes:
            raise KeyError(PLANTED)
        return blind()


def test_a_crash_in_one_half_leaves_the_other() -> None:
    """It is told by the name of the error alone."""
    nowhere = Deployed(staging=NotAsked(), production=NotAsked())
    one = Auditor(variables=Comparing(crashes=True), files=Listing())
    other = Auditor(variables=Comparing(), files=Listing(crashes=True))

    first = one.audit(a_policy(), nowhere, None, now=NOW)
    second = other.audit(a_policy(), nowhere, None, now=NOW)

    assert first.variables == Blind(at=NOW, why="the audit broke off: ValueError")
    assert first.files == blind()
    assert second.variables == seen(Compared())
    assert second.files == Blind(at=NOW, why="the audit broke off: KeyError")
    assert PLANTED not in repr((first, second))
