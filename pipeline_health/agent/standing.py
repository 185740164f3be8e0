"""Which issues of ours are open for a project, and which of them the facts prove to be over.

What is broken and silent counts as if its issue were open: who works on something need not be told
of it, and must not promote it either. What is told of in an issue for many projects counts as if
it had an issue of its own.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from pipeline_health.agent.cases import case_of, repo_of
from pipeline_health.agent.elsewhere import Elsewhere, Told, is_of
from pipeline_health.agent.look import Look
from pipeline_health.agent.looking import Eyes
from pipeline_health.agent.recognising import Recognised, Recogniser
from pipeline_health.core.incidents import advanced
from pipeline_health.core.issue_text.parent_marker import MemberMark
from pipeline_health.core.maintenance import silent_spans
from pipeline_health.core.model.findings import Finding, Kind
from pipeline_health.core.model.ids import Login, Sha
from pipeline_health.core.model.incident import Incident, Phase
from pipeline_health.core.model.issue import Tracked, TrackedIssue
from pipeline_health.core.model.maintenance import MaintenanceWindow
from pipeline_health.core.model.policy import Policy
from pipeline_health.core.model.promotion import OpenIncident
from pipeline_health.core.model.questions import RunTrace
from pipeline_health.core.model.readings import Blind, BlindCause, Part, Reading, Seen
from pipeline_health.core.under_way import is_tried_again
from pipeline_health.ports import Memory, PipelineHealthError, Tracker


class Standing:
    """Reads the open issues of one project.

    *why_unknown* says why ours cannot be told from others', nothing where they can; *windows* are
    those of maintenance that this host knows.
    """

    def __init__(  # noqa: PLR0913 - one argument a part
        self,
        policy: Policy,
        *,
        eyes: Eyes,
        tracker: Tracker,
        elsewhere: Elsewhere,
        memory: Memory,
        why_unknown: Callable[[], str],
        windows: Sequence[MaintenanceWindow] = (),
    ) -> None:
        self._policy = policy
        self._eyes = eyes
        self._tracker = tracker
        self._elsewhere = elsewhere
        self._memory = memory
        self._why_unknown = why_unknown
        self._windows = tuple(windows)

    def of(
        self, look: Look, known: Sequence[Incident], *, now: datetime
    ) -> Reading[tuple[OpenIncident, ...]]:
        """Give the open ones; Blind where any of them could be missed."""
        why_unknown = self._why_unknown()
        if why_unknown:
            return Blind(at=now, why=why_unknown, cause=BlindCause.UNCONFIGURED)
        try:
            return self._read(look, known, now=now)
        except PipelineHealthError as exc:
            return Blind(at=now, why=f"the open issues could not be read: {exc}")

    def _read(
        self, look: Look, known: Sequence[Incident], *, now: datetime
    ) -> Reading[tuple[OpenIncident, ...]]:
        view = look.snapshot.projects[0]
        if isinstance(view.github.issues, Blind):
            issues = view.github.issues
            return replace(issues, at=now, why=f"the open issues could not be read: {issues.why}")
        recogniser = Recogniser(
            tracker=self._tracker,
            memory=self._memory,
            reopen_within=timedelta.max,  # nothing is reopened here; what somebody closed stays so
            now=now,
        )
        recognised = recogniser.recognise(known, look)
        stale = recognised.stale.get(repo_of(view.policy.name, look))
        unread = next(_unread(recognised), None)
        if stale is not None or unread is not None:
            return Blind(at=now, why=stale or unread or "")
        told = self._elsewhere.read(now=now)
        if isinstance(told, Blind):
            return told
        look = self._eyes.asked_out(look, recognised.incidents, now=now)
        return Seen(at=now, value=tuple(self._open(recognised, look, told.value, now=now)))

    def _open(
        self, recognised: Recognised, look: Look, told: Sequence[Told], *, now: datetime
    ) -> Iterator[OpenIncident]:
        for incident in recognised.incidents:
            seen = recognised.issue_of(incident)
            by = _naming(incident, told)
            if isinstance(seen, Seen) and isinstance(seen.value, TrackedIssue) and seen.value.open:
                yield self._put(incident, seen.value, recognised, look, now=now)
            elif by is not None:
                put = self._put(incident, None, recognised, look, now=now)
                yield replace(put, url=by.issue.url, named_in=by.called)
            elif self._is_kept_silent(incident, seen, look, now=now):
                yield self._put(incident, None, recognised, look, now=now)
        yield from _without_incident(recognised, look, told)

    def _put(
        self,
        incident: Incident,
        issue: TrackedIssue | None,
        recognised: Recognised,
        look: Look,
        *,
        now: datetime,
    ) -> OpenIncident:
        agents: frozenset[Login] = frozenset(self._policy.routing.agent_logins)
        case = advanced(case_of(incident, (), recognised, look), agent_logins=agents, now=now)
        symptoms = {ailment.symptom for ailment in incident.ailments}
        fails = any(finding.symptom in symptoms for finding in look.findings())
        view = look.view(incident.project)
        return OpenIncident(
            number=None if issue is None else issue.ref.number,
            url=incident.newest.trace.url if issue is None else issue.url,
            title=incident.title if issue is None else issue.title,
            kind=incident.kind,
            commits=_commits(incident),
            over=case.incident.phase is Phase.RESOLVED and not fails,
            of_tests=_is_of_tests(case.incident),
            again=view is not None and not fails and is_tried_again(case.incident, view),
            scopes=tuple(dict.fromkeys(one.symptom.scope for one in incident.ailments)),
        )

    def _is_kept_silent(
        self, incident: Incident, seen: Part[Tracked], look: Look, *, now: datetime
    ) -> bool:
        """Tell whether *incident* is broken and was silent since, and so was not told of.

        After its window what nothing speaks of any more, such as a workflow that is gone, is never
        filed: nobody could close an issue of it, and it would stand in the way for ever.
        """
        if incident.phase in (Phase.RESOLVED, Phase.MUTED) or not incident.broken:
            return False
        if _is_closed_since(seen, incident.failed_at):
            return False
        spoken_of = bool(look.projects_of(incident))
        return any(
            start <= now and end > (incident.first_failed_at if spoken_of else now)
            for start, end in silent_spans(incident, self._windows)
        )


def _is_closed_since(seen: Part[Tracked], failed_at: datetime) -> bool:
    """Tell whether the issue was closed after the failure, or for good: that is somebody's word."""
    if not isinstance(seen, Seen) or not isinstance(seen.value, TrackedIssue):
        return False
    closed_at = seen.value.closed_at
    return seen.value.not_planned or (closed_at is not None and closed_at > failed_at)


def _without_incident(
    recognised: Recognised, look: Look, told: Sequence[Told]
) -> Iterator[OpenIncident]:
    """Give what is broken and is no incident of this ledger, or is one twice."""
    for each in told:
        marks = each.left(recognised.incidents)
        yield from (_named(mark, each, look) for mark in marks if look.view(mark.project))
    for finding in look.findings():
        if _is_of_pipeline(finding) and not _is_told(finding, recognised):
            yield _unfiled(finding)
    for issues in recognised.strays.values():
        yield from (_stray(issue) for issue in issues if issue.marker is not None)


def _naming(incident: Incident, told: Sequence[Told]) -> Told | None:
    """Give the issue for many projects that tells of *incident*, where it has none of its own."""
    waits = incident.filing is None
    return next((each for each in told if waits and each.names(incident)), None)


def _named(mark: MemberMark, told: Told, look: Look) -> OpenIncident:
    """Give what an issue says of a failure of which no ledger here knows more.

    How it failed is not known, so that no proof can be held against it: where nothing shows that it
    fails, the next look of whoever filed the issue has the word.
    """
    fails = any(
        finding.project == mark.project and is_of(mark, finding.symptom)
        for finding in look.findings()
    )
    return OpenIncident(
        number=None,
        url=told.issue.url,
        title=told.issue.title,
        kind=mark.kind,
        commits=(),
        over=False,
        again=not fails,
        named_in=told.called,
    )


def _is_of_pipeline(finding: Finding) -> bool:
    """Tell whether *finding* is of a job that tests staging: no other criterion looks at those."""
    return finding.symptom.kind is Kind.STAGING_TESTS_FAILED and isinstance(finding.trace, RunTrace)


def _is_told(finding: Finding, recognised: Recognised) -> bool:
    """Tell whether an issue speaks of *finding*, or did until somebody closed it all the same."""
    return any(
        (isinstance(seen, Seen) and isinstance(seen.value, TrackedIssue) and seen.value.open)
        or _is_closed_since(seen, finding.since)
        for incident in recognised.incidents
        if any(ailment.symptom == finding.symptom for ailment in incident.ailments)
        for seen in (recognised.issue_of(incident),)
    )


def _unfiled(finding: Finding) -> OpenIncident:
    """Give a failure that is seen now and not told of yet; the next cycle files it."""
    return OpenIncident(
        number=None,
        url=finding.trace.url,
        title=finding.says.rstrip("."),
        kind=finding.symptom.kind,
        commits=() if finding.commit is None else (finding.commit,),
        over=False,
        scopes=(finding.symptom.scope,),
    )


def _unread(recognised: Recognised) -> Iterator[str]:
    """Say which issue that matters could not be read."""
    for incident in recognised.incidents:
        reading = recognised.issue_of(incident)
        if isinstance(reading, Blind) and incident.phase is not Phase.RESOLVED:
            yield f"an issue of ours could not be read: {reading.why}"


def _commits(incident: Incident) -> tuple[Sha, ...]:
    """Give every commit at which it is known to have failed."""
    named = (
        *(ailment.commit for ailment in incident.ailments if ailment.healed is None),
        *(occurrence.commit for occurrence in incident.occurrences),
    )
    return tuple(dict.fromkeys(commit for commit in named if commit is not None))


def _is_of_tests(incident: Incident) -> bool:
    """Tell whether what is left of it is what our own look at staging said before a promotion."""
    return bool(incident.broken) and all(
        ailment.symptom.kind is Kind.STAGING_TESTS_FAILED
        and not ailment.jobs
        and not isinstance(ailment.trace, RunTrace)
        for ailment in incident.broken
    )


def _stray(issue: TrackedIssue) -> OpenIncident:
    """Give a second open issue of one incident: until it is closed as a duplicate, it counts."""
    marker = issue.marker
    assert marker is not None  # noqa: S101 - the caller has asked
    return OpenIncident(
        number=issue.ref.number,
        url=issue.url,
        title=issue.title,
        kind=marker.kind,
        commits=() if marker.commit is None else (marker.commit,),
        over=False,
    )
