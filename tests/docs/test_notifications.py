"""The examples of docs/notifications.md are what the code says, and its table has every kind."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from concern_builders import NOW, filed, over, parent, scene, unfiled
from incident_builders import MINUTE, REPO, UNKNOWN
from pipeline_health.agent import delivering
from pipeline_health.core.concerns import Scene
from pipeline_health.core.model.findings import Kind
from pipeline_health.core.model.ids import ProjectName
from pipeline_health.core.model.incident import Incident, Owner
from pipeline_health.core.model.notice import Notice, NoticeKind, Told
from pipeline_health.core.news import AT_ONCE, news_of
from pipeline_health.core.notice_text import drill, monday
from pipeline_health.core.week import Week

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "notifications.md").read_text()
RED = "Main CI red: CI (shop)"
DAY = timedelta(days=1)


def told(*scenes: Scene, begun: bool = True) -> Notice:
    """Give what the last of *scenes* tells."""
    known = Told(noted_at=NOW) if begun else None
    notices: tuple[Notice, ...] = ()
    for given in scenes:
        news = news_of(known, given, remind=DAY, slack=MINUTE)
        known, notices = news.told, news.notices
    (notice,) = notices
    return notice


def of_agent(after: int = 5) -> Incident:
    """Give an incident that is the agent's."""
    return replace(filed(Owner.AGENT, after=after, title=RED), cause=UNKNOWN)


def examples() -> Iterator[Notice]:
    """Give the notices that the page shows."""
    mine = filed(title=RED)
    rejected = "RAILWAY_TOKEN rejected: staging cannot deploy (shop)"
    blind = replace(
        unfiled(title="Cannot see Railway (shop)"),
        kind=Kind.SOURCE_BLIND,
        cause=replace(UNKNOWN, owner=Owner.HUMAN, why="Railway gave no whole answer."),
    )
    shut = {REPO: "issues are disabled in acme/shop, so none can be filed there"}
    film = "Main CI red: CI (film)"
    names = ("bank", "film", "shop")
    everywhere = [replace(unfiled(name=each), project=ProjectName(each)) for each in names]
    yield told(scene(filed(title=rejected)))
    yield told(replace(scene(), parents=[parent(*everywhere)]))
    yield told(scene(replace(mine, escalated="3 fixes by the agent did not work.")))
    yield told(scene(mine), scene(of_agent()))
    yield told(scene(of_agent(after=43)))
    yield told(replace(scene(blind), shut=shut))
    yield told(replace(scene(), refused="GITHUB_TOKEN"))
    yield told(replace(scene(), crowded=(RED, film)))
    yield told(scene(mine), scene(over(mine)))
    yield told(scene(mine, filed(name="two", title=film)), begun=False)
    yield told(scene(mine), replace(scene(mine), now=NOW + timedelta(hours=26)))
    yield monday(
        Week(
            looks=2016,
            incidents=3,
            to_issue=7 * MINUTE,
            by_agent=2,
            by_people=1,
            transients={3: 4},
        )
    )
    yield drill("shop", url="https://github.com/acme/shop/issues/9")


def as_shown(notice: Notice) -> str:
    """Write a notice as the page does."""
    return f"{notice.priority} {','.join(notice.tags)} | {notice.title}\n{notice.body}\n"


def test_every_example_is_what_the_code_says() -> None:
    """Word by word."""
    shown = PAGE.partition("```text\n")[2].partition("```")[0]

    assert shown.split("\n\n") == "\n".join(map(as_shown, examples())).split("\n\n")


def test_every_kind_has_a_row_and_an_example() -> None:
    """With how loud it is."""
    rows = dict(re.findall(r"^\| `([\w-]+)` \|.*\| (.+?) \|$", PAGE, re.MULTILINE))
    loud = {str(notice.kind): str(notice.priority) for notice in examples()}

    assert rows == {**loud, "summary": "the loudest"}
    assert set(rows) == set(NoticeKind)


def test_the_page_tells_the_bounds() -> None:
    """As they are in the code; and it is short, and found."""
    assert f"at most {delivering.MOST}\n  letters" in PAGE
    assert f"after {delivering.KEPT.days} days" in PAGE
    assert (AT_ONCE, "more than five changes" in PAGE) == (5, True)
    assert len(PAGE.splitlines()) <= 140
    assert "docs/notifications.md" in (ROOT / "README.md").read_text()
