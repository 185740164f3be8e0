"""A fire drill: an issue about nothing goes the way of a real one, and each hop of it is timed.

Its marker is of its own kind: no cycle, no promotion check and no ledger takes it for an incident.
"""

import re
from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from pipeline_health.core.attempts import Patience
from pipeline_health.core.inert import inline
from pipeline_health.core.issue_text.wording import duration, moment
from pipeline_health.core.model.ids import Nonce, ProjectName, RepoName
from pipeline_health.core.model.issue import IssueRef, TrackedIssue
from pipeline_health.frozen import dataclass

_MARKER: Final = re.compile(r"<!-- pipeline-health-drill v1 ([0-9a-f]{8,64}) -->")


class Hop(StrEnum):
    """One stretch of the way from a failure to whoever is to act on it."""

    FILED = "filed"
    CALLED = "agent called"
    LISTED = "listed"
    TOLD = "told"
    HEARTBEAT = "heartbeat"
    PICKED_UP = "picked up"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class HopLine:
    """What became of one hop: *took* is the time since the drill began, None when it did not come.

    *to* names whose hop it is, where there may be several: a receiver of notices.
    """

    hop: Hop
    took: timedelta | None
    says: str
    to: str = ""

    @property
    def name(self) -> str:
        """The name that people read."""
        return f"{self.hop}: {self.to}" if self.to else str(self.hop)


@dataclass(frozen=True, slots=True, kw_only=True)
class Drill:
    """One drill, as far as it has come."""

    project: ProjectName
    repo: RepoName
    nonce: Nonce
    began_at: datetime
    ref: IssueRef | None = None
    url: str = ""
    hops: tuple[HopLine, ...] = ()

    def with_hop(self, hop: Hop, says: str, *, at: datetime | None, to: str = "") -> "Drill":
        """Give the drill with one more hop, which came at *at*, or did not come."""
        took = None if at is None else max(at - self.began_at, timedelta(0))
        return replace(self, hops=(*self.hops, HopLine(hop=hop, took=took, says=says, to=to)))

    def has(self, hop: Hop) -> bool:
        """Tell whether *hop* came."""
        return any(line.hop is hop and line.took is not None for line in self.hops)

    @property
    def missed(self) -> tuple[HopLine, ...]:
        """The hops that did not come."""
        return tuple(line for line in self.hops if line.took is None)

    @property
    def sentence(self) -> str:
        """What came of it, in one sentence."""
        if self.missed:
            names = ", ".join(line.name for line in self.missed)
            return f"The drill of {self.project} failed; what did not come: {names}."
        if not self.has(Hop.PICKED_UP):
            return f"The drill of {self.project} was ended before anybody had picked it up."
        longest = max(line.took for line in self.hops if line.took is not None)
        return f"The drill of {self.project} went through in {exactly(longest)}."


def title(drill: Drill) -> str:
    """Give the title of the issue; it begins as no title of a real one does."""
    return f"Drill: nothing is broken ({drill.project})"[:120]


def body(drill: Drill, *, until: datetime) -> str:
    """Give the body of the issue: what it is, that nothing is to be done, and when it ends."""
    return f"""<!-- pipeline-health-drill v1 {drill.nonce} -->
**This is a fire drill. Nothing is broken in {inline(drill.project)}.** Nothing is to be fixed.

`pipeline-health drill` filed it at {moment(drill.began_at)}, to see how long the way from a
failure to whoever acts on it takes. It has the labels of an issue for the agent.

**For an agent**: take it up as any other issue, so that your label shows it. Then stop: change
no file, open no pull request, run nothing else.

**Done when**: `pipeline-health` has seen that somebody took it up, or at {moment(until)} at the
latest. It closes this issue itself, with the times.
"""


def nonce_of(text: str) -> Nonce | None:
    """Give the nonce of the drill whose issue has this body, None for any other issue."""
    found = _MARKER.fullmatch(text.partition("\n")[0].rstrip())
    return None if found is None else Nonce(found[1])


def pickup_of(issue: TrackedIssue, patience: Patience) -> str | None:
    """Say by what *issue* shows that somebody has taken it up, or None while nobody has."""
    routing = patience.routing
    for labels in (patience.running, frozenset(routing.agent_over), frozenset(routing.human)):
        shown = sorted(issue.labels & labels)
        if shown:
            return f"it has the label {', '.join(shown)}"
    if issue.pulls:
        return f"pull request {issue.pulls[0].number} says that it closes it"
    if not issue.open:
        by = "somebody" if issue.closed_by is None else issue.closed_by
        return f"{by} closed it"
    return None


def result(drill: Drill) -> str:
    """Give the comment with which the issue is closed: the hops and their times."""
    rows = "\n".join(
        f"| {line.name} | {'did not come' if line.took is None else exactly(line.took)} |"
        for line in drill.hops
    )
    return f"{drill.sentence}\n\n| hop | since the drill began |\n|---|---|\n{rows}\n"


def exactly(length: timedelta) -> str:
    """Give a time to the second where it is short."""
    seconds = length.total_seconds()
    return f"{seconds:.1f} s" if seconds < 60 else duration(length)  # noqa: PLR2004 - a minute
