"""What a look at CI can show, and at what the clock starts."""

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime

from builders import (
    HEAD,
    PARENT,
    REPO,
    a_branch,
    a_branch_run,
    a_policy,
    a_repository,
    a_run,
    a_status,
    a_suite,
    a_view,
    ago,
    an_app_suite,
    checks,
    github,
    seen,
)
from look_parts import NEW, PIPELINE, RED, word_of
from pipeline_health.core.model.policy import ProjectPolicy
from pipeline_health.core.model.questions import (
    Answers,
    RunsOf,
)
from pipeline_health.core.model.readings import (
    CheckConclusion,
    CheckStatus,
    Commit,
    StatusState,
    Suite,
)
from pipeline_health.core.model.snapshot import ProjectView

# -- CI ---------------------------------------------------------------------------------------


def _ci(*suites: Suite, policy: ProjectPolicy | None = None, **reading: object) -> ProjectView:
    """Give a look in which the head has these *suites*."""
    read = github(at_head=checks(*suites))
    read = replace(read, **reading)  # type: ignore[arg-type]
    return a_view(read=read, policy=policy)


def _of_ci() -> Iterator[tuple[str, ProjectView]]:
    for conclusion in (*CheckConclusion, NEW):
        named = word_of(conclusion)
        yield f"CI ended {named}", _ci(a_suite(conclusion))
    for status in (*CheckStatus, NEW):
        named = word_of(status)
        if status is not CheckStatus.COMPLETED:
            yield f"CI is {named}", _ci(a_suite(None, status=status))
            yield (
                f"CI is {named} for long",
                _ci(a_suite(None, status=status, updated_at=ago(hours=9))),
            )
    for state in (*StatusState, NEW):
        named = word_of(state)
        statuses = (a_status(state, url=None),)
        told = github(at_head=checks(a_suite(), statuses=statuses))
        yield f"a status says {named}", a_view(read=told)
    app = an_app_suite(a_suite(RED, check_runs=1))
    two = (a_suite(RED, run=a_run(1)), a_suite(run=a_run(2, workflow="Lint")))
    rerun = (a_suite(RED, run=a_run(1)), a_suite(None, run=a_run(2)))
    by_page = github(at_head=checks(a_suite(), statuses=(a_status(StatusState.FAILURE),)))
    yield "another app says no", _ci(a_suite(), app)
    yield "another app says yes", _ci(a_suite(), an_app_suite(a_suite(check_runs=1)))
    for first, second in itertools.permutations(
        (None, CheckConclusion.CANCELLED, CheckConclusion.SUCCESS, NEW), 2
    ):
        yield (
            f"one event's run ended {word_of(first)}, another's {word_of(second)}",
            _ci(
                a_suite(first, run=a_run(1), updated_at=ago(minutes=60)),
                a_suite(second, run=a_run(2, event="merge_group"), updated_at=ago(minutes=50)),
            ),
        )
    yield "one workflow of two is red", _ci(*two)
    yield "a red workflow runs again", _ci(*rerun)
    yield "it passed seconds ago", _ci(a_suite(updated_at=ago(seconds=10)))
    yield "a status with a page says no", a_view(read=by_page)
    yield (
        "of the events of one workflow one is red",
        _ci(
            a_suite(run=a_run(1), updated_at=ago(minutes=2)),
            a_suite(RED, run=a_run(2, event="pull_request"), updated_at=ago(minutes=9)),
        ),
    )


def _with_head(*, pushed: datetime, subject: str = "Mend it", author: str = "dev") -> ProjectView:
    """Give a look at a head without any run, for which one of CI is required."""
    head = Commit(sha=HEAD, committed_at=pushed, subject=subject, author=author)
    branch = replace(a_branch(), head=head)
    read = github(at_head=checks(), branch=branch)
    return a_view(read=read, policy=a_policy(ci_workflows=("Lint", "CI")))


def _of_missing_ci() -> Iterator[tuple[str, ProjectView]]:
    both = (
        a_suite(run=a_run(1)),
        a_suite(run=a_run(2, workflow="Lint"), updated_at=ago(minutes=9)),
    )
    required = a_policy(ci_workflows=("CI", "Lint"))
    yield "all that must run ran", _ci(*both, policy=required)
    yield "one that must run did not", _ci(both[0], policy=required)
    late = a_suite(run=a_run(2), created_at=ago(minutes=5), updated_at=ago(minutes=4))
    early = a_suite(created_at=ago(minutes=50))
    yield "one that must run did not, since the first began", _ci(early, late, policy=required)
    yield "nothing ran", _with_head(pushed=ago(hours=1))
    yield "nothing ran yet", _with_head(pushed=ago(minutes=1))
    yield "nothing ran, as the message asks", _with_head(pushed=ago(hours=1), subject="x [skip ci]")
    yield "nothing ran for a bot", _with_head(pushed=ago(hours=1), author="renovate[bot]")
    yield "nothing ran for Actions", _with_head(pushed=ago(hours=1), author="GitHub Actions")
    yield "learned, and did not run", _ci(required=seen(frozenset({"CI", "Docs", PIPELINE})))
    yield (
        "the repository is archived",
        _ci(a_suite(RED), repository=seen(a_repository(archived=True))),
    )
    yield "the checks are of another commit", _ci(checks=seen(checks(a_suite(RED), commit=PARENT)))


def _nightly(
    conclusion: CheckConclusion | None, *before: CheckConclusion, read: bool = True
) -> ProjectView:
    """Give a look at a nightly run, and at those before it."""
    run = a_run(9, workflow="Nightly", event="schedule")
    newest = a_suite(conclusion, run=run)
    runs = tuple(
        a_branch_run(each, number=7 - at, workflow="Nightly", updated_at=ago(hours=24 * (at + 1)))
        for at, each in enumerate(before)
    )
    weekly = a_branch_run(RED, number=8, workflow="Weekly")
    question = RunsOf(repo=REPO, branch="main", event="schedule")
    answers = Answers(runs={question: seen((weekly, *runs))} if read else {})
    return a_view(read=github(at_head=checks(a_suite(), newest)), answers=answers)


def _of_the_clock() -> Iterator[tuple[str, ProjectView]]:
    green = CheckConclusion.SUCCESS
    yield "a nightly run passed", _nightly(green)
    yield "a nightly run is under way", _nightly(None)
    yield "a nightly run was cancelled", _nightly(CheckConclusion.CANCELLED)
    yield "a nightly run failed", _nightly(RED, read=False)
    yield "a nightly run failed once", _nightly(RED, green, RED)
    yield "a nightly run failed twice", _nightly(RED, RED, green, RED)
    yield "a nightly run failed three times", _nightly(RED, CheckConclusion.CANCELLED, RED, RED)


WAYS: Mapping[str, ProjectView] = {
    **dict(_of_ci()),
    **dict(_of_missing_ci()),
    **dict(_of_the_clock()),
}
