import copy
from collections.abc import Mapping

import pytest

from github_samples import (
    AT,
    DEPLOYMENT,
    FIVE_PAST,
    ISSUE,
    REF,
    REF_NODE,
    REPOSITORY,
    SHA,
    STATUS,
    STUB,
    SUITE,
    TEN,
)
from pipeline_health.clients.errors import UnexpectedShapeError
from pipeline_health.clients.github_parse import (
    branch_of,
    counts_of,
    deployments_of,
    issue_of,
    page_of,
    repository_of,
    statuses_of,
    stubs_of,
    suites_of,
)
from pipeline_health.clients.json import Json
from pipeline_health.core.model.ids import Login
from pipeline_health.core.model.readings import (
    CheckConclusion,
    CheckStatus,
    CommitStatus,
    DeploymentRecord,
    DeploymentState,
    IssueStub,
    StatusState,
    Suite,
    Unrecognised,
    WorkflowRun,
)


def nodes(*found: object) -> Json:
    """Give a connection of one page."""
    return Json({"nodes": list(found)})


def test_a_repository_is_read_whole() -> None:
    """What decides about filing is all there."""
    found = repository_of(Json(REPOSITORY))

    assert ("R_1", 1, "acme/shop", True, False, True) == (
        found.node_id,
        found.id,
        found.name,
        found.private,
        found.archived,
        found.has_issues,
    )


@pytest.mark.parametrize(
    ("author", "expected"),
    [
        pytest.param({"name": "A. Dev", "user": {"login": "dev"}}, "dev", id="login"),
        pytest.param({"name": "A. Dev", "user": None}, "A. Dev", id="no-account"),
        pytest.param(None, "", id="nobody"),
    ],
)
def test_the_author_of_a_commit_is_named_as_well_as_can_be(author: object, expected: str) -> None:
    """A login is better than a name, and there may be neither."""
    node = copy.deepcopy(dict(REF_NODE))
    node["target"] = {**node["target"], "author": author}  # type: ignore[dict-item]

    assert expected == branch_of(Json(node)).head.author


def test_a_branch_has_its_head_and_what_the_head_contains() -> None:
    """The history begins with the head."""
    branch = branch_of(Json(REF_NODE))

    assert ("main", SHA, TEN, "Add a basket", (SHA, "b" * 40), (TEN, TEN)) == (
        branch.name,
        branch.head.sha,
        branch.head.committed_at,
        branch.head.subject,
        branch.history,
        branch.dates,
    )


@pytest.mark.parametrize("name", ["../..", "shop", "a/b/c", "a/..", "a/b?x=1", "a/b)[x](y", "a/\n"])
def test_a_name_that_could_lead_elsewhere_is_refused(name: str) -> None:
    """It becomes a part of paths and links, whoever says that a repository is called so now."""
    with pytest.raises(UnexpectedShapeError, match="expected owner/name, found"):
        repository_of(Json({**REPOSITORY, "nameWithOwner": name}))


def test_a_commit_id_that_is_none_is_refused() -> None:
    """A short commit id would compare wrong everywhere."""
    with pytest.raises(UnexpectedShapeError, match="full commit id as oid"):
        branch_of(Json({"name": "main", "target": {"oid": "abc", "committedDate": AT}}))


def test_statuses_are_read_with_their_creator_as_a_comparable_login() -> None:
    """REST's `[bot]` and capital letters make no difference."""
    expected = CommitStatus(
        context="ci/x",
        state=StatusState.SUCCESS,
        created_at=TEN,
        creator=Login("bot"),
        url="https://example.com",
        description="3 of 4 passed",
    )

    assert (expected,) == statuses_of(Json(STATUS))


def test_a_commit_without_statuses_has_none() -> None:
    """GitHub answers null where nobody ever posted a status."""
    assert () == statuses_of(Json({"status": None}))


def test_a_suite_is_read_with_the_run_behind_it() -> None:
    """Its number may be larger than 32 bits."""
    expected = Suite(
        id=31234567890,
        node_id="CS_1",
        app="github-actions",
        status=CheckStatus.COMPLETED,
        conclusion=CheckConclusion.FAILURE,
        created_at=TEN,
        updated_at=FIVE_PAST,
        run=WorkflowRun(
            id=5,
            event="push",
            workflow_id=6,
            workflow="CI",
            url="https://github.com/acme/shop/actions/runs/5",
        ),
    )

    assert (expected,) == suites_of(nodes(SUITE))


def test_a_suite_may_have_no_app_no_run_and_no_conclusion() -> None:
    """An app can be deleted, and most apps have no workflows."""
    bare = {**SUITE, "app": None, "workflowRun": None, "conclusion": None, "status": "QUEUED"}

    (suite,) = suites_of(nodes(bare))

    assert ("unknown", None, None) == (suite.app, suite.run, suite.conclusion)


def test_what_no_table_holds_is_unrecognised_and_not_healthy() -> None:
    """A new status or conclusion of GitHub's is kept as what it is."""
    (suite,) = suites_of(nodes({**SUITE, "status": "NAPPING", "conclusion": "MEH"}))

    assert (Unrecognised("NAPPING"), Unrecognised("MEH")) == (suite.status, suite.conclusion)


def test_counts_leave_out_what_is_gone() -> None:
    """A suite that vanished between two requests is null."""
    count = {"databaseId": 1, "checkRuns": {"totalCount": 0}}

    assert [(1, 0)] == list(counts_of(iter([Json(None), Json(count)])))


def test_a_deployment_changed_when_its_newest_status_came() -> None:
    """The link is the log's, else the environment's."""
    expected = DeploymentRecord(
        id=9,
        sha=SHA,
        environment="staging",
        state=DeploymentState.FAILURE,
        created_at=TEN,
        changed_at=FIVE_PAST,
        creator=Login("railway-app"),
        url="https://railway.com/project/x",
    )

    assert (expected,) == deployments_of(nodes(DEPLOYMENT))


def test_a_deployment_without_a_status_has_no_state_yet() -> None:
    """It changed when it was made."""
    (record,) = deployments_of(nodes({**DEPLOYMENT, "latestStatus": None, "environment": None}))

    assert (None, TEN, None, "") == (
        record.state,
        record.changed_at,
        record.url,
        record.environment,
    )


def test_a_stub_says_whether_an_issue_must_be_read() -> None:
    """Number, state and time of change."""
    assert (IssueStub(number=7, open=True, updated_at=TEN),) == stubs_of(nodes(STUB))


def test_a_state_that_we_do_not_know_is_no_closed_issue() -> None:
    """Taking it for closed could file it again."""
    with pytest.raises(UnexpectedShapeError, match="OPEN or CLOSED"):
        stubs_of(nodes({**STUB, "state": "LOCKED"}))


def test_an_issue_is_read_with_who_closed_it_and_why() -> None:
    """The closer's login is comparable, and a person is told from a bot."""
    issue = issue_of(Json(ISSUE), REF, identity=None)

    assert (REF, False, True, "ann", False, FIVE_PAST, frozenset({"bug"}), False) == (
        issue.ref,
        issue.open,
        issue.not_planned,
        issue.closed_by,
        issue.closed_by_bot,
        issue.closed_at,
        issue.labels,
        issue.ours,
    )


@pytest.mark.parametrize(
    ("change", "identity", "expected"),
    [
        pytest.param({"viewerDidAuthor": True}, None, True, id="viewer"),
        pytest.param({}, Login("health-bot"), True, id="identity"),
        pytest.param(
            {"author": {"login": "Health-Bot[bot]"}}, Login("health-bot"), True, id="spelt"
        ),
        pytest.param({}, Login("somebody"), False, id="another"),
        pytest.param({"author": None}, Login("health-bot"), False, id="ghost"),
        pytest.param({"author": None}, None, False, id="ghost-and-no-identity"),
    ],
)
def test_an_issue_is_ours_when_our_account_wrote_it(
    change: Mapping[str, object], identity: Login | None, *, expected: bool
) -> None:
    """Neither label nor title nor marker makes an issue ours."""
    assert expected is issue_of(Json({**ISSUE, **change}), REF, identity=identity).ours


@pytest.mark.parametrize(
    ("timeline", "closed_by", "bot"),
    [
        pytest.param(
            {"nodes": [{"actor": {"login": "railway-app", "__typename": "Bot"}}]},
            "railway-app",
            True,
            id="bot",
        ),
        pytest.param(
            {"nodes": [{"actor": {"login": "x[bot]", "__typename": "User"}}]},
            "x",
            True,
            id="suffix",
        ),
        pytest.param({"nodes": [{"actor": None}]}, None, False, id="ghost"),
        pytest.param({"nodes": []}, None, False, id="untold"),
        pytest.param(None, None, False, id="no-timeline"),
    ],
)
def test_who_closed_an_issue_is_told_as_far_as_it_is_known(
    timeline: object, closed_by: str | None, *, bot: bool
) -> None:
    """A deleted account leaves no actor, and then nobody is blamed."""
    issue = issue_of(Json({**ISSUE, "timelineItems": timeline}), REF, identity=None)

    assert (closed_by, bot) == (issue.closed_by, issue.closed_by_bot)


def test_an_open_issue_was_closed_by_nobody() -> None:
    """An earlier closing stays in the timeline after a reopening, and says nothing any more."""
    issue = issue_of(Json({**ISSUE, "state": "OPEN", "stateReason": None}), REF, identity=None)

    assert (True, False, None) == (issue.open, issue.not_planned, issue.closed_by)


@pytest.mark.parametrize(
    ("info", "after"),
    [
        pytest.param({"hasNextPage": False, "endCursor": "x"}, None, id="last"),
        pytest.param({"hasNextPage": True, "endCursor": "x"}, "x", id="goes-on"),
    ],
)
def test_a_connection_says_where_it_goes_on(info: object, after: str | None) -> None:
    """The cursor counts only where there is a next page."""
    assert after == page_of(Json({"pageInfo": info}))


def test_a_next_page_without_a_cursor_is_refused() -> None:
    """Half a list must not pass for a whole one."""
    with pytest.raises(UnexpectedShapeError):
        page_of(Json({"pageInfo": {"hasNextPage": True, "endCursor": None}}))
