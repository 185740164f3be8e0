"""What only an issue knows: the ledger may be an old copy, restored since the issue was told."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from pipeline_health.core.adoption import caught_up
from pipeline_health.core.model.incident import Incident, Phase
from pipeline_health.core.model.issue import IssueRef, Tracked, TrackedIssue
from pipeline_health.core.model.readings import Reading, Seen


def with_what_issues_know(
    incidents: Sequence[Incident], issues: Mapping[IssueRef, Reading[Tracked]], *, now: datetime
) -> Iterator[Incident]:
    """Give *incidents*, each with the newer failure that its open issue tells of, if any."""
    for incident in incidents:
        issue = _open_issue_of(incident, issues)
        if issue is None or issue.marker is None or issue.marker.failed_at > now:
            yield incident
            continue
        others = (other for other in incidents if other is not incident)
        elsewhere = {each.symptom for other in others for each in other.ailments}
        yield caught_up(incident, issue, issue.marker, elsewhere=elsewhere)


def _open_issue_of(
    incident: Incident, issues: Mapping[IssueRef, Reading[Tracked]]
) -> TrackedIssue | None:
    """Give the issue under which an incident is filed, if it was read and is open and ours.

    Of one that is over it may be open yet: it is to be closed, or the ledger knows of the end only.
    """
    if incident.filing is None:
        return None
    if incident.phase is Phase.RESOLVED and incident.filing.closed_at is not None:
        return None
    reading = issues.get(IssueRef(incident.filing.repo, incident.filing.number))
    issue = reading.value if isinstance(reading, Seen) else None
    return issue if isinstance(issue, TrackedIssue) and issue.open and issue.ours else None
