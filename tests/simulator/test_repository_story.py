"""What a story can do to a repository of the simulated GitHub."""

from datetime import UTC, datetime, timedelta

import pytest

from pipeline_health.simulator import World, WorldClock
from pipeline_health.simulator.github_world import Repo

MINUTE = timedelta(minutes=1)


def test_a_world_begins_on_a_monday_and_its_time_passes_on_order(world: World) -> None:
    """The clock stands until it is told to go on."""
    assert datetime(2026, 3, 2, 10, 0, tzinfo=UTC) == world.now()
    assert 0 == world.now().weekday()
    world.advance(MINUTE)
    assert datetime(2026, 3, 2, 10, 1, tzinfo=UTC) == world.now()


def test_who_acts_in_a_world_has_its_clock(world: World) -> None:
    """The clock of an agent tells the world's time, and waiting costs none of it."""
    clock, before = WorldClock(world), world.now()
    real = clock.monotonic()
    clock.sleep(3600)
    assert before == clock.now()
    assert 60 > clock.monotonic() - real


def test_two_worlds_of_one_story_agree() -> None:
    """Commit ids and numbers depend on nothing but the story."""

    def story() -> tuple[str, int, str]:
        world = World()
        repo = world.repo("acme/shop")
        return repo.push("one"), repo.run("CI", "success").id, world.railway("shop").id

    assert story() == story()


def test_each_push_is_another_commit(world: World, shop: Repo) -> None:
    """The same message gives another id, also in another repository."""
    other = world.repo("acme/other")
    commits = {shop.push("Work"), shop.push("Work"), other.push("Work"), other.push("Work")}
    assert 4 == len(commits)
    assert {40} == {len(sha) for sha in commits}


def test_the_head_is_what_was_pushed_last_to_the_default_branch(shop: Repo) -> None:
    """A push to another branch leaves the default branch alone."""
    sha = shop.push("Work", author="ada")
    shop.push("Elsewhere", branch="next", sha="a" * 40)
    assert sha == shop.head
    assert "ada" == shop.commits[sha].author
    assert "a" * 40 == shop.branches["next"][-1]


def test_a_force_push_drops_later_commits_from_the_branch(shop: Repo) -> None:
    """The dropped commit still exists, on no branch."""
    first = shop.head
    dropped = shop.push("A mistake")
    shop.force_push(first)
    assert first == shop.head
    assert dropped in shop.commits


def test_a_run_has_one_job_named_like_its_workflow(world: World, shop: Repo) -> None:
    """Without jobs there is one; a run does not begin before its commit."""
    world.advance(MINUTE)
    run = shop.run("CI", "failure", log="boom")
    assert [("ci", "completed", "failure", "boom")] == [
        (job.name, job.status, job.conclusion, job.log) for job in run.jobs
    ]
    assert world.now() - MINUTE == run.created_at
    assert world.now() == run.updated_at


def test_only_failing_jobs_have_the_log(shop: Repo) -> None:
    """A log is what a failure leaves behind."""
    run = shop.run("CI", "failure", jobs={"build": "success", "test": "failure"}, log="boom")
    assert {"build": "", "test": "boom"} == {job.name: job.log for job in run.jobs}


def test_a_run_that_could_not_start_has_no_jobs(shop: Repo) -> None:
    """A startup failure leaves a suite without check runs."""
    assert [] == shop.run("CI", "startup_failure").jobs


def test_a_run_without_conclusion_goes_on_until_it_is_finished(world: World, shop: Repo) -> None:
    """Finishing ends the jobs that had not ended, and no other."""
    run = shop.run("CI", None, jobs={"build": "success", "test": None})
    assert ("in_progress", None) == (run.status, run.conclusion)
    world.advance(MINUTE)
    shop.finish(run, "failure", log="boom")
    assert ("completed", "failure", world.now()) == (run.status, run.conclusion, run.updated_at)
    assert [("success", ""), ("failure", "boom")] == [(job.conclusion, job.log) for job in run.jobs]


def test_a_run_may_wait(shop: Repo) -> None:
    """A status says how far a run is that does not run yet."""
    run = shop.run("CI", None, status="queued")
    assert ["queued", "queued"] == [run.status, run.jobs[0].status]


@pytest.mark.parametrize(("only_failed", "kept"), [(False, 0), (True, 1)], ids=["all", "failed"])
def test_a_rerun_keeps_id_and_suite(shop: Repo, *, only_failed: bool, kept: int) -> None:
    """Another attempt begins with new jobs; those that passed stay when only failed ones run."""
    run = shop.run("CI", "failure", jobs={"build": "success", "test": "failure"})
    before = (run.id, run.suite_id)
    jobs = {job.id for job in run.jobs}
    shop.rerun(run, only_failed=only_failed)
    assert (before, 2, "in_progress") == ((run.id, run.suite_id), run.attempt, run.status)
    assert kept == len(jobs & {job.id for job in run.jobs})


def test_a_success_makes_earlier_ones_inactive(shop: Repo) -> None:
    """Only what was a success, and only in the same environment, becomes inactive."""
    first = shop.record_deployment("staging", "success")
    failed = shop.record_deployment("staging", "failure")
    elsewhere = shop.record_deployment("preview", "success")
    newest = shop.record_deployment("staging", None)
    assert newest.state is None
    shop.move_deployment(newest, "success")
    states = [record.state for record in (first, failed, elsewhere, newest)]
    assert ["inactive", "failure", "success", "success"] == states


def test_production_keeps_its_successes(shop: Repo) -> None:
    """GitHub leaves deployments to production alone."""
    first = shop.record_deployment("production", "success")
    shop.record_deployment("production", "success")
    assert "success" == first.state


def test_issues_and_pull_requests_share_their_numbers(shop: Repo) -> None:
    """A pull request takes a number away from the issues."""
    shop.open_issue("One")
    shop.pull("Two")
    assert 3 == shop.open_issue("Three").number
    assert ["One", "Three"] == shop.open_titles


def test_a_closing_stays_in_the_history_of_an_issue(world: World, shop: Repo) -> None:
    """Closing and opening twice changes nothing; the one closing is remembered."""
    shop.open_issue("One")
    shop.close_issue(1, user="ada", reason="not_planned")
    world.advance(MINUTE)
    shop.close_issue(1, user="bob")
    assert ("not_planned", "ada") == (shop.issues[1].state_reason, shop.issues[1].closed_by)
    shop.reopen_issue(1)
    shop.reopen_issue(1)
    assert ("open", None) == (shop.issues[1].state, shop.issues[1].closed_at)
    assert ["ada"] == [closing.by for closing in shop.issues[1].closings]


def test_an_issue_that_is_not_there_cannot_be_changed(shop: Repo) -> None:
    """A mistake in a story is loud."""
    with pytest.raises(KeyError, match="no issue 7"):
        shop.close_issue(7)


def test_a_name_that_was_given_up_leads_to_the_repository(world: World, shop: Repo) -> None:
    """After a rename both names are one repository, until the old one is taken again."""
    shop.rename("acme/store")
    assert shop is world.repo("acme/shop")
    assert ("acme", "store") == (shop.owner, shop.name)
