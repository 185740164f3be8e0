"""Find the issues of known incidents, and the incidents of unknown issues.

Known issues are read by number; lists only discover. An issue is ours when our own account wrote it
and its first line is a marker: a label, a title or a quoted marker is never enough.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from pipeline_health.agent.catching_up import with_what_issues_know
from pipeline_health.agent.filing import with_marker
from pipeline_health.agent.listed import (
    is_open_again,
    stubs_of,
    unless_disabled,
    unread,
)
from pipeline_health.agent.look import Look
from pipeline_health.core.adoption import (
    adopted,
    found_again,
    is_worth_adopting,
    moved_to,
    opened_again,
)
from pipeline_health.core.model.findings import Symptom
from pipeline_health.core.model.ids import Fingerprint, ProjectName, RepoName
from pipeline_health.core.model.incident import Incident, Phase
from pipeline_health.core.model.issue import IssueRef, Marker, Tracked, TrackedIssue
from pipeline_health.core.model.readings import (
    NotAsked,
    Part,
    Reading,
    Seen,
)
from pipeline_health.frozen import dataclass
from pipeline_health.ports import Memory, Tracker

LIST_LAG = timedelta(minutes=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recognised:
    """Every incident, the issues that were read, further issues of one incident, stale lists."""

    incidents: tuple[Incident, ...]
    issues: Mapping[IssueRef, Reading[Tracked]]
    strays: Mapping[Fingerprint, tuple[TrackedIssue, ...]]
    stale: Mapping[RepoName, str]

    def issue_of(self, incident: Incident) -> Part[Tracked]:
        """Give what the tracker shows under the number of *incident*."""
        if incident.filing is None:
            return NotAsked()
        return self.issues.get(_ref(incident.filing.repo, incident.filing.number), NotAsked())

    def closed(self) -> Mapping[IssueRef, bool]:
        """Give the issues that were read and are closed, and whether as not planned."""
        return {
            ref: reading.value.not_planned
            for ref, reading in self.issues.items()
            if isinstance(reading, Seen)
            and isinstance(reading.value, TrackedIssue)
            and not reading.value.open
        }


class Recogniser:
    """Matches issues and incidents in one cycle."""

    def __init__(
        self, *, tracker: Tracker, memory: Memory, reopen_within: timedelta, now: datetime
    ) -> None:
        self._tracker = tracker
        self._memory = memory
        self._reopen_within = reopen_within
        self._now = now

    def recognise(self, incidents: Sequence[Incident], look: Look) -> Recognised:
        """Read the issues that matter now, and adopt those that no incident knows."""
        stubs = stubs_of(look)
        known = {
            _ref(i.filing.repo, i.filing.number)
            for i in incidents
            if i.filing is not None and not is_open_again(i.filing, i.phase, stubs)
        }
        strangers = self._strangers(look, known)
        broken = {finding.symptom for finding in look.findings()}
        wanted = {
            _ref(i.filing.repo, i.filing.number)
            for i in incidents
            if i.filing is not None and _matters(i, broken)
        }
        issues = unless_disabled(self._read(wanted | strangers), incidents, look, now=self._now)
        found = self._ours(strangers, issues)
        adopted_now, strays = self._adopt(
            with_what_issues_know(incidents, issues, now=self._now), found, look
        )
        merged, strays = _with_the_oldest(adopted_now, strays, issues)
        return Recognised(
            incidents=merged,
            issues=issues,
            strays=strays,
            stale={**self._stale(merged, issues, look), **unread(strangers, issues)},
        )

    def _read(self, refs: Iterable[IssueRef]) -> Mapping[IssueRef, Reading[Tracked]]:
        ordered = sorted(refs)
        if not ordered:
            return {}
        read = self._tracker.read(ordered, now=self._now)
        return {ref: _marked(reading) for ref, reading in read.items()}

    def _strangers(self, look: Look, known: set[IssueRef]) -> set[IssueRef]:
        """Give the issues of our account that no incident knows and that nobody looked at yet."""
        strangers = set()
        for repo, stubs in stubs_of(look).items():
            for stub in stubs:
                ref = _ref(repo, stub.number)
                seen = self._memory.recall("foreign-issue", f"{repo}#{stub.number}")
                if ref not in known and seen != stub.updated_at.isoformat():
                    strangers.add(ref)
        return strangers

    def _ours(
        self, strangers: set[IssueRef], issues: Mapping[IssueRef, Reading[Tracked]]
    ) -> list[TrackedIssue]:
        ours = []
        for ref in sorted(strangers):
            reading = issues.get(ref)
            if not isinstance(reading, Seen) or not isinstance(reading.value, TrackedIssue):
                continue
            issue = reading.value
            if issue.ours and is_worth_adopting(
                issue, reopen_within=self._reopen_within, now=self._now
            ):
                ours.append(issue)
            else:
                self._pass_over(issue)
        return ours

    def _adopt(
        self, incidents: Iterable[Incident], found: Iterable[TrackedIssue], look: Look
    ) -> tuple[tuple[Incident, ...], Mapping[Fingerprint, tuple[TrackedIssue, ...]]]:
        merged = list(incidents)
        strays: dict[Fingerprint, list[TrackedIssue]] = defaultdict(list)
        for issue in sorted(found, key=_precedence):
            marker = issue.marker
            assert marker is not None  # noqa: S101 - _ours lets no other pass
            at = _incident_for(marker.fingerprint, merged, issue)
            if at is None:
                project = _project_of(issue.ref.repo, marker, look)
                if project is not None:
                    merged.append(adopted(issue, marker, project=project))
                continue
            filing = merged[at].filing
            if filing is None or filing.number == issue.ref.number:
                known = found_again(merged[at], issue, marker)
                merged[at] = opened_again(known, at=issue.updated_at) if issue.open else known
            elif issue.open:
                strays[marker.fingerprint].append(issue)
            else:
                self._pass_over(issue)
        return tuple(merged), {key: tuple(issues) for key, issues in strays.items()}

    def _pass_over(self, issue: TrackedIssue) -> None:
        """Do not read *issue* again until it changes."""
        self._memory.remember(
            "foreign-issue",
            f"{issue.ref.repo}#{issue.ref.number}",
            issue.updated_at.isoformat(),
            now=self._now,
        )

    def _stale(
        self,
        incidents: Sequence[Incident],
        issues: Mapping[IssueRef, Reading[Tracked]],
        look: Look,
    ) -> Mapping[RepoName, str]:
        """Name the repositories whose list lacks an issue that is open and ours by its number."""
        listed = {
            repo: {stub.number for stub in stubs if stub.open}
            for repo, stubs in stubs_of(look).items()
        }
        stale = {}
        for incident in incidents:
            if incident.filing is None:
                continue
            ref = _ref(incident.filing.repo, incident.filing.number)
            reading = issues.get(ref)
            if (
                isinstance(reading, Seen)
                and isinstance(reading.value, TrackedIssue)
                and reading.value.open
                and reading.value.ours
                and self._now - reading.value.updated_at > LIST_LAG
                and ref.repo in listed
                and ref.number not in listed[ref.repo]
            ):
                stale[ref.repo] = (
                    f"the list of issues of {ref.repo} lacks {ref.number}, which is open: "
                    "the list is stale, so nothing is opened there now"
                )
        return stale


def _incident_for(
    fingerprint: Fingerprint, incidents: Sequence[Incident], issue: TrackedIssue
) -> int | None:
    """Give the place of the incident that *issue* belongs to, None where it is one of its own.

    That is the live one of its fingerprint, else the one that is filed under it; what is over has
    only closed issues beside its own.
    """
    places = [at for at, i in enumerate(incidents) if i.fingerprint == fingerprint]
    live = [at for at in places if incidents[at].phase is not Phase.RESOLVED]
    own = [at for at in places if _is_filed_under(incidents[at], issue.ref.number)]
    past = [at for at in reversed(places) if incidents[at].filing is None or not issue.open]
    return next(iter((*live, *own, *past)), None)


def _precedence(issue: TrackedIssue) -> tuple[bool, int]:
    """Order open ones first, and of these the oldest: it is the one that stays.

    Of closed ones the newest comes first: what became of it is the last word.
    """
    return not issue.open, issue.ref.number if issue.open else -issue.ref.number


def _is_filed_under(incident: Incident, number: int) -> bool:
    return incident.filing is not None and incident.filing.number == number


def _with_the_oldest(
    incidents: Sequence[Incident],
    strays: Mapping[Fingerprint, tuple[TrackedIssue, ...]],
    issues: Mapping[IssueRef, Reading[Tracked]],
) -> tuple[tuple[Incident, ...], Mapping[Fingerprint, tuple[TrackedIssue, ...]]]:
    """Let every incident be filed under the oldest of its open issues, as every other host does."""
    merged, left = list(incidents), dict(strays)
    for fingerprint, others in strays.items():
        oldest = min(others, key=lambda issue: issue.ref.number)
        at = _incident_for(fingerprint, merged, oldest)
        incident = merged[at] if at is not None else None
        if at is None or incident is None or incident.filing is None or oldest.marker is None:
            continue
        current = issues.get(_ref(incident.filing.repo, incident.filing.number))
        if not isinstance(current, Seen) or not isinstance(current.value, TrackedIssue):
            continue
        stays = current.value.open or current.value.not_planned
        if stays and oldest.ref.number > current.value.ref.number:
            continue
        merged[at] = moved_to(incident, oldest, oldest.marker)
        left[fingerprint] = (*(o for o in others if o is not oldest), current.value)
    return tuple(merged), left


def _matters(incident: Incident, broken: Collection[Symptom]) -> bool:
    """Tell whether the issue of *incident* has to be looked at in this cycle."""
    if incident.phase is not Phase.RESOLVED:
        return True
    if incident.filing is not None and incident.filing.closed_at is None:
        return True
    return any(ailment.symptom in broken for ailment in incident.ailments)


def _marked(reading: Reading[Tracked]) -> Reading[Tracked]:
    if isinstance(reading, Seen) and isinstance(reading.value, TrackedIssue):
        return Seen(at=reading.at, value=with_marker(reading.value))
    return reading


def _project_of(repo: RepoName, marker: Marker, look: Look) -> ProjectName | None:
    """Give the project that an issue of *repo* is about: by scope, else by name, else any."""
    scopes = {symptom.scope for symptom in marker.symptoms}
    of_repo = [
        view.policy.name
        for view in look.snapshot.projects
        if isinstance(view.github.repository, Seen) and view.github.repository.value.name == repo
    ]
    for name in of_repo:
        if any(seen.symptom.scope in scopes for seen in look.observations[name]):
            return name
    return marker.project if marker.project in of_repo else next(iter(of_repo), None)


def _ref(repo: RepoName, number: int) -> IssueRef:
    return IssueRef(repo, number)
