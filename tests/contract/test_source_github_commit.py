"""Exactly one commit on GitHub: there or not, on its branch or not, deployed, and by which run."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from commit_stage import NOWHERE, ask, runs_of, seen_parts, sight, without
from github_stage import PLANTED, SHOP, TOKEN, Stage, on_stage, project
from pipeline_health.core.model.commit import NoSuchCommit
from pipeline_health.core.model.ids import Login, RepoName
from pipeline_health.core.model.questions import Relation
from pipeline_health.core.model.readings import (
    Blind,
    BlindCause,
    CheckConclusion,
    DeploymentState,
    NotAsked,
    Seen,
    StatusState,
)
from pipeline_health.simulator.github_world import Repo

RAILWAY = "5f0c4d3e-project"


@pytest.fixture
def stage() -> Iterator[Stage]:
    """Give a world with one repository of one commit, and our clients in front of it."""
    with on_stage() as stage:
        stage.world.repo(SHOP).push("Add a basket")
        yield stage


@pytest.fixture
def shop(stage: Stage) -> Repo:
    """Give the repository."""
    return stage.world.repo(SHOP)


def test_all_of_a_commit_comes_in_one_request(stage: Stage, shop: Repo) -> None:
    """The head is one request, and so is a commit that was pushed lately."""
    older = shop.head
    shop.run("CI", "success")
    shop.status("ci/other", "success", target_url="https://ci.example/1", description="fine")
    shop.record_deployment("staging", "success")
    shop.push("Next")

    seen = sight(stage, older)

    assert (older, shop.commits[older].committed_at) == (seen.sha, seen.committed_at)
    assert isinstance(seen.relation, Seen)
    assert Relation.AHEAD is seen.relation.value
    assert isinstance(seen.checks, Seen)
    checks = seen.checks.value
    assert ([CheckConclusion.SUCCESS], True) == (
        [suite.conclusion for suite in checks.suites],
        checks.other_apps,
    )
    [status] = checks.statuses
    assert ("ci/other", StatusState.SUCCESS, "https://ci.example/1", "fine", Login("bot")) == (
        status.context,
        status.state,
        status.url,
        status.description,
        status.creator,
    )
    assert isinstance(seen.deployments, Seen)
    assert [DeploymentState.SUCCESS] == [record.state for record in seen.deployments.value]
    assert (NotAsked(), NotAsked()) == (seen.runs, seen.named)
    assert 1 == len(stage.world.requests)


def test_a_commit_costs_one_point(stage: Stage, shop: Repo) -> None:
    """Also with the check runs of a name."""
    sight(stage, shop.head, project(e2e_check="e2e"))

    assert [1] == [request.cost for request in stage.world.requests]


def test_a_commit_is_seen_by_the_providers_clock(stage: Stage, shop: Repo) -> None:
    """What was seen is dated as GitHub dates its answer."""
    stage.world.clock_skew = timedelta(minutes=-5)

    seen = ask(stage, shop.head)

    assert stage.world.now() - timedelta(minutes=5) == seen.at


def test_a_commit_that_is_not_there_is_none(stage: Stage) -> None:
    """That is an answer, and no blindness."""
    seen = ask(stage, NOWHERE)

    assert isinstance(seen, Seen)
    assert NoSuchCommit(sha=NOWHERE) == seen.value


def test_an_error_that_says_not_found_is_no_commit(stage: Stage) -> None:
    """However GitHub says it."""
    problem = {"type": "NOT_FOUND", "message": "no", "path": ["repository", "commit"]}
    without(
        stage,
        {"data": {"repository": {"nameWithOwner": SHOP, "commit": None}}, "errors": [problem]},
    )

    seen = ask(stage, NOWHERE)

    assert isinstance(seen, Seen)
    assert isinstance(seen.value, NoSuchCommit)


def test_trouble_with_the_commit_is_blind_and_not_its_absence(stage: Stage, shop: Repo) -> None:
    """A null beside another error says nothing of what is there."""
    problem = {"message": "Something went wrong", "path": ["repository", "commit"]}
    without(
        stage,
        {"data": {"repository": {"nameWithOwner": SHOP, "commit": None}}, "errors": [problem]},
    )

    seen = ask(stage, shop.head)

    assert isinstance(seen, Blind)
    assert "Something went wrong" in seen.why


def test_an_object_that_is_no_commit_is_none(stage: Stage, shop: Repo) -> None:
    """Ids are of files and tags, too."""
    shop.push("Write", files={"readme": "hello"})
    blob = shop.blob(shop.head, "readme")
    assert blob is not None

    seen = ask(stage, blob)

    assert isinstance(seen, Seen)
    assert isinstance(seen.value, NoSuchCommit)


def test_another_commit_than_the_one_asked_for_is_not_believed(stage: Stage, shop: Repo) -> None:
    """An answer about something else is no answer."""
    commit = {"__typename": "Commit", "oid": "e" * 40}
    without(stage, {"data": {"repository": {"nameWithOwner": SHOP, "commit": commit}}})

    seen = ask(stage, shop.head)

    assert isinstance(seen, Blind)
    assert f"GitHub shows {'e' * 40}" in seen.why


def test_a_repository_that_is_not_shown_is_blind(stage: Stage) -> None:
    """Its commits may be there."""
    seen = ask(stage, NOWHERE, project(repo=RepoName("acme/gone")))

    assert isinstance(seen, Blind)
    assert (BlindCause.UNSEEN, True) == (seen.cause, "acme/gone" in seen.why)


@pytest.mark.parametrize(
    ("kind", "cause"),
    [
        pytest.param("SERVICE_UNAVAILABLE", BlindCause.UNREADABLE, id="github-has-trouble"),
        pytest.param("FORBIDDEN", BlindCause.UNSEEN, id="single-sign-on"),
    ],
)
def test_a_repository_is_only_called_unseen_where_the_token_is_why(
    stage: Stage, shop: Repo, kind: str, cause: BlindCause
) -> None:
    """Who is told to mend the name, or the token, should have something to mend."""
    error = {"type": kind, "message": "no", "path": ["repository"]}
    without(stage, {"data": {"repository": None}, "errors": [error]})

    seen = ask(stage, shop.head)

    assert isinstance(seen, Blind)
    assert (cause, "GitHub does not show acme/shop: no") == (seen.cause, seen.why)


def test_a_refused_token_is_told_from_everything_else() -> None:
    """Somebody must renew it, and knows where it comes from."""
    with on_stage(token="gh-bad-token") as stage:
        stage.world.repo(SHOP).push("Add a basket")
        seen = ask(stage, NOWHERE)

    assert isinstance(seen, Blind)
    assert (BlindCause.REFUSED, "GITHUB_TOKEN") == (seen.cause, seen.token)
    assert TOKEN not in seen.why


def test_without_any_answer_all_of_it_is_blind(stage: Stage, shop: Repo) -> None:
    """A server that fails tells nothing."""
    stage.world.faults.add(host="github", mode="status", match="query Commit(", times=9)

    seen = ask(stage, shop.head)

    assert isinstance(seen, Blind)
    assert BlindCause.UNREADABLE is seen.cause


def test_a_commit_far_behind_the_head_is_compared(stage: Stage, shop: Repo) -> None:
    """The head lists a hundred; what lies further back takes one more request."""
    first = shop.head
    for at in range(120):
        shop.push(f"Work {at}")

    seen = sight(stage, first)

    assert isinstance(seen.relation, Seen)
    assert Relation.AHEAD is seen.relation.value
    assert 1 == stage.asked("/compare/")
    assert 2 == len(stage.world.requests)


@pytest.mark.parametrize(
    ("branch", "expected"),
    [
        pytest.param(None, Relation.DIVERGED, id="default"),
        pytest.param("next", Relation.IDENTICAL, id="next"),
    ],
)
def test_the_branch_that_is_configured_counts(
    stage: Stage, shop: Repo, branch: str | None, expected: Relation
) -> None:
    """A commit of another branch went another way."""
    fork = shop.head
    shop.push("Try", branch="next")
    aside = shop.branches["next"][-1]
    shop.commits[aside].parent = fork
    shop.push("Next")

    seen = sight(stage, aside, project(branch=branch))

    assert isinstance(seen.relation, Seen)
    assert expected is seen.relation.value


def test_a_commit_that_was_taken_back_is_ahead_of_its_branch(stage: Stage, shop: Repo) -> None:
    """After a force push the head is behind it."""
    kept = shop.head
    gone = shop.push("Oh no")
    shop.force_push(kept)

    seen = sight(stage, gone)

    assert isinstance(seen.relation, Seen)
    assert Relation.BEHIND is seen.relation.value


def test_without_its_branch_a_commit_is_seen_all_the_same(stage: Stage, shop: Repo) -> None:
    """Only how it stands to the branch, and the runs of that, are not known."""
    seen = sight(stage, shop.head, project(branch="gone", deploy_workflow="Deploy"))

    assert {
        "relation": False,
        "checks": True,
        "deployments": True,
        "runs": False,
        "named": False,
    } == seen_parts(seen)
    assert isinstance(seen.relation, Blind)
    assert "acme/shop has no branch gone" == seen.relation.why


def test_an_empty_repository_has_no_branch(stage: Stage, shop: Repo) -> None:
    """A commit may be there all the same, as far as GitHub is concerned."""
    sha = shop.head
    shop.branches["main"].clear()

    seen = sight(stage, sha)

    assert isinstance(seen.relation, Blind)
    assert "has no commit yet" in seen.relation.why


def test_a_comparison_that_fails_blinds_the_relation_alone(stage: Stage, shop: Repo) -> None:
    """The rest was seen before."""
    first = shop.head
    for at in range(100):
        shop.push(f"Work {at}")
    stage.world.faults.add(host="github", mode="status", match="/compare/", times=9)

    assert {
        "relation": False,
        "checks": True,
        "deployments": True,
        "runs": False,
        "named": False,
    } == (seen_parts(sight(stage, first)))


def test_deployments_are_those_of_the_commit_in_staging_newest_first(
    stage: Stage, shop: Repo
) -> None:
    """A later success made an earlier one inactive; production and other commits do not count."""
    sha = shop.head
    first = shop.record_deployment("shop / staging", "success")
    second = shop.record_deployment("staging", "failure")
    shop.record_deployment("production", "success")
    shop.push("Next")
    shop.record_deployment("shop / staging", "success")
    stage.memory.facts["railway-project-name", RAILWAY] = "shop"

    seen = sight(stage, sha, project(railway_project=RAILWAY))

    assert isinstance(seen.deployments, Seen)
    assert [
        (second.id, DeploymentState.FAILURE),
        (first.id, DeploymentState.INACTIVE),
    ] == [(record.id, record.state) for record in seen.deployments.value]
    assert {sha} == {record.sha for record in seen.deployments.value}


def test_a_run_may_name_the_commit_while_it_is_attached_to_the_head(
    stage: Stage, shop: Repo
) -> None:
    """A workflow_run is attached to the head of the branch; its title tells what it deploys."""
    sha = shop.head
    own = shop.run("Deploy", "failure")
    shop.run("CI", "success")
    shop.push("Next")
    shop.run("Deploy", "success", event="workflow_run", title=f"Deploy {sha} {PLANTED}")

    runs = runs_of(sight(stage, sha, project(deploy_workflow="Deploy")))

    assert [
        (shop.head, f"Deploy {sha} ***", "workflow_run"),
        (sha, "Add a basket", "push"),
    ] == [(each.sha, each.title, each.run.event) for each in runs]
    assert own.id == runs[-1].run.id


def test_a_run_of_the_commit_is_found_among_any_number_of_newer_ones(
    stage: Stage, shop: Repo
) -> None:
    """The branch is listed as far back as they are, a hundred at a time."""
    sha = shop.head
    own = shop.run("Deploy", "success")
    shop.push("Next")
    for _ in range(110):
        shop.run("Deploy", "success")

    runs = runs_of(sight(stage, sha, project(deploy_workflow="Deploy")))

    assert 111 == len(runs)
    assert (own.id, sha) == (runs[-1].run.id, runs[-1].sha)
    assert sorted((each.run.id for each in runs), reverse=True) == [each.run.id for each in runs]


@pytest.mark.parametrize("match", ["branch=", "head_sha="])
def test_half_of_the_runs_is_none(stage: Stage, shop: Repo, match: str) -> None:
    """The one that counts may be in the half that was not read."""
    stage.world.faults.add(host="github", mode="status", match=match, times=9)

    seen = sight(stage, shop.head, project(deploy_workflow="Deploy"))

    assert isinstance(seen.runs, Blind)
    assert isinstance(seen.checks, Seen)
