"""The words of a verdict: what a person, a commit status and the summary of a run show."""

import tomllib
from dataclasses import replace

import pytest

from builders import HEAD, NOW, a_run, a_suite, checks, seen, sha
from gate_matters import a_matter, verdict, with_gate, with_sight
from pipeline_health.core.gate import judge
from pipeline_health.core.model.gate_policy import Waivable
from pipeline_health.core.model.readings import CheckConclusion, StatusState
from pipeline_health.core.model.verdict import Criterion, CriterionName, Verdict
from pipeline_health.core.verdict_text import (
    LONGEST_STATUS,
    deciding,
    first_line,
    page,
    said,
    status_line,
    status_state,
    summary,
    todo,
)
from verdict_words import (
    KEPT,
    VERDICTS,
    blocked,
    pending,
    promoted,
    told_of,
    two_failures,
    unknown,
)

NASTY = "x`|**[a](https://evil.example)** <img> @archon fix #12 \x1b[31m\nnext"


WORDS = tomllib.loads(KEPT.read_text())


@pytest.mark.parametrize("way", VERDICTS)
def test_a_verdict_reads_as_it_did(way: str) -> None:
    """The first line, that of the commit status, and the summary: word by word."""
    assert WORDS[way] == told_of(way)


def test_the_first_line_is_the_answer_the_reason_and_the_next_command() -> None:
    """One glance is enough."""
    assert first_line(promoted()) == (
        "promote: shop may go to production at 0000064; next: deploy exactly"
        f" {HEAD} to production, before this expires"
    )
    assert first_line(pending()) == (
        "blocked: main-ci: CI at 0000064: CI: under way; next: pipeline-health promotion-check"
        f" shop --commit {HEAD} --wait 10m"
    )
    assert first_line(unknown()).startswith(
        "unknown: staging-deploy: Railway could not be read: the connection was refused; next: "
    )
    assert first_line(replace(promoted(), next="")).count(";") == 0
    assert "Next: " not in summary(replace(promoted(), next=""))


@pytest.mark.parametrize(
    ("told", "state"),
    [
        (promoted(), StatusState.SUCCESS),
        (blocked(), StatusState.FAILURE),
        (pending(), StatusState.PENDING),
        (unknown(), StatusState.ERROR),
    ],
)
def test_a_commit_status_says_how_it_stands(told: Verdict, state: StatusState) -> None:
    """What may still change is pending, and what nobody could see is no failure of the commit."""
    assert status_state(told) is state


def test_a_commit_status_is_short_enough_for_github() -> None:
    """Its description has at most 140 characters, whatever the reason is."""
    long = replace(blocked(), reason="smoke: " + "very " * 100)
    assert len(status_line(long)) <= LONGEST_STATUS
    assert status_line(long).startswith("blocked: smoke: very ")
    assert status_line(blocked()) == "blocked: e2e: the end-to-end command answered 200"


def test_the_summary_shows_every_criterion_and_what_is_waived() -> None:
    """As a table that GitHub renders."""
    waived = judge(with_gate(a_matter(), waive=frozenset({Waivable.E2E})))
    text = summary(waived)
    assert text.startswith("### Promote: shop at `0000064`\n\n**shop may go to production at")
    assert "(done without: e2e)" in text
    assert "| e2e | ⚪ waived | waived: no end-to-end test is asked for |" in text
    assert "good until 12:10:00 UTC, configuration `cccccccccccc`." in text
    assert text.count("\n| ") == 9
    assert "([see](https://railway.com/project/p))" in text


def test_the_summary_quotes_the_end_of_a_tests_output() -> None:
    """In a fence that it cannot leave."""
    text = summary(blocked())
    assert text.startswith("### Blocked: shop at `0000064`")
    assert "````text\n```\n</details>\nboom\n````" in text


def test_nothing_that_others_wrote_is_alive_in_the_summary() -> None:
    """The name of a workflow is anybody's text."""
    red = a_suite(CheckConclusion.FAILURE, run=a_run(workflow=NASTY))
    told = judge(with_sight(a_matter(), checks=seen(checks(a_suite(), red))))
    for text in (summary(told), first_line(told), status_line(told)):
        assert "@archon" not in text
        assert "#12" not in text
        assert "\x1b" not in text
    row = next(line for line in summary(told).splitlines() if line.startswith("| main-ci"))
    assert row.count(" | ") == 2
    assert r"\[a](hxxps://" in row
    assert "<img>" not in row.replace(r"\<img", "")
    assert "\n" not in first_line(told)


def test_what_the_first_line_has_no_room_for_is_told_too() -> None:
    """Whoever mends one thing at a time asks again for each of them."""
    told = two_failures()
    assert told.reason.startswith("main-ci: ")
    names = [one.name for one in deciding(told)]
    assert names == [CriterionName.SMOKE]
    assert todo(told, told.criteria[0]) == ""
    assert "\n- smoke: set smoke in \\[projects.gate] for shop: docs" in summary(told)


def test_nothing_is_to_be_done_about_a_commit_that_was_left_behind() -> None:
    """Nor about one that may be promoted."""
    assert deciding(replace(two_failures(), superseded_by=sha(7))) == ()
    assert deciding(promoted()) == ()
    assert "\n- " not in summary(promoted())


def test_what_is_unknown_or_pending_decides_where_nothing_failed() -> None:
    """Its page helps, also where there is nothing to do but to ask again."""
    assert [one.name for one in deciding(pending())] == [CriterionName.MAIN_CI]
    (ci,) = deciding(pending())
    assert todo(pending(), ci) == ""
    assert page(ci).startswith("https://")
    assert deciding(unknown()) == ()


def test_a_link_that_is_none_is_left_out() -> None:
    """And what could end one early is escaped."""
    told = promoted()

    def with_url(url: str) -> str:
        one: Criterion = replace(told.criteria[0], url=url)
        return summary(replace(told, criteria=(one, *told.criteria[1:])))

    assert "javascript" not in with_url("javascript:alert(1)")
    assert "(https://ci.example/a%29%7Cb%28%20c)" in with_url("https://ci.example/a)|b( c")


def test_what_a_criterion_says_is_one_harmless_line() -> None:
    """For the table in a terminal."""
    one = replace(promoted().criteria[0], says=NASTY, at=NOW)
    assert said(one) == plain_of_nasty()


def plain_of_nasty() -> str:
    """Give the nasty text as a terminal may show it."""
    return "x`|**[a](https://evil.example)** <img> (at)archon fix no. 12 next"


def test_verdicts_of_the_examples_are_what_they_are_called() -> None:
    """Else the tests above would show nothing."""
    answers = [one.answer for one in (promoted(), blocked(), pending(), unknown())]
    assert answers == ["promote", "block", "block", "unknown"]
    assert verdict(a_matter()) == promoted()


def test_what_is_said_at_length_is_cut() -> None:
    """To three hundred signs, wherever it is one line of many."""
    long, cut = "x" * 301, "x" * 299 + "…"
    one = replace(blocked().criteria[0], says=long, next=long)

    assert first_line(replace(blocked(), reason=long, next=long)) == f"blocked: {cut}; next: {cut}"
    assert said(one) == cut
    assert todo(blocked(), one) == cut
    assert status_line(replace(blocked(), reason=long)) == f"blocked: {'x' * 130}…"


def test_what_the_first_line_ends_with_is_not_told_again() -> None:
    """Something may have to come before it."""
    one = replace(blocked().criteria[0], next="mend it")

    assert todo(replace(blocked(), next="wait, then mend it"), one) == ""
    assert todo(replace(blocked(), next="mend it, then wait"), one) == "mend it"


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("http://ci.example/1", "http://ci.example/1"),
        ("https://ci.example/X%20?a=b&c=~", "https://ci.example/X%20?a=b&c=~"),
        ("ftp://ci.example/1", ""),
        (None, ""),
    ],
)
def test_a_page_is_shown_as_it_is(url: str | None, shown: str) -> None:
    """What is escaped in it already is not escaped again."""
    assert page(replace(promoted().criteria[0], url=url)) == shown
