"""The board: what is kept, side by side, and the few words at its head."""

import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from builders import NOW, PROJECT, REPO, ago
from incident_builders import WEB, ailment, incident
from pipeline_health.core.board import board_of, doubts, gate_of, headline, thinned
from pipeline_health.core.model.board import Board, Facts, Gate, Shown, Wishes
from pipeline_health.core.model.findings import Kind
from pipeline_health.core.model.ids import Fingerprint, ProjectName
from pipeline_health.core.model.incident import Incident, Phase
from pipeline_health.core.model.maintenance import MaintenanceWindow
from pipeline_health.core.model.policy import Policy, ProjectPolicy
from pipeline_health.core.model.report import (
    BlindLine,
    CycleReport,
    FindingLine,
    Glow,
    Light,
    ProjectLine,
    Station,
)

OPEN = incident()
HEALTHY = tuple(Light(of=it, glow=Glow.HEALTHY, since=ago(hours=1)) for it in Station)
LINE = ProjectLine(name=PROJECT, repo=REPO, healthy=("CI succeeded.",), lights=HEALTHY)
FOUND = FindingLine(
    fingerprint=OPEN.fingerprint,
    symptom=OPEN.newest.symptom,
    since=ago(hours=3),
    commit=None,
    cause=OPEN.cause.of,
    owner=OPEN.cause.owner,
    incident=7,
)
OLD = "Nobody looked for 16 min. What stands here is old"
WISHES = Wishes(policy=Policy(projects=(ProjectPolicy(name=PROJECT, repo=REPO),)))


def a_report(*lines: ProjectLine, at: datetime = NOW, failed: str | None = None) -> CycleReport:
    """Give the report of a cycle."""
    return CycleReport(
        cycle=at.isoformat(),
        started_at=at,
        finished_at=at,
        sentence="Looked.",
        projects=lines,
        failed=failed,
    )


def board(
    *reports: CycleReport,
    incidents: Sequence[Incident] = (),
    windows: Sequence[MaintenanceWindow] = (),
) -> Board:
    """Give the board of what is kept."""
    facts = Facts(reports=reports, incidents=tuple(incidents), windows=tuple(windows))
    return board_of(facts, WISHES, now=NOW)


@pytest.mark.parametrize(
    ("reports", "says"),
    [
        ((), "Nobody looked yet"),
        ((a_report(failed="disk"),), "None of the newest looks was finished"),
        ((a_report(LINE, at=ago(minutes=16)),), "Nobody looked for 16 min"),
        ((a_report(LINE),), "All well: 1 project"),
        ((a_report(LINE, replace(LINE, name=ProjectName("film"))),), "All well: 2 projects"),
        (
            (
                a_report(
                    replace(LINE, findings=(FOUND,)),
                    replace(LINE, name=ProjectName("a"), blind=(BlindLine(source="x", why="y"),)),
                    replace(LINE, name=ProjectName("b"), unproved=("Main CI red",)),
                    replace(LINE, name=ProjectName("c"), unsettled=("It runs.",)),
                    replace(LINE, name=ProjectName("d"), healthy=()),
                    replace(LINE, name=ProjectName("e")),
                ),
            ),
            "1 broken, 1 not seen, 1 unproved, 2 undecided",
        ),
        ((a_report(replace(LINE, name=ProjectName("film"))),), "1 not seen"),
        (
            (
                a_report(replace(LINE, name=ProjectName("film"))),
                a_report(LINE, replace(LINE, name=ProjectName("gone")), at=ago(minutes=16)),
            ),
            "1 not seen",
        ),
        (
            (
                a_report(replace(LINE, name=ProjectName("film"))),
                a_report(replace(LINE, findings=(FOUND,)), at=ago(minutes=16)),
            ),
            "1 broken",
        ),
    ],
    ids=[
        *("never", "only failed", "stale", "well", "all well", "mixed"),
        *("one never", "one long ago", "broken long ago"),
    ],
)
def test_the_head_says_how_everything_is(reports: tuple[CycleReport, ...], says: str) -> None:
    """What is not seen or stale is never called well, nor is one project of many."""
    assert headline(board(*reports)) == says


@pytest.mark.parametrize(
    ("wishes", "reports", "says"),
    [
        (WISHES, (a_report(LINE),), []),
        (WISHES, (), []),
        (
            Wishes(policy=Policy(projects=()), unread="no such file"),
            (a_report(LINE),),
            ["The configuration was not read, so the defaults count: no such file"],
        ),
        (
            WISHES,
            (a_report(failed="disk"), a_report(LINE)),
            [f"The newest look, {NOW:%Y-%m-%d %H:%M} UTC: Looked."],
        ),
        (
            WISHES,
            (a_report(LINE, at=ago(minutes=16)),),
            [
                f"{OLD}: until somebody looks again, none of it says how things are.",
            ],
        ),
        (
            Wishes(
                policy=Policy(
                    projects=tuple(
                        ProjectPolicy(name=ProjectName(f"p{at}"), repo=REPO) for at in range(12)
                    )
                )
            ),
            (a_report(LINE),),
            ["Not looked at yet: p0, p1, p2, p3, p4, p5, p6, p7, p8, p9 and 2 more."],
        ),
    ],
    ids=["none", "before the first", "unread", "failed", "old", "some never"],
)
def test_whoever_looks_hears_why_it_may_be_otherwise(
    wishes: Wishes, reports: tuple[CycleReport, ...], says: list[str]
) -> None:
    """The same words on the page and in the terminal."""
    assert list(doubts(board_of(Facts(reports=reports), wishes, now=NOW))) == says


def test_each_project_has_its_newest_word_whatever_was_looked_at_last() -> None:
    """A cycle may look at some only; the names come in order."""
    film = replace(LINE, name=ProjectName("film"))
    reports = a_report(LINE), a_report(film, LINE, at=ago(minutes=20))
    unread = board_of(Facts(reports=reports), Wishes(policy=Policy(projects=())), now=NOW)

    assert [(tile.newest.project.name, tile.stale, tile.state) for tile in unread.tiles] == [
        ("film", True, Glow.BLIND),
        ("shop", False, Glow.HEALTHY),
    ]
    shut = Gate(glow=Glow.BLIND, why="nobody looked for 20 min")
    assert [tile.gate.glow for tile in unread.tiles] == [Glow.BLIND, Glow.HEALTHY]
    assert unread.tiles[0].gate == shut
    blocked = board(a_report(LINE, at=ago(minutes=20)), incidents=[OPEN])
    assert blocked.tiles[0].gate.why == OPEN.title
    assert unread.newest == tuple(tile.newest for tile in unread.tiles)


def test_what_nobody_configures_any_more_leaves_the_board_once_it_is_old() -> None:
    """Else it would be called not seen for as long as old looks are kept."""
    film = replace(LINE, name=ProjectName("film"))
    for minutes, names in ((10, ["film", "shop"]), (20, ["shop"])):
        shown = board(a_report(LINE), a_report(film, at=ago(minutes=minutes)))
        assert [tile.newest.project.name for tile in shown.tiles] == names
        assert shown.tiles[-1].policy == WISHES.policy.projects[0]
        assert len({tile.policy for tile in shown.tiles}) == len(names)


def test_old_news_of_a_project_is_dropped_and_nothing_else() -> None:
    """The board is the same with it and without."""
    film = replace(LINE, name=ProjectName("film"))
    every = [
        a_report(failed="disk"),
        a_report(LINE, at=ago(minutes=5)),
        a_report(film, replace(LINE, findings=(FOUND,)), at=ago(minutes=10)),
    ]
    thin = thinned(every)
    assert [[line.name for line in report.projects] for report in thin] == [[], ["shop"], ["film"]]
    assert board(*thin).tiles == board(*every).tiles
    assert board(*thin).last == every[1]


def test_a_report_of_an_older_version_has_dim_lights() -> None:
    """What it does not say, nobody can tell."""
    old = replace(LINE, lights=())
    blind = replace(old, blind=(BlindLine(source="github", why="502"),))
    broken = replace(blind, findings=(FOUND,))

    def glows(line: ProjectLine) -> list[Glow]:
        return [light.glow for light in board(a_report(line)).tiles[0].lights]

    assert glows(old) == [Glow.UNDECIDED] * 3
    assert glows(blind) == [Glow.BLIND] * 3
    assert glows(broken) == [Glow.BROKEN, Glow.BLIND, Glow.BLIND]


def test_what_is_over_is_kept_apart() -> None:
    """And what is silent says until when, as the next cycle will find it."""
    over = replace(OPEN, fingerprint=Fingerprint("0ver"), phase=Phase.RESOLVED)
    follows = replace(OPEN, fingerprint=Fingerprint("f0"), hidden_behind=OPEN.fingerprint)
    member = replace(OPEN, fingerprint=Fingerprint("m0"), part_of=Fingerprint("many"))
    elsewhere = replace(OPEN, fingerprint=Fingerprint("e0"), project=ProjectName("film"))
    window = MaintenanceWindow(
        project=PROJECT, kind=None, since=ago(minutes=5), until=ago(hours=-1), reason="moves"
    )
    known = [OPEN, over, follows, member, elsewhere]

    loud, hushed = (
        board(a_report(LINE), incidents=known, windows=windows) for windows in ([], [window])
    )

    assert [it.wait for it in loud.open] == [
        None,
        "it follows from 5f2c0d",
        "it is mended with all of many",
        None,
    ]
    assert [it.incident.fingerprint for it in loud.tiles[0].open] == ["5f2c0d", "f0", "m0"]
    assert len(loud.every) == 5
    assert hushed.open[0].silent == window
    assert (hushed.open[0].wait or "").endswith(": moves")
    assert [hushed.every[1].silent, hushed.open[3].silent] == [None, None]
    assert (loud.tiles[0].windows, hushed.tiles[0].windows) == ((), (window,))


def test_who_speaks_of_it_decides_whether_it_is_silent() -> None:
    """Another project of the same repository is broken by it, too, and is not silent."""
    film = replace(LINE, name=ProjectName("film"), findings=(FOUND,))
    window = MaintenanceWindow(
        project=PROJECT, kind=None, since=ago(minutes=5), until=ago(hours=-1), reason="moves"
    )
    report = a_report(replace(LINE, findings=(FOUND,)), film)

    assert board(report, incidents=[OPEN], windows=[window]).open[0].silent is None


def shown(of: Incident) -> Shown:
    """Give an incident that nobody waits with."""
    return Shown(incident=of, silent=None, wait=None)


@pytest.mark.parametrize(
    ("glows", "incidents", "gate"),
    [
        ("hhb", [], Gate(glow=Glow.HEALTHY, why="nothing that was seen is in the way")),
        ("hdh", [], Gate(glow=Glow.UNDECIDED, why="staging: undecided", since=ago(hours=1))),
        ("nuh", [], Gate(glow=Glow.BLIND, why="ci: not seen", since=ago(hours=1))),
        ("hwh", [], Gate(glow=Glow.UNWATCHED, why="staging: not watched", since=ago(hours=1))),
        (
            "hhh",
            [replace(OPEN, first_failed_at=OPEN.first_failed_at + timedelta(hours=1)), OPEN],
            Gate(glow=Glow.BROKEN, why=OPEN.title, since=OPEN.first_failed_at),
        ),
        (
            "hhh",
            [replace(OPEN, kind=Kind.CREDENTIAL_SHARED, title="Shared credential: X (shop)")],
            Gate(glow=Glow.BROKEN, why="Shared credential: X (shop)", since=OPEN.first_failed_at),
        ),
        (
            "hbh",
            [replace(OPEN, phase=Phase.MUTED), replace(OPEN, kind=Kind.PRODUCTION_LAGGING)],
            Gate(glow=Glow.BROKEN, why="staging: broken", since=ago(hours=1)),
        ),
    ],
    ids=["open", "undecided", "blind", "unwatched", "issue", "shared", "muted"],
)
def test_the_gate_is_what_the_look_says_of_it(
    glows: str, incidents: list[Incident], gate: Gate
) -> None:
    """An open issue is in the way; production is not asked; only all of it seen well is open."""
    of = {"h": "healthy", "b": "broken", "d": "undecided", "n": "not seen", "u": "unproved"}
    lights = [
        Light(of=station, glow=Glow(of.get(letter, "not watched")), since=ago(hours=1))
        for station, letter in zip(Station, glows, strict=True)
    ]
    assert gate_of(lights, [shown(it) for it in incidents]) == gate


def test_a_window_of_one_kind_leaves_the_rest() -> None:
    """All of an incident must be covered."""
    both = incident(ailment(), ailment(WEB))
    window = MaintenanceWindow(
        project=PROJECT,
        kind=both.kind,
        since=ago(minutes=5),
        until=ago(hours=-1),
        reason="moves",
    )
    assert board(a_report(LINE), incidents=[both], windows=[window]).open[0].silent is None


def calls_of(projects: int) -> int:
    """Count the calls that the board of so many broken projects takes."""
    names = [ProjectName(f"p{at}") for at in range(projects)]
    incidents = tuple(replace(OPEN, fingerprint=Fingerprint(name), project=name) for name in names)
    report = a_report(*(replace(LINE, name=name) for name in names))
    policy = Policy(projects=tuple(ProjectPolicy(name=name, repo=REPO) for name in names))
    facts, wishes = Facts(reports=(report,), incidents=incidents), Wishes(policy=policy)
    seen: list[str] = []
    before = sys.getprofile()
    sys.setprofile(lambda frame, event, _: seen.append(event))  # noqa: ARG005 - its signature
    try:
        board_of(facts, wishes, now=NOW)
    finally:
        sys.setprofile(before)
    return len(seen)


def test_twice_as_many_projects_are_twice_the_work() -> None:
    """Every request draws the board anew."""
    assert calls_of(200) < 2.2 * calls_of(100)
