"""How a criterion is put: one way to make each, and the few phrases that several of them use."""

from dataclasses import replace
from datetime import datetime, timedelta

from pipeline_health.core.model.ids import Sha
from pipeline_health.core.model.promotion import Matter
from pipeline_health.core.model.verdict import Criterion, CriterionName, CriterionState

SHORT = 7
_DRIFT = timedelta(minutes=1)
"""How far a clock may go back without anybody having set it; an answer may come in between."""


def short(sha: Sha) -> str:
    """Give a commit as people write it."""
    return sha[:SHORT]


def criterion(  # noqa: PLR0913 - one argument a field
    matter: Matter,
    name: CriterionName,
    state: CriterionState,
    says: str,
    *,
    at: datetime | None = None,
    hint: str = "",
    url: str | None = None,
    tail: str = "",
) -> Criterion:
    """Make a criterion, of when the facts were read where nothing else is said.

    What is pending or unknown says how to ask again, unless *hint* says more.
    """
    if state is CriterionState.PENDING:
        hint = hint or check_again(matter)
    if state is CriterionState.UNKNOWN:
        hint = hint or look_again(matter)
    at = matter.facts.at if at is None else at
    return Criterion(name=name, state=state, says=says, at=at, next=hint, url=url, tail=tail)


def check_again(matter: Matter) -> str:
    """Give the command that waits for what is pending."""
    return (
        f"pipeline-health promotion-check {matter.policy.name} --commit {matter.commit} --wait 10m"
    )


def look_again(matter: Matter) -> str:
    """Give the command that asks once more."""
    return f"pipeline-health promotion-check {matter.policy.name} --commit {matter.commit}"


def not_older_than(criterion: Criterion, age: timedelta, *, now: datetime) -> Criterion:
    """Give *criterion*, unknown where it passed on evidence that is older than *age*.

    Evidence of the future shows that our clock was set back, and that nobody knows its age.
    """
    if criterion.state is not CriterionState.PASS or -_DRIFT <= now - criterion.at <= age:
        return criterion
    if now < criterion.at:
        says = f"the clock of this host was set back since: {criterion.says}"
        return replace(criterion, state=CriterionState.UNKNOWN, says=says, next="check again")
    says = f"the evidence is older than {_length(age)}: {criterion.says}"
    return replace(criterion, state=CriterionState.UNKNOWN, says=says, next="check again")


def _length(age: timedelta) -> str:
    minutes, seconds = divmod(int(age.total_seconds()), 60)
    return f"{minutes} min" if not seconds else f"{int(age.total_seconds())} s"
