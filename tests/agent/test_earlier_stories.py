"""Stories of fixes that the head does not show: the proof lies at a commit since."""

import pytest

from agent_types import Shop
from hosts import MINUTE, ours

HOUR = 60 * MINUTE
RED = {"build": "success", "test": "failure"}
GREEN = {"build": "success", "test": "success"}


def break_main(shop: Shop) -> None:
    """Land a commit that turns CI red, and let it be filed.

    Not every push runs CI here, so that nothing is missed where it does not run.
    """
    shop.repo.push("docs")
    shop.repo.run("Lint", "success")
    shop.repo.push("breaks a test")
    shop.repo.run("CI", "failure", jobs=RED, log="FAILED test_total")
    shop.host.cycles(2)
    assert shop.repo.open_titles == ["Main CI red: CI (shop)"]


def test_a_fix_that_is_followed_by_a_commit_without_ci_is_proof(shop: Shop) -> None:
    """The fix passed; the newest commit asks to skip CI and was pushed before we looked."""
    break_main(shop)

    fix = shop.repo.push("the fix")
    shop.repo.run("CI", "success", jobs=GREEN)
    shop.repo.push("docs [skip ci]")
    shop.host.cycles(2)

    (issue,) = ours(shop.repo)
    assert (issue.state, issue.state_reason) == ("closed", "completed")
    assert fix[:7] in issue.comments[-1].body


def test_a_commit_without_ci_proves_nothing_by_itself(shop: Shop) -> None:
    """What was red and has no verdict since stays as it was."""
    break_main(shop)

    shop.repo.push("docs [skip ci]")
    shop.host.cycles(3)

    assert shop.repo.open_titles == ["Main CI red: CI (shop)"]


@pytest.mark.parametrize(
    "jobs", [{"build": "success", "test": "skipped"}, RED], ids=["skipped", "failed again"]
)
def test_a_run_in_between_that_did_not_pass_is_no_proof(
    shop: Shop, jobs: dict[str, str | None]
) -> None:
    """The same job must pass, wherever its run is found."""
    break_main(shop)

    shop.repo.push("a try")
    conclusion = "failure" if jobs is RED else "success"
    shop.repo.run("CI", conclusion, jobs=jobs, log="FAILED test_total")
    shop.repo.push("docs [skip ci]")
    shop.host.cycles(3)

    assert shop.repo.open_titles == ["Main CI red: CI (shop)"]


SKIPS = {"build": "success", "test": "skipped"}


def test_a_fix_that_is_followed_by_a_commit_that_skips_the_job_is_proof(shop: Shop) -> None:
    """Both came between two looks: the head is green, and the job that failed ran before it."""
    break_main(shop)

    fix = shop.repo.push("the fix")
    shop.repo.run("CI", "success", jobs=GREEN)
    shop.repo.push("docs")
    shop.repo.run("CI", "success", jobs=SKIPS)
    shop.host.cycles(2)

    (issue,) = ours(shop.repo)
    assert (issue.state, issue.state_reason) == ("closed", "completed")
    assert fix[:7] in issue.comments[-1].body


def test_what_failed_again_before_the_job_was_skipped_is_not_proved(shop: Shop) -> None:
    """Of green runs only those count behind which nothing failed since."""
    break_main(shop)

    for conclusion, jobs in (("success", GREEN), ("failure", RED), ("success", SKIPS)):
        shop.repo.push("work")
        shop.repo.run("CI", conclusion, jobs=jobs, log="FAILED test_total")
    shop.host.cycles(3)

    assert shop.repo.open_titles == ["Main CI red: CI (shop)"]


def test_while_the_job_is_skipped_few_runs_are_looked_into(shop: Shop) -> None:
    """However many passed without it, a look costs no more than a handful of requests."""
    break_main(shop)
    for _ in range(20):
        shop.repo.push("docs")
        shop.repo.run("CI", "success", jobs=SKIPS)
    shop.host.cycles(1)
    shop.world.requests.clear()
    shop.host.cycles(1)

    asked = [each for each in shop.world.requests if each.path.endswith("/jobs")]
    assert len(asked) <= 6
    assert shop.repo.open_titles == ["Main CI red: CI (shop)"]


@pytest.mark.parametrize(
    ("conclusion", "left"), [("success", []), ("failure", ["CI stuck: CI (shop)"])]
)
def test_a_run_that_did_not_end_is_proved_behind_the_head_once_it_passed(
    shop: Shop, conclusion: str, left: list[str]
) -> None:
    """Of one that failed there nothing else would tell, so that its issue stays."""
    shop.repo.push("hangs")
    run = shop.repo.run("CI", None)
    shop.host.cycles(2, every=4 * HOUR)
    shop.repo.push("docs [skip ci]")
    shop.host.cycles(2)
    assert shop.repo.open_titles == ["CI stuck: CI (shop)"]

    shop.repo.finish(run, conclusion)
    shop.host.cycles(2)

    assert shop.repo.open_titles == left


def test_a_nightly_that_passed_before_the_newest_commit_is_proof(shop: Shop) -> None:
    """A weekly run would else keep its issue open for a week after the fix."""
    for _ in range(2):
        shop.repo.run("Nightly", "failure", event="schedule", jobs={"audit": "failure"}, log="x")
        shop.world.advance(24 * HOUR)
    shop.host.cycles(2)
    assert shop.repo.open_titles == ["Scheduled workflow red: Nightly (shop)"]

    shop.repo.run("Nightly", "success", event="schedule", jobs={"audit": "success"})
    shop.repo.push("work")
    shop.repo.run("CI", "success", jobs=GREEN)
    shop.host.cycles(2)

    assert [] == ours(shop.repo, state="open")


def test_while_the_runs_cannot_be_read_the_issue_stays(shop: Shop) -> None:
    """Not seeing the proof is not a proof; once it is seen, it closes."""
    break_main(shop)
    shop.repo.push("the fix")
    shop.repo.run("CI", "success", jobs=GREEN)
    shop.repo.push("docs [skip ci]")
    shop.world.faults.add(host="github", mode="status", match="/actions/runs", status=502, times=99)
    shop.host.cycles(2)
    assert shop.repo.open_titles == ["Main CI red: CI (shop)"]

    shop.world.faults.clear()
    shop.host.cycles(2)

    assert [] == ours(shop.repo, state="open")


def test_a_lost_ledger_still_asks_for_the_job_that_failed(shop: Shop) -> None:
    """The marker names it, so that a green run without it proves nothing on a new host either."""
    break_main(shop)
    shop.host.forget()
    shop.repo.push("skips the test")
    shop.repo.run("CI", "success", jobs={"build": "success", "test": "skipped"})
    shop.host.cycles(3)
    assert shop.repo.open_titles == ["Main CI red: CI (shop)"]

    shop.repo.push("the fix")
    shop.repo.run("CI", "success", jobs=GREEN)
    shop.host.cycles(2)

    assert [] == ours(shop.repo, state="open")
