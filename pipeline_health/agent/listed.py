"""What the lists of issues show, and what that means where an issue itself says more."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from pipeline_health.agent.look import Look
from pipeline_health.core.model.ids import RepoName
from pipeline_health.core.model.incident import Filing, Incident, Phase
from pipeline_health.core.model.issue import Gone, IssueRef, Tracked
from pipeline_health.core.model.readings import Blind, IssueStub, Reading, Seen
from pipeline_health.core.model.snapshot import ProjectView


def stubs_of(look: Look) -> Mapping[RepoName, tuple[IssueStub, ...]]:
    """Give what the list of each repository that was seen shows of our issues."""
    return {
        view.github.repository.value.name: view.github.issues.value
        for view in look.snapshot.projects
        if isinstance(view.github.repository, Seen) and isinstance(view.github.issues, Seen)
    }


def unless_disabled(
    issues: Mapping[IssueRef, Reading[Tracked]],
    incidents: Iterable[Incident],
    look: Look,
    *,
    now: datetime,
) -> Mapping[IssueRef, Reading[Tracked]]:
    """Give *issues*, blind where nothing is shown because the repository's issues are disabled.

    They are all there again once somebody enables them: none of them was deleted. An incident may
    know its repository by another name than it has today.
    """
    disabled = {
        IssueRef(incident.filing.repo, incident.filing.number)
        for incident in incidents
        if incident.filing is not None and _takes_none(look.view(incident.project))
    }
    return {
        ref: Blind(at=now, why=f"issues are disabled in {ref.repo}")
        if ref in disabled and isinstance(reading, Seen) and isinstance(reading.value, Gone)
        else reading
        for ref, reading in issues.items()
    }


def _takes_none(view: ProjectView | None) -> bool:
    if view is None or not isinstance(view.github.repository, Seen):
        return False
    return not view.github.repository.value.has_issues


def is_open_again(
    filing: Filing, phase: Phase, stubs: Mapping[RepoName, tuple[IssueStub, ...]]
) -> bool:
    """Tell whether the issue of an incident that is over is listed as open: somebody doubts it."""
    return (
        phase is Phase.RESOLVED
        and filing.closed_at is not None
        and any(stub.number == filing.number and stub.open for stub in stubs.get(filing.repo, ()))
    )


def unread(
    strangers: Iterable[IssueRef], issues: Mapping[IssueRef, Reading[Tracked]]
) -> Mapping[RepoName, str]:
    """Name the repositories with an issue of ours of which nobody knows what it is about."""
    return {
        ref.repo: (
            f"issue {ref.number} of {ref.repo} may be about what is broken there, and could not be "
            "read, so nothing is opened there now"
        )
        for ref in sorted(strangers)
        if isinstance(issues.get(ref), Blind)
    }
