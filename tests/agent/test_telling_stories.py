"""Stories of people who are told: of each change once, whatever becomes of the receiver."""

import sys
from collections.abc import Sequence
from datetime import timedelta
from email.header import decode_header, make_header

import pytest

from agent_types import Shop
from hosts import MINUTE, ours
from pipeline_health.agent.delivering import TOPIC
from pipeline_health.cli.exits import Exit
from pipeline_health.cli.run_once import exit_of, lines_of
from pipeline_health.ledger import SqlLedger
from pipeline_health.simulator.exchange import Call
from pipeline_health.simulator.site import Site

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
REJECTED = "##[error]NPM_TOKEN is invalid or expired: 401 Unauthorized"
NAMED = "NPM_TOKEN rejected: CI cannot run (shop)"


@pytest.fixture
def phone(shop: Shop) -> Site:
    """Give somebody's phone, on which nothing was told yet."""
    address = f"{shop.host.loopback.site_url('phone')}/planted-topic-of-ours"
    shop.host.secrets["NTFY_TOPIC"] = address
    shop.host.cycle()
    return shop.world.site("phone")


def titles(site: Site) -> list[str]:
    """Give the titles of what was sent to a receiver, whether it took it or not."""
    return [title_of(call) for call in site.calls]


def title_of(call: Call) -> str:
    """Read the title as ntfy does."""
    return str(make_header(decode_header(call.headers["Title"])))


def refuse_secret(shop: Shop) -> None:
    """Let CI fail because a secret is rejected, which only a person can mend."""
    shop.repo.push(f"commit {shop.world.now().isoformat()}")
    shop.repo.run("CI", "failure", jobs={"publish": "failure"}, step="Publish", log=REJECTED)


def mend(shop: Shop) -> None:
    """Let CI pass again."""
    shop.repo.push(f"commit {shop.world.now().isoformat()}")
    shop.repo.run("CI", "success", jobs={"publish": "success"})
    shop.web.deploy("SUCCESS")


def test_what_a_person_must_mend_is_told_once_and_its_end_once(shop: Shop, phone: Site) -> None:
    """With the link to its issue; and nothing in between, nor of what is the agent's."""
    refuse_secret(shop)
    shop.host.cycles(3)
    mend(shop)
    shop.host.cycles(3)
    shop.fail_ci()
    shop.host.cycle()

    begin, end = phone.calls
    issue = ours(shop.repo)[0]
    assert [title_of(begin), title_of(end)] == [f"For you: {NAMED}", f"Over: {NAMED}"]
    assert begin.headers["Click"].endswith(f"/acme/shop/issues/{issue.number}")
    assert [begin.headers["Priority"], end.headers["Priority"]] == ["4", "3"]
    assert "Workflow CI passed" in end.body.decode()


def test_a_hand_over_is_told_when_it_happens(shop: Shop, phone: Site) -> None:
    """While the agent has it, nobody is disturbed."""
    shop.fail_ci()
    shop.host.cycle()
    shop.host.cycle(after=3 * HOUR)
    assert titles(phone) == []

    shop.host.cycles(2, every=4 * HOUR)

    assert titles(phone) == ["Now yours: Main CI red: CI (shop)"]
    assert "Nothing moved for 6 hours" in phone.calls[0].body.decode()


def test_a_receiver_that_is_down_gets_everything_later_in_order(shop: Shop, phone: Site) -> None:
    """Nothing is taken for told; the sentence says that, and the exit code stays what it was."""
    phone.status = 503
    refuse_secret(shop)
    report = shop.host.cycles(2)[-1]
    mend(shop)
    shop.host.cycles(2)
    phone.status = 200
    phone.calls.clear()
    shop.host.cycles(2)

    assert titles(phone) == [f"For you: {NAMED}", f"Over: {NAMED}"]
    assert report.sentence.endswith("; 1 notice could not be delivered and will be tried again.")
    assert exit_of(report) is Exit.DONE
    assert "not told: ntfy: a notice did not reach ntfy: ntfy answered 503" in lines_of(report)


def test_a_receiver_that_refuses_is_asked_hourly_and_doctor_can_tell_why(
    shop: Shop, phone: Site
) -> None:
    """A topic that is forbidden mends itself by nobody's asking."""
    phone.status = 403
    refuse_secret(shop)
    shop.host.cycles(3)
    assert len(phone.calls) == 1
    shop.host.cycle(after=HOUR)

    assert len(phone.calls) == 2
    with SqlLedger.read_only(shop.host.ledger) as ledger:
        why = ledger.recall(TOPIC, "ntfy") or ""
        assert why.endswith("\na notice did not reach ntfy: ntfy answered 403")
        phone.status = 200
        shop.host.cycle(after=HOUR)
        assert ledger.recall(TOPIC, "ntfy") is None
    assert len(phone.calls) == 3


def test_a_topic_is_in_no_log_no_ledger_and_no_report(
    shop: Shop, phone: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is a password."""
    phone.status = 403
    refuse_secret(shop)
    reports = shop.host.cycles(2)

    kept = b"".join(file.read_bytes() for file in shop.host.ledger.parent.glob("*"))
    assert b"planted-topic" not in kept
    assert "planted-topic" not in "".join(capsys.readouterr()) + str(reports)


def test_a_notice_that_arrived_is_in_the_log(
    shop: Shop, phone: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    """How many, and nothing of what they say."""
    refuse_secret(shop)
    shop.host.cycle()

    (line,) = [line for line in capsys.readouterr().out.splitlines() if "notices=1" in line]
    assert len(phone.calls) == 1
    assert "told" in line
    assert NAMED not in line


def test_a_dry_run_tells_nobody(shop: Shop, phone: Site) -> None:
    """And what it would have told is still news."""
    shop.world.github_tokens.clear()
    shop.host.cycle(dry=True)
    assert phone.calls == []

    shop.host.cycle()

    assert titles(phone) == ["GitHub refuses GITHUB_TOKEN"]


def test_a_lost_ledger_tells_again_once(shop: Shop, phone: Site) -> None:
    """Rather twice than never."""
    refuse_secret(shop)
    shop.host.cycles(2)
    shop.host.forget()
    shop.host.cycles(3)

    assert titles(phone) == [f"For you: {NAMED}"] * 2


def test_our_own_refused_token_is_told_although_nothing_can_be_filed(
    shop: Shop, phone: Site
) -> None:
    """At once, as loud as can be, and once; and that it is taken again."""
    kept = shop.world.github_tokens.pop("gh-good-token")
    shop.host.cycles(4)
    shop.world.github_tokens["gh-good-token"] = kept
    shop.host.cycles(2)

    assert titles(phone) == ["GitHub refuses GITHUB_TOKEN", "Over: GitHub refuses GITHUB_TOKEN"]
    assert phone.calls[0].headers["Priority"] == "5"
    assert "replace GITHUB_TOKEN in secrets.env" in phone.calls[0].body.decode()


def test_a_repository_that_takes_no_issues_is_told(shop: Shop, phone: Site) -> None:
    """Also of what an agent could mend, because no agent will read of it."""
    shop.repo.has_issues = False
    shop.fail_ci()
    shop.host.cycles(3)

    assert titles(phone) == ["For you: Main CI red: CI (shop)"]
    assert "issues are disabled in acme/shop" in phone.calls[0].body.decode()


def test_a_promise_that_was_broken_is_told_of_whoever_mends_it(shop: Shop, phone: Site) -> None:
    """GitHub took no issue for half an hour."""
    shop.fail_ci()
    shop.world.faults.add(
        host="github", mode="status", match="POST /repos/acme/shop/issues", times=12, status=503
    )
    shop.host.cycles(5, every=10 * MINUTE)

    assert titles(phone) == ["Told too late: Main CI red: CI (shop)"]
    assert "there is no issue yet; 30 min were promised." in phone.calls[0].body.decode()


def test_people_are_reminded_daily_and_told_of_the_week_on_monday(shop: Shop, phone: Site) -> None:
    """The world began on a Monday at ten."""
    refuse_secret(shop)
    shop.host.cycle()
    for _ in range(4):
        shop.host.cycle(after=DAY / 2)
    mend(shop)
    shop.host.cycle()
    shop.host.cycle(after=5 * DAY - 2 * HOUR)
    shop.host.cycle()

    assert titles(phone) == [
        f"For you: {NAMED}",
        "Still waiting for you: 1 thing",
        "Still waiting for you: 1 thing",
        f"Over: {NAMED}",
        "The week: 1 incident, 9 looks",
    ]
    assert "Mended: 0 by the agent, 1 by people." in phone.calls[-1].body.decode()


def test_a_look_at_one_project_leaves_the_others_as_they_were(shop: Shop, phone: Site) -> None:
    """It tells nothing of them, not even that they are over."""
    other = shop.world.repo("acme/film")
    other.push("first")
    other.run("CI", "success")
    shop.host.watch("film", "acme/film")
    refuse_secret(shop)
    shop.host.cycles(2)

    shop.host.cycle(only=["film"])
    shop.host.cycle()

    assert titles(phone) == [f"For you: {NAMED}"]


def test_a_receiver_that_is_gone_is_forgotten(
    shop: Shop, phone: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its letters with it, which the log says."""
    phone.status = 503
    refuse_secret(shop)
    shop.host.cycles(2)
    del shop.host.secrets["NTFY_TOPIC"]
    report = shop.host.cycle()

    with SqlLedger.read_only(shop.host.ledger) as ledger:
        assert ledger.letters() == ()
    assert report.untold == ()
    assert f"For you: {NAMED}: ntfy is not configured any more" in "".join(capsys.readouterr())


def test_apprise_that_is_not_installed_is_ours_to_mend(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The line says how, the exit code that something is undone, and the notice waits."""
    monkeypatch.setitem(sys.modules, "apprise", None)
    shop.host.secrets["NOTIFY_URLS"] = "json://127.0.0.1/planted-url"
    refuse_secret(shop)
    report = shop.host.cycle()

    (line,) = [each for each in lines_of(report) if each.startswith("not told")]
    assert line.startswith("not told: NOTIFY_URLS 1 (json): a notice did not reach")
    assert "Apprise, which is not installed: run deploy/install.sh again" in line
    assert exit_of(report) is Exit.BLIND
    with SqlLedger.read_only(shop.host.ledger) as ledger:
        assert [letter.notice.title for letter in ledger.letters()] == [f"For you: {NAMED}"]


# -- the dead man's switch -------------------------------------------------------------------


@pytest.fixture
def switch(shop: Shop) -> Site:
    """Give a dead man's switch that has heard nothing yet."""
    address = shop.host.loopback.site_url("switch")
    shop.host.secrets["HEALTHCHECK_URL"] = f"{address}/planted-uuid?create=1"
    return shop.world.site("switch")


def beats(site: Site) -> list[str]:
    """Give what was said, without the name of the run."""
    return [call.target.partition("?")[0].removeprefix("/planted-uuid") for call in site.calls]


def names(calls: Sequence[Call]) -> set[str]:
    """Give the names of the runs."""
    return {call.target.partition("rid=")[2] for call in calls}


def test_each_whole_cycle_beats_twice(shop: Shop, switch: Site) -> None:
    """Under a name of its own, with its sentence at the end."""
    reports = shop.host.cycles(2)

    assert beats(switch) == ["/start", "", "/start", ""]
    assert [call.body.decode() for call in switch.calls[1::2]] == [
        each.sentence for each in reports
    ]
    first, second = names(switch.calls[:2]), names(switch.calls[2:])
    assert (len(first), len(second), len(first | second)) == (1, 1, 2)
    assert all("?create=1&rid=" in call.target for call in switch.calls)


def test_a_cycle_that_saw_little_is_finished_too(shop: Shop, switch: Site) -> None:
    """The switch is about us, and not about GitHub."""
    shop.world.faults.add(host="github", mode="status", times=99, status=503)
    report = shop.host.cycle()

    assert report.blind
    assert beats(switch) == ["/start", ""]


def test_a_failed_cycle_says_so(shop: Shop, switch: Site) -> None:
    """Here the ledger went away under it."""
    shop.host.cycle()
    shop.host.ledger.write_bytes(b"this is no ledger" * 100)
    switch.calls.clear()

    with pytest.raises(Exception, match="ledger"):
        shop.host.cycle()

    assert beats(switch) == ["/fail"]
    assert "LedgerError" in switch.calls[0].body.decode()


@pytest.mark.parametrize("how", ["dry", "some"])
def test_what_is_no_whole_cycle_says_nothing(shop: Shop, switch: Site, how: str) -> None:
    """A person at a terminal is no timer."""
    shop.world.repo("acme/film").push("first")
    shop.host.watch("film", "acme/film")
    shop.host.cycle(dry=how == "dry", only=["shop"] if how == "some" else [])

    assert switch.calls == []


@pytest.mark.parametrize("status", [500, None])
def test_a_switch_that_is_down_changes_nothing(
    shop: Shop, switch: Site, status: int | None, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line in the log, without its address."""
    switch.status = status
    report = shop.host.cycle()

    assert (report.failed, exit_of(report)) == (None, Exit.DONE)
    said = "".join(capsys.readouterr())
    assert said.count("heartbeat_not_heard") == 2
    assert "planted" not in said
