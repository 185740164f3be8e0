"""What is said of deployments that do not end."""

from dataclasses import replace

import pytest

from builders import (
    HEAD,
    PARENT,
    PROJECT,
    RAILWAY_PROJECT,
    a_deployment,
    a_policy,
    a_repository,
    a_service,
    a_suite,
    a_view,
    ago,
    an_environment,
    blind,
    checks,
    github,
)
from pipeline_health.core.model.findings import (
    Finding,
    Kind,
    Observation,
    Proof,
    Scope,
    Subject,
    Symptom,
    Thing,
    Unsettled,
)
from pipeline_health.core.model.questions import DeployTrace
from pipeline_health.core.model.railway import Deployment, RailwayStatus, Service
from pipeline_health.core.model.readings import CheckConclusion, GitHubReading, Unrecognised
from pipeline_health.core.rules.staging_stuck import stuck_deploys

SYMPTOM = Symptom(
    kind=Kind.STAGING_DEPLOY_STUCK,
    scope=Scope(f"railway:{RAILWAY_PROJECT}:staging"),
    subject=Subject(Thing.SERVICE, "web"),
)
AT = f" at {HEAD[:7]}"
OLD_CI = github(at_head=checks(a_suite(updated_at=ago(hours=3))))


def said(*services: Service, read: GitHubReading = OLD_CI) -> list[Observation]:
    """Give what the rule says of *services*."""
    return list(stuck_deploys(a_view(read=read, staging=an_environment(*services))))


def under_way(minutes: float, status: RailwayStatus = RailwayStatus.BUILDING) -> Deployment:
    """Give a deployment that began so many minutes ago and has moved on since."""
    moved = a_deployment(status, changed_at=ago(minutes=1))
    return replace(moved, created_at=ago(minutes=minutes))


def trace(deployment: Deployment) -> DeployTrace:
    """Give where *deployment* can be read."""
    return DeployTrace(
        project=PROJECT,
        deployment_id="d1",
        changed_at=deployment.changed_at,
        url=f"https://railway.com/project/{RAILWAY_PROJECT}/service/service-web"
        "?environmentId=environment-1&id=d1",
    )


def test_a_deployment_that_does_not_end_is_a_finding() -> None:
    """It is stuck since half an hour after it began, whatever moved in between."""
    deployment = under_way(45)
    expected = Finding(
        symptom=SYMPTOM,
        project=PROJECT,
        since=ago(minutes=15),
        commit=HEAD,
        trace=trace(deployment),
        says=f"The deployment of service web has not ended{AT}.",
    )
    assert [expected] == said(a_service(deployment))


def test_a_deployment_may_take_half_an_hour() -> None:
    """Until then it is under way."""
    (word,) = said(a_service(under_way(30)))
    assert isinstance(word, Unsettled)
    assert (True, f"The deployment of service web may still end{AT}.") == (
        word.in_flight,
        word.why,
    )


def test_one_that_waits_for_approval_is_for_people_at_once() -> None:
    """No agent can approve."""
    deployment = a_deployment(RailwayStatus.NEEDS_APPROVAL, changed_at=ago(minutes=1))
    expected = Finding(
        symptom=SYMPTOM,
        project=PROJECT,
        since=ago(minutes=1),
        commit=HEAD,
        trace=trace(deployment),
        says=f"Service web waits for somebody's approval{AT}.",
        for_people=True,
        approval=True,
    )
    assert [expected] == said(a_service(deployment))


def test_a_deployment_that_works_is_a_proof() -> None:
    """One without a commit proves it too."""
    deployment = a_deployment(commit=None)
    expected = Proof(
        symptom=SYMPTOM,
        project=PROJECT,
        at=ago(minutes=25),
        commit=None,
        trace=trace(deployment),
        says="The deployment of service web ended.",
    )
    assert [expected] == said(a_service(deployment))


@pytest.mark.parametrize(
    ("minutes", "ci_minutes", "kind"),
    [
        pytest.param(60, 10, Unsettled, id="CI ended lately"),
        pytest.param(60, 31, Finding, id="CI ended long ago"),
        pytest.param(31, 40, Finding, id="CI ended before"),
    ],
)
def test_the_time_that_ci_took_is_not_railways(
    minutes: float, ci_minutes: float, kind: type[Observation]
) -> None:
    """With «Wait for CI» Railway begins when the last check has ended."""
    read = github(at_head=checks(a_suite(updated_at=ago(minutes=ci_minutes))))
    (word,) = said(a_service(under_way(minutes)), read=read)
    assert kind is type(word)


@pytest.mark.parametrize(
    ("status", "read", "kind"),
    [
        pytest.param(
            RailwayStatus.WAITING,
            github(at_head=checks(a_suite(None, updated_at=ago(minutes=80)))),
            Unsettled,
            id="CI runs",
        ),
        pytest.param(
            RailwayStatus.BUILDING,
            github(at_head=checks(a_suite(None, updated_at=ago(minutes=80)))),
            Finding,
            id="it waits for no CI",
        ),
        pytest.param(
            RailwayStatus.WAITING,
            github(at_head=checks(a_suite(CheckConclusion.FAILURE, updated_at=ago(minutes=80)))),
            Finding,
            id="CI is red",
        ),
        pytest.param(
            RailwayStatus.WAITING, replace(github(), checks=blind()), Finding, id="CI unseen"
        ),
    ],
)
def test_what_waits_for_a_ci_that_runs_is_not_stuck(
    status: RailwayStatus, read: GitHubReading, kind: type[Observation]
) -> None:
    """CI may be stuck itself, and has a kind of its own for that."""
    (word,) = said(a_service(under_way(90, status)), read=read)
    assert kind is type(word)


def test_another_commit_than_the_head_waits_for_nothing_that_is_seen() -> None:
    """The checks of the head say nothing of it."""
    deployment = replace(under_way(90, RailwayStatus.WAITING), commit=PARENT)
    read = github(at_head=checks(a_suite(None)))
    (word,) = said(a_service(deployment), read=read)
    assert isinstance(word, Finding)
    assert ago(minutes=60) == word.since


@pytest.mark.parametrize(
    "deployments",
    [
        pytest.param((a_deployment(RailwayStatus.FAILED),), id="failed"),
        pytest.param((a_deployment(Unrecognised("NEW")),), id="unknown"),
        pytest.param((a_deployment(RailwayStatus.REMOVED),), id="none that counts"),
    ],
)
def test_nothing_is_said_of_the_others(deployments: tuple[Deployment, ...]) -> None:
    """A failed deployment has a kind of its own."""
    assert [] == said(a_service(*deployments))


def test_only_watched_services_count() -> None:
    """The configured ones, else those that were ever deployed; none where nothing is seen."""
    other = a_service(under_way(90), name="other")
    environment = an_environment(other, a_service(name="new"), a_service(a_deployment()))
    configured = a_view(policy=a_policy(services=("web", "gone")), staging=environment)
    archived = github(repository=a_repository(archived=True))
    repository_unseen = a_view(
        policy=a_policy(railway_project=None),
        read=replace(github(), repository=blind()),
        staging=environment,
    )

    def names(words: list[Observation]) -> list[str]:
        return [word.symptom.subject.name for word in words]

    assert ["web"] == names(list(stuck_deploys(configured)))
    assert ["other", "web"] == names(list(stuck_deploys(a_view(staging=environment))))
    assert [] == list(stuck_deploys(a_view(staging=blind())))
    assert [] == list(stuck_deploys(a_view(read=archived, staging=environment)))
    assert [] == list(stuck_deploys(repository_unseen))
