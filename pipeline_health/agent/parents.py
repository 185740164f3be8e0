"""The portfolio incidents of one cycle: what is known of them, and what the tracker shows.

Their repository is looked at only while one of them lives, and once by a ledger that never did: a
quiet cycle asks nothing of it.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from pipeline_health.agent.looking import Look
from pipeline_health.core.issue_text import digest
from pipeline_health.core.issue_text.parent_marker import (
    MemberMark,
    ParentMarker,
    read_parent_marker,
)
from pipeline_health.core.model.case import Case, Diagnosed
from pipeline_health.core.model.findings import Finding, Symptom
from pipeline_health.core.model.ids import Fingerprint
from pipeline_health.core.model.incident import Cause, CauseClass, Filing, Incident, Owner, Phase
from pipeline_health.core.model.issue import IssueRef, Tracked, TrackedIssue
from pipeline_health.core.model.parent import Parent, ParentCase
from pipeline_health.core.model.plan import OpenIssue, Outcome, ReopenIssue, UpdateIssue
from pipeline_health.core.model.policy import Policy
from pipeline_health.core.model.questions import LinkTrace
from pipeline_health.core.model.readings import Reading, Seen
from pipeline_health.core.observe import blind_parts
from pipeline_health.core.outcomes import filing_after
from pipeline_health.core.parent_life import as_tracked, member_of
from pipeline_health.core.terms import Desk, Terms
from pipeline_health.ports import Ledger, Tracker, TrackerError

_LISTED = "ops-repo"
_WHY = "Its issue says so; what else was known of it is lost."


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """An open issue of ours that no portfolio incident of the ledger knows: its ledger was lost.

    *failures* are what its marker tells of, as findings of before.
    """

    issue: TrackedIssue
    marker: ParentMarker
    failures: tuple[Diagnosed, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """The portfolio incidents at the beginning of a cycle, each beside its issue."""

    cases: tuple[ParentCase, ...] = ()
    found: tuple[Found, ...] = ()

    @property
    def kept(self) -> tuple[Parent, ...]:
        """The parents as the ledger has them."""
        return tuple(case.parent for case in self.cases)

    @property
    def restored(self) -> tuple[Diagnosed, ...]:
        """What the issues that were found tell of: broken before, and perhaps over by now."""
        return tuple(failure for each in self.found for failure in each.failures)

    def as_tracked(self, cases: Iterable[Case], terms: Terms) -> tuple[Parent, ...]:
        """Give the parents with what people did to their issues, and those that were found."""
        incidents = [case.incident for case in cases]
        known = (as_tracked(case, terms) for case in self.cases)
        return (*known, *(_adopted(each, incidents) for each in self.found))

    def beside(self, parents: Iterable[Parent]) -> tuple[ParentCase, ...]:
        """Give *parents*, each beside what the tracker showed of it."""
        known = {(case.parent.fingerprint, case.parent.nonce): case for case in self.cases}
        fresh = {each.marker.nonce: each.issue for each in self.found}
        return tuple(
            replace(case, parent=parent)
            if (case := known.get((parent.fingerprint, parent.nonce))) is not None
            else ParentCase(parent=parent)
            if parent.nonce not in fresh
            else ParentCase(
                parent=parent,
                issue=Seen(at=fresh[parent.nonce].updated_at, value=fresh[parent.nonce]),
            )
            for parent in parents
        )


class ParentBook:
    """Opens the book of a cycle, and closes it."""

    def __init__(self, policy: Policy, *, tracker: Tracker, ledger: Ledger) -> None:
        self._policy = policy
        self._repo = policy.limits.ops_repo
        self._tracker = tracker
        self._ledger = ledger

    def opened(self, look: Look, *, now: datetime) -> Book:
        """Read what the ledger keeps, and the issues that matter now."""
        parents = self._ledger.parents()
        wanted = [parent for parent in parents if _matters(parent)]
        issues, listed = self._read(wanted, now=now), self._listed(wanted)
        known = {parent.fingerprint for parent in parents if parent.phase is not Phase.RESOLVED}
        strange = tuple(_strangers(listed or (), known))
        # What a blind project's part in it is, a later cycle finds out.
        seen = tuple(each for each in strange if not _is_hidden(each[1], look))
        if self._repo is not None and listed is not None and seen == strange:
            self._ledger.remember(_LISTED, self._repo, "listed", now=now)
        return Book(
            cases=tuple(_case(parent, issues, listed or ()) for parent in parents),
            found=tuple(_found(issue, marker, look) for issue, marker in seen),
        )

    def desk(self, look: Look) -> Desk:
        """Look whether the operator's repository takes the issue of a portfolio incident."""
        assert self._repo is not None, "nobody asks without it"  # noqa: S101
        try:
            place = self._tracker.place(self._repo)
        except TrackerError as exc:
            return Desk(why_not=f"limits.ops_repo could not be read: {exc}")
        if place.archived or not place.has_issues:
            what = "is archived" if place.archived else "has its issues disabled"
            return Desk(why_not=f"limits.ops_repo {place.name} {what}", shut=True)
        if not place.private and any(_is_private(look)):
            why = f"limits.ops_repo {place.name} is public, and not every project's repository is"
            return Desk(why_not=why, shut=True)
        return Desk()

    def _read(
        self, parents: Sequence[Parent], *, now: datetime
    ) -> Mapping[IssueRef, Reading[Tracked]]:
        refs = [_ref(parent.filing) for parent in parents if parent.filing is not None]
        return self._tracker.read(sorted(refs), now=now) if refs else {}

    def _listed(self, wanted: Sequence[Parent]) -> tuple[TrackedIssue, ...] | None:
        """List our issues in the operator's repository, None where that tells nothing new."""
        if self._repo is None:
            return None
        if not wanted and self._ledger.recall(_LISTED, self._repo) is not None:
            return None
        try:
            return self._tracker.ours(self._repo)
        except TrackerError:
            return None


def _matters(parent: Parent) -> bool:
    """Tell whether the issue of *parent* has to be looked at in this cycle."""
    if parent.phase is not Phase.RESOLVED:
        return True
    return parent.filing is not None and parent.filing.closed_at is None


def _is_private(look: Look) -> Iterator[bool]:
    """Tell of each repository whether it is private; one that was not seen may be."""
    for view in look.snapshot.projects:
        seen = view.github.repository
        yield not isinstance(seen, Seen) or seen.value.private


def _case(
    parent: Parent,
    issues: Mapping[IssueRef, Reading[Tracked]],
    listed: Sequence[TrackedIssue],
) -> ParentCase:
    if parent.filing is None or (reading := issues.get(_ref(parent.filing))) is None:
        return ParentCase(parent=parent)
    number = parent.filing.number
    strays = (issue for issue in listed if issue.open and issue.ref.number != number)
    return ParentCase(
        parent=parent,
        issue=reading,
        strays=tuple(issue for issue in strays if _is_of(issue, parent)),
    )


def _is_of(issue: TrackedIssue, parent: Parent) -> bool:
    marker = read_parent_marker(issue.body)
    return marker is not None and marker.fingerprint == parent.fingerprint


def _strangers(
    listed: Sequence[TrackedIssue], known: Collection[Fingerprint]
) -> Iterator[tuple[TrackedIssue, ParentMarker]]:
    """Give the oldest open issue of each parent that the ledger does not know."""
    taken = set(known)
    for issue in sorted(listed, key=lambda each: each.ref.number):
        marker = read_parent_marker(issue.body)
        if issue.open and issue.ours and marker is not None and marker.fingerprint not in taken:
            taken.add(marker.fingerprint)
            yield issue, marker


def _is_hidden(marker: ParentMarker, look: Look) -> bool:
    """Tell whether a project of which *marker* tells could not be seen."""
    views = (look.view(mark.project) for mark in marker.members)
    return any(view is not None and any(blind_parts(view)) for view in views)


def _found(issue: TrackedIssue, marker: ParentMarker, look: Look) -> Found:
    failures = (each for mark in marker.members for each in _failures(mark, marker, issue, look))
    return Found(issue=issue, marker=marker, failures=tuple(failures))


def _failures(
    mark: MemberMark, marker: ParentMarker, issue: TrackedIssue, look: Look
) -> Iterator[Diagnosed]:
    """Give what *mark* tells as a failure of before, where the look shows the thing at all."""
    for symptom in dict.fromkeys(told.symptom for told in look.observations.get(mark.project, ())):
        if symptom.kind is mark.kind and symptom.subject == mark.subject:
            yield Diagnosed(
                finding=_finding(symptom, mark, marker, issue), cause=_cause(marker), evidence=None
            )


def _finding(
    symptom: Symptom, mark: MemberMark, marker: ParentMarker, issue: TrackedIssue
) -> Finding:
    return Finding(
        symptom=symptom,
        project=mark.project,
        since=marker.first_seen,
        commit=None,
        trace=LinkTrace(url=issue.url),
        says=f"{issue.title}.",
    )


def _cause(marker: ParentMarker) -> Cause:
    of = marker.cause or CauseClass.UNKNOWN
    return Cause(of=of, key=marker.key, owner=of.owner, why=_WHY)


def _adopted(found: Found, incidents: Sequence[Incident]) -> Parent:
    """Give the parent that an issue was filed for, with the incidents that it told of."""
    issue, marker = found.issue, found.marker
    told = {failure.finding.symptom for failure in found.failures}
    members = (
        member_of(incident)
        for incident in incidents
        if any(ailment.symptom in told for ailment in incident.ailments)
    )
    return Parent(
        fingerprint=marker.fingerprint,
        nonce=marker.nonce,
        repo=issue.ref.repo,
        title=issue.title,
        cause=None if marker.cause is None else replace(_cause(marker), owner=Owner.HUMAN),
        phase=Phase.OPEN,
        first_seen=marker.first_seen,
        members=tuple(members),
        filing=Filing(
            repo=issue.ref.repo,
            number=issue.ref.number,
            url=issue.url,
            told=digest(issue.body),
            owner=Owner.HUMAN,
            opened_at=issue.created_at,
        ),
    )


def settled_parents(
    outcomes: Iterable[Outcome], parents: Sequence[Parent], *, now: datetime
) -> tuple[Parent, ...]:
    """Give *parents* with what became of the changes to their issues."""
    kept = {(parent.fingerprint, parent.nonce): parent for parent in parents}
    for outcome in outcomes:
        identity = (outcome.change.fingerprint, outcome.change.nonce)
        if outcome.applied and identity in kept:
            kept[identity] = _with_outcome(kept[identity], outcome, now=now)
    return tuple(kept.values())


def _with_outcome(parent: Parent, outcome: Outcome, *, now: datetime) -> Parent:
    filing = filing_after(parent.filing, outcome, now=now)
    told = isinstance(outcome.change, OpenIssue | UpdateIssue | ReopenIssue) and not outcome.found
    phase = Phase.OPEN if parent.phase is Phase.PENDING and filing is not None else parent.phase
    return replace(
        parent,
        filing=filing,
        phase=phase,
        members=tuple(
            replace(member, named_at=member.named_at or now) if told and member.goes_on else member
            for member in parent.members
        ),
    )


def _ref(filing: Filing) -> IssueRef:
    return IssueRef(filing.repo, filing.number)
