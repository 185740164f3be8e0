"""What GitHub's REST service tells of a repository, its commits and runs, and how it says no."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest

from pipeline_health.simulator import Answer, Call, Simulator, World
from pipeline_health.simulator.github_world import Repo

Ask = Callable[..., Answer]
SHOP = "/repos/acme/shop"


def read(rest: Ask, target: str) -> Any:
    """Ask for something that must be there."""
    answer = rest("GET", target)
    assert 200 == answer.status
    return json.loads(answer.body)


def test_a_token_belongs_to_somebody(world: World, rest: Ask) -> None:
    """The login of an app is a bot's."""
    world.github_tokens["app-token"] = "app[bot]"
    user = read(rest, "/user")
    assert ("health-bot", "User") == (user["login"], user["type"])
    assert "Bot" == json.loads(rest("GET", "/user", token="app-token").body)["type"]


def test_a_bad_token_is_a_401(rest: Ask) -> None:
    """GitHub says that the credentials are bad."""
    answer = rest("GET", "/user", token="bad")
    assert (401, "Bad credentials") == (answer.status, json.loads(answer.body)["message"])


def test_a_client_without_a_name_is_sent_away(world: World) -> None:
    """No User-Agent, no answer."""
    headers = {"Authorization": "Bearer gh-good-token"}
    answer = Simulator(world).answer("github", Call(method="GET", target="/user", headers=headers))
    assert 403 == answer.status


def test_an_answer_carries_the_providers_time_and_what_the_hour_has_left(
    world: World, rest: Ask
) -> None:
    """The Date header follows the world's clock, and its skew."""
    world.clock_skew = timedelta(seconds=-30)
    headers = rest("GET", "/user").headers
    assert "Mon, 02 Mar 2026 09:59:30 GMT" == headers["Date"]
    assert ("5000", "4999", "core") == (
        headers["X-RateLimit-Limit"],
        headers["X-RateLimit-Remaining"],
        headers["X-RateLimit-Resource"],
    )
    assert str(int((world.now() + timedelta(hours=1)).timestamp())) == headers["X-RateLimit-Reset"]


def test_the_limits_can_be_read(rest: Ask) -> None:
    """Requests and points are counted apart; to look costs nothing."""
    rest("GET", "/user")
    read(rest, "/rate_limit")
    resources = read(rest, "/rate_limit")["resources"]
    assert (4999, 5000) == (resources["core"]["remaining"], resources["graphql"]["remaining"])


def test_an_hour_has_so_many_requests(world: World, rest: Ask) -> None:
    """The one too many is a 403 that says so."""
    world.github_limit = 1
    rest("GET", "/user")
    answer = rest("GET", "/user")
    assert (403, "0") == (answer.status, answer.headers["X-RateLimit-Remaining"])


def test_a_repository_says_what_it_is(world: World, rest: Ask) -> None:
    """Private, archived, and with issues or not."""
    repo = world.repo("acme/secret", private=True, default_branch="trunk")
    repo.archived, repo.has_issues = True, False
    found = read(rest, "/repos/acme/secret")
    assert (True, True, False, "trunk") == (
        found["private"],
        found["archived"],
        found["has_issues"],
        found["default_branch"],
    )


@pytest.mark.parametrize(
    "target",
    ["/repos/acme/none", "/repositories/1", "/nowhere", f"{SHOP}/compare/x...y"],
    ids=["repository", "repository id", "path", "commits"],
)
def test_what_is_not_there_is_a_404(shop: Repo, rest: Ask, target: str) -> None:
    """GitHub says Not Found, whatever it was."""
    answer = rest("GET", target)
    assert (404, "Not Found") == (answer.status, json.loads(answer.body)["message"])
    assert 1 == len(shop.commits)


def test_a_route_that_the_simulator_lacks_is_written_down(
    world: World, shop: Repo, rest: Ask
) -> None:
    """A client that asks for it finds out at once, and so does the test."""
    assert 404 == rest("GET", f"/repos/{shop.full_name}/stargazers").status
    assert [f"GET {SHOP}/stargazers"] == [refusal.asked for refusal in world.refusals]


def test_a_renamed_repository_sends_reads_on_with_301_and_writes_with_307(
    shop: Repo, rest: Ask
) -> None:
    """The new address has the repository's id and keeps the query."""
    shop.rename("acme/store")
    moved = rest("GET", f"{SHOP}/issues?state=all")
    assert 301 == moved.status
    at = f"http://127.0.0.1:1/repositories/{shop.id}/issues"
    assert f"{at}?state=all" == moved.headers["Location"]
    sent = rest("POST", f"{SHOP}/issues", {"title": "One"})
    assert (307, at) == (sent.status, sent.headers["Location"])
    assert 201 == rest("POST", urlsplit(at).path, {"title": "One"}).status
    assert ["One"] == shop.open_titles


def test_an_archived_repository_takes_no_writes(shop: Repo, rest: Ask) -> None:
    """Reading goes on."""
    shop.archived = True
    assert 403 == rest("POST", f"{SHOP}/issues", {"title": "One"}).status
    assert [] == read(rest, f"{SHOP}/issues")


def test_runs_are_listed_newest_first_and_filtered(shop: Repo, rest: Ask) -> None:
    """By commit, branch, event, and status or conclusion."""
    first = shop.run("CI", "failure")
    sha = shop.push("More")
    second = shop.run("CI", "success")
    nightly = shop.run("Nightly", None, event="schedule")
    ids = {"first": first.id, "second": second.id, "nightly": nightly.id}

    def listed(query: str) -> list[int]:
        found = read(rest, f"{SHOP}/actions/runs?{query}")
        assert len(found["workflow_runs"]) == found["total_count"]
        return [run["id"] for run in found["workflow_runs"]]

    assert [ids["nightly"], ids["second"], ids["first"]] == listed("branch=main")
    assert [] == listed("branch=next")
    assert [ids["nightly"], ids["second"]] == listed(f"head_sha={sha}")
    assert [ids["nightly"]] == listed("event=schedule")
    assert [ids["nightly"]] == listed("status=in_progress")
    assert [ids["first"]] == listed("status=failure")


def test_a_new_run_is_late_in_the_list(world: World, shop: Repo, rest: Ask) -> None:
    """The run itself can be read at once."""
    world.runs_lag = timedelta(seconds=5)
    run = shop.run("CI", None)
    assert 0 == read(rest, f"{SHOP}/actions/runs")["total_count"]
    assert run.id == read(rest, f"{SHOP}/actions/runs/{run.id}")["id"]
    world.advance(timedelta(seconds=5))
    assert 1 == read(rest, f"{SHOP}/actions/runs")["total_count"]


def test_a_run_counts_within_its_workflow(shop: Repo, rest: Ask) -> None:
    """Its number grows by workflow, its attempt by re-run."""
    shop.run("CI", "success")
    shop.run("Nightly", "success")
    run = shop.run("CI", "failure")
    shop.rerun(run)
    found = read(rest, f"{SHOP}/actions/runs/{run.id}")
    assert (2, 2, run.suite_id) == (
        found["run_number"],
        found["run_attempt"],
        found["check_suite_id"],
    )


def test_a_list_has_links_to_its_other_pages(shop: Repo, rest: Ask) -> None:
    """The middle page knows all of them; the query is kept."""
    for _ in range(3):
        shop.run("CI", "success")
    middle = rest("GET", f"{SHOP}/actions/runs?event=push&per_page=1&page=2")
    at = f"http://127.0.0.1:1{SHOP}/actions/runs?event=push&per_page=1&page="
    links = [("next", 3), ("last", 3), ("first", 1), ("prev", 1)]
    assert (
        ", ".join(f'<{at}{page}>; rel="{name}"' for name, page in links) == (middle.headers["Link"])
    )
    assert 3 == json.loads(middle.body)["total_count"]
    assert "Link" not in rest("GET", f"{SHOP}/actions/runs").headers


def test_jobs_tell_which_step_failed(shop: Repo, rest: Ask) -> None:
    """Steps have a number and a conclusion; the job that runs has none yet."""
    run = shop.run("CI", "failure", jobs={"test": "failure", "e2e": None}, step="Run pytest")
    test, e2e = read(rest, f"{SHOP}/actions/runs/{run.id}/jobs")["jobs"]
    assert [("Set up job", 1, "success"), ("Run pytest", 2, "failure")] == [
        (step["name"], step["number"], step["conclusion"]) for step in test["steps"]
    ]
    assert ("in_progress", None, "in_progress") == (
        e2e["status"],
        e2e["completed_at"],
        e2e["steps"][1]["status"],
    )


def test_the_jobs_of_every_attempt_are_kept(shop: Repo, rest: Ask) -> None:
    """The newest attempt is what is listed, unless all are asked for."""
    run = shop.run("CI", "failure", jobs={"lint": "success", "test": "failure"}, log="boom")
    shop.rerun(run, only_failed=True)
    path = f"{SHOP}/actions/runs/{run.id}/jobs"

    assert [("lint", 1), ("test", 2)] == [
        (job["name"], job["run_attempt"]) for job in read(rest, path)["jobs"]
    ]
    assert [("test", "failure"), ("lint", "success"), ("test", None)] == [
        (job["name"], job["conclusion"]) for job in read(rest, f"{path}?filter=all")["jobs"]
    ]


def test_a_job_that_was_never_begun_has_a_note_and_no_step(
    world: World, shop: Repo, rest: Ask
) -> None:
    """The note is a failure at the job as a whole, and not for those who may not read checks."""
    job = shop.unstarted("CI", "No money.").jobs[0]
    path = f"{SHOP}/check-runs/{job.id}/annotations"

    assert [("failure", "No money.")] == [
        (note["annotation_level"], note["message"]) for note in read(rest, path)
    ]
    assert 404 == rest("GET", f"{SHOP}/check-runs/1/annotations").status
    world.no_checks.add("health-bot")
    assert 403 == rest("GET", path).status


def test_a_log_is_behind_a_redirect_with_a_time_before_every_line(shop: Repo, rest: Ask) -> None:
    """It begins with a byte-order mark, and needs no token."""
    run = shop.run("CI", "failure", log="one\ntwo")
    moved = rest("GET", f"{SHOP}/actions/jobs/{run.jobs[0].id}/logs")
    assert 302 == moved.status
    log = rest("GET", urlsplit(moved.headers["Location"]).path, token="")
    assert (200, "\ufeff2026-03-02T10:00:00.1234567Z one") == (
        log.status,
        log.body.decode().splitlines()[0],
    )


def test_a_job_without_a_log_has_none(shop: Repo, rest: Ask) -> None:
    """Nor has a job that is not there, nor an address that leads nowhere."""
    run = shop.run("CI", "failure")
    targets = (
        f"{SHOP}/actions/jobs/{run.jobs[0].id}/logs",
        f"{SHOP}/actions/jobs/1/logs",
        f"{SHOP}/actions/runs/1",
        f"/_blob/{shop.id}/1",
        "/_blob/1/1",
        "/_blob/x",
    )
    assert {404} == {rest("GET", target).status for target in targets}


@pytest.mark.parametrize(
    ("states", "combined"),
    [
        ({}, "pending"),
        ({"a": "success"}, "success"),
        ({"a": "success", "b": "pending"}, "pending"),
        ({"a": "pending", "b": "error"}, "failure"),
    ],
    ids=["none", "success", "pending", "error"],
)
def test_statuses_are_combined(
    shop: Repo, rest: Ask, states: dict[str, str], combined: str
) -> None:
    """A commit without statuses is pending for ever."""
    for context, state in states.items():
        shop.status(context, "pending")
        shop.status(context, state, creator=None)
    found = read(rest, f"{SHOP}/commits/{shop.head}/status")
    assert (combined, len(states)) == (found["state"], found["total_count"])
    assert found == read(rest, f"{SHOP}/commits/main/status")
    assert found == read(rest, f"{SHOP}/commits/HEAD/status")


def test_suites_are_listed_to_those_who_may_read_checks(
    world: World, shop: Repo, rest: Ask
) -> None:
    """A fine-grained token is refused."""
    shop.run("CI", "success")
    shop.external_suite("codecov", runs=2)
    at = f"{SHOP}/commits/{shop.head}/check-suites"
    assert [("github-actions", 1), ("codecov", 2)] == [
        (suite["app"]["slug"], suite["latest_check_runs_count"])
        for suite in read(rest, at)["check_suites"]
    ]
    world.no_checks.add("health-bot")
    assert 403 == rest("GET", at).status


def test_commits_are_compared(shop: Repo, rest: Ask) -> None:
    """Identical, ahead, behind, and diverged after a force push."""
    first = shop.head
    second = shop.push("Two", files={"app.py": "x"})
    shop.force_push(first)
    third = shop.push("Three")

    def relation(base: str, head: str) -> tuple[str, int, int]:
        found = read(rest, f"{SHOP}/compare/{base}...{head}")
        return found["status"], found["ahead_by"], found["behind_by"]

    assert ("identical", 0, 0) == relation(first, first)
    assert ("ahead", 1, 0) == relation(first, "main")
    assert ("behind", 0, 1) == relation(third, first)
    assert ("diverged", 1, 1) == relation(second, third)
    assert "app.py" == read(rest, f"{SHOP}/compare/{first}...{second}")["files"][0]["filename"]


def test_commits_without_a_common_ancestor_cannot_be_compared(shop: Repo, rest: Ask) -> None:
    """GitHub answers 404."""
    shop.push("Orphan", branch="pages")
    assert 404 == rest("GET", f"{SHOP}/compare/main...pages").status


def test_requests_are_written_down(world: World, shop: Repo, rest: Ask) -> None:
    """What was asked, when, and which of it would change something."""
    rest("GET", f"{SHOP}/issues?state=all")
    rest("POST", f"{SHOP}/issues", {"title": "One"})
    assert [("GET", f"{SHOP}/issues", "state=all", 200), ("POST", f"{SHOP}/issues", "", 201)] == [
        (request.method, request.path, request.query, request.status) for request in world.requests
    ]
    assert ["POST"] == [request.method for request in world.writes("github")]
    assert [] == world.writes("railway")
    assert ["One"] == shop.open_titles


def test_failed_jobs_run_again_unless_the_run_goes_on(rest: Ask, shop: Repo) -> None:
    """What passed is kept; a run under way is refused."""
    run = shop.run("CI", "failure", jobs={"build": "success", "test": "failure"})

    first = rest("POST", f"{SHOP}/actions/runs/{run.id}/rerun-failed-jobs")
    second = rest("POST", f"{SHOP}/actions/runs/{run.id}/rerun-failed-jobs")

    assert (201, 403) == (first.status, second.status)
    assert ["success", None] == [job.conclusion for job in run.jobs]
