"""What people know of a portfolio incident: it speaks for its members, and once."""

from dataclasses import replace

import pytest

from concern_builders import NOW, OPS_URL, filed, over, parent, scene, unfiled
from incident_builders import MINUTE, PROJECT, REJECTED, T0
from pipeline_health.core.concerns import Scene, concerns_of
from pipeline_health.core.model.ids import Fingerprint, ProjectName
from pipeline_health.core.model.incident import Incident, Naming, Phase
from pipeline_health.core.model.maintenance import MaintenanceWindow
from pipeline_health.core.model.notice import Concern, Known, NoticeKind, Told, Topic
from pipeline_health.core.model.parent import Parent
from pipeline_health.core.news import news_of

DAY = 24 * 60 * MINUTE


def waiting(name: str) -> Incident:
    """Give an incident of a project of that name, which has no issue of its own."""
    return replace(unfiled(name=name, title=f"It fails ({name})"), project=ProjectName(name))


SHOP, FILM = waiting("shop"), waiting("film")
MINE = filed(name="mine")
PARENT = parent(SHOP, FILM, MINE)
UNFILED = parent(SHOP, FILM, filed=False)
MUTED = replace(PARENT, phase=Phase.MUTED)
CROWD = parent(SHOP, FILM, cause=None)


def with_parents(*parents: Parent, of: tuple[Incident, ...] = (SHOP, FILM)) -> Scene:
    """Give the scene in which *parents* name the incidents *of*."""
    return replace(scene(*of), parents=parents)


def keys(given: Scene) -> list[str]:
    """Give of what people should know, in a word each."""
    return [
        concern.key.split()[1] if " " in concern.key else concern.key for concern in told(given)
    ]


def told(given: Scene) -> tuple[Concern, ...]:
    """Give what people should know."""
    return concerns_of(given)


def test_a_portfolio_incident_is_told_instead_of_its_members() -> None:
    """But for those that are filed themselves: their issues say what this one does not."""
    (told_of, mine) = told(with_parents(PARENT, of=(SHOP, FILM, MINE)))

    assert told_of == Concern(
        key="parent parent p0nce",
        topic=Topic.PARENT,
        project=None,
        says="Many projects at once: RAILWAY_TOKEN is rejected",
        why=REJECTED.why,
        since=T0,
        url=OPS_URL,
        names=("shop", "film"),
    )
    assert mine.key == "incident mine n0nce"


@pytest.mark.parametrize(
    ("of", "known"),
    [
        (PARENT, ["parent"]),
        (replace(PARENT, phase=Phase.RECOVERING), ["parent"]),
        (replace(PARENT, phase=Phase.MUTED), []),
        (replace(PARENT, phase=Phase.RESOLVED), ["shop", "film"]),
        (replace(PARENT, members=PARENT.members[:1]), ["parent", "film"]),
        (
            replace(
                PARENT, members=(PARENT.members[1], replace(PARENT.members[0], left="it left"))
            ),
            ["parent", "shop"],
        ),
        (CROWD, ["parent"]),
        (replace(CROWD, filing=None, phase=Phase.PENDING), ["shop", "film"]),
        (replace(UNFILED, first_seen=NOW), []),
        (UNFILED, ["parent"]),
        (replace(UNFILED, repo=None, first_seen=NOW), ["parent"]),
    ],
    ids=[
        "open",
        "it may be over soon",
        "a person wants no issue of it",
        "it is over, and its members are not",
        "another one is none of it",
        "one went its own way",
        "a crowd",
        "a crowd without an issue",
        "it is filed next",
        "it was not filed",
        "it cannot be filed",
    ],
)
def test_what_speaks_for_its_members(of: Parent, known: list[str]) -> None:
    """While it lives; a crowd only by its issue, since each of it is told by itself."""
    assert keys(with_parents(of)) == known


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (
            with_parents(replace(UNFILED, repo=None)),
            "no ops_repo is configured, so each of them gets its own as the caps allow",
        ),
        (
            replace(with_parents(UNFILED), waits={UNFILED.fingerprint: "it is archived"}),
            "it is archived",
        ),
        (with_parents(UNFILED), "it could not be filed yet, which each cycle tries again"),
        (
            replace(with_parents(UNFILED), refused="GITHUB_TOKEN"),
            "GitHub refuses GITHUB_TOKEN, so none can be filed",
        ),
    ],
    ids=["no ops_repo", "it takes none", "not yet", "our token"],
)
def test_without_an_issue_people_are_told_why(given: Scene, why: str) -> None:
    """They hear of the whole group, and of nobody in it."""
    (concern,) = (each for each in told(given) if each.topic is not Topic.TOKEN)

    assert (concern.topic, concern.no_issue, concern.url) == (Topic.PARENT, why, "")
    assert concern.names == ("shop", "film")


def named(of: Incident, minutes: int) -> Incident:
    """Give an incident that a portfolio incident named so many minutes after it failed."""
    naming = Naming(
        by=PARENT.fingerprint, repo=MINE.repo, number=12, url=OPS_URL, at=T0 + minutes * MINUTE
    )
    return replace(of, named=naming)


def test_a_broken_promise_is_told_with_the_portfolio_incident() -> None:
    """How long the last of them took, and whether that is news."""
    late = named(SHOP, 43), named(FILM, 38), named(waiting("bank"), 5)
    given = replace(with_parents(parent(*late), of=late), now=T0 + DAY + 40 * MINUTE)
    (fresh,), (old,) = told(given), told(replace(given, now=given.now + 4 * MINUTE))
    next_look = replace(UNFILED, first_seen=NOW + MINUTE)
    (waits,) = told(replace(with_parents(next_look), now=NOW + MINUTE))
    (kept, _) = told(with_parents(PARENT, of=(named(SHOP, 5), named(FILM, 6), MINE)))

    assert fresh.late == "43 min until it was named; 30 min were promised."
    assert (fresh.lately, old.lately) == (True, False)
    assert waits.late == "31 min and there is no issue yet; 30 min were promised."
    assert kept.late == ""


def test_time_in_a_window_breaks_no_promise() -> None:
    """Neither for many projects nor for one."""
    window = MaintenanceWindow(
        project=ProjectName("shop"), kind=None, since=T0, until=T0 + 20 * MINUTE, reason="moving"
    )
    one = replace(MINE, project=ProjectName("shop"), named=None)
    assert one.filing is not None
    one = replace(one, filing=replace(one.filing, opened_at=T0 + 43 * MINUTE))
    given = replace(with_parents(parent(SHOP), of=(named(SHOP, 43), one)), now=T0 + 50 * MINUTE)

    assert [bool(concern.late) for concern in told(given)] == [True, True]
    assert [bool(concern.late) for concern in told(replace(given, windows=[window]))] == [
        False,
        False,
    ]


def test_what_is_told_together_waits_for_no_caps() -> None:
    """`crowd` is about those that nobody names."""
    crowded = replace(with_parents(PARENT), crowded=(SHOP.title, FILM.title, "Another"))
    (crowd, _) = told(crowded)

    assert crowd.says == "More is broken than [limits] lets file: 1 more"
    assert keys(replace(crowded, crowded=(SHOP.title,))) == ["parent"]


def kinds(*scenes: Scene, known: Told | None = None) -> list[list[str]]:
    """Give what each of *scenes*, one after the other, tells people."""
    found, before = [], known or Told(noted_at=T0)
    for given in scenes:
        news = news_of(before, given, remind=DAY, slack=MINUTE)
        before = news.told
        found.append([str(notice.kind) for notice in news.notices])
    return found


DONE = with_parents(replace(PARENT, phase=Phase.RESOLVED), of=(over(SHOP), over(FILM)))
ELSEWHERE = replace(scene(), others=frozenset({PROJECT}))


@pytest.mark.parametrize(
    ("scenes", "expected"),
    [
        ([with_parents(PARENT), with_parents(PARENT), DONE, DONE], ["portfolio", "", "over", ""]),
        ([with_parents(UNFILED), with_parents(PARENT), DONE], ["portfolio", "", "over"]),
        ([with_parents(UNFILED), ELSEWHERE, scene(over(SHOP))], ["portfolio", "", "over"]),
        (
            [with_parents(PARENT), with_parents(MUTED), with_parents(PARENT)],
            ["portfolio", "", "portfolio"],
        ),
        (
            [with_parents(UNFILED), with_parents(replace(UNFILED, first_seen=NOW))],
            ["portfolio", ""],
        ),
        ([scene(SHOP), with_parents(PARENT), DONE], ["new", "portfolio", "over over"]),
        (
            [
                replace(scene(), crowded=("a", "b")),
                with_parents(CROWD),
                with_parents(replace(CROWD, phase=Phase.RESOLVED), of=()),
            ],
            ["crowd", "portfolio", "over"],
        ),
        (
            [
                replace(with_parents(PARENT), crowded=("a",)),
                replace(with_parents(PARENT), seen=frozenset()),
            ],
            ["crowd portfolio", "over"],
        ),
    ],
    ids=[
        "filed, then over",
        "not filed at first",
        "never filed, and out of sight for a while",
        "muted by a person, then opened again",
        "to be filed after all",
        "one of it was told before",
        "the caps, then an issue for all that wait",
        "the caps, and members that are out of sight",
    ],
)
def test_it_is_told_once_and_its_end_once(scenes: list[Scene], expected: list[str]) -> None:
    """Cycle after cycle; what people knew by itself is told to be over by itself."""
    assert [" ".join(each) for each in kinds(*scenes)] == expected


def test_people_are_not_reminded_of_what_is_told_together() -> None:
    """Of the portfolio incident they are."""
    one = Known(
        key="incident shop n0nce",
        topic=Topic.INCIDENT,
        project=PROJECT,
        says=SHOP.title,
        url="",
        owner=MINE.cause.owner,
        late=False,
        told_at=T0,
    )
    now = with_parents(PARENT, of=(named(SHOP, 5), named(FILM, 5)))
    first = news_of(Told(concerns=(one,), noted_at=T0), now, remind=DAY, slack=MINUTE)
    later = replace(now, now=NOW + 2 * DAY)

    (reminder,) = news_of(first.told, later, remind=DAY, slack=MINUTE).notices

    assert (reminder.kind, reminder.title) == (
        NoticeKind.REMINDER,
        "Still waiting for you: 1 thing",
    )
    assert reminder.url == OPS_URL


def test_the_oldest_portfolio_incident_comes_first() -> None:
    """Whatever their order."""
    young = replace(
        PARENT,
        fingerprint=Fingerprint("young"),
        members=(replace(PARENT.members[0], since=T0 + MINUTE),),
    )

    muted = replace(PARENT, fingerprint=Fingerprint("muted"), phase=Phase.MUTED)

    assert keys(with_parents(young, muted, PARENT)) == ["parent", "young"]


def test_a_crowd_says_what_its_members_share() -> None:
    """Nothing but that they have no issue."""
    (crowd,) = told(with_parents(CROWD))

    assert crowd.why == (
        "There are more than may be filed at once, or their repositories take no issues."
    )


def test_the_end_of_one_is_not_the_end_of_another() -> None:
    """And what is over says so."""
    other = replace(PARENT, fingerprint=Fingerprint("other"), title="Many projects at once: npm")
    before = news_of(Told(noted_at=T0), with_parents(PARENT, other), remind=DAY, slack=MINUTE).told
    ended = replace(other, phase=Phase.RESOLVED)

    (over_now,) = news_of(before, with_parents(PARENT, ended), remind=DAY, slack=MINUTE).notices

    assert over_now.title == "Over: Many projects at once: npm"
    assert over_now.body.splitlines()[1] == "Nothing of it goes on any more."
