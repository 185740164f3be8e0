"""Which URLs are asked, and what casts doubt on a look at them."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from builders import (
    NOW,
    PROJECT,
    a_deployment,
    a_policy,
    a_record,
    a_repository,
    a_run,
    a_service,
    a_sight,
    a_suite,
    a_view,
    ago,
    an_environment,
    blind,
    checks,
    github,
    seen,
)
from pipeline_health.core.model.ids import ProjectName
from pipeline_health.core.model.railway import RailwayStatus
from pipeline_health.core.model.readings import DeploymentState, GitHubReading, NotAsked
from pipeline_health.core.model.snapshot import ProjectView, Snapshot
from pipeline_health.core.model.urls import Doubt, Place, Target
from pipeline_health.core.observe import unread
from pipeline_health.core.reach import targets, with_urls

BOTH = replace(
    a_policy(),
    staging_url="https://shop.example/app",
    production_url="https://shop.live",
    health_path="/healthz",
    deploy_workflow="Deploy",
)


def asked(*views: ProjectView) -> list[Target]:
    """Give what is asked where *views* were seen."""
    return list(targets(Snapshot(now=NOW, projects=views)))


def doubts(**changes: Any) -> dict[Place, Doubt | None]:
    """Give what casts doubt on the two URLs of the project."""
    return {each.place: each.doubt for each in asked(a_view(policy=BOTH, **changes))}


def a_deploy_run(*, ended: bool = False, minutes: float = 1) -> GitHubReading:
    """Give a look at a head at which the deploy workflow runs, or ran."""
    suite = (
        a_suite(run=a_run(workflow="Deploy"))
        if ended
        else a_suite(None, run=a_run(workflow="Deploy"), updated_at=ago(minutes=minutes))
    )
    return github(at_head=checks(suite))


def test_both_urls_are_asked_at_their_health_path() -> None:
    """The path is joined to what the operator wrote; nothing casts doubt on a quiet project."""
    assert asked(a_view(policy=BOTH)) == [
        Target(project=PROJECT, place=Place.STAGING, url="https://shop.example/app/healthz"),
        Target(project=PROJECT, place=Place.PRODUCTION, url="https://shop.live/healthz"),
    ]


def test_a_project_without_urls_is_not_asked() -> None:
    """A URL is never guessed."""
    assert asked(a_view()) == []


def test_nothing_is_expected_of_an_archived_repository() -> None:
    """Nothing can be filed there."""
    archived = github(repository=a_repository(archived=True))

    assert asked(a_view(policy=BOTH, read=archived)) == []


def test_no_look_counts_while_github_answers_nothing() -> None:
    """It is the control host: any repository that was seen will do, and without one none counts."""
    unseen = unread(BOTH, why="no connection", now=NOW)
    other = a_policy(name=ProjectName("film"))

    assert set(doubts(read=unseen).values()) == {Doubt.CONTROL}
    assert [
        each.doubt for each in asked(a_view(policy=BOTH, read=unseen), a_view(policy=other))
    ] == [None, None]


STAGING_ONLY = {Place.STAGING: Doubt.DEPLOYING, Place.PRODUCTION: None}
NEITHER = dict.fromkeys(Place)
EITHER = dict.fromkeys(Place, Doubt.DEPLOYING)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"staging": blind()}, {Place.STAGING: Doubt.UNSEEN, Place.PRODUCTION: None}),
        ({"staging": NotAsked()}, NEITHER),
        ({"staging": an_environment(a_service())}, NEITHER),
        (
            {"staging": an_environment(a_service(a_deployment(RailwayStatus.DEPLOYING)))},
            STAGING_ONLY,
        ),
        ({"staging": an_environment(a_service(a_deployment(RailwayStatus.WAITING)))}, NEITHER),
        (
            {
                "staging": an_environment(
                    a_service(a_deployment(RailwayStatus.BUILDING, changed_at=ago(minutes=40)))
                )
            },
            NEITHER,
        ),
        ({"read": a_deploy_run()}, EITHER),
        ({"read": a_deploy_run(minutes=30)}, EITHER),
        ({"read": a_deploy_run(minutes=31)}, NEITHER),
        ({"read": a_deploy_run(ended=True)}, NEITHER),
        ({"read": github(records=[a_record(DeploymentState.IN_PROGRESS)])}, STAGING_ONLY),
        (
            {
                "read": github(
                    records=[a_record(DeploymentState.PENDING, changed_at=ago(minutes=31))]
                )
            },
            NEITHER,
        ),
        ({"read": github(records=[a_record()])}, NEITHER),
        ({"read": replace(github(), deployments=blind())}, NEITHER),
    ],
    ids=[
        "railway-unseen",
        "no-railway",
        "never-deployed",
        "deploying",
        "waits-for-ci",
        "deploys-too-long",
        "workflow-runs",
        "workflow-runs-for-half-an-hour",
        "workflow-hangs",
        "workflow-ended",
        "record-under-way",
        "record-left-behind",
        "record-is-a-success",
        "records-unseen",
    ],
)
def test_a_deployment_under_way_casts_doubt(
    changes: Mapping[str, Any], expected: Mapping[Place, Doubt | None]
) -> None:
    """Whatever deploys to the place, for half an hour; a stuck one is no excuse."""
    assert doubts(**changes) == expected


def test_a_service_that_sleeps_is_known() -> None:
    """It gets a request that wakes it before it is judged."""
    asleep = an_environment(
        a_service(a_deployment()),
        a_service(a_deployment(RailwayStatus.SLEEPING), name="api"),
    )

    staging, production = asked(a_view(policy=BOTH, staging=asleep))

    assert (staging.asleep, production.asleep) == (True, False)


def test_what_was_seen_of_urls_is_put_beside_its_project() -> None:
    """Each view gets its own URLs by place."""
    film = a_view(policy=a_policy(name=ProjectName("film")))
    snapshot = Snapshot(now=NOW, projects=(a_view(policy=BOTH), film))
    staging, production = targets(snapshot)

    shop, other = with_urls(snapshot, {staging: seen(a_sight()), production: blind()}).projects

    assert shop.urls == {Place.STAGING: seen(a_sight()), Place.PRODUCTION: blind()}
    assert other.urls == {}
