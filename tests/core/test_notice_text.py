from dataclasses import replace
from datetime import timedelta

import pytest

from concern_builders import NOW, URL, concern
from incident_builders import MINUTE
from pipeline_health.core.model.incident import Owner
from pipeline_health.core.model.notice import Known, NoticeKind, Topic
from pipeline_health.core.notice_text import (
    LONGEST_TITLE,
    Change,
    begins,
    drill,
    monday,
    notice_of,
    reminder,
    summary,
)
from pipeline_health.core.week import Week

ALL = "Next: `pipeline-health incidents` lists all."
NASTY = "# @archon fix #12 https://x.example/o/r/issues/7 \x1b[31m" + "ä" * 150


def known(number: int = 0, *, url: str = URL) -> Known:
    """Give what people know of a concern."""
    return Known(
        key=f"incident {number} n",
        topic=Topic.INCIDENT,
        project=None,
        says=f"CI is red, number {number} (shop)",
        url=url,
        owner=Owner.HUMAN,
        late=False,
        told_at=NOW,
    )


@pytest.mark.parametrize(
    ("change", "priority", "title", "body"),
    [
        (
            Change(kind=NoticeKind.NEW, of=concern()),
            4,
            "For you: CI is red, number 0 (shop)",
            [
                "CI is red, number 0 (shop)",
                "Broken since 2026-11-22 10:05 UTC.",
                "The log says so.",
                f"Next: its issue says who can mend it and how: {URL}",
            ],
        ),
        (
            Change(kind=NoticeKind.HANDED, of=replace(concern(), back=True, late="31 min.")),
            4,
            "Now yours: CI is red, number 0 (shop)",
            [
                "CI is red, number 0 (shop)",
                "Broken again; it first failed 2026-11-22 10:05 UTC.",
                "The log says so.",
                "31 min.",
                f"Next: its issue says who can mend it and how: {URL}",
            ],
        ),
        (
            Change(kind=NoticeKind.LATE, of=replace(concern(), owner=Owner.AGENT, late="31 min.")),
            4,
            "Told too late: CI is red, number 0 (shop)",
            [
                "CI is red, number 0 (shop)",
                "Broken since 2026-11-22 10:05 UTC.",
                "The log says so.",
                "31 min.",
                f"Next: the agent has it: {URL}",
            ],
        ),
        (
            Change(kind=NoticeKind.LATE, of=replace(concern(), owner=Owner.AGENT, url="", why="")),
            4,
            "Told too late: CI is red, number 0 (shop)",
            [
                "CI is red, number 0 (shop)",
                "Broken since 2026-11-22 10:05 UTC.",
                "Next: each cycle tries to file it; `pipeline-health status` says more.",
            ],
        ),
        (
            Change(kind=NoticeKind.BLIND, of=replace(concern(), url="", no_issue="it is archived")),
            4,
            "CI is red, number 0 (shop)",
            [
                "CI is red, number 0 (shop)",
                "Broken since 2026-11-22 10:05 UTC.",
                "The log says so.",
                "There is no issue: it is archived. Next: `pipeline-health status` says more.",
            ],
        ),
        (
            Change(
                kind=NoticeKind.TOKEN,
                of=replace(concern(), topic=Topic.TOKEN, no_issue="replace it"),
            ),
            5,
            "CI is red, number 0 (shop)",
            ["CI is red, number 0 (shop)", "The log says so.", "Next: replace it."],
        ),
        (
            Change(
                kind=NoticeKind.PORTFOLIO,
                of=replace(concern(), topic=Topic.PARENT, names=("shop", "film")),
            ),
            4,
            "For you: CI is red, number 0 (shop)",
            [
                "CI is red, number 0 (shop)",
                "Broken since 2026-11-22 10:05 UTC.",
                "Broken in 2 projects: shop, film.",
                "The log says so.",
                f"Next: its issue says who can mend it and how: {URL}",
            ],
        ),
        (
            Change(
                kind=NoticeKind.PORTFOLIO,
                of=replace(concern(), topic=Topic.PARENT, url="", no_issue="it is archived"),
            ),
            4,
            "For you: CI is red, number 0 (shop)",
            [
                "CI is red, number 0 (shop)",
                "Broken since 2026-11-22 10:05 UTC.",
                "The log says so.",
                f"There is no one issue of it: it is archived. {ALL}",
            ],
        ),
        (
            Change(kind=NoticeKind.LEFT, of=concern()),
            2,
            "The agent's again: CI is red, number 0 (shop)",
            [
                "CI is red, number 0 (shop)",
                f"Nothing to do for you: its issue went to the agent. {URL}",
            ],
        ),
        (
            Change(kind=NoticeKind.OVER, of=known(), proof="CI succeeded."),
            3,
            "Over: CI is red, number 0 (shop)",
            ["CI is red, number 0 (shop)", "CI succeeded.", "Nothing is left to do."],
        ),
    ],
    ids=[
        "new",
        "handed",
        "late",
        "late, no issue",
        "blind",
        "token",
        "portfolio",
        "portfolio, no issue",
        "left",
        "over",
    ],
)
def test_a_notice_says_what_is_broken_then_what_to_do(
    change: Change, priority: int, title: str, body: list[str]
) -> None:
    """Word by word, and how loud."""
    notice = notice_of(change)

    assert (notice.kind, notice.title, notice.priority) == (change.kind, title, priority)
    assert notice.body.splitlines() == body
    assert notice.url == change.of.url
    assert len(notice.tags) == 1


@pytest.mark.parametrize("kind", [NoticeKind.NEW, NoticeKind.OVER, NoticeKind.BLIND])
def test_nothing_that_others_wrote_is_alive_in_a_notice(kind: NoticeKind) -> None:
    """Names are cut and made harmless; a title fits."""
    nasty = replace(concern(), says=NASTY, why=NASTY, no_issue=NASTY)
    told = notice_of(Change(kind=kind, of=nasty, proof=NASTY))

    assert len(told.title) == LONGEST_TITLE == 100
    assert not any(
        word in told.title + told.body for word in ("@archon", "#12", "https://x", "\x1b")
    )
    assert max(map(len, told.body.splitlines())) < 500


def test_as_many_projects_are_named_as_there_is_room_for() -> None:
    """A message of ntfy holds 4,096 bytes; a name is cut, too."""
    names = ("n" * 50, *(f"project-{each:03}" for each in range(300)))
    many = replace(concern(), topic=Topic.PARENT, names=names)

    told = notice_of(Change(kind=NoticeKind.PORTFOLIO, of=many)).body

    assert f"Broken in 301 projects: {'n' * 39}…, project-000, " in told
    assert ", project-148, project-149 and 150 more." in told
    assert len(told) < 2500


def test_each_kind_has_its_sign_and_its_loudness() -> None:
    """As ntfy names them."""
    notices = [notice_of(Change(kind=kind, of=concern())) for kind in NoticeKind]
    signs = {notice.kind.value: (notice.priority, *notice.tags) for notice in notices}

    assert signs == {
        "new": (4, "warning"),
        "portfolio": (4, "rotating_light"),
        "handed-over": (4, "raising_hand"),
        "left-to-the-agent": (2, "robot"),
        "late": (4, "hourglass"),
        "blind": (4, "see_no_evil"),
        "token-refused": (5, "key"),
        "crowd": (4, "ocean"),
        "over": (3, "white_check_mark"),
        "summary": (4, "warning"),
        "reminder": (3, "alarm_clock"),
        "monday": (2, "bar_chart"),
        "drill": (4, "fire_extinguisher"),
    }


def test_what_is_said_of_a_concern_is_cut() -> None:
    """A phone is small."""
    wordy = replace(concern(), says="s" * 300, why="w" * 500, no_issue="n" * 500, url="")
    body = notice_of(Change(kind=NoticeKind.NEW, of=wordy, proof="p" * 500)).body.splitlines()

    assert [len(line) for line in body[:2]] == [200, 400]
    assert [line.count("w") for line in body[3:4]] == [399]
    assert body[-1].count("n" * 399 + "…") == 1


def test_many_changes_are_listed_with_the_loudest_of_them() -> None:
    """Fifteen at most, each with its issue."""
    changes = [Change(kind=NoticeKind.NEW, of=concern(each)) for each in range(15)]
    over = [Change(kind=NoticeKind.OVER, of=known(each, url="")) for each in range(15, 17)]

    told, quiet = summary([*changes, *over]), summary(over)

    assert told.title == "Much at once: 15 to know, 2 over"
    assert told.body.splitlines()[0] == f"For you: CI is red, number 0 (shop) {URL}"
    assert told.body.splitlines()[-1] == "and 2 more: `pipeline-health incidents` lists all."
    assert (told.priority, quiet.priority, quiet.title) == (4, 3, "Much at once: 2 over")
    assert quiet.body.splitlines()[0] == "Over: CI is red, number 15 (shop)"
    assert summary(changes).title == "Much at once: 15 to know"
    assert len(summary(changes).body.splitlines()) == 15


def test_the_beginning_is_one_notice() -> None:
    """What was broken before anybody was told."""
    told = begins([Change(kind=NoticeKind.NEW, of=concern(each)) for each in range(2)])

    assert told.title == "Notifications begin: 2 things to know"
    assert told.kind is NoticeKind.SUMMARY


def test_a_reminder_names_all_that_waits() -> None:
    """And leads to the issue where there is only one."""
    one = reminder([known()], now=NOW + timedelta(hours=25))
    two = reminder([known(), known(1, url="")], now=NOW + timedelta(hours=25))

    assert one.title == "Still waiting for you: 1 thing"
    assert one.body.splitlines() == [
        f"CI is red, number 0 (shop), for 1 d 1 h: {URL}",
        "Each is told again daily until it is over, or its issue is closed as not planned.",
    ]
    assert two.body.splitlines()[1] == "CI is red, number 1 (shop), for 1 d 1 h"
    assert (one.url, two.url) == (URL, "")


def test_the_week_in_four_lines() -> None:
    """Also a quiet one."""
    full = monday(
        Week(
            looks=2016,
            incidents=3,
            to_issue=7 * MINUTE,
            by_agent=2,
            by_people=1,
            transients={3: 4, 22: 1},
        )
    )
    quiet = monday(Week(looks=1, incidents=0, to_issue=None, by_agent=0, by_people=0))

    assert full.title == "The week: 3 incidents, 2,016 looks"
    assert full.body.splitlines() == [
        "Looked 2,016 times; 3 incidents.",
        "Mended: 2 by the agent, 1 by people.",
        "Median time from a failure to its issue: 7 min.",
        "Moments without an answer in 30 days, by hour (UTC): 03 h: 4, 22 h: 1.",
    ]
    assert quiet.body.splitlines()[2:] == [
        "No issue was filed.",
        "Moments without an answer in 30 days, by hour (UTC): none.",
    ]


def test_a_drill_says_that_it_is_one() -> None:
    """As loudly as an incident, and with nothing to do."""
    notice = drill("shop", url=URL)

    assert notice.title == "Drill: nothing is broken (shop)"
    assert notice.body == "This is a fire drill. Nothing is broken.\nNothing is to be done."
    assert (notice.url, notice.priority) == (URL, 4)
