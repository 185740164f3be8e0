"""Stories of an agent whose fixes do not fix: it may try a few times, and then a person has it."""

from datetime import timedelta

import pytest

from agent_types import Shop
from hosts import MINUTE, marker, ours

HOUR = timedelta(hours=1)
FOR_A_PERSON = {"pipeline-health", "human-needed", "archon:skipped"}


def merge_a_fix(shop: Shop) -> None:
    """Let the agent merge a pull request that says that it fixes the issue."""
    pull = shop.repo.pull("fix it", "Fixes #1", user="archon[bot]")
    shop.repo.merge_pull(pull.number, user="archon[bot]")


def test_five_fixes_that_do_not_fix_end_with_a_person_and_in_silence(shop: Shop) -> None:
    """At most three attempts, one hand-over, and then main may move without another word."""
    shop.host.stay_indoors()
    shop.fail_ci()
    shop.host.cycles(2)
    for _ in range(5):
        merge_a_fix(shop)
        shop.world.advance(MINUTE)
        shop.fail_ci()
        shop.host.cycles(2)

    (issue,) = ours(shop.repo)
    assert (FOR_A_PERSON, "open") == (set(issue.labels), issue.state)
    assert marker(issue).attempts == 3
    said = [each.body.partition(".")[0] for each in issue.comments]
    assert ["Reopened", "Reopened", "Handed over from the agent to a person"] == said
    assert "3 fixes by the agent did not work." in issue.comments[-1].body
    writes = len(shop.world.writes("github"))
    for _ in range(50):
        shop.fail_ci()
        shop.host.cycle()
    assert [issue] == ours(shop.repo)
    assert (3, FOR_A_PERSON, "open") == (len(issue.comments), set(issue.labels), issue.state)
    edits = {(each.method, each.path) for each in shop.world.writes("github")[writes:]}
    assert {("PATCH", "/repos/acme/shop/issues/1")} == edits


def test_an_issue_on_which_nothing_moves_goes_to_a_person_once(shop: Shop) -> None:
    """No run, no pull request, no commit for six hours: the agent is not coming."""
    shop.fail_ci()
    shop.host.cycle()
    shop.host.cycles(5, every=HOUR)
    assert "archon:queued" in shop.repo.issues[1].labels

    shop.host.cycles(4, every=HOUR)

    (issue,) = ours(shop.repo)
    assert set(issue.labels) == FOR_A_PERSON
    assert ["Nothing moved for 6 hours" in each.body for each in issue.comments] == [True]


@pytest.mark.parametrize("sign", ["run", "pull request"])
def test_an_agent_at_work_keeps_its_issue(shop: Shop, sign: str) -> None:
    """A state label of a run, or a pull request that moves, is work."""
    shop.fail_ci()
    shop.host.cycle()
    issue = shop.repo.issues[1]
    pull = shop.repo.pull("fix it", "Fixes #1", user="archon[bot]")
    for _ in range(10):
        if sign == "run":
            issue.labels[:] = ["pipeline-health", "bug", "archon:in-progress"]
        else:
            pull.updated_at = shop.world.now()
        shop.host.cycle(after=HOUR)

    assert "human-needed" not in issue.labels


def test_a_run_that_ended_without_a_fix_is_an_attempt_and_queued_again(shop: Shop) -> None:
    """The state label of the ended run is replaced by the agent's own, once it failed again."""
    shop.fail_ci()
    shop.host.cycle()
    issue = shop.repo.issues[1]
    issue.labels[:] = ["pipeline-health", "bug", "archon:done"]
    shop.host.cycle()
    assert "archon:done" in issue.labels

    shop.world.advance(MINUTE)
    shop.fail_ci()
    report = shop.host.cycle()

    assert {"pipeline-health", "bug", "archon:queued"} == set(issue.labels)
    assert "queued again 1 issue" in report.sentence
    shop.host.cycle()
    assert marker(issue).attempts == 1


def test_a_person_who_closes_is_no_attempt(shop: Shop) -> None:
    """Only the agent's own fixes count against it."""
    shop.fail_ci()
    shop.host.cycles(2)
    for _ in range(4):
        shop.repo.close_issue(1, user="dev")
        shop.world.advance(MINUTE)
        shop.fail_ci()
        shop.host.cycles(2)

    (issue,) = ours(shop.repo)
    assert (0, "open") == (marker(issue).attempts, issue.state)
    assert "archon:queued" in issue.labels


def test_what_was_proved_over_by_a_fix_is_no_attempt_of_the_relapse(shop: Shop) -> None:
    """The fix worked; what breaks later is another story of the same cause."""
    shop.fail_ci()
    shop.host.cycles(2)
    merge_a_fix(shop)
    shop.repo.push("fix")
    shop.repo.run("CI", "success", jobs={"build": "success", "test": "success"})
    shop.host.cycles(2)
    shop.fail_ci()
    shop.host.cycles(2)

    (issue,) = ours(shop.repo)
    assert (0, "open") == (marker(issue).attempts, issue.state)


def test_a_lost_ledger_counts_no_attempt_twice(shop: Shop) -> None:
    """A pull request that was merged long ago is shown for ever; its failure was counted."""
    shop.host.stay_indoors()
    shop.fail_ci()
    shop.host.cycles(2)
    merge_a_fix(shop)
    shop.world.advance(MINUTE)
    shop.fail_ci()
    shop.host.cycles(2)

    for _ in range(3):
        shop.host.forget()
        shop.host.cycles(2)
        shop.fail_ci()
        shop.host.cycles(2)

    (issue,) = ours(shop.repo)
    assert (1, "archon:queued" in issue.labels) == (marker(issue).attempts, True)


def test_what_a_person_gives_back_to_the_agent_has_its_time_again(shop: Shop) -> None:
    """Muted for a day and then opened again: the deadline begins with that, and still ends."""
    shop.fail_ci()
    shop.host.cycles(2)
    shop.repo.close_issue(1, user="dev", reason="not_planned")
    shop.host.cycles(4, every=6 * HOUR)

    shop.repo.reopen_issue(1)
    shop.host.cycles(5, every=HOUR)
    assert "archon:queued" in shop.repo.issues[1].labels
    shop.host.cycles(3, every=HOUR)

    assert FOR_A_PERSON == set(shop.repo.issues[1].labels)
