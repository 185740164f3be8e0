"""When each project was first looked at: what was broken before that starts its clock there."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from pipeline_health.core.model.ids import ProjectName
from pipeline_health.core.model.incident import Incident
from pipeline_health.ports import Memory

_TOPIC = "first-look"


def keep_first_look(memory: Memory, project: ProjectName, *, now: datetime) -> None:
    """Remember the first look at *project*, and repeat it: a fact that nobody repeats is lost."""
    known = memory.recall(_TOPIC, project)
    memory.remember(_TOPIC, project, known or now.isoformat(), now=now)


def first_looks(memory: Memory, incidents: Iterable[Incident]) -> Mapping[ProjectName, datetime]:
    """Give the first look at the project of each of *incidents*, where it is kept.

    What was seen was looked at: an incident from before the fact was kept, or from before a ledger
    was lost, tells of an earlier look.
    """
    found: dict[ProjectName, datetime] = {}
    for incident in incidents:
        kept = found.get(incident.project) or _recalled(memory, incident.project)
        if kept is not None:
            found[incident.project] = min(kept, incident.first_seen)
    return found


def _recalled(memory: Memory, project: ProjectName) -> datetime | None:
    """Read the fact; a text that another version wrote is none."""
    try:
        at = datetime.fromisoformat(memory.recall(_TOPIC, project) or "")
    except ValueError:
        return None
    return at if at.tzinfo is not None else None
