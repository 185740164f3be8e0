"""The verdict as a commit status: sent once, short enough, and loud when it is refused."""

from collections.abc import Iterator

import pytest

from github_stage import OWN, SHOP, Stage, on_stage
from pipeline_health.core.model.ids import Sha
from pipeline_health.core.model.readings import StatusState
from pipeline_health.ports import Publisher, TrackerError
from pipeline_health.publisher import CONTEXT, GitHubPublisher
from pipeline_health.simulator.github_records import CommitStatus
from pipeline_health.simulator.github_world import Repo

ROUTE = "POST /repos/acme/shop/statuses/"
URL = "https://ci.example/run/1"


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
def publisher(stage: Stage) -> Publisher:
    """Give the publisher, by its port."""
    return GitHubPublisher(stage.client)


def publish(
    publisher: Publisher, sha: str, *, says: str = "Everything is proved.", url: str | None = URL
) -> None:
    """Publish a verdict."""
    publisher.publish(SHOP, Sha(sha), state=StatusState.SUCCESS, says=says, url=url)


def shown(shop: Repo) -> CommitStatus:
    """Give the one status of the head."""
    [status] = shop.statuses_of(shop.head)
    return status


def test_a_verdict_is_shown_on_its_commit(stage: Stage, publisher: Publisher, shop: Repo) -> None:
    """Under our own name, in one request."""
    publish(publisher, shop.head)

    status = shown(shop)
    assert (CONTEXT, "success", OWN, URL, "Everything is proved.") == (
        status.context,
        status.state,
        status.creator,
        status.target_url,
        status.description,
    )
    assert 1 == len(stage.world.requests)
    assert 1 == stage.client.usage().requests


@pytest.mark.parametrize(
    "state",
    [StatusState.SUCCESS, StatusState.FAILURE, StatusState.PENDING, StatusState.ERROR],
)
def test_every_state_that_an_account_may_set_is_set(
    publisher: Publisher, shop: Repo, state: StatusState
) -> None:
    """The newest one counts."""
    publish(publisher, shop.head)
    publisher.publish(SHOP, shop.head, state=state, says="", url=None)

    assert (state.value.lower(), None) == (shown(shop).state, shown(shop).target_url)


@pytest.mark.parametrize(
    ("says", "description"),
    [
        pytest.param("word " * 27 + "words", "word " * 27 + "words", id="fits"),
        pytest.param("word " * 27 + "words more", "word " * 26 + "word…", id="at-a-word"),
        pytest.param("w" * 141, "w" * 139 + "…", id="one-word"),
        pytest.param("two\n lines", "two lines", id="lines"),
    ],
)
def test_what_is_too_long_is_cut_at_a_word(
    publisher: Publisher, shop: Repo, says: str, description: str
) -> None:
    """GitHub refuses more than 140 characters."""
    publish(publisher, shop.head, says=says)

    assert description == shown(shop).description


@pytest.mark.parametrize("mode", ["cut_after", "cut_before", "truncate", "empty"])
def test_the_request_is_sent_once(
    stage: Stage, publisher: Publisher, shop: Repo, mode: str
) -> None:
    """Whatever becomes of its answer."""
    stage.world.faults.add(host="github", mode=mode, match=ROUTE)  # type: ignore[arg-type]
    cut = mode.startswith("cut")

    if cut:
        with pytest.raises(TrackerError, match="showing the verdict on commit") as caught:
            publish(publisher, shop.head)
        assert (True, True) == (caught.value.unknown, caught.value.retryable)
    else:  # 201 says that it was made, whatever else was said
        publish(publisher, shop.head)

    assert 1 == len(stage.world.requests)


@pytest.mark.parametrize(
    ("status", "unknown", "retryable"),
    [
        pytest.param(502, True, True, id="server"),
        pytest.param(200, True, True, id="another-success"),
        pytest.param(307, True, True, id="a-redirect-to-nowhere"),
        pytest.param(401, False, False, id="refused"),
        pytest.param(403, False, False, id="forbidden"),
        pytest.param(404, False, False, id="not-found"),
        pytest.param(429, False, True, id="rate-limit"),
    ],
)
def test_what_is_not_made_raises(
    stage: Stage, publisher: Publisher, shop: Repo, status: int, *, unknown: bool, retryable: bool
) -> None:
    """Everything but a refusal is unknown, and nothing is sent again."""
    stage.world.faults.add(host="github", mode="status", match=ROUTE, status=status, times=9)

    with pytest.raises(TrackerError) as caught:
        publish(publisher, shop.head)

    assert (unknown, retryable) == (caught.value.unknown, caught.value.retryable)
    assert [] == shop.statuses_of(shop.head)
    assert 1 == len(stage.world.requests)


def test_a_commit_that_is_not_there_is_refused(publisher: Publisher) -> None:
    """GitHub says which one."""
    with pytest.raises(TrackerError, match="No commit found for SHA") as caught:
        publish(publisher, "f" * 40)

    assert not caught.value.unknown


def test_an_address_that_github_will_not_show_is_refused(publisher: Publisher, shop: Repo) -> None:
    """Nothing is made then."""
    with pytest.raises(TrackerError, match="target_url"):
        publish(publisher, shop.head, url="ftp://example")

    assert [] == shop.statuses_of(shop.head)


def test_without_the_right_to_write_it_is_refused(publisher: Publisher, shop: Repo) -> None:
    """The token may read and no more."""
    shop.drops_labels = True

    with pytest.raises(TrackerError, match="not accessible"):
        publish(publisher, shop.head)


def test_a_renamed_repository_takes_it_where_it_is_now(
    stage: Stage, publisher: Publisher, shop: Repo
) -> None:
    """A 307 says that nothing was done, and where to."""
    shop.rename("acme/store")

    publish(publisher, shop.head)

    assert "success" == shown(shop).state
    assert [307, 201] == [request.status for request in stage.world.requests]
    assert 2 == stage.client.usage().requests


def test_no_other_host_gets_the_token(stage: Stage, publisher: Publisher, shop: Repo) -> None:
    """Whatever an answer says."""
    stage.world.faults.add(
        host="github",
        mode="status",
        match=ROUTE,
        status=307,
        headers={"Location": "http://127.0.0.1:9/repositories/1/statuses/2"},
    )

    with pytest.raises(TrackerError, match="GitHub answered 307"):
        publish(publisher, shop.head)

    assert 1 == len(stage.world.requests)
