"""Drawings, links and our own sentences: what becomes of them, whatever is in them."""

from datetime import timedelta
from xml.etree import ElementTree as ET

import pytest

from builders import a_deployment, a_service, a_view, an_environment
from gallery import NOW, ago
from incident_builders import BAD, deployment, page, run
from pipeline_health.core.model.ids import RepoName
from pipeline_health.core.model.incident import Filing
from pipeline_health.core.watched import deploy_trace
from pipeline_health.page.charts import Bar, Dot, Span, promise_chart, time_line
from pipeline_health.page.links import (
    commit_page,
    compare_page,
    issue_page,
    railway_page,
    rebuilt,
    repo_page,
    trace_page,
)
from pipeline_health.page.prose import Piece, lines_of

SPAN = Span(since=ago(days=30), until=NOW)
MINUTE = timedelta(minutes=1)
SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = "</title><script>alert(1)</script>\"'&"


def dot(minutes: float, days: float = 1, *, says: str = "x") -> Dot:
    """Give a failure that took so many minutes."""
    took = minutes * MINUTE
    return Dot(at=ago(days=days), took=took, late=took > 30 * MINUTE, says=says)


def bar(lane: str, days: float, hours: float | None, *, says: str = "x") -> Bar:
    """Give a stretch that began so many days ago."""
    until = None if hours is None else ago(days=days) + timedelta(hours=hours)
    return Bar(lane=lane, since=ago(days=days), until=until, by="agent", says=says)


def drawn(svg: str) -> ET.Element:
    """Read a drawing as XML, which it must be."""
    return ET.fromstring(svg)  # noqa: S314 - our own


def test_a_chart_can_be_read_out() -> None:
    """It has a title, and says in words what it shows."""
    chart = drawn(promise_chart([dot(4), dot(45)], span=SPAN, sla=30 * MINUTE))

    title, says = chart[0], chart[1]
    assert (chart.attrib["role"], title.tag, says.tag) == ("img", f"{SVG}title", f"{SVG}desc")
    assert chart.attrib["aria-labelledby"] == title.attrib["id"]
    assert chart.attrib["aria-describedby"] == says.attrib["id"]
    assert says.text == (
        "2 failures by the time from the failure to its issue; 1 took longer than 30 min."
    )


def test_what_was_late_is_above_the_promise_and_of_another_shape() -> None:
    """Colour is not needed to see it."""
    chart = drawn(promise_chart([dot(4), dot(45)], span=SPAN, sla=30 * MINUTE))

    line = next(it for it in chart.iter(f"{SVG}line") if it.attrib["class"] == "sla")
    heights = [float(it.attrib["y"]) for it in chart.iter(f"{SVG}svg") if "y" in it.attrib]
    shapes = {it.attrib["d"] for it in chart.iter(f"{SVG}path")}
    assert heights[1] < float(line.attrib["y1"]) < heights[0]
    assert len(shapes) == 2


@pytest.mark.parametrize("minutes", [0, 0.2, 5, 60 * 24 * 30])
def test_whatever_it_took_lies_within_the_chart(minutes: float) -> None:
    """From nothing to a month; also what failed before the chart begins."""
    dots = [dot(minutes), dot(minutes, days=45)]
    chart = drawn(promise_chart(dots, span=SPAN, sla=30 * MINUTE))
    for mark in [it for it in chart.iter(f"{SVG}svg") if "y" in it.attrib]:
        assert 0 <= float(mark.attrib["y"]) <= float(chart.attrib["height"])
        assert 0 <= float(mark.attrib["x"].rstrip("%")) <= 100


def test_the_time_line_has_a_lane_for_each_project_the_newest_first() -> None:
    """What goes on comes before what is over; too many are counted."""
    bars = [bar("old", 20, 3), bar("now", 25, None), bar("new", 2, 3), bar("old", 9, 1)]
    lanes = [
        it.text
        for it in drawn(time_line(bars, span=SPAN)).iter(f"{SVG}text")
        if it.attrib["class"] == "lane"
    ]
    assert lanes == ["now", "new", "old"]

    many = drawn(time_line([bar(f"p{at}", at, 1) for at in range(1, 20)], span=SPAN))
    assert many[1].text == (
        "19 incidents in 19 projects. 7 more projects had some, too: see the table."
    )


def test_bars_and_gaps_stay_within_the_width() -> None:
    """What began before is cut, what has just begun is still seen."""
    bars = [bar("a", 40, 24 * 12), bar("a", 0.001, None)]
    gaps = [(ago(days=40), ago(days=29)), (ago(hours=1), NOW)]
    chart = drawn(time_line(bars, span=SPAN, gaps=gaps))

    rects = [it.attrib for it in chart.iter(f"{SVG}rect")]
    assert len(rects) == 4
    for rect in rects:
        start, width = (float(rect[key].rstrip("%")) for key in ("x", "width"))
        assert 0 <= start < start + width <= 100.001
        assert width > 0
    assert "Nobody looked for 11 d." in [it.text for it in chart.iter(f"{SVG}title")]


def test_no_name_breaks_out_of_a_drawing() -> None:
    """Nor out of an attribute."""
    for svg in (
        promise_chart([dot(4, says=HOSTILE)], span=SPAN, sla=30 * MINUTE),
        time_line([bar(HOSTILE, 1, 1, says=HOSTILE)], span=SPAN),
    ):
        assert "<script" not in svg
        assert HOSTILE in [it.text for it in drawn(svg).iter()]


@pytest.mark.parametrize("kept", [[], [dot(1)]])
def test_a_chart_of_nothing_is_one(kept: list[Dot]) -> None:
    """It says so."""
    assert len(drawn(promise_chart(kept, span=SPAN, sla=30 * MINUTE))) > 2
    assert drawn(time_line([], span=SPAN))[1].text == "0 incidents in 0 projects."


# -- links -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        (repo_page("acme/shop"), "https://github.com/acme/shop"),
        (repo_page("acme/../evil"), None),
        (repo_page("acme/shop?x"), None),
        (commit_page("acme/shop", BAD), f"https://github.com/acme/shop/commit/{BAD}"),
        (commit_page("acme/shop", "main"), None),
        (commit_page("evil", BAD), None),
        (issue_page(Filing(repo=RepoName("acme/shop"), number=7, url="https://evil.example")),
         "https://github.com/acme/shop/issues/7"),
        (issue_page(Filing(repo=RepoName("a b"), number=7, url="https://evil.example")), None),
        (issue_page(None), None),
        (compare_page("acme/shop", BAD, BAD), f"https://github.com/acme/shop/compare/{BAD}...{BAD}"),
        (compare_page("acme/shop", None, BAD), None),
        (railway_page("5f3c-9a"), "https://railway.com/project/5f3c-9a"),
        (railway_page("5f3c/../.."), None),
        (railway_page(None), None),
        (trace_page(run()), "https://github.com/acme/shop/actions/runs/101"),
        (trace_page(deployment()), "https://railway.com/project/p1/service/s1?id=d-1"),
        (trace_page(page()), None),
        (rebuilt(f"https://github.com/acme/shop/commit/{BAD}"),
         f"https://github.com/acme/shop/commit/{BAD}"),
        (rebuilt("https://railway.com/project/p1/service/s1"),
         "https://railway.com/project/p1/service/s1"),
        (rebuilt("https://railway.com/project/p1/service/s1?environmentId=e-1&id=d-1"),
         "https://railway.com/project/p1/service/s1?environmentId=e-1&id=d-1"),
        (rebuilt("https://railway.com/project/p1/service/s1?environmentId=e&id=d&x=1"), None),
        (rebuilt("https://railway.com/project/p1?x=javascript:alert(1)"), None),
        (rebuilt("https://railway.com.evil.example/project/p1"), None),
        (rebuilt("javascript:alert(1)"), None),
        (rebuilt(f"http://github.com/acme/shop/commit/{BAD}"), None),
    ],
)  # fmt: skip
def test_a_link_is_put_together_from_ids_or_there_is_none(
    link: str | None, expected: str | None
) -> None:
    """Whatever URL came with them."""
    assert link == expected


def test_the_page_that_a_finding_names_on_railway_is_one_that_we_know() -> None:
    """As long as both write it alike."""
    deployed = a_deployment()
    service = a_service(deployed)
    trace = deploy_trace(a_view(), an_environment(service), service, deployed)
    assert trace_page(trace) == trace.url


def test_our_own_sentences_become_pieces() -> None:
    """Names stay names, and only a page that we know is linked."""
    text = (
        f"- Workflow `CI` at [`1b1b1b1`](https://github.com/acme/shop/commit/{BAD}), \\*now\\*.\n\n"
        "See [the log](https://evil.example/x)"
    )
    first, second = lines_of(text)
    assert first.item
    assert [(it.text, it.code) for it in first.pieces] == [
        ("Workflow ", False),
        ("CI", True),
        (" at ", False),
        ("1b1b1b1", True),
        (", *now*.", False),
    ]
    assert first.pieces[3].url == f"https://github.com/acme/shop/commit/{BAD}"
    assert second.pieces[1] == Piece(text="the log")
