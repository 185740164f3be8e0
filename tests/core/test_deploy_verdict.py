"""The tables of deploys: Railway's, GitHub's records, and jobs."""

from dataclasses import replace

import pytest

from builders import a_deployment, a_job, a_service, ago
from pipeline_health.core.deploy_verdict import (
    DeployState,
    JobVerdict,
    is_ci_skip,
    judge_conclusion,
    judge_job,
    judge_record,
    judge_service,
)
from pipeline_health.core.model.questions import Job
from pipeline_health.core.model.railway import Deployment, RailwayStatus
from pipeline_health.core.model.readings import CheckConclusion, DeploymentState, Unrecognised

STRANGE = Unrecognised("WOBBLY")
WATCHED = a_deployment(
    RailwayStatus.SKIPPED, name="skip", skipped_reason="No changes to watched files"
)
RAILWAY = {
    RailwayStatus.INITIALIZING: DeployState.IN_FLIGHT,
    RailwayStatus.QUEUED: DeployState.IN_FLIGHT,
    RailwayStatus.WAITING: DeployState.IN_FLIGHT,
    RailwayStatus.BUILDING: DeployState.IN_FLIGHT,
    RailwayStatus.DEPLOYING: DeployState.IN_FLIGHT,
    RailwayStatus.NEEDS_APPROVAL: DeployState.ATTENTION,
    RailwayStatus.SUCCESS: DeployState.HEALTHY,
    RailwayStatus.SLEEPING: DeployState.HEALTHY,
    RailwayStatus.FAILED: DeployState.FAILED,
    RailwayStatus.CRASHED: DeployState.FAILED,
    RailwayStatus.SKIPPED: DeployState.FAILED,
    RailwayStatus.REMOVED: DeployState.NOTHING_DEPLOYED,
    RailwayStatus.REMOVING: DeployState.NOTHING_DEPLOYED,
}


@pytest.mark.parametrize("status", RailwayStatus, ids=str)
def test_every_status_of_railway_has_its_meaning(status: RailwayStatus) -> None:
    """A service whose only deployment has this status is what the table says, not otherwise."""
    assert RAILWAY[status] is judge_service(a_service(a_deployment(status))).state


def test_a_status_that_we_do_not_know_is_unknown() -> None:
    """A new status of Railway's is never health."""
    assert DeployState.UNKNOWN is judge_service(a_service(a_deployment(STRANGE))).state


@pytest.mark.parametrize(
    ("status", "cron", "expected"),
    [
        (RailwayStatus.SUCCESS, False, DeployState.FAILED),
        (RailwayStatus.SUCCESS, True, DeployState.HEALTHY),
        (RailwayStatus.CRASHED, True, DeployState.FAILED),
        (RailwayStatus.SLEEPING, False, DeployState.HEALTHY),
    ],
    ids=["web", "cron", "crashed cron", "asleep"],
)
def test_what_stopped_works_only_as_a_cron_job(
    status: RailwayStatus, expected: DeployState, *, cron: bool
) -> None:
    """A web service that exited is down although Railway says SUCCESS; a cron job is done."""
    service = a_service(a_deployment(status, stopped=True), cron=cron)
    assert expected is judge_service(service).state


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        ("No changes to watched files", DeployState.NOTHING_DEPLOYED),
        ("No deployment needed - Watched paths not modified", DeployState.NOTHING_DEPLOYED),
        ("CI check suite failed", DeployState.FAILED),
        ("something new", DeployState.FAILED),
        (None, DeployState.FAILED),
    ],
    ids=["watched files", "watched paths", "ci", "another", "none"],
)
def test_only_a_watched_path_skip_does_not_count(reason: str | None, expected: DeployState) -> None:
    """A commit that was skipped for any other reason should have been deployed and was not."""
    service = a_service(a_deployment(RailwayStatus.SKIPPED, skipped_reason=reason))
    assert expected is judge_service(service).state


OLD_FAILURE = a_deployment(RailwayStatus.FAILED, name="old", changed_at=ago(hours=2))
NEWEST = {
    "failed, then a watched-path skip": ((WATCHED, OLD_FAILURE), "old"),
    "failed, then removed": ((a_deployment(RailwayStatus.REMOVED), OLD_FAILURE), "old"),
    "failed, then working": ((a_deployment(), OLD_FAILURE), "d1"),
    "out of order": ((OLD_FAILURE, a_deployment()), "d1"),
    "one moment, two ids": ((a_deployment(name="a"), a_deployment(name="b")), "b"),
}


@pytest.mark.parametrize(("deployments", "expected"), NEWEST.values(), ids=NEWEST)
def test_the_newest_that_counts_decides(deployments: tuple[Deployment, ...], expected: str) -> None:
    """The newest is by its time, whatever the order, past skips and what was removed."""
    newest = judge_service(a_service(*deployments)).deployment
    assert newest is not None
    assert expected == newest.id


def test_a_list_that_ends_too_early_decides_nothing() -> None:
    """Where only skips were seen and the list goes on, what is deployed is unknown."""
    verdict = judge_service(a_service(WATCHED, complete=False))
    assert (DeployState.UNKNOWN, None) == (verdict.state, verdict.deployment)


def test_a_failure_counts_in_a_list_that_ends_early() -> None:
    """What is newest is seen, however long the list is."""
    service = a_service(WATCHED, OLD_FAILURE, complete=False)
    assert DeployState.FAILED is judge_service(service).state


RECORDS: dict[DeploymentState | Unrecognised | None, DeployState] = {
    DeploymentState.SUCCESS: DeployState.HEALTHY,
    DeploymentState.FAILURE: DeployState.FAILED,
    DeploymentState.ERROR: DeployState.FAILED,
    DeploymentState.INACTIVE: DeployState.SUPERSEDED,
    DeploymentState.QUEUED: DeployState.IN_FLIGHT,
    DeploymentState.PENDING: DeployState.IN_FLIGHT,
    DeploymentState.IN_PROGRESS: DeployState.IN_FLIGHT,
    DeploymentState.WAITING: DeployState.IN_FLIGHT,
    None: DeployState.IN_FLIGHT,
    STRANGE: DeployState.UNKNOWN,
}


@pytest.mark.parametrize("state", [*DeploymentState, None, STRANGE], ids=str)
def test_every_state_of_a_record_has_its_meaning(
    state: DeploymentState | Unrecognised | None,
) -> None:
    """A deployment record is what the table says, and unknown where the table says nothing."""
    assert RECORDS[state] is judge_record(state)


CONCLUSIONS: dict[CheckConclusion | Unrecognised | None, DeployState] = {
    CheckConclusion.SUCCESS: DeployState.HEALTHY,
    CheckConclusion.FAILURE: DeployState.FAILED,
    CheckConclusion.TIMED_OUT: DeployState.FAILED,
    CheckConclusion.STARTUP_FAILURE: DeployState.FAILED,
    CheckConclusion.ACTION_REQUIRED: DeployState.FAILED,
    CheckConclusion.SKIPPED: DeployState.NOTHING_DEPLOYED,
    CheckConclusion.CANCELLED: DeployState.UNKNOWN,
    CheckConclusion.NEUTRAL: DeployState.UNKNOWN,
    CheckConclusion.STALE: DeployState.UNKNOWN,
    None: DeployState.UNKNOWN,
    STRANGE: DeployState.UNKNOWN,
}


@pytest.mark.parametrize("conclusion", [*CheckConclusion, None, STRANGE], ids=str)
def test_every_conclusion_has_its_meaning(
    conclusion: CheckConclusion | Unrecognised | None,
) -> None:
    """A deploy run or job is what the table says, and unknown where it proves nothing."""
    assert CONCLUSIONS[conclusion] is judge_conclusion(conclusion)


FAILED = CheckConclusion.FAILURE
SKIPPED = CheckConclusion.SKIPPED
JOBS = {
    "passed": ([a_job()], JobVerdict(state=DeployState.HEALTHY, at=ago(minutes=35))),
    "failed": (
        [a_job("Deploy to staging", FAILED)],
        JobVerdict(state=DeployState.FAILED, at=ago(minutes=35)),
    ),
    "one part of a matrix failed": (
        [
            a_job("Deploy to staging (web)", completed_at=ago(minutes=3)),
            a_job("Deploy to staging (api)", FAILED, completed_at=ago(minutes=9)),
        ],
        JobVerdict(state=DeployState.FAILED, at=ago(minutes=9)),
    ),
    "a called job failed": (
        [a_job("Deploy to staging / up", FAILED)],
        JobVerdict(state=DeployState.FAILED, at=ago(minutes=35)),
    ),
    "one part was skipped": (
        [a_job("Deploy to staging (api)", SKIPPED), a_job("Deploy to staging (web)")],
        JobVerdict(state=DeployState.HEALTHY, at=ago(minutes=35)),
    ),
    "one part has no verdict": (
        [a_job(), a_job("Deploy to staging (web)", CheckConclusion.CANCELLED)],
        JobVerdict(state=DeployState.UNKNOWN, at=ago(minutes=35)),
    ),
    "no time of the end": (
        [replace(a_job(), completed_at=None)],
        JobVerdict(state=DeployState.HEALTHY),
    ),
    "another job failed": (
        [a_job(), a_job("Deploy to staging later", FAILED)],
        JobVerdict(state=DeployState.HEALTHY, at=ago(minutes=35)),
    ),
    "no such job": ([a_job("Build")], JobVerdict(state=DeployState.UNKNOWN)),
}


@pytest.mark.parametrize(("jobs", "expected"), JOBS.values(), ids=JOBS)
def test_a_job_is_judged_with_all_its_parts(jobs: list[Job], expected: JobVerdict) -> None:
    """A job is its matrix and its called jobs together, and nothing that merely begins alike."""
    assert expected == judge_job(jobs, "Deploy to staging")


def test_a_job_of_which_every_part_was_skipped_deployed_nothing() -> None:
    """A skipped deploy is neither a failure nor a proof."""
    verdict = judge_job([a_job("Deploy to staging", SKIPPED)], "Deploy to staging")
    assert DeployState.NOTHING_DEPLOYED is verdict.state


@pytest.mark.parametrize(
    ("status", "reason", "expected"),
    [
        (RailwayStatus.SKIPPED, "CI check suite failed", True),
        (RailwayStatus.SKIPPED, "another reason", False),
        (RailwayStatus.SUCCESS, "CI check suite failed", False),
    ],
    ids=["ci", "another reason", "not skipped"],
)
def test_a_skip_for_ci_is_known(status: RailwayStatus, reason: str, *, expected: bool) -> None:
    """Only a skipped deployment whose reason is CI was skipped for CI."""
    assert expected is is_ci_skip(a_deployment(status, skipped_reason=reason))


def test_a_job_of_many_parts_ended_with_its_last() -> None:
    """Until then something was still being deployed."""
    last = replace(a_job("Deploy to staging (api)"), completed_at=ago(minutes=1))
    assert judge_job([a_job(), last], "Deploy to staging").at == ago(minutes=1)


@pytest.mark.parametrize(
    ("complete", "why"),
    [
        (True, "has no deployment that counts"),
        (False, "has no deployment that counts among the newest, and there are older ones"),
    ],
)
def test_a_service_without_a_deployment_says_so(*, complete: bool, why: str) -> None:
    """The sentence begins with its name."""
    assert judge_service(replace(a_service(WATCHED), complete=complete)).why == why


def test_a_service_that_sleeps_says_so() -> None:
    """It is asleep, and not gone."""
    assert judge_service(a_service(a_deployment(RailwayStatus.SLEEPING))).why == (
        "is deployed, and asleep"
    )
