"""Deployments to staging that do not end, and those that wait for somebody's approval."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from pipeline_health.core.at_head import Head, head_of
from pipeline_health.core.ci_verdict import State
from pipeline_health.core.deploy_verdict import DeployState, judge_service
from pipeline_health.core.model.findings import Finding, Kind, Observation, Proof, Unsettled
from pipeline_health.core.model.railway import Deployment, RailwayStatus
from pipeline_health.core.model.snapshot import ProjectView
from pipeline_health.core.watched import Watched, watched

STUCK_AFTER = timedelta(minutes=30)
_CI_RUNS = frozenset({State.PENDING, State.RED_RERUNNING})


def stuck_deploys(view: ProjectView) -> Iterator[Observation]:
    """Say of each watched service whether its newest deployment does not end, or ended well.

    Of one that failed nothing is said: that has a kind of its own.
    """
    head = head_of(view)
    for each in watched(view):
        observation = _observation(each, head)
        if observation is not None:
            yield observation


def _observation(each: Watched, head: Head | None) -> Observation | None:
    verdict = judge_service(each.service)
    deployment = verdict.deployment
    if deployment is None:
        return None
    match verdict.state:
        case DeployState.ATTENTION:
            says = f"Service {each.service.name} {verdict.why}{_at(each, deployment)}."
            return _finding(each, deployment, deployment.changed_at, says)
        case DeployState.IN_FLIGHT:
            return _in_flight(each, deployment, head)
        case DeployState.HEALTHY:
            return Proof(
                symptom=each.symptom(Kind.STAGING_DEPLOY_STUCK),
                project=each.view.policy.name,
                at=deployment.changed_at,
                commit=each.commit(deployment),
                trace=each.trace(deployment),
                says=f"The deployment of service {each.service.name} ended{_at(each, deployment)}.",
            )
        case _:
            return None


def _in_flight(each: Watched, deployment: Deployment, head: Head | None) -> Observation:
    since = _began_at(each, deployment, head) + STUCK_AFTER
    waits = deployment.status is RailwayStatus.WAITING and _is_tested(each, deployment, head)
    if waits or each.seen_at <= since:
        return Unsettled(
            symptom=each.symptom(Kind.STAGING_DEPLOY_STUCK),
            project=each.view.policy.name,
            why=f"The deployment of service {each.service.name} may still end"
            f"{_at(each, deployment)}.",
            in_flight=True,
        )
    says = f"The deployment of service {each.service.name} has not ended{_at(each, deployment)}."
    return _finding(each, deployment, since, says)


def _finding(each: Watched, deployment: Deployment, since: datetime, says: str) -> Finding:
    return Finding(
        symptom=each.symptom(Kind.STAGING_DEPLOY_STUCK),
        project=each.view.policy.name,
        since=since,
        commit=each.commit(deployment),
        trace=each.trace(deployment),
        says=says,
        for_people=deployment.status is RailwayStatus.NEEDS_APPROVAL,
        approval=deployment.status is RailwayStatus.NEEDS_APPROVAL,
    )


def _began_at(each: Watched, deployment: Deployment, head: Head | None) -> datetime:
    """Give when Railway could begin: with «Wait for CI» it is not before the last check ended."""
    if head is None or each.commit(deployment) != head.sha:
        return deployment.created_at
    ends = (entry.since for entry in head.verdict.entries)
    return max((deployment.created_at, *ends))


def _is_tested(each: Watched, deployment: Deployment, head: Head | None) -> bool:
    """Tell whether CI is under way at the very commit that waits for it."""
    if head is None or each.commit(deployment) != head.sha:
        return False
    return head.verdict.state in _CI_RUNS


def _at(each: Watched, deployment: Deployment) -> str:
    commit = each.commit(deployment)
    return "" if commit is None else f" at {commit[:7]}"
