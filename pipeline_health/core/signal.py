"""The figures of a monitor on a recorded history: what it filed, about what, for whom, how late.

Issues of ours and those of the monitor of that time are reduced to the same `Counted`, so that both
have the same figures by the same rules.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import assert_never

from pipeline_health.core.model.findings import Kind
from pipeline_health.core.model.ids import RepoName
from pipeline_health.core.model.incident import Ailment, Incident, Owner
from pipeline_health.core.model.questions import DeployTrace, LinkTrace, RunTrace
from pipeline_health.core.model.recording import (
    DeploymentTold,
    Fact,
    FiledBefore,
    Pushed,
    Recording,
    RecordTold,
    RootCause,
    RunTold,
    SightTold,
    StatusTold,
    SuiteTold,
    UrlTold,
)
from pipeline_health.core.model.signal import (
    Bound,
    Counted,
    Difference,
    Failure,
    Figures,
    Issue,
    OfCause,
)
from pipeline_health.core.model.urls import Place

_PLACES = {
    Kind.STAGING_UNREACHABLE: Place.STAGING,
    Kind.PRODUCTION_UNREACHABLE: Place.PRODUCTION,
}


# -- from issues to what is counted ----------------------------------------------------------------


def failures_of(incident: Incident) -> tuple[Failure, ...]:
    """Give what an issue about *incident* tells of now."""
    return tuple(_failure(incident.repo, ailment) for ailment in incident.ailments)


def _failure(repo: RepoName, ailment: Ailment) -> Failure:
    bare = Failure(repo=repo, commit=ailment.commit)
    match ailment.trace:
        case RunTrace(run_id=run_id):
            return replace(bare, run_id=run_id)
        case DeployTrace(deployment_id=deployment):
            return replace(bare, deployment=deployment)
        case LinkTrace():
            return replace(bare, place=_PLACES.get(ailment.symptom.kind))
        case unreachable:
            assert_never(unreachable)


def counted(issue: Issue, recording: Recording) -> Counted:
    """Give *issue* with the recorded failure that it is about: the earliest of those it told of."""
    known = [fact for fact in recording.facts if fact.at <= issue.opened_at]
    found = [fact for each in issue.failures if (fact := _told(each, known)) is not None]
    fact = min(found, key=lambda one: one.at, default=None)
    owners = {owner for owner in (issue.owner, issue.left_with) if owner is not None}
    return Counted(
        repo=issue.repo,
        number=issue.number,
        title=issue.title,
        cause=None if fact is None else cause_of(fact),
        groundless=fact is None,
        owners=frozenset(owners),
        filed_at=issue.opened_at,
        took=None if fact is None else issue.opened_at - fact.at,
        bound=Bound.AT_LEAST if isinstance(fact, RunTold) and fact.bound else Bound.EXACT,
        comments=issue.comments,
        reopened=issue.reopened,
        moved=issue.moved,
    )


def counted_before(filed: FiledBefore) -> Counted:
    """Give an issue of the monitor of that time; nothing of it is groundless that is recorded."""
    filed_at, failed_at = filed.filed_at, filed.failed_at
    return Counted(
        repo=filed.repo,
        number=filed.number,
        title=filed.title,
        cause=filed.cause,
        groundless=False,
        owners=frozenset() if filed.given_to is None else frozenset({filed.given_to}),
        filed_at=filed_at,
        took=None if filed_at is None or failed_at is None else filed_at - failed_at,
        bound=Bound.AT_MOST if filed.bound else Bound.EXACT,
    )


def _told(failure: Failure, known: Sequence[Fact]) -> Fact | None:
    """Give the newest fact that tells of *failure*: by its own name, else by its commit."""
    named = [fact for fact in known if _names(fact, failure)]
    of_commit = [fact for fact in known if _is_at(fact, failure)]
    return next(iter([*reversed(named), *reversed(of_commit)]), None)


def _names(fact: Fact, failure: Failure) -> bool:
    match fact:
        case RunTold():
            return fact.repo == failure.repo and fact.run_id == failure.run_id
        case DeploymentTold():
            return fact.id == failure.deployment
        case UrlTold():
            return fact.repo == failure.repo and not fact.answers and fact.place is failure.place
        case Pushed() | SuiteTold() | StatusTold() | RecordTold() | SightTold():
            return False
        case unreachable:
            assert_never(unreachable)


def _is_at(fact: Fact, failure: Failure) -> bool:
    """Tell whether *fact* is about the commit of *failure*, and has a cause, so that it failed."""
    match fact:
        case Pushed() | SuiteTold() | StatusTold() | RecordTold():
            return (fact.repo, fact.sha) == (
                failure.repo,
                failure.commit,
            ) and fact.cause is not None
        case RunTold() | DeploymentTold() | UrlTold() | SightTold():
            return False
        case unreachable:
            assert_never(unreachable)


def cause_of(fact: Fact) -> str | None:
    """Give the root cause of *fact*, None where none is recorded."""
    return None if isinstance(fact, SightTold) else fact.cause


# -- the figures -----------------------------------------------------------------------------------


def figures(counted: Iterable[Counted], causes: Sequence[RootCause]) -> Figures:
    """Give the figures of *counted*; what names a cause that is not recorded is unattributed.

    Where the recording knows no root cause at all, nothing can be called groundless.
    """
    issues = sorted(counted, key=_by_time)
    ids = {cause.id for cause in causes}
    real = [c.id for c in causes if c.owner is not None]
    timed = [one for one in issues if one.took is not None and (not causes or one.cause in real)]
    groundless = tuple(one for one in issues if one.groundless and causes)
    return Figures(
        issues=len(issues),
        causes=tuple(_of_cause(cause, issues) for cause in causes),
        groundless=groundless,
        unattributed=tuple(i for i in issues if i.cause not in ids and i not in groundless),
        took=tuple(sorted(one.took for one in timed if one.took is not None)),
        at_least=sum(one.bound is Bound.AT_LEAST for one in timed),
        at_most=sum(one.bound is Bound.AT_MOST for one in timed),
        comments=_sum(one.comments for one in issues),
        reopened=_sum(one.reopened for one in issues),
        moved=_sum(one.moved for one in issues),
    )


def _sum(numbers: Iterable[int | None]) -> int | None:
    """Give the sum, None where any of *numbers* is not recorded."""
    known = list(numbers)
    return None if None in known else sum(number or 0 for number in known)


def _by_time(one: Counted) -> tuple[float, int]:
    """Order by the time of filing; what has none comes last, by its number."""
    return (float("inf") if one.filed_at is None else one.filed_at.timestamp()), one.number


def _of_cause(cause: RootCause, issues: Sequence[Counted]) -> OfCause:
    found = tuple(one for one in issues if one.cause == cause.id)
    wrong = 0 if cause.owner is None else sum(bool(one.owners - {cause.owner}) for one in found)
    return OfCause(cause=cause, issues=found, wrong_owner=wrong)


# -- two replays of one history --------------------------------------------------------------------


def differences(before: Sequence[Issue], after: Sequence[Issue]) -> Iterator[Difference]:
    """Give what differs in *after*, issue by issue: the same repository and title are the same."""
    left = list(after)
    for one in before:
        other = next((it for it in left if _is_same(one, it)), None)
        if other is None:
            yield Difference(before=one, after=None, says=("is filed in the first one only",))
            continue
        left.remove(other)
        if says := tuple(_changes(one, other)):
            yield Difference(before=one, after=other, says=says)
    for other in left:
        yield Difference(before=None, after=other, says=("is filed in the second one only",))


def _is_same(one: Issue, other: Issue) -> bool:
    return (one.repo.lower(), one.title) == (other.repo.lower(), other.title)


def _changes(one: Issue, other: Issue) -> Iterator[str]:
    for what, first, second in (
        ("owner", _word(one.owner), _word(other.owner)),
        ("left with", _word(one.left_with), _word(other.left_with)),
        ("filed at", _time(one.opened_at), _time(other.opened_at)),
        ("closed at", _time(one.closed_at), _time(other.closed_at)),
        ("comments", str(one.comments), str(other.comments)),
        ("reopened", str(one.reopened), str(other.reopened)),
        ("handed over", str(one.moved), str(other.moved)),
    ):
        if first != second:
            yield f"{what}: {first}, then {second}"


def _word(owner: Owner | None) -> str:
    return "nobody" if owner is None else owner.value


def _time(at: datetime | None) -> str:
    return "never" if at is None else f"{at:%Y-%m-%d %H:%M:%S} UTC"
