"""Stories of the free remedy: one re-run of the failed jobs, before anyone is asked."""

from typing import Literal

import pytest

from agent_types import Shop
from hosts import MINUTE, ours
from pipeline_health.core.model.ids import Fingerprint, RepoName
from pipeline_health.core.model.incident import CauseClass, Incident, Phase
from pipeline_health.core.model.journal import Intent
from pipeline_health.ledger import SqlLedger
from pipeline_health.ledger.holder import Holder
from pipeline_health.simulator.github_records import Run

NETWORK = "npm ERR! code ECONNRESET\nnpm ERR! network read ECONNRESET"
RERUN = "/rerun-failed-jobs"


@pytest.fixture
def shop(shop: Shop) -> Shop:
    """Give the shop of an operator who allows the free remedy."""
    shop.host.extra = "[remedies]\nrerun = true\n"
    return shop


def fail_by_the_network(shop: Shop, log: str = NETWORK) -> Run:
    """Land a commit whose tests cannot fetch their packages."""
    shop.repo.push(f"commit {shop.world.now().isoformat()}")
    return shop.repo.run("CI", "failure", jobs={"build": "success", "test": "failure"}, log=log)


def reruns(shop: Shop) -> int:
    """Count the re-runs that were asked for."""
    return sum(request.path.endswith(RERUN) for request in shop.world.writes("github"))


def incidents(shop: Shop) -> list[Incident]:
    """Give what the ledger knows."""
    with SqlLedger.read_only(shop.host.ledger) as ledger:
        return list(ledger.incidents())


def test_a_re_run_that_is_green_spares_everybody_the_issue(shop: Shop) -> None:
    """Nothing was ever filed; the ledger tells of it all the same."""
    run = fail_by_the_network(shop)
    report = shop.host.cycle()
    assert "re-ran 1 failed run" in report.sentence
    assert (2, "in_progress") == (run.attempt, run.status)
    shop.host.cycle(after=3 * MINUTE)
    shop.repo.finish(run, "success")

    shop.host.cycles(4)

    assert [] == ours(shop.repo)
    assert 1 == reruns(shop)
    (incident,) = incidents(shop)
    assert (Phase.RESOLVED, None) == (incident.phase, incident.filing)
    with SqlLedger.read_only(shop.host.ledger) as ledger:
        assert ["RerunJobs"] == [
            line.says.partition(":")[0] for line in ledger.trail(incident.fingerprint)
        ]


def test_a_re_run_that_fails_is_told_in_the_issue_at_once(shop: Shop) -> None:
    """There is nothing to wait for any more, and it is not tried again."""
    run = fail_by_the_network(shop)
    shop.host.cycle()
    shop.world.advance(MINUTE)
    shop.repo.finish(run, "failure", log=NETWORK)

    shop.host.cycles(5)

    (issue,) = ours(shop.repo)
    assert "A re-run of the failed jobs was tried at 2026-03-02 10:15 UTC; it did not" in issue.body
    assert "human-needed" in issue.labels
    assert 1 == reruns(shop)


def test_a_re_run_that_takes_too_long_delays_the_issue_by_a_quarter_of_an_hour(shop: Shop) -> None:
    """The issue is filed all the same, and it closes when the re-run is green after all."""
    run = fail_by_the_network(shop)
    failed_at = shop.world.now()
    shop.host.cycle()
    report = shop.host.cycle()
    assert [] == ours(shop.repo)
    assert "1 incident not yet proved to be over" in report.sentence

    shop.host.cycle()

    (issue,) = ours(shop.repo)
    assert 15 * MINUTE == issue.created_at - failed_at
    assert "it did not help" in issue.body
    shop.repo.finish(run, "success")
    shop.host.cycles(2)
    assert "closed" == issue.state


@pytest.mark.parametrize("mode", ["cut_after", "cut_before", "status"])
def test_a_lost_answer_counts_as_tried(
    shop: Shop, mode: Literal["cut_after", "cut_before", "status"]
) -> None:
    """The request may have been heard, so that it is never sent again; the issue comes in time."""
    fail_by_the_network(shop)
    shop.world.faults.add(host="github", mode=mode, match=RERUN, times=9)

    shop.host.cycles(6)

    assert 1 == reruns(shop)
    assert 1 == len(ours(shop.repo))


def test_a_refusal_files_the_issue_in_the_next_cycle(shop: Shop) -> None:
    """A token that may not write to Actions helps nobody, and it is said once."""
    run = fail_by_the_network(shop)
    shop.world.faults.add(host="github", mode="status", match=RERUN, status=403)
    report = shop.host.cycle()
    assert [False] == [change.applied for change in report.changes]
    assert "tried again" not in report.sentence

    shop.host.cycles(2)

    (issue,) = ours(shop.repo)
    assert "GitHub refused it." in issue.body
    assert (1, 1) == (reruns(shop), run.attempt)


def test_a_failure_of_the_code_is_not_run_again(shop: Shop) -> None:
    """A re-run mends nothing that is wrong with the code."""
    fail_by_the_network(shop, log="FAILED tests/test_cart.py")

    shop.host.cycle()

    assert (1, 0) == (len(ours(shop.repo)), reruns(shop))


def test_nothing_is_run_again_unless_the_operator_allows_it(shop: Shop) -> None:
    """It is off by default."""
    shop.host.extra = ""
    fail_by_the_network(shop)

    shop.host.cycle()

    assert (1, 0) == (len(ours(shop.repo)), reruns(shop))


def test_a_dry_run_says_what_it_would_run_again(shop: Shop) -> None:
    """The plan names it, and nothing is sent."""
    fail_by_the_network(shop)

    report = shop.host.cycle(dry=True)

    assert "would re-run 1 failed run" in report.sentence
    assert 0 == reruns(shop)


def test_an_open_issue_is_not_touched_by_a_remedy(shop: Shop) -> None:
    """Somebody was asked already."""
    shop.fail_ci()
    shop.host.cycle()
    fail_by_the_network(shop)

    shop.host.cycles(2)

    assert (1, 0) == (len(ours(shop.repo, state="open")), reruns(shop))


def test_a_crash_after_the_intent_was_noted_sends_nothing_again(shop: Shop) -> None:
    """Whether the request was sent is not known, so that it counts as tried."""
    run = fail_by_the_network(shop)
    shop.host.cycle(dry=True)
    key = f"rerun {CauseClass.PLATFORM} {run.sha} {run.id}"
    with SqlLedger.open(shop.host.ledger, holder=Holder.current("crashed")) as ledger:
        now = shop.world.now()
        with ledger.lease(now=now, lasting=MINUTE) as lease:
            intent = Intent(
                key=key,
                of="rerun",
                fingerprint=Fingerprint("f"),
                repo=RepoName("acme/shop"),
                at=now,
            )
            ledger.intend(intent, lease=lease)

    shop.host.cycles(4)

    assert 0 == reruns(shop)
    assert 1 == len(ours(shop.repo))
    with SqlLedger.read_only(shop.host.ledger) as ledger:
        assert () == ledger.intents()
