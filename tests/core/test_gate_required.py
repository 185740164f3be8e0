"""Which workflows must have run at a commit where the operator names none."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

import pytest

from builders import (
    HEAD,
    NOW,
    REPO,
    a_branch_run,
    a_run,
    a_suite,
    blind,
    checks,
    github,
    seen,
    sha,
)
from gate_matters import (
    a_matter,
    criterion,
    verdict,
    with_answers,
    with_policy,
    with_sight,
    with_view,
)
from pipeline_health.core.gate import questions
from pipeline_health.core.gate.required import always_ran
from pipeline_health.core.model.ids import Sha
from pipeline_health.core.model.promotion import Matter
from pipeline_health.core.model.questions import BranchRun, RunsOf
from pipeline_health.core.model.readings import Blind
from pipeline_health.core.model.verdict import Answer, Criterion, CriterionName, CriterionState

PUSHES = RunsOf(repo=REPO, branch="main", event="push")


def pushes(*each: tuple[Sha, str]) -> tuple[BranchRun, ...]:
    """Give the runs of pushes, newest first: a commit, and the workflows that ran there."""
    return tuple(
        a_branch_run(
            number=1000 - at,
            workflow=workflow,
            event="push",
            commit=commit,
            updated_at=NOW - timedelta(hours=at + 1),
        )
        for at, (commit, workflows) in enumerate(each)
        for workflow in workflows.split()
    )


def before(*workflows: str) -> Iterable[tuple[Sha, str]]:
    """Give the pushes before the commit."""
    return [(sha(50 - at), each) for at, each in enumerate(workflows)]


def unnamed(runs: tuple[BranchRun, ...] | Blind, *ran: str) -> Matter:
    """Give a commit at which *ran* ran, in a project that names no workflow and learned none."""
    suites = [a_suite(run=a_run(at, workflow=each)) for at, each in enumerate(ran, start=1)]
    matter = with_sight(with_policy(a_matter(), ci_workflows=()), checks=seen(checks(*suites)))
    matter = with_view(matter, github=replace(github(), required=seen(frozenset[str]())))
    return with_answers(matter, runs={PUSHES: runs if isinstance(runs, Blind) else seen(runs)})


def main_ci(matter: Matter) -> Criterion:
    """Give how CI stands; nothing but a pass may promote."""
    found = criterion(matter, CriterionName.MAIN_CI)
    assert (found.state is CriterionState.PASS) == (verdict(matter).answer is Answer.PROMOTE)
    return found


def test_what_ran_on_every_push_before_is_missed_at_the_commit() -> None:
    """A pipeline without a ledger learns on the spot, and the commit itself lacks its CI."""
    runs = pushes((HEAD, "Lint"), *before(*["CI Lint"] * 3))
    one = main_ci(unnamed(runs, "Lint"))
    assert (one.state, "CI: no run" in one.says) == (CriterionState.FAIL, True)
    whole = pushes((HEAD, "CI Lint"), *before(*["CI Lint"] * 3))
    assert main_ci(unnamed(whole, "CI", "Lint")).state is CriterionState.PASS


def test_a_later_push_that_lacks_it_too_teaches_nothing() -> None:
    """Of two commits without CI the second does not excuse the first."""
    runs = pushes((sha(101), "Lint"), (HEAD, "Lint"), *before(*["CI Lint"] * 3))
    assert main_ci(unnamed(runs, "Lint")).state is CriterionState.FAIL


def test_what_is_filtered_by_path_is_not_missed() -> None:
    """It did not run on each of the pushes before."""
    runs = pushes((HEAD, "CI"), *before("CI Docs", "CI", "CI Docs"))
    assert main_ci(unnamed(runs, "CI")).state is CriterionState.PASS


def test_what_ran_long_ago_is_not_missed() -> None:
    """A workflow that was removed ten pushes ago is gone; one that was added then is required."""
    runs = before(*["CI New"] * 10, *["CI Old"] * 5)
    assert always_ran(pushes(*runs), before=HEAD) == {"CI", "New"}


@pytest.mark.parametrize("count", [0, 1, 2])
def test_fewer_than_three_pushes_teach_nothing(count: int) -> None:
    """Nobody can tell from two pushes what always runs."""
    runs = pushes((HEAD, "Lint"), *before(*["CI Lint"] * count))
    assert main_ci(unnamed(runs, "Lint")).state is CriterionState.PASS


def test_a_list_that_is_cut_in_a_push_does_not_excuse_what_is_cut_off() -> None:
    """A hundred runs are a page; of the last push on it only a part is shown."""
    many = " ".join(f"W{number}" for number in range(27))
    runs = pushes(*before(*[f"{many} CI"] * 4))
    assert "CI" in always_ran(runs[:100], before=HEAD)


def test_the_deploy_workflow_is_not_ci() -> None:
    """It may run on every push, and waits for this verdict."""
    runs = pushes(*before(*["CI Pipeline"] * 3))
    matter = with_policy(unnamed(runs, "CI"), deploy_workflow="Pipeline")
    assert criterion(matter, CriterionName.MAIN_CI).state is CriterionState.PASS


def test_without_the_pushes_before_nothing_is_green() -> None:
    """They are asked for where nobody names what must run, and nowhere else."""
    unread = unnamed(blind("GitHub answered 502"), "CI")
    assert main_ci(unread).state is CriterionState.UNKNOWN
    unasked = with_answers(unread)
    assert main_ci(unasked).state is CriterionState.UNKNOWN
    assert PUSHES in set(questions(unasked))
    assert PUSHES not in set(questions(a_matter()))
    unseen = with_view(unasked, github=replace(unread.view.github, branch=blind()))
    assert PUSHES not in set(questions(unseen))
    assert main_ci(unseen).state is CriterionState.UNKNOWN
