"""What issues for many projects say of one of them: a failure without an issue in its own place.

They are in the operator's repository. Who may not read that cannot know what it says.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from pipeline_health.core.issue_text.parent_marker import (
    MemberMark,
    ParentMarker,
    read_parent_marker,
)
from pipeline_health.core.model.findings import Symptom
from pipeline_health.core.model.incident import Incident, Phase
from pipeline_health.core.model.issue import IssueRef, TrackedIssue
from pipeline_health.core.model.parent import Parent
from pipeline_health.core.model.policy import Policy
from pipeline_health.core.model.readings import Blind, BlindCause, Reading, Seen
from pipeline_health.frozen import dataclass
from pipeline_health.ports import Tracker, TrackerError


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An open issue of ours for many projects, and what its marker says."""

    issue: TrackedIssue
    marker: ParentMarker

    @property
    def called(self) -> str:
        """What people call the issue; it is in another repository than the project."""
        return f"issue {self.issue.ref.number} of {self.issue.ref.repo}"

    def names(self, incident: Incident) -> bool:
        """Tell whether the issue says that *incident* is broken, and nobody said otherwise."""
        return incident.phase not in (Phase.RESOLVED, Phase.MUTED) and any(
            mark.project == incident.project and is_of(mark, ailment.symptom)
            for mark in self.marker.members
            for ailment in incident.broken
        )

    def left(self, incidents: Sequence[Incident]) -> Iterator[MemberMark]:
        """Give what it says of failures that are none of *incidents*: their ledger is elsewhere."""
        for mark in self.marker.members:
            if not any(self._is_known(mark, incident) for incident in incidents):
                yield mark

    def _is_known(self, mark: MemberMark, incident: Incident) -> bool:
        named = incident.named is not None and incident.named.by == self.marker.fingerprint
        return (
            incident.project == mark.project
            and (named or incident.phase is not Phase.RESOLVED)
            and any(is_of(mark, ailment.symptom) for ailment in incident.ailments)
        )


def is_of(mark: MemberMark, symptom: Symptom) -> bool:
    """Tell whether *mark* is about the same thing as *symptom*, of one project."""
    return mark.kind is symptom.kind and mark.subject == symptom.subject


class Elsewhere:
    """Reads the issues for many projects; *parents* are those that the ledger knows."""

    def __init__(self, policy: Policy, parents: Sequence[Parent], *, tracker: Tracker) -> None:
        self._repo = policy.limits.ops_repo
        self._parents = parents
        self._tracker = tracker

    def read(self, *, now: datetime) -> Reading[tuple[Told, ...]]:
        """Give the open ones; Blind where any could be missed. Without a repository there are none.

        A list may lag behind, so that those of the ledger are read by their numbers.
        """
        if self._repo is None:
            return Seen(at=now, value=())
        try:
            found = {issue.ref: issue for issue in self._tracker.ours(self._repo)}
        except TrackerError as exc:
            cause = BlindCause.UNREADABLE if exc.retryable else BlindCause.UNSEEN
            why = f"limits.ops_repo could not be read: {exc}"
            return Blind(at=now, why=why, cause=cause, token="GITHUB_TOKEN")  # noqa: S106 - a name
        filed = {IssueRef(it.filing.repo, it.filing.number) for it in self._parents if it.filing}
        for reading in self._tracker.read(sorted(filed - set(found)), now=now).values():
            if isinstance(reading, Blind):
                return Blind(at=now, why=f"limits.ops_repo could not be read: {reading.why}")
            if isinstance(reading.value, TrackedIssue) and reading.value.ours:
                found[reading.value.ref] = reading.value
        return Seen(at=now, value=tuple(_told(found.values())))


def _told(issues: Iterable[TrackedIssue]) -> Iterator[Told]:
    for issue in issues:
        marker = read_parent_marker(issue.body) if issue.open else None
        if marker is not None:
            yield Told(issue=issue, marker=marker)
