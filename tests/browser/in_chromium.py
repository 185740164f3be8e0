"""The page in a real browser: as people see it, with and without JavaScript, large and small.

`make test-page` runs it; its name keeps it out of `make test`, which has no browser.
"""

import itertools
import json
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Error, expect

from gallery import NOW, wishes
from gallery_looks import the_look
from ledger_samples import a_holder
from page_pictures import pictures
from pipeline_health.core.model.board import Wishes
from pipeline_health.core.model.report import CycleReport
from pipeline_health.ledger import SqlLedger
from pipeline_health.secret import Secret
from theatre import Screen, Theatre

pytest_plugins = "chromium"

HERE = Path(__file__).parent
CONTRAST = (HERE / "contrast.js").read_text()
INCIDENT = "/incidents/shop0214c0ffee"
PAGES = ("/", INCIDENT, "/incidents/npm00c0ffee", "/incidents/none")
OPENED = "document.querySelectorAll('details').forEach((it) => (it.open = true))"
WIDEST = "document.documentElement.scrollWidth"


@pytest.mark.parametrize("path", PAGES)
def test_it_is_all_there_without_javascript(theatre: Theatre, path: str) -> None:
    """A page is a page; what it loads is ours, and no rule of its own policy is broken."""
    with theatre.screen(scripts=False) as screen:
        screen.goto(path)
        expect(
            screen.page.locator("main h2").first
            if path != "/incidents/none"
            else screen.page.locator("h1")
        ).to_be_visible()
        expect(screen.page.locator("#freshness")).to_be_empty()
        asked = {url.removeprefix(theatre.url) for url in screen.asked}
        assert asked - {"/broken.svg", "/unsure.svg"} == {path, "/style.css"}


def test_a_closed_table_opens_without_javascript(theatre: Theatre) -> None:
    """By the keyboard, too."""
    with theatre.screen(scripts=False) as screen:
        screen.goto()
        row = screen.page.locator("#line ~ details table tbody tr").first
        expect(row).to_be_hidden()
        screen.page.locator("#line ~ details summary").focus()
        screen.page.keyboard.press("Enter")
        expect(row).to_be_visible()


def well_again() -> CycleReport:
    """Give a look that saw nothing broken."""
    lines = the_look().projects
    well = tuple(replace(it, findings=(), blind=(), unsettled=()) for it in lines)
    return replace(the_look(), cycle="later", started_at=NOW, finished_at=NOW, projects=well)


def test_it_refreshes_itself_in_its_place(theatre: Theatre) -> None:
    """What is open stays open, what has the focus keeps it, and the title says what is new."""
    with theatre.screen(prepared=lambda context: context.clock.install()) as screen:
        screen.goto()
        screen.page.locator("#line ~ details summary").click()
        screen.page.get_by_role("link", name="Prod deploy lagging main (reli)").first.focus()
        with SqlLedger.open(theatre.exhibition.ledger, holder=a_holder()) as ledger:
            ledger.record(well_again())
        screen.page.clock.fast_forward(30_000)
        expect(screen.page).to_have_title("All well: 14 projects · pipeline-health")
        expect(screen.page.locator("h1")).to_have_text("All well: 14 projects")
        expect(screen.page.locator("#line ~ details")).to_have_attribute("open", "")
        expect(screen.page.locator(":focus")).to_have_text("Prod deploy lagging main (reli)")
        assert screen.evaluate("document.querySelector('link[rel=icon]').href.endsWith('well.svg')")


def test_when_nobody_answers_it_says_that_it_is_old(theatre: Theatre) -> None:
    """And goes on when somebody does again."""
    with theatre.screen(prepared=lambda context: context.clock.install()) as screen:
        screen.goto()
        expect(screen.page.locator("#freshness")).to_have_text("It refreshes itself.")
        screen.page.route("**/*", lambda route: route.abort())
        screen.page.clock.fast_forward(30_000)
        seen_as_old(screen)
        screen.complaints.clear()  # the browser's own, of the answer that did not come
        screen.page.unroute("**/*")
        screen.page.clock.fast_forward(30_000)
        expect(screen.page.locator("#freshness")).to_have_text("It refreshes itself.")
        expect(screen.page.locator("#old")).to_be_hidden()
        expect(screen.page).to_have_title(re.compile("^3 broken, 1 not seen"))


def seen_as_old(screen: Screen) -> None:
    """See that no glance at the page, its tab or its icon takes it for how things are."""
    old = "This is old: pipeline-health does not answer."
    expect(screen.page.locator("#freshness")).to_have_text(old)
    expect(screen.page.locator("#old")).to_be_visible()
    expect(screen.page.locator("#old")).to_be_in_viewport()
    expect(screen.page).to_have_title("No answer · pipeline-health")
    assert screen.evaluate("document.querySelector('link[rel=icon]').href.endsWith('/unsure.svg')")


def test_who_never_answers_does_not_answer_either(theatre: Theatre) -> None:
    """A connection that was cut without a word is no sign that all is as it was."""
    with theatre.screen(prepared=lambda context: context.clock.install()) as screen:
        screen.goto()
        with screen.page.expect_request("**/*"):
            screen.page.route("**/*", lambda _: None)
            screen.page.clock.fast_forward(30_000)
        screen.page.clock.fast_forward(20_000)
        seen_as_old(screen)
        screen.page.unroute("**/*")
        screen.page.clock.fast_forward(30_000)
        expect(screen.page.locator("#freshness")).to_have_text("It refreshes itself.")


def test_a_password_is_asked_for_by_the_browser(theatre: Theatre) -> None:
    """And the page refreshes with it as without."""
    theatre.exhibition.password = Secret("planted pass word")
    with theatre.screen() as screen:
        with pytest.raises(Error, match="ERR_INVALID_AUTH_CREDENTIALS"):
            screen.goto()
        screen.complaints.clear()
        screen.asked.clear()
    with theatre.screen(password="planted pass word") as screen:
        screen.goto()
        expect(screen.page.locator("h1")).to_contain_text("3 broken")


@pytest.mark.parametrize("said", ["me:planted%20pass%20word@", ""])
def test_it_refreshes_wherever_it_was_opened(theatre: Theatre, said: str) -> None:
    """Also by an address with the password in it, or at a path that could be another host's."""
    path = "/" if said else "//evil.example/"
    theatre.exhibition.password = Secret("planted pass word") if said else None
    with theatre.screen(prepared=lambda context: context.clock.install()) as screen:
        screen.page.goto(theatre.url.replace("://", f"://{said}") + path)
        with screen.page.expect_response(lambda it: it.request.resource_type == "fetch") as answer:
            screen.page.clock.fast_forward(30_000)
        assert answer.value.status == (200 if said else 404)
        expect(screen.page.locator("#freshness")).to_have_text("It refreshes itself.")
        expect(screen.page.locator("#old")).to_be_hidden()
        screen.complaints.clear()  # the browser's own, of the answer 404
        screen.asked = [url.replace(f"://{said}", "://") for url in screen.asked]


def test_the_keyboard_goes_from_top_to_bottom_and_is_seen(theatre: Theatre) -> None:
    """The first stop leads past everything; each one has an outline, and comes after the last."""
    with theatre.screen() as screen:
        screen.goto()
        screen.page.keyboard.press("Tab")
        skip = screen.page.locator(".skip")
        expect(skip).to_be_focused()
        expect(skip).to_be_in_viewport()
        stops = []
        for _ in range(200):
            here = json.loads(
                str(
                    screen.evaluate(
                        """() => {
                          const at = document.activeElement, style = getComputedStyle(at);
                          const box = at.getBoundingClientRect();
                          return JSON.stringify({
                            tag: at.tagName, top: box.top + scrollY, height: box.height,
                            outline: style.outlineStyle, width: parseFloat(style.outlineWidth),
                          });
                        }"""
                    )
                )
            )
            if here["tag"] == "BODY":
                break
            stops.append(here)
            screen.page.keyboard.press("Tab")
        assert len(stops) > 40
        assert all(it["outline"] == "solid" and it["width"] >= 2 for it in stops)
        assert all(it["height"] >= 17 for it in stops)
        tops = [it["top"] for it in stops[1:]]
        rises = [(a, b) for a, b in itertools.pairwise(tops) if b < a - 60]
        assert rises == []


def test_the_way_past_the_head_leads_to_the_content(theatre: Theatre) -> None:
    """For whoever hears the page."""
    with theatre.screen() as screen:
        screen.goto()
        screen.page.keyboard.press("Tab")
        screen.page.keyboard.press("Enter")
        expect(screen.page.locator("main")).to_be_focused()


@pytest.mark.parametrize("path", PAGES)
def test_nothing_is_wider_than_the_screen(theatre: Theatre, path: str) -> None:
    """On a phone, and where the layout changes; with everything opened."""
    with theatre.screen(width=320, height=780) as screen:
        screen.goto(path)
        screen.evaluate(OPENED)
        for width in (320, 360, 863, 865, 1180):
            screen.page.set_viewport_size({"width": width, "height": 780})
            assert (width, screen.evaluate(WIDEST)) == (width, width)


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_stands_out(theatre: Theatre, path: str, scheme: str) -> None:
    """At least 4.5 to 1, computed as WCAG does, in both schemes."""
    with theatre.screen(scheme=scheme) as screen:
        screen.goto(path)
        screen.evaluate(OPENED)
        for width in (360, 1180):
            screen.page.set_viewport_size({"width": width, "height": 780})
            found = screen.evaluate(CONTRAST)
            assert isinstance(found, dict)
            assert found["low"] == []
            assert found["seen"] > (20 if path != "/incidents/none" else 5)


def test_what_is_old_stands_out_too(theatre: Theatre) -> None:
    """The notices have a ground of their own."""
    policy = replace(wishes().policy, poll_interval=timedelta(minutes=5) / 9)
    theatre.exhibition.wishes = Wishes(policy=policy, unread="no such file")
    for scheme in ("light", "dark"):
        with theatre.screen(scheme=scheme) as screen:
            screen.goto()
            assert screen.page.locator(".notice:visible").count() == 2
            screen.evaluate("document.getElementById('old').hidden = false")
            found = screen.evaluate(CONTRAST)
            assert isinstance(found, dict)
            assert found["low"] == []


@pytest.mark.parametrize("path", PAGES)
def test_the_page_has_its_landmarks_and_its_headings_in_order(theatre: Theatre, path: str) -> None:
    """One h1, no level left out; every table has its columns named, every drawing its words."""
    with theatre.screen() as screen:
        screen.goto(path)
        assert screen.evaluate("document.documentElement.lang") == "en"
        for landmark in ("banner", "main", "contentinfo"):
            expect(screen.page.get_by_role(landmark)).to_have_count(1)
        levels = screen.evaluate(
            "[...document.querySelectorAll('h1,h2,h3,h4')].map((it) => Number(it.tagName[1]))"
        )
        assert isinstance(levels, list)
        assert levels[0] == 1
        assert levels.count(1) == 1
        assert all(b - a <= 1 for a, b in itertools.pairwise(levels))
        scopes = "[...document.querySelectorAll('th')].every((it) => it.scope)"
        assert screen.evaluate(scopes)
        ids = "[...document.querySelectorAll('[id]')].map((it) => it.id)"
        found = screen.evaluate(ids)
        assert isinstance(found, list)
        assert len(found) == len(set(found))
        for chart in screen.page.locator("svg.chart").all():
            expect(chart).to_have_accessible_name(re.compile("."))


@pytest.mark.parametrize("width", [360, 1180])
def test_a_table_stays_one_for_whoever_hears_it(theatre: Theatre, width: int) -> None:
    """Also where each of its rows is drawn as a card."""
    with theatre.screen(width=width) as screen:
        screen.goto()
        table = screen.page.get_by_role("table").nth(1)
        expect(table.get_by_role("row")).to_have_count(15)
        expect(table.get_by_role("columnheader")).to_have_count(5)
        expect(table.get_by_role("rowheader")).to_have_count(14)
        expect(table.get_by_role("cell")).to_have_count(14 * 4)


def test_its_pictures_are_small(browser: Browser, ledger: Path) -> None:
    """Those of docs/page.md can be taken, and nobody loads them for long."""
    taken = dict(pictures(browser, ledger))
    assert sorted(taken) == ["page-dark.png", "page-light.png", "page-phone.png"]
    assert all(10_000 < len(picture) < 150_000 for picture in taken.values())


def test_it_holds_still_for_whoever_asks_for_that(theatre: Theatre) -> None:
    """Nothing moves by itself in any case."""
    with theatre.screen() as screen:
        screen.goto()
        assert (
            screen.evaluate("getComputedStyle(document.documentElement).scrollBehavior") == "auto"
        )
        assert screen.evaluate("document.getAnimations().length") == 0
