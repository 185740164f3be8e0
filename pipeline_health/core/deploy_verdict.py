"""Does this deploy work? The tables for Railway, for GitHub's records, and for a deploy job.

A value that is in no table is UNKNOWN, and UNKNOWN is never healthy.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum

from pipeline_health.core.model.questions import Job
from pipeline_health.core.model.railway import Deployment, RailwayStatus, Service
from pipeline_health.core.model.readings import CheckConclusion, DeploymentState, Unrecognised
from pipeline_health.frozen import dataclass


class DeployState(StrEnum):
    """What a deploy says of the thing that it deploys; ATTENTION waits for a person."""

    FAILED = "failed"
    IN_FLIGHT = "in-flight"
    ATTENTION = "attention"
    HEALTHY = "healthy"
    SUPERSEDED = "superseded"
    NOTHING_DEPLOYED = "nothing-deployed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceVerdict:
    """The verdict on a service, and the deployment it rests on, None when none counts.

    *why* completes a sentence that begins with the name of the service.
    """

    state: DeployState
    why: str
    deployment: Deployment | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class JobVerdict:
    """The verdict on a deploy job. *at* is when it ended, None when the provider does not tell."""

    state: DeployState
    at: datetime | None = None


# Written by Railway into `meta.skippedReason` and into its commit status; neither is documented.
_WATCHED_PATHS = ("no changes to watched files", "watched paths not modified")
_CI_FAILED = "ci check suite failed"
_PROMOTION_CHECK = "promotion-check"  # in the command, and in the path of the action
_GONE = frozenset({RailwayStatus.REMOVED, RailwayStatus.REMOVING})
_UNDER_WAY = (DeployState.IN_FLIGHT, "is being deployed")
_RAILWAY: Mapping[object, tuple[DeployState, str]] = {
    RailwayStatus.INITIALIZING: _UNDER_WAY,
    RailwayStatus.QUEUED: _UNDER_WAY,
    RailwayStatus.WAITING: (DeployState.IN_FLIGHT, "waits for CI before it is deployed"),
    RailwayStatus.BUILDING: _UNDER_WAY,
    RailwayStatus.DEPLOYING: _UNDER_WAY,
    RailwayStatus.NEEDS_APPROVAL: (DeployState.ATTENTION, "waits for somebody's approval"),
    RailwayStatus.SUCCESS: (DeployState.HEALTHY, "is deployed"),
    RailwayStatus.SLEEPING: (DeployState.HEALTHY, "is deployed, and asleep"),
    RailwayStatus.FAILED: (DeployState.FAILED, "failed to deploy"),
    RailwayStatus.CRASHED: (DeployState.FAILED, "crashed"),
    RailwayStatus.SKIPPED: (DeployState.FAILED, "was not deployed: Railway skipped it"),
}
_RECORDS: Mapping[object, DeployState] = {
    DeploymentState.SUCCESS: DeployState.HEALTHY,
    DeploymentState.FAILURE: DeployState.FAILED,
    DeploymentState.ERROR: DeployState.FAILED,
    DeploymentState.INACTIVE: DeployState.SUPERSEDED,
    DeploymentState.QUEUED: DeployState.IN_FLIGHT,
    DeploymentState.PENDING: DeployState.IN_FLIGHT,
    DeploymentState.IN_PROGRESS: DeployState.IN_FLIGHT,
    DeploymentState.WAITING: DeployState.IN_FLIGHT,
    None: DeployState.IN_FLIGHT,
}
_CONCLUSIONS: Mapping[object, DeployState] = {
    CheckConclusion.SUCCESS: DeployState.HEALTHY,
    CheckConclusion.FAILURE: DeployState.FAILED,
    CheckConclusion.TIMED_OUT: DeployState.FAILED,
    CheckConclusion.STARTUP_FAILURE: DeployState.FAILED,
    CheckConclusion.ACTION_REQUIRED: DeployState.FAILED,
    CheckConclusion.SKIPPED: DeployState.NOTHING_DEPLOYED,
}


def judge_service(service: Service) -> ServiceVerdict:
    """Judge *service* by its newest deployment that is neither a watched-path skip nor removed."""
    counted = [deployment for deployment in service.deployments if _counts(deployment)]
    if counted:
        newest = max(counted, key=lambda deployment: (deployment.created_at, deployment.id))
        state, why = judge_deployment(newest, cron=service.cron)
        return ServiceVerdict(state=state, why=why, deployment=newest)
    if service.complete:
        return ServiceVerdict(
            state=DeployState.NOTHING_DEPLOYED, why="has no deployment that counts"
        )
    return ServiceVerdict(
        state=DeployState.UNKNOWN,
        why="has no deployment that counts among the newest, and there are older ones",
    )


def is_watched_path_skip(deployment: Deployment) -> bool:
    """Tell whether Railway skipped the commit because it touches nothing of the service."""
    return deployment.status is RailwayStatus.SKIPPED and any(
        words in _reason(deployment) for words in _WATCHED_PATHS
    )


def is_ci_skip(deployment: Deployment) -> bool:
    """Tell whether Railway skipped the commit because CI failed there."""
    return deployment.status is RailwayStatus.SKIPPED and _CI_FAILED in _reason(deployment)


def judge_record(state: DeploymentState | Unrecognised | None) -> DeployState:
    """Judge a GitHub deployment by its newest status; one without a status is only just made."""
    return _RECORDS.get(state, DeployState.UNKNOWN)


def judge_conclusion(conclusion: CheckConclusion | Unrecognised | None) -> DeployState:
    """Judge a deploy by how its run or job ended; cancelled and the like prove nothing."""
    return _CONCLUSIONS.get(conclusion, DeployState.UNKNOWN)


def judge_job(jobs: Iterable[Job], name: str) -> JobVerdict:
    """Judge the job *name* of an ended run, all its matrix parts and called jobs together.

    One failed part is a failure; parts that were skipped beside one that passed do not count.
    """
    parts = [job for job in jobs if is_part_of(job, name)]
    states = {judge_conclusion(job.conclusion) for job in parts}
    order = (DeployState.FAILED, DeployState.UNKNOWN, DeployState.HEALTHY)
    state = next(
        (state for state in order if state in states),
        DeployState.NOTHING_DEPLOYED if parts else DeployState.UNKNOWN,
    )
    ends = [
        job.completed_at
        for job in parts
        if job.completed_at is not None and judge_conclusion(job.conclusion) is state
    ]
    return JobVerdict(state=state, at=max(ends, default=None))


def is_part_of(job: Job, name: str) -> bool:
    """Tell whether *job* is *name*, or its `name (matrix)` or `name / called` part."""
    return is_named(job.name, name)


def is_named(job: str, name: str) -> bool:
    """Tell whether a job that is called *job* is *name*, or its matrix or called part."""
    return job == name or job.startswith((f"{name} (", f"{name} / "))


def is_promotion_check(job: Job) -> bool:
    """Tell whether *job* failed in the step that asks us, and so says only what we said.

    A yes is no proof of staging and a no is no failure of it: taken for a test that failed, one no
    would stand in the way of the next.
    """
    return job.step is not None and _PROMOTION_CHECK in job.step.casefold()


def is_removed(deployment: Deployment) -> bool:
    """Tell whether Railway took *deployment* away; it never proves anything any more."""
    return deployment.status in _GONE


def judge_deployment(deployment: Deployment, *, cron: bool) -> tuple[DeployState, str]:
    """Judge one deployment; the words complete a sentence that begins with its service."""
    state, why = _RAILWAY.get(
        deployment.status, (DeployState.UNKNOWN, "is in a state that we do not know")
    )
    if deployment.status is RailwayStatus.SUCCESS and deployment.stopped and not cron:
        state, why = DeployState.FAILED, "stopped, though it is no cron job"
    if is_ci_skip(deployment):
        why = "was not deployed: Railway says that CI failed"
    return state, why


def _counts(deployment: Deployment) -> bool:
    return not is_removed(deployment) and not is_watched_path_skip(deployment)


def _reason(deployment: Deployment) -> str:
    return (deployment.skipped_reason or "").casefold()
