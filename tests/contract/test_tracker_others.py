from collections.abc import Iterator

import pytest

from github_stage import OWN, SHOP, Stage, on_stage
from pipeline_health.clients.github_rest import other_issue_of
from pipeline_health.clients.json import Json
from pipeline_health.core.model.ids import Login, RepoName
from pipeline_health.core.model.issue import OtherIssue
from pipeline_health.ports import TrackerError


@pytest.fixture
def stage() -> Iterator[Stage]:
    """Give a repository, and our clients in front of it."""
    with on_stage() as stage:
        stage.world.repo(SHOP).push("first")
        yield stage


def test_the_open_issues_of_trusted_others_are_listed(stage: Stage) -> None:
    """Not ours, nor those of the account that files, nor closed ones, pull requests, strangers'."""
    repo = stage.world.repo(SHOP)
    repo.strangers.add("stranger")
    repo.open_issue("Main CI red: CI", "signed", user="old-cron")
    repo.open_issue("mine", user=OWN)
    repo.open_issue("the host's", user="Filing-Bot[bot]")
    repo.open_issue("a stranger's", user="stranger")
    repo.open_issue("closed", user="old-cron")
    repo.close_issue(5)
    repo.pull("a pull request", user="old-cron")
    repo.open_issue("without a text", user="dev")

    found = stage.tracker(identity=Login("filing-bot")).others(SHOP)

    assert {
        OtherIssue(number=7, title="without a text", body=""),
        OtherIssue(number=1, title="Main CI red: CI", body="signed"),
    } == set(found)


def test_a_list_that_cannot_be_read_raises(stage: Stage) -> None:
    """Whoever asked decides what that means."""
    with pytest.raises(TrackerError, match="listing the open issues of others in acme/nowhere"):
        stage.tracker().others(RepoName("acme/nowhere"))


@pytest.mark.parametrize(
    "change", [{"user": None}, {"author_association": "MANNEQUIN"}, {"author_association": None}]
)
def test_an_account_that_is_gone_or_unknown_is_a_stranger(change: dict[str, object]) -> None:
    """Only what GitHub calls an owner, a member or a collaborator is trusted."""
    node = {
        "number": 3,
        "title": "t",
        "body": None,
        "user": {"login": "cron"},
        "author_association": "OWNER",
    }

    assert other_issue_of(Json(node), own=frozenset()) is not None
    assert other_issue_of(Json(node | change), own=frozenset()) is None
