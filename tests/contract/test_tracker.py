from collections.abc import Callable, Iterator

import pytest

from github_stage import MINUTE, OWN, SHOP, Stage, on_stage
from pipeline_health.core.model.ids import Login, RepoName
from pipeline_health.core.model.issue import Gone, IssueRef, TrackedIssue
from pipeline_health.core.model.readings import Blind, Seen
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


def test_what_is_filed_can_be_read_by_its_number(
    stage: Stage, tracker: Tracker, shop: Repo
) -> None:
    """Text, labels and authorship are as they were sent."""
    filed = file(tracker)

    assert filed == read(stage, tracker, filed.ref.number)
    assert (True, True, frozenset(LABELS), "It is red.") == (
        filed.open,
        filed.ours,
        filed.labels,
        filed.body,
    )
    assert ["Main CI red: CI (shop)"] == shop.open_titles


def test_an_issue_that_a_list_does_not_show_yet_is_read_by_its_number(
    stage: Stage, tracker: Tracker
) -> None:
    """Lists lag, numbers do not."""
    stage.world.list_lag = 10 * MINUTE
    filed = file(tracker)

    assert () == tracker.ours(SHOP)
    assert filed.ref == read(stage, tracker, filed.ref.number).ref
    assert [filed] == list(tracker.after(SHOP, 0))


def test_filing_creates_the_labels_that_the_repository_lacks(tracker: Tracker, shop: Repo) -> None:
    """Once; another spelling of the same label is the same label."""
    shop.make_label("Bug")

    file(tracker)
    file(tracker)

    assert ["Bug", "archon:queued", "pipeline-health"] == sorted(
        label.name for label in shop.labels.values()
    )


def test_labels_that_were_dropped_are_missing_in_the_answer(tracker: Tracker, shop: Repo) -> None:
    """The agent must see that nobody will pick the issue up."""
    shop.drops_labels = True

    assert frozenset() == file(tracker).labels


@pytest.mark.parametrize("mode", ["cut_after", "empty", "truncate"])
def test_a_lost_answer_to_a_filing_is_unknown_and_one_issue(
    stage: Stage, tracker: Tracker, shop: Repo, mode: str
) -> None:
    """The request is not sent again; whether it took effect, nobody knows yet."""
    stage.world.faults.add(host="github", mode=mode, match="POST /repos/acme/shop/issues?")  # type: ignore[arg-type]

    with pytest.raises(TrackerError, match="filing in acme/shop") as caught:
        file(tracker)

    assert caught.value.unknown
    assert 1 == len(shop.issues)


@pytest.mark.parametrize(
    ("status", "unknown"),
    [
        pytest.param(502, True, id="server"),
        pytest.param(307, True, id="redirect"),
        pytest.param(200, True, id="another-success"),
        pytest.param(422, False, id="invalid"),
        pytest.param(403, False, id="forbidden"),
        pytest.param(404, False, id="not-found"),
    ],
)
def test_a_refused_filing_is_known_not_to_have_happened(
    stage: Stage, tracker: Tracker, shop: Repo, status: int, *, unknown: bool
) -> None:
    """Everything but a refusal is unknown."""
    match = "POST /repos/acme/shop/issues?"
    stage.world.faults.add(host="github", mode="status", match=match, status=status, times=9)

    with pytest.raises(TrackerError) as caught:
        file(tracker)

    assert unknown is caught.value.unknown
    assert {} == shop.issues
    assert 1 == stage.asked(match)


def test_filing_where_issues_are_disabled_says_so(tracker: Tracker, shop: Repo) -> None:
    """Nothing was filed, and a person can tell why."""
    shop.has_issues = False

    with pytest.raises(TrackerError, match="issues are disabled") as caught:
        file(tracker)

    assert not caught.value.unknown


def test_a_filing_that_met_a_rate_limit_may_be_tried_later(stage: Stage, tracker: Tracker) -> None:
    """It certainly did not happen."""
    stage.world.faults.add(host="github", mode="secondary_limit", match="POST", times=9)

    with pytest.raises(TrackerError, match="rate limit") as caught:
        file(tracker)

    assert (True, False) == (caught.value.retryable, caught.value.unknown)


def test_an_issue_that_is_gone_is_told_from_one_that_cannot_be_read(
    stage: Stage, tracker: Tracker, shop: Repo
) -> None:
    """Deleted, never there and a pull request are gone; an unseen repository is blind."""
    deleted = shop.open_issue("deleted", user=OWN)
    pull = shop.pull("a change")
    shop.delete_issue(deleted.number)
    gone = [IssueRef(SHOP, number) for number in (deleted.number, pull.number, 99)]
    elsewhere = IssueRef(RepoName("acme/nothing"), 1)

    found = tracker.read([*gone, elsewhere], now=stage.world.now())

    assert [True] * 3 == [
        isinstance(reading, Seen) and isinstance(reading.value, Gone)
        for reading in (found[ref] for ref in gone)
    ]
    assert isinstance(found[elsewhere], Blind)


def test_many_issues_are_read_fifty_at_once(stage: Stage, tracker: Tracker, shop: Repo) -> None:
    """All of them are found."""
    refs = [IssueRef(SHOP, shop.open_issue(f"{at}", user=OWN).number) for at in range(120)]

    assert all(
        isinstance(each, Seen) for each in tracker.read(refs, now=stage.world.now()).values()
    )
    assert 3 == stage.asked("query Issues(")


@pytest.mark.parametrize(
    ("times", "blind", "asked"),
    [
        pytest.param(2, 0, 2 + 10, id="twelve-pass"),
        pytest.param(3, 0, 3 + 20, id="six-pass"),
        pytest.param(6, 6, 3 + 3 + 3, id="those-six-fail-alone"),
        pytest.param(99, 120, 3 + 3 + 3 * 3, id="outage"),
    ],
)
def test_so_many_issues_that_github_gives_up_are_asked_for_in_parts(
    stage: Stage, tracker: Tracker, times: int, blind: int, asked: int
) -> None:
    """What fails however few are asked for blinds itself only, and an outage is soon known."""
    refs = [IssueRef(SHOP, number) for number in range(1, 121)]
    stage.world.faults.add(host="github", mode="status", match="query Issues(", times=times)

    found = tracker.read(refs, now=stage.world.now())

    assert [False] * blind + [True] * (120 - blind) == [
        isinstance(found[ref], Seen) for ref in refs
    ]
    assert asked == stage.asked("query Issues(")


def test_a_partial_answer_blinds_only_what_it_left_out(
    stage: Stage, tracker: Tracker, shop: Repo
) -> None:
    """The other issues are read."""
    refs = [IssueRef(SHOP, shop.open_issue(f"{at}", user=OWN).number) for at in range(3)]
    stage.world.faults.add(host="github", mode="partial", match="query Issues(", body="i1")

    found = tracker.read(refs, now=stage.world.now())

    assert [True, False, True] == [isinstance(found[ref], Seen) for ref in refs]


@pytest.mark.parametrize(
    ("author", "identity", "expected"),
    [
        pytest.param(OWN, None, True, id="our-token"),
        pytest.param("dev", None, False, id="somebody"),
        pytest.param("Filer[bot]", Login("filer"), True, id="our-identity"),
        pytest.param("dev", Login("filer"), False, id="neither"),
    ],
)
def test_ours_is_what_our_account_wrote(
    stage: Stage, shop: Repo, author: str, identity: Login | None, *, expected: bool
) -> None:
    """However the provider spells the login."""
    number = shop.open_issue("T", "<!-- pipeline-health v1 {} -->", user=author).number

    assert expected is read(stage, stage.tracker(identity=identity), number).ours


def test_our_issues_are_listed_open_and_closed_last_changed_first(
    stage: Stage, tracker: Tracker, shop: Repo
) -> None:
    """Whatever their labels, beyond one page, and nobody else's."""
    numbers = [shop.open_issue(f"{at}", user=OWN).number for at in range(60)]
    shop.open_issue("Somebody's")
    stage.world.advance(MINUTE)
    shop.close_issue(numbers[5], user="dev")

    listed = tracker.ours(SHOP)

    assert sorted(numbers) == sorted(issue.ref.number for issue in listed)
    assert (numbers[5], False, "dev") == (
        listed[0].ref.number,
        listed[0].open,
        listed[0].closed_by,
    )


def test_the_list_of_our_issues_is_bounded(stage: Stage, tracker: Tracker, shop: Repo) -> None:
    """Ten pages are enough to recognise what is ours."""
    for at in range(530):
        shop.open_issue(f"{at}", user=OWN)

    assert 500 == len(tracker.ours(SHOP))
    assert 10 == stage.asked("query Ours")


def test_the_highest_number_counts_pull_requests_too(tracker: Tracker, shop: Repo) -> None:
    """They share their numbers with issues."""
    assert 0 == tracker.highest(SHOP)
    shop.open_issue("one")
    shop.pull("two")

    assert 2 == tracker.highest(SHOP)


def test_what_is_above_a_number_is_found_among_others(
    stage: Stage, tracker: Tracker, shop: Repo
) -> None:
    """Windows are read until nothing at all is in one; pull requests are something."""
    shop.open_issue("known", user=OWN)
    for _ in range(35):
        shop.pull("a change")
    lost = shop.open_issue("lost", user=OWN)
    shop.open_issue("somebody's")

    assert [lost.number] == [issue.ref.number for issue in tracker.after(SHOP, 1)]
    assert 3 == stage.asked("query Issues(")


def test_looking_above_a_number_ends_somewhere(stage: Stage, tracker: Tracker, shop: Repo) -> None:
    """In a very busy repository after ten windows."""
    for _ in range(400):
        shop.pull("a change")

    assert () == tracker.after(SHOP, 0)
    assert 10 == stage.asked("query Issues(")


def test_looking_above_a_number_blindly_is_no_answer(stage: Stage, tracker: Tracker) -> None:
    """«Nothing there» would let the agent file a second time."""
    stage.world.faults.add(host="github", mode="partial", match="query Issues(", body="i3")

    with pytest.raises(TrackerError, match="above 0 in acme/shop") as caught:
        tracker.after(SHOP, 0)

    assert caught.value.retryable


def test_who_closed_an_issue_as_not_planned_is_told(
    stage: Stage, tracker: Tracker, shop: Repo
) -> None:
    """A person's closing mutes, a bot's does not."""
    by_person, by_bot = (shop.open_issue("T", user=OWN) for _ in range(2))
    shop.close_issue(by_person.number, user="Ann", reason="not_planned")
    shop.close_issue(by_bot.number, user="stale[bot]", reason="not_planned")

    assert [(True, "ann", False), (True, "stale", True)] == [
        (issue.not_planned, issue.closed_by, issue.closed_by_bot)
        for issue in (read(stage, tracker, each.number) for each in (by_person, by_bot))
    ]


@pytest.mark.parametrize(
    ("match", "ask"),
    [
        pytest.param("Ours", lambda tracker: tracker.ours(SHOP), id="ours"),
        pytest.param("Highest", lambda tracker: tracker.highest(SHOP), id="highest"),
        pytest.param("Issues", lambda tracker: tracker.after(SHOP, 0), id="after"),
        pytest.param(
            "/comments", lambda tracker: tracker.comments(IssueRef(SHOP, 1)), id="comments"
        ),
    ],
)
def test_a_read_that_failed_says_so_and_may_be_tried_again(
    stage: Stage, tracker: Tracker, shop: Repo, match: str, ask: Callable[[Tracker], object]
) -> None:
    """After three tries; nothing can have happened."""
    shop.open_issue("T", user=OWN)
    stage.world.faults.add(host="github", mode="status", match=match, times=9)

    with pytest.raises(TrackerError) as caught:
        ask(tracker)

    assert (True, False) == (caught.value.retryable, caught.value.unknown)
    assert 3 == stage.asked(match)


@pytest.mark.parametrize("ask", [Tracker.ours, Tracker.highest], ids=["ours", "highest"])
def test_a_repository_that_the_token_cannot_see_is_named(
    tracker: Tracker, ask: Callable[[Tracker, RepoName], object]
) -> None:
    """Nothing there is not the same as nothing to see."""
    with pytest.raises(TrackerError, match="no repository acme/nothing"):
        getattr(tracker, ask.__name__)(RepoName("acme/nothing"))


def test_a_long_issue_with_many_labels_is_read_whole(
    stage: Stage, tracker: Tracker, shop: Repo
) -> None:
    """What is cut off here would be lost at the next edit."""
    issue = shop.open_issue("T", "x" * 60_000, labels=[f"l{at}" for at in range(40)])

    found = read(stage, tracker, issue.number)

    assert (60_000, 40, False) == (len(found.body), len(found.labels), found.ours)
