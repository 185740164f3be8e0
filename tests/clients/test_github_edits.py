from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta

import pytest

from github_stage import OWN, SHOP, TOKEN, Stage, on_stage
from pipeline_health.clients.errors import (
    ClientError,
    NothingThereError,
    RateLimitedError,
    UnreachableError,
)
from pipeline_health.clients.github_edits import GitHubEdits
from pipeline_health.clients.github_wire import API_VERSION, Wire
from pipeline_health.core.model.ids import Login, RepoName
from pipeline_health.core.model.issue import IssueRef
from pipeline_health.simulator.faults import Mode
from wire import Said, StillClock, github_wire, http_at, saying, unused_port

REF = IssueRef(SHOP, 1)
OURS = frozenset({Login(OWN)})


@pytest.fixture
def stage() -> Iterator[Stage]:
    """Give a world with one issue of ours, and our clients in front of it."""
    with on_stage() as stage:
        stage.world.repo(SHOP).open_issue("T", "old", user=OWN)
        yield stage


@contextmanager
def edits_at(url: str) -> Iterator[GitHubEdits]:
    """Give edits at an address."""
    clock = StillClock()
    with http_at(clock) as http:
        yield GitHubEdits(github_wire(http, url, clock=clock))


@pytest.mark.parametrize("mode", ["status", "html"])
def test_a_read_is_repeated(stage: Stage, mode: Mode) -> None:
    """Comments are read once more when GitHub's servers fail."""
    stage.world.repo(SHOP).comment(1, "one", user=OWN)
    stage.world.faults.add(host="github", mode=mode, match="GET")

    assert ("one",) == stage.edits.comments(REF, by=OURS)
    assert 2 == stage.asked("GET")


@pytest.mark.parametrize("mode", ["empty", "truncate", "cut_before"])
def test_half_an_answer_is_no_list_of_comments(stage: Stage, mode: Mode) -> None:
    """«None of ours» would let the agent say it again."""
    stage.world.repo(SHOP).comment(1, "one", user=OWN)
    stage.world.faults.add(host="github", mode=mode, match="GET", times=9)

    with pytest.raises(ClientError):
        stage.edits.comments(REF, by=OURS)


@pytest.mark.parametrize(
    "mode", ["status", "html", "cut_before", "cut_after", "truncate", "primary_limit"]
)
def test_a_write_is_sent_once(stage: Stage, mode: Mode) -> None:
    """Whatever the answer is: a second one could make two comments of it."""
    stage.world.faults.add(host="github", mode=mode, match="POST", times=9, status=503)

    with pytest.raises(ClientError):
        stage.edits.comment(REF, "one")

    assert 1 == stage.asked("POST")
    assert len(stage.world.repo(SHOP).issues[1].comments) == (mode in ("cut_after", "truncate"))


@pytest.mark.parametrize("mode", ["primary_limit", "secondary_limit"])
@pytest.mark.parametrize("status", [403, 429])
def test_a_rate_limit_is_told_and_not_waited_out(stage: Stage, mode: Mode, status: int) -> None:
    """A read neither: a cycle that sleeps sees nothing meanwhile."""
    stage.world.faults.add(host="github", mode=mode, status=status, seconds=3000, times=9)

    with pytest.raises(RateLimitedError) as caught:
        stage.edits.comments(REF, by=OURS)

    assert stage.world.now() + timedelta(seconds=3000) == caught.value.retry_at
    assert 1 == len(stage.world.requests)


def test_requests_are_counted_with_those_of_the_client(stage: Stage) -> None:
    """The report of a cycle tells of all of them."""
    stage.client.who_am_i()
    stage.edits.ensure_labels(SHOP, ["bug", "new"])
    stage.edits.ensure_labels(SHOP, ["bug"])
    stage.edits.ensure_labels(SHOP, [])
    stage.edits.comments(REF, by=OURS)

    assert len(stage.world.requests) == stage.client.usage().requests == 5


def test_a_label_that_somebody_made_meanwhile_is_fine(stage: Stage) -> None:
    """What matters is that it is there."""
    stage.edits.ensure_labels(SHOP, ["one"])
    stage.world.repo(SHOP).make_label("two")

    stage.edits.ensure_labels(SHOP, ["two"])

    assert {"one", "two"} == set(stage.world.repo(SHOP).labels)


def test_a_label_that_github_does_not_want_is_an_error(stage: Stage) -> None:
    """Another 422 than «already exists» is told."""
    stage.world.faults.add(host="github", mode="status", match="POST", status=422)

    with pytest.raises(ClientError, match="422"):
        stage.edits.ensure_labels(SHOP, ["one"])


def test_no_labels_to_add_is_no_request(stage: Stage) -> None:
    """GitHub need not be told of nothing."""
    stage.edits.add_labels(REF, [])

    assert [] == stage.world.requests


def test_an_absent_label_is_removed_already(stage: Stage) -> None:
    """Nothing is to be done."""
    stage.edits.remove_label(REF, "archon:queued")


@pytest.mark.parametrize("ref", [IssueRef(SHOP, 99), IssueRef(RepoName("acme/gone"), 1)])
def test_a_label_of_what_is_not_there_is_not_removed(stage: Stage, ref: IssueRef) -> None:
    """Who may not see the issue any more has changed nothing."""
    with pytest.raises(NothingThereError):
        stage.edits.remove_label(ref, "archon:queued")


def test_a_label_is_removed_whatever_its_letters_are(stage: Stage) -> None:
    """A slash is no path, and a question mark no query."""
    shop = stage.world.repo(SHOP)
    shop.label_issue(1, ["effort/low ?#ü"])

    stage.edits.remove_label(REF, "effort/low ?#ü")

    assert [] == shop.issues[1].labels


def test_an_issue_that_is_not_there_cannot_be_edited(stage: Stage) -> None:
    """The error says that there is no such thing."""
    with pytest.raises(NothingThereError):
        stage.edits.edit_body(IssueRef(SHOP, 99), "new")


def test_a_comment_of_a_deleted_account_is_nobodys() -> None:
    """GitHub gives no user for it."""
    comment = b'[{"id": 1, "body": "b", "user": null, "url": "u"}]'
    script = saying(Said(body=comment))
    with script.running(), edits_at(script.url) as edits:
        assert () == edits.comments(REF, by=OURS)


def test_comments_without_end_are_refused(stage: Stage) -> None:
    """Not having read them all, nobody can say that ours is not among them."""
    for at in range(1001):
        stage.world.repo(SHOP).comment(1, f"{at}", user=OWN)

    with pytest.raises(ClientError, match="more than 1000 comments"):
        stage.edits.comments(REF, by=OURS)


def test_the_newest_token_is_used(stage: Stage) -> None:
    """That of a GitHub App is another one every hour."""
    tokens = ["gh-bad-token", "gh-bad-token", TOKEN]
    wire = Wire(
        stage.http,
        api=stage.url,
        token=lambda: tokens.pop(0),
        clock=stage.clock,
        memory=stage.memory,
    )
    edits = GitHubEdits(wire)
    for _ in range(2):
        with pytest.raises(ClientError, match="GitHub refused the token"):
            edits.edit_body(REF, "new")

    edits.edit_body(REF, "new")

    assert "new" == stage.world.repo(SHOP).issues[1].body


def test_every_request_carries_version_agent_and_token() -> None:
    """As those of the other client do."""
    script = saying(Said(body=b"[]"))
    with script.running(), edits_at(script.url) as edits:
        edits.comments(REF, by=OURS)

    headers = script.asked[0].headers
    assert API_VERSION == headers["X-GitHub-Api-Version"]
    assert headers["User-Agent"].startswith("pipeline-health/")
    assert "Bearer t" == headers["Authorization"]


@pytest.mark.parametrize(
    ("status", "headers", "body"),
    [
        pytest.param(307, {"Location": "/repositories/1/x"}, b'{"message": "Moved"}', id="307"),
        pytest.param(301, {"Location": "http://elsewhere.invalid/x"}, b"{}", id="301-elsewhere"),
        pytest.param(201, {}, b"[]", id="list"),
        pytest.param(201, {}, b"null", id="null"),
        pytest.param(201, {}, b"{", id="cut"),
        pytest.param(201, {}, b"<html>", id="html"),
        pytest.param(201, {}, b'{"id": "x"}', id="id-of-another-type"),
        pytest.param(500, {}, b"[]", id="500-list"),
        pytest.param(422, {}, b"<html>", id="422-html"),
    ],
)
def test_an_odd_answer_to_a_write_is_an_error_of_ours(
    status: int, headers: Mapping[str, str], body: bytes
) -> None:
    """No exception of a library gets out, and nothing is taken for done."""
    script = saying(Said(status=status, headers=headers, body=body))
    with script.running(), edits_at(script.url) as edits, pytest.raises(ClientError):
        edits.comment(REF, "one")


def test_a_write_that_was_redirected_was_not_made() -> None:
    """It is no success."""
    script = saying(Said(status=307, headers={"Location": "/x"}, body=b'{"message": "Moved"}'))
    refused = pytest.raises(ClientError, match="is the repository called something else now")
    with script.running(), edits_at(script.url) as edits, refused:
        edits.comment(REF, "one")


def test_a_host_that_is_not_there_is_an_error_of_ours() -> None:
    """It may be tried again later."""
    nobody = f"http://127.0.0.1:{unused_port()}"
    with edits_at(nobody) as edits, pytest.raises(UnreachableError) as caught:
        edits.comment(REF, "one")

    assert caught.value.retryable
