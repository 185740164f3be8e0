"""The life of an incident: what heals it, when it is over, and what people may decide about it.

`pending` (seen, and not filed: it is hidden, or waits) → `open` → `recovering` (something is proved
or under way) → `resolved`; `muted` once a person closes it as not planned, or deletes its issue,
until it has recovered. What a kind must see several times is Unsettled until then, and no incident.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Literal

from pipeline_health.core.deploy_verdict import is_promotion_check
from pipeline_health.core.issue_text import title_of
from pipeline_health.core.model.case import Case
from pipeline_health.core.model.findings import Kind, Proof
from pipeline_health.core.model.ids import Login
from pipeline_health.core.model.incident import Ailment, Incident, Phase
from pipeline_health.core.model.issue import Gone, Tracked, TrackedIssue
from pipeline_health.core.model.questions import Contains, Job, JobsOf, Question, RunTrace
from pipeline_health.core.model.readings import CheckConclusion, Part, Seen
from pipeline_health.core.model.snapshot import ProjectView
from pipeline_health.core.observe import contains

GONE_AFTER = timedelta(hours=1)
FLAPPING_WITHIN = timedelta(hours=6)
TURNS = 3
GREEN_LOOKS = 3
MOST_TURNS = 7
_FAILED = (CheckConclusion.FAILURE, CheckConclusion.TIMED_OUT)
_LEG = re.compile(r" \(.*?\)(?= / |$)")


def proof_questions(
    incident: Incident, proofs: Iterable[Proof], view: ProjectView
) -> Iterator[Question]:
    """Name what must be found out before *proofs* can heal *incident*."""
    for ailment, proof in _pairs(incident, proofs):
        if is_newer(ailment, proof):
            for needed in (descent(ailment, proof, view), same_jobs(ailment, proof, view)):
                if not isinstance(needed, bool):
                    yield needed


def with_proofs(incident: Incident, proofs: Iterable[Proof], view: ProjectView) -> Incident:
    """Give *incident* with every ailment healed that *proofs* heal; what is open stays open."""
    healed = {
        ailment.symptom: proof
        for ailment, proof in _pairs(incident, proofs)
        if may_heal(ailment, proof, view)
    }
    return replace(
        incident,
        ailments=tuple(
            replace(ailment, healed=healed.get(ailment.symptom, ailment.healed))
            for ailment in incident.ailments
        ),
    )


def may_heal(ailment: Ailment, proof: Proof, view: ProjectView) -> bool:
    """Tell whether *proof* ends *ailment*: newer, at a commit with it, by the same jobs."""
    return (
        is_newer(ailment, proof)
        and descent(ailment, proof, view) is True
        and same_jobs(ailment, proof, view) is True
    )


def _pairs(incident: Incident, proofs: Iterable[Proof]) -> Iterator[tuple[Ailment, Proof]]:
    kept = tuple(proofs)
    for ailment in incident.broken:
        for proof in kept:
            if proof.symptom == ailment.symptom:
                yield ailment, proof


def is_newer(ailment: Ailment, proof: Proof) -> bool:
    """Tell whether *proof* is of a time after the failure."""
    return proof.at > ailment.failed_at


def descent(ailment: Ailment, proof: Proof, view: ProjectView) -> bool | Contains:
    """Tell whether the proof's commit contains the failing one, or ask.

    A failed deployment without a commit is over when a newer one of the same service succeeds.
    """
    if ailment.commit is None:
        return True
    if proof.commit is None:
        return False
    return contains(view, newer=proof.commit, older=ailment.commit)


def same_jobs(ailment: Ailment, proof: Proof, view: ProjectView) -> bool | JobsOf:
    """Tell whether the jobs that failed are among those that passed, or ask.

    A green run in which the failing job was skipped, or is gone, proves nothing. Nor does another
    system's word: Railway may redeploy by itself while the pipeline's token is still refused.
    """
    if not isinstance(proof.trace, RunTrace):
        return not ailment.jobs and not isinstance(ailment.trace, RunTrace)
    failed = failed_jobs(ailment, view)
    if not isinstance(failed, tuple):
        return failed
    if not failed:
        return True
    question = JobsOf(proof.trace)
    answer = view.answers.jobs.get(question)
    if answer is None:
        return question
    return isinstance(answer, Seen) and _passed(failed, answer.value)


def failed_jobs(ailment: Ailment, view: ProjectView) -> tuple[str, ...] | JobsOf | Literal[False]:
    """Give the jobs that failed: as noted, else by asking; False when that cannot be seen."""
    if ailment.jobs or not isinstance(ailment.trace, RunTrace):
        return ailment.jobs
    question = JobsOf(ailment.trace)
    answer = view.answers.jobs.get(question)
    if answer is None:
        return question
    if not isinstance(answer, Seen):
        return False
    return tuple(job.name for job in answer.value if job.conclusion in _FAILED)


def _passed(failed: Sequence[str], jobs: Sequence[Job]) -> bool:
    """Tell whether every job of *failed* passed: itself where it is listed, else its matrix.

    One that got as far as to ask us, and was told no, has passed all that it does itself.
    """
    passed = [job for job in jobs if _has_passed(job)]
    without = {job.name for job in jobs if job not in passed}
    green = {without_matrix(job.name) for job in passed}
    red = {
        without_matrix(job.name)
        for job in jobs
        if job not in passed and job.conclusion is not CheckConclusion.SKIPPED
    }
    return without.isdisjoint(failed) and {without_matrix(name) for name in failed} <= green - red


def _has_passed(job: Job) -> bool:
    return job.conclusion is CheckConclusion.SUCCESS or is_promotion_check(job)


def without_matrix(job: str) -> str:
    """Give the name of a job without the ` (3.12, linux)` that a matrix appends.

    A workflow that is called from a matrix names its jobs `build (linux) / test`.
    """
    return _LEG.sub("", job)


def advanced(case: Case, *, agent_logins: frozenset[Login], now: datetime) -> Case:
    """Give *case* with its incident one step further in its life."""
    incident = _as_the_tracker_has_it(case, agent_logins=agent_logins, now=now)
    if incident.duplicate_of is not None:
        incident = _resolved(incident, case.issue, now=now)
    elif not incident.broken:
        incident = _over(incident, case, now=now)
    elif incident.phase is not Phase.MUTED:
        held = incident.held_since is not None
        healing = case.in_flight or held or incident.broken != incident.ailments
        standing = Phase.PENDING if incident.filing is None else Phase.OPEN
        phase = Phase.RECOVERING if healing and not case.findings else standing
        incident = replace(incident, phase=phase, green_looks=0)
    return replace(case, incident=incident if incident.filing else _titled(incident))


def _titled(incident: Incident) -> Incident:
    """Give what nobody was told of yet a title about what is broken, not about what is over.

    A credential is the cause of all of it, whatever is over.
    """
    titles = {_title(incident, ailment): ailment for ailment in incident.broken}
    if incident.kind is Kind.CREDENTIAL_REJECTED or not titles or incident.title in titles:
        return incident
    title, of = next(iter(titles.items()))
    return replace(incident, title=title, kind=of.symptom.kind, scope=of.symptom.scope)


def _title(incident: Incident, ailment: Ailment) -> str:
    return title_of(
        ailment.symptom.kind,
        ailment.symptom.subject,
        project=incident.project,
        cause=incident.cause,
        symptom_kind=ailment.symptom.kind,
        commit=ailment.commit,
    )


def _as_the_tracker_has_it(
    case: Case, *, agent_logins: frozenset[Login], now: datetime
) -> Incident:
    incident = case.incident
    if not isinstance(case.issue, Seen):
        return incident
    issue = case.issue.value
    if isinstance(issue, Gone):
        return _gone(incident, now=now)
    seen = replace(incident, gone_since=None)
    if incident.phase is Phase.RESOLVED:
        return seen
    if issue.open:
        filing = None if seen.filing is None else replace(seen.filing, closed_at=None)
        seen = replace(seen, filing=filing)
        # Who opens again what was muted moves it: the agent has not let the time pass.
        muted = incident.phase is Phase.MUTED
        return replace(seen, phase=Phase.OPEN, moved_at=now) if muted else seen
    muted = is_muting(issue, agent_logins) and not _closed_before(incident)
    return replace(seen, phase=Phase.MUTED) if muted else seen


def _over(incident: Incident, case: Case, *, now: datetime) -> Incident:
    """Resolve what is proved in full, at once, or after some green looks when it comes and goes.

    With every further turn twice as many are wanted, so that nobody reads of each. A blind look is
    no green one.
    """
    lately = sum(now - turn <= FLAPPING_WITHIN for turn in incident.turns)
    flaps = incident.phase is not Phase.RESOLVED and lately >= TURNS - 1
    green = incident.green_looks + (0 if case.blind else 1)
    wanted = GREEN_LOOKS * 2 ** max(lately - TURNS + 1, 0)
    if not flaps or green >= wanted:
        return _resolved(incident, case.issue, now=now)
    return replace(
        incident,
        phase=Phase.RECOVERING,
        green_looks=green,
        flapping=True,
        looks_wanted=wanted,
    )


def _resolved(incident: Incident, issue: Part[Tracked], *, now: datetime) -> Incident:
    if incident.phase is not Phase.RESOLVED:
        incident = replace(
            incident,
            phase=Phase.RESOLVED,
            resolved_at=now,
            turns=(*incident.turns, now)[-MOST_TURNS:],
            green_looks=0,
            flapping=False,
        )
    match issue:
        case Seen(value=TrackedIssue(open=False) as closed):
            return _seen_closed(incident, closed, now=now)
        case _:
            return incident


def _closed_before(incident: Incident) -> bool:
    """Tell whether the issue was closed when the incident was over: it mutes no relapse."""
    return incident.filing is not None and incident.filing.closed_at is not None


def _seen_closed(incident: Incident, issue: TrackedIssue, *, now: datetime) -> Incident:
    """Note that the issue of a resolved incident is closed: it need not be looked at any more."""
    if incident.filing is None or incident.filing.closed_at is not None:
        return incident
    return replace(incident, filing=replace(incident.filing, closed_at=issue.closed_at or now))


def is_muting(issue: TrackedIssue, agent_logins: frozenset[Login]) -> bool:
    """Tell whether a person closed *issue* as not planned; a bot or an agent mutes nothing."""
    return (
        issue.not_planned
        and not issue.closed_by_bot
        and issue.closed_by is not None
        and issue.closed_by not in agent_logins
    )


def _gone(incident: Incident, *, now: datetime) -> Incident:
    """Believe that an issue was deleted when two looks an hour apart say so.

    Deleted while it was broken, it is muted until it has recovered; after that it is forgotten, and
    what breaks again gets a new one.
    """
    if incident.gone_since is None:
        return replace(incident, gone_since=now)
    if now - incident.gone_since < GONE_AFTER:
        return incident
    if incident.phase is not Phase.RESOLVED and not _closed_before(incident):
        return replace(incident, phase=Phase.MUTED)
    number = None if incident.filing is None else incident.filing.number
    return replace(incident, filing=None, previous=number, gone_since=None)


def proof_of(incident: Incident) -> Proof | None:
    """Give the proof that came last, None while anything is unproved."""
    proofs = [ailment.healed for ailment in incident.ailments if ailment.healed is not None]
    if len(proofs) < len(incident.ailments) or not proofs:
        return None
    return max(proofs, key=lambda proof: proof.at)
