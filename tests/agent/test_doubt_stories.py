"""Stories of what makes two issues out of one: old issues, lost ledgers, lists that lag."""

import shutil
from datetime import timedelta

import pytest

from agent_types import Shop
from hosts import MINUTE, marker, ours


def open_numbers(shop: Shop) -> list[int]:
    """Give the numbers of the open issues of ours."""
    return [issue.number for issue in ours(shop.repo, state="open")]


def mend(shop: Shop) -> None:
    """Deploy the head well."""
    shop.world.advance(MINUTE)
    shop.web.deploy("SUCCESS")


def test_who_opens_an_issue_again_is_believed_until_a_newer_proof(shop: Shop) -> None:
    """The proof that closed it does not close it again; the next deployment does."""
    shop.fail_deploy()
    shop.host.cycle()
    mend(shop)
    shop.host.cycle()
    assert open_numbers(shop) == []

    shop.repo.reopen_issue(1)
    reports = shop.host.cycles(3)
    assert open_numbers(shop) == [1]
    assert reports[-1].projects[0].unproved == ("Staging deploy failed: web (shop)",)

    mend(shop)
    shop.host.cycle()
    assert open_numbers(shop) == []


def test_an_old_issue_that_is_opened_beside_the_one_of_today_becomes_the_only_one(
    shop: Shop,
) -> None:
    """Two open issues about one service are one too many, whoever opened the second."""
    shop.fail_deploy("ERROR: RAILWAY_TOKEN is invalid or expired: Not Authorized")
    shop.host.cycle()
    mend(shop)
    shop.host.cycle()
    shop.fail_deploy()
    shop.host.cycle()
    assert open_numbers(shop) == [2]

    shop.repo.reopen_issue(1)
    shop.host.cycles(2)

    assert open_numbers(shop) == [1]
    assert shop.repo.issues[2].state_reason == "duplicate"


def test_an_old_ledger_and_a_list_that_lags_make_no_second_issue(shop: Shop) -> None:
    """Before anything is filed, what was filed minutes ago is looked for by its number."""
    kept = shop.host.home / "kept.db"
    shutil.copyfile(shop.host.ledger, kept)
    shop.fail_deploy()
    shop.world.list_lag = timedelta(minutes=10)
    shop.host.cycle()

    shop.host.forget()
    shutil.copyfile(kept, shop.host.ledger)
    shop.host.cycles(2)

    assert len(ours(shop.repo)) == 1


@pytest.mark.parametrize("lost", [False, True], ids=["an old ledger", "no ledger"])
def test_nothing_is_opened_again_beside_what_no_list_shows_yet(shop: Shop, *, lost: bool) -> None:
    """Whatever its fingerprint: it is about the same service, and is taken up once it is listed."""
    kept = shop.host.home / "kept.db"
    hung = shop.web.deploy("BUILDING")
    shop.host.cycle(after=40 * MINUTE)
    shop.host.cycle()
    shutil.copyfile(shop.host.ledger, kept)
    shop.web.become(hung, "SUCCESS")
    shop.host.cycles(2)
    assert open_numbers(shop) == []
    shop.world.list_lag = timedelta(minutes=10)
    shop.fail_deploy()
    shop.host.cycle()
    assert open_numbers(shop) == [2]

    shop.host.forget()
    if lost:
        shop.web.deploy("NEEDS_APPROVAL")
    else:
        shutil.copyfile(kept, shop.host.ledger)
    shop.host.cycle(after=MINUTE)
    assert open_numbers(shop) == [2]
    shop.host.cycles(10)

    assert open_numbers(shop) == [2]


def test_nothing_is_filed_beside_what_no_list_shows_yet(shop: Shop) -> None:
    """A new host sees the service broken in another way; the issue of minutes ago is about it."""
    shop.world.list_lag = timedelta(minutes=10)
    shop.fail_deploy()
    shop.host.cycle()
    shop.host.forget()
    shop.web.deploy("NEEDS_APPROVAL")

    report = shop.host.cycle(after=MINUTE)
    assert open_numbers(shop) == [1]
    assert "issue 1, which no list shows yet, is about the same thing" in str(report)
    shop.host.cycles(10)

    assert open_numbers(shop) == [1]


def test_what_is_found_counts_against_the_cap_of_the_hour(shop: Shop) -> None:
    """A lost ledger is no leave to flood."""
    shop.host.extra = "[limits]\nissues_per_hour = 1"
    shop.fail_deploy()
    shop.host.cycle()

    shop.host.forget()
    shop.fail_ci()
    reports = shop.host.cycles(2)
    assert len(ours(shop.repo)) == 1
    assert "filed when the caps allow it" in " ".join(reports[-1].waiting)

    shop.host.cycle(after=timedelta(minutes=54))
    assert len(ours(shop.repo)) == 2


def test_what_a_person_muted_last_stays_muted_without_the_ledger(shop: Shop) -> None:
    """Of several closed issues of one failure the newest has the last word."""
    shop.fail_deploy()
    shop.host.cycle()
    mend(shop)
    shop.host.cycle()
    shop.world.advance(timedelta(days=6))
    old = shop.repo.issues[1]
    shop.host.forget()
    shop.fail_deploy()
    twin = shop.repo.open_issue(
        old.title, old.body.replace(marker(old).nonce, "another"), user="health-bot"
    )
    shop.repo.close_issue(twin.number, user="dev", reason="not_planned")

    shop.host.cycles(3)

    assert open_numbers(shop) == []


def test_an_unread_issue_of_ours_keeps_others_from_being_opened(shop: Shop) -> None:
    """It may be about the same thing; nobody knows before it was read."""
    shop.fail_deploy()
    shop.host.cycle()
    shop.host.forget()
    shop.world.faults.add(host="github", mode="status", match="query Issues", times=9)

    report = shop.host.cycle()
    shop.world.faults.clear()

    assert len(ours(shop.repo)) == 1
    assert "may be about what is broken there" in " ".join(report.waiting)
    shop.host.cycle()
    assert open_numbers(shop) == [1]


def test_an_issue_that_could_not_be_closed_yet_takes_what_fails_next(shop: Shop) -> None:
    """The same service hangs before the issue of its failed deployment was closed."""
    shop.fail_deploy()
    shop.host.cycle()
    mend(shop)
    shop.world.faults.add(host="github", mode="status", match="POST /repos", times=9)
    shop.host.cycle()
    shop.world.faults.clear()
    assert open_numbers(shop) == [1]

    shop.repo.push("next")
    shop.repo.run("CI", "success")
    shop.web.deploy("BUILDING")
    shop.host.cycle(after=timedelta(minutes=40))

    assert open_numbers(shop) == [1]


@pytest.mark.parametrize("then", ["acme/shop", "acme/store"], ids=["its name", "another name"])
def test_issues_that_are_disabled_for_a_while_were_not_deleted(shop: Shop, then: str) -> None:
    """Nothing is muted by it: once they are enabled, what is closed and broken is opened again.

    They may have been read last while the repository had another name.
    """
    shop.repo.rename(then)
    shop.fail_deploy()
    shop.host.cycles(2)
    shop.repo.close_issue(1, user="archon")
    shop.repo.has_issues = False
    shop.repo.rename("acme/shop")
    reports = shop.host.cycles(4, every=timedelta(minutes=40))
    assert "issues are disabled in " in str(reports[-1])

    shop.repo.has_issues = True
    shop.host.cycles(2)

    assert open_numbers(shop) == [1]


def test_facts_are_told_where_labels_may_not_be_changed(shop: Shop) -> None:
    """Without push access the issue cannot be handed over, and says what is so all the same."""
    shop.fail_deploy()
    shop.host.cycle()
    shop.repo.drops_labels = True
    shop.fail_deploy("ERROR: RAILWAY_TOKEN is invalid or expired: Not Authorized")
    shop.host.cycles(2)

    assert "RAILWAY_TOKEN" in shop.repo.issues[1].body


def test_an_issue_counts_for_an_hour_from_the_end_of_its_cycle(shop: Shop) -> None:
    """A cycle may take three minutes, and file at its end."""
    shop.host.extra = "[limits]\nissues_per_hour = 1"
    shop.fail_deploy()
    shop.host.cycle()
    shop.fail_ci()
    shop.host.cycle(after=62 * MINUTE)
    assert open_numbers(shop) == [1]

    shop.host.cycle(after=2 * MINUTE)

    assert open_numbers(shop) == [1, 2]


def test_an_old_ledger_does_not_forget_which_job_failed_since(shop: Shop) -> None:
    """The issue says so: what skips that job is no proof, and what runs it is."""
    kept = shop.host.home / "kept.db"
    shop.repo.push("second")
    shop.repo.run("CI", "failure", jobs={"build": "failure", "test": "skipped"}, log="boom")
    shop.host.cycles(2)
    shutil.copyfile(shop.host.ledger, kept)
    shop.fail_ci()
    shop.host.cycles(2)
    assert marker(shop.repo.issues[1]).jobs == (("build", "test"),)

    shop.host.forget()
    shutil.copyfile(kept, shop.host.ledger)
    shop.repo.push("third")
    shop.repo.run("CI", "success", jobs={"build": "success", "test": "skipped"})
    shop.host.cycles(2)
    assert open_numbers(shop) == [1]

    shop.repo.push("fourth")
    shop.repo.run("CI", "success", jobs={"build": "success", "test": "success"})
    shop.host.cycles(2)
    assert open_numbers(shop) == []
