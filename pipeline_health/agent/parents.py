"""The portfolio incidents of one cycle: what is known of them, and what the tracker shows.

Their repository is looked at while one of them lives, and else once an hour: a quiet cycle asks
nothing of it, and a ledger that was put back from an old copy soon knows what was filed since.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from pipeline_health.agent.look import Look
from pipeline_health.agent.lost_parents import (
    Found,
    adopted,
    filing_of,
    found_by,
    is_hidden,
    not_outlived,
    over_of,
    strangers,
)
from pipeline_health.core.issue_text.parent_marker import read_parent_marker
from pipeline_health.core.lately import is_lately
from pipeline_health.core.model.case import Case, Diagnosed
from pipeline_health.core.model.ids import RepoName
from pipeline_health.core.model.incident import Filing, Phase
from pipeline_health.core.model.issue import Gone, IssueRef, Tracked, TrackedIssue
from pipeline_health.core.model.parent import Parent, ParentCase
from pipeline_health.core.model.policy import Policy
from pipeline_health.core.model.readings import Blind, NotAsked, Reading, Seen
from pipeline_health.core.parent_life import as_tracked, merged
from pipeline_health.core.terms import Desk, Terms
from pipeline_health.frozen import dataclass
from pipeline_health.ports import Ledger, Tracker, TrackerError

LISTED_FOR = timedelta(hours=1)
"""How long a list of our issues is believed while nothing that we know of is in it."""
_LISTED = "ops-repo"


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """The portfolio incidents at the beginning of a cycle, each beside its issue.

    *desk* is what their repository takes, None while all that is wanted of it was shown; *listed*
    are our issues there, as far as they were asked for.
    """

    cases: tuple[ParentCase, ...] = ()
    listed: tuple[TrackedIssue, ...] = ()
    found: tuple[Found, ...] = ()
    desk: Desk | None = None

    @property
    def kept(self) -> tuple[Parent, ...]:
        """The parents as the ledger has them."""
        return tuple(case.parent for case in self.cases)

    @property
    def filings(self) -> tuple[Filing, ...]:
        """Where the parents are filed, and whatever else of ours is there: all of it counts."""
        known = (case.parent.filing for case in self.cases)
        return (*filter(None, known), *map(filing_of, self.listed))

    @property
    def restored(self) -> tuple[Diagnosed, ...]:
        """What the issues that were found tell of: broken before, and perhaps over by now."""
        return tuple(failure for each in self.found for failure in each.failures)

    def parents(self, cases: Iterable[Case], terms: Terms) -> tuple[Parent, ...]:
        """Give the parents with what people did to their issues, and those that were found."""
        known = merged((as_tracked(case, terms) for case in self.cases), now=terms.now)
        incidents = [case.incident for case in cases]
        return (*known, *(adopted(each, incidents) for each in self.found))

    def beside(self, parents: Iterable[Parent]) -> tuple[ParentCase, ...]:
        """Give *parents*, each beside what the tracker showed of it."""
        known = {(case.parent.fingerprint, case.parent.nonce): case for case in self.cases}
        known |= {(it.marker.fingerprint, it.marker.nonce): _shown(it) for it in self.found}
        return tuple(
            ParentCase(parent=parent) if case is None else replace(case, parent=parent)
            for parent in parents
            for case in (known.get((parent.fingerprint, parent.nonce)),)
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
        issues, desk = self._read(wanted, look, now=now)
        listed = self._listed(wanted, now=now)
        known = {parent.fingerprint for parent in parents if parent.phase is not Phase.RESOLVED}
        strange = tuple(strangers(listed or (), known, over=over_of(parents)))
        # What a blind project's part in it is, a later cycle finds out.
        seen = tuple(each for each in strange if not is_hidden(each[1], look))
        if self._repo is not None and listed is not None and seen == strange:
            self._note_listed(self._repo, now=now)
        taken = {
            parent.filing.number
            for parent in parents
            if parent.filing is not None and parent.phase is not Phase.RESOLVED
        }
        return Book(
            listed=() if listed is None else tuple(filter(_is_ours, listed)),
            cases=tuple(
                _with_the_oldest(_case(parent, issues, listed or ()), taken)
                for parent in not_outlived(seen, parents)
            ),
            found=tuple(found_by(issue, marker, look) for issue, marker in seen),
            desk=desk,
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

    def read_back(
        self, cases: Sequence[ParentCase], look: Look, terms: Terms
    ) -> tuple[tuple[ParentCase, ...], Desk | None]:
        """Give *cases*, with the issue of each that came back just now, and what its place takes.

        Nobody looks at it while it is over, and people are told in this cycle that it is back.
        """
        unread = [case.parent for case in cases if _is_back(case)]
        issues, desk = self._read(unread, look, now=terms.now)
        return tuple(_as_read(case, issues, terms) for case in cases), desk

    def _read(
        self, parents: Sequence[Parent], look: Look, *, now: datetime
    ) -> tuple[Mapping[IssueRef, Reading[Tracked]], Desk | None]:
        """Read the issues of *parents*, and their repository where one of them is not shown."""
        refs = [_ref(parent.filing) for parent in parents if parent.filing is not None]
        issues = self._tracker.read(sorted(refs), now=now) if refs else {}
        missing = any(map(_is_missing, issues.values())) and self._repo is not None
        desk = self.desk(look) if missing else None
        if desk is None or desk.why_not is None:
            return issues, desk
        return {ref: _unless_hidden(each, desk, now=now) for ref, each in issues.items()}, desk

    def _listed(
        self, wanted: Sequence[Parent], *, now: datetime
    ) -> tuple[TrackedIssue, ...] | None:
        """List our issues in the operator's repository, None where that tells nothing new."""
        if self._repo is None:
            return None
        if not wanted and self._was_listed(self._repo, now=now):
            return None
        try:
            return self._tracker.ours(self._repo)
        except TrackerError:
            return None

    def _was_listed(self, repo: RepoName, *, now: datetime) -> bool:
        """Tell whether the issues were listed lately, and not at a time that is yet to come."""
        return is_lately(self._ledger.recall(_LISTED, repo), within=LISTED_FOR, now=now)

    def _note_listed(self, repo: RepoName, *, now: datetime) -> None:
        if not self._was_listed(repo, now=now):
            self._ledger.remember(_LISTED, repo, now.isoformat(), now=now)


def _is_ours(issue: TrackedIssue) -> bool:
    return issue.ours and read_parent_marker(issue.body) is not None


def _is_missing(reading: Reading[Tracked]) -> bool:
    """Tell whether an issue could not be read, or is not there."""
    return not isinstance(reading, Seen) or isinstance(reading.value, Gone)


def _unless_hidden(reading: Reading[Tracked], desk: Desk, *, now: datetime) -> Reading[Tracked]:
    """Give *reading*, blind where nothing is shown: it is there again once its repository is."""
    gone = isinstance(reading, Seen) and isinstance(reading.value, Gone)
    return Blind(at=now, why=desk.why_not or "") if gone else reading


def _matters(parent: Parent) -> bool:
    """Tell whether the issue of *parent* has to be looked at in this cycle."""
    if parent.phase is not Phase.RESOLVED:
        return True
    return parent.filing is not None and parent.filing.closed_at is None


def _is_back(case: ParentCase) -> bool:
    """Tell whether what was over, and so not looked at, lives again."""
    filed = case.parent.filing is not None and case.parent.phase is not Phase.RESOLVED
    return filed and isinstance(case.issue, NotAsked)


def _as_read(
    case: ParentCase, issues: Mapping[IssueRef, Reading[Tracked]], terms: Terms
) -> ParentCase:
    if not _is_back(case):
        return case
    shown = _case(case.parent, issues, ())
    return replace(shown, parent=as_tracked(shown, terms))


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


def _with_the_oldest(case: ParentCase, taken: Collection[int]) -> ParentCase:
    """Give *case* at the oldest open issue of it: another host's, or one that was opened again."""
    parent, filing = case.parent, case.parent.filing
    if filing is None or parent.phase in (Phase.RESOLVED, Phase.MUTED):
        return case
    older = [
        stray
        for stray in case.strays
        if stray.ours and stray.ref.number < filing.number and stray.ref.number not in taken
    ]
    if not older or not isinstance(case.issue, Seen) or isinstance(case.issue.value, Gone):
        return case
    oldest = min(older, key=lambda each: each.ref.number)
    return ParentCase(
        parent=replace(parent, filing=replace(filing_of(oldest), told="")),
        issue=Seen(at=case.issue.at, value=oldest),
        strays=(*(stray for stray in case.strays if stray is not oldest), case.issue.value),
    )


def _shown(found: Found) -> ParentCase:
    issue = Seen(at=found.issue.updated_at, value=found.issue)
    return ParentCase(parent=adopted(found, ()), issue=issue)


def _is_of(issue: TrackedIssue, parent: Parent) -> bool:
    marker = read_parent_marker(issue.body)
    return marker is not None and marker.fingerprint == parent.fingerprint


def _ref(filing: Filing) -> IssueRef:
    return IssueRef(filing.repo, filing.number)
