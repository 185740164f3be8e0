"""From eight criteria to one answer, with its reason and the next command on one line."""

from collections.abc import Sequence
from datetime import datetime

from pipeline_health.core.gate.credentials import allowed_age
from pipeline_health.core.gate.deploy import Deployed
from pipeline_health.core.gate.rollback import Behind
from pipeline_health.core.gate.words import look_again, short
from pipeline_health.core.model.promotion import Matter
from pipeline_health.core.model.verdict import (
    Answer,
    Criterion,
    CriterionName,
    CriterionState,
    Verdict,
)
from pipeline_health.frozen import dataclass

_LETS_THROUGH = frozenset({CriterionState.PASS, CriterionState.WAIVED})
_ENDS = frozenset({CriterionName.E2E})
"""Not run while anything else fails, which is not worth waiting for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Said:
    """The answer, why, what to do next, and whether waiting may still change it."""

    answer: Answer
    reason: str
    next: str
    final: bool


def summed_up(
    matter: Matter, deployed: Deployed, criteria: tuple[Criterion, ...], behind: Behind
) -> Verdict:
    """Sum *criteria* up; *behind* is how production stands to the commit."""
    said = _said(matter, deployed, criteria, behind)
    promotes = said.answer is Answer.PROMOTE
    return Verdict(
        answer=said.answer,
        reason=said.reason,
        next=said.next,
        project=matter.policy.name,
        repo=matter.policy.repo,
        commit=matter.commit,
        criteria=criteria,
        checked_at=matter.now,
        config_hash=matter.asked.config_hash,
        final=said.final,
        superseded_by=deployed.newer,
        rollback=behind.says,
        url=matter.policy.staging_url,
        served=deployed.served,
        expires_at=_expires_at(matter, criteria) if promotes else None,
    )


def _said(
    matter: Matter, deployed: Deployed, criteria: Sequence[Criterion], behind: Behind
) -> _Said:
    if deployed.newer is not None:
        return _superseded(criteria)
    if behind.is_certain:
        return _Said(
            answer=Answer.BLOCK,
            reason=f"rollback: {behind.says}",
            next="promote a newer commit, or say that you mean it with --allow-rollback",
            final=True,
        )
    if _is_complete(criteria) and behind.says:
        again = look_again(matter)
        reason = f"rollback: {behind.says}"
        return _Said(answer=Answer.UNKNOWN, reason=reason, next=again, final=False)
    if _is_complete(criteria):
        return _promoted(matter, criteria)
    return _refused(criteria)


def _is_complete(criteria: Sequence[Criterion]) -> bool:
    """Tell whether every one of the eight lets the commit through."""
    names = [one.name for one in criteria]
    return names == list(CriterionName) and all(one.state in _LETS_THROUGH for one in criteria)


def _superseded(criteria: Sequence[Criterion]) -> _Said:
    criterion = _named(criteria, CriterionName.STAGING_DEPLOY)
    return _Said(
        answer=Answer.BLOCK,
        reason=f"superseded: {criterion.says}",
        next=criterion.next,
        final=True,
    )


def _named(criteria: Sequence[Criterion], name: CriterionName) -> Criterion:
    return next(one for one in criteria if one.name is name)


def _promoted(matter: Matter, criteria: Sequence[Criterion]) -> _Said:
    waived = [one.name for one in criteria if one.state is CriterionState.WAIVED]
    without = f" (done without: {', '.join(waived)})" if waived else ""
    at = short(matter.commit)
    return _Said(
        answer=Answer.PROMOTE,
        reason=f"{matter.policy.name} may go to production at {at}{without}",
        next=f"deploy exactly {matter.commit} to production, before this expires",
        final=True,
    )


def _refused(criteria: Sequence[Criterion]) -> _Said:
    """Let the first failure speak, else what is unknown, else what is pending."""
    order = (CriterionState.FAIL, CriterionState.UNKNOWN, CriterionState.PENDING)
    # Tests that were not run are nobody's reason.
    told = sorted(criteria, key=lambda one: one.name in _ENDS and one.state is not order[0])
    worst = next(one for state in order for one in told if one.state is state)
    answers = {CriterionState.UNKNOWN: Answer.UNKNOWN}
    return _Said(
        answer=answers.get(worst.state, Answer.BLOCK),
        reason=f"{worst.name}: {worst.says}",
        next=worst.next,
        final=_is_final(criteria),
    )


def _is_final(criteria: Sequence[Criterion]) -> bool:
    """Tell whether waiting changes nothing; an open issue may be proved over by what is pending."""
    failed = {one.name for one in criteria if one.state is CriterionState.FAIL}
    waits = any(one.state is CriterionState.PENDING for one in criteria if one.name not in _ENDS)
    return bool(failed - {CriterionName.NO_OPEN_INCIDENT}) or (bool(failed) and not waits)


def _expires_at(matter: Matter, criteria: Sequence[Criterion]) -> datetime:
    """Give when the first of the proofs is too old."""
    return min(
        one.at
        + (
            allowed_age(matter)
            if one.name is CriterionName.CREDENTIAL_ISOLATION
            else matter.gate.max_age
        )
        for one in criteria
    )
