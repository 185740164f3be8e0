"""What every ledger promises to keep, for how long, and in which order it gives it back."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from ledger_kinds import EVERY_LEDGER
from ledger_samples import (
    DAY,
    LASTING,
    MINUTE,
    REPO,
    SHOP,
    T0,
    a_report,
    an_incident,
    an_intent,
)
from pipeline_health.core.model.ids import Fingerprint, ProjectName
from pipeline_health.core.model.journal import TrailLine
from pipeline_health.core.model.notice import Notice, NoticeKind, Told
from pipeline_health.core.model.report import ChangeLine, ProjectLine
from pipeline_health.ports import Ledger


@pytest.fixture(params=EVERY_LEDGER)
def ledger(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Ledger]:
    """Give each implementation in turn, empty."""
    with EVERY_LEDGER[request.param](tmp_path) as opened:
        yield opened


def a_line(says: str, minutes: int = 0) -> TrailLine:
    """Give a line of a decision trail."""
    return TrailLine(at=T0 + minutes * MINUTE, says=says)


# -- incidents -------------------------------------------------------------------------------


def test_incidents_come_back_as_they_were_saved_oldest_first(ledger: Ledger) -> None:
    """The order is that of the first sight, whatever the order of saving."""
    late, early = an_incident("b", first_seen=T0 + MINUTE), an_incident("c", first_seen=T0)
    with ledger.lease(now=T0, lasting=LASTING) as lease:
        ledger.save([late, early], lease=lease)

    assert (early, late) == ledger.incidents()


def test_an_incident_saved_again_replaces_itself(ledger: Ledger) -> None:
    """One fingerprint and nonce is one incident, in its newest form."""
    changed = replace(an_incident(), attempts=2, first_seen=T0 - MINUTE)
    with ledger.lease(now=T0, lasting=LASTING) as lease:
        ledger.save([an_incident()], lease=lease)
        ledger.save([changed], lease=lease)

    assert (changed,) == ledger.incidents()


def test_two_filings_of_one_fingerprint_are_kept_apart(ledger: Ledger) -> None:
    """The nonce tells an incident from the one that had the same root cause before."""
    old, new = an_incident(nonce="n1", resolved_at=T0), an_incident(nonce="n2")
    with ledger.lease(now=T0, lasting=LASTING) as lease:
        ledger.save([new, old], lease=lease)

    assert (old, new) == ledger.incidents()


# -- trails ----------------------------------------------------------------------------------


def test_a_trail_is_read_in_the_order_of_its_writing(ledger: Ledger) -> None:
    """A clock that steps back does not reorder what was decided."""
    for line in (a_line("opened", 5), a_line("handed over", 3)):
        ledger.note(SHOP, line)

    assert (a_line("opened", 5), a_line("handed over", 3)) == ledger.trail(SHOP)


def test_a_line_that_repeats_the_last_one_is_not_noted(ledger: Ledger) -> None:
    """The same decision cycle after cycle is one line; after another one it is news again."""
    for minute, says in enumerate(["waits", "waits", "opened", "waits"]):
        ledger.note(SHOP, a_line(says, minute))

    expected = (a_line("waits"), a_line("opened", 2), a_line("waits", 3))
    assert expected == ledger.trail(SHOP)


def test_a_trail_keeps_its_newest_200_lines(ledger: Ledger) -> None:
    """A noisy incident loses its oldest lines and takes none from another."""
    other = Fingerprint("other")
    ledger.note(other, a_line("mine"))
    for number in range(205):
        ledger.note(SHOP, a_line(f"line {number}", number))

    assert tuple(a_line(f"line {n}", n) for n in range(5, 205)) == ledger.trail(SHOP)
    assert (a_line("mine"),) == ledger.trail(other)


def test_what_a_cycle_leaves_is_kept_at_once(ledger: Ledger) -> None:
    """An incident is saved, its intent is settled and its trail goes on; another intent stays."""
    with ledger.lease(now=T0, lasting=LASTING) as lease:
        for key in ("n1", "n2"):
            ledger.intend(an_intent(key), lease=lease)
        noted = [(SHOP, a_line("opened")), (SHOP, a_line("opened", 1)), (SHOP, a_line("told", 2))]
        ledger.save([an_incident()], lease=lease, settled=["n1", "n3"], noted=noted)

    assert (an_incident(),) == ledger.incidents()
    assert (an_intent("n2"),) == ledger.intents()
    assert (a_line("opened"), a_line("told", 2)) == ledger.trail(SHOP)


# -- memory ----------------------------------------------------------------------------------


def test_a_fact_is_recalled_by_topic_and_key(ledger: Ledger) -> None:
    """What was never remembered is None, and topics do not mix."""
    ledger.remember("repo", "acme/shop", "R_1", now=T0)

    recalled = (ledger.recall("repo", "acme/shop"), ledger.recall("login", "acme/shop"))
    assert ("R_1", None) == recalled


def test_a_fact_remembered_again_replaces_the_old_one(ledger: Ledger) -> None:
    """The newest fact counts."""
    ledger.remember("repo", "acme/shop", "R_1", now=T0)
    ledger.remember("repo", "acme/shop", "R_2", now=T0 + MINUTE)

    assert "R_2" == ledger.recall("repo", "acme/shop")


def test_a_forgotten_fact_is_gone_until_remembered_again(ledger: Ledger) -> None:
    """Forgetting what was never known is harmless too."""
    ledger.forget("repo", "acme/shop")
    ledger.remember("repo", "acme/shop", "R_1", now=T0)
    ledger.forget("repo", "acme/shop")
    forgotten = ledger.recall("repo", "acme/shop")
    ledger.remember("repo", "acme/shop", "R_1", now=T0)

    assert (None, "R_1") == (forgotten, ledger.recall("repo", "acme/shop"))


# -- intents ---------------------------------------------------------------------------------


def test_an_intent_stays_until_it_is_settled(ledger: Ledger) -> None:
    """What was about to be created is known until its outcome is, oldest first."""
    old, new = an_intent("n1"), an_intent("n0", at=T0 + MINUTE)
    with ledger.lease(now=T0, lasting=LASTING) as lease:
        ledger.intend(new, lease=lease)
        ledger.intend(old, lease=lease)
    before = ledger.intents()
    ledger.settle("n1")
    ledger.settle("never heard of")

    assert ((old, new), (new,)) == (before, ledger.intents())


def test_a_re_run_can_be_intended(ledger: Ledger) -> None:
    """It is noted before it is sent, as issues and comments are."""
    noted = replace(an_intent("rerun platform"), of="rerun")
    with ledger.lease(now=T0, lasting=LASTING) as lease:
        ledger.intend(noted, lease=lease)

    assert (noted,) == ledger.intents()


def test_an_intent_noted_again_is_the_newer_one(ledger: Ledger) -> None:
    """A second try under the same key moves its time and its highest number."""
    again = an_intent(at=T0 + MINUTE, highest=43)
    with ledger.lease(now=T0, lasting=LASTING) as lease:
        ledger.intend(an_intent(), lease=lease)
        ledger.settle("n1")
        ledger.intend(an_intent(), lease=lease)
        ledger.intend(again, lease=lease)

    assert (again,) == ledger.intents()


# -- reports and retention -------------------------------------------------------------------


def test_the_newest_reports_come_first(ledger: Ledger) -> None:
    """Only as many as were asked for, newest written first."""
    for number in range(3):
        ledger.record(a_report(f"c{number}", at=T0 + number * MINUTE))

    assert ["c2", "c1"] == [report.cycle for report in ledger.reports(limit=2)]


def test_a_report_comes_back_as_it_was_recorded(ledger: Ledger) -> None:
    """A cycle that is recorded twice has one report, the second."""
    ledger.record(a_report())
    ledger.record(a_report(sentence="Corrected."))

    assert (a_report(sentence="Corrected."),) == ledger.reports(limit=5)


def test_reports_of_equal_looks_come_back_each_as_it_was(ledger: Ledger) -> None:
    """What they have in common is kept once, and the projects of each are in their order."""
    shop, film = (ProjectLine(name=ProjectName(name), repo=REPO) for name in ("shop", "film"))
    broken = replace(shop, unproved=("Main CI red",))
    looks = [(shop, film), (shop, film), (), (film, broken), (broken, broken), (shop, film)]
    reports = [
        replace(a_report(f"c{at}", at=T0 + at * MINUTE), projects=look)
        for at, look in enumerate(looks)
    ]
    for report in reports:
        ledger.record(report)

    assert tuple(reversed(reports)) == ledger.reports(limit=9)


def test_but_for_the_newest_50_only_the_heads_of_reports_are_kept(ledger: Ledger) -> None:
    """When it looked and what it said of it is known of each; what it saw, of those who ask."""
    change = ChangeLine(
        change="open", repo=REPO, issue=1, fingerprint=SHOP, reason="red", applied=True
    )
    full = replace(a_report(), changes=(change,), waiting=("w",), failed="why")
    for at in range(52):
        ledger.record(replace(full, cycle=f"c{at}", started_at=T0 + at * MINUTE))

    *newest, older, oldest = ledger.reports(limit=99)
    assert {(full.projects, (change,), ("w",))} == {
        (report.projects, report.changes, report.waiting) for report in newest
    }
    assert (50, "c1", "c0") == (len(newest), older.cycle, oldest.cycle)
    assert replace(full, cycle="c0", projects=(), changes=(), waiting=()) == oldest
    assert 52 == len(ledger.looks())


def test_reports_go_after_90_days(ledger: Ledger) -> None:
    """Recording a cycle drops the reports that are older than the retention."""
    ledger.record(a_report("old"))
    ledger.record(a_report("kept", at=T0 + MINUTE))
    ledger.record(a_report("new", at=T0 + 90 * DAY))

    assert ["new", "kept"] == [report.cycle for report in ledger.reports(limit=5)]


def test_long_resolved_incidents_go_with_their_trails(ledger: Ledger) -> None:
    """What is open, or was resolved within 90 days, stays with its whole trail."""
    over = an_incident("over", resolved_at=T0)
    recent = an_incident("recent", resolved_at=T0 + 2 * DAY)
    still_open = an_incident("open")
    with ledger.lease(now=T0, lasting=LASTING) as lease:
        ledger.save([over, recent, still_open], lease=lease)
    for fingerprint in ("over", "recent", "open"):
        ledger.note(Fingerprint(fingerprint), a_line("opened"))
    ledger.record(a_report(at=T0 + 91 * DAY))

    assert (still_open, recent) == ledger.incidents()
    assert () == ledger.trail(Fingerprint("over"))
    assert (a_line("opened"),) == ledger.trail(Fingerprint("recent"))
    assert (a_line("opened"),) == ledger.trail(Fingerprint("open"))


def test_facts_that_nobody_repeats_go_after_90_days(ledger: Ledger) -> None:
    """A fact that is remembered again, even unchanged, counts from then."""
    for key in ("dropped", "repeated", "repeated-too-soon"):
        ledger.remember("repo", key, "R_1", now=T0)
    ledger.remember("repo", "repeated", "R_1", now=T0 + 8 * DAY)
    ledger.remember("repo", "repeated-too-soon", "R_1", now=T0 + timedelta(hours=1))
    ledger.record(a_report(at=T0 + 91 * DAY))

    assert (None, "R_1", None) == (
        ledger.recall("repo", "dropped"),
        ledger.recall("repo", "repeated"),
        ledger.recall("repo", "repeated-too-soon"),
    )


def test_intents_and_letters_that_nobody_asked_for_go_after_90_days(ledger: Ledger) -> None:
    """The outcome of a request is known by then, and nobody waits for what happened then."""
    notice = Notice(kind=NoticeKind.NEW, title="red", body="red", url="", priority=4, tags=())
    for at in (T0, T0 + 2 * DAY):
        with ledger.lease(now=at, lasting=LASTING) as lease:
            ledger.intend(an_intent(f"n {at}", at=at), lease=lease)
            ledger.tell(Told(), [notice], receivers=["ntfy"], lease=lease, now=at)
    ledger.record(a_report(at=T0 + 91 * DAY))

    assert [T0 + 2 * DAY] == [intent.at for intent in ledger.intents()]
    assert [T0 + 2 * DAY] == [letter.at for letter in ledger.letters()]
