from collections.abc import Iterator

import pytest

from github_stage import (
    MINUTE,
    OWN,
    PLANTED,
    SHOP,
    SHOP_NAME,
    Stage,
    is_seen,
    look,
    many,
    on_stage,
    project,
    reasons,
)
from pipeline_health.core.model.ids import Login, ProjectName, RepoName
from pipeline_health.core.model.readings import (
    Blind,
    CheckConclusion,
    DeploymentState,
    NotAsked,
    Seen,
)


@pytest.fixture
def stage() -> Iterator[Stage]:
    """Give a world with one repository, and our clients in front of it."""
    with on_stage() as stage:
        stage.world.repo(SHOP).push("Add a basket")
        yield stage


def test_a_look_shows_everything_of_a_repository(stage: Stage) -> None:
    """Head, checks, statuses, deployments and our own issues come with one question."""
    shop = stage.world.repo(SHOP)
    shop.run("CI", "failure")
    shop.status("ci/other", "success")
    shop.record_deployment("staging", "failure")
    shop.record_deployment("production", "success")
    ours = shop.open_issue("Main CI red: CI (shop)", user=OWN)
    shop.open_issue("Somebody's", user="dev")

    reading = look(stage)

    assert isinstance(reading.branch, Seen)
    assert (shop.head, "main") == (reading.branch.value.head.sha, reading.branch.value.name)
    assert isinstance(reading.checks, Seen)
    assert [CheckConclusion.FAILURE] == [suite.conclusion for suite in reading.checks.value.suites]
    assert ["ci/other"] == [status.context for status in reading.checks.value.statuses]
    assert isinstance(reading.deployments, Seen)
    assert [DeploymentState.FAILURE] == [each.state for each in reading.deployments.value]
    assert isinstance(reading.issues, Seen)
    assert [ours.number] == [stub.number for stub in reading.issues.value]
    assert NotAsked() == reading.earlier


def test_many_repositories_are_one_request(stage: Stage) -> None:
    """Beside what is known for a day: who we are, and what always runs in each repository."""
    projects = [project(name, repo=name) for name in many(stage.world, 20)]

    for _ in range(2):
        readings = stage.source().look(projects, now=stage.world.now())
        assert all(is_seen(reading) for reading in readings.values())

    assert [1, 2] == [stage.asked("WhoAmI"), stage.asked("query Look")]
    assert 2 == stage.asked("query Pushes")
    assert 3 + 2 + 1 == stage.source().usage().requests


def test_a_repository_that_two_projects_share_is_asked_for_once(stage: Stage) -> None:
    """The document names it once, and both projects see it."""
    readings = stage.source().look([project("a"), project("b")], now=stage.world.now())

    assert readings[ProjectName("a")] == readings[ProjectName("b")]
    assert 1 == sum((request.document or "").count("r0:") for request in stage.world.requests)
    assert 0 == stage.asked("r1:")


def test_a_look_is_dated_by_the_providers_clock(stage: Stage) -> None:
    """Our own clock may be wrong."""
    stage.world.clock_skew = 7 * MINUTE

    assert stage.world.now() + 7 * MINUTE == look(stage).branch.at


def test_a_repository_that_the_token_cannot_see_is_blind_and_nothing_else_is(stage: Stage) -> None:
    """The reason names the repository."""
    readings = stage.source().look(
        [project(), project("gone", repo=RepoName("acme/gone"), deploy_workflow="Deploy")],
        now=stage.world.now(),
    )

    assert [True] * 5 == is_seen(readings[SHOP_NAME])
    gone = readings[ProjectName("gone")]
    assert {"GitHub shows no repository acme/gone to this token"} == reasons(gone)
    assert isinstance(gone.earlier, Blind)


def test_a_repository_that_failed_in_a_partial_answer_is_blind_and_nothing_else_is(
    stage: Stage,
) -> None:
    """GitHub answers what it can, and says of the rest why not."""
    (other,) = many(stage.world, 1)
    stage.world.faults.add(host="github", mode="partial", match="query Look", body="r0")

    readings = stage.source().look([project(), project("other", repo=other)], now=stage.world.now())

    assert [False] * 5 == is_seen(readings[SHOP_NAME])
    assert {"does not show acme/shop" in why for why in reasons(readings[SHOP_NAME])} == {True}
    assert [True] * 5 == is_seen(readings[ProjectName("other")])


@pytest.mark.parametrize("forbidden", [False, True], ids=["suites", "runs"])
def test_an_empty_repository_has_no_head_to_judge(stage: Stage, *, forbidden: bool) -> None:
    """Its issues are seen all the same."""
    stage.world.repo("acme/empty")
    stage.world.no_checks = {OWN} if forbidden else set()
    look(stage)

    readings = stage.source().look(
        [project(repo=RepoName("acme/empty"), deploy_workflow="Deploy")], now=stage.world.now()
    )

    assert [True, False, False, True, True] == is_seen(readings[SHOP_NAME])
    assert {"acme/empty has no commit yet"} == reasons(readings[SHOP_NAME])
    assert isinstance(readings[SHOP_NAME].earlier, Blind)


def test_a_named_branch_is_looked_at_instead_of_the_default_one(stage: Stage) -> None:
    """Its head is another one."""
    sha = stage.world.repo(SHOP).push("Try", branch="next")

    reading = stage.source().look([project(branch="next")], now=stage.world.now())[SHOP_NAME]

    assert isinstance(reading.branch, Seen)
    assert ("next", sha) == (reading.branch.value.name, reading.branch.value.head.sha)


def test_a_branch_that_is_not_there_is_blind(stage: Stage) -> None:
    """The reason names the branch."""
    reading = stage.source().look([project(branch="nope")], now=stage.world.now())[SHOP_NAME]

    assert {"acme/shop has no branch nope"} == reasons(reading)


def test_a_list_of_our_issues_that_goes_on_is_read_to_its_end(stage: Stage) -> None:
    """An issue that the first page does not show is still known, and so are the closed ones."""
    shop = stage.world.repo(SHOP)
    closed = shop.open_issue("closed", user=OWN)
    shop.close_issue(closed.number)
    for at in range(120):
        shop.open_issue(f"open {at}", user=OWN)

    reading = look(stage)

    assert isinstance(reading.issues, Seen)
    assert 121 == len(reading.issues.value)
    assert [closed.number] == [stub.number for stub in reading.issues.value if not stub.open]


@pytest.mark.parametrize(
    ("configured", "known", "expected"),
    [
        pytest.param(None, None, ["staging"], id="railway-not-asked-yet"),
        pytest.param(None, "basket", ["staging", "basket / staging"], id="railways-app"),
        pytest.param("preview", "basket", ["preview"], id="configured"),
    ],
)
def test_deployments_are_found_under_every_name_that_staging_may_have(
    stage: Stage, configured: str | None, known: str | None, expected: list[str]
) -> None:
    """Railway's app calls the environment by its project; the Railway source knows how."""
    for environment in ("staging", "basket / staging", "preview", "production"):
        stage.world.repo(SHOP).record_deployment(environment, "success")
    if known is not None:
        stage.memory.facts["railway-project-name", "p1"] = known

    reading = stage.source().look(
        [project(railway_project="p1", github_environment=configured)], now=stage.world.now()
    )[SHOP_NAME]

    assert isinstance(reading.deployments, Seen)
    assert set(expected) == {record.environment for record in reading.deployments.value}


def test_a_secret_in_a_commit_message_goes_no_further(stage: Stage) -> None:
    """The subject of the head is redacted."""
    stage.world.repo(SHOP).push(f"Log in with {PLANTED}")

    reading = look(stage)

    assert isinstance(reading.branch, Seen)
    assert "Log in with ***" == reading.branch.value.head.subject


def test_a_look_tells_that_the_token_is_anothers_now(stage: Stage) -> None:
    """Another account has other issues; nothing of a token is kept to compare it by."""
    stage.memory.facts["github-login", stage.url] = "someone"
    stage.world.repo(SHOP).open_issue("ours", user=OWN)

    reading = look(stage)

    assert isinstance(reading.issues, Seen)
    assert 1 == len(reading.issues.value)
    assert OWN == stage.memory.facts["github-login", stage.url]


def test_a_named_identity_decides_whose_issues_are_listed(stage: Stage) -> None:
    """A token of somebody else sees the issues of the account that files."""
    stage.world.repo(SHOP).open_issue("theirs", user="filer")
    stage.world.repo(SHOP).open_issue("ours", user=OWN)

    source = stage.source(identity=Login("filer"))
    reading = source.look([project()], now=stage.world.now())[SHOP_NAME]

    assert isinstance(reading.issues, Seen)
    assert [1] == [stub.number for stub in reading.issues.value]
