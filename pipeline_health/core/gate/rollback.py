"""Is the commit behind what production is known to serve? Then promoting it would be a rollback."""

from collections.abc import Iterator

from pipeline_health.core.gate.words import short
from pipeline_health.core.lanes import served_in_production
from pipeline_health.core.model.promotion import Matter
from pipeline_health.core.model.questions import Contains
from pipeline_health.core.observe import descends
from pipeline_health.frozen import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Behind:
    """How production stands to the commit; *says* is empty where nothing newer is served there."""

    says: str = ""
    is_certain: bool = False


def behind(matter: Matter) -> Behind:
    """Say which newer commit production serves, or that it cannot be told; what is known wins."""
    unclear = Behind()
    for sha in () if matter.asked.rollback else served_in_production(matter.view):
        answer = descends(matter.view, newer=sha, older=matter.commit)
        if answer is True and sha != matter.commit:
            says = f"production serves {short(sha)}, which contains {short(matter.commit)}"
            return Behind(says=says, is_certain=True)
        if isinstance(answer, Contains):
            says = f"it is not known whether {short(sha)}, which production serves, contains"
            unclear = Behind(says=f"{says} {short(matter.commit)}")
    return unclear


def questions(matter: Matter) -> Iterator[Contains]:
    """Ask how what production serves stands to the commit."""
    for sha in () if matter.asked.rollback else served_in_production(matter.view):
        answer = descends(matter.view, newer=sha, older=matter.commit)
        if isinstance(answer, Contains):
            yield answer
