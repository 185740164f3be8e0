"""Open issues of ours in repositories that are not configured any more: listed, and left alone.

Nobody looks there, so that nothing will ever prove them to be over. They are closed when the
operator asks for it, and only where they are provably ours.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from pipeline_health.agent.filing import with_marker
from pipeline_health.agent.look import Look
from pipeline_health.core.issue_text import orphaned
from pipeline_health.core.model.ids import Nonce
from pipeline_health.core.model.incident import Filing, Incident, Phase
from pipeline_health.core.model.issue import Gone, IssueRef, Tracked, TrackedIssue
from pipeline_health.core.model.plan import CloseIssue, Comment, Outcome, Plan
from pipeline_health.core.model.policy import Policy
from pipeline_health.core.model.readings import Blind, Reading, Seen
from pipeline_health.core.model.report import OrphanLine
from pipeline_health.ports import Tracker

WHY = "Its repository is not configured any more, and the operator wants such issues closed."


class Orphans:
    """The incidents of one cycle that have an open issue, and no project."""

    def __init__(self, incidents: Sequence[Incident], policy: Policy, look: Look) -> None:
        names = {project.name for project in policy.projects} | policy.others
        today = {
            view.github.repository.value.name
            for view in look.snapshot.projects
            if isinstance(view.github.repository, Seen)
        }
        repos = {repo.lower() for repo in today | policy.other_repos}
        repos |= {project.repo.lower() for project in policy.projects}
        self._over = set[Nonce]()
        self._all_seen = len(today) == len({each.repo.lower() for each in policy.projects})
        self._incidents = tuple(
            incident
            for incident in incidents
            if incident.project not in names and incident.repo.lower() not in repos
        )

    def lines(self, *, closed: Sequence[Incident] = ()) -> tuple[OrphanLine, ...]:
        """Give what the report tells of those that are still open, as far as is known."""
        gone = {incident.nonce for incident in closed}
        return tuple(
            OrphanLine(repo=filing.repo, issue=filing.number, title=incident.title, url=filing.url)
            for incident, filing in self._open()
            if incident.nonce not in gone
        )

    def closing(self, plan: Plan, tracker: Tracker, *, now: datetime) -> Plan:
        """Give *plan* with the changes that close them all, and with why some must wait."""
        filed = tuple(self._open())
        if not filed:
            return plan
        if not self._all_seen:
            # One that could not be seen may have been renamed to where an orphan seems to be.
            why = "orphans are left alone until every configured repository can be seen"
            return replace(plan, waiting=(*plan.waiting, why))
        refs = [IssueRef(filing.repo, filing.number) for _, filing in filed]
        read = tracker.read(refs, now=now)
        steps = []
        for (incident, _), ref in zip(filed, refs, strict=True):
            if _is_over(read[ref]):
                self._over.add(incident.nonce)
            else:
                steps.append(_step(incident, read[ref]))
        return replace(
            plan,
            changes=(*plan.changes, *(step for step in steps if isinstance(step, CloseIssue))),
            waiting=(*plan.waiting, *(step for step in steps if isinstance(step, str))),
        )

    def closed(self, outcomes: Sequence[Outcome], *, now: datetime) -> tuple[Incident, ...]:
        """Give those whose issue was closed, now or before, as they are to be kept."""
        done = {outcome.change.nonce for outcome in outcomes if outcome.applied} | self._over
        return tuple(
            replace(
                incident,
                phase=Phase.RESOLVED,
                resolved_at=now,
                filing=replace(filing, closed_at=now),
            )
            for incident, filing in self._open()
            if incident.nonce in done
        )

    def _open(self) -> Iterator[tuple[Incident, Filing]]:
        for incident in self._incidents:
            filing = incident.filing
            muted = incident.phase is Phase.MUTED or incident.duplicate_of is not None
            if filing is not None and filing.closed_at is None and not muted:
                yield incident, filing


def _is_over(reading: Reading[Tracked]) -> bool:
    """Tell whether there is nothing to close: somebody did, or deleted it."""
    if not isinstance(reading, Seen):
        return False
    return isinstance(reading.value, Gone) or not reading.value.open


def _step(incident: Incident, reading: Reading[Tracked]) -> CloseIssue | str:
    if isinstance(reading, Blind):
        return f"{incident.title}: its issue could not be read ({reading.why})"
    assert isinstance(reading.value, TrackedIssue)  # noqa: S101 - what is gone is over
    issue = with_marker(reading.value)
    if not _is_provably_ours(issue, incident):
        return f"{incident.title}: issue {issue.ref.number} is not provably ours, so it stays"
    return CloseIssue(
        fingerprint=incident.fingerprint,
        nonce=incident.nonce,
        ref=issue.ref,
        body=None,
        comment=Comment(key=f"orphaned {incident.nonce}", body=orphaned()),
        reason=WHY,
    )


def _is_provably_ours(issue: TrackedIssue, incident: Incident) -> bool:
    marker = issue.marker
    return issue.ours and marker is not None and marker.fingerprint == incident.fingerprint
