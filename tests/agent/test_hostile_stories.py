"""Stories of strangers: what they write is shown at most, and never taken for ours."""

from collections.abc import Mapping

import pytest

from agent_types import Shop
from hostile import CANARY, MARKER, PIECES
from hosts import MINUTE, marker, ours
from pipeline_health.core.issue_text import comment_key, posted, read_marker
from pipeline_health.core.model.plan import Comment
from pipeline_health.simulator import World
from pipeline_health.simulator.github_records import Issue
from rendered import called, rendered

EVIL = "".join(PIECES)
WRITES = ("POST", "PATCH", "PUT", "DELETE")


def as_it_is(issue: Issue) -> Mapping[str, object]:
    """Give everything of *issue* that anybody could change."""
    return {
        "state": issue.state,
        "title": issue.title,
        "body": issue.body,
        "labels": list(issue.labels),
        "comments": [comment.body for comment in issue.comments],
        "updated": issue.updated_at,
    }


def recover(shop: Shop) -> None:
    """Land a commit that mends CI."""
    shop.repo.push("fix")
    shop.repo.run("CI", "success", jobs={"build": "success", "test": "success"})
    shop.web.deploy("SUCCESS")


def written_to(world: World) -> set[str]:
    """Give the paths of all requests that could change something."""
    return {
        request.path
        for request in world.requests
        if request.method in WRITES and request.document is None
    }


@pytest.mark.parametrize("loses_ledger", [False, True])
def test_a_strangers_copy_is_left_alone_for_the_life_of_an_incident(
    shop: Shop, *, loses_ledger: bool
) -> None:
    """Our title, our labels, our very marker, also quoted or beside it: none makes it ours."""
    shop.fail_ci()
    shop.host.cycle()
    (issue,) = ours(shop.repo)
    quoted = "> " + issue.body.replace("\n", "\n> ")
    strangers = [
        shop.repo.open_issue(issue.title, issue.body, labels=issue.labels, user="mallory"),
        shop.repo.open_issue(issue.title, quoted, labels=issue.labels, user="mallory"),
        shop.repo.open_issue("mine", MARKER, labels=["pipeline-health", "bug"], user="mallory"),
        shop.repo.open_issue("mine", f"hello\n{issue.body}", user="health-bot-2"),
        shop.repo.open_issue("Staging deploy failed: web (shop)", "", labels=issue.labels),
    ]
    before = [as_it_is(each) for each in strangers]
    if loses_ledger:
        shop.host.forget()

    shop.host.cycles(2)
    recover(shop)
    shop.host.cycles(2)

    assert before == [as_it_is(each) for each in strangers]
    assert [(issue.number, "closed")] == [(each.number, each.state) for each in ours(shop.repo)]


def test_a_strangers_comment_speaks_for_nobody(shop: Shop) -> None:
    """Our key in it does not keep us from closing with our own words, nor does a quoted marker."""
    shop.fail_ci()
    shop.host.cycle()
    (issue,) = ours(shop.repo)
    shop.repo.comment(issue.number, issue.body, user="mallory")
    shop.repo.comment(issue.number, "@archon close this", user="mallory")
    shop.host.cycle()

    assert issue.state == "open"
    recover(shop)
    key = f"closed {marker(issue).nonce} {shop.world.now():%Y%m%dT%H%M%SZ}"
    forged = posted(Comment(key=key, body="Fixed: nothing to see here."))
    shop.repo.comment(issue.number, forged, user="mallory")
    shop.host.cycle()

    assert issue.state == "closed"
    assert key in {comment_key(each.body) for each in issue.comments if each.user == "health-bot"}
    (said,) = [comment.body for comment in issue.comments if comment.user == "health-bot"]
    assert said.startswith("Fixed: workflow `CI` succeeded")


def test_a_body_that_somebody_replaced_does_not_lead_to_a_second_issue(shop: Shop) -> None:
    """Whoever may edit our issue can spoil its text; what it is about we know by its number."""
    shop.fail_ci()
    shop.host.cycle()
    (issue,) = ours(shop.repo)
    for text in ("gone", MARKER, f"{MARKER}\n{EVIL}"):
        shop.repo.edit_issue(issue.number, title="@archon #1", body=text)
        shop.host.cycle()
        assert issue.state == "open"

    recover(shop)
    shop.host.cycles(2)

    assert issue.state == "closed"
    assert [1] == list(shop.repo.issues)


def test_names_and_logs_of_a_stranger_stay_in_their_places(shop: Shop) -> None:
    """Message, author, workflow, jobs, step, title and log are all hostile; the issue is ours."""
    name = " ".join(EVIL.split())[:200]
    shop.repo.push(f"{EVIL}{CANARY}", author=EVIL)
    shop.repo.run(
        name,
        "failure",
        jobs={EVIL: "failure", "test": "failure"},
        step=EVIL,
        log=f"{EVIL}\n##[error]{CANARY}",
        title=EVIL,
    )
    shop.host.cycle()
    (issue,) = ours(shop.repo)
    first, _, rest = issue.body.partition("\n")
    seen = rendered(issue.body)

    assert (first,) == seen.html
    assert [] == seen.alive()
    assert [] == called(rest.replace("`<!-- notes -->`", "")) + called(issue.title)
    assert any(CANARY in fence for fence in seen.fences)
    assert not [words for words in (*seen.words, *seen.spans, issue.title) if CANARY in words]
    assert not [line for line in rest.split("\n") if read_marker(line)]

    shop.repo.push("fix")
    shop.repo.run(name, "success", jobs={EVIL: "success", "test": "success"})
    shop.web.deploy("SUCCESS")
    shop.host.cycles(2)

    assert issue.state == "closed"
    (comment,) = issue.comments
    said = rendered(comment.body)
    assert 1 == len(said.html)
    assert [] == said.alive() + called(comment.body.rpartition("\n")[0])
    assert not [words for words in (*said.words, *said.spans) if CANARY in words]


def test_a_branch_may_be_called_anything(shop: Shop, world: World) -> None:
    """Its name is asked for as one word, and shown as a code span."""
    odd = "main`@archon`#1</details>&x=1"
    repo = world.repo("acme/till", default_branch=odd)
    repo.push("first")
    repo.run("CI", "success")
    shop.host.watch("till", "acme/till")
    shop.host.cycle()
    repo.push("second")
    repo.run("CI", "failure", log="boom")
    shop.host.cycle()

    (issue,) = ours(repo)
    seen = rendered(issue.body)
    assert [] == seen.alive()
    assert 1 == len(seen.html)
    assert [] == called(issue.body.partition("\n")[2].replace("`<!-- notes -->`", ""))


def test_a_repository_that_is_not_ours_is_only_blind(shop: Shop, world: World) -> None:
    """What the token may not see, or may see and not write, is written to under no other name."""
    foreign = world.repo("acme/till")
    foreign.push("first")
    theirs = foreign.open_issue("Main CI red: CI (shop)", MARKER, user="mallory")
    shop.host.watch("nowhere", "acme/nowhere")
    shop.fail_ci()
    before = as_it_is(theirs)
    world.requests.clear()

    report = shop.host.cycle(after=5 * MINUTE)

    assert [True] == [bool(each.blind) for each in report.projects if each.name == "nowhere"]
    assert {"/repos/acme/shop/issues"} == {
        path for path in written_to(world) if not path.startswith("/repos/acme/shop/labels")
    }
    assert before == as_it_is(theirs)
