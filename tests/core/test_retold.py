"""From lines to a history: each fact once, at the right time, and what is missing in words."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from builders import HEAD, NOW, PARENT, REPO, ago, sha
from pipeline_health.core.model.ids import ProjectName, RepoName, Sha
from pipeline_health.core.model.recording import (
    Fact,
    Pushed,
    RecordedProject,
    Recording,
    SightTold,
    Stretch,
    UrlTold,
)
from pipeline_health.core.model.shown import Entry, Heading, LookedAt, Shown, SourceTold
from pipeline_health.core.model.sight import Source
from pipeline_health.core.model.urls import Place
from pipeline_health.core.retold import MOST_SENTENCES, STANDING, retold
from shown_samples import A_DEPLOYMENT, A_PUSH, A_RECORD, A_RUN, A_STATUS, A_SUITE

SHOP, FILM = ProjectName("shop"), ProjectName("film")


def minute(number: float) -> datetime:
    """Give a minute of the recording."""
    return ago(minutes=-number)


def product(name: ProjectName) -> RecordedProject:
    """Describe a project."""
    return RecordedProject(name=name, repo=RepoName(f"acme/{name}"))


def look(number: float, *lines: Shown, at: Sequence[ProjectName] | None = None) -> list[Entry]:
    """Give the lines of one look; the first one says at what."""
    shown = [replace(line, at=minute(number)) for line in lines]
    return [*shown, LookedAt(looked_at=minute(number), projects=None if at is None else tuple(at))]


def first(*names: ProjectName, **seen: Any) -> list[Entry]:
    """Give the first look, which describes the projects; the first one shows what was *seen*."""
    lines = [Shown(project=name, at=NOW, whole=True, described=product(name)) for name in names]
    lines[0] = replace(lines[0], **seen)
    return look(0, *lines, at=names)


def news(project: ProjectName = SHOP, **seen: Any) -> Shown:
    """Give what a later look showed."""
    return replace(Shown(project=project, at=NOW), **seen)


def told(*looks: Sequence[Entry], lacks: Sequence[str] = ()) -> Recording:
    """Give the history that *looks* tell."""
    heading = Heading(schema="s", version="1", began_at=minute(0))
    return retold("h.jsonl", heading, [entry for each in looks for entry in each], lacks=lacks)


def push(commit: Sha, at: datetime, message: str = "") -> Pushed:
    """Give a commit of shop's."""
    return Pushed(at=at, repo=REPO, sha=commit, message=message)


def source(which: Source, *, readable: bool, at: float = 0) -> SourceTold:
    """Say of a source whether it could be read."""
    return SourceTold(
        at=minute(at), source=which, readable=readable, why="" if readable else "it is down"
    )


def missing(recording: Recording) -> tuple[str, ...]:
    """Give what is missing beside what always is."""
    assert recording.lacks[: len(STANDING)] == STANDING
    return recording.lacks[len(STANDING) :]


def test_every_kind_of_fact_comes_back_in_the_order_of_its_time() -> None:
    """With what the recording is of, from when to when."""
    url = UrlTold(at=minute(5), repo=REPO, place=Place.STAGING, answers=False)
    recording = told(
        first(SHOP, records=(A_RECORD,), runs=(A_RUN,), pushes=(A_PUSH,)),
        look(5, news(suites=(A_SUITE,), statuses=(A_STATUS,), urls=(url,))),
        look(10, news(deployments=(A_DEPLOYMENT,))),
        lacks=["The disk was full."],
    )

    expected: list[Fact] = [A_PUSH, A_RUN, A_SUITE, A_STATUS, A_RECORD, A_DEPLOYMENT, url]
    assert recording.facts == tuple(expected)
    assert recording.projects == (product(SHOP),)
    assert (recording.name, recording.began_at, recording.ended_at) == (
        "h.jsonl",
        minute(0),
        minute(10),
    )
    assert missing(recording) == ("The disk was full.",)


def test_what_is_told_twice_is_one_fact_with_all_that_is_known() -> None:
    """A whole line repeats; a log may come later, or be gone."""
    bare_run, bare_deployment = replace(A_RUN, jobs=()), replace(A_DEPLOYMENT, log="")
    up = UrlTold(at=minute(0), repo=REPO, place=Place.STAGING, answers=True)
    repeated: dict[str, Any] = {
        "records": (A_RECORD,),
        "suites": (A_SUITE,),
        "statuses": (A_STATUS,),
    }
    recording = told(
        first(SHOP, runs=(bare_run,), deployments=(A_DEPLOYMENT,), urls=(up,), **repeated),
        look(5, news(runs=(A_RUN,), deployments=(bare_deployment,), **repeated)),
        look(10, news(runs=(bare_run,), urls=(replace(up, at=minute(10)),))),
    )

    expected: list[Fact] = [A_RUN, A_SUITE, A_STATUS, A_RECORD, A_DEPLOYMENT, up]
    assert recording.facts == tuple(expected)


def test_a_commit_lands_between_the_looks_that_did_not_show_it_and_did() -> None:
    """It may be older than its push, and its clock may be wrong; its runs came after it."""
    two = push(sha(3), minute(-300)), push(sha(4), minute(8), "new")
    early = replace(A_RUN, sha=sha(4), created_at=minute(7), at=minute(9))
    recording = told(
        first(SHOP, pushes=(push(sha(1), minute(-60)), push(sha(2), minute(-70), "old"))),
        look(5),
        look(10, news(pushes=two, runs=(early,))),
        look(15, news(pushes=(push(sha(4), minute(8)), push(sha(5), minute(99))))),
        look(20, news(pushes=(push(sha(5), minute(99), "late words"),))),
    )

    assert [(f.sha, f.at, f.message) for f in recording.facts if isinstance(f, Pushed)] == [
        (sha(1), minute(-60), ""),
        (sha(2), minute(-60), "old"),
        (sha(3), minute(5), ""),
        (sha(4), minute(7), "new"),
        (sha(5), minute(15), "late words"),
    ]


def test_a_look_at_another_project_says_nothing_of_this_one() -> None:
    """A commit may have landed since its own project was looked at."""
    recording = told(
        first(SHOP, FILM),
        look(5, at=[FILM]),
        look(10, news(pushes=(push(sha(1), minute(-3)), push(sha(2), minute(3)))), at=[SHOP, FILM]),
    )

    assert [fact.at for fact in recording.facts] == [minute(0), minute(3)]


def test_a_commit_came_before_the_first_of_its_runs() -> None:
    """However many there are, and in whatever order; the words that were told first stay."""
    runs = tuple(replace(A_RUN, sha=sha(1), run_id=at, created_at=minute(at)) for at in (8, 6, 7))
    recording = told(
        first(SHOP),
        look(10, news(pushes=(push(sha(1), minute(9), "first words"),), runs=runs)),
        look(15, news(pushes=(push(sha(1), minute(9), "other words"),))),
    )

    assert push(sha(1), minute(6), "first words") in recording.facts


def test_runs_and_deployments_that_differ_are_each_told() -> None:
    """Only what differs in what it left behind is one."""
    runs = (A_RUN, replace(A_RUN, run_id=7, jobs=()))
    deployments = (A_DEPLOYMENT, replace(A_DEPLOYMENT, id="d7", log=""))

    recording = told(first(SHOP, runs=runs, deployments=deployments))

    assert recording.facts == (*runs, *deployments)


def test_a_branch_that_was_set_back_is_missing_in_words() -> None:
    """A history of pushes cannot say it."""
    recording = told(
        first(SHOP, head=PARENT, pushes=(push(PARENT, minute(-9)),)),
        look(5, news(head=HEAD, pushes=(push(HEAD, minute(4)),))),
        look(8, news()),
        look(10, news(head=PARENT)),
        look(15, news(whole=True, head=PARENT)),
    )

    assert missing(recording) == (
        f"The branch of shop was set back to {PARENT[:7]} by 2026-03-02 12:10.",
    )


def test_a_time_without_looks_is_no_quiet_time() -> None:
    """It is told project by project: one may be looked at alone."""
    recording = told(
        first(SHOP, FILM),
        look(30),
        look(35, at=[SHOP]),
        look(61, at=[SHOP, FILM]),
        look(200),
    )

    assert missing(recording) == (
        "Nobody looked at film from 2026-03-02 12:30 to 2026-03-02 13:01.",
        "Nobody looked at shop, film from 2026-03-02 13:01 to 2026-03-02 15:20.",
    )
    assert recording.stretches == (
        Stretch(began_at=minute(0), ended_at=minute(61)),
        Stretch(began_at=minute(200), ended_at=minute(200)),
    )


def test_a_time_without_a_gap_is_one_stretch() -> None:
    """Half an hour between two looks is none, whatever the order of the clock."""
    recording = told(first(SHOP), look(60), look(30), look(90))

    assert (recording.stretches, recording.ended_at, missing(recording)) == ((), minute(90), ())


def test_a_provider_is_dark_when_no_project_could_be_read() -> None:
    """Until one can; one project alone is told in words."""
    dark, lit = (source(Source.GITHUB, readable=readable) for readable in (False, True))
    recording = told(
        first(SHOP, FILM, sources=(lit, source(Source.RAILWAY, readable=True))),
        look(5, news(FILM, sources=(lit,))),
        look(10, news(sources=(replace(dark, at=minute(10)),))),
        look(15, news(FILM, sources=(replace(dark, at=minute(15)),))),
        look(20),
        look(25, news(FILM, sources=(replace(lit, at=minute(25)),))),
    )

    railway = told(first(SHOP, sources=(source(Source.RAILWAY, readable=False),))).facts
    assert railway == (
        SightTold(at=minute(0), provider="railway", readable=False, why="it is down"),
    )
    assert recording.facts == (
        SightTold(at=minute(15), provider="github", readable=False, why="it is down"),
        SightTold(at=minute(25), provider="github", readable=True),
    )
    assert missing(recording) == (
        "GitHub of film could not be read from 2026-03-02 12:15 to 2026-03-02 12:25: it is down",
        "GitHub of shop could not be read from 2026-03-02 12:10 on: it is down",
    )


def test_a_project_that_was_never_described_is_left_out() -> None:
    """Of it nothing was seen but that GitHub could not be read."""
    dark = source(Source.GITHUB, readable=False)
    unnamed = news(FILM, whole=True, deployments=(A_DEPLOYMENT,), sources=(dark,))
    recording = told(
        first(SHOP, sources=(source(Source.GITHUB, readable=True),)),
        look(5, unnamed, at=[SHOP, FILM]),
    )

    assert recording.facts == ()
    assert recording.projects == (product(SHOP),)


def test_the_last_description_counts_and_a_change_is_told() -> None:
    """A whole line that repeats it is none."""
    moved = replace(product(SHOP), branch="trunk")
    recording = told(
        first(SHOP),
        look(5, news(described=product(SHOP))),
        look(10, news(described=moved)),
        look(15, news(described=moved)),
    )

    assert recording.projects == (moved,)
    (said,) = missing(recording)
    assert said.startswith("shop was configured in another way before 2026-03-02 12:10: ")


def test_a_project_that_was_renamed_is_one() -> None:
    """Its name is a label; under two of them everything would be filed twice."""
    named = replace(product(SHOP), name="store")
    store = ProjectName("store")

    recording = told(first(SHOP), look(5, news(store, whole=True, described=named), at=[store]))

    assert recording.projects == (named,)


def test_what_is_missing_is_told_in_a_few_sentences() -> None:
    """However much it is, and each sort by itself."""
    pushes = tuple(push(sha(at), minute(-9 + at)) for at in range(2))
    looks = [
        look(
            number * 60,
            news(
                described=replace(product(SHOP), branch=f"b{number % 2}"),
                head=sha(number % 2),
                sources=(source(Source.CHECKS, readable=number % 2 == 0, at=number * 60),),
            ),
        )
        for number in range(2 * MOST_SENTENCES + 4)
    ]

    said = missing(told(first(SHOP, pushes=pushes), *looks))

    assert [line for line in said if line.startswith("There are")] == [
        "There are 24 more changes of what is watched.",
        "There are 23 more times when nobody looked.",
        "There are 2 more times when something could not be read.",
        "There are 23 more commits that were taken off a branch.",
    ]
    assert len(said) == 4 * MOST_SENTENCES + 4
    assert MOST_SENTENCES == 20


def test_as_many_sentences_as_are_told_need_no_other() -> None:
    """Nothing is left out then; what is always missing is told in whole sentences."""
    looks = [look(number * 60) for number in range(1, MOST_SENTENCES + 1)]

    said = missing(told(first(SHOP), *looks))

    assert len(said) == MOST_SENTENCES
    assert all(re.fullmatch(r"(What|Values) .+ not \w+.*\.", line) for line in STANDING)


def test_a_recording_without_a_look_is_as_long_as_its_heading() -> None:
    """Its first cycle did not come to an end."""
    assert (told().began_at, told().ended_at, told().facts) == (minute(0), minute(0), ())
