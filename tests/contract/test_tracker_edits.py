from collections.abc import Callable, Iterator

import pytest

from github_stage import OWN, SHOP, Stage, on_stage
from pipeline_health.core.model.ids import Login
from pipeline_health.core.model.issue import IssueRef, TrackedIssue
from pipeline_health.core.model.readings import Seen
from pipeline_health.ports import Tracker, TrackerError
from pipeline_health.simulator.github_world import Repo

LABELS = ("pipeline-health", "bug", "archon:queued")


@pytest.fixture
def stage() -> Iterator[Stage]:
    """Give a world with one repository, and our clients in front of it."""
    with on_stage() as stage:
        stage.world.repo(SHOP).push("Add a basket")
        yield stage


@pytest.fixture
def shop(stage: Stage) -> Repo:
    """Give the repository."""
    return stage.world.repo(SHOP)


@pytest.fixture
def tracker(stage: Stage) -> Tracker:
    """Give the tracker, by its port."""
    return stage.tracker()


def file(tracker: Tracker, *, title: str = "Main CI red: CI (shop)") -> TrackedIssue:
    """File an issue as the agent would."""
    return tracker.create(SHOP, title=title, body="It is red.", labels=LABELS)


def read(stage: Stage, tracker: Tracker, number: int) -> TrackedIssue:
    """Read one issue that must be there."""
    ref = IssueRef(SHOP, number)
    found = tracker.read([ref], now=stage.world.now())[ref]
    assert isinstance(found, Seen)
    assert isinstance(found.value, TrackedIssue)
    return found.value


def test_a_body_is_replaced(tracker: Tracker, shop: Repo) -> None:
    """And nothing else."""
    issue = shop.open_issue("T", "old", user=OWN)

    tracker.edit(IssueRef(SHOP, issue.number), body="new")

    assert ("T", "new", "open") == (issue.title, issue.body, issue.state)


def test_labels_are_exchanged_and_exchanging_them_again_changes_nothing(
    tracker: Tracker, shop: Repo
) -> None:
    """What is there is not added twice, and what is not there is not missed."""
    issue = shop.open_issue("T", user=OWN, labels=["bug", "archon:queued", "theirs"])
    ref = IssueRef(SHOP, issue.number)

    for _ in range(2):
        tracker.relabel(ref, add=["human-needed"], remove=["bug", "archon:queued"])

    assert ["theirs", "human-needed"] == issue.labels


def test_exchanging_nothing_asks_for_nothing(stage: Stage, tracker: Tracker) -> None:
    """No label, no request."""
    tracker.relabel(IssueRef(SHOP, 1), add=[], remove=[])

    assert [] == stage.world.requests


@pytest.mark.parametrize(
    ("duplicate_of", "reason"),
    [pytest.param(None, "completed", id="completed"), pytest.param(1, "duplicate", id="duplicate")],
)
def test_closing_tells_why_and_twice_is_once(
    tracker: Tracker, shop: Repo, duplicate_of: int | None, reason: str
) -> None:
    """As completed, or as a duplicate."""
    shop.open_issue("older", user=OWN)
    issue = shop.open_issue("T", user=OWN)

    for _ in range(2):
        tracker.close(IssueRef(SHOP, issue.number), duplicate_of=duplicate_of)

    assert ("closed", reason, 1) == (issue.state, issue.state_reason, len(issue.closings))


def test_an_issue_is_opened_again_and_twice_is_once(
    stage: Stage, tracker: Tracker, shop: Repo
) -> None:
    """And then nobody closed it."""
    issue = shop.open_issue("T", user=OWN)
    shop.close_issue(issue.number)

    for _ in range(2):
        tracker.reopen(IssueRef(SHOP, issue.number))

    found = read(stage, tracker, issue.number)
    assert (True, None) == (found.open, found.closed_by)


def test_our_comments_are_told_and_nobody_elses(stage: Stage, shop: Repo) -> None:
    """Oldest first, by the token's account and by the one that the operator names."""
    issue = shop.open_issue("T", user=OWN)
    ref = IssueRef(SHOP, issue.number)
    shop.comment(issue.number, "zero", user="Filer[bot]")
    shop.comment(issue.number, "theirs", user="dev")
    tracker: Tracker = stage.tracker(identity=Login("filer"))

    tracker.comment(ref, body="one")
    tracker.comment(ref, body="two")

    assert ("zero", "one", "two") == tracker.comments(ref)
    assert ("one", "two") == stage.tracker().comments(ref)


@pytest.mark.parametrize("mode", ["cut_after", "truncate"])
def test_a_lost_answer_to_a_comment_is_unknown_and_one_comment(
    stage: Stage, tracker: Tracker, shop: Repo, mode: str
) -> None:
    """The request is sent once."""
    issue = shop.open_issue("T", user=OWN)
    stage.world.faults.add(host="github", mode=mode, match="POST", times=1)  # type: ignore[arg-type]

    with pytest.raises(TrackerError) as caught:
        tracker.comment(IssueRef(SHOP, issue.number), body="one")

    assert caught.value.unknown
    assert ["one"] == [comment.body for comment in issue.comments]


EDITS: dict[str, Callable[[Tracker, IssueRef], None]] = {
    "edit": lambda tracker, ref: tracker.edit(ref, body="new"),
    "relabel": lambda tracker, ref: tracker.relabel(ref, add=["bug"], remove=[]),
    "close": lambda tracker, ref: tracker.close(ref),
    "reopen": lambda tracker, ref: tracker.reopen(ref),
    "comment": lambda tracker, ref: tracker.comment(ref, body="one"),
}


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS)
@pytest.mark.parametrize(
    ("status", "retryable", "unknown"),
    [(502, True, True), (403, False, False), (404, False, False), (410, False, False)],
)
def test_an_edit_that_failed_says_whether_it_may_have_happened(
    stage: Stage,
    shop: Repo,
    edit: Callable[[Tracker, IssueRef], None],
    status: int,
    *,
    retryable: bool,
    unknown: bool,
) -> None:
    """It was sent once, and names the issue."""
    issue = shop.open_issue("T", user=OWN, labels=["bug"])
    for method in ("PATCH", "POST"):
        stage.world.faults.add(
            host="github", mode="status", match=f"{method} /repos", status=status, times=9
        )

    with pytest.raises(TrackerError, match="issue 1 of acme/shop") as caught:
        edit(stage.tracker(), IssueRef(SHOP, issue.number))

    assert (retryable, unknown) == (caught.value.retryable, caught.value.unknown)
    assert 1 == sum(request.method in ("PATCH", "POST") for request in stage.world.requests)


def test_issues_of_a_renamed_repository_are_changed_under_its_name_of_now(
    stage: Stage, tracker: Tracker, shop: Repo
) -> None:
    """GitHub follows an old name in reads; of a write it would only say where to go."""
    issue = shop.open_issue("T", user=OWN)
    shop.rename("acme/store")
    ref = IssueRef(SHOP, issue.number)
    assert ref == read(stage, tracker, issue.number).ref

    tracker.edit(ref, body="new")
    filed = file(tracker)

    assert "new" == issue.body
    assert IssueRef(SHOP, filed.ref.number) == read(stage, tracker, filed.ref.number).ref
    assert 0 == stage.asked("/repos/acme/shop")
