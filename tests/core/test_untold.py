"""What a recording does not tell yet: only that is written, and all of that."""

from dataclasses import replace
from typing import Any

import pytest

from builders import HEAD, NOW, REPO, a_view, ago
from pipeline_health.core.model.readings import CheckConclusion
from pipeline_health.core.model.recording import JobTold, UrlTold
from pipeline_health.core.model.shown import Shown, SourceTold
from pipeline_health.core.model.sight import Source
from pipeline_health.core.model.urls import Place
from pipeline_health.core.showing import shown
from pipeline_health.core.untold import untold
from shown_samples import A_DEPLOYMENT, A_PUSH, A_RECORD, A_RUN, A_STATUS, A_SUITE

LATER = ago(minutes=-5)
URL = UrlTold(at=NOW, repo=REPO, place=Place.STAGING, answers=True)
SIGHT = SourceTold(at=NOW, source=Source.GITHUB, readable=True)
ALL = replace(
    shown(a_view()),
    pushes=(A_PUSH,),
    runs=(A_RUN,),
    suites=(A_SUITE,),
    statuses=(A_STATUS,),
    records=(A_RECORD,),
    deployments=(A_DEPLOYMENT,),
    urls=(URL,),
    sources=(SIGHT,),
)


def after(**changes: Any) -> Shown | None:
    """Give what is new in the next look when it differs by *changes* from `ALL`."""
    again = replace(
        ALL,
        at=LATER,
        urls=(replace(URL, at=LATER),),
        sources=(replace(SIGHT, at=LATER, why="as before"),),
    )
    return untold(replace(again, **changes), [ALL])


def test_all_is_new_to_an_empty_file() -> None:
    """It is told as a whole."""
    assert untold(ALL, ()) == ALL


def test_a_quiet_look_tells_nothing() -> None:
    """Although its time is another one."""
    assert after() is None


def test_what_was_told_before_the_last_line_is_told() -> None:
    """A line that is silent of something takes nothing back."""
    between = Shown(project=ALL.project, at=NOW, runs=(replace(A_RUN, run_id=9),))

    assert untold(replace(ALL, at=LATER), [ALL, between]) is None


@pytest.mark.parametrize(
    "poorer",
    [
        {"pushes": (replace(A_PUSH, message="", author=""),)},
        {"runs": (replace(A_RUN, jobs=()),)},
        {"deployments": (replace(A_DEPLOYMENT, log=""),)},
        {"suites": (), "statuses": (), "records": ()},
        {"described": None, "head": None},
    ],
    ids=" ".join,
)
def test_less_than_is_known_is_nothing_new(poorer: dict[str, object]) -> None:
    """A log is not always asked for, and an old head is seen without its words."""
    assert after(**poorer) is None


@pytest.mark.parametrize(
    ("key", "fact"),
    [
        ("pushes", replace(A_PUSH, sha=HEAD)),
        ("runs", replace(A_RUN, at=LATER)),
        ("runs", replace(A_RUN, jobs=(*A_RUN.jobs, JobTold(name="x", conclusion=None)))),
        ("runs", replace(A_RUN, conclusion=CheckConclusion.SUCCESS)),
        ("suites", replace(A_SUITE, at=LATER)),
        ("statuses", replace(A_STATUS, at=LATER)),
        ("records", replace(A_RECORD, at=LATER)),
        ("deployments", replace(A_DEPLOYMENT, at=LATER)),
        ("urls", replace(URL, at=LATER, answers=False)),
        ("sources", replace(SIGHT, at=LATER, readable=False, why="down")),
    ],
)
def test_what_is_new_is_told_alone(key: str, fact: object) -> None:
    """Beside what is told already."""
    silent = Shown(project=ALL.project, at=LATER)
    told: dict[str, Any] = {key: (fact,)}

    assert after(**told) == replace(silent, **told)


def test_another_description_and_another_head_are_news() -> None:
    """Held against the newest that is told."""
    assert ALL.described is not None
    other = replace(ALL.described, branch="trunk")

    news = after(described=other, head=A_PUSH.sha)

    assert news == Shown(project=ALL.project, at=LATER, described=other, head=A_PUSH.sha)
    assert untold(replace(ALL, at=LATER), [ALL, news]) == Shown(
        project=ALL.project, at=LATER, described=ALL.described, head=ALL.head
    )
