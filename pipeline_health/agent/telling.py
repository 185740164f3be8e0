"""The report of a cycle, and the one sentence in which it ends."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime

from pipeline_health.agent.look import Look
from pipeline_health.core.lights import lights_of, station_of
from pipeline_health.core.model.case import Case, Diagnosed
from pipeline_health.core.model.findings import Proof, Thing
from pipeline_health.core.model.ids import ProjectName, RepoName
from pipeline_health.core.model.incident import Phase
from pipeline_health.core.model.plan import (
    Change,
    CloseIssue,
    CommentIssue,
    HandOver,
    OpenIssue,
    Outcome,
    Plan,
    ReopenIssue,
    Requeue,
    RerunJobs,
    UpdateIssue,
)
from pipeline_health.core.model.readings import Blind, BlindCause, Seen
from pipeline_health.core.model.report import (
    BlindLine,
    ChangeLine,
    CycleReport,
    FindingLine,
    OrphanLine,
    ProjectLine,
    Station,
    TransientLine,
)
from pipeline_health.core.model.snapshot import ProjectView
from pipeline_health.core.observe import blind_parts
from pipeline_health.core.parents import named_in
from pipeline_health.core.unwatched import unwatched
from pipeline_health.frozen import dataclass

_DONE: Mapping[type, tuple[str, str]] = {
    OpenIssue: ("opened", "open"),
    UpdateIssue: ("edited", "edit"),
    CommentIssue: ("commented on", "comment on"),
    CloseIssue: ("closed", "close"),
    ReopenIssue: ("reopened", "reopen"),
    HandOver: ("handed over", "hand over"),
    Requeue: ("queued again", "queue again"),
    RerunJobs: ("re-ran", "re-run"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a cycle decided and did, beside what it saw."""

    cases: Sequence[Case]
    plan: Plan
    outcomes: Sequence[Outcome]
    stale: Mapping[RepoName, str]
    orphans: Sequence[OrphanLine] = ()


def report_of(
    cycle: str, look: Look, told: Told, *, started_at: datetime, dry: bool
) -> CycleReport:
    """Put what was seen, decided and done into one report."""
    projects = tuple(_project(view, look, told) for view in look.snapshot.projects)
    changes = tuple(_change(outcome) for outcome in told.outcomes)
    return CycleReport(
        cycle=cycle,
        started_at=started_at,
        finished_at=started_at,
        sentence=sentence(projects, told, dry=dry, refused=refused_by_github(look)),
        dry_run=dry,
        projects=projects,
        changes=changes,
        waiting=told.plan.waiting,
        orphans=tuple(told.orphans),
    )


def refused_by_github(look: Look) -> str | None:
    """Give our GitHub token that is refused, so that nothing at all can be filed."""
    for view in look.snapshot.projects:
        repository = view.github.repository
        if isinstance(repository, Blind) and repository.cause is BlindCause.REFUSED:
            return repository.token
    return None


def sentence(
    projects: Sequence[ProjectLine], told: Told, *, dry: bool, refused: str | None = None
) -> str:
    """Sum up a cycle: how many were looked at, what is broken, what was done, what was not seen.

    *refused* is our GitHub token, if it is.
    """
    parts = [f"Looked at {_count(len(projects), 'project')}"]
    broken = sorted({project.name for project in projects if project.findings})
    parts.append(f"broken: {_listed(broken)}" if broken else "nothing that was seen is broken")
    parts.extend(_unproved(told.cases))
    hidden = sum(case.incident.hidden_behind is not None for case in told.cases)
    if hidden:
        parts.append(f"{_count(hidden, 'consequence')} not filed beside the cause")
    named = sum(is_named(case) for case in told.cases)
    if named:
        parts.append(f"{_count(named, 'failure')} told of in an issue for many projects")
    parts.extend(_deeds(told.outcomes, dry=dry))
    undone = sum(
        not outcome.applied and not isinstance(outcome.change, RerunJobs)
        for outcome in told.outcomes
    )
    if undone and not dry:
        parts.append(f"{_count(undone, 'change')} could not be made and will be tried again")
    if told.plan.waiting:
        parts.append(f"{_count(len(told.plan.waiting), 'thing')} must wait")
    blind = list(dict.fromkeys(f"{line.source} of {p.name}" for p in projects for line in p.blind))
    if blind:
        parts.append(f"blind to {_listed(blind)}, of which nothing is concluded")
    if refused is not None:
        parts.append(
            f"GitHub refused {refused}: no issue can be filed until it is replaced in secrets.env"
        )
    return "; ".join(parts) + "."


def _unproved(cases: Sequence[Case]) -> Iterator[str]:
    held = sum(case.incident.held_since is not None for case in cases)
    awaited = sum(is_awaited(case) and case.incident.held_since is None for case in cases)
    if awaited:
        yield f"{_count(awaited, 'incident')} not yet proved to be over"
    if held == 1:
        yield "1 recovery is believed when another look proves it again"
    elif held:
        yield f"{held} recoveries are believed when another look proves them again"


def _deeds(outcomes: Sequence[Outcome], *, dry: bool) -> Iterator[str]:
    for kind, (past, future) in _DONE.items():
        number = sum(
            isinstance(outcome.change, kind) and (dry or outcome.applied) and not outcome.found
            for outcome in outcomes
        )
        if number:
            issues = _count(number, "failed run" if kind is RerunJobs else "issue")
            yield f"would {future} {issues}" if dry else f"{past} {issues}"


def _project(view: ProjectView, look: Look, told: Told) -> ProjectLine:
    name = view.policy.name
    observations = look.observations[name]
    blind = [BlindLine(source=source, why=why) for source, why in blind_parts(view)]
    blind += [
        BlindLine(source="github", why=why)
        for repo, why in told.stale.items()
        if repo == view.policy.repo
    ]
    blind += [
        BlindLine(source="github", why=case.issue.why)
        for case in told.cases
        if case.incident.project == name and isinstance(case.issue, Blind)
    ]
    return ProjectLine(
        name=name,
        repo=view.policy.repo,
        findings=tuple(_findings(name, told.cases)),
        blind=tuple(dict.fromkeys(blind)),
        unsettled=tuple(unsettled.why for unsettled in look.unsettled(name)),
        healthy=tuple(
            seen.says for seen in observations if isinstance(seen, Proof) and _is_health(seen)
        ),
        unproved=tuple(
            case.incident.title
            for case in told.cases
            if case.incident.project == name and is_awaited(case)
        ),
        unwatched=tuple(unwatched(view)),
        transients=tuple(_transients(view)),
        lights=lights_of(view, observations, awaited=frozenset(_awaited(name, told.cases))),
    )


def _awaited(name: ProjectName, cases: Iterable[Case]) -> Iterator[Station]:
    """Give the stations of which an issue speaks that nothing proves to be over."""
    for case in cases:
        if case.incident.project == name and is_awaited(case):
            for ailment in case.incident.broken:
                if (station := station_of(ailment.symptom.kind)) is not None:
                    yield station


def is_awaited(case: Case) -> bool:
    """Tell whether nothing is broken now of what was filed, and nothing proves that it is over."""
    return case.incident.phase in (Phase.OPEN, Phase.RECOVERING) and not case.findings


def is_named(case: Case) -> bool:
    """Tell whether what is broken has no issue of its own, but is named in one of many projects."""
    return case.incident.filing is None and case.incident.named is not None and bool(case.findings)


def _is_health(proof: Proof) -> bool:
    """Tell whether *proof* is about the project, and not about our own seeing it."""
    return proof.symptom.subject.thing not in (Thing.SOURCE, Thing.SECRET)


def _transients(view: ProjectView) -> Iterator[TransientLine]:
    """Count by hour of the day what failed for a moment, URL by URL."""
    for part in view.urls.values():
        if isinstance(part, Seen):
            hours = Counter(at.astimezone(UTC).hour for at in part.value.transients)
            for hour, count in sorted(hours.items()):
                yield TransientLine(url=part.value.url, hour=hour, count=count)


def _findings(project: ProjectName, cases: Sequence[Case]) -> Iterator[FindingLine]:
    for case in cases:
        for found in case.findings:
            if found.finding.project == project:
                yield _finding(case, found)


def _finding(case: Case, found: Diagnosed) -> FindingLine:
    filing = case.incident.filing
    return FindingLine(
        fingerprint=case.incident.fingerprint,
        symptom=found.finding.symptom,
        since=found.finding.since,
        commit=found.finding.commit,
        cause=case.incident.cause.of,
        owner=case.incident.cause.owner,
        incident=None if filing is None else filing.number,
        hidden_behind=case.incident.hidden_behind,
        named=named_in(case.incident),
    )


def _change(outcome: Outcome) -> ChangeLine:
    change = outcome.change
    return ChangeLine(
        change=name_of(change),
        repo=change.repo if isinstance(change, OpenIssue | RerunJobs) else change.ref.repo,
        issue=_number(outcome),
        fingerprint=change.fingerprint,
        reason=change.reason,
        applied=outcome.applied,
        why=outcome.why,
    )


def name_of(change: Change) -> str:
    """Give the name by which reports call a change."""
    return _DONE[type(change)][1]


def _number(outcome: Outcome) -> int | None:
    if isinstance(outcome.change, OpenIssue):
        return None if outcome.ref is None else outcome.ref.number
    if isinstance(outcome.change, RerunJobs):
        return None
    return outcome.change.ref.number


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def _listed(names: Sequence[str], *, most: int = 5) -> str:
    shown = ", ".join(names[:most])
    return shown if len(names) <= most else f"{shown} and {len(names) - most} more"
