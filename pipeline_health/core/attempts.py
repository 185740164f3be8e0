"""The breaker against a loop that feeds itself: the agent's attempts are counted, and they end.

An attempt is a fix by the agent that did not work: its issue was closed by it, a pull request that
fixes it was merged, or its run ended, and the same root cause failed again since. Attempts count
across commits. When they are used up, or when nothing moved for `agent_deadline`, the issue goes to
a person, once, and never back by itself.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from pipeline_health.core.model.case import Case
from pipeline_health.core.model.ids import Login
from pipeline_health.core.model.incident import Incident, Owner, Phase
from pipeline_health.core.model.issue import TrackedIssue
from pipeline_health.core.model.policy import Limits, Routing
from pipeline_health.core.model.readings import Seen
from pipeline_health.frozen import dataclass

TAKEN = "Its labels say that a person has it."


_CLOSES_WITHIN = timedelta(minutes=1)
"""How soon after a merge GitHub closes what the pull request says that it fixes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long the agent is left with an issue, and how its work is recognised."""

    routing: Routing
    limits: Limits

    @property
    def agents(self) -> frozenset[Login]:
        """Give the logins of agents."""
        return frozenset(self.routing.agent_logins)

    @property
    def running(self) -> frozenset[str]:
        """Give the labels that say that a run has the issue; the one that we put is none."""
        return frozenset(self.routing.agent_states) - frozenset(self.routing.agent)


def with_attempts(case: Case, patience: Patience, *, now: datetime) -> Incident:
    """Give the incident of *case* with its attempts counted, handed to a person when they end."""
    incident = case.incident
    if not isinstance(case.issue, Seen) or not isinstance(case.issue.value, TrackedIssue):
        return incident
    if incident.phase in (Phase.RESOLVED, Phase.MUTED) or incident.filing is None:
        return incident
    issue = case.issue.value
    if is_taken(incident, issue, patience.routing):
        filing = replace(incident.filing, owner=Owner.HUMAN)
        return escalated(replace(incident, filing=filing), TAKEN)
    incident = _counted(_watched(incident, issue, patience, now=now), case, issue, patience)
    reason = reason_to_escalate(incident, issue, patience, now=now)
    return incident if reason is None else escalated(incident, reason)


def is_taken(incident: Incident, issue: TrackedIssue, routing: Routing) -> bool:
    """Tell whether somebody gave the agent's issue to a person by its labels; that is not undone.

    The pickup does so too, when it skips an issue.
    """
    ours = incident.filing is not None and incident.filing.owner is Owner.AGENT
    return ours and bool(issue.labels & frozenset(routing.human))


def escalated(incident: Incident, reason: str) -> Incident:
    """Give *incident* to a person, for good."""
    return replace(incident, escalated=reason, cause=replace(incident.cause, owner=Owner.HUMAN))


def reason_to_escalate(
    incident: Incident, issue: TrackedIssue, patience: Patience, *, now: datetime
) -> str | None:
    """Say why the agent's time with *incident* is over, or None while it is not."""
    if incident.cause.owner is Owner.HUMAN:
        return None
    if incident.attempts >= patience.limits.attempts:
        return f"{incident.attempts} fixes by the agent did not work."
    moved_at = max(
        (at for at in (incident.moved_at, incident.counted_until) if at is not None), default=now
    )
    if issue.open and now - moved_at >= patience.limits.agent_deadline:
        hours = patience.limits.agent_deadline.total_seconds() / 3600
        return f"Nothing moved for {hours:g} hours: no run, no pull request, no commit."
    return None


def _watched(
    incident: Incident, issue: TrackedIssue, patience: Patience, *, now: datetime
) -> Incident:
    """Note when anything last moved, and since when the agent's run is over."""
    over = bool(issue.labels & frozenset(patience.routing.agent_over))
    running = bool(issue.labels & patience.running)
    moves = [incident.moved_at, incident.failed_at, *(pull.moved_at for pull in issue.pulls)]
    opened = None if incident.filing is None else incident.filing.opened_at
    moves += [issue.created_at if opened is None else opened, now if running else None]
    return replace(
        incident,
        moved_at=max(at for at in moves if at is not None),
        over_since=(incident.over_since or now) if over else None,
    )


def _counted(incident: Incident, case: Case, issue: TrackedIssue, patience: Patience) -> Incident:
    """Count one attempt where a fix ended since the last one and a newer failure stands."""
    if not case.findings or incident.cause.owner is Owner.HUMAN:
        return incident
    failed_at = max(found.finding.since for found in case.findings)
    # What ended before it broke was no fix of it, whatever it says that it closes.
    before = max(incident.first_failed_at, incident.counted_until or incident.first_failed_at)
    ended = [at for at in _endings(incident, issue, patience) if before < at <= failed_at]
    if not ended:
        return incident
    return replace(incident, attempts=incident.attempts + 1, counted_until=max(ended))


def was_closed_by_a_fix(issue: TrackedIssue, agents: frozenset[Login]) -> bool:
    """Tell whether an agent closed *issue*, or a pull request did that was merged just then."""
    at = issue.closed_at
    merged = [pull.merged_at for pull in issue.pulls if pull.merged_at is not None]
    by_merge = at is not None and any(abs(at - one) <= _CLOSES_WITHIN for one in merged)
    return issue.closed_by in agents or issue.closed_by_bot or by_merge


def _endings(incident: Incident, issue: TrackedIssue, patience: Patience) -> Iterator[datetime]:
    """Give the times at which the agent may have thought that it was done."""
    by_agent = issue.closed_by in patience.agents or issue.closed_by_bot
    proved_over = incident.filing is not None and incident.filing.closed_at is not None
    if not issue.open and issue.closed_at is not None and by_agent and not proved_over:
        yield issue.closed_at
    if incident.over_since is not None:
        yield incident.over_since
    for pull in issue.pulls:
        if pull.merged_at is not None:
            yield pull.merged_at
