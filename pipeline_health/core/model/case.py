"""An incident beside what one cycle saw of it: what the life of an incident is decided from."""

from pipeline_health.core.model.findings import Finding
from pipeline_health.core.model.incident import Cause, Filing, Incident
from pipeline_health.core.model.issue import Tracked, TrackedIssue
from pipeline_health.core.model.policy import EvidenceMode, ProjectPolicy
from pipeline_health.core.model.questions import Evidence
from pipeline_health.core.model.readings import Commit, Part
from pipeline_health.frozen import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosed:
    """A finding with its cause, and what is known of its evidence and of who made its commit."""

    finding: Finding
    cause: Cause
    evidence: Evidence | None
    made: Commit | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One incident in one cycle.

    *findings* are its failures that still stand, *in_flight* says that a verdict is under way, and
    *blind* that what would show a failure of it could not be read.
    *older* is where the incident is filed that it is a duplicate of,
    *issue* is what the tracker shows under its number, *strays* are further issues of ours that
    carry its fingerprint, *project* is what the operator said of its project, and *shows* is how
    much of the evidence its issue may show.
    """

    incident: Incident
    findings: tuple[Diagnosed, ...] = ()
    in_flight: bool = False
    blind: bool = False
    older: Filing | None = None
    issue: Part[Tracked]
    strays: tuple[TrackedIssue, ...] = ()
    project: ProjectPolicy | None = None
    shows: EvidenceMode = EvidenceMode.LINK
