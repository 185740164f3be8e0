"""A portfolio incident: one issue for many projects, whose own incidents are its members.

It has no failure of its own. What is broken and what is over is what its members say.
"""

from dataclasses import field
from datetime import datetime

from pipeline_health.core.model.findings import Symptom
from pipeline_health.core.model.ids import Fingerprint, Nonce, ProjectName, RepoName
from pipeline_health.core.model.incident import Cause, Filing, Phase
from pipeline_health.core.model.issue import Tracked, TrackedIssue
from pipeline_health.core.model.readings import NotAsked, Part
from pipeline_health.frozen import dataclass

LEAST_PROJECTS = 3
"""Fewer than so many projects that fail for one reason are no portfolio incident."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One incident as its parent lists it, named there since *named_at* (None: not yet).

    *where* is the page on which its newest failure can be read, *rerun* the command that runs it
    again where there is one, *url* its own issue where it has one. *over_at* is when it was proved
    to be over, on the page *proof*; *left* says why it goes on outside of the parent.
    """

    fingerprint: Fingerprint
    nonce: Nonce
    project: ProjectName
    repo: RepoName
    title: str
    since: datetime
    symptoms: tuple[Symptom, ...]
    where: str = ""
    rerun: str = ""
    url: str = ""
    named_at: datetime | None = None
    over_at: datetime | None = None
    proof: str = ""
    left: str = ""

    @property
    def goes_on(self) -> bool:
        """Tell whether it is broken, and a matter of its parent's."""
        return self.over_at is None and not self.left


@dataclass(frozen=True, slots=True, kw_only=True)
class Parent:
    """One issue in `limits.ops_repo` that names the incidents of many projects.

    *repo* is None where the operator names no such repository: then people are told of it alone.
    *tried* counts the cycles in which its issue could not be filed.
    *cause* is the root cause that they share, None where they share nothing but that there are too
    many of them, or no place of their own, to be filed. *phase* is as an incident's; *over_since*
    is when nothing of it went on any more, *gone_since* when its issue was first found deleted.
    """

    fingerprint: Fingerprint
    nonce: Nonce
    repo: RepoName | None
    title: str
    cause: Cause | None
    phase: Phase
    first_seen: datetime
    members: tuple[Member, ...]
    filing: Filing | None = None
    tried: int = 0
    over_since: datetime | None = None
    resolved_at: datetime | None = None
    gone_since: datetime | None = None

    @property
    def since(self) -> datetime:
        """When the first of its members failed, as far as they are known."""
        return min((member.since for member in self.members), default=self.first_seen)

    @property
    def going_on(self) -> tuple[Member, ...]:
        """The members that are broken, and a matter of this parent's."""
        return tuple(member for member in self.members if member.goes_on)


@dataclass(frozen=True, slots=True, kw_only=True)
class ParentCase:
    """A portfolio incident in one cycle, beside what the tracker shows under its number.

    *strays* are further open issues of ours that carry its fingerprint.
    """

    parent: Parent
    issue: Part[Tracked] = field(default_factory=NotAsked)
    strays: tuple[TrackedIssue, ...] = ()
