"""Criterion `staging-deploy` while something is deployed of which nobody knows the commit yet."""

from dataclasses import replace
from datetime import timedelta

import pytest

from builders import HEAD, a_deployment, ago, sha
from gate_matters import a_matter, criterion, served, verdict, with_services
from pipeline_health.core.gate.steps import HANGS_AFTER
from pipeline_health.core.model.ids import Sha
from pipeline_health.core.model.railway import Deployment, RailwayStatus
from pipeline_health.core.model.readings import Unrecognised
from pipeline_health.core.model.verdict import Answer, Criterion, CriterionName, CriterionState

MADE = a_deployment().created_at
SECOND = timedelta(seconds=1)


def staging(coming: Deployment) -> Criterion:
    """Give how the deployment stands while *coming* is there beside what is served."""
    service = replace(served(coming, a_deployment()), serving=(a_deployment(),))
    matter = with_services(a_matter(), service)
    found = criterion(matter, CriterionName.STAGING_DEPLOY)
    assert (verdict(matter).answer is Answer.PROMOTE) is (found.state is CriterionState.PASS)
    return found


def coming(
    status: RailwayStatus | Unrecognised = RailwayStatus.INITIALIZING,
    *,
    commit: Sha | None = None,
    later: timedelta = SECOND,
) -> Deployment:
    """Give a deployment that was made so much *later* than what is served."""
    return replace(a_deployment(status, name="d2", commit=commit), created_at=MADE + later)


@pytest.mark.parametrize(
    ("deployment", "state"),
    [
        pytest.param(coming(), CriterionState.PENDING, id="it has only begun"),
        pytest.param(coming(RailwayStatus.BUILDING), CriterionState.PENDING, id="it never tells"),
        pytest.param(coming(later=0 * SECOND), CriterionState.PENDING, id="in the same moment"),
        pytest.param(coming(later=-SECOND), CriterionState.PASS, id="it is older, and hangs"),
        pytest.param(coming(commit=sha(101)), CriterionState.PASS, id="it is another commit"),
        pytest.param(coming(commit=HEAD), CriterionState.PENDING, id="it is this commit again"),
        pytest.param(coming(RailwayStatus.FAILED), CriterionState.PASS, id="it came to nothing"),
    ],
)
def test_what_may_be_the_commit_once_more_is_waited_for(
    deployment: Deployment, state: CriterionState
) -> None:
    """The newest deployment of the commit decides, and this may be it."""
    assert staging(deployment).state is state


def test_what_is_waited_for_is_said() -> None:
    """With Railway's page of it."""
    found = staging(coming())
    assert found.says == (
        "service web is being deployed, and Railway does not tell yet at which commit"
    )
    assert found.url is not None
    assert "id=d2" in found.url


def test_what_hangs_without_a_commit_is_deployed_again() -> None:
    """A newer deployment takes its place."""
    long = ago(hours=1)
    assert timedelta(hours=1) > HANGS_AFTER
    hangs = replace(coming(), changed_at=long)
    assert staging(hangs).next.startswith("it may hang: ")
