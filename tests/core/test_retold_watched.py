"""A recording knows when each project was looked at: nothing is replayed of it at other times."""

from dataclasses import replace

import pytest

from builders import REPO, sha
from pipeline_health.core.model.ids import ProjectName, RepoName
from pipeline_health.core.model.recording import Pushed, Stretch, Watched
from pipeline_health.core.model.shown import Shown
from pipeline_health.core.model.sight import Source
from retelling import (
    FILM,
    SHOP,
    first,
    look,
    minute,
    missing,
    news,
    product,
    push,
    source,
    told,
)
from shown_samples import A_RECORD

STORE = ProjectName("store")
HOUR = tuple(range(5, 61, 5))


def watched(repo: str, *spans: tuple[float, float]) -> Watched:
    """Say from which to which minute a repository was looked at."""
    stretches = (Stretch(began_at=minute(began), ended_at=minute(ended)) for began, ended in spans)
    return Watched(repo=RepoName(repo), stretches=tuple(stretches))


def test_a_project_that_is_looked_at_all_the_time_needs_no_word() -> None:
    """Whatever was new of it."""
    recording = told(first(SHOP, FILM), *(look(at) for at in HOUR))

    assert ((), ()) == (recording.watched, missing(recording))


def test_a_project_that_was_taken_away_is_not_looked_at_any_more() -> None:
    """What ran when it was last seen has not hung since."""
    recording = told(first(SHOP, FILM), look(5), *(look(at, at=(SHOP,)) for at in HOUR[1:]))

    assert (watched("acme/film", (0, 5)),) == recording.watched
    assert ("Nobody looked at film from 2026-03-02 12:05 on.",) == missing(recording)


def test_a_project_that_came_later_is_looked_at_from_then_on() -> None:
    """It was not empty before: nobody knows what it was."""
    film = news(FILM, whole=True, described=product(FILM))
    recording = told(
        first(SHOP),
        *(look(at) for at in HOUR[:6]),
        look(35, film, at=(SHOP, FILM)),
        *(look(at) for at in HOUR[7:]),
    )

    assert ((watched("acme/film", (35, 60)),), ()) == (recording.watched, missing(recording))


def test_a_project_that_was_left_out_for_a_while_has_two_stretches() -> None:
    """And none of it where that was for a look or two, as with --project."""
    recording = told(
        first(SHOP, FILM),
        *(look(at, at=(SHOP,)) for at in HOUR[:8]),
        look(45, at=(SHOP, FILM)),
        look(50, at=(SHOP,)),
        look(55, at=(SHOP, FILM)),
    )

    assert (watched("acme/film", (0, 0), (45, 55)),) == recording.watched


def test_a_project_that_has_another_name_is_the_same_one() -> None:
    """Its repository was looked at all the time."""
    renamed = news(STORE, whole=True, described=replace(product(SHOP), name="store"))
    recording = told(first(SHOP), look(5, renamed, at=(STORE,)), *(look(at) for at in HOUR[1:]))

    assert ((), ()) == (recording.watched, missing(recording))


def _begun(name: ProjectName, pushed: Pushed) -> Shown:
    """Give all of a project of the one repository."""
    described = replace(product(name), repo=REPO)
    return news(name, whole=True, described=described, head=pushed.sha, pushes=(pushed,))


@pytest.mark.parametrize("names", [(SHOP, FILM), (FILM, SHOP)])
def test_two_projects_of_one_repository_set_no_branch_back(
    names: tuple[ProjectName, ProjectName],
) -> None:
    """What the one tells first is news to the other too."""
    first_push, second_push = push(sha(1), minute(0)), push(sha(2), minute(4))
    begun = look(0, *(_begun(name, first_push) for name in names), at=names)
    moved = [news(name, head=sha(2), pushes=(second_push,)) for name in names]

    assert missing(told(begun, look(5, *moved))) == ()


def test_what_railway_calls_a_project_is_known_by_what_it_told_github() -> None:
    """In the words of its last deployment record; one without a name tells nothing."""
    described = replace(product(SHOP), railway_project="r-1")
    records = [
        replace(A_RECORD, environment=environment)
        for environment in ("old / staging", "shop / staging", "production")
    ]
    shown = news(whole=True, described=described, records=tuple(records))
    film = news(FILM, whole=True, described=product(FILM), records=(A_RECORD,))

    assert (("r-1", "shop"),) == told(look(0, shown, film, at=(SHOP, FILM))).railway_names


@pytest.mark.parametrize("which", [Source.GITHUB, Source.BRANCH])
def test_a_look_that_was_blind_to_the_branch_does_not_make_a_push_later(which: Source) -> None:
    """What landed meanwhile did so at its own time."""
    landed = push(sha(2), minute(4))
    recording = told(
        first(SHOP),
        look(5, news(sources=(source(which, readable=False, at=5),))),
        look(10, news(sources=(source(which, readable=True, at=10),), pushes=(landed,))),
    )

    pushed = [fact.at for fact in recording.facts if isinstance(fact, Pushed)]
    assert [minute(4)] == pushed
