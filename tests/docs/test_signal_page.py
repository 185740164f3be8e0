"""docs/signal.md and its plot state what the recordings give, and are found out otherwise."""

import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path

import pytest

import signal_ours
from signal_page import wrongs
from signal_records import Cause, Extent, Filed
from signal_tables import (
    BEGIN,
    CRON,
    END,
    Compared,
    filed_then,
    is_about_ours,
    labels,
    rewritten,
    tables,
    written,
)

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "signal.md").read_text()
PLOT = unescape((DOCS / "signal.svg").read_text())
EMPTY = f"before\n{BEGIN}\n{END}\n| stale (shop #1) | false | 1 | 0 |\nafter\n"
START = datetime(2026, 4, 27, 15, 7, tzinfo=UTC)
FILED = START.replace(hour=16)
CAUSE = Cause(id="R1", label="a token", owner="human", began_at=START)
ISSUE = Filed(
    repo="acme/shop",
    number=1,
    cause="R1",
    fixer="human",
    given_to="human",
    failed_at=START,
    filed_after=FILED,
    filed_by=FILED,
)
BRANCH = Filed(repo="acme/shop", number=8, cause="R1", fixer="human", filed_by=FILED)
OTHER = Filed(repo="acme/film", number=1)
LATER = Filed(repo="acme/shop", number=9, cause="R1", fixer="human")


def compared(*ours: Filed, replayed: bool = False) -> Compared:
    """Give two issues of the cron in one recording, and *ours* where it was *replayed*."""
    return Compared(
        cron={"storm.json": [LATER, BRANCH], "cases.json": [BRANCH, OTHER]},
        ours={"storm.json": ours} if replayed else {},
        storm="storm.json",
        causes=[CAUSE],
        extent=Extent(pushes=5, answers=4, failing_runs=3, without_check=2),
        cases={"stale": 1},
    )


def test_a_page_holds_what_was_written_into_it() -> None:
    """And around the markers everything stays as it is."""
    page = rewritten(EMPTY, tables(compared()))

    assert written(page) == tables(compared())
    assert "5 pushes, 4 of them the agent's investigations" in page
    assert "3 failing runs;\nof 2 issues it does not say" in page
    assert rewritten(page, "") == EMPTY
    assert not list(wrongs(page, "".join(labels(compared())), compared()))


def test_a_figure_that_is_not_true_is_named() -> None:
    """In the tables, in the plot, or beside a single case."""
    page = rewritten(EMPTY, tables(compared())).replace("| 2 | 1 | 1 |", "| 2 | 2 | 0 |")
    page = page.replace("| false | 1 |", "| false | 2 |")

    found = "\n".join(wrongs(page, "bash cron: 3 issues", compared()))

    assert "the page lacks: | `storm` | bash cron | 2 | 1 | 1 |" in found
    assert "the page states: | `storm` | bash cron | 2 | 2 | 0 |" in found
    assert "{'stale': 2}, and not {'stale': 1}" in found
    assert "the plot lacks: bash cron: 2 issues for 1 root cause" in found


def test_a_page_without_markers_is_not_written() -> None:
    """Where else would the figures go."""
    with pytest.raises(ValueError, match="needs the lines"):
        rewritten(f"before\n{BEGIN}\nafter", "")


def test_our_figures_stand_beside_the_crons_where_it_was_replayed() -> None:
    """What cannot be replayed has none, and a sum is of the same recordings for both."""
    without = rewritten(EMPTY, tables(compared()))
    with_ours = rewritten(EMPTY, tables(compared(ISSUE, replayed=True)))

    assert (False, True) == (is_about_ours(without), is_about_ours(with_ours))
    counts = written(with_ours).split("\n\n")[1]
    rows = re.findall(r"^\| (.*?) ?\| (\S+ ?\S*) \| (\d+) \|", counts, re.MULTILINE)
    assert [
        ("`storm`", CRON, "2"),
        ("", "pipeline-health", "1"),
        ("`cases`", CRON, "2"),
        ("those that are replayed, together", CRON, "2"),
        ("", "pipeline-health", "1"),
        ("all, each issue once", CRON, "3"),
    ] == rows


def test_a_cause_is_told_with_its_first_issue() -> None:
    """Exactly or bounded, and of which failure; nothing filed has no time."""
    cause = "| R1: a token | human | 04-27 15:07 | 2 issues, by 04-27 16:07 |"
    vague = replace(ISSUE, a_bound=True)

    for issues, said in (
        ([ISSUE], "1 issue, 04-27 16:07, of a failure at 04-27 15:07"),
        ([vague], "1 issue, 04-27 16:07, of a failure by 04-27 15:07"),
        ([LATER], "1 issue"),
        ([], "0 issues"),
    ):
        assert f"{cause} {said} |" in tables(compared(*issues, replayed=True))


def test_the_committed_plot_has_the_figures_of_the_committed_page() -> None:
    """In words, so that nobody has to measure a line."""
    columns = re.findall(
        r"\| ([a-z-]+ ?[a-z]*) \| (\d+) \| (\d+) \|", written(PAGE).partition("`http_000")[0]
    )

    assert columns
    for who, issues, causes in columns:
        assert f"{who}: {issues} issue" in PLOT
        assert f" for {causes} root cause" in PLOT


def test_the_committed_plot_is_the_same_wherever_it_was_drawn() -> None:
    """It has no time, no path and no program in it, and draws its own ground."""
    assert not re.search(r"dc:date|dc:creator|/home/|/work/|/tmp/|[A-Z]:\\", PLOT)
    assert "fill: #ffffff" in PLOT


def test_the_page_says_of_every_single_case_how_many_were_filed() -> None:
    """CI holds the numbers against the recording."""
    assert len(filed_then(PAGE)) == 9


PRINTED = {
    "repo": "acme/shop",
    "number": 1,
    "cause": "R1",
    "groundless": False,
    "owner": "human",
    "left_with": "agent",
    "opened_at": "2026-04-27T16:07:00Z",
    "took_seconds": 3600,
    "bound": "exact",
}


def test_what_a_replay_prints_is_read(tmp_path: Path) -> None:
    """An issue was its first owner's, and its cause's owner could have mended it."""
    for name in signal_ours.REPLAYED:
        (tmp_path / name).write_text(json.dumps({"causes": [], "issues": []}))
    first = signal_ours.REPLAYED[0]
    told = {"causes": [{"id": "R1", "owner": "human"}], "issues": [PRINTED]}
    (tmp_path / first).write_text(json.dumps(told))

    filed = signal_ours.filed(tmp_path / "nowhere", tmp_path)

    assert filed == {**dict.fromkeys(signal_ours.REPLAYED, ()), first: (ISSUE,)}


@pytest.mark.parametrize(
    ("facts", "false", "fixer", "least", "most"),
    [
        ({"bound": "at least"}, False, "human", 1, None),
        ({"took_seconds": None}, False, "human", None, None),
        ({"cause": "R4"}, True, "nobody", 1, 1),
        ({"cause": None}, False, None, 1, 1),
        ({"cause": None, "groundless": True}, True, "nobody", 1, 1),
    ],
)
def test_what_a_replay_does_not_know_is_not_known_here(
    facts: dict[str, object],
    false: bool,  # noqa: FBT001 - a column of the table
    fixer: str | None,
    least: int | None,
    most: int | None,
) -> None:
    """A bound stays one, and what is about no recorded failure is a false alarm."""
    causes = [{"id": "R1", "owner": "human"}, {"id": "R4", "owner": None}]

    (issue,) = signal_ours.read({"causes": causes, "issues": [{**PRINTED, **facts}]})

    hours = [None if one is None else timedelta(hours=one) for one in (least, most)]
    assert (false, fixer) == (issue.false, issue.fixer)
    assert hours == [issue.wait and issue.wait.least, issue.wait and issue.wait.most]


def test_a_bound_that_nobody_foresaw_stops_the_count() -> None:
    """It is not taken for an exact time."""
    with pytest.raises(KeyError, match="at most"):
        signal_ours.read({"causes": [], "issues": [{**PRINTED, "bound": "at most"}]})
