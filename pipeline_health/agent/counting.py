"""How many issues of ours the last hour saw, whatever became of them, and of the ledger.

A person may have closed one, an older one may have taken its place, and the ledger that knew of it
may be lost. What no incident is filed under is looked for when something is about to be filed.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from pipeline_health.agent.listed import stubs_of
from pipeline_health.agent.look import Look
from pipeline_health.core.issue_text import identity_of
from pipeline_health.core.model.ids import RepoName
from pipeline_health.core.model.incident import Filing
from pipeline_health.core.model.issue import IssueRef, Tracked, TrackedIssue
from pipeline_health.core.model.policy import Limits
from pipeline_health.core.model.readings import Reading, Seen
from pipeline_health.core.terms import Terms
from pipeline_health.frozen import dataclass
from pipeline_health.ports import Tracker, TrackerError

_CLOCKS_DIFFER = timedelta(minutes=5)
"""What was opened later than this from now was opened before our clock was set back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hour:
    """The hour of the caps. *known* is when each issue was opened that something is filed under."""

    began: datetime
    ends: datetime
    known: Mapping[IssueRef, datetime | None]

    @property
    def opened(self) -> int:
        """How many of the known issues were opened in it."""
        return sum(map(self.holds, self.known.values()))

    def holds(self, at: datetime | None) -> bool:
        """Tell whether what was opened at that time counts."""
        return at is not None and self.began < at <= self.ends


def hour_of(filings: Iterable[Filing | None], limits: Limits, *, now: datetime) -> Hour:
    """Give the hour before *now*, in which an issue bears the time at which its cycle began.

    It was filed before that ended.
    """
    return Hour(
        began=now - timedelta(hours=1) - limits.cycle_deadline,
        ends=now + _CLOCKS_DIFFER,
        known={IssueRef(it.repo, it.number): it.opened_at for it in filings if it is not None},
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Uncounted:
    """What is asked for before anything is filed: our issues that nothing is filed under.

    *read* are the issues that this cycle has read anyway; *ops* is the operator's repository, None
    where there is none or its issues are among the known ones.
    """

    hour: Hour
    look: Look
    read: Mapping[IssueRef, Reading[Tracked]]
    ops: RepoName | None

    def counted(self, terms: Terms, tracker: Tracker) -> Terms:
        """Give *terms* with what the hour saw beside the known issues: nothing, mostly."""
        refs = {ref for ref in self._changed() if ref not in self.hour.known}
        unread = sorted(refs - self.read.keys())
        read = tracker.read(unread, now=terms.now) if unread else {}
        found = {
            ref: reading for ref, reading in (*self.read.items(), *read.items()) if ref in refs
        }
        issues = [*_issues(found.values()), *self._of_operator(tracker)]
        opened = {issue.ref for issue in issues if self._counts(issue)}
        return replace(terms, opened_lately=terms.opened_lately + len(opened))

    def _changed(self) -> Iterator[IssueRef]:
        """Give what is listed and changed so lately that it may have been opened in the hour."""
        for repo, stubs in stubs_of(self.look).items():
            for stub in stubs:
                if stub.updated_at > self.hour.began:
                    yield IssueRef(repo, stub.number)

    def _of_operator(self, tracker: Tracker) -> Collection[TrackedIssue]:
        """List what is filed for many projects; a list that cannot be read delays nothing."""
        try:
            return () if self.ops is None else tracker.ours(self.ops)
        except TrackerError:
            return ()

    def _counts(self, issue: TrackedIssue) -> bool:
        ours = issue.ours and identity_of(issue.body) is not None
        return ours and issue.ref not in self.hour.known and self.hour.holds(issue.created_at)


def _issues(readings: Iterable[Reading[Tracked]]) -> Iterator[TrackedIssue]:
    for reading in readings:
        if isinstance(reading, Seen) and isinstance(reading.value, TrackedIssue):
            yield reading.value
