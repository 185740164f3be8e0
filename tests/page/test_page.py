"""What the pages show: every fact once, nothing alive that somebody else wrote."""

import gzip
import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

import pytest

from exhibition import Exhibition
from gallery import NAMES, NOW, RED, broken, open_incidents, wishes
from gallery_looks import the_look
from json_shape import faults
from ledger_samples import LASTING, a_holder
from pipeline_health.core.as_json import as_line
from pipeline_health.core.board import board_of
from pipeline_health.core.feed import feed_of
from pipeline_health.core.model.board import Wishes
from pipeline_health.core.model.ids import ProjectName
from pipeline_health.core.model.policy import EvidenceMode, Policy
from pipeline_health.ledger import SqlLedger
from pipeline_health.ledger.holder import NOBODY
from pipeline_health.ledger.moment import Records
from pipeline_health.page.app import page_app
from pipeline_health.page.guard import Door
from pipeline_health.page.pulse import Pulse
from pipeline_health.page.reading import Reader
from pipeline_health.page.sheet import MOST_ROWS
from pipeline_health.ports import Ledger
from pipeline_health.secret import Secret
from pipeline_health.telemetry import Redaction
from visitor import Visitor

T = TypeVar("T")
SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "feed.schema.json").read_text())


def test_the_first_page_shows_the_whole_portfolio(exhibition: Exhibition) -> None:
    """Its title says how it is; the worst comes first, and every project is there."""
    page = exhibition.visitor().get("/").page

    assert "3 broken, 1 not seen, 1 undecided · pipeline-health" in page.words
    order = [page.words.index(f"{name} GitHub · Railway") for name in ("film", "dune", "atlas")]
    assert order == sorted(order)
    assert all(f" {name} GitHub" in page.words for name in NAMES)
    for says in (
        "broken 1 d 2 h",
        "not seen 25 min",
        "blocked 3 h Main CI red: CI (shop)",
        "blind: railway",
        "silenced until 2026-03-02 15:05 UTC",
        "1 not watched",
        "RAILWAY_TOKEN rejected: staging cannot deploy (film)",
        "Waits: it follows from shop0214c0ffee",
        "npm cannot fetch packages: 3 projects",
        "Not watched: environment production lumen no token reads it",
        "Orphan: issue 3 of acme/old",
        "Nobody looked",
        "promised: 30 min",
        "Last look 2026-03-02 14:02 UTC: Looked at 14 projects",
    ):
        assert says in page.words, says


def test_every_link_leads_to_a_page_of_ours_or_to_one_that_we_know(
    exhibition: Exhibition,
) -> None:
    """Relative ones work wherever the page is put; no link was written by somebody else."""
    visitor = exhibition.visitor()
    first = visitor.get("/").page
    inner = [link for link in first.links if link.startswith("incidents/")]
    assert len(inner) > len(set(inner)) > 10

    for link in set(first.links):
        known = link.startswith(("#", "https://github.com/acme/", "https://railway.com/project/"))
        if not known:
            assert visitor.get(f"/{link}").status == 200, link
    ids = {it["id"] for _, it in first.elements if "id" in it}
    assert {link[1:] for link in first.links if link.startswith("#")} <= ids


def test_one_incident_shows_its_evidence_and_every_decision(exhibition: Exhibition) -> None:
    """With the links to see for oneself."""
    page = exhibition.visitor().get("/incidents/shop0214c0ffee").page

    for says in (
        "Main CI red: CI (shop)",
        "Attempts 1 by the agent that did not work",
        "Output of what failed, written by strangers.",
        "Failed in test / Run pytest.",
        "E AssertionError: assert 34 == 7",
        "1 failed, 211 passed in 9.81s",
        "Workflow CI succeeds on the watched branch at a commit that contains 1b1b1b1.",
        "2026-03-02 11:09 UTC OpenIssue: Workflow CI failed at 1b1b1b1.",
        "CommentIssue: A fix did not work: attempt 1.",
    ):
        assert says in page.words, says
    assert "https://github.com/acme/shop/issues/214" in page.links
    assert f"https://github.com/acme/shop/commit/{'1b' * 20}" in page.links
    assert "https://github.com/acme/shop/actions/runs/101" in page.links


def test_what_follows_from_another_leads_to_it(exhibition: Exhibition, tmp_path: Path) -> None:
    """Where that one has a page."""
    visitor = exhibition.visitor()
    first, inner = (visitor.get(path).text for path in ("/", "/incidents/reli0000c0ffee"))
    link = 'it follows from <a href="{}incidents/shop0214c0ffee">shop0214c0ffee</a>'
    assert f"Waits: {link.format('')}" in first
    assert f"waits: {link.format('../')}" in inner

    with SqlLedger.open(tmp_path / "alone.db", holder=a_holder()) as ledger:
        with ledger.lease(now=NOW, lasting=LASTING) as lease:
            ledger.save([open_incidents()[2]], lease=lease)
        ledger.record(the_look())
    page = Exhibition(tmp_path / "alone.db").visitor().get("/").page
    assert "Waits: it follows from shop0214c0ffee" in page.words
    assert "incidents/shop0214c0ffee" not in page.links


def test_a_table_that_leaves_something_out_says_so(tmp_path: Path) -> None:
    """Nobody is to look in vain for the oldest; nor is what was not counted none."""
    failed = [NOW - timedelta(hours=2 + at) for at in range(MOST_ROWS + 1)]
    past = [
        broken("shop", RED, failed=at, filed=number, over=at + timedelta(hours=1))
        for number, at in enumerate(failed, 1)
    ]
    with SqlLedger.open(tmp_path / "ledger.db", holder=a_holder()) as ledger:
        with ledger.lease(now=NOW, lasting=LASTING) as lease:
            ledger.save([replace(past[0], count=0), *past[1:]], lease=lease)
        ledger.record(the_look())
    visitor = Exhibition(tmp_path / "ledger.db").visitor()
    words = visitor.get("/").page.words
    assert words.count(f"The same as a table: the newest 200 of {MOST_ROWS + 1}") == 2
    page = visitor.get(f"/incidents/{past[0].fingerprint}").page
    assert "Failures not counted, the newest" in page.words


def test_a_story_of_many_projects_has_its_page(exhibition: Exhibition) -> None:
    """And lists them; what is no incident of its own any more is no link."""
    page = exhibition.visitor().get("/incidents/npm00c0ffee").page

    assert "platform: The log says so: npm cannot fetch packages." in page.words
    assert "grove Main CI red: CI (grove) goes on" in page.words
    assert "iris Main CI red: CI (iris) over" in page.words
    assert not [link for link in page.links if link.startswith("../incidents/")]


@pytest.mark.parametrize(
    ("named", "status", "says"),
    [
        ("shop0214c0ffee", 200, "Main CI red"),
        ("shop0214", 200, "Main CI red"),
        ("shop", 404, "shop names several incidents"),
        ("sho", 404, "No incident sho"),
        ("<script>", 404, "No incident &lt;script&gt;"),
    ],
)
def test_an_incident_is_found_by_the_start_of_its_fingerprint(
    exhibition: Exhibition, named: str, status: int, says: str
) -> None:
    """As `why` finds it; what names none or several says so."""
    answer = exhibition.visitor().get(f"/incidents/{named}")
    assert answer.status == status
    assert says in answer.text


def test_an_incident_and_its_decisions_are_those_of_one_moment(
    exhibition: Exhibition, tmp_path: Path
) -> None:
    """What the ledger shows while it changes is neither shown nor remembered."""
    whole, reads = Records(exhibition.ledger), []

    class Changing:
        """A ledger that is caught half written on the first try of its first read."""

        def at_one_moment(self, look: Callable[[Ledger], T]) -> T:
            reads.append(look)
            if len(reads) == 1:
                with SqlLedger.open(tmp_path / "half.db", holder=NOBODY) as half:
                    look(half)
            return whole.at_one_moment(look)

        def stamp(self) -> object:
            return "as at the second try"

    reader = Reader(
        records=Changing(),
        wishes=lambda: exhibition.wishes,
        redact=lambda: exhibition.redact,
        now=lambda: NOW,
    )
    pulse = Pulse(monotonic=lambda: 0.0, every=lambda: timedelta(minutes=5))
    door = Door(password=lambda: None, loopback=True, monotonic=lambda: 0.0)
    visitor = Visitor(page_app(reader, pulse, door))
    assert "CommentIssue: A fix did not" in visitor.get("/incidents/shop0214c0ffee").page.words
    assert len(reads) == 1
    assert visitor.get("/incidents/none").status == 404
    assert len(reads) == 2


@pytest.mark.parametrize("path", ["/nowhere", "/incidents/a/b", "/deep/er/still", "/not%2fdeep"])
def test_a_path_that_is_none_says_so_in_our_own_page(empty: Exhibition, path: str) -> None:
    """Its way home and its style are found from however deep it is."""
    answer = empty.visitor().get(path)
    root = "../" * (path.count("/") - 1)
    assert answer.status == 404
    assert f'href="{root}style.css"' in answer.text
    assert f'<a href="{root or "."}">pipeline-health</a>' in answer.text


def test_a_long_page_is_short_on_the_road(exhibition: Exhibition) -> None:
    """A connection has seconds, and a portfolio may be large."""
    visitor = exhibition.visitor()
    packed = visitor.get("/", headers={"Accept-Encoding": "gzip, br"})
    assert gzip.decompress(packed.body) == visitor.get("/").body
    assert len(packed.body) < len(visitor.get("/").body) / 5
    assert packed.headers["content-length"] == str(len(packed.body))


def test_no_path_makes_a_long_answer(empty: Exhibition) -> None:
    """However many steps somebody writes into it."""
    assert len(empty.visitor().get("/" * 60_000).body) < 3_000


def test_before_the_first_look_it_says_that_this_is_no_health(empty: Exhibition) -> None:
    """An empty list says nothing."""
    page = empty.visitor().get("/").page
    assert "Nobody looked yet · pipeline-health" in page.words
    assert "None, and nobody looked yet: that is no health." in page.words
    assert "None was looked at yet." in page.words
    assert "Nobody looked yet. Run: pipeline-health run-once" in page.words
    assert empty.visitor().get("/metrics").text.count("last_cycle") == 0


def test_what_is_old_says_so(exhibition: Exhibition) -> None:
    """Before anything else."""
    fast = replace(wishes().policy, poll_interval=wishes().policy.sla / 60)
    exhibition.wishes = Wishes(policy=fast, unread="no such file")
    page = exhibition.visitor().get("/").page
    assert "Nobody looked for 3 min · pipeline-health" in page.words
    assert "What stands here is old" in page.words
    assert "not looked at for 3 min" in page.words
    assert "The configuration was not read, so the defaults count: no such file" in page.words


def test_what_one_look_did_not_reach_is_not_called_healthy(exhibition: Exhibition) -> None:
    """A project that is configured and was never looked at, wherever states are counted."""
    wanted = wishes().policy
    new = replace(wanted.projects[0], name=ProjectName("novel"))
    exhibition.wishes = Wishes(policy=replace(wanted, projects=(*wanted.projects, new)))
    visitor = exhibition.visitor()
    page = visitor.get("/").page
    assert "3 broken, 2 not seen, 1 undecided · pipeline-health" in page.words
    assert "Not looked at yet: novel." in page.words
    assert 'projects{state="not_seen"} 2.0' in visitor.get("/metrics").text


def test_a_look_that_came_to_no_end_is_told(tmp_path: Path) -> None:
    """Also when it is the only one: that nobody looked would be another story."""
    with SqlLedger.open(tmp_path / "ledger.db", holder=a_holder()) as ledger:
        ledger.record(replace(the_look(), projects=(), failed="disk", sentence="It failed: disk."))
    visitor = Exhibition(tmp_path / "ledger.db").visitor()
    words = visitor.get("/").page.words
    assert "None of the newest looks was finished · pipeline-health" in words
    assert "The newest look, 2026-03-02 14:02 UTC: It failed: disk." in words
    assert "Nobody looked yet" not in words


def test_the_feed_is_what_the_command_prints(exhibition: Exhibition) -> None:
    """Byte by byte, in the shape of its schema."""
    answer = exhibition.visitor().get("/feed.json")
    view = exhibition.reader.view()
    board = board_of(view.board.facts, exhibition.wishes, now=view.board.now)

    assert answer.headers["content-type"] == "application/json"
    assert answer.text == as_line(feed_of(board, redact=Redaction())) + "\n"
    assert list(faults(json.loads(answer.text), SCHEMA)) == []


def test_the_figures_have_names_and_units_that_prometheus_expects(
    exhibition: Exhibition,
) -> None:
    """And are those of the page."""
    text = exhibition.visitor().get("/metrics").text
    figures = dict(re.findall(r"^pipeline_health_(\S+) (\S+)$", text, re.MULTILINE))

    for name, value in {
        "last_cycle_timestamp_seconds": "1.77246012e+09",
        "last_cycle_duration_seconds": "60.0",
        'last_cycle_requests{provider="github"}': "9.0",
        'last_cycle_requests{provider="railway"}': "3.0",
        'last_cycle_points{provider="github"}': "9.0",
        'points_remaining{provider="github"}': "4873.0",
        'projects{state="broken"}': "3.0",
        'projects{state="healthy"}': "9.0",
        'open_incidents{owner="agent"}': "2.0",
        'open_incidents{owner="human"}': "1.0",
        'blind_sources{source="railway"}': "1.0",
        'blind_sources{source="github"}': "0.0",
        "issues_filed_30d": "13.0",
        "sla_seconds": "1800.0",
        "sla_breaches_30d": "1.0",
        'time_to_issue_seconds_bucket{le="+Inf"}': "13.0",
        'time_to_issue_seconds_bucket{le="1800.0"}': "12.0",
        "time_to_issue_seconds_gcount": "13.0",
    }.items():
        assert (name, figures.get(name)) == (name, value)
    assert 'points{provider="railway"}' not in text


@pytest.mark.parametrize(("passed", "status", "says"), [(900, 200, "ok"), (901, 503, "late")])
def test_health_is_a_cycle_that_finished_within_three_intervals(
    exhibition: Exhibition, passed: int, status: int, says: str
) -> None:
    """By the clock that nobody sets; also before the first one."""
    visitor = exhibition.visitor()
    exhibition.seconds += passed
    answer = visitor.get("/healthz")
    assert (answer.status, answer.text) == (status, f"{says}\n")


def test_a_ledger_that_cannot_be_read_is_told_without_its_path(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The log says why; health is not about it."""
    ledger = tmp_path / "ledger.db"
    ledger.write_text("no ledger")
    visitor = Exhibition(ledger).visitor()
    for path in ("/", "/feed.json", "/metrics", "/incidents/x", "/nowhere"):
        answer = visitor.get(path)
        assert (answer.status, str(tmp_path) in answer.text) == (503, False)
        assert str(ledger) in capsys.readouterr().out
    assert visitor.get("/healthz").status == 200


def test_a_defect_is_told_in_the_log_and_is_not_the_last_answer(
    empty: Exhibition, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nobody outside sees more than that there was one."""

    def broken(text: str) -> str:
        raise ZeroDivisionError(text)

    empty.redact = broken
    visitor = empty.visitor()
    answer = visitor.get("/")
    assert (answer.status, answer.text) == (500, "Internal Server Error")
    assert "ZeroDivisionError" in capsys.readouterr().out
    empty.redact = Redaction()
    assert visitor.get("/").status == 200


def test_evidence_is_shown_as_far_as_the_feed_shows_it(exhibition: Exhibition) -> None:
    """What the operator wants kept to a link is kept to it here."""
    for mode, shown in ((EvidenceMode.FIRST_ERROR, True), (EvidenceMode.LINK, False)):
        projects = tuple(replace(it, evidence=mode) for it in wishes().policy.projects)
        exhibition.wishes = Wishes(policy=Policy(projects=projects))
        text = exhibition.visitor().get("/incidents/shop0214c0ffee").page.words
        assert ("assert 34 == 7" in text, "211 passed" in text) == (shown, False)


def test_everything_passes_the_one_redaction(exhibition: Exhibition) -> None:
    """Also what is drawn, and what a machine reads."""
    words = ("assert 34", "RAILWAY_TOKEN rejected", "acme/shop", "npm cannot", "database")
    exhibition.redact = Redaction([Secret(word) for word in words])
    visitor = exhibition.visitor()
    for path in ("/", "/feed.json", "/metrics", "/incidents/shop0214c0ffee"):
        text = visitor.get(path).text
        assert [word for word in words if word in text] == [], path
    assert "***" in visitor.get("/").text
