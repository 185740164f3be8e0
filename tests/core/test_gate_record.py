"""Criterion `github-deployment`: GitHub's newest record of this commit in staging is a success."""

from dataclasses import replace
from datetime import timedelta

import pytest

from builders import HEAD, PARENT, a_deployment, a_record, ago, blind, seen
from gate_matters import (
    a_matter,
    criterion,
    served,
    verdict,
    waiving,
    with_facts,
    with_policy,
    with_services,
    with_sight,
    with_view,
)
from pipeline_health.core.model.commit import NoSuchCommit
from pipeline_health.core.model.gate_policy import Waivable
from pipeline_health.core.model.promotion import Matter
from pipeline_health.core.model.railway import RailwayStatus
from pipeline_health.core.model.readings import (
    DeploymentRecord,
    DeploymentState,
    Unrecognised,
)
from pipeline_health.core.model.verdict import Answer, Criterion, CriterionName, CriterionState


def record(matter: Matter) -> Criterion:
    """Give how GitHub's record stands; nothing but a pass or a waiver may promote."""
    found = criterion(matter, CriterionName.GITHUB_DEPLOYMENT)
    if found.state not in (CriterionState.PASS, CriterionState.WAIVED):
        assert verdict(matter).answer is not Answer.PROMOTE
    return found


def recorded(*records: DeploymentRecord) -> Matter:
    """Give a commit with these records."""
    return with_sight(a_matter(), deployments=seen(records))


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (DeploymentState.SUCCESS, CriterionState.PASS),
        (DeploymentState.FAILURE, CriterionState.FAIL),
        (DeploymentState.ERROR, CriterionState.FAIL),
        (DeploymentState.INACTIVE, CriterionState.FAIL),
        (DeploymentState.IN_PROGRESS, CriterionState.PENDING),
        (DeploymentState.QUEUED, CriterionState.PENDING),
        (DeploymentState.WAITING, CriterionState.PENDING),
        (None, CriterionState.PENDING),
        (Unrecognised("HALFWAY"), CriterionState.UNKNOWN),
    ],
)
def test_only_success_passes(
    state: DeploymentState | Unrecognised | None, expected: CriterionState
) -> None:
    """A record that was a success and was replaced is inactive, and no success any more."""
    assert record(recorded(a_record(state))).state is expected


def test_the_newest_record_of_the_commit_decides() -> None:
    """An older success does not hide a newer failure, nor the other way round."""
    old = a_record(number=1, changed_at=ago(minutes=20))
    new = a_record(DeploymentState.FAILURE, number=2, changed_at=ago(minutes=5))
    assert record(recorded(old, new)).state is CriterionState.FAIL
    mended = a_record(number=3, changed_at=ago(minutes=2))
    assert record(recorded(old, new, mended)).state is CriterionState.PASS


def test_a_record_of_another_commit_says_nothing() -> None:
    """What is deployed is this commit or is not."""
    assert record(recorded(a_record(commit=PARENT))).state is CriterionState.FAIL


def test_without_a_record_there_are_ten_minutes_from_the_proof() -> None:
    """Then it says how to post one."""
    fresh = served(a_deployment(changed_at=ago(minutes=9)))
    assert record(with_services(recorded(), fresh)).state is CriterionState.PENDING
    found = record(recorded())
    assert (found.state, "post one" in found.next) == (CriterionState.FAIL, True)


def test_without_a_record_the_time_begins_with_the_proof() -> None:
    """While staging is not proved, no record is late."""
    building = served(a_deployment(commit=PARENT))
    assert record(with_services(recorded(), building)).state is CriterionState.PENDING


def test_where_the_name_of_staging_is_not_known_a_missing_record_is_unknown() -> None:
    """Railway's records begin with the name of its project, which only Railway tells."""
    unseen = with_view(with_facts(recorded(), staging=blind()), staging=blind())
    assert record(unseen).state is CriterionState.UNKNOWN
    named = with_policy(unseen, github_environment="shop / staging")
    assert record(named).state is CriterionState.PENDING
    waived = waiving(Waivable.RAILWAY)(unseen)
    assert record(waived).state is CriterionState.PENDING
    without = with_policy(unseen, railway_project=None)
    assert record(without).state is CriterionState.PENDING


@pytest.mark.parametrize("state", [DeploymentState.FAILURE, DeploymentState.INACTIVE])
def test_a_stale_record_does_not_block_for_ever(state: DeploymentState) -> None:
    """Staging was deployed anew at the same commit since, and nobody posts another record."""
    stale = a_record(state, changed_at=ago(minutes=30))
    found = record(recorded(stale))
    assert (found.state, "since" in found.says) == (CriterionState.PASS, True)


def test_a_record_of_the_same_second_may_be_about_that_deployment() -> None:
    """GitHub tells of whole seconds: within one nobody knows which came first."""
    failed = recorded(a_record(DeploymentState.FAILURE, changed_at=ago(minutes=30)))
    second = ago(minutes=30) + timedelta(seconds=1)
    same = replace(a_deployment(), created_at=second - timedelta(microseconds=1))
    assert record(with_services(failed, served(same))).state is CriterionState.FAIL
    later = replace(a_deployment(), created_at=second)
    assert record(with_services(failed, served(later))).state is CriterionState.PASS


def test_a_service_that_only_woke_up_makes_up_for_no_failure() -> None:
    """It changed after the record, but it was made before."""
    woken = replace(a_deployment(changed_at=ago(minutes=1)), created_at=ago(minutes=60))
    failed = a_record(DeploymentState.FAILURE, changed_at=ago(minutes=30))
    assert record(with_services(recorded(failed), served(woken))).state is CriterionState.FAIL


def test_a_record_that_nobody_updates_is_given_up() -> None:
    """GitHub does so after thirty minutes, too."""
    forgotten = a_record(DeploymentState.IN_PROGRESS, changed_at=ago(minutes=31))
    found = record(recorded(forgotten))
    assert (found.state, "post its end" in found.next) == (CriterionState.FAIL, True)


def test_two_records_of_one_deploy_do_not_block_each_other() -> None:
    """The one that ended last made the other inactive, whichever was made first."""
    first = a_record(number=1, changed_at=ago(minutes=2))
    second = a_record(DeploymentState.INACTIVE, number=2, changed_at=ago(minutes=2))
    older = replace(first, created_at=ago(minutes=30))
    matter = with_services(
        recorded(older, second), served(a_deployment(changed_at=ago(minutes=10)))
    )
    assert record(matter).state is CriterionState.PASS
    for other in (
        replace(older, changed_at=ago(minutes=3)),
        replace(older, environment="shop / preview"),
        replace(older, sha=PARENT),
        replace(older, state=DeploymentState.FAILURE),
    ):
        changed = with_sight(matter, deployments=seen((other, second)))
        assert record(changed).state is CriterionState.FAIL


def test_a_failed_record_is_waited_for_while_staging_is_deployed_anew() -> None:
    """Its success makes up for the failure; a final no would end the wait before that."""
    building = served(a_deployment(RailwayStatus.BUILDING, changed_at=ago(minutes=1)))
    failed = a_record(DeploymentState.FAILURE, changed_at=ago(minutes=30))
    found = record(with_services(recorded(failed), building))
    assert (found.state, "--wait" in found.next) == (CriterionState.PENDING, True)


def test_a_missing_record_may_have_another_name() -> None:
    """Who named the environment is not told to name it."""
    assert "github_environment" in record(recorded()).next
    named = with_policy(recorded(), github_environment="shop / staging")
    assert "github_environment" not in record(named).next


def test_the_operator_may_do_without_and_it_is_said() -> None:
    """A waiver is shown in the verdict, and counts as a yes."""
    matter = waiving(Waivable.GITHUB_DEPLOYMENT)(recorded())
    assert record(matter).state is CriterionState.WAIVED
    told = verdict(matter)
    assert told.answer is Answer.PROMOTE
    assert "done without: github-deployment" in told.reason
    assert told.waived == (CriterionName.GITHUB_DEPLOYMENT,)


def test_what_could_not_be_read_is_unknown() -> None:
    """Not seeing is not health."""
    assert record(with_facts(a_matter(), commit=blind())).state is CriterionState.UNKNOWN
    assert record(with_sight(a_matter(), deployments=blind())).state is CriterionState.UNKNOWN


def test_a_commit_that_is_not_there_has_no_record() -> None:
    """It fails with everything else."""
    gone = with_facts(a_matter(), commit=seen(NoSuchCommit(sha=HEAD)))
    assert record(gone).state is CriterionState.FAIL
