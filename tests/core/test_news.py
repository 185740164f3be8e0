from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from concern_builders import NOW, filed, over, scene, unfiled
from incident_builders import MINUTE, PROJECT, REPO, T0
from pipeline_health.core.concerns import Scene
from pipeline_health.core.model.findings import Kind
from pipeline_health.core.model.ids import Fingerprint, ProjectName
from pipeline_health.core.model.incident import Owner, Phase
from pipeline_health.core.model.maintenance import MaintenanceWindow
from pipeline_health.core.model.notice import NoticeKind, Told
from pipeline_health.core.news import News, news_of

DAY = timedelta(days=1)
BEGUN = Told(noted_at=T0)
OTHER = ProjectName("film")


def news(told: Told | None, given: Scene) -> News:
    """Compare as the shell does."""
    return news_of(told, given, remind=DAY, slack=2 * MINUTE)


def kinds(told: Told | None, *scenes: Scene) -> list[list[str]]:
    """Give what each of *scenes*, one after the other, tells people."""
    found = []
    for given in scenes:
        result = news(told, given)
        told = result.told
        found.append([notice.kind.value for notice in result.notices])
    return found


ONE = filed()
AGENTS = filed(Owner.AGENT)
UNFILED = replace(unfiled(), cause=AGENTS.cause)
LATE = filed(Owner.AGENT, after=40)
SILENT = MaintenanceWindow(
    project=PROJECT, kind=None, since=T0, until=NOW + DAY, reason="a new database"
)
TOKEN = replace(scene(), refused="GITHUB_TOKEN", read=False)


@pytest.mark.parametrize(
    ("scenes", "expected"),
    [
        ([scene(ONE), scene(ONE), scene(over(ONE)), scene(over(ONE))], ["new", "", "over", ""]),
        ([scene(AGENTS), scene(ONE), scene(over(ONE))], ["", "new", "over"]),
        ([scene(ONE), scene(AGENTS), scene(over(AGENTS))], ["new", "left-to-the-agent", ""]),
        ([scene(LATE), scene(LATE), scene(over(LATE))], ["late", "", "over"]),
        ([scene(LATE), scene(filed(after=40))], ["late", "handed-over"]),
        ([scene(filed(after=40)), scene(LATE)], ["new", "left-to-the-agent"]),
        ([scene(unfiled()), scene(unfiled(), minutes=5)], ["new", "late"]),
        ([scene(unfiled()), scene(ONE), scene(over(ONE))], ["new", "", "over"]),
        ([scene(ONE), scene(replace(ONE, phase=Phase.MUTED)), scene(ONE)], ["new", "", "new"]),
        ([scene(ONE), scene(replace(over(ONE), duplicate_of=Fingerprint("x")))], ["new", ""]),
        (
            [
                scene(unfiled()),
                scene(replace(unfiled(), hidden_behind=Fingerprint("x"))),
                scene(unfiled()),
            ],
            ["new", "", ""],
        ),
        ([scene(unfiled()), replace(scene(unfiled()), seen=frozenset())], ["new", ""]),
        ([scene(ONE), replace(scene(ONE), windows=[SILENT]), scene(ONE)], ["new", "", ""]),
        ([replace(scene(ONE), windows=[SILENT]), scene(ONE)], ["", "new"]),
        ([scene(replace(ONE, kind=Kind.SOURCE_BLIND))], ["blind"]),
        ([scene(replace(ONE, escalated="Three fixes did not work."))], ["handed-over"]),
        ([scene(ONE), scene()], ["new", ""]),
        ([TOKEN, TOKEN, replace(scene(), read=False), scene()], ["token-refused", "", "", "over"]),
        (
            [
                replace(scene(), crowded=("a", "b")),
                replace(scene(), crowded=("b",)),
                replace(scene(), others=frozenset({OTHER})),
                scene(),
            ],
            ["crowd", "", "", "over"],
        ),
        (
            [
                replace(scene(UNFILED), crowded=(UNFILED.title,)),
                replace(scene(UNFILED), seen=frozenset()),
                replace(scene(UNFILED), crowded=(UNFILED.title,)),
                scene(AGENTS),
            ],
            ["crowd", "", "", "over"],
        ),
    ],
    ids=[
        "a person's",
        "handed to a person",
        "left to the agent",
        "too late",
        "too late, then handed over",
        "too late, then left to the agent",
        "not filed, then too late",
        "not filed, then filed",
        "muted, then back",
        "a duplicate",
        "hidden for a while",
        "not seen for a while",
        "silent for a while",
        "silent at first",
        "a blind source",
        "escalated before it was told",
        "forgotten by us",
        "our token",
        "a crowd",
        "a crowd that is out of sight for a while",
    ],
)
def test_every_change_is_told_once_and_nothing_else(
    scenes: list[Scene], expected: list[str]
) -> None:
    """Cycle after cycle, beginning with nothing broken."""
    assert kinds(BEGUN, *scenes) == [[kind] if kind else [] for kind in expected]


@pytest.mark.parametrize(
    ("before", "after", "proof"),
    [
        (scene(ONE), scene(over(ONE)), "CI succeeded."),
        (TOKEN, scene(), "GitHub was read with it again; issues are filed and closed again."),
        (
            replace(scene(), crowded=("a",)),
            scene(),
            "Nothing waits for the caps any more: what is broken has its issue.",
        ),
    ],
    ids=["an incident", "our token", "a crowd"],
)
def test_what_is_over_is_told_with_its_proof(before: Scene, after: Scene, proof: str) -> None:
    """As its second line."""
    (notice,) = news(news(BEGUN, before).told, after).notices

    assert notice.body.splitlines()[1:] == [proof, "Nothing is left to do."]


def test_what_is_over_without_a_proof_is_over() -> None:
    """An incident of an older ledger may have lost it."""
    told = news(BEGUN, scene(ONE)).told
    (notice,) = news(told, scene(replace(ONE, phase=Phase.RESOLVED))).notices

    assert notice.body.splitlines()[1:] == ["Nothing is left to do."]


def test_a_late_issue_of_days_ago_is_no_news() -> None:
    """A receiver that is configured later hears of what happens from then on, also of its end."""
    given = replace(scene(LATE), now=NOW + 3 * DAY)

    assert kinds(BEGUN, given, scene(over(LATE))) == [[], []]


def test_what_is_told_to_be_a_persons_is_late_only_once() -> None:
    """The first notice said so already."""
    assert kinds(BEGUN, scene(filed(after=40)), scene(filed(after=40))) == [["new"], []]


@pytest.mark.parametrize(
    ("looked_at", "kept"), [({"others"}, True), ({"projects"}, False), (set(), False)]
)
def test_what_was_not_looked_at_stays_as_it_was(looked_at: set[str], *, kept: bool) -> None:
    """`run-once --project` judges no other project; one that is configured no more is forgotten."""
    told = news(BEGUN, scene(ONE)).told
    names = {"projects": frozenset({OTHER}), "others": frozenset[ProjectName]()}
    names |= {key: frozenset({PROJECT}) for key in looked_at}
    partial = Scene(
        now=NOW, sla=timedelta(minutes=30), projects=names["projects"], others=names["others"]
    )

    after = news(told, partial)

    assert after.notices == ()
    assert bool(after.told.concerns) is kept


# -- many at once ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "first", "notices"),
    [
        (5, False, ["new"] * 5),
        (6, False, ["summary"]),
        (1, True, ["new"]),
        (2, True, ["summary"]),
        (0, True, []),
    ],
)
def test_many_changes_are_one_notice(number: int, *, first: bool, notices: list[str]) -> None:
    """Above all the first time, when everything that is broken is old news."""
    given = scene(*(filed(name=str(each)) for each in range(number)))
    result = news(None if first else BEGUN, given)

    assert [each.kind for each in result.notices] == notices
    assert len(result.told.concerns) == number
    assert kinds(result.told, given) == [[]]


def test_what_was_summed_up_is_told_to_be_over_one_by_one() -> None:
    """People know of each."""
    incidents = [filed(name=str(each)) for each in range(3)]
    told = news(None, scene(*incidents)).told

    assert kinds(told, scene(over(incidents[0]), *incidents[1:])) == [["over"]]


# -- reminders and the week ------------------------------------------------------------------


def test_people_are_reminded_daily_of_all_that_waits_for_them() -> None:
    """Once for all of it, a timer's jitter early, and no more when nothing waits."""
    late = filed(Owner.AGENT, name="late", after=40)
    two = scene(ONE, filed(name="two"), late)
    hours = [0, 23, 24, 25, 47, 48]
    scenes = [replace(two, now=NOW + timedelta(hours=each, minutes=-1)) for each in hours]
    done = replace(scene(over(ONE)), now=NOW + timedelta(hours=73))

    told = kinds(BEGUN, *scenes, done)

    assert told == [["new", "new", "late"], [], ["reminder"], [], [], ["reminder"], ["over"]]


def test_what_is_new_waits_a_day_for_its_first_reminder() -> None:
    """Also when the last one was long ago."""
    first = news(BEGUN, scene(ONE)).told
    later = replace(scene(filed(name="two")), now=NOW + 3 * DAY)
    gone = news(first, replace(scene(over(ONE)), now=NOW + 3 * DAY)).told

    assert kinds(gone, later, replace(later, now=later.now + 23 * timedelta(hours=1))) == [
        ["new"],
        [],
    ]


def test_the_agents_incidents_remind_nobody() -> None:
    """They wait for somebody else."""
    assert kinds(BEGUN, scene(LATE), replace(scene(LATE), now=NOW + 2 * DAY)) == [["late"], []]


def test_a_look_at_some_projects_neither_reminds_nor_tells_of_the_week() -> None:
    """It did not see the others."""
    told = news(BEGUN, scene(ONE)).told
    some = replace(scene(ONE), now=NOW + 9 * DAY, others=frozenset({OTHER}))

    assert (news(told, some).notices, news(told, some).monday) == ((), False)
    assert news(told, replace(some, others=frozenset())).monday


@pytest.mark.parametrize(
    ("noted", "now", "due"),
    [
        (None, "2026-11-23T08:00", False),
        ("2026-11-22T10:05", "2026-11-23T07:59", False),
        ("2026-11-22T10:05", "2026-11-23T08:00", True),
        ("2026-11-23T08:00", "2026-11-23T08:05", False),
        ("2026-11-23T08:00", "2026-11-29T23:59", False),
        ("2026-11-23T08:00", "2026-12-02T03:00", True),
    ],
    ids=["first", "sunday", "monday", "the same day", "the same week", "after a pause"],
)
def test_the_week_is_told_on_monday(noted: str | None, now: str, *, due: bool) -> None:
    """At the first cycle from 08:00 on, once, and later when nobody looked then."""
    told = None if noted is None else Told(noted_at=_at(noted))
    result = news(told, replace(scene(), now=_at(now)))

    assert result.monday is due
    assert result.told.noted_at == (_at(now) if due or noted is None else _at(noted))
    assert not news(result.told, replace(scene(), now=_at(now))).monday


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_a_repository_that_takes_issues_again_leaves_it_to_the_agent() -> None:
    """People were told that nobody else would be."""
    waiting = replace(unfiled(), cause=AGENTS.cause, first_seen=T0)
    waiting = replace(waiting, cause=replace(waiting.cause, owner=Owner.AGENT))
    shut = replace(scene(waiting), shut={REPO: "issues are disabled"})

    told = kinds(BEGUN, shut, scene(waiting), scene(AGENTS))

    assert told == [[NoticeKind.NEW], [], [NoticeKind.LEFT]]
