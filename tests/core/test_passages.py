"""How long it takes to pass staging, and what is kept of what passed."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from builders import (
    HEAD,
    HISTORY,
    MINUTE,
    NOW,
    PARENT,
    a_branch,
    a_deployment,
    a_job,
    a_policy,
    a_record,
    a_run,
    a_service,
    a_suite,
    a_view,
    ago,
    an_environment,
    blind,
    checks,
    github,
    seen,
    sha,
)
from pipeline_health.core.deploy_runs import newest_deploy_run, trace_of
from pipeline_health.core.model.deployed import Passage
from pipeline_health.core.model.ids import Sha
from pipeline_health.core.model.questions import Answers, JobsOf
from pipeline_health.core.model.readings import CheckConclusion, NotAsked
from pipeline_health.core.model.snapshot import ProjectView
from pipeline_health.core.passages import WHOLE, allowed_lag, passages_of, percentile


def minutes(*lengths: float) -> list[timedelta]:
    """Give lengths of time."""
    return [MINUTE * length for length in lengths]


@pytest.mark.parametrize(
    ("lengths", "percent", "expected"),
    [
        (minutes(7), 95, 7),
        (minutes(1, 2, 3, 4, 5), 95, 5),
        (minutes(5, 4, 3, 2, 1), 50, 3),
        (minutes(*range(1, 21)), 95, 19),
        (minutes(*range(1, 22)), 95, 20),
        (minutes(*range(1, 101)), 95, 95),
        (minutes(1, 2), 0, 1),
        (minutes(1, 2), 100, 2),
        (minutes(*range(1, 103)), 100, 102),
    ],
)
def test_a_percentile_is_the_nearest_rank(
    lengths: list[timedelta], percent: int, expected: float
) -> None:
    """It is always one of the lengths themselves."""
    assert MINUTE * expected == percentile(lengths, percent)


def took(*lengths: float | None, lane: str = WHOLE) -> list[Passage]:
    """Give a passage for each length in minutes; None is one of a push at an unknown time."""
    return [
        Passage(
            lane=lane,
            commit=sha(number),
            pushed_at=None if length is None else NOW - MINUTE * length,
            proved_at=NOW,
        )
        for number, length in enumerate(lengths, start=1)
    ]


@pytest.mark.parametrize(
    ("passages", "expected"),
    [
        pytest.param([], 120, id="nothing known"),
        pytest.param(took(50, 50, 50, 50), 120, id="fewer than five"),
        pytest.param(took(50, 50, 50, 50, None), 120, id="a push at an unknown time"),
        pytest.param(took(50, 50, 50, 50, -1), 120, id="proved before it was pushed"),
        pytest.param(took(50, 50, 50, 50, 0), 120, id="proved as it was pushed"),
        pytest.param([*took(50, 50, 50, 50), *took(50, lane="web")], 120, id="two of one commit"),
        pytest.param(took(50, 50, 50, 50, 50), 50, id="five"),
        pytest.param(took(5, 6, 7, 8, 9), 30, id="fast, and never under half an hour"),
        pytest.param(took(*[10] * 19, 600), 30, id="one outlier among twenty"),
        pytest.param(took(*[10] * 18, 600, 600), 600, id="two outliers among twenty"),
        pytest.param(
            [*took(*[40] * 5), *took(*[70] * 5, lane="web")], 70, id="the slowest of its services"
        ),
        pytest.param(
            [*took(*[70] * 5), *took(*[40] * 5, lane="web")], 70, id="the slowest comes first"
        ),
    ],
)
def test_the_allowed_lag_follows_the_projects_own_history(
    passages: Iterable[Passage], expected: float
) -> None:
    """95 % of what is known, at least half an hour; two hours while too little is known."""
    assert MINUTE * expected == allowed_lag(passages)


def a_passage(
    commit: Sha = HEAD,
    *,
    lane: str = "web",
    pushed_at: datetime | None = None,
    proved_at: datetime | None = None,
) -> Passage:
    """Give the passage of the head, as the ordinary view shows it."""
    return Passage(
        lane=lane,
        commit=commit,
        pushed_at=pushed_at or ago(minutes=30),
        proved_at=proved_at or ago(minutes=25),
    )


def test_what_works_on_staging_has_passed() -> None:
    """A service passes at its commit, when its deployment succeeded."""
    assert (a_passage(),) == passages_of(a_view())


def test_what_has_no_commit_or_does_not_work_has_not_passed() -> None:
    """An image and a failure are no passage, nor is what was not seen."""
    image = an_environment(a_service(a_deployment(commit=None)))
    assert () == passages_of(a_view(staging=image))
    assert () == passages_of(a_view(staging=blind()))


def test_when_a_commit_came_is_not_told_anew_by_the_same_proof() -> None:
    """What was known when it passed is better than what the branch shows later."""
    known = a_passage(pushed_at=ago(hours=9), proved_at=ago(minutes=25))
    assert (known,) == passages_of(replace(a_view(), passages=(known,)))


def test_a_commit_passes_once() -> None:
    """A deployment of the same commit later changes nothing, an earlier proof counts."""
    early, late = a_passage(proved_at=ago(hours=3)), a_passage(proved_at=ago(minutes=1))
    assert (early,) == passages_of(replace(a_view(), passages=(early,)))
    assert (a_passage(),) == passages_of(replace(a_view(), passages=(late,)))


def test_the_newest_passages_of_each_lane_are_kept() -> None:
    """A busy service does not crowd out a quiet one."""
    quiet = a_passage(sha(500), lane="api", proved_at=ago(hours=90))
    busy = [a_passage(sha(n), proved_at=ago(hours=n)) for n in range(1, 35)]
    kept = passages_of(replace(a_view(), passages=(*busy, quiet)))
    assert (quiet, a_passage()) == (kept[0], kept[-1])
    assert 30 == len([passage for passage in kept if passage.lane == "web"])


@pytest.mark.parametrize(
    ("commit", "expected"),
    [(HEAD, ago(minutes=30)), (PARENT, ago(hours=2)), (sha(7), None)],
    ids=["head", "before", "unknown"],
)
def test_when_a_commit_came_is_known_as_far_as_the_branch_shows(
    commit: Sha, expected: datetime | None
) -> None:
    """Of the head it is its push, of the others the date of the commit."""
    dates = (ago(hours=1), ago(hours=2), ago(hours=3))
    branch = replace(a_branch(history=HISTORY), dates=dates)
    view = a_view(
        read=github(branch=branch),
        staging=an_environment(a_service(a_deployment(commit=commit))),
    )
    (passage,) = passages_of(view)
    assert expected == passage.pushed_at


def test_a_branch_that_was_not_seen_dates_nothing() -> None:
    """The passage is known all the same."""
    (passage,) = passages_of(a_view(read=replace(github(), branch=blind())))
    assert passage.pushed_at is None


def by_workflow(conclusion: CheckConclusion) -> ProjectView:
    """Give a view in which the staging job of a run passed, and the run ended so."""
    policy = replace(
        a_policy(deploy_workflow="Pipeline", staging_job="Deploy to staging", railway_project=None)
    )
    suite = a_suite(conclusion, run=a_run(9, workflow="Pipeline"))
    read = github(at_head=checks(a_suite(), suite), earlier=())
    view = a_view(policy=policy, read=read, staging=NotAsked())
    run = newest_deploy_run(view)
    assert run is not None
    jobs = {JobsOf(trace_of(view, run)): seen((a_job(),))}
    return replace(view, answers=Answers(jobs=jobs))


def test_a_run_of_the_deploy_workflow_passes_only_as_a_whole() -> None:
    """What failed in its tests on staging is deployed there, and not proved."""
    (passage,) = passages_of(by_workflow(CheckConclusion.SUCCESS))
    assert (WHOLE, HEAD, ago(minutes=35)) == (passage.lane, passage.commit, passage.proved_at)
    assert () == passages_of(by_workflow(CheckConclusion.FAILURE))


def test_a_deployment_record_passes_for_the_environment() -> None:
    """Where nothing else shows staging, GitHub's record does."""
    view = a_view(read=github(records=[a_record()]), staging=NotAsked())
    assert (a_passage(lane=WHOLE, proved_at=ago(minutes=20)),) == passages_of(view)
